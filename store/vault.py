"""Captures ↔ the vault: sealed files beside the database, and a chain of hashes in it.

`rollcall.db.vault/ab/abcd….age` is named by the hash of its sealed bytes. The service can write
there and never read: only the identity that the operator keeps offline opens a file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyrage

from model import Capture, RollcallError, StoreUnusable, UnusableInput
from store.connection import Connection, Row
from store.durable import put, sync_folder
from store.times import make_id, stamp

_BOUND = (
    "source", "url", "captured_at", "kept_at", "client", "sha256", "size", "recipient",
    "sealed_sha256", "sealed_size",
)  # fmt: skip
_START = hashlib.sha256(b"rollcall vault").hexdigest()


class VaultDamaged(RollcallError):
    """A sealed file is missing, changed, or not what was captured."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a look over the vault found; numbers in the lists are those of captures."""

    captures: int
    sealed: int
    erased: int
    missing: tuple[int, ...]  # no file
    damaged: tuple[int, ...]  # a file of other bytes
    broken: int | None  # the first capture whose chain does not hold
    strays: int  # files of no capture: a run was killed before it committed
    head: str  # the chain's end; noted elsewhere, it shows a tail that was cut off

    @property
    def sound(self) -> bool:
        """Is everything there, and as it was captured?"""
        return not (self.missing or self.damaged or self.broken)


def folder(database: Path) -> Path:
    """Where the sealed files of a database lie."""
    return database.with_name(f"{database.name}.vault")


def keep(connection: Connection, vault: Path, captures: Iterable[Capture], at: str) -> None:
    """Put the sealed files on disk, then the rows: a row that is committed has its file."""
    previous = _head(connection)
    for capture in captures:
        sealed = None if capture.sealed is None else _put(vault, capture.sealed)
        values = (
            capture.source, capture.url, stamp(capture.captured_at), at, capture.client,
            capture.sha256, capture.size, capture.recipient if sealed else None, sealed,
            None if capture.sealed is None else len(capture.sealed),
        )  # fmt: skip
        previous = _link(previous, values)
        connection.execute(
            f"INSERT INTO capture ({', '.join(_BOUND)}, chain) "  # noqa: S608  constants
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*values, previous),
        )


def verify(connection: Connection, vault: Path) -> Verdict:
    """Look over every capture and every sealed file; no key is needed."""
    previous, broken, known = _START, None, set[str]()
    missing, damaged, counts = list[int](), list[int](), [0, 0, 0]
    for row in connection.execute("SELECT * FROM capture ORDER BY capture_id"):
        previous = _link(previous, [row[name] for name in _BOUND])
        if broken is None and row["chain"] != previous:
            broken = row["capture_id"]
        previous = row["chain"]
        counts[0] += 1
        if row["erased_at"]:
            counts[2] += 1
        elif row["sealed_sha256"]:
            counts[1] += 1
            known.add(row["sealed_sha256"])
            found = _look(vault, row["sealed_sha256"])
            if found != row["sealed_sha256"]:
                (missing if found is None else damaged).append(row["capture_id"])
    return Verdict(
        captures=counts[0], sealed=counts[1], erased=counts[2], missing=tuple(missing),
        damaged=tuple(damaged), broken=broken, head=previous,
        strays=sum(1 for path in _files(vault) if path.stem not in known),
    )  # fmt: skip


def holds(vault: Path, digest: str) -> bool:
    """Does the vault hold a file of these sealed bytes, by its name?"""
    return _place(vault, digest).is_file()


def of_post(connection: Connection, source: str, external_id: str) -> list[int]:
    """The captures from which the versions of a post were read. UnusableInput if unknown."""
    post_id = make_id("post", source, external_id)
    if not connection.execute("SELECT 1 FROM post WHERE post_id = ?", (post_id,)).fetchone():
        raise UnusableInput(f"no post {external_id!r} of source {source!r}")
    rows = connection.execute(
        "SELECT DISTINCT capture_id FROM post_version JOIN capture "
        "ON capture.source = ? AND capture.kept_at = post_version.seen_at "
        "WHERE post_id = ? ORDER BY capture_id",
        (source, post_id),
    )
    return [row["capture_id"] for row in rows]


def opened(
    connection: Connection, vault: Path, identity: str, chosen: Sequence[int] | None = None
) -> Iterator[tuple[Row, bytes]]:
    """Row and raw bytes of the captures chosen (None: all sealed), each checked against its hash.

    `identity`: the text of an age identity file. Raises UnusableInput for no identity or no such
    capture, VaultDamaged for a file that is missing, changed, or sealed to another key.
    """
    keys = identities(identity)
    rows = connection.execute("SELECT * FROM capture ORDER BY capture_id").fetchall()
    known = {row["capture_id"]: row for row in rows if row["sealed_sha256"]}
    for number in known if chosen is None else chosen:
        row = known.get(number)
        if row is None:
            raise UnusableInput(f"capture {number} is not in the vault")
        if row["erased_at"] is None:
            yield row, _open(vault, row, keys)
        elif chosen is not None:
            raise UnusableInput(f"capture {number} was erased")


def note_erased(connection: Connection, captures: Iterable[int], at: str) -> int:
    """Note the erasure of captures; how many. Their files go with `sweep`, after the commit."""
    return sum(
        connection.execute(
            "UPDATE capture SET erased_at = ? WHERE capture_id = ? AND erased_at IS NULL",
            (at, number),
        ).rowcount
        for number in captures
    )


def sweep(connection: Connection, vault: Path) -> None:
    """Remove the sealed files of erased captures; again after a run that was killed.

    Raises StoreUnusable where one stays.
    """
    for place in _of_erased(connection, vault):
        try:
            place.unlink(missing_ok=True)
        except OSError as error:
            raise StoreUnusable(
                f"{place}: {error.strerror or error}; erase again when it can be removed"
            ) from error


def unswept(connection: Connection, vault: Path) -> int:
    """How many sealed files of erased captures are still there."""
    return sum(place.is_file() for place in _of_erased(connection, vault))


def _of_erased(connection: Connection, vault: Path) -> Iterator[Path]:
    for row in connection.execute(
        "SELECT sealed_sha256 FROM capture WHERE erased_at NOT NULL AND sealed_sha256 NOT NULL"
    ):
        yield _place(vault, row["sealed_sha256"])


def _head(connection: Connection) -> str:
    row = connection.execute(
        "SELECT chain FROM capture ORDER BY capture_id DESC LIMIT 1"
    ).fetchone()
    return _START if row is None else str(row["chain"])


def _link(previous: str, values: Iterable[object]) -> str:
    joined = "\x1f".join("" if value is None else str(value) for value in values)
    return hashlib.sha256(f"{previous}\x1e{joined}".encode()).hexdigest()


def _place(vault: Path, digest: str) -> Path:
    return vault / digest[:2] / f"{digest}.age"


def _put(vault: Path, sealed: bytes) -> str:
    """Write and sync a sealed file and its folder; return its name. Raises StoreUnusable."""
    try:
        return _written(vault, sealed)
    except OSError as error:
        raise StoreUnusable(f"{vault}: {error.strerror or error}; nothing is saved") from error


def _written(vault: Path, sealed: bytes) -> str:
    digest = hashlib.sha256(sealed).hexdigest()
    place = _place(vault, digest)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    put(place, sealed)
    sync_folder(vault)
    return digest


def _look(vault: Path, digest: str) -> str | None:
    """The hash of the bytes that lie under this name; None where there is no file."""
    try:
        return hashlib.sha256(_place(vault, digest).read_bytes()).hexdigest()
    except FileNotFoundError:
        return None


def _files(vault: Path) -> Iterator[Path]:
    yield from (path for path in vault.glob("??/*") if path.is_file())


def identities(text: str) -> list[pyrage.x25519.Identity]:
    """The keys of an age identity file. Raises UnusableInput where it holds none."""
    lines = [line.strip() for line in text.splitlines()]
    try:
        found = [
            pyrage.x25519.Identity.from_str(line)
            for line in lines
            if line and not line.startswith("#")
        ]
    except pyrage.IdentityError:
        found = []
    if not found:
        raise UnusableInput("the identity file holds no age identity (AGE-SECRET-KEY-1…)")
    return found


def _open(vault: Path, row: Row, keys: list[pyrage.x25519.Identity]) -> bytes:
    name = f"capture {row['capture_id']}"
    try:
        sealed = _place(vault, row["sealed_sha256"]).read_bytes()
    except FileNotFoundError:
        raise VaultDamaged(f"{name}: its sealed file is missing") from None
    try:
        raw: bytes = pyrage.decrypt(sealed, keys)
    except pyrage.DecryptError:
        raise VaultDamaged(f"{name}: changed, or sealed to another key") from None
    if hashlib.sha256(raw).hexdigest() != row["sha256"]:
        raise VaultDamaged(f"{name}: opens to other bytes than were captured")
    return raw
