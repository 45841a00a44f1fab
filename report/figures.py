"""The store on a day → every figure of the report, each from the store's own tally."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Any

from model import Evidence, Status
from report.estimates import estimates
from report.stated import Json
from store import Store, quarantine
from store.observed import Observed, first_known, observed
from store.times import moment

POINTS = 60  # days at which the curve is asked: each is a tally, or two
EARLY = 0.03  # the curve begins where this share had been sought: a few old cases would flatten it
MARGIN = timedelta(days=7)
FIRST = "first"  # the status a man is first known by, as the source of his first flow
MOSCOW = "+03:00"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What the report shows, by the day and the time known that `tally` names."""

    tally: Json
    by_evidence: dict[str, Json]  # level → tally
    curve: list[Json]  # {day, total, missing, captured, total_then, missing_then}
    before_curve: int  # sought before the curve's first day
    flows: list[Json]  # {from, to, persons}; from "first": as what he was first known
    estimates: Json
    sources: list[Json]
    made_at: datetime


def figures(store: Store, *, as_of: str, known_at: str | None, made_at: datetime) -> Figures:
    """Everything of one Moscow day, as known at a time (None: now)."""
    tally: Json = dict(store.tally(as_of, known_at))
    people = observed(store, as_of, known_at)
    days, before = _days(people, as_of)
    return Figures(
        tally=tally,
        by_evidence={
            level.value: dict(store.tally(as_of, known_at, level)) for level in Evidence
        },
        curve=[_point(store, day, tally["known_at"]) for day in days],
        before_curve=before,
        flows=_flows(people),
        estimates=estimates(store, as_of, known_at),
        sources=_sources(store),
        made_at=made_at,
    )  # fmt: skip


def _days(people: Iterable[Observed], as_of: str) -> tuple[list[str], int]:
    """The days of the curve, the last the one asked for; how many were sought before them."""
    sought = sorted(person.sought_from for person in people if person.sought_from)
    last = date.fromisoformat(as_of)
    if not sought:
        return [as_of], 0
    first = date.fromisoformat(sought[int(len(sought) * EARLY)]) - MARGIN
    first = max(first, date.fromisoformat(sought[0]))
    span = max((last - first).days, 1)
    points = min(span, POINTS)
    days = sorted({first + timedelta(days=round(span * i / points)) for i in range(points + 1)})
    return [day.isoformat() for day in days], sum(day < first.isoformat() for day in sought)


def _point(store: Store, day: str, known_at: str | None) -> Json:
    """The day as known now, and as known when it ended in Moscow: None before rollcall began."""
    now = _tally(store, day, known_at)
    ended = datetime.fromisoformat(f"{day}T23:59:59{MOSCOW}")
    if known_at is not None:
        ended = min(ended, moment(known_at))
    began = first_known(store.connection)
    then = _tally(store, day, ended) if began and moment(began) <= ended else None
    return {
        "day": day,
        "total": now["total"],
        "missing": now["by_status"]["missing"],
        "captured": now["by_status"]["captured"],
        "total_then": then and then["total"],
        "missing_then": then and then["by_status"]["missing"],
    }


def _tally(store: Store, day: str, known_at: datetime | str | None) -> dict[str, Any]:
    return dict(store.tally(day, known_at))


def _flows(people: Sequence[Observed]) -> list[Json]:
    """How often men of the count moved from one status to another; each man's steps in order."""
    moves: Counter[tuple[str, str]] = Counter()
    for person in people:
        if person.sought_from is None or not person.events:
            continue
        steps = [FIRST, *(status.value for _, status in person.events)]
        moves.update((one, other) for one, other in pairwise(steps) if one != other)
    order = {name: rank for rank, name in enumerate((FIRST, *(s.value for s in Status)))}
    return [
        {"from": one, "to": other, "persons": persons}
        for (one, other), persons in sorted(
            moves.items(), key=lambda item: (order[item[0][0]], order[item[0][1]])
        )
    ]


def _sources(store: Store) -> list[Json]:
    """How each source fares now: nothing that names a person, an address or an error's text."""
    kept = (
        "name", "kind", "owner", "enabled", "last_ok_at", "failures", "posts", "rows",
        "last_news_at",
    )  # fmt: skip
    waiting = {row["source"] for row in quarantine.listing(store.connection)}
    return [
        {**{key: row[key] for key in kept}, "held": row["name"] in waiting}
        for row in store.health()
    ]
