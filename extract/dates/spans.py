"""Dates placed in time → the same, with the halves of a birth date joined.

«2004 г.р. (17 марта)», «2000 года он, 3 мая рождения», «19 лет 2 мая исполнилось»,
«в прошлый вторник ему стукнуло двадцать»: a year or an age, and a birthday, make one date.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date
from itertools import pairwise
from typing import NamedTuple

from extract.dates.ages import AgeSpan
from extract.dates.parts import is_word
from extract.peek import key_at
from extract.tokens import MARK, WORD, Token

_MARKS = frozenset(",.()!;–—-:*")
_DAY_ENDS = frozenset((".", ")", "\n", ";", "!", "было", "был", "исполнилось", "будет"))
_WRITERS = frozenset(("мы", "я"))  # with these the writer turns to speak of another thing
_AROUND = 40  # tokens round an age in which its birthday may stand
_REACH = 7  # tokens that may stand between a year and its day
_GROWN = 17  # years from a birth to the post
_LATE = 60  # days before a list within which a day beside a year is no birthday
_BREATH = 9  # tokens between an age and its birthday


class DateSpan(NamedTuple):
    """One date. `value` is YYYY[-MM[-DD]], None where the text is vague (a range, «начало мая»)."""

    start: int
    end: int
    first: int  # first token
    last: int  # one past the last token
    value: str | None
    precision: str  # day, month, year
    year: int | None  # as written, the century found; None where the text gives no year
    month: int | None
    day: int | None
    written: str  # numeric, word, relative
    role: str = "unknown"  # birth, contact, callup, death, event, unknown
    relative: bool = False
    year_inferred: bool = False
    vague: bool = False
    birth_marked: bool = False
    quoted: bool = False
    rule: str = ""


class Choice(NamedTuple):
    """What was chosen for a field, where it stands, and the rule that chose it."""

    value: str
    start: int
    end: int
    rule: str


def joined(
    tokens: Sequence[Token], spans: list[DateSpan], ages: Sequence[AgeSpan], today: date
) -> list[DateSpan]:
    """The spans with each pair of halves as one birth date."""
    spans = _years_with_days(tokens, spans, today)
    if ages:
        spans = _ages_with_days(tokens, spans, ages, today)
    return [_without_year(span) for span in _far_birthdays(spans)]


def _without_year(span: DateSpan) -> DateSpan:
    """«шесть дней назад исполнилось»: a birthday told from today, but of no year."""
    if span.role != "birth" or not span.relative:
        return span
    return span._replace(role="event", rule="a birthday of no year")


def _years_with_days(tokens: Sequence[Token], spans: list[DateSpan], today: date) -> list[DateSpan]:
    found: list[DateSpan] = []
    listed = sum(_cells(tokens, *pair, today) for pair in pairwise(spans)) > 1
    for span in spans:
        before = found[-1] if found else None
        if before is not None and _halves(tokens, before, span):
            if (listed or _dotted(tokens, span)) and _cells(tokens, before, span, today):
                found.append(span)
                continue
            found[-1] = _join(before, span)
        else:
            found.append(span)
    return found


def _cells(tokens: Sequence[Token], left: DateSpan, right: DateSpan, today: date) -> bool:
    """A year of birth, then a day of late, as cells of a list: «Пётр (2003) 02.10»."""
    if left.precision != "year" or right.precision != "day" or right.role != "unknown":
        return False
    if not right.year_inferred or right.relative or right.value is None or right.vague:
        return False
    return _late(right, today) and tokens[left.first].line == tokens[right.first].line


def _dotted(tokens: Sequence[Token], span: DateSpan) -> bool:
    return span.last > span.first + 1 and tokens[span.first + 1].text in "./"


def _late(span: DateSpan, today: date) -> bool:
    return span.value is not None and (today - date.fromisoformat(span.value)).days <= _LATE


def _halves(tokens: Sequence[Token], left: DateSpan, right: DateSpan) -> bool:
    """Is one a year of birth and the other its day, with nothing of weight between?"""
    year, day = (left, right) if left.precision == "year" else (right, left)
    if year.precision != "year" or not _is_day(day):
        return False
    since = year.role == "event" and left is year and right.first == left.last and year.year
    if year.role != "birth" and not (since and int((day.value or "0")[:4]) - since >= _GROWN):
        return False  # «Павлик у меня с 2003 года 6 мая»
    end = right.first - (year is right and key_at(tokens, right.first - 1) in ("в", "во"))
    if right.first - left.last > _REACH or not _glued(tokens, left.last, end):
        return False
    if year is right and not year.birth_marked:
        return False
    if day.role in ("birth", "unknown"):
        return True
    return not _told_at_once(tokens, day)


def _is_day(span: DateSpan) -> bool:
    return (
        span.precision in ("day", "month")
        and span.month is not None
        and (span.year_inferred and not span.relative and not span.vague)
    )


def _glued(tokens: Sequence[Token], start: int, end: int) -> bool:
    for place in range(start, end):
        token = tokens[place]
        if token.kind is MARK and token.text in _MARKS:
            continue
        if not is_word("glue", token.key):
            return False
    return True


def _told_at_once(tokens: Sequence[Token], day: DateSpan) -> bool:
    """Does a word follow with no mark between: «2004, 5 августа звонил»?"""
    if day.last >= len(tokens):
        return False
    token = tokens[day.last]
    if day.first and is_word("year", tokens[day.first - 1].key):  # «ОН 2000 ГОДА 2 ЯНВАРЯ КОНТРАКТ»
        return any(parse.pos == "VERB" for parse in token.word.parses)
    return token.kind is WORD and not (is_word("glue", token.key) or token.key in _WRITERS)


def _join(left: DateSpan, right: DateSpan) -> DateSpan:
    year, day = (left, right) if left.precision == "year" else (right, left)
    value = _written(year.year, day.month, day.day)
    return left._replace(
        end=right.end,
        last=right.last,
        value=value or year.value,
        precision=day.precision if value else "year",
        year=year.year,
        month=day.month,
        day=day.day,
        role="birth",
        year_inferred=False,
        birth_marked=True,
        rule="year and birthday",
    )


def _written(year: int | None, month: int | None, day: int | None) -> str | None:
    if year is None or month is None:
        return None
    if day is None:
        return f"{year:04}-{month:02}"
    try:
        return date(year, month, day).isoformat()
    except ValueError:
        return None


def _far_birthdays(spans: list[DateSpan]) -> list[DateSpan]:
    """«2004 г.р. (день рождения 29 февраля)»: a birthday by its word, the year before it."""
    found: list[DateSpan] = []
    for span in spans:
        years = [at for at, s in enumerate(found) if s.precision == "year" and s.role == "birth"]
        if span.role == "birth" and _is_day(span) and years:
            at = years[-1]
            if len([s for s in found[at + 1 :] if s.role == "birth"]) == 0:
                found[at] = _join(found[at], span)
                continue
        found.append(span)
    return found


def _ages_with_days(
    tokens: Sequence[Token], spans: list[DateSpan], ages: Sequence[AgeSpan], today: date
) -> list[DateSpan]:
    found = list(spans)
    if any(s.role == "birth" and s.precision == "day" and not s.year_inferred for s in spans):
        return found
    starts = [span.first for span in found]
    for age in ages:
        if age.others or age.doubtful or age.corrected:
            continue
        low = bisect_left(starts, age.first - _AROUND)
        high = bisect_right(starts, age.last + _AROUND)
        nearest = sorted(range(low, high), key=lambda at: abs(found[at].first - age.first))
        for at in nearest:
            span = found[at]
            if _turned_in_month(tokens, age, span):
                found[at] = _birth_month(tokens, span, age, today)
                break
            if span.precision != "day" or span.value is None or span.vague:
                continue
            if _dotted(tokens, span) and _late(span, today):
                continue  # «41 год, 28.09»: a cell of a list
            if span.year is not None and not span.relative and not span.year_inferred:
                continue
            told = age.turned or (span.role == "birth" and span.relative)
            turned = told and _one_breath(tokens, age, span)
            if turned or _age_then_day(tokens, age, span):
                found[at] = _birthday(tokens, span, age, today)
                break
    return found


def _turned_in_month(tokens: Sequence[Token], age: AgeSpan, span: DateSpan) -> bool:
    """«24 года исполнилось в ноябре», «19 будет в ноябре»"""
    if span.precision != "month" or span.role != "birth" or span.vague or not span.year_inferred:
        return False
    near = min(abs(span.first - age.last), abs(age.first - span.last)) <= _REACH
    return age.turned and near and _one_breath(tokens, age, span)


def _birth_month(tokens: Sequence[Token], span: DateSpan, age: AgeSpan, today: date) -> DateSpan:
    year = int((span.value or "")[:4])
    if _still_to_come(tokens, age, span) and (year, span.month or 0) < (today.year, today.month):
        year += 1
    return span._replace(
        value=f"{year - age.value:04}-{span.month or 0:02}",
        year=year - age.value,
        year_inferred=False,
        birth_marked=True,
        rule="age and month of birth",
    )


def _one_breath(tokens: Sequence[Token], age: AgeSpan, span: DateSpan) -> bool:
    start, end = (age.last, span.first) if age.first < span.first else (span.last, age.first)
    if end - start > _BREATH or end < start:
        return False
    between = {tokens[place].text for place in range(start, end)}
    if span.role == "birth" and span.relative:
        return "\n" not in between  # «Виталию 19. Шесть дней назад исполнилось»
    if not between.isdisjoint(("\n", "!", "?", ".", "…")):
        return False
    return span.role != "contact" or not _told_at_once(tokens, span) or span.relative


def _age_then_day(tokens: Sequence[Token], age: AgeSpan, span: DateSpan) -> bool:
    """«20 лет, 6 июня.»: nothing but marks between, and a stop after."""
    if not age.last <= span.first <= age.last + 2 or span.relative:
        return False
    if not _glued(tokens, age.last, span.first) or span.role == "contact":
        return False
    return span.last >= len(tokens) or tokens[span.last].key in _DAY_ENDS


def _birthday(tokens: Sequence[Token], span: DateSpan, age: AgeSpan, today: date) -> DateSpan:
    day = date.fromisoformat(span.value or "")
    year = day.year
    if not span.relative and _still_to_come(tokens, age, span) and day < today:
        year += 1
    value = _written(year - age.value, day.month, day.day)
    return span._replace(
        value=value or f"{year - age.value:04}",
        year=year - age.value,
        role="birth",
        relative=False,
        year_inferred=False,
        birth_marked=True,
        rule="age and birthday",
    )


def _still_to_come(tokens: Sequence[Token], age: AgeSpan, span: DateSpan) -> bool:
    first, last = min(age.first, span.first), max(age.last, span.last)
    for place in range(max(0, first - 2), min(len(tokens), last + 3)):
        key = tokens[place].key
        if key in ("будет", "исполнится", "исполняется", "стукнет"):
            return True
    return False
