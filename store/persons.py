"""Clusters described → persons, versions, links, aliases, events; nothing is overwritten."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from model import Decision, Person
from store import standings
from store.connection import Connection
from store.decisions import append_decisions, sync_review
from store.descriptions import close_events, close_version, describe_all
from store.due import was_read
from store.health import later_than_known
from store.tally import latest_knowledge
from store.times import stamp


class Resolved(Protocol):
    """What `dedupe.resolve` returns, as far as the store needs it."""

    @property
    def clusters(self) -> Mapping[str, Sequence[str]]:
        """Person id → record ids; in an incremental run only the persons touched."""

    @property
    def aliases(self) -> Sequence[tuple[str, str]]:
        """(old person id, new person id) of merges."""

    @property
    def decisions(self) -> Sequence[Decision]:
        """The model's decisions worth keeping."""

    @property
    def review(self) -> Sequence[Decision]:
        """Pairs an editor has to judge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What a run has read of the store."""

    judged: Set[str] | None  # weighed against all others; None: those clustered, among each other
    due: int | None  # the last of the changes that were due (`store.due`); None: all


ALL = Seen(judged=None, due=None)


@dataclass(slots=True, kw_only=True)
class Changes:
    """What a resolution changed; all zeros when it told nothing new."""

    persons_opened: int = 0
    persons_closed: int = 0
    persons_changed: int = 0
    events_opened: int = 0
    events_closed: int = 0
    links: int = 0
    aliases: int = 0
    decisions: int = 0
    review: int = 0

    def any_known(self) -> bool:
        """Did anything a tally can depend on change?"""
        return bool(
            self.persons_opened + self.persons_closed + self.persons_changed + self.events_opened
            + self.events_closed + self.links + self.aliases
        )  # fmt: skip


def save_resolution(
    connection: Connection,
    resolution: Resolved,
    described: Iterable[Person],
    now: datetime,
    seen: Seen = ALL,
) -> Changes:
    """Write persons, links, aliases, events, decisions, queue; unchanged ones are left alone.

    `described` must hold every person of `resolution.clusters` (in an incremental run: those
    touched). A person all of whose records moved away is closed by itself.
    """
    at = later_than_known(connection, now)
    changes = _write(connection, resolution, described, at, seen.judged)
    if changes.any_known() or latest_knowledge(connection) is None:
        _record_resolution(connection, changes, at, stamp(now))
    was_read(connection, seen.due)
    return changes


def _write(
    connection: Connection,
    resolution: Resolved,
    persons: Iterable[Person],
    at: str,
    judged: Set[str] | None,
) -> Changes:
    """Write what differs from what is held; `at` is later than every earlier resolution."""
    changes = Changes()
    described = {person.person_id: person for person in persons}
    touched = set(resolution.clusters) | set(described)
    clustered = {record for records in resolution.clusters.values() for record in records}
    _ensure_persons(connection, touched | {new for _, new in resolution.aliases}, at)
    losers = _link(connection, resolution.clusters, at, changes)
    losers |= _drop_closed_records(connection, at, clustered, judged, changes)
    _alias(connection, resolution, at, changes)
    told = describe_all(connection, list(described.values()), at)
    changes.persons_opened, changes.persons_changed = told.opened, told.changed
    changes.events_opened, changes.events_closed = told.events_opened, told.events_closed
    for person_id in sorted(losers | {old for old, _ in resolution.aliases}):
        _close_if_empty(connection, person_id, at, changes)
    changes.decisions = append_decisions(connection, resolution.decisions)
    standings.refresh(connection)
    changes.review = sync_review(
        connection,
        resolution.review,
        clustered if judged is None else judged,
        at,
        either=judged is not None,
    )
    return changes


def _record_resolution(connection: Connection, changes: Changes, at: str, ran_at: str) -> None:
    """Note that the persons changed: from `at` on the answers may be others."""
    connection.execute(
        "INSERT INTO resolution (known_at, ran_at, persons_opened, persons_closed, "
        "persons_changed, events_opened, events_closed, decisions) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            at, ran_at, changes.persons_opened, changes.persons_closed, changes.persons_changed,
            changes.events_opened, changes.events_closed, changes.decisions,
        ),
    )  # fmt: skip


def clusters(connection: Connection, person_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Person id → ids of his records now."""
    held: dict[str, tuple[str, ...]] = {}
    for row in connection.execute(
        "SELECT person_id, record_id FROM person_record WHERE known_until IS NULL "
        "AND person_id IN (SELECT value FROM json_each(?)) ORDER BY person_id, record_id",
        (json.dumps(sorted(person_ids)),),
    ):
        held[row["person_id"]] = (*held.get(row["person_id"], ()), row["record_id"])
    return held


def _ensure_persons(connection: Connection, person_ids: Iterable[str], at: str) -> None:
    connection.executemany(
        "INSERT INTO person (person_id, name, names, conflicting, records, first_known) "
        "VALUES (?, '', '', 0, 0, ?) ON CONFLICT DO NOTHING",
        [(person_id, at) for person_id in sorted(person_ids)],
    )


def _link(
    connection: Connection, clusters: Mapping[str, Sequence[str]], at: str, changes: Changes
) -> set[str]:
    """Move records to their persons; return the persons that lost one."""
    wanted = {record: person for person, records in clusters.items() for record in records}
    held = {
        row["record_id"]: row["person_id"]
        for row in connection.execute(
            "SELECT record_id, person_id FROM person_record WHERE known_until IS NULL "
            "AND (record_id IN (SELECT value FROM json_each(?)) "
            "  OR person_id IN (SELECT value FROM json_each(?)))",
            (json.dumps(list(wanted)), json.dumps(list(clusters))),
        )
    }
    gone = [record for record, person in held.items() if wanted.get(record) != person]
    new = [(person, record, at) for record, person in wanted.items() if held.get(record) != person]
    _close_links(connection, gone, at)
    connection.executemany("INSERT INTO person_record VALUES (?, ?, ?, NULL)", new)
    changes.links += len(gone) + len(new)
    return {held[record] for record in gone}


def _close_links(connection: Connection, record_ids: Iterable[str], at: str) -> None:
    connection.executemany(
        "UPDATE person_record SET known_until = ? WHERE record_id = ? AND known_until IS NULL",
        [(at, record_id) for record_id in record_ids],
    )


def _drop_closed_records(
    connection: Connection, at: str, clustered: Set[str], judged: Set[str] | None, changes: Changes
) -> set[str]:
    """Unlink records whose text no longer speaks of the man.

    Not one that was closed since the run read it: it is due, and the next run must find its person.
    """
    rows = [
        row
        for row in connection.execute(
            "SELECT link.record_id, link.person_id FROM record JOIN person_record AS link "
            "ON link.record_id = record.record_id AND link.known_until IS NULL "
            "WHERE record.closed_at IS NOT NULL"
        )
        if row["record_id"] not in clustered and (judged is None or row["record_id"] in judged)
    ]
    _close_links(connection, [row["record_id"] for row in rows], at)
    changes.links += len(rows)
    return {row["person_id"] for row in rows}


def _alias(connection: Connection, resolution: Resolved, at: str, changes: Changes) -> None:
    """Remember merges; an id that lives again (a split) is no alias any more."""
    held = dict(
        connection.execute(
            "SELECT old_id, new_id FROM person_alias WHERE known_until IS NULL"
        ).fetchall()
    )
    wanted = {old: new for old, new in resolution.aliases if old != new}
    over = [
        old for old, new in held.items()
        if old in resolution.clusters or wanted.get(old, new) != new
    ]  # fmt: skip
    opened = [(old, new, at) for old, new in wanted.items() if held.get(old) != new]
    connection.executemany(
        "UPDATE person_alias SET known_until = ? WHERE old_id = ? AND known_until IS NULL",
        [(at, old) for old in over],
    )
    _ensure_persons(connection, [old for old, _, _ in opened], at)
    connection.executemany("INSERT INTO person_alias VALUES (?, ?, ?, NULL)", opened)
    changes.aliases += len(over) + len(opened)


def _close_if_empty(connection: Connection, person_id: str, at: str, changes: Changes) -> None:
    """Close a person that no record speaks of any more (merged away, or the texts changed)."""
    linked = connection.execute(
        "SELECT 1 FROM person_record WHERE person_id = ? AND known_until IS NULL LIMIT 1",
        (person_id,),
    ).fetchone()
    if linked:
        return
    changes.persons_closed += close_version(connection, person_id, at)
    rows = connection.execute(
        "SELECT event_id FROM status_event WHERE person_id = ? AND known_until IS NULL",
        (person_id,),
    ).fetchall()
    close_events(connection, [row["event_id"] for row in rows], at)
    changes.events_closed += len(rows)
    connection.execute(
        "UPDATE person SET closed_at = ?, records = 0 WHERE person_id = ? AND closed_at IS NULL",
        (at, person_id),
    )
