"""A number of days → older posts without their words: text and versions go, records stay."""

# ruff: noqa: S608 (the only word put into a statement is a constant of ours)

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from model import Batch, Reading, UnusableInput
from store import audit, erasure
from store.connection import Connection
from store.gate import CUT
from store.times import make_id, stamp

if TYPE_CHECKING:
    from store.facade import Store

CHUNK = 1000  # posts of one transaction

_OLD = """
SELECT post.post_id, post.text FROM post
WHERE text <> :cut AND post_id > :after AND NOT EXISTS (SELECT 1 FROM post_version AS version
  WHERE version.post_id = post.post_id AND version.seen_at >= :before)
ORDER BY post_id LIMIT :chunk
"""


def expire_texts(store: Store, days: int, by: str, now: datetime) -> int:
    """Cut the text, versions and spans of posts whose newest text was seen `days` days ago or more.

    Records, persons and counts stay as they are. Returns how many posts lost their text, and leaves
    no byte of it in the file or the WAL. Raises UnusableInput for fewer than one day,
    StoreUnusable while a reader holds the WAL.
    """
    if days < 1:
        raise UnusableInput("texts are kept for one day at the least")
    last, done = "", 0
    while posts := _expire_some(store, last, days, by, now):
        last, done = posts[-1], done + len(posts)
    erasure.scrub(store.connection)  # also for a run that was killed before it came so far
    return done


def _expire_some(store: Store, last: str, days: int, by: str, now: datetime) -> list[str]:
    """The next CHUNK of them after the post `last`, in one transaction; their ids, in order."""
    from store import sketches  # noqa: PLC0415  numpy, which collecting does without

    at, before = stamp(now), stamp(now - timedelta(days=days))
    with store.writing() as connection:  # looked for in it: their authors edit meanwhile
        rows = connection.execute(
            _OLD, {"cut": CUT, "after": last, "before": before, "chunk": CHUNK}
        ).fetchall()
        posts = [str(row["post_id"]) for row in rows]
        if posts:
            sketches.make(connection, posts)
            connection.executemany(
                "INSERT INTO expired_text VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
                "expired_at = excluded.expired_at, digest = excluded.digest",
                [(row["post_id"], at, _digest(row["text"])) for row in rows],
            )
            _cut(connection, posts)
            detail = {"posts": len(posts), "days": days}
            audit.append(connection, audit.Entry(at, by, "expire texts", None, detail))
    return posts


def _cut(connection: Connection, posts: Sequence[str]) -> None:
    chosen, ids = "post_id IN (SELECT value FROM json_each(?))", json.dumps(posts)
    for statement in (
        f"UPDATE post SET text = '{CUT}' WHERE {chosen}",
        f"UPDATE post_version SET text = '{CUT}' WHERE {chosen}",
        f"UPDATE record SET spans = '[]' WHERE {chosen}",
        "UPDATE record_version SET spans = '[]' WHERE record_id IN "
        f"(SELECT record_id FROM record WHERE {chosen})",
    ):
        connection.execute(statement, (ids,))


def masked(connection: Connection, batch: Batch, readings: Sequence[Reading]) -> Sequence[Reading]:
    """The readings, without the words of posts that expired and still say the same.

    What its author edited since is a new text: it is kept, for as long again.
    """
    ids = [make_id("post", post.source, post.external_id) for post in batch.posts]
    known = {
        row["post_id"]: row["digest"]
        for row in connection.execute(
            "SELECT post_id, digest FROM expired_text JOIN post USING (post_id) "
            "WHERE post.text = ? AND post_id IN (SELECT value FROM json_each(?))",
            (CUT, json.dumps(ids)),
        )
    }
    if not known:
        return readings
    of_posts = [
        _silent(reading) if known.get(post_id) == _digest(reading.text) else reading
        for post_id, reading in zip(ids, readings[: len(ids)], strict=True)
    ]
    return [*of_posts, *readings[len(ids) :]]


def _silent(reading: Reading) -> Reading:
    return replace(
        reading, text=CUT, records=tuple(replace(one, spans=()) for one in reading.records)
    )


def _digest(text: str) -> str:
    return make_id("text", text)
