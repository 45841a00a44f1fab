"""Telephones found → what goes on behind them: «…00-11, -12», «на конце 13», «доб. 204».

A further number is told by its last digits alone, after commas, the owner's name in brackets or a
word that says where the digits belong.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from extract.private.handles import holds
from extract.private.spoken_numbers import COUNTED, Row, is_near

Span = tuple[int, int]

_OWNER = r"(?: ?\([^()\n\d]{1,40}\))?"
_NOT_TIME = (
    r"(?!\d|[.:/]\d|[- ]\d"
    r"|[ -]?(?:лет|год|ч(?:ас|\.)|мин|км|дн|ребен|дет|июл|июн|ма[йя]|марта|авг))"
)
_NEXT = re.compile(
    rf"{_OWNER}(?:/ ?(?P<slash>\d\d(?:[- ]?\d\d)?)(?!\d|[.:-]\d)"
    rf"|[ ,;и]{{1,3}}-(?P<dash>\d\d(?:-\d\d)?)(?!\w){_NOT_TIME}"
    rf"|[ ,;]{{1,3}}(?:(?:и|или|либо)[ ,]{{1,2}}|[–—] ?)?(?P<pair>\d\d[- ]\d\d)(?!\w){_NOT_TIME})"
)
_MEND = re.compile(  # «24 24 эмас — 25 25», «00-11, нет, 00-12»
    r"[^\n\d.!?]{1,24}?(\d\d[- ]\d\d)(?!\w)" + _NOT_TIME
)
_CUE = re.compile(
    r"(?<!\w)(?:доб(?:\.|авочн\w{1,3})?|внутр(?:\.|енн\w{1,3})?|(?:на|в) конц[еу]|последни[ехм]\w?"
    r"|(?:за|о)канчива\w{2,4} на|оканч\.? на|начало|начина\w{2,4} (?:с|на)|плюс|дальше|первые)"
    r"(?: (?:цифр\w{0,2}|четыре|две|три|номер\w?|числ\w{1,2})){0,2}[ :—–-]{0,3}"
)
_CUE_MARKS = (  # one of them is in each
    *("доб", "внутр", "конц", "последни", "канчива", "оканч", "начал", "начина", "плюс", "дальше"),
    "первые",
)
_CUED = re.compile(r"(?:[«\"]?\d{1,4}[»\"]?[- ]?){1,4}")
_LEAST_TOLD = 3  # «сорок два» beside a telephone is an age
_NEAR = 90  # characters from the telephone to a word for the rest of it
_MOST = 8  # further numbers behind one


def tails(text: str, lowered: str, phones: Sequence[Span], rests: Sequence[Row]) -> list[Span]:
    """Where the rests stand; `phones` in order, `rests`: short rows of numbers told in words."""
    found = [span for phone in phones for span in _behind(lowered, phone[1])]
    spoken = {row.start: row.end for row in rests}
    for cue in _CUE.finditer(lowered) if holds(lowered, _CUE_MARKS) else ():
        if is_near(phones, cue.start(), cue.end(), _NEAR):
            digits = _CUED.match(text, cue.end())
            end = digits.end() if digits else spoken.get(cue.end(), 0)
            if end and not COUNTED.match(lowered, end):
                found.append((cue.end(), end))
    found += [
        (row.start, row.end)
        for row in rests
        if row.digits > _LEAST_TOLD and is_near(phones, row.start, row.end, _NEAR)
    ]
    return found


def _behind(lowered: str, end: int) -> Iterator[Span]:
    """Further numbers, each behind the one before."""
    for _ in range(_MOST):
        match = _NEXT.match(lowered, end)
        if match is None:
            break
        which = match.lastgroup or ""
        yield match.span(which)
        end = match.end(which)
    mended = _MEND.match(lowered, end)
    if mended:
        yield mended.span(1)
