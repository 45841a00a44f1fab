"""Names in a text → the persons it is about."""
