"""A connection → the schema of this version; refuses a newer one and a lost trigger.

A migration is one file `schema/NNN_what.sql`; the number of the newest one is the schema's.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pysqlite3 import complete_statement

from model import StoreUnusable
from store import dictionary
from store.connection import Connection

if TYPE_CHECKING:
    from sqlite_utils import Database

SCRIPTS = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((Path(__file__).parent / "schema").glob("[0-9][0-9][0-9]_*.sql"))
}
SCHEMA_VERSION = max(int(stem[:3]) for stem in SCRIPTS)
_DROPPED = {name for text in SCRIPTS.values() for name in re.findall(r"DROP TRIGGER (\w+)", text)}
TRIGGERS = (
    frozenset(
        name for text in SCRIPTS.values() for name in re.findall(r"CREATE TRIGGER (\w+)", text)
    )
    - _DROPPED  # a trigger made anew bears a new name
)


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


def _step(stem: str, script: str) -> Callable[[Database], None]:
    def run(db: Database) -> None:
        for statement in statements(script):
            db.execute(statement)

    run.__name__ = f"m{stem}"  # the name under which the file remembers it
    return run


def migrate(connection: Connection, name: str, *, read_only: bool = False) -> None:
    """Bring the file to SCHEMA_VERSION. Raises StoreUnusable if it is newer or damaged."""
    found = _known_schema(connection, name)
    behind = found < SCHEMA_VERSION or bool(_pending(connection))
    if behind and read_only:
        raise StoreUnusable(f"{name}: schema {found} is older than {SCHEMA_VERSION}; collect first")
    if behind:
        _apply(connection, name)
    lost = TRIGGERS - {
        row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type='trigger'")
    }
    if lost:
        raise StoreUnusable(f"{name}: the file has lost its triggers {', '.join(sorted(lost))}")


def _known_schema(connection: Connection, name: str) -> int:
    """The file's schema. Raises StoreUnusable for a newer one."""
    (found,) = connection.execute("PRAGMA user_version").fetchone()
    if found > SCHEMA_VERSION:
        raise StoreUnusable(
            f"{name}: schema {found} is newer than this rollcall's {SCHEMA_VERSION}; update it"
        )
    return int(found)


def _pending(connection: Connection) -> set[str]:
    """Migrations the file has not seen: a lower number may come later than a higher one."""
    seen = {row[0] for row in connection.execute("SELECT name FROM _sqlite_migrations")}
    return {f"m{stem}" for stem in SCRIPTS} - seen


@contextmanager
def _without(*packages: str) -> Iterator[None]:
    """What is imported here goes without packages it would take, were they there: pandas and numpy
    weigh a hundred megabytes, for frames that nobody gives sqlite-utils."""
    absent = [package for package in packages if package not in sys.modules]
    sys.modules.update(dict.fromkeys(absent))  # type: ignore[arg-type]  # so importing them fails
    try:
        yield
    finally:
        for package in absent:
            del sys.modules[package]


def _apply(connection: Connection, name: str) -> None:
    """All pending migrations in one transaction, so that two first openings don't collide."""
    with _without("pandas", "numpy"):
        from sqlite_utils import Database, Migrations  # noqa: PLC0415
    migrations = Migrations("rollcall")
    for stem, script in SCRIPTS.items():
        migrations()(_step(stem, script))
    connection.execute("BEGIN IMMEDIATE")
    try:
        _known_schema(connection, name)  # a newer program may have been first
        migrations.apply(Database(connection))
        dictionary.write(connection)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
    except BaseException:
        connection.execute("ROLLBACK")
        raise
    connection.execute("COMMIT")
