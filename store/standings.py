"""Persons whose events or description changed → their spans of standing, and the sums of those."""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import fields
from operator import attrgetter

from model import Evidence
from store import sums
from store.connection import Connection, Row
from store.spans import RANKS, STILL, Event, Span, Version, listings, standings
from store.sums import DUE

ALL = "rebuild"  # in place of a person: every one is due
CHUNK = 20_000  # persons whose spans are held in memory at once
_SPANNED = attrgetter(*(field.name for field in fields(Span)))  # `astuple` copies each value
_TABLES = ("standing", "stood", "standing_list", "stood_list")


def refresh(connection: Connection) -> int:
    """Work out anew what is due; return how many persons were. Part of a write transaction."""
    if is_current(connection):
        return 0
    if connection.execute("SELECT 1 FROM standing_due WHERE person_id = ?", (ALL,)).fetchone():
        connection.execute("INSERT OR IGNORE INTO standing_due SELECT person_id FROM person")
        for table in (*sums.TABLES, *_TABLES):
            connection.execute(f"DELETE FROM {table}")
    else:
        _take_out(connection)
    for first, last in _chunks(connection):
        _write(connection, {"first": first, "last": last, "still": STILL})
    sums.add(connection, 1)
    sums.tidy(connection)
    return connection.execute("DELETE FROM standing_due").rowcount


def take_out(connection: Connection, person_ids: Iterable[str]) -> None:
    """Before persons are erased: out of the sums with them, so that nobody else is counted anew."""
    refresh(connection)
    connection.executemany(
        "INSERT OR IGNORE INTO standing_due VALUES (?)", ((one,) for one in person_ids)
    )
    _take_out(connection)
    sums.tidy(connection)
    connection.execute("DELETE FROM standing_due")


def _take_out(connection: Connection) -> None:
    """What the persons who are due stood for, and the rows that said so."""
    sums.add(connection, -1)
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE {DUE}")


def is_current(connection: Connection) -> bool:
    """Do the spans and sums say what the persons and events say now?"""
    return connection.execute("SELECT 1 FROM standing_due LIMIT 1").fetchone() is None


def _chunks(connection: Connection) -> Iterator[tuple[str, str]]:
    """First and last id of some thousand persons who are due, after one another."""
    query = (
        "SELECT min(person_id), max(person_id), count(*) FROM (SELECT person_id FROM standing_due "
        "WHERE person_id > ? ORDER BY person_id LIMIT ?)"
    )
    last = ""
    while True:
        first, last, persons = connection.execute(query, (last, CHUNK)).fetchone()
        if not persons:
            return
        yield first, last


_MINE = "FROM standing_due AS due CROSS JOIN {table} ON {table}.person_id = due.person_id"
_AMONG = "WHERE due.person_id BETWEEN :first AND :last"
_KNOWN = "{table}.known_from, coalesce({table}.known_until, :still) AS known_until"


def _query(columns: str, table: str, rest: str = "") -> str:
    head = f"SELECT due.person_id, {columns}, {_KNOWN.format(table=table)} "
    return f"{head}{_MINE.format(table=table)} {rest} {_AMONG}"


_VERSIONS = _query(
    "sought_from, coalesce(category, 'unknown') AS category, "
    "coalesce(home_region, 'unknown') AS region, coalesce(unit, 'unknown') AS unit",
    "person_version",
)
_EVENTS = (
    _query("public_on, status, evidence, corroborated_on", "status_event")
    + " AND NOT retracted AND status <> 'retracted'"
)
_LINKS = _query(
    "person_record.record_id", "person_record",
    "JOIN record ON record.record_id = person_record.record_id AND record.row_id IS NOT NULL",
)  # fmt: skip
# A listed row says what it says now since its known_from, and said other things before.
_ROWS = f"""
WITH listed AS (
  SELECT DISTINCT record.record_id, record.source, record.public_on, record.known_from
  {_MINE.format(table="person_record")}
  JOIN record ON record.record_id = person_record.record_id AND record.row_id IS NOT NULL {_AMONG}
)
SELECT record_id, source, public_on, known_from, :still AS known_until FROM listed
UNION ALL
SELECT listed.record_id, listed.source, v.public_on, v.known_from, v.known_until
FROM listed JOIN record_version AS v ON v.record_id = listed.record_id
"""


def _write(connection: Connection, bounds: Mapping[str, str]) -> None:
    """Insert the spans of these persons, and where lists name them."""
    versions: defaultdict[str, list[Version]] = defaultdict(list)
    for row in connection.execute(_VERSIONS, bounds):
        versions[row["person_id"]].append(_version(row))
    events: defaultdict[str, list[Event]] = defaultdict(list)
    for row in connection.execute(_EVENTS, bounds):
        events[row["person_id"]].append(_event(row))
    _insert(
        connection, "standing", "stood",
        (
            ((person_id, *_SPANNED(span), *described), known_from, known_until)
            for person_id, described_as in versions.items()
            for (span, *described), known_from, known_until
            in standings(described_as, events[person_id])
        ),
    )  # fmt: skip
    _insert(connection, "standing_list", "stood_list", _listed(connection, bounds))


Kept = tuple[tuple[object, ...], str, str]  # a row, and the times it was known from and until


def _insert(connection: Connection, now: str, then: str, kept: Iterator[Kept]) -> None:
    """What is known still to one table, what was known to another."""
    present: list[Sequence[object]] = []
    past: list[Sequence[object]] = []
    for row, known_from, known_until in kept:
        if known_until == STILL:
            present.append((*row, known_from))
        else:
            past.append((*row, known_from, known_until))
    for table, rows in ((now, present), (then, past)):
        if rows:
            marks = ", ".join("?" * len(rows[0]))
            connection.executemany(f"INSERT INTO {table} VALUES ({marks})", rows)


def _listed(connection: Connection, bounds: Mapping[str, str]) -> Iterator[Kept]:
    rows: defaultdict[str, list[tuple[str, str, str, str]]] = defaultdict(list)
    for row in connection.execute(_ROWS, bounds):
        rows[row["record_id"]].append(
            (row["source"], row["public_on"], row["known_from"], row["known_until"])
        )
    links: defaultdict[str, defaultdict[str, list[tuple[str, str]]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for row in connection.execute(_LINKS, bounds):
        links[row["person_id"]][row["record_id"]].append((row["known_from"], row["known_until"]))
    for person_id, his in links.items():
        for (source, day), known_from, known_until in listings(his, rows):
            yield (person_id, source, day), known_from, known_until


def _version(row: Row) -> Version:
    return Version(
        sought_from=row["sought_from"], category=row["category"], region=row["region"],
        unit=row["unit"], known_from=row["known_from"], known_until=row["known_until"],
    )  # fmt: skip


def _event(row: Row) -> Event:
    return Event(
        day=row["public_on"], rank=RANKS[row["status"]], evidence=Evidence(row["evidence"]),
        corroborated_on=row["corroborated_on"], known_from=row["known_from"],
        known_until=row["known_until"],
    )  # fmt: skip
