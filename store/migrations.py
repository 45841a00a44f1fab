"""A connection → the schema of this version; refuses a newer one and a lost trigger."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from pysqlite3 import complete_statement
from sqlite_utils import Database, Migrations

from model import StoreUnusable
from store import dictionary
from store.connection import Connection

SCHEMA_VERSION = 1  # as many as there are migrations
TRIGGERS = frozenset(
    {
        "decision_no_update", "decision_no_delete", "approval_no_update", "approval_no_delete",
        "audit_no_update", "audit_no_delete", "person_version_only_closes",
        "status_event_only_closes", "status_event_confirmed", "post_fts_insert",
        "post_fts_delete", "post_fts_update", "person_fts_insert", "person_fts_delete",
        "person_fts_update",
    }
)  # fmt: skip

migrations = Migrations("rollcall")


def statements(script: str) -> Iterator[str]:
    """The statements of an SQL script, one by one (executescript would commit on its own)."""
    held = ""
    for line in script.splitlines(keepends=True):
        if not held and (line.startswith("--") or not line.strip()):
            continue
        held += line
        if line.rstrip().endswith(";") and complete_statement(held):
            yield held
            held = ""


@migrations()
def m001_first(db: Database) -> None:
    """Everything the main job needs."""
    script = (Path(__file__).parent / "schema.sql").read_text(encoding="utf-8")
    for statement in statements(script):
        db.execute(statement)


def migrate(connection: Connection, name: str, *, read_only: bool = False) -> None:
    """Bring the file to SCHEMA_VERSION. Raises StoreUnusable if it is newer or damaged."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > SCHEMA_VERSION:
        raise StoreUnusable(
            f"{name}: schema {found} is newer than this rollcall's {SCHEMA_VERSION}; update it"
        )
    if found < SCHEMA_VERSION and read_only:
        raise StoreUnusable(f"{name}: schema {found} is older than {SCHEMA_VERSION}; collect first")
    if found < SCHEMA_VERSION:
        _apply(connection)
    lost = TRIGGERS - {
        row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type='trigger'")
    }
    if lost:
        raise StoreUnusable(f"{name}: the file has lost its triggers {', '.join(sorted(lost))}")


def _apply(connection: Connection) -> None:
    """All pending migrations in one transaction, so that two first openings don't collide."""
    connection.execute("BEGIN IMMEDIATE")
    try:
        migrations.apply(Database(connection))
        dictionary.write(connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
