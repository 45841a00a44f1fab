"""Posts of a page → four plain tables, one transaction a page at rollcall's durability.

What both sides of `benchmarks.collecting` store into, so that they do the same work.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

_SCHEMA = """
PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;
CREATE TABLE post (source TEXT, external_id TEXT, posted_at TEXT, edited INTEGER, forwarded TEXT,
  reply_to TEXT, url TEXT, text TEXT, PRIMARY KEY (source, external_id));
CREATE TABLE version (source TEXT, external_id TEXT, text TEXT);
CREATE TABLE cursor (source TEXT PRIMARY KEY, value TEXT);
CREATE TABLE fetch (source TEXT, url TEXT, size INTEGER, at TEXT);
"""


class PlainStore:
    """The four tables in one file."""

    def __init__(self, path: str) -> None:
        self.connection = sqlite3.connect(path, isolation_level=None)
        self.connection.executescript(_SCHEMA)

    def save(
        self, source: str, url: str, size: int, cursor: str, posts: Sequence[tuple[object, ...]]
    ) -> None:
        """One page."""
        run = self.connection
        run.execute("BEGIN IMMEDIATE")
        run.executemany("INSERT OR REPLACE INTO post VALUES (?, ?, ?, ?, ?, ?, ?, ?)", posts)
        run.executemany(
            "INSERT INTO version VALUES (?, ?, ?)", [(post[0], post[1], post[7]) for post in posts]
        )
        run.execute("INSERT INTO fetch VALUES (?, ?, ?, datetime())", (source, url, size))
        run.execute("INSERT OR REPLACE INTO cursor VALUES (?, ?)", (source, cursor))
        run.execute("COMMIT")
