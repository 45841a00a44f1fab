"""A post and its reading → the thread it stands in, as an id without names."""

from __future__ import annotations

from model import Post, Reading
from store.connection import Connection, Row
from store.times import make_id


def thread_of(post: Post, reading: Reading) -> str | None:
    """The id of the post's thread: of its page where that shows one, else of its title."""
    if post.thread:
        return make_id("thread", post.source, post.thread)
    if reading.title:
        title = " ".join(reading.title.lower().replace("ё", "е").split())
        return make_id("thread", post.source, "title", title)
    return None


def enter_thread(connection: Connection, old: Row, thread: str | None) -> None:
    """Note the thread of a stored post that has none yet: it stays in the one first seen.

    Its records say nothing new, so that no increment would look at them: the next resolution is
    a full one.
    """
    if thread is None or old["thread"] is not None:
        return
    connection.execute("UPDATE post SET thread = ? WHERE post_id = ?", (thread, old["post_id"]))
    connection.execute("DELETE FROM linkage")
