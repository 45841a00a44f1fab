"""Persons who stand otherwise in two tallies → why: one reason each, the nearest to the source.

| reason | what happened |
|---|---|
| new, earlier day | the first search about him lies between the two days |
| moved | news about him lies between the two days |
| merged, split | his records were joined to another person's, or parted from him |
| retracted | the report that gave his status was taken back, or its row left the list |
| re-extracted | a newer extractor reads his posts otherwise |
| edited | an author changed a post about him |
| learned | rollcall only then read a post or row of that day or before |
| evidence | a second source or an editor, not a status, made the difference |
| withdrawn, reinstated | nothing said of him stands any more, or something does again |
"""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import pairwise

from store.connection import Connection

Reason = tuple[str, str | None]  # and the person merged into, or split from
_KNOWN = "known_from <= :known AND (known_until IS NULL OR known_until > :known)"
_AMONG = "(SELECT value FROM json_each(:ids))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two times of each of the two tallies; a known time is a stamp later than all, if none."""

    day_one: str
    day_two: str
    known_one: str
    known_two: str

    def ordered(self) -> dict[str, str]:
        """The days, and the times known, each in order of time."""
        days = sorted((self.day_one, self.day_two))
        known = sorted((self.known_one, self.known_two))
        return {
            "day_one": days[0], "day_two": days[1], "known_one": known[0], "known_two": known[1],
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Mover:
    """A person whose cell is another one: both his cells. `source`, `target`: his statuses."""

    person_id: str
    name: str
    source: str | None
    target: str | None
    in_one: bool  # sought by then, though perhaps without a status that stands
    in_two: bool
    withdrawn_one: bool
    withdrawn_two: bool
    category: tuple[str | None, str | None]
    region: tuple[str | None, str | None]


@dataclass(slots=True, kw_only=True)
class _Held:
    """What was known of the movers at one time."""

    records: dict[str, set[str]] = field(default_factory=dict)  # person → his records
    owner: dict[str, str] = field(default_factory=dict)  # record of a mover → its person
    sought: dict[str, str | None] = field(default_factory=dict)  # person → sought from


@dataclass(frozen=True, slots=True)
class _Case:
    """All that the reasons are read from."""

    sides: Sides
    one: _Held
    two: _Held
    retracted: Set[str]  # persons
    closed: Set[str]  # list rows that left their list
    reread: Set[str]  # records another extractor read otherwise
    edited: Set[str]  # records an author's edit changed
    sought_one: Set[str]  # persons sought by the day of the first tally, as known then


def reasons(connection: Connection, movers: Sequence[Mover], sides: Sides) -> list[Reason]:
    """A reason for each mover, in their order."""
    if sides.known_one == sides.known_two:
        return [_by_day(mover, sides) for mover in movers]
    case = _case(connection, movers, sides)
    return [_why(mover, case) for mover in movers]


def _by_day(mover: Mover, sides: Sides) -> Reason:
    """Where only the days differ, the dates of his own news tell."""
    if mover.source and mover.target:
        return "moved", None
    if mover.source:
        if not mover.in_two:
            return "earlier day", None
        return ("withdrawn" if mover.withdrawn_two else "evidence"), None
    if mover.target:
        if not mover.in_one:
            return "new", None
        return ("reinstated" if mover.withdrawn_one else "evidence"), None
    return ("withdrawn" if mover.withdrawn_two else "reinstated"), None


def _why(mover: Mover, case: _Case) -> Reason:
    before = case.one.records.get(mover.person_id, set())
    after = case.two.records.get(mover.person_id, set())
    if mover.source and mover.person_id in case.retracted:
        return "retracted", None
    if mover.source and not mover.target:
        return _why_gone(mover, before - after, case)
    if mover.target and not mover.source:
        return _why_come(mover, after - before, case)
    return _why_moved(before, after, case)


def _why_moved(before: Set[str], after: Set[str], case: _Case) -> Reason:
    lost, gained = before - after, after - before
    heirs = {case.two.owner[record] for record in lost if record in case.two.owner}
    parents = {case.one.owner[record] for record in gained if record in case.one.owner}
    because: dict[str, object] = {
        "split": heirs,
        "retracted": lost & case.closed,
        "merged": parents,
        "re-extracted": lost or before & case.reread,
        "edited": before & case.edited,
        "moved": case.sides.day_one != case.sides.day_two,
        "learned": gained,
    }
    reason = next((reason for reason, holds in because.items() if holds), "re-extracted")
    others = {"split": heirs, "merged": parents}.get(reason)
    return reason, min(others) if others else None


def _why_gone(mover: Mover, lost: Set[str], case: _Case) -> Reason:
    person_id = mover.person_id
    heirs = {case.two.owner[r] for r in lost if r in case.two.owner} - {person_id}
    if person_id not in case.two.sought:
        return ("merged", min(heirs)) if heirs else _ended(lost, case)
    if mover.in_two:
        return ("retracted" if mover.withdrawn_two else "evidence"), None
    sought = case.two.sought[person_id]
    if sought and sought == case.one.sought.get(person_id) and sought > case.sides.day_two:
        return "earlier day", None
    return ("split", min(heirs)) if heirs else _ended(lost, case)


def _ended(lost: Set[str], case: _Case) -> Reason:
    """No text speaks of him any more, or none asks for him."""
    if lost & case.edited and not lost & case.reread:
        return "edited", None
    return ("retracted" if lost & case.closed else "re-extracted"), None


def _why_come(mover: Mover, gained: Set[str], case: _Case) -> Reason:
    person_id = mover.person_id
    if mover.in_one:
        return ("reinstated" if mover.withdrawn_one else "evidence"), None
    existed = person_id in case.one.sought
    sought = case.one.sought.get(person_id)
    if sought and sought > case.sides.day_one and sought <= case.sides.day_two:
        return "new", None
    owners = {case.one.owner[r] for r in gained if r in case.one.owner}
    parents = {p for p in owners if p in case.sought_one} - {person_id}
    if parents:
        return ("merged" if existed else "split"), min(parents)
    if existed and case.one.records.get(person_id, set()) & case.reread:
        return "re-extracted", None
    return "new", None


def _case(connection: Connection, movers: Sequence[Mover], sides: Sides) -> _Case:
    ids = [mover.person_id for mover in movers]
    one, two = (_held(connection, ids, k) for k in (sides.known_one, sides.known_two))
    records = sorted({r for held in (one, two) for own in held.records.values() for r in own})
    for held, known in ((one, sides.known_one), (two, sides.known_two)):
        held.owner.update(_owners(connection, records, known))
    between = sides.ordered()
    return _Case(
        sides=sides, one=one, two=two,
        retracted=_retracted(connection, movers, sides),
        closed=_closed(connection, records),
        reread=_changed(connection, records, between, reread=True),
        edited=_changed(connection, records, between, reread=False),
        sought_one=_sought(connection, one.owner.values(), sides),
    )  # fmt: skip


def _held(connection: Connection, person_ids: Iterable[str], known: str) -> _Held:
    arguments = {"ids": json.dumps(list(person_ids)), "known": known}
    held = _Held()
    for row in connection.execute(
        f"SELECT person_id, record_id FROM person_record WHERE person_id IN {_AMONG} AND {_KNOWN}",
        arguments,
    ):
        held.records.setdefault(row["person_id"], set()).add(row["record_id"])
    for row in connection.execute(
        f"SELECT person_id, sought_from FROM person_version WHERE person_id IN {_AMONG} "
        f"AND {_KNOWN}",
        arguments,
    ):
        held.sought[row["person_id"]] = row["sought_from"]
    return held


def _owners(connection: Connection, record_ids: Iterable[str], known: str) -> Mapping[str, str]:
    rows = connection.execute(
        f"SELECT record_id, person_id FROM person_record WHERE record_id IN {_AMONG} AND {_KNOWN}",
        {"ids": json.dumps(list(record_ids)), "known": known},
    )
    return {row["record_id"]: row["person_id"] for row in rows}


def _sought(connection: Connection, person_ids: Iterable[str], sides: Sides) -> Set[str]:
    rows = connection.execute(
        f"SELECT person_id FROM person_version WHERE person_id IN {_AMONG} AND {_KNOWN} "
        "AND sought_from <= :day",
        {"ids": json.dumps(sorted(set(person_ids))), "known": sides.known_one,
         "day": sides.day_one},
    )  # fmt: skip
    return frozenset(row["person_id"] for row in rows)


def _retracted(connection: Connection, movers: Sequence[Mover], sides: Sides) -> Set[str]:
    """Movers whose first status was given by an event that is taken back in the second tally."""
    statuses = {mover.person_id: mover.source for mover in movers if mover.source}
    query = (
        f"SELECT person_id, record_id, status FROM status_event WHERE person_id IN {_AMONG} "
        f"AND {_KNOWN} AND retracted = :retracted AND public_on <= :as_of"
    )
    found: list[set[tuple[str, str]]] = []
    for known, retracted in ((sides.known_one, 0), (sides.known_two, 1)):
        rows = connection.execute(
            query,
            {
                "ids": json.dumps(list(statuses)), "known": known, "retracted": retracted,
                "as_of": sides.day_one,
            },
        )  # fmt: skip
        found.append(
            {
                (row["person_id"], row["record_id"])
                for row in rows
                if row["status"] == statuses[row["person_id"]]
            }
        )
    return frozenset(person_id for person_id, _ in found[0] & found[1])


def _closed(connection: Connection, record_ids: Iterable[str]) -> Set[str]:
    rows = connection.execute(
        f"SELECT record_id FROM record WHERE record_id IN {_AMONG} "
        "AND row_id IS NOT NULL AND closed_at IS NOT NULL",
        {"ids": json.dumps(list(record_ids))},
    )
    return frozenset(row["record_id"] for row in rows)


def _changed(
    connection: Connection, record_ids: Iterable[str], between: Mapping[str, str], *, reread: bool
) -> Set[str]:
    """Records superseded between the two times known, by another extractor or by an edit."""
    states: defaultdict[str, list[tuple[str, str | None, str]]] = defaultdict(list)
    for row in connection.execute(
        "SELECT record_id, known_from, known_until, extractor FROM record_version "
        f"WHERE record_id IN {_AMONG} UNION ALL "
        "SELECT record_id, known_from, closed_at, extractor FROM record "
        f"WHERE record_id IN {_AMONG} ORDER BY record_id, known_from",
        {"ids": json.dumps(list(record_ids))},
    ):
        states[row["record_id"]].append((row["known_from"], row["known_until"], row["extractor"]))
    found = set()
    for record_id, told in states.items():
        for (_, until, old), (_, _, new) in pairwise(told):
            inside = until and between["known_one"] < until <= between["known_two"]
            if inside and (old != new) is reread:
                found.add(record_id)
    return frozenset(found)
