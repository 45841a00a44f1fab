"""Stored posts that an older extractor read → posts, to be read anew from their redacted text."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import groupby

from model import Batch, Post
from store.connection import Connection, Row
from store.gate import CUT
from store.times import moment

CHUNK = 500  # posts of one transaction

_STALE = (
    "SELECT * FROM post WHERE extractor <> ? AND text <> ? AND (source, post_id) > (?, ?) "
    "ORDER BY source, post_id LIMIT ?"
)
_STALE_COUNT = "SELECT count(*) FROM post WHERE extractor <> ? AND text <> ?"


def stale_count(connection: Connection, extractor: str) -> int:
    """How many stored posts were read by another extractor than this, and have a text to read."""
    (found,) = connection.execute(_STALE_COUNT, (extractor, CUT)).fetchone()
    return int(found)


def stale_batches(connection: Connection, extractor: str) -> Iterator[Batch]:
    """Up to CHUNK stale posts of a source at a time, each post once.

    What the caller saves with a reading of this extractor is no longer stale, so that a run which
    was killed resumes where it stopped.
    """
    last = ("", "")
    while rows := connection.execute(_STALE, (extractor, CUT, *last, CHUNK)).fetchall():
        last = (rows[-1]["source"], rows[-1]["post_id"])
        for source, group in groupby(rows, key=lambda row: str(row["source"])):
            yield Batch(source=source, posts=tuple(_post(row) for row in group))


def _post(row: Row) -> Post:
    """A stored post as it was fetched, but for the text, which is the redacted one."""
    return Post(
        source=row["source"],
        external_id=row["external_id"],
        posted_at=datetime.fromisoformat(row["posted_at"]),
        edited_at=moment(row["edited_at"]) if row["edited_at"] else None,
        deleted_at=moment(row["deleted_at"]) if row["deleted_at"] else None,
        text=row["text"],
        forwarded_from=row["forwarded_from"],
        reply_to=row["reply_to"],
        thread=None,  # kept as it was, or told by the title
        url=row["url"],
    )
