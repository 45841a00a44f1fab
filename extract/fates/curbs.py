"""Marks and phrases → the ranges and sentences in which a claim says nothing of the man.

Quotations, questions, hearsay, likeness, hope; calls that are dated and so past.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from extract.dates.parts import is_word
from extract.fates.states import STATES
from extract.layout import Layout
from extract.tokens import Token
from russian.months import month
from russian.phrases import Hit, word_class

_UPDATES = word_class("pointers", "update")
_AGO = word_class("pointers", "ago")
_QUOTING = frozenset('«“„»”"\n')  # what opens or ends a quotation
_BACK = 14  # tokens a date may stand before the call it dates
_NOT = frozenset(("не", "ни"))
_WHICH = 5  # tokens between «который» and what it tells
_WHO = frozenset(("который", "которого", "которая"))


def negated(tokens: Sequence[Token], hit: Hit) -> bool:
    """«Не хороним», «не ищем»: a state or a plea right behind the word that says no."""
    told = hit.value in STATES or hit.value == "seek"
    return told and hit.start > 0 and tokens[hit.start - 1].key in _NOT


def of_before(tokens: Sequence[Token], layout: Layout, hit: Hit) -> bool:
    """«ты, который с Павловки вернулся, снова ушёл»: a return told to tell him by."""
    start = max(layout.sentence(hit.start).start, hit.start - _WHICH)
    return any(tokens[at].key in _WHO for at in range(start, hit.start))


def dated_before(tokens: Sequence[Token], layout: Layout, hit: Hit) -> bool:
    """Is a call one of the past: «6 августа позвонил и сказал …», «10 дней назад отписался»?

    An addition («UPD 17 октября: позвонил») dates itself, not a call of the past.
    """
    start = max(layout.sentence(hit.start).start, hit.start - _BACK)
    found = False
    for at in range(start, hit.start):
        token = tokens[at]
        if token.key in _UPDATES:
            return False
        follows = tokens[at - 1] if at > start else None
        day = follows is not None and follows.text[:1].isdecimal()
        counted = token.key == "как" and _counts(tokens, start, at)
        found = found or token.key in _AGO or counted or (day and month(token.key) is not None)
    return found


def _counts(tokens: Sequence[Token], start: int, at: int) -> bool:
    """«Вчера неделя, как сын позвонил», «третий месяц как написал»: counted since that call."""
    place = at - 2 if at > start and tokens[at - 1].text == "," else at - 1
    return place >= start and is_word("unit", tokens[place].key)


class Cover:
    """Token ranges asked whether they touch another."""

    def __init__(self, ranges: Sequence[tuple[int, int]]) -> None:
        self.ranges = sorted(ranges)
        self.reach: list[int] = []
        furthest = 0
        for _, end in self.ranges:
            furthest = max(furthest, end)
            self.reach.append(furthest)

    def touches(self, start: int, end: int) -> bool:
        """Does any range share a token with [start, end)?"""
        place = bisect_left(self.ranges, (end, 0)) - 1
        return place >= 0 and self.reach[place] > start

    def curbs(self, start: int, end: int) -> bool:
        """As `touches`, but a phrase that holds the whole range and more is not curbed by it."""
        place = bisect_left(self.ranges, (end, 0)) - 1
        while place >= 0 and self.reach[place] > start:
            low, high = self.ranges[place]
            inside = start <= low and high <= end and high - low < end - start
            if high > start and not inside:
                return True
            place -= 1
        return False


def curbs_by_sentence(found: Sequence[Hit], layout: Layout) -> dict[int, frozenset[str]]:
    """Sentence → what a curb in it takes away: hearsay, hope, likeness."""
    curbs: dict[int, set[str]] = {}
    for hit in found:
        if hit.value in ("hearsay", "hope", "likeness"):
            curbs.setdefault(layout.sentence_of[hit.start], set()).add(hit.value)
    return {number: frozenset(kinds) for number, kinds in curbs.items()}


def quoted(tokens: Sequence[Token]) -> Cover:
    """What stands in quotation marks: another's words, not a claim."""
    ranges, opened = [], -1
    for at in [at for at, token in enumerate(tokens) if token.text in _QUOTING]:
        text = tokens[at].text
        if text == "\n" or at - opened > 60:
            opened = -1
        if text in "«“„":
            opened = at
        elif text in "»”" and opened >= 0:
            ranges.append((opened, at + 1))
            opened = -1
        elif text == '"':
            if opened >= 0:
                ranges.append((opened, at + 1))
                opened = -1
            else:
                opened = at
    return Cover(ranges)


def questions(tokens: Sequence[Token], layout: Layout) -> frozenset[int]:
    """Sentences that end in a question mark."""
    return frozenset(
        number
        for number, sentence in enumerate(layout.sentences)
        if sentence.end > sentence.start and tokens[sentence.end - 1].text == "?"
    )
