"""One module per kind of source; each offers `collect(source, fetcher, cursor)`."""
