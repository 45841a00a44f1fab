"""A source and a day → where the reading of its history goes on; apart from the usual cursor."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from store.connection import Connection
from store.times import moment, stamp


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """How far one source's history was read."""

    since: str  # YYYY-MM-DD, Moscow
    cursor: Mapping[str, object] = field(default_factory=dict)
    reached: datetime | None = None  # the oldest post read
    finished: bool = False


def begin(connection: Connection, source: str, since: str, now: datetime) -> Backfill:
    """Where to go on. An earlier day than was asked for before takes a finished one up again."""
    row = connection.execute(
        "INSERT INTO backfill (source, since, value, updated_at) VALUES (?1, ?2, '{}', ?3) "
        "ON CONFLICT (source) DO UPDATE SET finished_at = iif(?2 < since, NULL, finished_at), "
        "since = iif(finished_at IS NULL, ?2, min(?2, since)) RETURNING *",
        (source, since, stamp(now)),
    ).fetchone()
    return Backfill(
        since=row["since"],
        cursor=json.loads(row["value"]),
        reached=moment(row["reached"]) if row["reached"] else None,
        finished=row["finished_at"] is not None,
    )


def move(
    connection: Connection,
    source: str,
    cursor: Mapping[str, object],
    reached: datetime | None,
    now: datetime,
) -> None:
    """Keep how far it is; the posts before it are committed."""
    connection.execute(
        "UPDATE backfill SET value = ?, reached = coalesce(?, reached), updated_at = ? "
        "WHERE source = ?",
        (json.dumps(dict(cursor)), stamp(reached) if reached else None, stamp(now), source),
    )


def finish(connection: Connection, source: str, now: datetime) -> None:
    """The day was reached, or the beginning."""
    connection.execute(
        "UPDATE backfill SET finished_at = ?1, updated_at = ?1 WHERE source = ?2",
        (stamp(now), source),
    )
