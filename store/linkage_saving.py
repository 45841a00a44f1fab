"""A resolution's working → the tables of 010_linkage.sql, in the transaction of its persons."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from store import holds
from store.connection import Connection
from store.due import Due, due
from store.linkage import FIELDS, Counts, Edge, Longs, Names, identity, number

Week = tuple[str, str]  # source, Monday

TABLES = ("linkage", "linked", "block", "common_block", "edge", "company", "frequency")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the tables were made by, and up to where they have read."""

    engine: str
    owners: Mapping[str, str]  # source → owner
    records: int  # live at the last resolution
    fitted: int  # live when the statistics were taken
    rebuilt_on: str  # Moscow day
    steps: int  # increments since
    decision_id: int
    approval_id: int
    held: frozenset[Week]


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What has happened since, as record ids."""

    said: frozenset[str]
    gone: frozenset[str]
    decided: frozenset[str]
    approved: frozenset[str]  # or what they support counts otherwise: their week was held, or freed
    decision_id: int  # the newest that were read
    approval_id: int
    held: frozenset[Week]  # now
    growth: int  # how many more live records there are than stand in the blocks
    owners: Mapping[str, str]  # source → owner
    waiting: Due  # said, gone, or erased
    turn: int  # of what is kept: another one at the end means another run has ended since

    def __bool__(self) -> bool:
        return bool(self.said or self.gone or self.decided or self.approved)

    @property
    def changed(self) -> frozenset[str]:
        """The records that are due."""
        return self.waiting.records

    @property
    def due(self) -> int:
        """The number of the last change that was read."""
        return self.waiting.last

    def since(self, before: News) -> set[str]:
        """The records that changed since an earlier reading."""
        return {one for one, number in self.waiting.numbers.items() if number > before.due}


class Step(Protocol):
    """What the next increment has to know of one, as `dedupe.Step` tells it."""

    @property
    def keys(self) -> Mapping[str, Longs]:
        """Block keys of the records said."""

    @property
    def dropped(self) -> Collection[str]:
        """Records whose keys and edges are void."""

    @property
    def edges(self) -> Iterable[Edge]:
        """Edges that are new or fare otherwise."""

    @property
    def asked(self) -> Mapping[str, float | None]:
        """Records grouped anew → the fewest bits at which a link of theirs asked for rivals."""

    @property
    def company(self) -> Mapping[str, str | None]:
        """Who joined whom by company, or no longer does."""


class Trace(Protocol):
    """How a run over all records came about, as `dedupe` tells it."""

    @property
    def company(self) -> Mapping[str, str]:
        """Who joined whom by company."""

    def keys(self) -> Mapping[str, Longs]:
        """Block keys of every record."""

    def asked(self) -> Mapping[str, float | None]:
        """Every record → the fewest bits at which a link of its asked for rivals."""

    def edges(self) -> Iterable[Edge]:
        """Every edge."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fitted:
    """Statistics to keep: counts by field, the classes of names, the keys of too large blocks."""

    records: int
    counts: Mapping[str, Counts]
    names: Names | None
    common: Longs


def state(connection: Connection) -> State | None:
    """None: nothing is kept, the next resolution is a full one."""
    row = connection.execute("SELECT * FROM linkage").fetchone()
    if row is None:
        return None
    return State(
        engine=row["engine"],
        owners=json.loads(row["owners"]),
        records=row["records"],
        fitted=row["fitted"],
        rebuilt_on=row["rebuilt_on"],
        steps=row["steps"],
        decision_id=row["decision_id"],
        approval_id=row["approval_id"],
        held=frozenset((source, week) for source, week in json.loads(row["held"])),
    )


def owners(connection: Connection) -> dict[str, str]:
    """Source → owner."""
    rows = connection.execute("SELECT name, owner FROM source ORDER BY name")
    return {row["name"]: row["owner"] for row in rows}


def sizes(connection: Connection) -> tuple[int, int, int]:
    """How many live records there are, persons, and pairs that wait for a human."""
    row = connection.execute(
        "SELECT (SELECT records FROM linkage), "
        "(SELECT count(*) FROM person WHERE closed_at IS NULL), "
        "(SELECT count(*) FROM review WHERE closed_at IS NULL)"
    ).fetchone()
    return int(row[0]), int(row[1]), int(row[2])


def turn(connection: Connection) -> int:
    """How often what is kept was written or emptied."""
    (found,) = connection.execute("SELECT turn FROM linkage_turn").fetchone()
    return int(found)


def news(connection: Connection, held: State | None) -> News:
    """What is new: the records that are due, humans' words. All of it in one read transaction."""
    waiting = due(connection)
    decision_id, approval_id = (held.decision_id, held.approval_id) if held else (0, 0)
    rows = connection.execute(
        "SELECT record_id, closed_at IS NULL AS live FROM record "
        "WHERE record_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(waiting.records)),),
    ).fetchall()
    said = frozenset(row["record_id"] for row in rows if row["live"])
    gone = frozenset(row["record_id"] for row in rows if not row["live"])
    decided = connection.execute(
        "SELECT left_id, right_id FROM decision WHERE decision_id > ? AND is_human = 1",
        (decision_id,),
    ).fetchall()
    approved = connection.execute(
        "SELECT record_id FROM approval WHERE approval_id > ?", (approval_id,)
    ).fetchall()
    (last_decision,) = connection.execute(
        "SELECT coalesce(max(decision_id), 0) FROM decision WHERE is_human = 1"
    ).fetchone()
    (last_approval,) = connection.execute(
        "SELECT coalesce(max(approval_id), 0) FROM approval"
    ).fetchone()
    weeks = holds.weeks(connection)
    reweighed = holds.records_of(connection, weeks ^ held.held) if held else frozenset()
    return News(
        said=said,
        gone=gone,
        decided=frozenset(one for row in decided for one in row),
        approved=frozenset(row["record_id"] for row in approved) | reweighed,
        decision_id=last_decision,
        approval_id=last_approval,
        held=weeks,
        growth=len(said) - _linked(connection, said) - _linked(connection, gone),
        owners=owners(connection),
        waiting=waiting,
        turn=turn(connection),
    )


def _linked(connection: Connection, ids: Collection[str]) -> int:
    """How many of the records stand in the blocks."""
    (found,) = connection.execute(
        "SELECT count(*) FROM linked WHERE record IN (SELECT value FROM json_each(?))",
        (json.dumps([number(one) for one in ids]),),
    ).fetchone()
    return int(found)


def save_step(
    connection: Connection,
    read: News,
    engine: str,
    step: Step,
) -> None:
    """Take up what an increment made."""
    keys, company = step.keys, step.company
    before = _forget(connection, step.dropped)
    _link(connection, keys)
    _save_asked(connection, step.asked)
    _save_edges(connection, step.edges)
    connection.executemany(
        "DELETE FROM company WHERE record = ?", [(number(one),) for one in company]
    )
    _save_company(connection, ((one, other) for one, other in company.items() if other))
    connection.execute(
        "UPDATE linkage SET engine = ?, records = records + ?, decision_id = ?, approval_id = ?, "
        "held = ?, owners = ?, steps = steps + ?",
        (engine, len(keys) - before, *_read(read), json.dumps(read.owners), int(bool(read))),
    )


def save_all(
    connection: Connection,
    read: News,
    made: tuple[str, str],
    trace: Trace,
    fitted: Fitted | None,
) -> None:
    """Take up what a rebuild made; `fitted` None keeps the statistics held.

    `made`: the engine's name, and the Moscow day.
    """
    if fitted is not None:
        forget(connection, TABLES if _engine(connection) != made[0] else (*TABLES[3:], "linkage"))
        _save_statistics(connection, fitted)
    else:
        forget(connection, ("edge", "company"))
    keys = trace.keys()
    _sync_links(connection, keys)
    _save_asked(connection, trace.asked())
    _save_edges(connection, trace.edges())
    _save_company(connection, trace.company.items())
    values = (*made, json.dumps(read.owners), len(keys), *_read(read))
    connection.execute(
        "UPDATE linkage SET engine = ?, rebuilt_on = ?, owners = ?, records = ?, decision_id = ?, "
        "approval_id = ?, held = ?, steps = 0",
        values,
    )


def forget(connection: Connection, tables: Sequence[str] = TABLES) -> None:
    """Empty the tables; without them the next resolution is a full one."""
    for table in tables:
        connection.execute(f"DELETE FROM {table}")  # noqa: S608  a name of TABLES


def _read(read: News) -> tuple[int, int, str]:
    return read.decision_id, read.approval_id, json.dumps(sorted(read.held))


def _engine(connection: Connection) -> str | None:
    held = state(connection)
    return held.engine if held else None


def _forget(connection: Connection, ids: Collection[str]) -> int:
    """Take records out of the blocks and the edges; return how many were there."""
    numbers = [(number(one),) for one in ids]
    held = connection.execute(
        "SELECT record, keys FROM linked WHERE record IN (SELECT value FROM json_each(?))",
        (json.dumps([one for (one,) in numbers]),),
    ).fetchall()
    _unblock(connection, ((row["record"], row["keys"]) for row in held))
    connection.executemany("DELETE FROM linked WHERE record = ?", numbers)
    connection.executemany("DELETE FROM edge WHERE one = ?", numbers)
    connection.executemany("DELETE FROM edge WHERE other = ?", numbers)
    return len(held)


def _unblock(connection: Connection, held: Iterable[tuple[int, bytes]]) -> None:
    connection.executemany(
        "DELETE FROM block WHERE key = ? AND record = ?",
        [(key, one) for one, keys in held for key in np.frombuffer(keys, np.int64).tolist()],
    )


def _link(connection: Connection, keys: Mapping[str, Longs]) -> None:
    """Enter records into the blocks, by key: SQLite writes a sorted table ten times faster."""
    numbers = {one: number(one) for one in keys}
    connection.executemany(
        "INSERT INTO linked (record, keys) VALUES (?, ?)",
        [(n, keys[one].tobytes()) for one, n in numbers.items()],
    )
    if not keys:
        return
    every = np.concatenate(list(keys.values()))
    bearers = np.repeat(
        np.array(list(numbers.values()), np.int64), [len(of) for of in keys.values()]
    )
    order = np.lexsort((bearers, every))
    connection.executemany(
        "INSERT INTO block (key, record) VALUES (?, ?)",
        zip(every[order].tolist(), bearers[order].tolist(), strict=True),
    )


def _sync_links(connection: Connection, keys: Mapping[str, Longs]) -> None:
    """Bring the blocks in line with all live records; those with the keys they had stay."""
    wanted = {number(one): one for one in keys}
    over, kept = [], set()
    for row in connection.execute("SELECT record, keys FROM linked"):
        one = row["record"]
        if one in wanted and keys[wanted[one]].tobytes() == row["keys"]:
            kept.add(one)
        else:
            over.append(identity(one))
    _forget_blocks(connection, over)
    _link(connection, {one: keys[one] for n, one in wanted.items() if n not in kept})


def _forget_blocks(connection: Connection, ids: Sequence[str]) -> None:
    if ids:
        _forget(connection, ids)


def _save_asked(connection: Connection, asked: Mapping[str, float | None]) -> None:
    connection.executemany(
        "UPDATE linked SET asked = ?1 WHERE record = ?2 AND asked IS NOT ?1",
        [(bits, number(one)) for one, bits in asked.items()],
    )


def _save_edges(connection: Connection, edges: Iterable[Edge]) -> None:
    connection.executemany(
        "INSERT INTO edge (one, other, score, allowed, fate, round) VALUES (?, ?, ?, ?, ?, ?) "
        "ON CONFLICT (one, other) DO UPDATE SET fate = excluded.fate, round = excluded.round "
        "WHERE (fate, round) IS NOT (excluded.fate, excluded.round)",
        sorted(
            (number(left), number(right), score, int(allowed), *fared)
            for left, right, score, allowed, *fared in edges
        ),
    )


def _save_company(connection: Connection, company: Iterable[tuple[str, str]]) -> None:
    connection.executemany(
        "INSERT INTO company (record, other) VALUES (?, ?)",
        [(number(one), number(other)) for one, other in company],
    )


def _save_statistics(connection: Connection, fitted: Fitted) -> None:
    totals = {field: total for field, (_, _, total) in fitted.counts.items()}
    for field, (values, numbers, _) in fitted.counts.items():
        _save_frequencies(connection, field, values, numbers.astype(np.float64), None)
    classes = None
    if fitted.names is not None:
        marks, counts, prior, *tables = fitted.names
        for n, field in enumerate(FIELDS):
            rows = [row.tobytes() for row in counts[n]]
            _save_frequencies(connection, field, marks[n], prior[n], rows)
        classes = np.vstack(tables).astype(np.float64).tobytes()
    connection.executemany(
        "INSERT INTO common_block (key) VALUES (?)", [(key,) for key in fitted.common.tolist()]
    )
    connection.execute(
        "INSERT INTO linkage (linkage_id, engine, rebuilt_on, owners, records, fitted, totals, "
        "classes, decision_id, approval_id, held, steps) "
        "VALUES (1, '', '', '{}', 0, ?, ?, ?, 0, 0, '[]', 0)",
        (fitted.records, json.dumps(totals), classes),
    )


def _save_frequencies(
    connection: Connection,
    field: str,
    values: Longs,
    numbers: np.ndarray,
    classes: Sequence[bytes | None] | None,
) -> None:
    blobs = [None] * len(values) if classes is None else classes
    rows = zip(values.tolist(), numbers.tolist(), blobs, strict=True)
    connection.executemany(
        "INSERT INTO frequency (field, value, number, classes) VALUES (?, ?, ?, ?)",
        [(field, *row) for row in rows],
    )
