"""Folded text → telephones written so that no program should see them.

«+7 (900) ООО-18-66», «8~900~000~12~34», a number a line. Those told in words: `spoken_numbers.py`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

_SEVEN_OR_EIGHT = re.compile("[78]")
_SAME_MARKS = re.compile(
    r"(?<![\w+])\+?[78](?P<mark>[^\w\s+]{1,3})(?!800)\d{3}(?P=mark)\d{1,3}(?:(?P=mark)\d{1,4}){1,4}(?!\d)"
)
_BROKEN = re.compile(  # a number on two lines or more
    r"(?<![\w+])\+?[78](?:[ ().\-]{0,3}\n? ?\d){10}(?![\d.])"
)
_MIXED = re.compile(  # digits and letters like digits, in any mix: «8 (900) О9l-83-05»
    r"(?<![\w+])\+?[78](?:[ ().\-–—]{0,3}[\dоoзбliі]){10}(?![^\W_])"
)
_LEAST_DIGITS = 5  # of the eleven
_WHOLE = 11  # digits of a telephone with its 7 or 8


def numbers(text: str, lowered: str) -> list[tuple[int, int]]:
    """Where telephones in odd marks, letters like digits or several lines stand."""
    opening = [match.start() for match in _SEVEN_OR_EIGHT.finditer(text)]
    starts = [at - (text[at - 1 : at] == "+") for at in opening]
    found = [m.span() for m in _opened(_SAME_MARKS, text, starts) if _digits(m.group()) == _WHOLE]
    found += [m.span() for m in _opened(_MIXED, lowered, starts) if _is_mixed(m.group())]
    if "\n" in text:
        found += [m.span() for m in _opened(_BROKEN, text, starts) if "\n" in m.group()]
    return found


def _opened(pattern: re.Pattern[str], text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
    """What `finditer` finds of a pattern that begins with +7, 7 or 8, tried where one stands."""
    end = 0
    for start in starts:
        if start >= end and (match := pattern.match(text, start)):
            end = match.end()
            yield match


def _is_mixed(run: str) -> bool:
    return _digits(run) >= _LEAST_DIGITS and any(map(str.isalpha, run))


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))
