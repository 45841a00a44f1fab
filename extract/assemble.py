"""One man's parts of a text and the facts found in it → his record."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, Protocol, TypeVar

from extract.dates import choose_birth, choose_contact
from extract.dates.ages import AgeSpan, choose_age
from extract.dates.spans import DateSpan
from extract.fates.verdicts import Verdict
from extract.fates.withdrawals import facts_beside
from extract.people.person import Person
from extract.places import PlaceSpan, choose_home, choose_last_seen
from extract.scopes import Parts
from extract.service import choose, choose_category
from extract.service.spans import ServiceSpan
from extract.text import LIMIT
from extract.tokens import Token
from model import Category, Claim, Record
from russian.phrases import word_class


class _Placed(Protocol):
    @property
    def start(self) -> int: ...


SOUGHT, CAPTURED = Claim.SOUGHT, Claim.CAPTURED
_Span = TypeVar("_Span", bound=_Placed)
_KINDS = {
    "birth_date": "birth", "age": "birth", "category": "service", "unit": "service",
    "home_region": "home", "home_place": "home",
}  # fmt: skip
_FROM = word_class("pointers", "from")
_ALL = (0, LIMIT + 1)  # a segment that holds every span


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All facts of a text, whoever they belong to."""

    dates: Sequence[DateSpan]
    ages: Sequence[AgeSpan]
    places: Sequence[PlaceSpan]
    service: Sequence[ServiceSpan]
    end: int = 0  # of the last token: a range up to here holds them all

    def within(self, ranges: Sequence[tuple[int, int]]) -> Facts:
        """The facts that start in one of the offset ranges."""
        if not ranges:
            return _NOTHING
        if len(ranges) == 1 and ranges[0][0] == 0 and ranges[0][1] >= self.end:
            return self
        return Facts(
            dates=_within(self.dates, ranges),
            ages=_within(self.ages, ranges),
            places=_within(self.places, ranges),
            service=_within(self.service, ranges),
        )


_NOTHING = Facts(dates=(), ages=(), places=(), service=())


class Found(NamedTuple):
    """A field as read: where in the clean text, and by which rule."""

    field: str
    value: str
    start: int
    end: int
    rule: str


class Setting(NamedTuple):
    """What holds for every man of a post. `contact`: it says whom to call, as searches do."""

    tokens: Sequence[Token]
    facts: Facts
    posted_at: datetime
    contact: bool


class _Told(NamedTuple):
    """The facts that stand in one man's parts of the text."""

    own: Facts
    shared: Facts
    common: Facts  # of the shared ones, those said of all
    listed: bool
    named: int  # where his name stands first


def record(
    person: Person, parts: Parts, verdict: Verdict, setting: Setting
) -> tuple[Record, list[Found]]:
    """The record of one man, and where its fields stand in the clean text."""
    told = _told(parts, setting, person.mentions[0].span.start)
    found = [*_birth(told, setting.posted_at.year), *_service(told), *_home(told)]
    known = len({_KINDS[one.field] for one in found if one.field in _KINDS})
    asks = _asks(verdict, known, contact=setting.contact, listed=parts.line)
    found += _last(told, verdict, setting.posted_at, asks=asks)
    values = {one.field: one.value for one in found}
    made = Record(
        surname=person.surname,
        given=person.given,
        patronymic=person.patronymic,
        birth_date=values.get("birth_date"),
        age=int(values["age"]) if "age" in values else None,
        sex=person.sex,
        category=Category(values["category"]) if "category" in values else None,
        unit=values.get("unit"),
        rank=values.get("rank"),
        call_sign=values.get("call_sign"),
        home_region=values.get("home_region"),
        home_place=values.get("home_place"),
        last_contact=values.get("last_contact"),
        last_seen_place=values.get("last_seen_place"),
        claim=verdict.claim,
        asks=asks,
        facts=facts_beside(verdict),
    )
    return made, [*_named(person), *found, *_said(verdict, setting.tokens)]


def _told(parts: Parts, setting: Setting, named: int) -> _Told:
    own, shared, common = (
        setting.facts.within(_offsets(ranges, setting.tokens))
        for ranges in (parts.own, parts.shared, parts.common)
    )
    return _Told(own, shared, common, parts.line, named)


def _asks(verdict: Verdict, known: int, *, contact: bool, listed: bool) -> bool:
    """Does this post start or keep a search for him? `known`: how many kinds of facts it gives."""
    if verdict.updated:
        return True
    if verdict.claim is CAPTURED:
        return contact and not listed and known >= 2
    if verdict.claim is not SOUGHT:
        return False
    if "court_absent" in verdict.facts:
        return known >= 2
    return listed or verdict.plea >= 3 or known + contact >= 2


def dossier(made: Record) -> int:
    """How many kinds of facts a record gives of who he is: birth, service, home."""
    return sum(
        (
            made.birth_date is not None or made.age is not None,
            made.category is not None or made.unit is not None,
            made.home_region is not None or made.home_place is not None,
        )
    )


def _named(person: Person) -> list[Found]:
    spans = []
    for mention in person.mentions:
        role = max(mention.loudest, key=mention.loudest.__getitem__, default=None)
        rule = mention.why[role] if role else "name"
        spans.append(Found("name", "", mention.span.start, mention.span.end, rule))
    return spans


def _said(verdict: Verdict, tokens: Sequence[Token]) -> list[Found]:
    if verdict.at is None:
        return []
    first, end = verdict.at
    rule = f"{verdict.claim.value}: {verdict.rule}"
    return [Found("claim", "", tokens[first].start, tokens[end - 1].end, rule)]


def _offsets(ranges: Sequence[tuple[int, int]], tokens: Sequence[Token]) -> list[tuple[int, int]]:
    return [(tokens[start].start, tokens[end - 1].end) for start, end in ranges if start < end]


def _within(spans: Sequence[_Span], ranges: Sequence[tuple[int, int]]) -> list[_Span]:
    if not ranges or not spans:
        return []
    ordered = _disjoint(ranges)
    found, which = [], 0
    for span in spans:
        while which < len(ordered) - 1 and ordered[which][1] <= span.start:
            which += 1
        low, high = ordered[which]
        if low <= span.start < high:
            found.append(span)
    return found


def _disjoint(ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _birth(told: _Told, year: int) -> list[Found]:
    """His birth date and age; `year`: that of the post."""
    own, shared, common, listed, _ = told
    found = []
    birth = choose_birth(own.dates, _ALL)
    if birth is None:  # «все 2005 г.р.» over a list
        birth = choose_birth((common if listed else shared).dates, _ALL)
    if birth is not None:
        found.append(Found("birth_date", birth.value, birth.start, birth.end, birth.rule))
    likely = year - int(birth.value[:4]) if birth is not None and birth.value else None
    age = choose_age(own.ages, _ALL, likely)
    if age is None:
        age = choose_age((common if listed else shared).ages, _ALL, likely)
    if age is not None:
        found.append(Found("age", str(age.value), age.start, age.end, "age"))
    return found


def _service(told: _Told) -> list[Found]:
    own, shared, _, listed, _ = told
    found = []
    category = choose_category(own.service, _ALL) or choose_category(shared.service, _ALL)
    if category is not None:
        found.append(Found("category", category.value, category.start, category.end, category.rule))
    for field in ("unit", "rank", "call_sign"):
        span = choose(own.service, field, _ALL)
        if span is None and (field == "unit" or not listed):
            span = choose(shared.service, field, _ALL)
        if span is not None:
            found.append(Found(field, span.value, span.start, span.end, span.rule))
    return found


def _home(told: _Told) -> list[Found]:
    """His own; else one said of all («все из Тосно», «список земляков из Бурятии»)."""
    home = choose_home(told.own.places, _ALL) or choose_home(told.common.places, _ALL)
    if home is None:
        home = choose_home([p for p in told.shared.places if _of_all(p, told)], _ALL)
    if home is None or not home.spans:
        return []
    start, end = home.spans[0].start, home.spans[-1].end
    found = []
    if home.region:
        found.append(Found("home_region", home.region, start, end, home.rule))
    if home.place:
        found.append(Found("home_place", home.place, start, end, home.rule))
    return found


def _of_all(place: PlaceSpan, told: _Told) -> bool:
    """«земляки из Бурятии», «Морпехи, Приморье»: may a header's place be the home of its men?"""
    if not told.listed:
        local = {p.chain for p in told.shared.places if p.kind in ("town", "village")}
        return not place.front and (place.start > told.named or place.chain in local)
    region = place.kind == "region" and not place.front and not place.hashtag
    return place.preposition in _FROM or (region and place.role in ("", "home"))


def _last(told: _Told, verdict: Verdict, posted_at: datetime, *, asks: bool) -> list[Found]:
    """Last contact and where; only of one still sought, or asked for in this post."""
    if verdict.claim is not SOUGHT and not verdict.updated and not asks:
        return []
    own, shared, _, listed, _ = told
    found = []
    dates = own.dates if asks else _of_contact(own.dates)
    contact = choose_contact(dates, _ALL, posted_at)
    if contact is None:
        contact = choose_contact(_of_contact(shared.dates), _ALL, posted_at)
    if contact is None and asks:  # «Оба: 15 августа, Мартыновка»
        contact = choose_contact(told.common.dates, _ALL, posted_at)
    if contact is None and "hearsay_death" in verdict.facts:  # «сослуживец видел, погиб 9 июля»
        seen_then = [d._replace(role="contact") for d in own.dates if d.role == "death"]
        contact = choose_contact(seen_then, _ALL, posted_at)
    if contact is not None:
        found.append(Found("last_contact", contact.value, contact.start, contact.end, contact.rule))
    if verdict.claim is SOUGHT:
        seen = choose_last_seen(own.places, _ALL)
        if seen is None and not (listed and _several(shared.places)):
            seen = choose_last_seen(shared.places, _ALL)
        if seen is not None:
            span = seen.span
            found.append(Found("last_seen_place", seen.place, span.start, span.end, seen.rule))
    return found


def _several(places: Sequence[PlaceSpan]) -> bool:
    """Does a header name several places on a par: no one knows which is whose."""
    names = {p.name for p in places if p.kind in ("town", "village") and p.role == "seen"}
    return len(names) > 1


def _of_contact(dates: Sequence[DateSpan]) -> list[DateSpan]:
    """Dates that a word beside them calls the last contact."""
    return [span for span in dates if span.role == "contact"]
