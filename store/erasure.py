"""A person, a post or a source → gone from every table, index, WAL page and the vault.

What stays: tokens that stop the next crawl, import or restored backup (`tokens.py`), and a line of
`erasure` that says how many were erased, of which status.
"""

# ruff: noqa: S608 (names of tables and columns come from the schema, every value is bound)

from __future__ import annotations

import json
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING

from model import StoreUnusable, UnusableInput
from store import audit, doubts, quarantine, standings, tokens, vault
from store.connection import Connection, Row
from store.dossier import resolve_id
from store.gate import CUT
from store.records import record_of
from store.times import make_id, stamp
from store.tokens import Tokens

if TYPE_CHECKING:
    from store.facade import Store

_DESCRIBED = (
    "surname", "given", "patronymic", "birth_date", "age", "sex", "category", "unit",
    "home_region", "home_place",
)  # fmt: skip
_KEPT = frozenset({"audit", "erasure", "capture", "data_dictionary", "tally_snapshot"})
_WAIT = 10.0  # seconds for readers to let go of the WAL


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased:
    """How much went."""

    persons: int
    records: int
    posts: int
    list_rows: int
    captures: int
    by_status: dict[str, int]  # of the persons who went


@dataclass(frozen=True, slots=True, kw_only=True)
class _Doomed:
    """Ids of what goes."""

    persons: frozenset[str]
    records: frozenset[str]
    posts: frozenset[str]  # whole
    cut: frozenset[str]  # posts that speak of others too: their text goes
    rows: frozenset[str]


# The tokens with those of what is erased, and what goes
_Choose = Callable[[Connection, Tokens], tuple[Tokens, _Doomed]]


def erase_person(store: Store, person_id: str, by: str, now: datetime) -> Erased:
    """Erase a man: his records, and the text of every post that speaks of him.

    Raises UnusableInput for an unknown person.
    """

    def choose(connection: Connection, kept: Tokens) -> tuple[Tokens, _Doomed]:
        found = resolve_id(connection, person_id)
        ever = "SELECT DISTINCT record_id FROM person_record WHERE person_id = ?"
        living = _column(connection, f"{ever} AND known_until IS NULL", (found,))
        told = [record_of(row) for one in sorted(living) for row in _states(connection, one)]
        kept = kept.with_men(tokens.shapes(told))
        his = living or _column(connection, ever, (found,))
        return kept, _of_records(connection, his | _unresolved(connection, kept))

    return _erase(store, "person", choose, by, now)


def erase_post(store: Store, source: str, external_id: str, by: str, now: datetime) -> Erased:
    """Erase one post or list row. Raises UnusableInput for one that is not there."""

    def choose(connection: Connection, kept: Tokens) -> tuple[Tokens, _Doomed]:
        named = (source, external_id)
        posts = _column(
            connection, "SELECT post_id FROM post WHERE post_id = ?", (make_id("post", *named),)
        )
        rows = _column(
            connection, "SELECT row_id FROM list_row WHERE source = ? AND external_id = ?", named
        )
        if not (posts or rows):
            raise UnusableInput(f"no post {external_id!r} of source {source!r}")
        return kept.with_posts([named]), _of_parents(connection, posts, rows)

    return _erase(store, "post", choose, by, now)


def erase_source(store: Store, source: str, by: str, now: datetime) -> Erased:
    """Erase all that came from a source. Its TOML file is the operator's to remove.

    Raises UnusableInput for a source the store does not know.
    """

    def choose(connection: Connection, kept: Tokens) -> tuple[Tokens, _Doomed]:
        if not _column(connection, "SELECT name FROM source WHERE name = ?", (source,)):
            raise UnusableInput(f"no source {source!r} in the database")
        posts = _column(connection, "SELECT post_id FROM post WHERE source = ?", (source,))
        rows = _column(connection, "SELECT row_id FROM list_row WHERE source = ?", (source,))
        return kept, _of_parents(connection, posts, rows)

    return _erase(store, "source", choose, by, now)


def erase_again(store: Store, by: str, now: datetime) -> Erased:
    """Erase whatever the tokens know: for a database that was restored from an older backup."""
    if Tokens.load(tokens.place(store.path)) is None:
        return Erased(persons=0, records=0, posts=0, list_rows=0, captures=0, by_status={})
    return _erase(store, "person", _known, by, now)


def _known(connection: Connection, kept: Tokens) -> tuple[Tokens, _Doomed]:
    """Whatever the tokens know."""
    records = frozenset(
        row["record_id"]
        for row in connection.execute("SELECT * FROM record")
        if kept.knows(record_of(row))
    )
    named = connection.execute("SELECT post_id, source, external_id FROM post")
    posts = frozenset(r["post_id"] for r in named if kept.knows_post(r[1], r[2]))
    of_lists = connection.execute("SELECT row_id, source, external_id FROM list_row")
    rows = frozenset(r["row_id"] for r in of_lists if r[2] and kept.knows_post(r[1], r[2]))
    one, two = _of_records(connection, records), _of_parents(connection, posts, rows)
    return kept, _Doomed(
        persons=one.persons | two.persons,
        records=one.records | two.records,
        posts=one.posts | two.posts,
        cut=one.cut - two.posts,
        rows=one.rows | two.rows,
    )


def _unresolved(connection: Connection, kept: Tokens) -> frozenset[str]:
    """Records that belong to nobody yet, of men the tokens know."""
    rows = connection.execute(
        "SELECT * FROM record WHERE record_id NOT IN (SELECT record_id FROM person_record)"
    )
    return frozenset(row["record_id"] for row in rows if kept.knows(record_of(row)))


def finish(store: Store) -> None:
    """What comes after an erasure's commit, also of a run that was killed: sealed files, the WAL.

    Raises StoreUnusable while a reader holds the WAL, or where a sealed file cannot be removed.
    """
    vault.sweep(store.connection, vault.folder(store.path))
    scrub(store.connection)


def _column(connection: Connection, query: str, values: Sequence[object]) -> frozenset[str]:
    return frozenset(row[0] for row in connection.execute(query, values))


def _states(connection: Connection, record_id: str) -> Iterator[Row]:
    """The record as it stands and as it stood."""
    columns = "surname, given, patronymic, birth_date, age, sex, category, unit, rank, call_sign, "
    columns += "home_region, home_place, last_contact, last_seen_place, claim, asks, event_date, "
    columns += "facts, spans"
    yield from connection.execute(
        f"SELECT {columns} FROM record WHERE record_id = ? "
        f"UNION ALL SELECT {columns} FROM record_version WHERE record_id = ?",
        (record_id, record_id),
    )


def _of_records(connection: Connection, records: frozenset[str]) -> _Doomed:
    """All that must go with these records."""
    ids = json.dumps(sorted(records))
    chosen = "record_id IN (SELECT value FROM json_each(?))"
    posts = _column(
        connection, f"SELECT DISTINCT post_id FROM record WHERE {chosen} AND post_id NOT NULL",
        (ids,),
    )  # fmt: skip
    rows = _column(
        connection, f"SELECT row_id FROM record WHERE {chosen} AND row_id NOT NULL", (ids,)
    )
    shared = _column(
        connection,
        "SELECT DISTINCT post_id FROM record WHERE post_id IN (SELECT value FROM json_each(?)) "
        "AND closed_at IS NULL AND record_id NOT IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(posts)), ids),
    )
    whole = _of_parents(connection, posts - shared, rows)
    gone = records | whole.records
    return _Doomed(
        persons=_emptied(connection, gone), records=gone, posts=posts - shared, cut=shared,
        rows=rows,
    )  # fmt: skip


def _of_parents(connection: Connection, posts: frozenset[str], rows: frozenset[str]) -> _Doomed:
    """All that must go with these posts and rows."""
    records = _column(
        connection,
        "SELECT record_id FROM record WHERE post_id IN (SELECT value FROM json_each(?1)) "
        "OR row_id IN (SELECT value FROM json_each(?2))",
        (json.dumps(sorted(posts)), json.dumps(sorted(rows))),
    )
    return _Doomed(
        persons=_emptied(connection, records), records=records, posts=posts, cut=frozenset(),
        rows=rows,
    )  # fmt: skip


def _emptied(connection: Connection, records: frozenset[str]) -> frozenset[str]:
    """Persons to whom nothing else belongs, or ever belonged."""
    return _column(
        connection,
        "SELECT person_id FROM person_record GROUP BY person_id "
        "HAVING count(*) = sum(record_id IN (SELECT value FROM json_each(?)))",
        (json.dumps(sorted(records)),),
    )


def _erase(store: Store, what: str, choose: _Choose, by: str, now: datetime) -> Erased:
    """Erase what is chosen, in one transaction: nobody adds to it in between, and two erasures at
    once each find the other's tokens. The tokens are on disk before the commit.
    """
    at, place = stamp(now), tokens.place(store.path)
    with store.writing() as connection:
        held = tokens.load_or_new(place)
        erased, doomed = choose(connection, held)
        if erased != held:
            erased.save(place)
        doomed = replace(doomed, rows=doomed.rows | doubts.of_erased(connection, erased))
        captures = _captures(connection, doomed)
        statuses = Counter(
            str(row["status"])
            for row in connection.execute(
                "SELECT status FROM person WHERE closed_at IS NULL AND sought_from NOT NULL "
                "AND status NOT NULL AND person_id IN (SELECT value FROM json_each(?))",
                (json.dumps(sorted(doomed.persons)),),
            )
        )
        standings.take_out(connection, doomed.persons)
        with _unlocked(connection):
            _forget(connection, doomed)
        quarantine.sweep(connection, erased)
        noted = vault.note_erased(connection, captures, at)
        connection.execute(
            "INSERT INTO erasure (erased_at, what, persons, records, posts, list_rows, by_status) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                at, what, len(doomed.persons), len(doomed.records), len(doomed.posts),
                len(doomed.rows), json.dumps(statuses, sort_keys=True),
            ),
        )  # fmt: skip
        audit.append(
            connection, audit.Entry(at, by, f"erase {what}", None, {"records": len(doomed.records)})
        )
    finish(store)
    return Erased(
        persons=len(doomed.persons), records=len(doomed.records), posts=len(doomed.posts),
        list_rows=len(doomed.rows), captures=noted, by_status=dict(statuses),
    )  # fmt: skip


def _captures(connection: Connection, doomed: _Doomed) -> frozenset[int]:
    """The captures from which what goes was read."""
    query = (
        "SELECT DISTINCT capture_id FROM {parent} AS parent JOIN {version} AS version "
        "USING ({key}) JOIN capture ON capture.source = parent.source "
        "AND capture.kept_at = version.seen_at "
        "WHERE parent.{key} IN (SELECT value FROM json_each(?))"
    )
    of_posts = query.format(parent="post", version="post_version", key="post_id")
    of_rows = query.format(parent="list_row", version="row_version", key="row_id")
    posts = json.dumps(sorted(doomed.posts | doomed.cut))
    found = [
        *connection.execute(of_posts, (posts,)),
        *connection.execute(of_rows, (json.dumps(sorted(doomed.rows)),)),
    ]
    return frozenset(row["capture_id"] for row in found)


@contextmanager
def _unlocked(connection: Connection) -> Iterator[None]:
    """Without the triggers that keep rows from being deleted or changed, within one transaction."""
    guards = [
        (row["name"], row["sql"])
        for row in connection.execute(
            "SELECT name, sql FROM sqlite_schema "
            "WHERE type = 'trigger' AND sql LIKE '%raise(ABORT%'"
        )
    ]
    for name, _ in guards:
        connection.execute(f'DROP TRIGGER "{name}"')
    yield
    for _, script in guards:
        connection.execute(script)


def _forget(connection: Connection, doomed: _Doomed) -> None:
    """Delete from every table that names one of the doomed, whichever tables there are."""
    connection.execute("PRAGMA defer_foreign_keys = ON")
    texts = {"post_id": doomed.posts, "row_id": doomed.rows}
    ids = {
        "record_id": doomed.records, "left_id": doomed.records, "right_id": doomed.records,
        "person_id": doomed.persons, "old_id": doomed.persons, "new_id": doomed.persons, **texts,
    }  # fmt: skip
    _close_descriptions(connection, doomed)
    connection.execute(
        "UPDATE record SET copy_of = NULL WHERE copy_of IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(doomed.records)),),
    )
    for table, columns in _tables(connection):
        for column in columns:
            if column in ids:
                connection.execute(
                    f'DELETE FROM "{table}" WHERE "{column}" IN (SELECT value FROM json_each(?))',
                    (json.dumps(sorted(ids[column])),),
                )
    cut = json.dumps(sorted(doomed.cut))
    of_cut = "post_id IN (SELECT value FROM json_each(?))"
    for statement in (
        f"UPDATE post SET text = '{CUT}', thread = NULL WHERE {of_cut}",
        f"UPDATE post_version SET text = '{CUT}' WHERE {of_cut}",
        f"UPDATE record SET spans = '[]' WHERE {of_cut}",
        "UPDATE record_version SET spans = '[]' WHERE record_id IN "
        f"(SELECT record_id FROM record WHERE {of_cut})",
    ):
        connection.execute(statement, (cut,))


def _close_descriptions(connection: Connection, doomed: _Doomed) -> None:
    """Of persons who stay, take away what only the doomed records said."""
    touched = _column(
        connection,
        "SELECT DISTINCT person_id FROM person_record "
        "WHERE record_id IN (SELECT value FROM json_each(?))",
        (json.dumps(sorted(doomed.records)),),
    )
    for person_id in sorted(touched - doomed.persons):
        for name in _DESCRIBED:
            for table in ("person_version", "person"):
                connection.execute(
                    f"UPDATE {table} SET {name} = NULL WHERE person_id = ?1 AND {name} NOT IN "
                    f"(SELECT {name} FROM record JOIN person_record USING (record_id) "
                    f"WHERE person_record.person_id = ?1 AND {name} NOT NULL "
                    "AND record_id NOT IN (SELECT value FROM json_each(?2)))",
                    (person_id, json.dumps(sorted(doomed.records))),
                )


def _tables(connection: Connection) -> Iterator[tuple[str, list[str]]]:
    """Every ordinary table of ours that may name records, posts or persons; children first."""
    names = [
        row["name"]
        for row in connection.execute(
            "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' "
            "AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_sqlite_*'"
        )
        if row["name"] not in _KEPT
    ]
    last = {"record": 1, "post_version": 2, "row_version": 2, "post": 3, "list_row": 3, "person": 3}
    for name in sorted(names, key=lambda name: (last.get(name, 0), name)):
        columns = connection.execute("SELECT name FROM pragma_table_info(?)", (name,))
        yield name, [row["name"] for row in columns]


def scrub(connection: Connection) -> None:
    """Leave nothing of it in the WAL. Raises StoreUnusable while another process holds it."""
    ends = time.monotonic() + _WAIT
    while True:
        busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        if not busy:
            return
        if time.monotonic() > ends:
            (_, _, path, *_) = connection.execute("PRAGMA database_list").fetchone()
            raise StoreUnusable(
                f"{path}: its WAL is held by another writer or reader: what was erased before may "
                "stand in it; end that process and do this again"
            )
        time.sleep(0.05)


def erasures(connection: Connection, since: str, until: str) -> Iterable[dict[str, object]]:
    """Lines of `erasure` of a time, for `diff`."""
    rows = connection.execute(
        "SELECT * FROM erasure WHERE erased_at > ? AND erased_at <= ? ORDER BY erasure_id",
        (since, until),
    )
    return [dict(row) | {"by_status": json.loads(row["by_status"])} for row in rows]
