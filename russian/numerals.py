"""Number words, cardinal and ordinal, in every case → numbers."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple, Protocol

from russian.phrases import rows

_ENDINGS = (
    *("ый", "ий", "ой", "ого", "его", "ому", "ему", "ым", "им", "ом", "ем", "ое", "ее", "ая"),
    *("яя", "ую", "юю", "ей", "ые", "ие", "ых", "их"),
    *("ьего", "ьему", "ьим", "ьем", "ье", "ья", "ью", "ьей"),  # третий
    *("ій", "я", "ю"),  # Ukrainian
)


class Numeral(NamedTuple):
    """One number word."""

    value: int
    ordinal: bool


class Number(NamedTuple):
    """A number of one or more words: its value, and one past its last word."""

    value: int
    ordinal: bool
    end: int


class _Token(Protocol):
    @property
    def key(self) -> str: ...


@cache
def _numerals() -> dict[str, Numeral]:
    found: dict[str, Numeral] = {}
    for forms, value, kind in rows("numerals"):
        for form in forms.split("|"):
            if kind == "cardinal":
                found.setdefault(form, Numeral(int(value), ordinal=False))
            else:
                for ending in _ENDINGS:
                    found.setdefault(form + ending, Numeral(int(value), ordinal=True))
    return found


def numeral(key: str) -> Numeral | None:
    """What number word `key` (lower case, ё as е) is, or None."""
    return _numerals().get(key)


def number(tokens: Sequence[_Token], at: int) -> Number | None:
    """The number that begins at token `at`: «двадцать пятого», «две тысячи четвёртом»."""
    total, room, place, thousands = 0, 1000, at, False
    while place < len(tokens):
        word = numeral(tokens[place].key)
        if word is None:
            break
        if word.value == 1000 and not word.ordinal:
            if thousands:
                break
            total, room, thousands = max(total, 1) * 1000, 1000, True
        elif (word.value < room or place == at) and (word.value or place == at):
            total += word.value
            room = _room_after(word.value)
        else:
            break
        place += 1
        if word.ordinal:
            return Number(total, ordinal=True, end=place)
    return Number(total, ordinal=False, end=place) if place > at else None


def _room_after(value: int) -> int:
    """What may follow must be below this: units after tens, tens after hundreds."""
    if value >= 1000:
        return 1000
    if value >= 100:
        return 100
    return 10 if value >= 20 else 1
