"""Tokens → a day called by its feast: «на Ильин день», «на Троицу», «через день после Покрова»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from functools import cache
from typing import NamedTuple

from extract.dates.parts import Form, is_word
from extract.peek import key_at
from extract.tokens import Token
from russian.phrases import rows

_ON = frozenset(("на", "в", "во", "под"))
_AFTER = frozenset(("после", "до"))
_LAST_YEARS = frozenset(("прошлого", "прошлом"))
_YEAR = 365
_APART = 2  # tokens between a feast and the date that says which day it was


class _Feast(NamedTuple):
    words: tuple[str, ...]
    after: bool  # the form behind «после»
    month: int | None
    day: int | None
    days: tuple[str, ...]  # ISO dates of one that moves


def from_feast(tokens: Sequence[Token], at: int) -> Form | None:
    """«на Ильин день», «на Успение созванивались», «после Троицы»."""
    before = key_at(tokens, at - 1)
    if before not in _ON and before not in _AFTER:
        return None
    for feast in feasts().get(tokens[at].key, ()):
        end = at + len(feast.words)
        if feast.after != (before in _AFTER):
            continue
        if any(key_at(tokens, at + step) != word for step, word in enumerate(feast.words)):
            continue
        first = at if feast.after else at - 1
        past = key_at(tokens, end) in _LAST_YEARS
        return Form(
            first,
            end,
            month=feast.month,
            day=feast.day,
            written="word",
            named=True,
            feast=feast.days,
            years_back=int(past),
        )
    return None


@cache
def feasts() -> dict[str, list[_Feast]]:
    """First word → the feasts it begins."""
    found: dict[str, list[_Feast]] = {}
    for name, *when in rows("feasts"):
        fixed = len(when) > 1
        month, day = (int(when[0]), int(when[1])) if fixed else (None, None)
        days = () if fixed else tuple(when[0].split())
        for which, form in enumerate(name.split("|")):
            words = tuple(form.split())
            one = _Feast(words, which > 0, month, day, days)
            found.setdefault(words[0], []).append(one)
    for several in found.values():
        several.sort(key=lambda feast: -len(feast.words))
    return found


def placed(form: Form, today: date) -> Form:
    """A feast that moves, on the latest day of its that is not to come; others as they are."""
    if not form.feast:
        return form
    days = [day for day in map(date.fromisoformat, form.feast) if day <= today]
    if form.years_back:
        days = [day for day in days if day.year < today.year]
    if not days or (today - days[-1]).days > _YEAR:
        return form
    told = days[-1]
    return form._replace(year=told.year, month=told.month, day=told.day)


def is_feast(form: Form) -> bool:
    """Is it a day called by its date that is a feast all the same: «на 23 февраля»?"""
    return form.month is not None and is_word("holiday", f"{form.month}-{form.day}")


def without_named(tokens: Sequence[Token], forms: list[Form]) -> list[Form]:
    """Without the feasts whose day stands beside them: «на Крещение, 19 января, позвонил»."""
    kept: list[Form] = []
    for at, form in enumerate(forms):
        beside = [forms[near] for near in (at - 1, at + 1) if 0 <= near < len(forms)]
        if form.named and any(_says_which(form, one) for one in beside):
            continue
        kept.append(form)
    return kept


def _says_which(feast: Form, beside: Form) -> bool:
    left, right = (feast, beside) if feast.first < beside.first else (beside, feast)
    return beside.day is not None and not beside.named and right.first - left.last <= _APART
