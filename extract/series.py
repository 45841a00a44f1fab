"""«2004 и 2005 г.р.», «22 и 25 лет» behind a row of names → the part of each man, in order."""

from __future__ import annotations

from collections.abc import Sequence

from extract.dates.parts import is_word
from extract.tokens import NUMBER, Token

_OPENS = frozenset((",", "—", "–", "-", "(", ":"))
_AND = frozenset(("и", ",", "/"))
_INSIDE = frozenset("./")
_UNIT = ["в", "/", "ч"]  # «в/ч 41450 и 41451»
_YEAR, _DIGITS = 4, 5  # figures of a year, of a unit


def series(tokens: Sequence[Token], start: int, stop: int, many: int) -> list[tuple[int, int]]:
    """Token ranges of so many values alike from `start` on; empty where they do not stand there."""
    first = start + (start < stop and tokens[start].text in _OPENS)
    place = first + len(_UNIT) * ([one.key for one in tokens[first : first + len(_UNIT)]] == _UNIT)
    found: list[tuple[int, int]] = []
    while place < stop and tokens[place].kind is NUMBER:
        end = _value_end(tokens, place, stop)
        found.append((place if found else first, end))
        if end >= stop or tokens[end].key not in _AND:
            break
        place = end + 1
    if len(found) != many or not _alike(tokens, found, stop):
        return []
    return found


def _value_end(tokens: Sequence[Token], at: int, stop: int) -> int:
    """One past «2004», «22», «01.03.2004»."""
    end = at + 1
    while end + 1 < stop and tokens[end].text in _INSIDE and tokens[end + 1].kind is NUMBER:
        if tokens[end].start != tokens[end - 1].end:
            break
        end += 2
    return end


def _alike(tokens: Sequence[Token], values: Sequence[tuple[int, int]], stop: int) -> bool:
    """Are they all years, all dates or all ages?"""
    if len({len(tokens[end - 1].text) for _, end in values}) > 1:
        return False
    figures = len(tokens[values[0][1] - 1].text)
    sizes = {end - start for start, end in values[1:]}
    whole = figures == _YEAR or (figures == _DIGITS and tokens[values[0][0]].key == _UNIT[0])
    last = values[-1][1]
    aged = last < stop and (is_word("years", tokens[last].key) or is_word("year", tokens[last].key))
    return whole or sizes != {1} or aged
