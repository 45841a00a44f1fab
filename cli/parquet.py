"""Rows → a Parquet file whose columns have types: days, times, numbers, lists."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import chain, islice
from typing import Any, BinaryIO

import pyarrow as pa
import pyarrow.parquet as pq

GROUP = 50_000  # rows held in memory, and in a row group
# Every other column is text. `birth_date` too: it may be a year alone, and is never made more.
_DAYS = frozenset(
    {
        "as_of", "corroborated_on", "date", "event_date", "last_contact", "public_on",
        "sought_from", "status_on",
    }
)  # fmt: skip
_TIMES = frozenset(
    {"deleted_at", "edited_at", "known_at", "known_from", "known_until", "learned_at", "posted_at"}
)
_NUMBERS = frozenset({"age", "event_id", "persons", "row"})
_FLAGS = frozenset({"asks", "conflicting", "retracted"})
_WORD_LISTS = frozenset({"facts", "retracts"})
_ROW_LISTS = {
    "events": ("status", "date", "source", "external_id", "row", "evidence", "retracted",
               "record_id", "retracts"),
    "records": ("source", "external_id", "row", "surname", "given", "patronymic", "claim",
                "record_id", "date"),
}  # fmt: skip


def write_parquet(rows: Iterable[Mapping[str, object]], file: BinaryIO) -> None:
    """Row groups of some thousand rows; of no rows, a table without columns."""
    lines = iter(rows)
    first = next(lines, None)
    schema = pa.schema([_field(name) for name in first or ()])
    with pq.ParquetWriter(file, schema, compression="zstd") as writer:
        for group in _groups(lines if first is None else chain([first], lines)):
            writer.write_table(pa.Table.from_pylist([_typed(row) for row in group], schema=schema))


def _groups(rows: Iterator[Mapping[str, object]]) -> Iterator[list[Mapping[str, object]]]:
    while group := list(islice(rows, GROUP)):
        yield group


def _field(name: str) -> Any:
    return pa.field(name, _type(name))


def _type(name: str) -> Any:
    if name in _ROW_LISTS:
        return pa.list_(pa.struct([_field(inner) for inner in _ROW_LISTS[name]]))
    if name in _WORD_LISTS:
        return pa.list_(pa.string())
    for names, found in (
        (_DAYS, pa.date32()), (_TIMES, pa.timestamp("us", tz="UTC")), (_NUMBERS, pa.int64()),
        (_FLAGS, pa.bool_()),
    ):  # fmt: skip
        if name in names:
            return found
    return pa.string()


def _typed(row: Mapping[str, object]) -> dict[str, object]:
    """The row with days and times as such, in the rows of its lists too."""
    return {name: _value(name, value) for name, value in row.items()}


def _value(name: str, value: Any) -> object:
    if value is None:
        return None
    if name in _ROW_LISTS:
        return [_typed(inner) for inner in value]
    if name in _DAYS:
        return date.fromisoformat(value)
    return datetime.fromisoformat(value) if name in _TIMES else value
