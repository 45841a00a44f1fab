"""What is put into a struck child: its states told, a bug planted, harm done at a transaction."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import crash_jobs
import pysqlite3
from histories import digest

from model import Batch, Reading
from store import Store, backup
from store import connection as connections
from store.posts import Saved

Tell = Callable[[str], None]
RANDOM = {
    "capture": {"sealed_sha256", "sealed_size", "chain"}
}  # sealed anew, the same page has other bytes


def contents(path: Path, patience: float = 10) -> str:
    """A hash of every table that holds knowledge, row by row in a fixed order; "" before any.

    `patience`: seconds to wait for whoever keeps the file to himself.
    """
    if not path.exists() or not path.stat().st_size:
        return ""
    raw = pysqlite3.connect(str(path), timeout=patience)
    try:
        return digest(raw, RANDOM)
    finally:
        raw.close()


def plant(command: dict[str, Any], place: Path, tell: Tell) -> None:
    """Put into this process what a command asks for."""
    backup._MEMORY = place / "memory"  # its plain copies are struck too, and never littered about
    backup._MEMORY.mkdir(exist_ok=True)
    if command.get("states"):
        _watch(place, tell)
    if harm := command.get("harm"):
        _harm(str(harm), int(command["at"]), place, tell)
    bug = command.get("bug")
    if bug in ("early", "split"):
        Store.save_batch = {"early": _early, "split": _split}[bug](tell)  # type: ignore[method-assign]
    if bug == "async":
        connections._PRAGMAS = tuple(
            "PRAGMA synchronous = OFF" if "synchronous" in pragma else pragma
            for pragma in connections._PRAGMAS
        )


def _watch(place: Path, tell: Tell) -> None:
    """Tell every state of the store that stands between two transactions."""
    path, last = crash_jobs.database(place), [""]

    def look() -> None:
        with suppress(pysqlite3.OperationalError):  # locked: nobody can see a state of it
            if (found := contents(path, patience=0)) != last[0]:
                last[0] = found
                tell(f"state {found}")

    class Watched(connections._Told):
        def execute(self, *words: Any) -> Any:
            if words[0].startswith("BEGIN IMMEDIATE"):
                look()
            done = super().execute(*words)
            if words[0] == "COMMIT":
                look()
            return done

    connections._Told = Watched  # type: ignore[misc]
    tell(f"state {contents(path)}")
    last[0] = contents(path)


def _harm(harm: str, at: int, place: Path, tell: Tell) -> None:
    """Do something to the files at the beginning of a write transaction."""
    path, begun = crash_jobs.database(place), [0]
    wal = path.with_name(f"{path.name}-wal")

    def replaced() -> None:
        shutil.copy(place.with_name("other.db"), path.with_name("new"))
        os.replace(path.with_name("new"), path)

    do = {"unlink": path.unlink, "replace": replaced, "wal": wal.unlink}[harm]

    class Harmed(connections._Told):
        def execute(self, *words: Any) -> Any:
            begun[0] += words[0].startswith("BEGIN IMMEDIATE")
            if begun[0] == at and words[0].startswith("BEGIN IMMEDIATE"):
                tell("harm")
                do()
            return super().execute(*words)

    connections._Told = Harmed  # type: ignore[misc]


# ---- bugs planted to see that the harness finds them

_SAVE = Store.save_batch
Save = Callable[[Store, Batch, Sequence[Reading], datetime], Saved]


def _early(tell: Tell) -> Save:
    """Acknowledged before the commit: what is told is not there yet."""

    def save(self: Store, batch: Batch, readings: Sequence[Reading], now: datetime) -> Saved:
        tell(f"collected {batch.source}")
        return _SAVE(self, batch, readings, now)

    return save


def _split(_: Tell) -> Save:
    """A batch in two transactions: its posts without their records, then the whole."""

    def save(self: Store, batch: Batch, readings: Sequence[Reading], now: datetime) -> Saved:
        bare = [replace(reading, records=()) for reading in readings]
        _SAVE(self, replace(batch, cursor={}, captures=(), fetches=()), bare, now)
        return _SAVE(self, batch, readings, now)

    return save
