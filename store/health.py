"""Sources, their schedule and how they fare: what is due, what failed, what never answered."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from datetime import datetime, timedelta

from model import Source
from store import trouble
from store.connection import Connection
from store.tally import known_time
from store.times import moment, stamp
from store.trouble import Ended

CLOCK_SLACK = timedelta(minutes=10)


def save_sources(connection: Connection, sources: Iterable[Source]) -> None:
    """Bring the table in line with the TOML files; a source that left them is disabled."""
    rows = [
        (
            source.name, source.kind, source.url, source.claim.value if source.claim else None,
            source.owner or source.name, int(source.every.total_seconds()), int(source.enabled),
            json.dumps(asdict(source.expect)), _seconds(source.every_min),
            _seconds(source.every_max),
        )
        for source in sources
    ]  # fmt: skip
    connection.executemany(
        "INSERT INTO source (name, kind, url, claim, owner, every_seconds, enabled, expect, "
        "every_min, every_max) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (name) DO UPDATE SET kind = excluded.kind, "
        "url = excluded.url, claim = excluded.claim, owner = excluded.owner, "
        "every_seconds = excluded.every_seconds, enabled = excluded.enabled, "
        "expect = excluded.expect, every_min = excluded.every_min, "
        "every_max = excluded.every_max",
        rows,
    )
    connection.execute(
        "UPDATE source SET enabled = 0 WHERE enabled = 1 "
        "AND name NOT IN (SELECT value FROM json_each(?))",
        (json.dumps([row[0] for row in rows]),),
    )


def _seconds(span: timedelta | None) -> int | None:
    return None if span is None else int(span.total_seconds())


def due_sources(connection: Connection, now: datetime) -> list[str]:
    """Names of the enabled sources that are due, the longest overdue first.

    A source whose last attempt lies in the future is due: the clock was ahead then, and what it
    put off would else wait until that time comes.
    """
    rows = connection.execute(
        "SELECT name FROM source WHERE enabled = 1 "
        "AND (due_at IS NULL OR due_at <= ?1 OR last_attempt_at > ?2) "
        "ORDER BY due_at IS NOT NULL, due_at, name",
        (stamp(now), stamp(now + CLOCK_SLACK)),
    )
    return [str(row["name"]) for row in rows]


def record_attempt(
    connection: Connection, name: str, ended: Ended, started_at: datetime, now: datetime
) -> None:
    """Note a collection's end; after failures the next is put off, doubling up to a day."""
    row = connection.execute("SELECT failures FROM source WHERE name = ?", (name,)).fetchone()
    failures = 0 if ended.error is None else row["failures"] + 1
    wait = trouble.note_state(connection, name, ended, failures, now)
    connection.execute(
        "UPDATE source SET last_attempt_at = ?, last_ok_at = coalesce(?, last_ok_at), "
        "failures = ?, last_error = ?, due_at = ? WHERE name = ?",
        (
            stamp(started_at), stamp(now) if ended.error is None else None, failures, ended.error,
            stamp(now + wait), name,
        ),
    )  # fmt: skip


def cursor(connection: Connection, source: str) -> dict[str, object]:
    """Where the last committed batch of the source ended; empty before the first."""
    row = connection.execute("SELECT value FROM cursor WHERE source = ?", (source,)).fetchone()
    value = {} if row is None else json.loads(row["value"])
    return dict(value)


def health(connection: Connection) -> list[dict[str, object]]:
    """One line a source: schedule, last success, failures in a row, posts, rows, last news."""
    rows = connection.execute(
        "SELECT source.*, source_state.state, source_state.since, source_state.cause, "
        "source_state.open_until, source_state.interval_seconds, "
        "(SELECT count(*) FROM post WHERE post.source = source.name) AS posts, "
        "(SELECT count(*) FROM list_row WHERE list_row.source = source.name "
        " AND gone_at IS NULL) AS rows, "
        "(SELECT max(learned_at) FROM record WHERE record.source = source.name) AS last_news_at "
        "FROM source LEFT JOIN source_state ON source_state.source = source.name ORDER BY name"
    )
    return [dict(row) for row in rows]


def begin_run(connection: Connection, kind: str, now: datetime) -> int:
    """Open a row of `run`; return its number."""
    cursor = connection.execute(
        "INSERT INTO run (kind, started_at) VALUES (?, ?)", (kind, stamp(now))
    )
    return int(cursor.lastrowid or 0)


def end_run(
    connection: Connection,
    run_id: int,
    outcome: str,
    detail: Mapping[str, object],
    now: datetime,
) -> None:
    """Close a row of `run` with its outcome."""
    connection.execute(
        "UPDATE run SET finished_at = ?, outcome = ?, detail = ? WHERE run_id = ?",
        (stamp(now), outcome, json.dumps(dict(detail), ensure_ascii=False), run_id),
    )


def later_than_known(connection: Connection, now: datetime) -> str:
    """A stamp of now, but after all that a tally may name, even if the clock went back."""
    last = known_time(connection)
    if last is None or stamp(now) > last:
        return stamp(now)
    return stamp(moment(last) + timedelta(microseconds=1))
