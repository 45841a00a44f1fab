"""A cell → a cell that no spreadsheet runs as a formula."""

from __future__ import annotations

# Also the full-width signs, which some programs fold to the plain ones.
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def harmless(value: object) -> object:
    """Text that begins as a formula does, behind an apostrophe; everything else as it is."""
    if isinstance(value, str) and value.lstrip(" \u00a0\ufeff").startswith(STARTS):
        return f"'{value}"
    return value
