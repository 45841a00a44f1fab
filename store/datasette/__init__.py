"""The analysts' room: the store's file → pages, by Datasette with our labels and templates."""
