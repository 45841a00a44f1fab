"""Tokens of a post → dates in them, each placed in time and with what it is the date of.

The written shapes are read in `dateforms`; here a missing year is found, relative days are
counted from the post's own local date, and the words beside a date tell its role.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from functools import cache

from extract.ages import AgeSpan, find_ages
from extract.dateforms import forms
from extract.datenumbers import Form, is_word
from extract.datespans import Choice, DateSpan, joined
from extract.tokens import NEWLINE, NUMBER, WORD, Token
from russian.months import month
from russian.words import lookup, table

__all__ = ["Choice", "DateSpan", "choose_birth", "choose_contact", "find_dates"]

WAR_BEGAN = date(2022, 2, 24)
YOUNGEST, OLDEST = 17, 80  # ages a birth year may give
_YEAR, _DECEMBER = 366, 12
_BESIDE = 2.0
_FAR = 14  # tokens a word may stand away and still tell the role
_WEIGHTS = {"faint": 6.0, "weak": 5.0, "strong": -1.5}
_ENDS = frozenset("!?…;\n")
_HALTS = frozenset(",—–-:(")


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
    return joined(tokens, _on_the_same_day(tokens, spans), ages, today)


def _on_the_same_day(tokens: Sequence[Token], spans: list[DateSpan]) -> list[DateSpan]:
    """«Ушёл 12 августа, отписался в тот же день»: the day told before is that of the contact."""
    found = list(spans)
    for at in range(1, len(tokens) - 1):
        same = tokens[at].key == "же" and tokens[at - 1].key in ("тот", "тем", "той", "ту")
        if not same or not is_word("sameday", tokens[at + 1].key):
            continue
        said = any(_cue(tokens[near].text)[0] == "contact" for near in range(max(0, at - 7), at))
        earlier = [n for n, s in enumerate(found) if s.last <= at and s.precision == "day"]
        if said and earlier and found[earlier[-1]].role != "birth":
            found[earlier[-1]] = replace(found[earlier[-1]], role="contact", rule="the same day")
    return found


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
    for role in ("contact", "unknown"):
        days = [
            (date.fromisoformat(span.value), span)
            for span in dates
            if start <= span.start < end and span.role == role and span.precision == "day"
            if span.value is not None and not span.vague
        ]
        days = [(day, span) for day, span in days if WAR_BEGAN <= day <= today]
        if days:
            day, span = max(days, key=lambda pair: pair[0])
            return Choice(day.isoformat(), span.start, span.end, f"{role}: {span.rule}")
        if any(start <= s.start < end and s.role == role and s.vague for s in dates):
            return None
    return None


def _placed(
    tokens: Sequence[Token],
    shape: Form,
    today: date,
    earlier: Sequence[DateSpan],
    between: tuple[int, int],
) -> DateSpan | None:
    """A form with its year found and its role told; None for a span of time beside no silence."""
    role, rule = _role(tokens, shape, between)
    if _taken_back(tokens, shape):
        role, rule = "event", "not this day"
    if shape.span:
        if not _silence_near(tokens, shape):
            return None
        role, rule = "contact", "span of silence"
    year, inferred = shape.year, False
    if year is not None and shape.short_year:
        year += 2000 if 2000 + year <= today.year else 1900
    value: str | None
    if shape.shift is not None or shape.weekday is not None:
        future = _future(tokens, shape)
        day = _relative_day(shape, today, future=future)
        year, value, inferred = day.year, day.isoformat(), True
        month_: int | None = day.month
        day_: int | None = day.day
    else:
        month_, day_ = shape.month, shape.day
        value, inferred = _value(year, month_, day_, today, earlier)
    if shape.vague:
        value = value[:7] if value and shape.month and role == "birth" else None
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
        vague=shape.vague,
        birth_marked=shape.marked,
        rule=rule,
    )
    return _with_birth_role(span, shape, tokens, today)


def _with_birth_role(span: DateSpan, shape: Form, tokens: Sequence[Token], today: date) -> DateSpan:
    """Is it a birth date by its mark, by the word beside it, or by its year alone?"""
    if span.year is None or span.relative or shape.year is None:
        return replace(span, role="birth", rule="birth mark") if shape.marked else span
    if not today.year - OLDEST <= span.year <= today.year - YOUNGEST:
        role = "unknown" if span.role == "birth" else span.role
        return replace(span, role=role, birth_marked=False)
    if shape.marked or span.role == "birth":
        return replace(span, role="birth", birth_marked=True, rule=span.rule or "birth mark")
    before = tokens[shape.first - 1].key if shape.first else ""
    after = tokens[shape.last].key if shape.last < len(tokens) else ""
    if before == "(" and after in (",", ")") and span.precision == "year":
        return replace(span, role="birth", rule="a year in brackets")
    if before in ("в", "с", "до", "со", "от") or span.role in ("death",):
        return span if span.role != "unknown" else replace(span, role="event")
    return replace(span, role="birth", rule="a year of birth")


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
        if day < told.day:
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


def _relative_day(shape: Form, today: date, *, future: bool) -> date:
    if shape.weekday is None:
        return today + timedelta(days=max(shape.shift or 0, -4000))
    if (shape.shift or 0) < 0:  # «три недели назад, в субботу»: the nearest Saturday to that day
        told = today + timedelta(days=max(shape.shift or 0, -4000))
        return told + timedelta(days=(shape.weekday - told.isoweekday() + 3) % 7 - 3)
    back = (today.isoweekday() - shape.weekday) % 7 + (shape.shift or 0)
    if future:
        return today + timedelta(days=(7 - back) % 7 or 7)
    return today - timedelta(days=back or 7)


def _future(tokens: Sequence[Token], shape: Form) -> bool:
    """Does the sentence speak of a day to come?"""
    for place in range(max(0, shape.first - 8), min(len(tokens), shape.last + 5)):
        key = tokens[place].key
        if key != "было" and is_word("future", key):
            return True
    return False


def _taken_back(tokens: Sequence[Token], shape: Form) -> bool:
    """«не с 7-го», «сегодня уже третье ноября», «сегодня ровно две недели»."""
    before = [tokens[at].key for at in range(max(0, shape.first - 3), shape.first)]
    if before[-1:] == ["к"] or (before[-1:] == ["на"] and before[-2:-1] != ["ночь"]):
        return True  # «обещал к 20 августа», «сверка на 06.09»
    if before[-1:] == ["не"] or before[-2:] in (["не", "с"], ["не", "со"]):
        return True
    if any(tokens[at].key == "бы" for at in range(shape.last, min(shape.last + 3, len(tokens)))):
        return True
    if shape.shift == 0 and shape.weekday is None:
        after = range(shape.last, min(shape.last + 4, len(tokens)))
        return any(is_word("unit", tokens[at].key) or month(tokens[at].key) for at in after)
    return shape.shift is None and "сегодня" in before


def _silence_near(tokens: Sequence[Token], shape: Form) -> bool:
    """«не звонит 9 дней», «уже 17 дней нет связи», «две недели молчит»."""
    for place in _sentence(tokens, shape.first, shape.last):
        key = tokens[place].key
        if key in ("нет", "не", "без", "ни"):
            if any(
                _cue(tokens[after].text)[0] == "contact"
                for after in range(place + 1, min(place + 4, len(tokens)))
            ):
                return True
        elif key not in ("нету", "ни", "нет", "без") and is_word("silent", key):
            return True
    return False


def _sentence(tokens: Sequence[Token], first: int, last: int) -> range:
    left, right = first, last
    while left > 0 and first - left < _FAR and not _ends(tokens, left - 1):
        left -= 1
    while right < len(tokens) and right - last < _FAR and not _ends(tokens, right):
        right += 1
    return range(left, right)


def _ends(tokens: Sequence[Token], at: int) -> bool:
    """Does a sentence end with this token?"""
    text = tokens[at].text
    if text in _ENDS:
        return True
    if text != "." or at + 1 >= len(tokens):
        return text == "."
    after, before = tokens[at + 1], tokens[at - 1] if at else None
    if after.kind is NEWLINE:
        return True
    short = before is not None and before.kind is WORD and len(before.text) == 1
    if short or (before is not None and is_word("clipped", before.key)):
        return False
    if after.kind is NUMBER:
        return tokens[at].end < after.start and before is not None and before.kind is WORD
    return after.word.shape in ("title", "upper") and after.kind is WORD


@cache
def _cue(text: str) -> tuple[str, float]:
    """The role a word tells, and how much farther than it stands it counts."""
    found = lookup(table("date_roles"), text.lower().replace("ё", "е"))
    if found is None:
        return "", 0.0
    return found[0], _WEIGHTS[found[1]] if len(found) > 1 else 0.0


def _role(tokens: Sequence[Token], shape: Form, between: tuple[int, int]) -> tuple[str, str]:
    """The role that the nearest telling word gives, and that word."""
    best = (99.0, "unknown", "")
    for step, limit in ((-1, between[0]), (1, between[1])):
        cost = 0.0 if step < 0 else 0.4
        place = shape.first - 1 if step < 0 else shape.last
        crossed = False
        while 0 <= place < len(tokens) and cost < best[0]:
            text = tokens[place].text
            if _ends(tokens, place):
                if text != "\n" or step > 0:
                    break
                cost += 5
            if not crossed and (place < limit if step < 0 else place >= limit):
                crossed, cost = True, cost + 5
            cost += 1.5 if text in _HALTS else 1.0
            role, far = _cue(text)
            if role == "event" and place and tokens[place - 1].key == "по" and "иде" in text:
                role = "contact"  # «говорили по видео»
            if role and cost + far < best[0]:
                best = (cost + far, role, text)
            if cost > _FAR:
                break
            place += step
    if best[1] == "birth" and _someone_elses(tokens, shape):
        return "unknown", ""
    since = shape.first > 0 and tokens[shape.first - 1].key in ("с", "со", "з")
    weak = best[1] in ("unknown", "event") or (best[1] == "callup" and best[0] > _BESIDE)
    if weak and since and shape.day is not None:
        return "contact", "с"
    return best[1], best[2].lower()


def _someone_elses(tokens: Sequence[Token], shape: Form) -> bool:
    """«на мой др 6 августа», «маме на день рождения»"""
    keys = {tokens[place].key for place in range(max(0, shape.first - 5), shape.first)}
    return not keys.isdisjoint(("мой", "мое", "моем", "моего", "мамин", "наш", "папин", "мне"))
