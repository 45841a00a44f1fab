"""A batch and its readings → posts, list rows, their versions and records, in one transaction."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime

from model import Batch, Fetch, Post, Reading
from russian.moscow import moscow_day
from store.connection import Connection, Row
from store.copies import mark_copies
from store.list_rows import save_rows
from store.origins import channel_name, public_url
from store.records import Origin, save_records
from store.saved import Saved
from store.threads import enter_thread, thread_of
from store.times import make_id, moment, stamp, stamp_or_none

__all__ = ["Saved", "save_batch", "save_fetches"]


def save_batch(
    connection: Connection, batch: Batch, readings: Sequence[Reading], now: datetime
) -> Saved:
    """Write one batch; `readings` are those of its posts, then of its rows, in their order."""
    if len(readings) != len(batch.posts) + len(batch.rows):
        raise ValueError(f"{batch.source}: {len(readings)} readings for another number of texts")
    at = stamp(now)
    save_fetches(connection, batch.fetches)
    saved = Saved()
    of_posts = len(batch.posts)
    for post, reading in zip(batch.posts, readings[:of_posts], strict=True):
        saved += _save_post(connection, post, reading, now)
    saved += _flag_deleted(connection, batch, at)
    saved += save_rows(connection, batch, readings[of_posts:], now)
    _save_cursor(connection, batch, at)
    return saved


def save_fetches(
    connection: Connection, fetches: Iterable[Fetch], run_id: int | None = None
) -> None:
    """Append one row an exchange; also those of a source that failed."""
    connection.executemany(
        "INSERT INTO fetch (run_id, source, url, started_at, seconds, outcome, status, size, etag, "
        "last_modified, error) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                run_id, fetch.source, fetch.url, stamp(fetch.started_at), fetch.seconds,
                fetch.outcome, fetch.status, fetch.size, fetch.etag, fetch.last_modified,
                fetch.error,
            )
            for fetch in fetches
        ],
    )  # fmt: skip


def _save_cursor(connection: Connection, batch: Batch, at: str) -> None:
    if not batch.cursor:
        return
    connection.execute(
        "INSERT INTO cursor (source, value, updated_at) VALUES (?, ?, ?) "
        "ON CONFLICT (source) DO UPDATE SET value = excluded.value, "
        "updated_at = excluded.updated_at WHERE value <> excluded.value",
        (batch.source, json.dumps(dict(batch.cursor), ensure_ascii=False, sort_keys=True), at),
    )


def _save_post(connection: Connection, post: Post, reading: Reading, now: datetime) -> Saved:
    post_id = make_id("post", post.source, post.external_id)
    old = connection.execute("SELECT * FROM post WHERE post_id = ?", (post_id,)).fetchone()
    if old is None:
        _insert_post(connection, post_id, post, reading, now)
    elif _is_stale(post, old):
        return Saved()
    else:
        enter_thread(connection, old, thread_of(post, reading))
    news = old is not None and _update_post(connection, old, post, reading, now)
    if old is not None and not news and old["extractor"] == reading.extractor:
        return Saved()
    first = old is None or (old["versions"] == 1 and (not news or old["text"] == reading.text))
    origin = Origin(
        source=post.source,
        parent_id=post_id,
        row=False,
        posted=post.posted_at,
        edited=post.edited_at if first else post.edited_at or _edit_seen(connection, post_id, now),
        learned_at=stamp(now) if old is None else old["learned_at"],
        first=first,
    )
    records = save_records(connection, origin, reading.records, reading.extractor, stamp(now))
    if records:
        mark_copies(connection, post_id)
    return Saved(new=int(old is None), changed=int(news), records=records)


def _edit_seen(connection: Connection, post_id: str, now: datetime) -> datetime:
    """When the newest version was first seen, where the source gives an edit no time."""
    row = connection.execute(
        "SELECT seen_at FROM post_version WHERE post_id = ? ORDER BY version DESC LIMIT 1",
        (post_id,),
    ).fetchone()
    return moment(row["seen_at"]) if row else now


def _is_stale(post: Post, old: Row) -> bool:
    """An older edit than the one stored: a cached page, no news."""
    if old["edited_at"] is None:
        return False
    return post.edited_at is not None and stamp(post.edited_at) < old["edited_at"]


def _insert_post(
    connection: Connection, post_id: str, post: Post, reading: Reading, now: datetime
) -> None:
    at, edited = stamp(now), stamp_or_none(post.edited_at)
    connection.execute(
        "INSERT INTO post (post_id, source, external_id, posted_at, posted_on, edited_at, "
        "deleted_at, forwarded_from, reply_to, thread, url, text, extractor, versions, "
        "learned_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, ?)",
        (
            post_id, post.source, post.external_id, post.posted_at.isoformat(),
            moscow_day(post.posted_at), edited, stamp_or_none(post.deleted_at),
            channel_name(post.forwarded_from), post.reply_to, thread_of(post, reading),
            public_url(post.url), reading.text, reading.extractor, at,
        ),
    )  # fmt: skip
    connection.execute(
        "INSERT INTO post_version VALUES (?, 1, ?, ?, ?)", (post_id, reading.text, edited, at)
    )


def _update_post(
    connection: Connection, old: Row, post: Post, reading: Reading, now: datetime
) -> bool:
    """Note a new text, edit or deletion; False if there is none. A → B → A makes three versions."""
    at = stamp(now)
    edited = stamp_or_none(post.edited_at) or old["edited_at"]
    deleted = stamp_or_none(post.deleted_at)
    if post.deleted_at is None and old["deleted_at"] is not None:
        deleted = None  # it is there again
    # another extractor may redact the same raw text otherwise: that is no edit by its author
    reread = reading.extractor != old["extractor"] and edited == old["edited_at"]
    edit = reading.text != old["text"] and not reread
    if reading.text != old["text"]:
        _replace_text(connection, old, reading, edited, (old["versions"] + int(edit), at))
    elif reread:
        connection.execute(
            "UPDATE post SET extractor = ? WHERE post_id = ?", (reading.extractor, old["post_id"])
        )
    news = edit or edited != old["edited_at"] or deleted != old["deleted_at"]
    if news:
        connection.execute(
            "UPDATE post SET edited_at = ?, deleted_at = ? WHERE post_id = ?",
            (edited, deleted, old["post_id"]),
        )
    return bool(news)


def _replace_text(
    connection: Connection, old: Row, reading: Reading, edited: str | None, version: tuple[int, str]
) -> None:
    """Put the text in place and among the versions: a new number for an edit by its author."""
    post_id, (versions, at) = old["post_id"], version
    connection.execute(
        "UPDATE post SET text = ?, extractor = ?, versions = ? WHERE post_id = ?",
        (reading.text, reading.extractor, versions, post_id),
    )
    connection.execute("DELETE FROM post_sketch WHERE post_id = ?", (post_id,))
    connection.execute(
        "INSERT INTO post_version VALUES (?, ?, ?, ?, ?) "
        "ON CONFLICT DO UPDATE SET text = excluded.text",
        (post_id, versions, reading.text, edited, at),
    )


def _flag_deleted(connection: Connection, batch: Batch, at: str) -> Saved:
    """Flag posts an `ok` fetch showed to be gone; their records stay in the count."""
    gone = connection.executemany(
        "UPDATE post SET deleted_at = ? WHERE source = ? AND external_id = ? "
        "AND deleted_at IS NULL",
        [(at, batch.source, external_id) for external_id in batch.deleted],
    ).rowcount
    return Saved(gone=max(gone, 0))
