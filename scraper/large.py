"""A body too large for this process's own memory → an anonymous file that a reader is given.

Nothing of it reaches a disk: the file has no name and lives in memory, outside this process. Where
the system has no such files (macOS), the bytes stay here.
"""

from __future__ import annotations

import hashlib
import io
import os
import threading
from collections.abc import Iterator
from typing import BinaryIO

SMALL = 64 * 1024  # bytes; what is no longer is held and read in this process
_PIECE = 256 * 1024  # bytes of a large body that are here at one time


class Room:
    """What the large bodies of one client may take together, those that wait for their reader too.

    Any thread may be the one that gives a body up.
    """

    def __init__(self, most: int) -> None:
        self._most, self._held, self._lock = most, 0, threading.Lock()

    @property
    def full(self) -> bool:
        """Must the next piece wait?"""
        return self._held >= self._most

    def hold(self, size: int) -> None:
        """So many more bytes are held; fewer, where it is negative."""
        with self._lock:
            self._held += size


class Large:
    """Bytes outside this process, written once and read in pieces. Given up when forgotten."""

    def __init__(self, room: Room) -> None:
        self._file, self._room = _anonymous(), room
        self._size, self._hash = 0, hashlib.sha256()

    def write(self, piece: bytes) -> None:
        """Add a piece at the end."""
        self._file.write(piece)
        self._hash.update(piece)
        self._size += len(piece)
        self._room.hold(len(piece))

    def __len__(self) -> int:
        return self._size

    def __getitem__(self, part: slice) -> bytes:
        start, stop, step = part.indices(self._size)
        if step != 1:
            raise ValueError("bytes that are held apart are read in their order")
        self._file.seek(start)
        return self._file.read(max(stop - start, 0))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Large) and self.digest() == other.digest()

    def __hash__(self) -> int:
        return hash(self.digest())

    def digest(self) -> str:
        """Its SHA-256, hexadecimal."""
        return self._hash.hexdigest()

    def pieces(self) -> Iterator[bytes]:
        """All of it, piece by piece."""
        for start in range(0, self._size, _PIECE):
            yield self[start : start + _PIECE]

    def stream(self) -> BinaryIO:
        """From the beginning, to be read once and closed; it may outlive this."""
        if isinstance(self._file, io.BytesIO):
            return io.BytesIO(self._file.getvalue())
        self._file.seek(0)
        return os.fdopen(os.dup(self._file.fileno()), "rb")

    def close(self) -> None:
        """Give it up now: an error may still know it."""
        if not self._file.closed:
            self._room.hold(-self._size)
            self._file.close()

    def __del__(self) -> None:
        self.close()


Content = bytes | Large


def digest(content: Content) -> str:
    """The SHA-256 of a body, hexadecimal."""
    return content.digest() if isinstance(content, Large) else hashlib.sha256(content).hexdigest()


def pieces(content: Content) -> Iterator[bytes]:
    """A body piece by piece."""
    if isinstance(content, Large):
        yield from content.pieces()
        return
    for start in range(0, len(content), _PIECE):
        yield content[start : start + _PIECE]


def _anonymous() -> BinaryIO:
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("rollcall"), "w+b", buffering=0)
    return io.BytesIO()
