"""Tokens of a post → dates in them, each placed in time and with what it is the date of.

The written shapes are read in `dateforms`; here a missing year is found, relative days are
counted from the post's own local date, and the words beside a date tell its role.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from extract.dates.ages import AgeSpan, find_ages
from extract.dates.feasts import placed
from extract.dates.forms import forms
from extract.dates.neighbours import beside_others
from extract.dates.onward import counted_on
from extract.dates.parts import Form, is_word, word_class
from extract.dates.roles import (
    day_of_silence,
    role_of,
    silence_near,
    still_to_come,
    taken_back,
)
from extract.dates.spans import Choice, DateSpan, joined
from extract.peek import key_at
from extract.tokens import Token

__all__ = ["Choice", "DateSpan", "choose_birth", "choose_contact", "find_dates"]

WAR_BEGAN = date(2022, 2, 24)
YOUNGEST, OLDEST = 17, 80  # ages a birth year may give
_BEGINS = frozenset(("", ",", "(", "—", "–", "-", "он", "сам", "\n", ";"))
_YEAR, _DECEMBER = 366, 12
_LAST_DAY = 31
_SEEN = ("видел", "последн")
_SIZES = frozenset(("лет", "годов", "под", "может", "больше", "более", "менее"))  # of ages
_NOT_LONG_BEFORE = 7  # «9-е» told after «11 октября» is of the same month
_OF_THE_MONTH = 40  # tokens between a month and a day of it


def find_dates(
    tokens: Sequence[Token], posted_at: datetime, ages: Sequence[AgeSpan] | None = None
) -> list[DateSpan]:
    """Every date in order; the halves of a birth date («2004 г.р. (17 марта)») are one span."""
    shapes = forms(tokens)
    if not shapes:
        return []
    today = posted_at.date()
    spans: list[DateSpan] = []
    for which, shape in enumerate(shapes):
        before = shapes[which - 1].last if which else 0
        after = shapes[which + 1].first if which + 1 < len(shapes) else len(tokens)
        span = _placed(tokens, shape, today, spans, (before, after))
        if span is not None:
            spans.append(span)
    if ages is None:
        ages = find_ages(tokens)
    return joined(tokens, beside_others(tokens, spans, today), ages, today)


def choose_birth(dates: Sequence[DateSpan], segment: tuple[int, int]) -> Choice | None:
    """The birth date of the person whose text is `segment` (offsets): the fullest one given."""
    start, end = segment
    best: tuple[tuple[int, int], DateSpan] | None = None
    for span in dates:
        if start <= span.start < end and span.role == "birth" and span.value and span.year:
            rank = (len(span.value), span.birth_marked)
            if best is None or rank > best[0]:
                best = (rank, span)
    if best is None or best[1].value is None:
        return None
    chosen = best[1]
    return Choice(best[1].value, chosen.start, chosen.end, chosen.rule or "birth date")


def choose_contact(
    dates: Sequence[DateSpan], segment: tuple[int, int], posted_at: datetime
) -> Choice | None:
    """The last day of a contact or sighting within `segment` (offsets); None for vague ones."""
    start, end = segment
    today = posted_at.date()
    for role, quoted in (("contact", False), ("contact", True), ("unknown", None)):
        days = [
            (date.fromisoformat(span.value), span)
            for span in dates
            if start <= span.start < end and span.role == role and span.precision == "day"
            if span.value is not None and not span.vague and quoted in (None, _hearsay(span))
        ]
        days = [(day, span) for day, span in days if WAR_BEGAN <= day <= today]
        if days:
            day, span = max(days, key=lambda pair: pair[0])
            return Choice(day.isoformat(), span.start, span.end, f"{role}: {span.rule}")
        if quoted is not False and any(
            start <= s.start < end and s.role == role and s.vague for s in dates
        ):
            return None
    return None


def _hearsay(span: DateSpan) -> bool:
    """Is it in another's words, and not of his seeing him: «последний раз видел 22 февраля»?"""
    return span.quoted and not span.rule.startswith(_SEEN)


def _placed(
    tokens: Sequence[Token],
    shape: Form,
    today: date,
    earlier: Sequence[DateSpan],
    between: tuple[int, int],
) -> DateSpan | None:
    """A form with its year found and its role told; None for a span of time beside no silence."""
    if shape.onward is not None:
        return counted_on(tokens, shape, earlier, today)
    shape = placed(shape, today)
    role, rule = role_of(tokens, shape, between)
    if taken_back(tokens, shape):
        role, rule = "event", "not this day"
    if role == "contact" and day_of_silence(tokens, shape):
        role, rule = "unknown", "a day of silence"
    if shape.span:
        shape = _since_yesterday(tokens, shape)
        if _to_last(tokens, shape) or not silence_near(tokens, shape):
            return None
        role, rule = "contact", "span of silence"
    shape = _as_a_day(shape, today)
    year, inferred = shape.year, False
    if shape.years_back and year is None:
        year = today.year - shape.years_back
    if year is not None and shape.short_year:
        year += 2000 if 2000 + year <= today.year else 1900
    value: str | None
    if shape.shift is not None or shape.weekday is not None:
        future = still_to_come(tokens, shape)
        day = _relative_day(shape, today, future=future)
        year, value, inferred = day.year, day.isoformat(), True
        month_: int | None = day.month
        day_: int | None = day.day
    else:
        month_, day_ = shape.month, shape.day
        near = [one for one in earlier if one.precision != "month" or _close(tokens, one, shape)]
        value, inferred = _value(year, month_, day_, today, near)
        value = _moved(value, shape.plus)
    if _guessed(tokens, shape, role):
        value = None
    if vague := shape.vague or _either(tokens, shape):
        value = value[:7] if value and shape.month and role == "birth" else None
    if role == "unknown" and not shape.shift and value == today.isoformat():
        role, rule = "event", "the day of the post"
    span = DateSpan(
        start=tokens[shape.first].start,
        end=tokens[shape.last - 1].end,
        first=shape.first,
        last=shape.last,
        value=value,
        precision="day"
        if shape.day or shape.shift is not None or shape.weekday
        else ("month" if shape.month else "year"),
        year=year,
        month=month_,
        day=day_,
        written=shape.written,
        role=role,
        relative=shape.shift is not None or shape.weekday is not None,
        year_inferred=inferred,
        vague=vague,
        birth_marked=shape.marked,
        rule=rule,
    )
    return _with_birth_role(span, shape, tokens, today)


def _to_last(tokens: Sequence[Token], shape: Form) -> bool:
    """«сказал, что два дня без связи будет»: how long it was to last."""
    for place in range(shape.last, min(shape.last + 4, len(tokens))):
        if tokens[place].text in ",.!?\n":
            return False
        if tokens[place].key in ("будет", "будут", "буду"):
            return key_at(tokens, shape.first - 1) not in ("завтра", "послезавтра")
    return False


def _guessed(tokens: Sequence[Token], shape: Form, role: str) -> bool:
    """«родился примерно в 99-м», «то ли 98, то ли 99 года»"""
    of_birth = role == "birth" or shape.marked or (role == "unknown" and shape.year is not None)
    if not of_birth or shape.month is not None:
        return False
    before = [key_at(tokens, shape.first - step) for step in (1, 2, 3)]
    if is_word("doubt", key_at(tokens, shape.last)):
        return True  # «79-го года вроде»
    return "ли" in before[:2] or any(is_word("rough", key) for key in before if key not in _SIZES)


def _either(tokens: Sequence[Token], shape: Form) -> bool:
    """«то ли двенадцатого, то ли тринадцатого ноября», «не то 5-го, не то 6-го»"""
    before = [key_at(tokens, shape.first - step) for step in (2, 1)]
    return shape.day is not None and before in (["то", "ли"], ["не", "то"])


def _as_a_day(shape: Form, today: date) -> Form:
    """«в октябре 29-го», read as a year, as the day it is."""
    if shape.short_year and shape.month and not shape.day and _is_rather_a_day(shape, today):
        return shape._replace(year=None, day=shape.year, short_year=False)
    return shape


def _is_rather_a_day(shape: Form, today: date) -> bool:
    """«в октябре 29-го»: of a year to come, or of this very autumn, it is a day of the month."""
    short, this = shape.year or 0, today.year % 100
    if short == this and shape.month:
        return 0 <= today.month - shape.month <= 1
    return this < short <= _LAST_DAY


def _since_yesterday(tokens: Sequence[Token], shape: Form) -> Form:
    """«Вчера было три недели, как он написал»: counted from the day before the post."""
    before = (tokens[at].key for at in range(max(0, shape.first - 3), shape.first))
    days = [word_class("day", key) for key in before]
    from_ = next((int(day[0]) for day in days if day), 0)
    return shape._replace(shift=(shape.shift or 0) + from_)


def _with_birth_role(span: DateSpan, shape: Form, tokens: Sequence[Token], today: date) -> DateSpan:
    """Is it a birth date by its mark, by the word beside it, or by its year alone?"""
    if span.year is None or span.relative or shape.year is None:
        return span._replace(role="birth", rule="birth mark") if shape.marked else span
    if not today.year - OLDEST <= span.year <= today.year - YOUNGEST:
        role = "unknown" if span.role == "birth" else span.role
        return span._replace(role=role, birth_marked=False)
    if shape.marked or span.role == "birth":
        return span._replace(role="birth", birth_marked=True, rule=span.rule or "birth mark")
    before = tokens[shape.first - 1].key if shape.first else ""
    after = tokens[shape.last].key if shape.last < len(tokens) else ""
    if before == "(" and after in (",", ")") and span.precision == "year":
        return span._replace(role="birth", rule="a year in brackets")
    since = before in ("с", "со") and key_at(tokens, shape.first - 2) in _BEGINS
    since = since and span.role == "unknown" and span.precision == "year"  # «Витя, с 89-го года»
    named = shape.first > 0 and "Name" in tokens[shape.first - 1].word.tags
    # «Зимин Пётр, 1994, похоронен», «Зимин Пётр (14.02.90) погиб», «Погибли: Зимин Пётр 1995»
    buried = span.role == "death" and not (named or before in (",", "("))
    apart = before in ("с", "со") and after == "," and key_at(tokens, shape.first - 2) == ","
    since = since or (apart and span.precision == "year" and span.role == "callup")
    schooled = span.precision == "year" and is_word("notbirth", before)
    if (not since and before in ("в", "с", "до", "со", "от")) or buried or schooled:
        return span if span.role != "unknown" else span._replace(role="event")
    return span._replace(role="birth", rule="a year of birth")


def _value(
    year: int | None,
    month: int | None,
    day: int | None,
    today: date,
    earlier: Sequence[DateSpan],
) -> tuple[str | None, bool]:
    """YYYY[-MM[-DD]] of the parts; a missing month and year are those of the latest past day."""
    if month is None and day is not None:
        return _day_alone(day, today, earlier), True
    if year is None:
        return _latest(month, day, today), month is not None
    if month is None or day is None:
        return f"{year:04}" if month is None else f"{year:04}-{month:02}", False
    found = _date(year, month, day)
    return (found.isoformat() if found else None), False


def _close(tokens: Sequence[Token], month_: DateSpan, shape: Form) -> bool:
    """Does a month stand near enough that a day alone is a day of it: «в августе, 6-го»?"""
    here = tokens[month_.first].line == tokens[shape.first].line
    return here and shape.first - month_.last <= _OF_THE_MONTH


def _latest(month: int | None, day: int | None, today: date) -> str | None:
    """The latest such month, or day of a month, that is not to come."""
    if month is None:
        return None
    if day is None:
        return f"{today.year if month <= today.month else today.year - 1:04}-{month:02}"
    for year in range(today.year, today.year - 9, -1):
        found = _date(year, month, day)
        if found is not None and found <= today:
            return found.isoformat()
    return None


def _day_alone(day: int, today: date, earlier: Sequence[DateSpan]) -> str | None:
    """«6-го»: in the month of the date just told, else the latest such day."""
    for span in reversed(earlier):
        if span.precision == "month" and span.value and span.role not in ("birth", "callup"):
            near = _date(int(span.value[:4]), int(span.value[5:7]), day)
            if near is not None and WAR_BEGAN <= near <= today:
                return near.isoformat()
        if span.precision != "day" or span.value is None or span.relative:
            continue
        told = date.fromisoformat(span.value)
        if span.role in ("birth", "unknown") or not 0 <= (today - told).days < _YEAR:
            continue
        year, month = (told.year, told.month)
        if day < told.day - _NOT_LONG_BEFORE:
            year, month = (year, month + 1) if month < _DECEMBER else (year + 1, 1)
        for near in (_date(year, month, day), _date(told.year, told.month, day)):
            if near is not None and WAR_BEGAN <= near <= today:
                return near.isoformat()
    year, month = today.year, today.month
    for _ in range(3):
        found = _date(year, month, day)
        if found is not None and found <= today:
            return found.isoformat()
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return None


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _months_back(day: date, months: int) -> date:
    """The same day of an earlier month, its last where it has none."""
    before = day.year * 12 + day.month - 1 - months
    year, month = before // 12, before % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def _moved(value: str | None, days: int) -> str | None:
    """A day told, and so many days on."""
    if not (days and value) or len(value) < len("2024-11-01"):
        return value
    return (date.fromisoformat(value) + timedelta(days=days)).isoformat()


def _relative_day(shape: Form, today: date, *, future: bool) -> date:
    if shape.weeks is not None and shape.weekday is not None:  # «на прошлой неделе в среду»
        monday = today - timedelta(days=today.isoweekday() - 1 + 7 * shape.weeks)
        return monday + timedelta(days=shape.weekday - 1)
    if shape.months:
        return _months_back(today + timedelta(days=shape.shift or 0), shape.months)
    if shape.weekday is None:
        return today + timedelta(days=max(shape.shift or 0, -4000))
    if (shape.shift or 0) < 0:  # «три недели назад, в субботу»: the nearest Saturday to that day
        told = today + timedelta(days=max(shape.shift or 0, -4000))
        return told + timedelta(days=(shape.weekday - told.isoweekday() + 3) % 7 - 3)
    back = (today.isoweekday() - shape.weekday) % 7 + (shape.shift or 0)
    if future:
        return today + timedelta(days=(7 - back) % 7 or 7)
    return today - timedelta(days=back or 7)
