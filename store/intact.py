"""An open store → whether its pages are whole, looked at for no longer than it may take."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from model import StoreUnusable
from store.connection import Connection

if TYPE_CHECKING:  # the same interface; the standard library's has types
    import sqlite3
else:
    import pysqlite3 as sqlite3

SECONDS = 20.0  # at a service's start
_STEPS = 20_000  # of SQLite's machine between two looks at the clock


def verdict(connection: Connection, seconds: float | None = None) -> str | None:
    """`ok`, or what SQLite finds wrong first; None where the time was over before the end.

    A page that cannot be read at all counts as found wrong. Does not stop who writes meanwhile.
    """
    end = None if seconds is None else time.monotonic() + seconds
    if end is not None:
        connection.set_progress_handler(lambda: int(time.monotonic() >= end), _STEPS)
    try:
        return str(connection.execute("PRAGMA quick_check(1)").fetchone()[0])
    except StoreUnusable as error:
        cause = error.__cause__
        if getattr(cause, "sqlite_errorcode", None) == sqlite3.SQLITE_INTERRUPT:
            return None
        return str(cause or error)
    finally:
        connection.set_progress_handler(None, 0)


def check(connection: Connection, path: Path, seconds: float = SECONDS) -> bool:
    """Was it looked at to its end? Raises StoreUnusable, with what to do, where it is damaged."""
    found = verdict(connection, seconds)
    if found not in ("ok", None):
        raise StoreUnusable(
            f"{path}: the file is damaged ({' '.join(str(found).split())}); keep it, and put the "
            "last backup in its place: rollcall restore (docs/operations.md, «A damaged database»)"
        )
    return found is not None
