"""Persons that changed → their standing from day to day, and the sums a tally is read from.

The rule is the one of `tally.py` (COUNTED), for what is known now at every level of evidence;
a test holds the two together.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from store.connection import Connection

CHUNK = 2000  # persons worked out at a time
DEAD, MISSING = 4, 0


class Span(NamedTuple):
    """A stretch of days on which one thing holds of a person; `ends` None: it still does."""

    kind: str
    list: str
    begins: str
    ends: str | None
    rank: int | None
    other: int | None
    category: str
    region: str
    unit: str


Change = tuple[str, str, str, int]  # part, day, value, rank
Event = tuple[str, int]  # day, rank


def refresh(connection: Connection) -> int:
    """Work out the persons marked stale; return how many. Within the caller's transaction."""
    done = 0
    while stale := connection.execute(
        "SELECT person_id FROM standing_stale LIMIT ?", (CHUNK,)
    ).fetchall():
        ids = json.dumps([row["person_id"] for row in stale])
        _rework(connection, ids)
        connection.execute(
            "DELETE FROM standing_stale WHERE person_id IN (SELECT value FROM json_each(?))", (ids,)
        )
        done += len(stale)
    return done


def _rework(connection: Connection, ids: str) -> None:
    changes: Counter[Change] = Counter()
    held = connection.execute(
        "SELECT kind, list, begins, ends, rank, other, category, region, unit FROM standing "
        "WHERE person_id IN (SELECT value FROM json_each(?))",
        (ids,),
    )
    for row in held:
        _add(changes, Span(*row), -1)
    connection.execute(
        "DELETE FROM standing WHERE person_id IN (SELECT value FROM json_each(?))", (ids,)
    )
    rows = []
    for person_id, span in _spans(connection, ids):
        _add(changes, span, 1)
        rows.append((person_id, *span))
    connection.executemany("INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", rows)
    _sum_up(connection, changes)


def _sum_up(connection: Connection, changes: Counter[Change]) -> None:
    """Add to the sums of each day, month and year; a sum of nothing is no row."""
    connection.executemany(
        "INSERT INTO tally_change VALUES (?, substr(?, 1, ?), ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET persons = persons + excluded.persons",
        [
            (part, day, width, width, value, rank, persons)
            for (part, day, value, rank), persons in changes.items()
            if persons
            for width in (4, 7, 10)
        ],
    )
    connection.execute("DELETE FROM tally_change WHERE persons = 0")


def _add(changes: Counter[Change], span: Span, sign: int) -> None:
    for day, step in ((span.begins, sign), (span.ends, -sign)):
        if day is not None:
            for part, value, rank in _parts(span):
                changes[part, day, value, rank] += step


def _parts(span: Span) -> Iterator[tuple[str, str, int]]:
    """What a stretch counts towards: part, value, rank."""
    if span.kind != "counted":
        yield span.kind, span.list, 0
        return
    rank = span.rank or 0
    yield "all", "", rank
    yield "category", span.category, rank
    yield "region", span.region, rank
    yield "unit", span.unit, rank
    if span.other is not None:
        yield "contested", str(span.other), rank


# One person


def _spans(connection: Connection, ids: str) -> Iterator[tuple[str, Span]]:
    events: defaultdict[str, list[Event]] = defaultdict(list)
    for row in connection.execute(
        "SELECT person_id, public_on, CASE status WHEN 'missing' THEN 0 WHEN 'captured' THEN 1 "
        "WHEN 'found_alive' THEN 2 WHEN 'released' THEN 3 ELSE 4 END FROM status_event "
        "WHERE known_until IS NULL AND NOT retracted AND status <> 'retracted' "
        "AND person_id IN (SELECT value FROM json_each(?)) ORDER BY public_on",
        (ids,),
    ):
        events[row[0]].append((row[1], row[2]))
    lists: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for row in connection.execute(
        "SELECT link.person_id, record.source, min(record.public_on) FROM person_record AS link "
        "JOIN record ON record.record_id = link.record_id AND record.row_id IS NOT NULL "
        "WHERE link.known_until IS NULL AND link.person_id IN (SELECT value FROM json_each(?)) "
        "GROUP BY 1, 2",
        (ids,),
    ):
        lists[row[0]].append((row[1], row[2]))
    for person_id, sought_from, *told in connection.execute(
        "SELECT p.person_id, p.sought_from, coalesce(p.category, 'unknown'), "
        "coalesce(p.home_region, 'unknown'), coalesce(p.unit, 'unknown') "
        "FROM person_version AS p WHERE p.known_until IS NULL "
        "AND p.person_id IN (SELECT value FROM json_each(?))",
        (ids,),
    ):
        for span in timeline(events[person_id], lists[person_id], sought_from):
            yield person_id, Span(*span, *told)


Bare = tuple[str, str, str, str | None, int | None, int | None]


def timeline(
    events: Sequence[Event], lists: Iterable[tuple[str, str]], sought_from: str | None
) -> Iterator[Bare]:
    """The stretches of one person: kind, list, begins, ends, rank, other; `events` by day."""
    days = sorted({day for day, _ in events} | ({sought_from} if sought_from else set()))
    states = [(day, _state(events, day, sought_from)) for day in days]
    merged = [
        (day, state)
        for index, (day, state) in enumerate(states)
        if not index or state != states[index - 1][1]
    ]
    for index, (begins, (kind, rank, other)) in enumerate(merged):
        ends = merged[index + 1][0] if index + 1 < len(merged) else None
        yield kind, "", begins, ends, rank, other
    if sought_from and events:
        counted_from = max(sought_from, events[0][0])
        for name, listed_on in lists:
            yield "overlap", name, max(counted_from, listed_on), None, None, None


def _state(
    events: Sequence[Event], day: str, sought_from: str | None
) -> tuple[str, int | None, int | None]:
    """What holds of him on a day: kind, rank, and the other rank where reports contradict."""
    past = [event for event in events if event[0] <= day]
    sought = sought_from is not None and sought_from <= day
    if not past:
        return "withdrawn", None, None
    if not sought:
        return "list_only", None, None
    return "counted", max(past)[1], _other(past)


def _other(past: Sequence[Event]) -> int | None:
    """The status he may have instead; None where nothing contradicts."""
    dead_on = min((day for day, rank in past if rank == DEAD), default=None)
    if dead_on is None:
        return None
    alive = max((event for event in past if event[1] not in (DEAD, MISSING)), default=None)
    missing_on = max((day for day, rank in past if rank == MISSING), default="")
    alive_since = alive is not None and dead_on <= alive[0]
    if not (alive_since or dead_on < missing_on):
        return None
    if max(past)[1] != DEAD:
        return DEAD
    return alive[1] if alive is not None and alive_since else MISSING
