"""A path and a content → a file that is whole or not there, on disk before anybody is told."""

from __future__ import annotations

import os
from pathlib import Path


def put(path: Path, content: bytes, *, mode: int = 0o600) -> None:
    """Replace the file by this content. Killed or out of room, the old one stands. Raises OSError.

    On disk, its name too, when this returns.
    """
    half = path.with_name(f"{path.name}.half")
    try:
        half.unlink(missing_ok=True)  # of a killed run
        with open(os.open(half, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError:
        half.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append(path: Path, line: bytes, *, mode: int = 0o600) -> None:
    """Add a line, all of it or nothing, on disk when this returns. Raises OSError."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, mode)
    try:
        before = os.fstat(handle).st_size
        try:
            left = memoryview(line)
            while left:  # a disk that fills takes a part first, and only then says so
                left = left[os.write(handle, left) :]
        except OSError:
            os.ftruncate(handle, before)
            raise
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_folder(folder: Path) -> None:
    """Sync the folder itself. Raises OSError."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
