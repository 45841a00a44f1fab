"""Persons whose events or description changed → their spans of standing, and the sums by day."""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from model import Evidence, Status
from store.connection import Connection

EVER = "9999-12-31"  # the end of a span that has none
ALL = "rebuild"  # in place of a person: every one is due
RANKS = {status.value: rank for rank, status in enumerate(Status)}
_DEAD, _MISSING = RANKS[Status.DECEASED], RANKS[Status.MISSING]
CHUNK = 20_000  # persons whose spans are held in memory at once


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A live status event as far as it counts."""

    day: str
    rank: int
    evidence: Evidence
    corroborated_on: str | None


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
    dead = min((event.day for event in live if event.rank == _DEAD), default=None)
    if dead is None:
        return None
    alive = max(
        ((event.day, event.rank) for event in live if _MISSING < event.rank < _DEAD), default=None
    )
    if alive is not None and dead <= alive[0]:
        return alive[1]
    sought = max((event.day for event in live if event.rank == _MISSING), default="")
    return _MISSING if dead < sought else None


def refresh(connection: Connection) -> int:
    """Work out anew what is due; return how many persons were. Part of a write transaction."""
    if is_current(connection):
        return 0
    if connection.execute("SELECT 1 FROM standing_due WHERE person_id = ?", (ALL,)).fetchone():
        connection.execute("INSERT OR IGNORE INTO standing_due SELECT person_id FROM person")
        for table in ("tally_day", "standing", "standing_list"):
            connection.execute(f"DELETE FROM {table}")
    connection.execute(_SUM, {"sign": -1})
    connection.execute(f"DELETE FROM standing WHERE {_DUE}")
    connection.execute(f"DELETE FROM standing_list WHERE {_DUE}")
    _write(connection)
    connection.execute(_LISTED)
    connection.execute(_SUM, {"sign": 1})
    connection.execute("DELETE FROM tally_day WHERE persons = 0")
    return connection.execute("DELETE FROM standing_due").rowcount


def is_current(connection: Connection) -> bool:
    """Do the spans and sums say what the persons and events say now?"""
    return connection.execute("SELECT 1 FROM standing_due LIMIT 1").fetchone() is None


_DUE = "person_id IN (SELECT person_id FROM standing_due)"

_LISTED = """
INSERT INTO standing_list
SELECT link.person_id, record.source, min(record.public_on)
FROM standing_due AS due CROSS JOIN person_record AS link
  ON link.person_id = due.person_id AND link.known_until IS NULL
JOIN record ON record.record_id = link.record_id AND record.row_id IS NOT NULL
GROUP BY link.person_id, record.source
"""

_VERSIONS = """
SELECT p.person_id, p.sought_from, coalesce(p.category, 'unknown') AS category,
  coalesce(p.home_region, 'unknown') AS region
FROM standing_due AS due CROSS JOIN person_version AS p
  ON p.person_id = due.person_id AND p.known_until IS NULL
ORDER BY p.person_id LIMIT :chunk OFFSET :done
"""

_EVENTS = """
SELECT e.person_id, e.public_on, e.status, e.evidence, e.corroborated_on
FROM standing_due AS due CROSS JOIN status_event AS e
  ON e.person_id = due.person_id AND e.known_until IS NULL
WHERE due.person_id BETWEEN :first AND :last AND NOT e.retracted AND e.status <> 'retracted'
"""


def _write(connection: Connection) -> None:
    """Insert the spans of every person who is due, some thousands at a time."""
    done = 0
    while True:
        some = connection.execute(_VERSIONS, {"chunk": CHUNK, "done": done}).fetchall()
        if not some:
            return
        done += len(some)
        told: defaultdict[str, list[Event]] = defaultdict(list)
        bounds = {"first": some[0]["person_id"], "last": some[-1]["person_id"]}
        for row in connection.execute(_EVENTS, bounds):
            told[row["person_id"]].append(
                Event(
                    day=row["public_on"], rank=RANKS[row["status"]],
                    evidence=Evidence(row["evidence"]), corroborated_on=row["corroborated_on"],
                )
            )  # fmt: skip
        connection.executemany(
            "INSERT INTO standing VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (
                (
                    row["person_id"], span.from_day, span.until_day, span.sought, span.withdrawn,
                    span.reported, span.corroborated, span.confirmed, span.contested,
                    row["category"], row["region"],
                )
                for row in some
                for span in spans(row["sought_from"], told[row["person_id"]])
            ),
        )  # fmt: skip


# Every span of those who are due as steps up and down of its cells, summed by day, then also by
# month and year. With the sign −1 it takes out what was put in.
_SUM = f"""
WITH mine AS (SELECT * FROM standing WHERE {_DUE}),
levelled AS (
  SELECT 1 AS level, reported AS rank, * FROM mine WHERE reported IS NOT NULL
  UNION ALL SELECT 2, corroborated, * FROM mine WHERE corroborated IS NOT NULL
  UNION ALL SELECT 3, confirmed, * FROM mine WHERE confirmed IS NOT NULL
), part AS (
  SELECT level, from_day, until_day, 'counted' AS part, category AS key, region, rank, -1 AS other
  FROM levelled WHERE sought
  UNION ALL
  SELECT 0, from_day, until_day, 'withdrawn', '', '', -1, -1 FROM mine WHERE withdrawn
  UNION ALL
  SELECT level, from_day, until_day, 'contested', '', '', rank,
    CASE rank WHEN {_DEAD} THEN contested ELSE {_DEAD} END
  FROM levelled WHERE sought AND contested IS NOT NULL
  UNION ALL
  SELECT level, from_day, until_day, 'list_only', '', '', -1, -1 FROM levelled WHERE NOT sought
  UNION ALL
  SELECT level, max(levelled.from_day, listed.from_day), until_day, 'overlap', listed.source, '',
    -1, -1
  FROM levelled JOIN standing_list AS listed ON listed.person_id = levelled.person_id
  WHERE sought AND listed.from_day < until_day
), step AS MATERIALIZED (
  SELECT level, day, part, key, region, rank, other, sum(up) AS persons FROM (
    SELECT level, from_day AS day, part, key, region, rank, other, 1 AS up FROM part
    UNION ALL
    SELECT level, until_day, part, key, region, rank, other, -1 FROM part
    WHERE until_day < '{EVER}')
  GROUP BY 1, 2, 3, 4, 5, 6, 7
)
INSERT INTO tally_day
SELECT level, grain.column1, substr(day, 1, grain.column2), part, key, region, rank, other,
  :sign * sum(persons)
FROM step CROSS JOIN (VALUES (0, 4), (1, 7), (2, 10)) AS grain
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8 HAVING sum(persons) <> 0
ON CONFLICT DO UPDATE SET persons = persons + excluded.persons
"""

# The sums of whole years, then of the months of this year, then of the days of this month.
BY_DAY = """
SELECT part, key, region, rank, other, sum(persons) AS persons FROM (
  SELECT * FROM tally_day WHERE level IN (0, :level) AND grain = 0 AND period < substr(:as_of, 1, 4)
  UNION ALL
  SELECT * FROM tally_day WHERE level IN (0, :level) AND grain = 1
    AND period > substr(:as_of, 1, 4) AND period < substr(:as_of, 1, 7)
  UNION ALL
  SELECT * FROM tally_day WHERE level IN (0, :level) AND grain = 2
    AND period > substr(:as_of, 1, 7) AND period <= :as_of)
GROUP BY part, key, region, rank, other HAVING sum(persons) <> 0
"""
