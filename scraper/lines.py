"""A stream of lines and a cursor → the lines not read before, in constant memory."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

from model import Source
from scraper import origin

_CHUNK = 1 << 20


class Lines:
    """Iterates (line number from 1, text) over what is new; `cursor()` says how far it came.

    The cursor keeps the length read and the digest of all bytes up to there: where a later file
    begins with the same bytes, reading goes on behind them; any other file is read anew.
    """

    def __init__(self, source: Source, stream: BinaryIO, cursor: Mapping[str, object]) -> None:
        self.source, self.stream = source, stream
        self.reading = origin.fingerprint(source)
        self.digest = hashlib.sha256()
        self.offset = self.number = 0
        if cursor.get("reading") == self.reading:
            self._skip(_whole(cursor, "bytes"), _whole(cursor, "lines"), cursor.get("sha256"))

    def _skip(self, length: int, lines: int, known: object) -> None:
        digest, left = hashlib.sha256(), length
        while left and (chunk := self.stream.read(min(left, _CHUNK))):
            digest.update(chunk)
            left -= len(chunk)
        if left == 0 and digest.hexdigest() == known:
            self.digest, self.offset, self.number = digest, length, lines
        else:
            self.stream.seek(0)

    def __iter__(self) -> Iterator[tuple[int, str]]:
        for line in self.stream:
            self.digest.update(line)
            self.offset += len(line)
            self.number += 1
            text = line.decode("utf-8-sig" if self.number == 1 else "utf-8", "replace").strip()
            if text:
                yield self.number, text

    def cursor(self) -> dict[str, object]:
        """Where reading stands: behind the line given last."""
        return {
            "reading": self.reading,
            "bytes": self.offset,
            "lines": self.number,
            "sha256": self.digest.hexdigest(),
        }


def _whole(cursor: Mapping[str, object], key: str) -> int:
    value = cursor.get(key)
    return value if isinstance(value, int) and value >= 0 else 0
