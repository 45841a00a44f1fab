"""A post or a list row → redacted text and records. Pure: no network, no database, no clock."""

import russian  # noqa: F401  # first: it lets compiled rules be found
from extract.reading import VERSION, read
from extract.rows import read_row

__all__ = ["VERSION", "read", "read_row"]
