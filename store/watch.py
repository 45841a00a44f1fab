"""A store and a moment → what an operator must know: sources, waiting work, room on the disk."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from model import UnusableInput
from store.connection import Connection
from store.durable import put
from store.times import moment, stamp

STALE_AFTER = 3  # times its own `every` without a success
SHORTEST_STALE = timedelta(hours=1)  # below that a source is late, not stale
FAILING = 3  # failures in a row
CLOCK_SLACK = timedelta(minutes=10)
SHADOW = ".backed-up"  # beside the database: when and what was last backed up


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """How one enabled source fares."""

    name: str
    last_ok: datetime | None
    failures: int
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """The figures behind metrics, alerts and `doctor`; no name of a person, no text."""

    sources: tuple[SourceState, ...]
    held_lists: int
    held_weeks: int
    review: int
    persons: int
    database_bytes: int
    wal_bytes: int
    disk_free: int
    disk_total: int
    newest: datetime | None  # the latest moment the store names as known or attempted
    backed_up: datetime | None

    @property
    def stale(self) -> int:
        """Enabled sources long without a success."""
        return sum(source.stale for source in self.sources)

    @property
    def failing(self) -> int:
        """Enabled sources with FAILING failures in a row or more."""
        return sum(source.failures >= FAILING for source in self.sources)

    def ahead(self, now: datetime) -> timedelta:
        """How far the store is ahead of the clock; zero where the clock goes right."""
        if self.newest is None or self.newest <= now + CLOCK_SLACK:
            return timedelta(0)
        return self.newest - now


def look(connection: Connection, database: Path, now: datetime) -> Watch:
    """All figures of an open store. Raises StoreUnusable where it cannot be read."""
    disk = shutil.disk_usage(database.parent)

    def count(query: str) -> int:
        return int(connection.execute(query).fetchone()[0])

    return Watch(
        sources=_sources(connection, now),
        held_lists=count("SELECT count(*) FROM list_import WHERE state = 'held'"),
        held_weeks=count("SELECT count(*) FROM source_hold WHERE state = 'held'"),
        review=count("SELECT count(*) FROM review WHERE closed_at IS NULL"),
        persons=count("SELECT count(*) FROM person WHERE closed_at IS NULL"),
        database_bytes=_size(database),
        wal_bytes=_size(database.with_name(f"{database.name}-wal")),
        disk_free=disk.free,
        disk_total=disk.total,
        newest=_newest(connection),
        backed_up=backed_up(database),
    )


def is_stale(last_ok: datetime | None, every: timedelta, now: datetime) -> bool:
    """Is the last success longer ago than three of its periods, and than an hour?"""
    if last_ok is None:
        return False  # never yet: its failures tell, and a new source has none
    return now - last_ok > max(STALE_AFTER * every, SHORTEST_STALE)


def _sources(connection: Connection, now: datetime) -> tuple[SourceState, ...]:
    rows = connection.execute(
        "SELECT name, last_ok_at, failures, every_seconds FROM source WHERE enabled = 1 "
        "ORDER BY name"
    )
    found = []
    for row in rows:
        last = moment(row["last_ok_at"]) if row["last_ok_at"] else None
        stale = is_stale(last, timedelta(seconds=row["every_seconds"]), now)
        found.append(
            SourceState(name=row["name"], last_ok=last, failures=row["failures"], stale=stale)
        )
    return tuple(found)


def _newest(connection: Connection) -> datetime | None:
    (found,) = connection.execute(
        "SELECT max(at) FROM (SELECT max(known_at) AS at FROM resolution "
        "UNION ALL SELECT max(last_attempt_at) FROM source "
        "UNION ALL SELECT max(at) FROM audit)"
    ).fetchone()
    return moment(found) if found else None


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def note_backup(database: Path, now: datetime) -> None:
    """Write down beside the database that it was backed up. Raises UnusableInput."""
    place = database.with_name(database.name + SHADOW)
    try:
        put(place, json.dumps({"at": stamp(now)}).encode("ascii"))
    except OSError as error:
        cause = f"{place}: {error.strerror or error}"
        raise UnusableInput(f"{cause}; the backup stands, but is not noted") from error


def backed_up(database: Path) -> datetime | None:
    """When the last backup was made; None: never, or nobody noted it."""
    try:
        told = json.loads(database.with_name(database.name + SHADOW).read_text(encoding="utf-8"))
        return moment(told["at"])
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return None
