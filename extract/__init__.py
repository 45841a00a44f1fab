"""A post or a list row → redacted text and records. Pure: no network, no database, no clock."""
