"""The web → posts and list rows: a polite client, one module per kind of source."""
