"""A day and a time known → each person with what was said of him by then, for the estimates."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import TypeVar

from model import Claim, Status
from store.connection import Connection, Row
from store.facade import Store, day, known
from store.tally import NEVER, latest_knowledge
from store.times import moment, moscow_day

Made = TypeVar("Made")
_RANK = {status: rank for rank, status in enumerate(Status)}
_KNOWN = "{t}.known_from <= :known_at AND ({t}.known_until IS NULL OR {t}.known_until > :known_at)"

_PERSONS = f"""
SELECT person_id, category, home_region, sought_from FROM person_version AS p
WHERE {_KNOWN.format(t="p")} ORDER BY person_id
"""  # noqa: S608  constants only
# What each record said then, with the person it belonged to then.
_MENTIONS = f"""
WITH stated AS (
  SELECT record_id, claim, asks, public_on, asked_on, last_contact FROM record
  WHERE known_from <= :known_at AND (closed_at IS NULL OR closed_at > :known_at)
  UNION ALL
  SELECT record_id, claim, asks, public_on, asked_on, last_contact FROM record_version
  WHERE known_from <= :known_at AND known_until > :known_at
)
SELECT link.person_id, record.source, source.owner, record.row_id IS NOT NULL AS listed,
  stated.claim, stated.asks, stated.public_on, stated.asked_on, stated.last_contact,
  record.learned_at, record.copy_of IS NOT NULL AS copied
FROM stated JOIN record ON record.record_id = stated.record_id
JOIN source ON source.name = record.source
JOIN person_record AS link ON link.record_id = stated.record_id AND {_KNOWN.format(t="link")}
WHERE stated.public_on <= :as_of
ORDER BY stated.public_on, stated.record_id
"""  # noqa: S608
_EVENTS = f"""
SELECT person_id, status, public_on FROM status_event AS e
WHERE {_KNOWN.format(t="e")} AND NOT retracted AND status <> 'retracted' AND public_on <= :as_of
"""  # noqa: S608


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """One post or list row that speaks of the person, public by the day asked for."""

    source: str
    owner: str
    listed: bool  # a row of a list, not a post
    claim: Claim
    public_on: str
    asked_on: str | None  # the day it asked for him; None: it did not
    last_contact: str | None
    learned_on: str  # Moscow day on which rollcall collected it
    copied: bool  # repeats another post


@dataclass(frozen=True, slots=True, kw_only=True)
class Observed:
    """One person without a name: his mentions by date, and his live events in order."""

    person_id: str
    category: str | None
    region: str | None
    sought_from: str | None  # None also where it is after the day asked for
    mentions: tuple[Mention, ...]
    events: tuple[tuple[str, Status], ...]  # (public_on, status), the rule's order on one day


def observed(store: Store, as_of: str, known_at: str | None = None) -> list[Observed]:
    """Every person known at `known_at` (None: now), with what was public by `as_of`."""
    connection = store.connection
    until = day(as_of)
    then = known(known_at) or latest_knowledge(connection) or NEVER
    asked = {"as_of": until, "known_at": then}
    mentions = _by_person(connection.execute(_MENTIONS, asked), _mention)
    events = _by_person(connection.execute(_EVENTS, asked), _event)
    return [
        Observed(
            person_id=row["person_id"], category=row["category"], region=row["home_region"],
            sought_from=(
                row["sought_from"] if row["sought_from"] and row["sought_from"] <= until else None
            ),
            mentions=tuple(mentions[row["person_id"]]),
            events=tuple(sorted(events[row["person_id"]], key=_in_order)),
        )
        for row in connection.execute(_PERSONS, asked)
    ]  # fmt: skip


def known_day(store: Store, known_at: str | None = None) -> str | None:
    """The Moscow day of a time known; of the newest knowledge for None."""
    then = known(known_at) or latest_knowledge(store.connection)
    return None if then is None else moscow_day(moment(then))


def first_collected(connection: Connection) -> str | None:
    """The Moscow day of the first collection: what was posted before came late by our doing."""
    (found,) = connection.execute("SELECT min(learned_at) FROM record").fetchone()
    return None if found is None else _day_of_hour(found[:13])


def first_known(connection: Connection) -> str | None:
    """The stamp of the first resolution: before it rollcall knew nothing."""
    (found,) = connection.execute("SELECT min(known_at) FROM resolution").fetchone()
    return None if found is None else str(found)


def _by_person(rows: Iterable[Row], made: Callable[[Row], Made]) -> defaultdict[str, list[Made]]:
    found: defaultdict[str, list[Made]] = defaultdict(list)
    for row in rows:
        found[row["person_id"]].append(made(row))
    return found


def _mention(row: Row) -> Mention:
    return Mention(
        source=row["source"], owner=row["owner"], listed=bool(row["listed"]),
        claim=Claim(row["claim"]), public_on=row["public_on"],
        asked_on=row["asked_on"] if row["asks"] else None, last_contact=row["last_contact"],
        learned_on=_day_of_hour(row["learned_at"][:13]), copied=bool(row["copied"]),
    )  # fmt: skip


def _event(row: Row) -> tuple[str, Status]:
    return row["public_on"], Status(row["status"])


def _in_order(event: tuple[str, Status]) -> tuple[str, int]:
    return event[0], _RANK[event[1]]


@cache
def _day_of_hour(hour: str) -> str:
    """The Moscow day of 2024-08-23T12: an hour is enough, Moscow is whole hours from UTC."""
    return moscow_day(moment(f"{hour}:00:00Z"))
