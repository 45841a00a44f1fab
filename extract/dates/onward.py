"""Tokens → days counted from others: «через два дня написал», «за день до Покрова», «с тех пор»."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from itertools import pairwise

from extract.dates.feasts import from_feast
from extract.dates.numbers import from_number
from extract.dates.parts import Form, is_word, word_class
from extract.dates.spans import DateSpan
from extract.peek import key_at, value_at
from extract.tokens import NUMBER, Token
from russian.numerals import number

_REACHED_WITHIN = 4  # tokens between «через два дня» and «позвонил»
_TOLD_WITHIN = 30  # tokens back to the day it is counted from
_MOST = 40  # days
_SINCE = frozenset(("с", "со", "после"))
_THEN = frozenset(("пор", "дня", "ночи", "вечера", "утра", "времени", "звонка", "разговора"))


def from_told(tokens: Sequence[Token], at: int) -> Form | None:
    """The day counted from one told before, or from the one that stands behind «после», «до»."""
    key, before = tokens[at].key, key_at(tokens, at - 1)
    if is_word("thatday", key):
        then = before in _SINCE and key_at(tokens, at + 1) in _THEN
        return Form(at, at + 2, written="relative", onward=0) if then else None
    if key == "накануне":
        return _from_day(tokens, at, at + 1, -1)
    if key in ("за", "через", "спустя"):
        return _after_days(tokens, at, back=key == "за")
    if before == "на" and key_at(tokens, at + 1) in ("день", "утро", "вечер"):
        return Form(at, at + 2, written="relative", onward=1)
    return Form(at, at + 1, written="relative", onward=1) if key.startswith("на") else None


def _after_days(tokens: Sequence[Token], at: int, *, back: bool) -> Form | None:
    """«через два дня», «через неделю после Пасхи», «за день до Покрова»"""
    place, count = at + 1, 1
    value = value_at(tokens, place)
    spoken = None if value is not None else number(tokens, place)
    if value is not None:
        place, count = place + 1, value
    elif spoken is not None and not spoken.ordinal:
        place, count = spoken.end, spoken.value
    unit = word_class("unit", key_at(tokens, place))
    if unit is None or unit[0] == "0" or not 0 < (days := count * int(unit[0])) <= _MOST:
        return None
    place += 1
    if key_at(tokens, place) == ("до" if back else "после"):
        return _from_day(tokens, at, place + 1, -days if back else days)
    return None if back else Form(at, place, written="relative", onward=days)


def _from_day(tokens: Sequence[Token], at: int, place: int, days: int) -> Form | None:
    """The day so many days from the date at `place`."""
    if place >= len(tokens):
        return None
    read = from_number if tokens[place].kind is NUMBER else from_feast
    told = read(tokens, place)
    if told is None or not (told.day or told.feast) or told.vague:
        return None
    return told._replace(first=at, plus=days)


def counted_on(
    tokens: Sequence[Token], form: Form, earlier: Sequence[DateSpan], today: date
) -> DateSpan | None:
    """The day `form.onward` days from the last one told, if he was heard of then."""
    told = next((one for one in reversed(earlier) if one.value and one.precision == "day"), None)
    if told is None or told.vague or form.onward is None:
        return None
    if form.first - told.last > _TOLD_WITHIN or told.role == "birth":
        return None
    if form.onward and not _reached(tokens, form.last):
        return None
    if not form.onward and told.role != "contact" and not _silence(tokens, form, told):
        return None
    day = date.fromisoformat(told.value or "") + timedelta(days=form.onward)
    if day > today:
        return None
    return DateSpan(
        start=tokens[form.first].start,
        end=tokens[form.last - 1].end,
        first=form.first,
        last=form.last,
        value=day.isoformat(),
        precision="day",
        year=day.year,
        month=day.month,
        day=day.day,
        written="relative",
        role="contact",
        relative=True,
        year_inferred=True,
        rule="since then" if form.onward == 0 else "days after",
    )


def _silence(tokens: Sequence[Token], form: Form, told: DateSpan) -> bool:
    """«11 июня мать с ним говорила … и с того дня молчит»"""
    near = tokens[form.last : form.last + _REACHED_WITHIN]
    silent = any(token.key == "не" or is_word("silent", token.key) for token in near)
    return silent and told.role in ("event", "unknown")


def _reached(tokens: Sequence[Token], at: int) -> bool:
    """Does he write or call right behind: «через два дня написал», «… прислал голосовое»?"""
    near = tokens[at : at + _REACHED_WITHIN]
    for before, token in pairwise([None, *near]):
        if token is None or token.text in ".!?\n;":
            return False
        if is_word("reached", token.key):
            return before is None or before.key != "не"
    return False
