"""Persons as described → their versions, status events and the present state, where they differ."""

# ruff: noqa: S608 (the names of columns are constants, every value is bound)

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from model import Person, Status, StatusEvent
from store.connection import Connection, Row
from store.times import stamp

DESCRIBED = (
    "surname", "given", "patronymic", "birth_date", "age", "sex", "category", "unit",
    "home_region", "home_place", "sought_from", "last_contact", "first_source",
)  # fmt: skip
EVENT = (
    "status", "public_on", "learned_at", "record_id", "evidence", "corroborated_on", "retracts",
    "retracted",
)  # fmt: skip
PRESENT = ("name", "names", "status", "status_on", "conflicting", "records", *DESCRIBED)
ORDER = {status.value: rank for rank, status in enumerate(Status)}
ALIVE = ("captured", "found_alive", "released")

_AMONG = "person_id IN (SELECT value FROM json_each(?))"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many descriptions and events are new or over."""

    opened: int
    changed: int
    events_opened: int
    events_closed: int


def describe_all(connection: Connection, persons: Sequence[Person], at: str) -> Told:
    """Write what differs from what is held; a full run over unchanged persons writes nothing."""
    ids = json.dumps([person.person_id for person in persons])
    opened, changed = _save_versions(connection, persons, ids, at)
    events_opened, events_closed = _save_events(connection, persons, ids, at)
    _save_present(connection, persons, ids)
    return Told(
        opened=opened, changed=changed, events_opened=events_opened, events_closed=events_closed
    )


def described(person: Person) -> tuple[object, ...]:
    """The person's fields in the order of DESCRIBED."""
    return tuple(getattr(person, name) for name in DESCRIBED)


def _save_versions(
    connection: Connection, persons: Sequence[Person], ids: str, at: str
) -> tuple[int, int]:
    held = {
        row["person_id"]: tuple(row[name] for name in DESCRIBED)
        for row in connection.execute(
            f"SELECT * FROM person_version WHERE known_until IS NULL AND {_AMONG}", (ids,)
        )
    }
    new = [person for person in persons if held.get(person.person_id) != described(person)]
    over = [person.person_id for person in new if person.person_id in held]
    for person_id in over:
        close_version(connection, person_id, at)
    connection.executemany(
        f"INSERT INTO person_version (person_id, known_from, {', '.join(DESCRIBED)}) "
        f"VALUES (?, ?, {', '.join('?' * len(DESCRIBED))})",
        [(person.person_id, at, *described(person)) for person in new],
    )
    return len(new) - len(over), len(over)


def close_version(connection: Connection, person_id: str, at: str) -> int:
    """End the description held; return whether there was one."""
    return connection.execute(
        "UPDATE person_version SET known_until = ? WHERE person_id = ? AND known_until IS NULL",
        (at, person_id),
    ).rowcount


def event_values(event: StatusEvent) -> tuple[object, ...]:
    """The event's columns in the order of EVENT; a retraction has the status "retracted"."""
    return (
        event.status.value if event.status else "retracted",
        event.public_on,
        stamp(event.learned_at),
        event.record_id,
        event.evidence.value,
        event.corroborated_on,
        json.dumps(sorted(event.retracts)),
        int(event.retracted),
    )


def _save_events(
    connection: Connection, persons: Sequence[Person], ids: str, at: str
) -> tuple[int, int]:
    held = {
        (row["person_id"], *(row[name] for name in EVENT)): row["event_id"]
        for row in connection.execute(
            f"SELECT * FROM status_event WHERE known_until IS NULL AND {_AMONG}", (ids,)
        )
    }
    wanted = dict.fromkeys(
        (person.person_id, *event_values(event)) for person in persons for event in person.events
    )
    over = [event_id for values, event_id in held.items() if values not in wanted]
    new = [values for values in wanted if values not in held]
    close_events(connection, over, at)
    connection.executemany(
        f"INSERT INTO status_event (known_from, person_id, {', '.join(EVENT)}) "
        f"VALUES (?, ?, {', '.join('?' * len(EVENT))})",
        [(at, *values) for values in new],
    )
    return len(new), len(over)


def close_events(connection: Connection, event_ids: Iterable[int], at: str) -> None:
    """End events that rollcall no longer holds to be so."""
    connection.executemany(
        "UPDATE status_event SET known_until = ? WHERE event_id = ?",
        [(at, event_id) for event_id in event_ids],
    )


def standing(events: Iterable[StatusEvent]) -> tuple[str | None, str | None, bool]:
    """(status, since which day, conflicting) after all events that were not taken back.

    A death that is followed by a sign of life, or by a new search, contradicts it.
    """
    live = [event for event in events if event.status is not None and not event.retracted]
    if not live:
        return None, None, False
    last = max(live, key=lambda event: (event.public_on, ORDER[event.status or ""]))
    dead = min((e.public_on for e in live if e.status is Status.DECEASED), default=None)
    conflicting = dead is not None and any(
        (event.status in ALIVE and event.public_on >= dead)
        or (event.status is Status.MISSING and event.public_on > dead)
        for event in live
    )
    return last.status, last.public_on, conflicting


def full_name(surname: str | None, given: str | None, patronymic: str | None) -> str:
    """The parts that are known, in the order of Russian papers."""
    return " ".join(part for part in (surname, given, patronymic) if part)


def _save_present(connection: Connection, persons: Sequence[Person], ids: str) -> None:
    """Bring the `person` table, the present state, in line with the newest versions."""
    spelled: defaultdict[str, list[Row]] = defaultdict(list)
    for row in connection.execute(
        "SELECT link.person_id, surname, given, patronymic FROM person_record AS link "
        "JOIN record ON record.record_id = link.record_id "
        f"WHERE link.known_until IS NULL AND link.{_AMONG} ORDER BY record.public_at",
        (ids,),
    ):
        spelled[row["person_id"]].append(row)
    held = {
        row["person_id"]: tuple(row[name] for name in PRESENT)
        for row in connection.execute(
            f"SELECT * FROM person WHERE closed_at IS NULL AND {_AMONG}", (ids,)
        )
    }
    present = {person.person_id: _present(person, spelled[person.person_id]) for person in persons}
    connection.executemany(
        f"UPDATE person SET {', '.join(f'{name} = ?' for name in PRESENT)}, closed_at = NULL "
        "WHERE person_id = ?",
        [(*new, person_id) for person_id, new in present.items() if held.get(person_id) != new],
    )


def _present(person: Person, spelled: Sequence[Row]) -> tuple[object, ...]:
    """The person's row in the order of PRESENT."""
    name = full_name(person.surname, person.given, person.patronymic)
    others = (full_name(row["surname"], row["given"], row["patronymic"]) for row in spelled)
    names = "\n".join(filter(None, dict.fromkeys([name, *others])))
    status, since, conflicting = standing(person.events)
    return (name, names, status, since, int(conflicting), len(spelled), *described(person))
