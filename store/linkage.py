"""The tables of 010_linkage.sql → what the last resolution knew, as `dedupe.memory` asks for it."""

# ruff: noqa: S608 (the parts put together are constants, every value is bound)

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from model import StoredRecord
from store.connection import Connection
from store.persons import clusters
from store.records import stored_records

Longs = NDArray[np.int64]
Doubles = NDArray[np.float64]
Counts = tuple[Longs, Longs, int]  # sorted values, their numbers, the sum of all
# Marks, [value, class] counts and shares of each of FIELDS; then class sizes, totals and norms.
Names = tuple[
    tuple[Longs, ...], tuple[Doubles, ...], tuple[Doubles, ...], Doubles, Doubles, Doubles
]
Edge = tuple[str, str, float, bool, int, int]  # as `dedupe.memory.Edge`

FIELDS = ("surname", "given", "patronymic", "name_region")
_DIGITS = 16
_AMONG = "IN (SELECT value FROM json_each(?))"
_EDGES = "SELECT one, other, score, allowed, fate, round FROM edge WHERE"

_ROWS = f"""
SELECT record_id, surname, given, patronymic, birth_date, age, sex, home_region, home_place, unit,
  category, last_contact, call_sign, record.claim, coalesce(event_date, substr(public_at, 1, 10)),
  row_id IS NOT NULL, record.source, coalesce(nullif(owner, ''), record.source),
  coalesce(post.external_id, row_id), coalesce(copy_of, record_id), post.thread, post.reply_to
FROM record JOIN source ON source.name = record.source
LEFT JOIN post USING (post_id)
WHERE record_id {_AMONG} AND closed_at IS NULL
"""


def number(record_id: str) -> int:
    """A record's id as a signed integer."""
    return int.from_bytes(bytes.fromhex(record_id), "big", signed=True)


def identity(number: int) -> str:
    """The id of a record's number."""
    return number.to_bytes(_DIGITS // 2, "big", signed=True).hex()


def _json(values: Iterable[object]) -> str:
    return json.dumps(list(values))


class Linkage:
    """The last run's results by record id, as an increment asks for them. Reads only."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection

    def _rows(self, query: str, *arguments: object) -> list[tuple[object, ...]]:
        cursor = self.connection.cursor()
        cursor.row_factory = None
        return cursor.execute(query, arguments).fetchall()

    def rows(self, ids: Collection[str]) -> list[tuple[object, ...]]:
        """Live records as plain values, in the order of `dedupe.plain.PLAIN`."""
        return self._rows(_ROWS, _json(ids)) if ids else []

    def stored(self, ids: Collection[str]) -> list[StoredRecord]:
        """The same records in full."""
        return stored_records(self.connection, ids=list(ids)) if ids else []

    def common(self, keys: Longs) -> Longs:
        """Those of the keys whose blocks were too large when the statistics were taken."""
        found = self._rows(
            f"SELECT key FROM common_block WHERE key {_AMONG} ORDER BY key", _json(keys.tolist())
        )
        return np.array([key for (key,) in found], np.int64)

    def every_common(self) -> Longs:
        """All such keys."""
        found = self._rows("SELECT key FROM common_block ORDER BY key")
        return np.array([key for (key,) in found], np.int64)

    def bearers(self, keys: Longs) -> tuple[Longs, list[str]]:
        """(key, record) for every record that bears one of the keys."""
        found = self._rows(
            f"SELECT key, record FROM block WHERE key {_AMONG}", _json(keys.tolist())
        )
        ids = {record: identity(record) for _, record in found}  # type: ignore[arg-type]
        return np.array([key for key, _ in found], np.int64), [ids[record] for _, record in found]

    def edges(self, ids: Collection[str]) -> list[Edge]:
        """Every edge with an end among the ids."""
        among = _AMONG.replace("?", "?1")
        return self._edges(f"{_EDGES} one {among} UNION {_EDGES} other {among}", ids)

    def joins(self, ids: Collection[str]) -> list[Edge]:
        """The edges that were joined, with their left end among the ids."""
        return self._edges(f"{_EDGES} one {_AMONG} AND round > 1", ids)

    def _edges(self, query: str, ids: Collection[str]) -> list[Edge]:
        rows = self._rows(query, _json(number(one) for one in ids))
        name = {end: identity(end) for row in rows for end in row[:2]}  # type: ignore[arg-type]
        return [(name[one], name[other], *rest) for one, other, *rest in rows]  # type: ignore[misc]

    def asked(self, ids: Collection[str]) -> dict[str, float]:
        """The fewest bits at which a link of each asked for rivals; those never asked are out."""
        found = self._rows(
            f"SELECT record, asked FROM linked WHERE record {_AMONG} AND asked IS NOT NULL",
            _json(number(one) for one in ids),
        )
        return {identity(one): bits for one, bits in found}  # type: ignore[arg-type, misc]

    def persons(self, ids: Collection[str]) -> dict[str, str]:
        """The person each record belongs to."""
        found = self._rows(
            "SELECT record_id, person_id FROM person_record "
            f"WHERE known_until IS NULL AND record_id {_AMONG}",
            _json(ids),
        )
        return dict(found)  # type: ignore[arg-type]

    def members(self, persons: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The records of each person."""
        return clusters(self.connection, persons)

    def company(self, ids: Collection[str]) -> dict[str, str]:
        """Records that joined a man by company: the record whose company told it."""
        found = self._rows(
            f"SELECT record, other FROM company WHERE record {_AMONG}",
            _json(number(one) for one in ids),
        )
        return {identity(a): identity(b) for a, b in found}  # type: ignore[arg-type]

    def posts(self, ids: Collection[str]) -> list[tuple[str, ...]]:
        """For each post of one of the records: all live records of the post."""
        posts: defaultdict[object, list[str]] = defaultdict(list)
        for post_id, record_id in self._rows(
            "SELECT post_id, record_id FROM record WHERE closed_at IS NULL AND post_id IN "
            f"(SELECT post_id FROM record WHERE record_id {_AMONG} AND post_id IS NOT NULL)",
            _json(ids),
        ):
            posts[post_id].append(str(record_id))
        return [tuple(records) for records in posts.values()]

    def nameless(self, ids: Collection[str]) -> set[str]:
        """Those of a post that give a given name and no surname."""
        found = self._rows(
            f"SELECT record_id FROM record WHERE record_id {_AMONG} AND surname IS NULL "
            "AND given IS NOT NULL AND post_id IS NOT NULL AND closed_at IS NULL",
            _json(ids),
        )
        return {str(one) for (one,) in found}

    def counts(self, values: Mapping[str, Longs]) -> dict[str, Counts]:
        """How many records have each of the values, by field, when the statistics were taken."""
        (totals,) = self._rows("SELECT totals FROM linkage")[0]
        total = json.loads(str(totals))
        return {field: (*self._counted(field, of), total[field]) for field, of in values.items()}

    def _counted(self, field: str, values: Longs) -> tuple[Longs, Longs]:
        found = self._rows(
            f"SELECT value, number FROM frequency WHERE field = ? AND value {_AMONG} "
            "ORDER BY value",
            field,
            _json(values.tolist()),
        )
        table = np.array(found, np.float64).reshape(-1, 2).astype(np.int64)
        return table[:, 0], table[:, 1]

    def names(self, marks: Longs) -> Names | None:
        """The classes of names, with the counts of these marks [record, field]."""
        (classes,) = self._rows("SELECT classes FROM linkage")[0]
        if classes is None:
            return None
        table = np.frombuffer(classes, np.float64).reshape(1 + 2 * len(FIELDS), -1)  # type: ignore[call-overload]
        width = table.shape[1]
        found = [
            self._named(field, np.unique(marks[:, n]), width) for n, field in enumerate(FIELDS)
        ]
        parts = tuple(zip(*found, strict=True))
        return (*parts, table[0], table[1:5], table[5:9])

    def _named(self, field: str, marks: Longs, width: int) -> tuple[Longs, Doubles, Doubles]:
        found = self._rows(
            f"SELECT value, number, classes FROM frequency WHERE field = ? AND value {_AMONG} "
            "ORDER BY value",
            field,
            _json(marks.tolist()),
        )
        counts = np.frombuffer(b"".join(row[2] for row in found), np.float64)  # type: ignore[misc]
        return (
            np.array([row[0] for row in found], np.int64),
            counts.reshape(-1, width),
            np.array([row[1] for row in found], np.float64),
        )

    def former(self, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The persons each record belonged to before."""
        return former(self.connection, ids)

    def open_persons(self, persons: Collection[str]) -> set[str]:
        """Those of the person ids that a record bears now."""
        found = self._rows(
            "SELECT DISTINCT person_id FROM person_record "
            f"WHERE person_id {_AMONG} AND known_until IS NULL",
            _json(persons),
        )
        return {str(one) for (one,) in found}


def former(
    connection: Connection, ids: Collection[str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Record id → the persons it belonged to before, the last one first; of all records or some."""
    among = "" if ids is None else f"AND record_id {_AMONG}"
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in connection.execute(
        "SELECT record_id, person_id FROM person_record "
        f"WHERE known_until IS NOT NULL {among} ORDER BY known_until DESC",
        () if ids is None else (_json(ids),),
    ):
        found[row["record_id"]].append(row["person_id"])
    return {one: tuple(dict.fromkeys(persons)) for one, persons in found.items()}
