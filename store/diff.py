"""Two tallies → the movements of persons between them, which sum up to the difference."""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from model import Evidence, RollcallError, Status
from store.connection import Connection, Row
from store.counted import COUNTED, NEVER, STATUSES
from store.tally import latest_knowledge

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

_NAMES = [status.value for status in Status]
_STANDINGS = f"{COUNTED} SELECT person_id, rank, stands, withdrawn, category, region FROM counted"
_KNOWN = "known_from <= :known_at AND (known_until IS NULL OR known_until > :known_at)"


class At(NamedTuple):
    """A tally's two times: the Moscow day, and when it was known (None: now)."""

    as_of: str
    known_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One person counted otherwise: `source` and `target` are statuses, None is not counted."""

    person_id: str
    reason: str
    source: str | None
    target: str | None
    other: str | None = None  # the person merged into, or split from


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two tallies, person by person."""

    at: At
    known: str
    evidence: str
    rows: Mapping[str, Row]  # every person sought by then, also the withdrawn

    def status(self, person_id: str) -> str | None:
        """The status he is counted under; None: he is not counted."""
        row = self.rows.get(person_id)
        return _NAMES[row["rank"]] if row is not None and row["stands"] else None

    def totals(self) -> Counter[str]:
        """Persons by status."""
        found = (self.status(person_id) for person_id in self.rows)
        return Counter(status for status in found if status)


def diff(connection: Connection, first: At, second: At, evidence: Evidence) -> dict[str, object]:
    """Movements grouped by reason and status, each with its persons; they sum up exactly."""
    one, two = (_side(connection, at, evidence) for at in (first, second))
    movements = sorted(
        (
            _movement(connection, person_id, one, two)
            for person_id in set(one.rows) | set(two.rows)
            if one.status(person_id) != two.status(person_id)
        ),
        key=lambda move: (move.reason, move.source or "", move.target or "", move.person_id),
    )
    _assert_exact(movements, one, two)
    change = {s: two.totals()[s] - one.totals()[s] for s in STATUSES}
    return {
        "from": _head(one),
        "to": _head(two),
        "evidence": evidence.value,
        "difference": {"total": sum(change.values()), **change},
        "movements": _grouped(connection, movements),
        "described_anew": _described_anew(one, two),
    }


def _side(connection: Connection, at: At, evidence: Evidence) -> Side:
    known = at.known_at or latest_knowledge(connection) or NEVER
    arguments = {"as_of": at.as_of, "known_at": known, "evidence": evidence.value}
    rows = connection.execute(_STANDINGS, arguments).fetchall()
    return Side(at, known, evidence.value, {row["person_id"]: row for row in rows})


def _head(side: Side) -> dict[str, object]:
    totals = side.totals()
    return {
        "as_of": side.at.as_of,
        "known_at": None if side.known == NEVER else side.known,
        "total": totals.total(),
        "by_status": {status: totals[status] for status in STATUSES},
    }


def _assert_exact(movements: Iterable[Movement], one: Side, two: Side) -> None:
    balance = one.totals()
    balance.subtract(Counter(move.source for move in movements if move.source))
    balance.update(Counter(move.target for move in movements if move.target))
    if any(balance[status] != two.totals()[status] for status in STATUSES):
        raise RollcallError("diff: the movements do not sum up to the difference")


def _movement(connection: Connection, person_id: str, one: Side, two: Side) -> Movement:
    source, target = one.status(person_id), two.status(person_id)
    other = None
    if source and target:
        reason = _why_moved(connection, person_id, one, two)
    elif source:
        reason, other = _why_gone(connection, person_id, one, two)
    else:
        reason, other = _why_come(connection, person_id, one, two)
    return Movement(person_id=person_id, reason=reason, source=source, target=target, other=other)


def _why_moved(connection: Connection, person_id: str, one: Side, two: Side) -> str:
    """Moved by later news, by a retraction, or because rollcall now knows or reads otherwise."""
    if _newly_retracted(connection, person_id, one, two):
        return "retracted"
    if one.at.as_of == two.at.as_of and one.known != two.known:
        before, after = (_record_ids(connection, person_id, side) for side in (one, two))
        if before - after:
            return "split" if _elsewhere(connection, before - after, two) else "re-extracted"
        if after - before:
            moved = _elsewhere(connection, after - before, one)
            return "merged" if moved else "learned"
        return "re-extracted"
    return "moved"


def _why_gone(
    connection: Connection, person_id: str, one: Side, two: Side
) -> tuple[str, str | None]:
    if _version(connection, person_id, two) is None:
        records = _record_ids(connection, person_id, one)
        heirs = _elsewhere(connection, records, two) - {person_id}
        return ("merged", min(heirs)) if heirs else ("re-extracted", None)
    row = two.rows.get(person_id)
    if row is not None:
        return ("retracted" if row["withdrawn"] else "evidence"), None
    sought = _version(connection, person_id, two)
    if sought is not None and sought["sought_from"] and two.at.as_of < one.at.as_of:
        return "earlier day", None
    lost = _record_ids(connection, person_id, one) - _record_ids(connection, person_id, two)
    heirs = _elsewhere(connection, lost, two)
    return ("split", min(heirs)) if heirs else ("re-extracted", None)


def _why_come(
    connection: Connection, person_id: str, one: Side, two: Side
) -> tuple[str, str | None]:
    if person_id in one.rows:
        return ("reinstated" if one.rows[person_id]["withdrawn"] else "evidence"), None
    before = _version(connection, person_id, one)
    if before is not None and before["sought_from"] and one.at.as_of < two.at.as_of:
        return "new", None
    gained = _record_ids(connection, person_id, two)
    if before is not None:
        gained -= _record_ids(connection, person_id, one)
    parents = {p for p in _elsewhere(connection, gained, one) if one.status(p)} - {person_id}
    if parents:
        return "split" if before is None else "merged", min(parents)
    return "new", None


def _newly_retracted(connection: Connection, person_id: str, one: Side, two: Side) -> bool:
    """Did the event that gave his first status lose its force between the two times known?"""
    query = (
        f"SELECT record_id FROM status_event WHERE person_id = :person AND {_KNOWN} "
        "AND retracted = :retracted AND status = :status AND public_on <= :as_of"
    )
    found = []
    for side, retracted in ((one, 0), (two, 1)):
        arguments = {
            "person": person_id, "known_at": side.known, "retracted": retracted,
            "status": one.status(person_id), "as_of": one.at.as_of,
        }  # fmt: skip
        found.append({row["record_id"] for row in connection.execute(query, arguments)})
    return bool(found[0] & found[1])


def _version(connection: Connection, person_id: str, side: Side) -> Row | None:
    row: Row | None = connection.execute(
        f"SELECT * FROM person_version WHERE person_id = :person AND {_KNOWN}",
        {"person": person_id, "known_at": side.known},
    ).fetchone()
    return row


def _record_ids(connection: Connection, person_id: str, side: Side) -> set[str]:
    rows = connection.execute(
        f"SELECT record_id FROM person_record WHERE person_id = :person AND {_KNOWN}",
        {"person": person_id, "known_at": side.known},
    )
    return {row["record_id"] for row in rows}


def _elsewhere(connection: Connection, record_ids: set[str], side: Side) -> set[str]:
    """The persons to whom these records belonged at the side's time known."""
    rows = connection.execute(
        "SELECT DISTINCT person_id FROM person_record "
        f"WHERE record_id IN (SELECT value FROM json_each(:ids)) AND {_KNOWN}",
        {"ids": json.dumps(sorted(record_ids)), "known_at": side.known},
    )
    return {row["person_id"] for row in rows}


def _grouped(connection: Connection, movements: Iterable[Movement]) -> list[dict[str, object]]:
    groups: defaultdict[tuple[str, str | None, str | None], list[Movement]] = defaultdict(list)
    for move in movements:
        groups[move.reason, move.source, move.target].append(move)
    return [
        {
            "reason": reason,
            "from": source,
            "to": target,
            "persons": len(group),
            "change": (target is not None) - (source is not None),
            "who": [_who(connection, move) for move in group],
        }
        for (reason, source, target), group in groups.items()
    ]


def _who(connection: Connection, move: Movement) -> dict[str, object]:
    row = connection.execute(
        "SELECT name FROM person WHERE person_id = ?", (move.person_id,)
    ).fetchone()
    return {"person_id": move.person_id, "name": row["name"], "other": move.other}


def _described_anew(one: Side, two: Side) -> dict[str, int]:
    """Persons counted in both whose category or region, and so their cell, is another now."""
    both = [p for p in one.rows if one.status(p) and two.status(p)]
    return {
        column: sum(one.rows[p][column] != two.rows[p][column] for p in both)
        for column in ("category", "region")
    }
