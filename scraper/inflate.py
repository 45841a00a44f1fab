"""Chunks of a body as sent → the body as meant, never more than the caller allows."""

from __future__ import annotations

import io
import zlib

from scraper.large import SMALL, Content, Large, Room

_GZIP_ONLY = 31  # zlib's window bits for "gzip header required"
_GZIP_START = b"\x1f\x8b"
_STEP = 64 * 1024


class TooLarge(Exception):
    """The body grows beyond its limit."""


class BadBody(Exception):
    """The body is damaged, cut short, or in an encoding that was not asked for."""


class Body:
    """Collects one body, in `room` where it grows large.

    `encoding` is the Content-Encoding header; gzip or nothing.
    """

    def __init__(self, encoding: str, limit: int, room: Room) -> None:
        wanted = encoding.strip().lower()
        if wanted not in {"", "identity", "gzip", "x-gzip"}:
            raise BadBody("an encoding that was not asked for")
        self._gzip = wanted in {"gzip", "x-gzip"}
        self._limit = limit
        self._member = zlib.decompressobj(_GZIP_ONLY)
        self._content, self._size = io.BytesIO(), 0
        self._large: Large | None = None
        self._room = room
        self.received = 0  # bytes on the wire

    def feed(self, chunk: bytes) -> None:
        """Take one chunk as received. Raises TooLarge or BadBody."""
        self.received += len(chunk)
        if self.received > self._limit:
            raise TooLarge
        if self._gzip:
            self._inflate(chunk)
        else:
            self._add(chunk)

    def _inflate(self, data: bytes) -> None:
        while data:
            if self._member.eof:
                if not data.startswith(_GZIP_START):
                    return  # padding after the last member, as browsers take it
                self._member = zlib.decompressobj(_GZIP_ONLY)
            try:
                self._add(self._member.decompress(data, _STEP))
            except zlib.error:
                raise BadBody("damaged gzip") from None
            data = self._member.unused_data if self._member.eof else self._member.unconsumed_tail

    def _add(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > self._limit:
            raise TooLarge
        if self._large is None and self._size > SMALL:
            self._large = Large(self._room)
            self._large.write(self._content.getvalue())
        held = self._content if self._large is None else self._large
        held.write(piece)

    def close(self) -> None:
        """Give up what came so far."""
        if self._large is not None:
            self._large.close()

    def finish(self, declared: str | None) -> Content:
        """The whole body; `declared` is the Content-Length header. Raises BadBody if cut short."""
        if declared is not None and declared.strip() != str(self.received):
            raise BadBody("the body is not as long as declared")
        if self._gzip and self.received and not self._member.eof:
            raise BadBody("the gzip body is cut short")
        return self._content.getvalue() if self._large is None else self._large
