"""The line of a list, or a cell with a name → the words of the name, and the rank beside them."""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.names.cells import parse_name_cell
from extract.text import fold
from extract.tokens import tokenize
from russian.patronymics import DAUGHTER, SON
from russian.ranks import rank

_HEAD = re.compile(r"^(?:[а-яёa-z ]{4,24}:)?[\s\d.)№#*•+†·–—-]*([^,;:(\[\d\n]+)")
_SMALL_WORD = re.compile(r"(?<=\s)[а-яёa-zіїєґ][^\s]*")
_PARTICLES = SON | DAUGHTER | {"уулу", "улуу", "заде", "ибн", "бек"}
_GUARDS = re.compile(r"(?:гв|гвардии)\.?\s+", re.IGNORECASE)
_MARKS = " ,.;:–—-"


class Head(NamedTuple):
    """The words a name stands in, where they begin, and the rank before or behind it."""

    text: str
    start: int
    rank: str | None = None

    @property
    def span(self) -> tuple[int, int]:
        """Where the words stand."""
        return self.start, self.start + len(self.text)


def head_of(line: str) -> Head:
    """The name at the head of a line: «12. мл. сержант Ильин Пётр Львович, 2004 г.р.»."""
    found = without_rank(line)
    match = _HEAD.match(found.text)
    if match is None:
        return Head("", found.start, found.rank)
    start = match.start(1)
    words = match.group(1)
    if not words[:1].islower():
        words = words[: _turn(words)]
    inner = without_rank(words)
    text = inner.text.rstrip(_MARKS if not inner.text.rstrip().endswith(".") else " ,;:–—-")
    return Head(text, found.start + start + inner.start, found.rank or inner.rank)


def _turn(words: str) -> int:
    """Where a word in small letters goes on with something else: «Ильин Пётр родился …»."""
    for word in _SMALL_WORD.finditer(words):
        if word.group().strip(".-") not in _PARTICLES:
            return word.start()
    return len(words)


def without_rank(cell: str) -> Head:
    """A cell without the rank at its head, and without one behind a comma; the rank beside it.

    A word that may be his surname («Майор Иван Петрович») stays.
    """
    number = re.match(r"[\s\d.)№#*•]*", cell)
    start = number.end() if number else 0
    told: str | None = None
    guards = _GUARDS.match(cell, start)
    at = guards.end() if guards else start
    tokens = tokenize(fold(cell[at:]))
    found = rank(tokens, 0) if tokens else None
    if found is not None and found.end < len(tokens):
        end = found.end + (tokens[found.end].text == ".")
        cut = at + (tokens[end].start if end < len(tokens) else len(cell) - at)
        if _is_whole(cell[cut:]):
            start, told = cut, found.name
    if not told:
        start = 0
    comma = cell.rfind(",")
    if comma > start:
        behind = tokenize(fold(cell[comma + 1 :]))
        last = rank(behind, 0) if behind else None
        if last is not None and last.end >= len(behind) - 1 and _is_whole(cell[start:comma]):
            return Head(cell[start:comma], start, told or last.name)
    return Head(cell[start:], start, told)


def _is_whole(words: str) -> bool:
    """Are these a surname and a given name at least?"""
    match = _HEAD.match(words)
    surname, given, _ = parse_name_cell(match.group(1)) if match else (None, None, None)
    return bool(surname and given)
