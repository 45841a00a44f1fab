"""A batch → the batch without what was erased: checked before the first durable write."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from model import Batch, ListRow, Post, Reading
from store.tokens import Tokens

CUT = "[…]"


def admitted(
    tokens: Tokens, batch: Batch, readings: Sequence[Reading]
) -> tuple[Batch, list[Reading]]:
    """Batch and readings without erased posts, men and rows.

    A post that speaks of others too stays with them, its text cut. A post's own raw page cannot be
    parted from an erased man's words, so nothing of such a batch is sealed.
    """
    of_posts, of_rows = readings[: len(batch.posts)], readings[len(batch.posts) :]
    posts = [
        (post, left)
        for post, reading in zip(batch.posts, of_posts, strict=True)
        if (left := _post(tokens, post, reading)) is not None
    ]
    rows = [
        (row, reading)
        for row, reading in zip(batch.rows, of_rows, strict=True)
        if not _row(tokens, row, reading)
    ]
    kept = [reading for _, reading in (*posts, *rows)]
    whole = len(kept) == len(readings) and all(a is b for a, b in zip(kept, readings, strict=True))
    return (
        replace(
            batch,
            posts=tuple(post for post, _ in posts),
            rows=tuple(row for row, _ in rows),
            captures=batch.captures if whole else (),
        ),
        kept,
    )


def _post(tokens: Tokens, post: Post, reading: Reading) -> Reading | None:
    if tokens.knows_post(post.source, post.external_id):
        return None
    left = tuple(record for record in reading.records if not tokens.knows(record))
    if len(left) == len(reading.records):
        return reading
    if not left:
        return None
    records = tuple(replace(record, spans=()) for record in left)
    return replace(reading, text=CUT, title=None, records=records)


def _row(tokens: Tokens, row: ListRow, reading: Reading) -> bool:
    own = row.external_id is not None and tokens.knows_post(row.source, row.external_id)
    doubtful = (reading.doubt.record,) if reading.doubt else ()
    return own or any(tokens.knows(record) for record in (*reading.records, *doubtful))
