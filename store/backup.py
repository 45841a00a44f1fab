"""A store ↔ one sealed backup file: online, consistent, verified by restoring, never half there.

The file is an age file; opened, it holds one line of JSON (what it is, its SHA-256), then the
SQLite database as the backup API copied it.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import datetime
from io import RawIOBase
from pathlib import Path
from typing import BinaryIO

import pyrage
import pysqlite3

from model import RollcallError, StoreUnusable, UnusableInput
from store import tokens
from store.connection import Connection
from store.durable import sync_folder
from store.migrations import SCHEMA_VERSION
from store.times import stamp
from store.vault import identities

FORMAT = 1
_CHUNK = 1 << 20
_MEMORY = Path("/dev/shm")  # noqa: S108  a disk of memory: the unsealed copy never reaches a real one


class BackupUnusable(RollcallError):
    """A backup that is cut, changed, newer, or sealed to another key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """The first line of an opened backup."""

    rollcall_backup: int
    schema: int
    made_at: str
    size: int  # of the database, bytes
    sha256: str  # of the database's bytes


def backup(connection: Connection, target: Path, key: str, now: datetime) -> Head:
    """Seal a consistent copy of the open store to an age public key; the head of what was written.

    Readers and writers go on meanwhile. The copy is checked (quick_check), sealed, and opened once
    more in full, by an identity made for that and forgotten, before it takes the place of `target`.
    Killed at any point, the previous `target` stands. Raises UnusableInput for a key or a place
    that cannot be used, BackupUnusable where what was written does not read back.
    """
    witness = pyrage.x25519.Identity.generate()
    recipients = [_recipient(key), witness.to_public()]
    half = target.with_name(f"{target.name}.half")
    with _copy(connection) as copy:
        _check(copy)
        head = _head(copy, now)
        try:
            with _new(half) as file, copy.open("rb") as plain:
                pyrage.encrypt_io(_Joined([_line(head)], plain), file, recipients)
                file.flush()
                os.fsync(file.fileno())
        except (OSError, pyrage.EncryptError) as error:  # age tells a full disk in its own words
            half.unlink(missing_ok=True)
            raise UnusableInput(f"{target}: {error}") from error
    if _read(half, [witness], None) != head:
        half.unlink()
        raise BackupUnusable(f"{target}: what was written does not read back")
    try:
        half.replace(target)
        sync_folder(target.parent)
    except OSError as error:
        raise UnusableInput(f"{target}: {error.strerror or error}") from error
    return head


def restore(
    source: Path, database: Path, identity: str, prepare: Callable[[Path], None] = lambda _: None
) -> Head:
    """Open a backup, check all of it, prepare it, and put it in the place of `database`.

    `prepare` gets the restored file before anybody else can: what was erased since is erased again
    there. The caller holds the service's lock. Until the last step, a rename, the old database
    stands, and from before `prepare` on nobody else can write into it: what he were told is saved
    would be lost. Raises BackupUnusable (cut, changed, another key, a newer schema), UnusableInput
    (no file, no identity, no room), StoreUnusable (in use).
    """
    aside = database.with_name(f"{database.name}.restoring")
    half = aside / database.name
    try:
        shutil.rmtree(aside, ignore_errors=True)  # of a killed run
        aside.mkdir(mode=0o700)
        with _new(half) as file:
            head = _read(source, identities(identity), file)
        _check(half)
        with _alone(database):
            _bring(database, aside)
            prepare(half)
            with _alone(half), half.open("rb") as file:
                os.fsync(file.fileno())
            half.replace(database)
            sync_folder(database.parent)
    except OSError as error:
        raise UnusableInput(f"{error.filename or source}: {error.strerror}") from error
    finally:
        shutil.rmtree(aside, ignore_errors=True)
    return head


def _bring(database: Path, aside: Path) -> None:
    """The tokens of the erased, beside the copy: whoever opens it meets them."""
    known = tokens.place(database)
    if known.exists():
        shutil.copy(known, aside / known.name)


def _recipient(key: str) -> pyrage.x25519.Recipient:
    try:
        return pyrage.x25519.Recipient.from_str(key)
    except pyrage.RecipientError:
        raise UnusableInput("the backup's key is no age public key (age1…)") from None


@contextmanager
def _copy(connection: Connection) -> Iterator[Path]:
    """A consistent plain copy, gone when the block ends; those of killed runs go now."""
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    (size,) = connection.execute("PRAGMA page_size").fetchone()
    (place,) = (
        row["file"] for row in connection.execute("PRAGMA database_list") if row["seq"] == 0
    )
    beside = Path(place).parent
    for folder in (beside, _MEMORY):
        _clear(folder)
    roomy = _MEMORY.is_dir() and shutil.disk_usage(_MEMORY).free > 2 * pages * size
    where = _MEMORY if roomy else beside
    try:
        folder = Path(tempfile.mkdtemp(prefix=_prefix(), dir=where))
    except OSError as error:
        raise UnusableInput(f"{where}: {error.strerror}; the copy to seal goes there") from error
    lock = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        path = folder / "copy.db"
        copy = pysqlite3.connect(str(path))
        try:
            copy.execute("PRAGMA journal_mode = OFF")
            connection.backup(copy)  # in one step: a writer would make it begin anew
        finally:
            copy.close()
        yield path
    except pysqlite3.Error as error:
        raise StoreUnusable(f"{place}: cannot be copied: {error}") from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _prefix() -> str:
    return f"rollcall-backup-{os.getuid()}-"


def _clear(folder: Path) -> None:
    """Remove the copies of runs that were killed; those of running ones are locked."""
    for left in folder.glob(f"{_prefix()}*"):
        with suppress(OSError):
            lock = os.open(left, os.O_RDONLY | os.O_DIRECTORY)
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                shutil.rmtree(left, ignore_errors=True)
            finally:
                os.close(lock)


def _check(path: Path) -> None:
    """Raise BackupUnusable unless the copy is sound, ours, and of a schema we know."""
    connection = pysqlite3.connect(f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True)
    try:
        (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
    except pysqlite3.DatabaseError as error:
        verdict, schema = str(error), 0
    finally:
        connection.close()
    if verdict != "ok":
        raise BackupUnusable(f"the copy is damaged: {verdict}")
    if schema > SCHEMA_VERSION:
        raise BackupUnusable(
            f"the backup's schema {schema} is newer than this rollcall's {SCHEMA_VERSION}: "
            "update it"
        )


def _head(copy: Path, now: datetime) -> Head:
    connection = pysqlite3.connect(str(copy))
    try:
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
    finally:
        connection.close()
    with copy.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Head(
        rollcall_backup=FORMAT, schema=schema, made_at=stamp(now), size=copy.stat().st_size,
        sha256=digest,
    )  # fmt: skip


def _line(head: Head) -> bytes:
    return json.dumps(asdict(head)).encode() + b"\n"


def _new(path: Path) -> BinaryIO:
    """A new file that only its owner may read; one left by a killed run is overwritten."""
    path.unlink(missing_ok=True)
    return open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb")


def _read(sealed: Path, keys: Iterable[pyrage.x25519.Identity], target: BinaryIO | None) -> Head:
    """Open a backup in full; its database goes to `target`. Raises BackupUnusable."""
    sink = _Parted(target)
    try:
        with sealed.open("rb") as file:
            pyrage.decrypt_io(file, sink, list(keys))
    except (pyrage.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:  # the disk's fault
            raise
        raise BackupUnusable(f"{sealed}: cut, changed, or sealed to another key") from None
    try:
        told = json.loads(sink.line)
        head = Head(**told)
    except (ValueError, TypeError):
        raise BackupUnusable(f"{sealed}: not a backup of rollcall's") from None
    if head.rollcall_backup != FORMAT or (head.size, head.sha256) != (sink.size, sink.digest()):
        raise BackupUnusable(f"{sealed}: its content is not what its head says")
    return head


@contextmanager
def _alone(database: Path) -> Iterator[None]:
    """Nobody else has the file open, or can use it, in this block; all of it is in the one file.

    Its WAL is emptied and taken away, so that no page of it meets another file of that name. Who
    opens the file meanwhile waits for its lock, and finds it moved. Raises StoreUnusable where
    somebody has it open. A file that is damaged beyond opening is let be.
    """
    connection = None
    try:
        if database.exists():
            connection = pysqlite3.connect(str(database), timeout=10, isolation_level=None)
            _settle(connection, database)
        for rest in ("-wal", "-shm"):
            database.with_name(database.name + rest).unlink(missing_ok=True)
        yield
    finally:
        if connection is not None:
            connection.close()


def _settle(connection: pysqlite3.Connection, database: Path) -> None:
    """Take the file for oneself, without a WAL. Raises StoreUnusable where it is in use."""
    try:
        connection.execute("PRAGMA locking_mode = EXCLUSIVE")
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("BEGIN EXCLUSIVE")
    except pysqlite3.OperationalError as error:
        raise StoreUnusable(f"{database}: in use: {error}") from error
    except pysqlite3.DatabaseError:
        return  # damaged: that is why it is replaced
    if busy:
        raise StoreUnusable(f"{database}: in use by another program")


class _Joined(RawIOBase):
    """Some bytes, then a file, as one stream to read."""

    def __init__(self, first: list[bytes], rest: BinaryIO) -> None:
        self._first, self._rest = b"".join(first), rest

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        if self._first:
            wanted = len(self._first) if size < 0 else size
            taken, self._first = self._first[:wanted], self._first[wanted:]
            return taken
        return self._rest.read(_CHUNK if size < 0 else size)


class _Parted(RawIOBase):
    """A stream to write: the first line apart, the rest hashed and passed on."""

    def __init__(self, rest: BinaryIO | None) -> None:
        self.line, self.size, self._whole, self._rest = b"", 0, False, rest
        self._digest = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: bytes, /) -> int:  # type: ignore[override]
        body = bytes(content)
        if not self._whole:
            head, newline, body = (self.line + body).partition(b"\n")
            self.line, self._whole = head, bool(newline)
        if self._whole and body:
            self._digest.update(body)
            self.size += len(body)
            if self._rest is not None:
                self._rest.write(body)
        return len(content)

    def digest(self) -> str:
        """SHA-256 of all but the first line."""
        return self._digest.hexdigest()
