"""A word → the month it names, in Russian, Ukrainian, Belarusian, English or Latin letters."""

from __future__ import annotations

from russian.remembered import remembered
from russian.words import lookup, table


@remembered
def month(key: str) -> int | None:
    """1–12 for a month's name in any case (`key` in lower case, ё as е), else None."""
    found = lookup(table("months"), key)
    return int(found[0]) if found else None
