"""Tokens → a weekday: «в прошлый вторник», «на той неделе в среду», «с понедельника на вторник»."""

from __future__ import annotations

from collections.abc import Sequence

from extract.dates.parts import Form, word_class
from extract.peek import key_at
from extract.tokens import WORD, Token

_REPEATED = frozenset(("по", "каждый", "каждую", "или"))
_WEEKS = {"прошлой": 1, "той": 1, "минувшей": 1, "позапрошлой": 2, "этой": 0}
_WEEK_WITHIN = 4  # tokens between a weekday and «на прошлой неделе»


def from_weekday(tokens: Sequence[Token], at: int) -> Form | None:
    """The weekday at `at`, and of which week it is."""
    named = word_class("weekday", tokens[at].key)
    if named is None or key_at(tokens, at - 1) in _REPEATED:
        return None
    if tokens[at].word.shape == "title" and _a_surname(tokens, at):
        return None
    later = word_class("weekday", key_at(tokens, at + 2)) if _over_night(tokens, at) else None
    earlier = 7 if key_at(tokens, at - 1).startswith("позапрошл") else None
    return Form(
        at,
        at + 3 if later else at + 1,
        written="relative",
        weekday=int((later or named)[0]),
        shift=earlier,
        weeks=_weeks_back(tokens, at),
    )


def _over_night(tokens: Sequence[Token], at: int) -> bool:
    """«с понедельника на вторник», not «с понедельника по среду»."""
    return key_at(tokens, at - 1) in ("с", "со") and key_at(tokens, at + 1) == "на"


def _weeks_back(tokens: Sequence[Token], at: int) -> int | None:
    """«на прошлой неделе в четверг», «во вторник на той неделе»"""
    for place in (*range(at - 1, at - _WEEK_WITHIN, -1), at + 3):
        if key_at(tokens, place) == "неделе" and key_at(tokens, place - 2) == "на":
            return _WEEKS.get(key_at(tokens, place - 1))
    return None


def _a_surname(tokens: Sequence[Token], at: int) -> bool:
    """«мы Субботы», «Суббота Евгений»: a capital within a sentence, or a name behind."""
    after = tokens[at + 1].word if at + 1 < len(tokens) else None
    named = after is not None and after.shape == "title" and "Name" in after.tags
    return named or (at > 0 and tokens[at - 1].kind is WORD)
