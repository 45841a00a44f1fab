"""A sentence that points at men by their place in a row → which clause of it speaks of whom.

«Первый в плену, второй пропал», «последние двое погибли», «Лобов нашёлся, двое других молчат».
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import NamedTuple

from extract.clauses import Piece
from extract.dates.parts import is_word
from extract.tokens import WORD, Token
from russian.numerals import numeral
from russian.phrases import rows, word_class

_ABOUT = word_class("pointers", "about") | {"у"}
_JOINTS = frozenset(",;:—–")
_TURNS = word_class("pointers", "but") | {"и"}
_MOST = 10  # men a row may hold for its last to be found by number
_UNIT = 3  # tokens from an ordinal to what it counts: «второй уже месяц»


class Mark(NamedTuple):
    """One such word: `kind` nth, last or rest; which (1 the first); how many men, 0 unsaid."""

    at: int
    end: int
    kind: str
    which: int
    many: int

    def men(self, row: Sequence[int], rest: Sequence[int]) -> list[int]:
        """The men meant. `row`: in the order they were named; `rest`: those not told of."""
        if self.kind == "rest":
            return list(rest) if self.many in (0, len(rest)) else []
        if self.kind == "last":
            return list(row[-max(1, self.many) :])
        if self.many and self.which == 1:
            return list(row[: self.many])
        return list(row[self.which - 1 : self.which])


def marks(tokens: Sequence[Token], start: int, end: int) -> list[Mark]:
    """The words of a sentence that point at men by place.

    A genitive alone may be a day («второго ушли»): it counts beside another, or behind «по», «у».
    """
    found: list[Mark] = []
    at = start
    while at < end:
        one = _mark(tokens, at, end) if tokens[at].kind is WORD else None
        at = one.end if one else at + 1
        found += [one] if one else []
    if len(found) > 1:
        return found
    return [one for one in found if _sure(tokens, one)]


def pieces(
    found: Sequence[Mark],
    row: Sequence[int],
    rest: Sequence[int],
    tokens: Sequence[Token],
    within: tuple[int, int],
) -> list[Piece]:
    """What is said of each man meant; the first clause may begin behind the first token.

    Nothing where one clause holds two marks: «второй погиб на глазах первого».
    """
    start, end = within
    lows = [start, *(one.end for one in found[:-1])]
    bounds = [_clause(tokens, low, one.at) for low, one in zip(lows, found, strict=True)]
    if any(high == low for low, high in zip(lows[1:], bounds[1:], strict=True)):
        return []
    return [
        (person, low, high)
        for one, low, high in zip(found, bounds, [*bounds[1:], end], strict=True)
        for person in one.men(row, rest)
    ]


def count(key_forms: frozenset[str]) -> int:
    """How many men «оба», «трое» are; 0 for another word. `key_forms`: dictionary forms."""
    return next((_orders()[form][1] for form in key_forms if _kind(form) == "count"), 0)


def _clause(tokens: Sequence[Token], low: int, at: int) -> int:
    """Where the clause of a mark begins, not before `low`."""
    for place in range(at - 1, low - 1, -1):
        if tokens[place].text in _JOINTS:
            return place + 1
        if tokens[place].key in _TURNS:
            return place
    return low


def _mark(tokens: Sequence[Token], at: int, end: int) -> Mark | None:
    many = count(tokens[at].word.normals)
    place = at + 1 if many else at
    if place >= end or (order := _order(tokens[place])) is None:
        return None
    kind, which = order
    after = place + 1
    if not many and after < end and (many := count(tokens[after].word.normals)):
        after += 1
    if (kind == "other" and not many) or not _of_men(tokens, at, after, end):
        return None
    return Mark(at, after, "rest" if kind == "other" else kind, which, many)


def _order(token: Token) -> tuple[str, int] | None:
    """The kind and number of an adjective of order, where it may stand for a man or men."""
    adjectives = [one for one in token.word.parses if one.pos == "ADJF"]
    if not any(one.gender == "masc" or one.number == "plur" for one in adjectives):
        return None
    if all(one.case == "ablt" for one in adjectives):
        return None  # «первым шёл …»
    said = numeral(token.key)
    if said is not None and said.ordinal and said.value <= _MOST:
        return "nth", said.value
    return next((_orders()[f] for f in token.word.normals if _kind(f) not in ("", "count")), None)


def _of_men(tokens: Sequence[Token], at: int, after: int, end: int) -> bool:
    """Is no thing ordered: «второй месяц», «в последний раз», «с первого по пятое»?"""
    if at and "PREP" in tokens[at - 1].word.tags and tokens[at - 1].key not in _ABOUT:
        return False
    beyond = tokens[after : min(after + _UNIT, end)]
    if any(is_word("unit", token.key) for token in beyond):
        return False
    return not beyond or all(one.pos != "NOUN" for one in beyond[0].word.parses[:1])


def _sure(tokens: Sequence[Token], one: Mark) -> bool:
    if one.kind == "rest" or one.many:
        return True
    cases = {parse.case for parse in tokens[one.at].word.parses if parse.pos == "ADJF"}
    return "nomn" in cases or (one.at > 0 and tokens[one.at - 1].key in _ABOUT)


@cache
def _orders() -> dict[str, tuple[str, int]]:
    return {form: (kind, int(number)) for form, kind, number in rows("orders")}


def _kind(form: str) -> str:
    return _orders().get(form, ("", 0))[0]
