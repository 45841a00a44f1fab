"""What was known of a person, and when → how he stood on each day, as known at each time. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from model import Evidence, Status

EVER = "9999-12-31"  # the end of a span that has none
STILL = "9999"  # the end of what is known now, later than every stamp
RANKS = {status.value: rank for rank, status in enumerate(Status)}
DEAD, MISSING = RANKS[Status.DECEASED], RANKS[Status.MISSING]
Fact = TypeVar("Fact")


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A status event as far as it counts."""

    day: str
    rank: int
    evidence: Evidence
    corroborated_on: str | None
    known_from: str = ""
    known_until: str = STILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A description of a person as far as it counts."""

    sought_from: str | None
    category: str
    region: str
    unit: str
    known_from: str = ""
    known_until: str = STILL


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """How a person stands from a day until the next; ranks by level, None: he does not stand."""

    from_day: str
    until_day: str
    sought: bool
    withdrawn: bool
    reported: int | None
    corroborated: int | None
    confirmed: int | None
    contested: int | None  # the rank he may have instead of "deceased", where reports contradict


Standing = tuple[Span, str, str, str]  # with category, region and unit
Listing = tuple[str, str]  # a list, and the day from which it names him publicly


def spans(sought_from: str | None, events: Sequence[Event]) -> Iterator[Span]:
    """The standing of a person day by day, as the definition in `counted.py` gives it."""
    days = {event.day for event in events} | {_supported_on(event) for event in events}
    days |= {sought_from} if sought_from else set()
    last: Span | None = None
    for day in sorted(days):
        span = _on(day, sought_from is not None and sought_from <= day, events)
        if last is not None and replace(last, from_day=day) == span:
            continue
        if last is not None:
            yield replace(last, until_day=day)
        last = span
    if last is not None:
        yield last


def standings(
    versions: Sequence[Version], events: Sequence[Event]
) -> Iterator[tuple[Standing, str, str]]:
    """Each standing with the times it was known from and until."""

    def at(moment: str) -> list[Standing]:
        live = [event for event in events if _holds(event, moment)]
        return [
            (span, version.category, version.region, version.unit)
            for version in versions
            if _holds(version, moment)
            for span in spans(version.sought_from, live)
        ]

    return held(_moments([*versions, *events]), at)


def listings(
    links: Mapping[str, Sequence[tuple[str, str]]],
    rows: Mapping[str, Sequence[tuple[str, str, str, str]]],
) -> Iterator[tuple[Listing, str, str]]:
    """Each list that names him, with the times it was known from and until.

    `links`: record → when it was known to be his; `rows`: record → (list, day, known from, until).
    """
    bounds = {time for each in links.values() for known in each for time in known}
    bounds |= {time for each in rows.values() for row in each for time in row[2:]}

    def at(moment: str) -> list[Listing]:
        first: dict[str, str] = {}
        for record, known in links.items():
            if any(start <= moment < end for start, end in known):
                for source, day, start, end in rows.get(record, ()):
                    if start <= moment < end:
                        first[source] = min(day, first.get(source, day))
        return list(first.items())

    return held(bounds - {STILL}, at)


def held(
    moments: Iterable[str], at: Callable[[str], Sequence[Fact]]
) -> Iterator[tuple[Fact, str, str]]:
    """Facts with the times between which they held, from what holds at each moment of a change."""
    since: dict[Fact, str] = {}
    for moment in sorted(moments):
        now = at(moment)
        for fact in [fact for fact in since if fact not in now]:
            yield fact, since.pop(fact), moment
        for fact in now:
            since.setdefault(fact, moment)
    yield from ((fact, start, STILL) for fact, start in since.items())


def _holds(known: Event | Version, moment: str) -> bool:
    return known.known_from <= moment < known.known_until


def _moments(known: Iterable[Event | Version]) -> set[str]:
    return {time for one in known for time in (one.known_from, one.known_until)} - {STILL}


def _supported_on(event: Event) -> str:
    return max(event.day, event.corroborated_on or event.day)


def _on(day: str, sought: bool, events: Iterable[Event]) -> Span:
    live = [event for event in events if event.day <= day]
    second = [
        event for event in live
        if event.evidence is not Evidence.REPORTED
        and (event.corroborated_on or event.day) <= day
    ]  # fmt: skip
    return Span(
        from_day=day,
        until_day=EVER,
        sought=sought,
        withdrawn=sought and not live,
        reported=_top(live),
        corroborated=_top(second),
        confirmed=_top(event for event in live if event.evidence is Evidence.CONFIRMED),
        contested=_contested(live) if sought else None,
    )


def _top(events: Iterable[Event]) -> int | None:
    last = max(((event.day, event.rank) for event in events), default=None)
    return None if last is None else last[1]


def _contested(live: Sequence[Event]) -> int | None:
    """A death with a sign of life on or after it, or a search after it; else None."""
    dead = min((event.day for event in live if event.rank == DEAD), default=None)
    if dead is None:
        return None
    alive = max(
        ((event.day, event.rank) for event in live if MISSING < event.rank < DEAD), default=None
    )
    if alive is not None and dead <= alive[0]:
        return alive[1]
    sought = max((event.day for event in live if event.rank == MISSING), default="")
    return MISSING if dead < sought else None
