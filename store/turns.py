"""A queue of things to be decided → the next one for an editor, held for him for a while."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from model import RollcallError
from store.connection import Connection, HeldByAnother, patience
from store.datasette.labels import has, label
from store.facade import Store
from store.times import stamp

HOLD = timedelta(minutes=10)  # what is shown to one editor is not shown to another for so long
LATER = timedelta(hours=12)  # what an editor put off comes after all else for so long
TRIES = 5  # to find something that no other editor takes at the same moment
PATIENCE = 40  # milliseconds to wait for another writer before a thing is shown without being held

Item = int | str


class Overtaken(RollcallError):
    """Another word came first, or the thing changed. Nothing was written."""

    def __init__(self, why: str, **told: object) -> None:
        """`why`: a label of the group `overtaken`; `told`: what it tells, as words or labels."""
        self.why, self.values = why, told
        super().__init__(self.told("en"))

    def told(self, language: str) -> str:
        """Whose word came first, in a language."""
        words = {
            name: label(said, language) if isinstance(said, str) and has(said) else said
            for name, said in self.values.items()
        }
        return label(f"overtaken.{self.why}", language, **words)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for editors. Its SQL knows :editor, :now and :since.

    `key` names a thing, in the table of `leases` and in `put_off`. `first` gives the thing that
    matters most of those free for the editor; what he put off since :since comes last, the longest
    put off first. `waits` counts :item if it still waits.
    """

    leases: str
    key: str
    first: str
    waits: str


def free(leases: str, key: str, table: str) -> str:
    """Of a queue's `first`: is the thing before no other editor?"""
    held = f"SELECT {key} FROM {leases} WHERE editor <> :editor AND until > :now"  # noqa: S608
    return f"{table}.{key} NOT IN ({held})"


def put_off_by(key: str, table: str) -> str:
    """Of a queue's `first`: `later.at` is when the editor put the thing off; null: he did not."""
    return (
        f"LEFT JOIN put_off AS later ON later.editor = :editor AND later.{key} = {table}.{key} "
        "AND later.at > :since"
    )


def take(
    store: Store, queue: Queue, editor: str, now: datetime, reader: Connection | None = None
) -> Item | None:
    """The thing that matters most and nobody else looks at, held for this editor; None: no more.

    The queue is read before anything is locked, on `reader` where there is one that has read
    much of the file already. While another writer is at work the thing is
    shown without being held: of two who see it, who decides first decides.
    """
    asked = {"editor": editor, "now": stamp(now), "since": stamp(now - LATER)}
    item: Item | None = None
    for _ in range(TRIES):
        row = (reader or store.connection).execute(queue.first, asked).fetchone()
        item = None if row is None else row[0]
        if _held_for(store, queue, item, editor, now):
            break
    return item


def _held_for(store: Store, queue: Queue, item: Item | None, editor: str, now: datetime) -> bool:
    """Is it his to look at? Not where another took it, or decided it, in the meantime."""
    try:
        with patience(store.connection, PATIENCE), store.writing() as connection:
            if item is not None and not _is_free(connection, queue, item, editor, now):
                return False
            connection.execute(f"DELETE FROM {queue.leases} WHERE editor = ?", (editor,))  # noqa: S608
            if item is not None:
                hold(connection, queue, item, editor, now)
    except HeldByAnother:
        pass
    return True


def _is_free(connection: Connection, queue: Queue, item: Item, editor: str, now: datetime) -> bool:
    (still,) = connection.execute(queue.waits, {"item": item}).fetchone()
    return bool(still) and held_by(connection, queue, item, editor, now) is None


def hold(connection: Connection, queue: Queue, item: Item, editor: str, now: datetime) -> None:
    """Keep a thing for an editor for a while."""
    connection.execute(
        f"INSERT INTO {queue.leases} VALUES (?, ?, ?) ON CONFLICT ({queue.key}) "  # noqa: S608
        "DO UPDATE SET editor = excluded.editor, until = excluded.until",
        (item, editor, stamp(now + HOLD)),
    )


def let_go(connection: Connection, queue: Queue, item: Item) -> None:
    """It is decided: nobody needs to keep it."""
    connection.execute(f"DELETE FROM {queue.leases} WHERE {queue.key} = ?", (item,))  # noqa: S608


def held_by(
    connection: Connection, queue: Queue, item: Item, editor: str, now: datetime
) -> str | None:
    """The other editor who has this before him."""
    row = connection.execute(
        f"SELECT editor FROM {queue.leases} "  # noqa: S608
        f"WHERE {queue.key} = ? AND editor <> ? AND until > ?",
        (item, editor, stamp(now)),
    ).fetchone()
    return None if row is None else str(row["editor"])


def put_off(store: Store, key: str, item: Item, editor: str, now: datetime) -> None:
    """An editor wants to see this again after all the rest. `key`: a column of `put_off`.

    Nothing happens where there is no such thing, or another writer holds the database: it was no
    decision, and nobody should wait for it.
    """
    parent = {"review_id": "review", "row_id": "list_row", "record_id": "record"}[key]
    try:
        with patience(store.connection, PATIENCE), store.writing() as connection:
            connection.execute(
                f"INSERT INTO put_off (editor, at, {key}) "  # noqa: S608
                f"SELECT ?, ?, {key} FROM {parent} WHERE {key} = ? "
                f"ON CONFLICT (editor, {key}) DO UPDATE SET at = excluded.at",
                (editor, stamp(now), item),
            )
    except HeldByAnother:
        pass


def late(connection: Connection, key: str, editor: str, now: datetime) -> dict[Item, str]:
    """What an editor put off lately → when."""
    rows = connection.execute(
        f"SELECT {key}, at FROM put_off WHERE editor = ? AND {key} IS NOT NULL AND at > ?",  # noqa: S608
        (editor, stamp(now - LATER)),
    )
    return {row[0]: row[1] for row in rows}
