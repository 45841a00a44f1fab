"""A number and a unit of time → the days it counts back: «17 дней», «две недели назад»."""

from __future__ import annotations

from collections.abc import Sequence

from extract.dates.parts import Form, is_word, word_class
from extract.peek import key_at, value_at
from extract.tokens import Token
from russian.numerals import number

_MOST_MONTHS = 36
_YEAR = 12  # months


def span_of_time(tokens: Sequence[Token], at: int) -> Form | None:
    """17 дней, 3 недели и 2 дня, 2 недели назад."""
    value = value_at(tokens, at)
    if value is None or value > 366:
        return None
    return counted(tokens, at, at + 1, value)


def counted(tokens: Sequence[Token], at: int, place: int, value: int) -> Form | None:
    """«17 дней», «3 недели и 2 дня» from token `at`; the unit stands at `place`."""
    unit = word_class("unit", key_at(tokens, place))
    if unit is None:
        return None
    if unit[0] == "0":
        return _exact_months(tokens, at, place, value)
    days = value * int(unit[0])
    end = place + 1
    if key_at(tokens, end) == "и":
        more = value_at(tokens, end + 1)
        spoken = number(tokens, end + 1)
        more, after = (more, end + 2) if more is not None else (spoken and spoken.value, 0)
        if more is not None:
            after = after or (spoken.end if spoken else end)
            smaller = word_class("unit", key_at(tokens, after))
            if smaller and smaller[0] == "1":
                days, end = days + more, after + 1
    return _relative(tokens, at, end, days)


def _relative(tokens: Sequence[Token], at: int, end: int, days: int) -> Form | None:
    before = key_at(tokens, at - 1)
    if before in ("за", "через", "на", "до", "из", "спустя", "в", "во") or is_word("rough", before):
        return None
    ago = key_at(tokens, end) in ("назад", "тому")
    return Form(at, end + ago, written="relative", shift=-days, span=not ago)


def whole_year(tokens: Sequence[Token], at: int) -> Form | None:
    """«ровно год», «сегодня год, как»: a year to the day."""
    before = key_at(tokens, at - 1)
    told = before == "ровно" or is_word("day", before) or key_at(tokens, at + 1) == "ровно"
    if not told:
        return None
    ago = key_at(tokens, at + 1) in ("назад", "тому")
    return Form(at, at + 1 + ago, written="relative", shift=0, months=_YEAR, span=not ago)


def _exact_months(tokens: Sequence[Token], at: int, place: int, months: int) -> Form | None:
    """«ровно месяц», «ровно два месяца назад»: a month more or less is no day."""
    ago = key_at(tokens, place + 1) in ("назад", "тому")
    exact = key_at(tokens, at - 1) == "ровно" or key_at(tokens, place + 1) == "ровно"
    exact = exact or (place == at and is_word("day", key_at(tokens, at - 1)))  # «вчера месяц, как»
    if not exact or months > _MOST_MONTHS:
        return None
    return Form(at, place + 1 + ago, written="relative", shift=0, months=months, span=not ago)
