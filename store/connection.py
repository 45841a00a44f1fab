"""A path → an open connection with the pragmas that keep what was acknowledged."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from model import StoreUnusable

if TYPE_CHECKING:  # the same interface; the standard library's has types
    import sqlite3
    from sqlite3 import Connection, Row
else:
    import pysqlite3 as sqlite3
    from pysqlite3 import Connection, Row

__all__ = ["Connection", "Guard", "Row", "connect", "reading", "writing"]

APPLICATION_ID = 0x524F4C4C  # "ROLL"
OLDEST_SQLITE = (3, 51, 3)  # 3.7.0–3.51.2 can corrupt a WAL database when it is reset
BUSY_MILLISECONDS = 10_000
WAL_LIMIT_BYTES = 64 * 1024 * 1024

_OUR_BUGS = {1, 19, 20, 21, 25}  # ERROR, CONSTRAINT, MISMATCH, MISUSE, RANGE

_PRAGMAS = (
    f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}",
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",  # NORMAL loses acknowledged rows on a power cut
    "PRAGMA foreign_keys = ON",
    "PRAGMA secure_delete = ON",
    "PRAGMA trusted_schema = OFF",
    "PRAGMA temp_store = MEMORY",  # no names in temporary files
    f"PRAGMA journal_size_limit = {WAL_LIMIT_BYTES}",
)
_SMALL_STORE = 16 * 1024 * 1024  # bytes; what is read twice of one is in the system's cache
_CACHE = "PRAGMA cache_size = -65536"


class _Told(sqlite3.Connection):
    """A connection that tells a fault of the disk or the file as ours, with SQLite's cause.

    A wrong statement is a bug of ours and stays what it is.
    """

    place = "the database"

    def execute(self, *words: Any) -> Any:
        """As sqlite3 does it. Raises StoreUnusable for what the disk does."""
        try:
            return super().execute(*words)
        except sqlite3.DatabaseError as error:
            raise told(error, self.place) from error

    def executemany(self, *words: Any) -> Any:
        """As sqlite3 does it. Raises StoreUnusable for what the disk does."""
        try:
            return super().executemany(*words)
        except sqlite3.DatabaseError as error:
            raise told(error, self.place) from error


def told(error: sqlite3.DatabaseError, place: str) -> Exception:
    """The error to raise for one of SQLite's: StoreUnusable for any but a bug or a constraint."""
    if getattr(error, "sqlite_errorcode", 1) & 0xFF in _OUR_BUGS:
        return error
    return StoreUnusable(f"{place} cannot be used: {error} ({error.sqlite_errorname})")


def connect(path: Path, *, create: bool, read_only: bool = False) -> Connection:
    """An autocommitting connection. Raises StoreUnusable: absent, not ours, too old a SQLite."""
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        found = sqlite3.sqlite_version
        raise StoreUnusable(f"{path}: SQLite {found} can corrupt the file; 3.51.3 is needed")
    if not create and not path.is_file():
        raise StoreUnusable(f"{path}: no such database; `rollcall collect` makes one")
    mode = "ro" if read_only else "rwc" if create else "rw"
    try:
        connection = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode={mode}",
            uri=True,
            isolation_level=None,
            factory=_Told,
        )
    except sqlite3.Error as error:
        raise StoreUnusable(f"{path}: {error}") from error
    connection.row_factory = sqlite3.Row
    connection.place = str(path)
    try:
        if not read_only:
            _claim(connection, path)
        _configure(connection, read_only)
    except sqlite3.Error as error:
        connection.close()
        raise StoreUnusable(f"{path}: {error}") from error
    except StoreUnusable:
        connection.close()
        raise
    return connection


def _configure(connection: Connection, read_only: bool) -> None:
    for pragma in _PRAGMAS:
        if not (read_only and "journal_mode" in pragma):
            connection.execute(pragma)
    if _size(connection) > _SMALL_STORE:
        connection.execute(_CACHE)


def _size(connection: Connection) -> int:
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    return int(pages * connection.execute("PRAGMA page_size").fetchone()[0])


def _claim(connection: Connection, path: Path) -> None:
    """Mark a new file as ours; refuse a database that another program made."""
    (found,) = connection.execute("PRAGMA application_id").fetchone()
    if found == APPLICATION_ID:
        return
    (tables,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if tables:
        raise StoreUnusable(f"{path}: a database, but not one of rollcall's")
    path.chmod(0o600)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")


class Guard:
    """Remembers which files were opened; an insert into an unlinked one still reports success."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._wal = path.resolve().with_name(f"{path.resolve().name}-wal")
        self._held = {path: _identity(path)}

    def check(self) -> None:
        """Raise StoreUnusable if a path no longer leads to the file that was opened.

        Called within a transaction: from the first one on there is a WAL, and it stays the same
        while we hold the database open.
        """
        self._held.setdefault(self._wal, _identity(self._wal))
        self.check_file()

    def check_file(self) -> None:
        """The same of the files known so far."""
        if moved := self._moved():
            raise StoreUnusable(f"{moved}: removed or replaced while in use; nothing is saved")

    def stands(self) -> bool:
        """Do the paths still lead to the files that were opened?"""
        return self._moved() is None

    def _moved(self) -> Path | None:
        for path, held in self._held.items():
            if held is None or _identity(path) != held:
                return path
        return None


def _identity(path: Path) -> tuple[int, int] | None:
    try:
        found = os.stat(path)
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


class HeldByAnother(StoreUnusable):
    """Another writer holds the database, for longer than one waits."""


@contextmanager
def patience(connection: Connection, milliseconds: int) -> Iterator[None]:
    """Wait for another writer only so long, for once."""
    connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
    try:
        yield
    finally:
        connection.execute(f"PRAGMA busy_timeout = {BUSY_MILLISECONDS}")


@contextmanager
def writing(connection: Connection, guard: Guard) -> Iterator[None]:
    """One write transaction, all or nothing; acknowledged only if the file is still there."""
    try:
        connection.execute("BEGIN IMMEDIATE")
    except StoreUnusable as error:
        raise HeldByAnother(f"the database is held by another writer: {error}") from error
    try:
        guard.check()
        yield
        guard.check()
        connection.execute("COMMIT")
    except BaseException as error:
        with suppress(StoreUnusable):  # SQLite rolls back by itself after a fault of the disk
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if not guard.stands():  # what was committed goes home; its WAL must meet no other file
                connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if isinstance(error, sqlite3.DatabaseError):
            raise told(error, getattr(connection, "place", "the database")) from error
        raise
    guard.check()


@contextmanager
def reading(connection: Connection) -> Iterator[None]:
    """One read transaction: several queries see one state."""
    if connection.in_transaction:
        yield
        return
    connection.execute("BEGIN")
    try:
        yield
    finally:
        connection.execute("COMMIT")
