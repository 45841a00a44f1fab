"""Dates of a text in order → the same, where one tells what another is.

«25 февраля вышел в эфир, и 26-го тоже, а 27-го нет», «отписался в тот же день», «6-го уже гудки».
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from extract.dates.parts import is_word
from extract.dates.roles import cue, silent_behind
from extract.dates.spans import DateSpan
from extract.peek import key_at
from extract.tokens import Token
from russian.numerals import numeral

_GROWN_BY = 2007  # the last year a man of this war may be born in
_HIS_KIN = frozenset(("отец", "папа", "батя", "дед", "дедушка", "мать", "жена"))
_SAID_WITHIN = 16  # tokens from the day something was said to «вчера» in it
_LATELY = 2  # days back that «позавчера» counts
_SAME_WITHIN = 12  # tokens between two days told with one verb
_NEAR = 7  # tokens from a word of contact to «в тот же день»


def beside_others(tokens: Sequence[Token], spans: list[DateSpan], today: date) -> list[DateSpan]:
    """The dates, each with what the one before it says of it."""
    return _quoted(tokens, _on_the_same_day(tokens, _likewise(tokens, spans)), today)


def _quoted(tokens: Sequence[Token], spans: list[DateSpan], today: date) -> list[DateSpan]:
    """Marks the dates that stand in «…»: another's words or a paper's."""
    opened, at = False, 0
    found: list[DateSpan] = []
    for span in spans:
        for token in tokens[at : span.first]:
            opened = token.text == "«" or (opened and token.text not in "»\n")
        at = span.first
        found.append(_in_quotes(span, found, today) if opened else span)
    return found


def _in_quotes(span: DateSpan, earlier: Sequence[DateSpan], today: date) -> DateSpan:
    """«17 сентября набрал парень: „Вашего вчера видел“»: «вчера» counts from the 17th."""
    said = earlier[-1] if earlier and not earlier[-1].quoted else None
    near = said is not None and said.precision == "day" and span.first - said.last <= _SAID_WITHIN
    if not span.relative or not span.value or said is None or not near or not said.value:
        return span._replace(quoted=True)
    back = today - date.fromisoformat(span.value)
    if not 0 <= back.days <= _LATELY:
        return span._replace(quoted=True)
    day = date.fromisoformat(said.value) - back
    return span._replace(
        quoted=True, value=day.isoformat(), year=day.year, month=day.month, day=day.day
    )


def _likewise(tokens: Sequence[Token], spans: list[DateSpan]) -> list[DateSpan]:
    """«вышел в эфир 25 февраля, и 26-го тоже, а 27-го нет»"""
    found = list(spans)
    born = next((s for s in spans if s.role == "birth" and s.year and s.day), None)
    for at, span in enumerate(found):
        after = key_at(tokens, span.last)
        if at and (_day_after(tokens, found[at - 1], span) or _silent_by(tokens, found[:at], span)):
            found[at] = span._replace(role="unknown", rule="a day of silence")
        if span.role == "birth" and _of_his_kin(tokens, span.first):
            found[at] = span._replace(role="event", rule="born: another")
        if born is not None and _not_that_day(span, born):  # «накануне дня рождения, 3 ноября»
            found[at] = span._replace(role="unknown", rule="beside a birthday")
        if at and _year_of(tokens, found[at - 1], span):
            found[at] = span._replace(role="birth", rule="year of a birthday")
        if at and span.role == "unknown" and _same_verb(tokens, found[at - 1], span):
            found[at] = span._replace(role="contact", rule="the same verb")
        if after in ("тоже", "также") and at and found[at - 1].precision == "day":
            found[at] = span._replace(role=found[at - 1].role, rule="the same again")
        elif after in ("ему", "ей") and span.role == "unknown" and numeral(_after(tokens, span)):
            found[at] = span._replace(role="birth", rule="an age behind")
        elif after == "нет" and key_at(tokens, span.first - 1) == "а":
            found[at] = span._replace(role="event", rule="not this day")
    return found


def _not_that_day(day: DateSpan, born: DateSpan) -> bool:
    """Is a day of no year called a birthday, while he was born on another?"""
    if day.role != "birth" or day.year or day.precision != "day" or day.relative:
        return False
    return (day.month, day.day) != (born.month, born.day)


def _same_verb(tokens: Sequence[Token], told: DateSpan, day: DateSpan) -> bool:
    """«Котов пропал 2 ноября, его друг Зимин — 6 ноября»: the verb is that of the day before."""
    between = tokens[told.last : day.first]
    if told.role != "contact" or day.precision != "day" or not 1 < len(between) <= _SAME_WITHIN:
        return False
    named = any("Name" in token.word.tags or "Surn" in token.word.tags for token in between)
    return (
        named
        and between[-1].text in "—–-"
        and not any(token.text in ".!?\n" for token in between)
        and not any(parse.pos == "VERB" for token in between for parse in token.word.parses[:1])
    )


def _day_after(tokens: Sequence[Token], told: DateSpan, since: DateSpan) -> bool:
    """«28 апреля говорил, а с двадцать девятого недоступен»: the silence of the next day."""
    if key_at(tokens, since.first - 1) not in ("с", "со"):
        return False
    if told.role != "contact" or told.precision != "day" or not (told.value and since.value):
        return False
    if since.precision != "day":
        return False
    return (date.fromisoformat(since.value) - date.fromisoformat(told.value)).days == 1


def _silent_by(tokens: Sequence[Token], earlier: Sequence[DateSpan], day: DateSpan) -> bool:
    """«Звонил 4-го, … 6-го уже телефон выключен», «24-го рация отвечала, 25-го в ней треск»"""
    if day.role != "contact" or key_at(tokens, day.first - 1) in ("с", "со", "з"):
        return False
    told = next((one for one in reversed(earlier) if one.role == "contact" and one.value), None)
    if told is None or told.precision != "day" or not told.value or told.value >= (day.value or ""):
        return False
    if any("Name" in token.word.tags for token in tokens[told.last : day.first]):
        return False
    return silent_behind(tokens, day.last)


def _of_his_kin(tokens: Sequence[Token], at: int) -> bool:
    """«его отец, 1960 года рождения»"""
    place = at - 1 - (key_at(tokens, at - 1) in (",", "("))
    kin = is_word("her", key_at(tokens, place)) or key_at(tokens, place) in _HIS_KIN
    return kin and key_at(tokens, place - 1) in ("его", "ее")


def _year_of(tokens: Sequence[Token], day: DateSpan, year: DateSpan) -> bool:
    """«родился 6 июня, только в 1983-м»"""
    alone = year.precision == "year" and year.role in ("event", "unknown", "contact")
    grown = alone and year.year is not None and year.year < _GROWN_BY
    between = [token.text for token in tokens[day.last : year.first]]
    return (
        grown
        and day.role == "birth"
        and day.year is None
        and len(between) <= 4
        and "." not in between
    )


def _after(tokens: Sequence[Token], span: DateSpan) -> str:
    """The second word behind a date."""
    return key_at(tokens, span.last + 1)


def _on_the_same_day(tokens: Sequence[Token], spans: list[DateSpan]) -> list[DateSpan]:
    """«Ушёл 12 августа, отписался в тот же день»: the day told before is that of the contact."""
    found = list(spans)
    for at in range(1, len(tokens) - 1):
        same = tokens[at].key == "же" and tokens[at - 1].key in ("тот", "тем", "той", "ту")
        if not same or not is_word("sameday", tokens[at + 1].key):
            continue
        said = any(cue(tokens[near].text)[0] == "contact" for near in range(max(0, at - _NEAR), at))
        earlier = [n for n, s in enumerate(found) if s.last <= at and s.precision == "day"]
        if said and earlier and found[earlier[-1]].role != "birth":
            found[earlier[-1]] = found[earlier[-1]]._replace(role="contact", rule="the same day")
    return found
