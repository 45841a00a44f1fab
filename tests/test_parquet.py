"""Exports as Parquet: each column has its type, and holds what the JSON lines hold."""

from __future__ import annotations

import io
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from small import Small

from cli import parquet

DAY, TIME = pa.date32(), pa.timestamp("us", tz="UTC")


@pytest.mark.parametrize(
    ("what", "types"),
    [
        ("persons", {"birth_date": pa.string(), "sought_from": DAY, "age": pa.int64(),
                     "conflicting": pa.bool_(), "unit": pa.string()}),
        ("records", {"public_on": DAY, "learned_at": TIME, "last_contact": DAY, "row": pa.int64(),
                     "asks": pa.bool_(), "facts": pa.list_(pa.string())}),
        ("events", {"public_on": DAY, "known_from": TIME, "known_until": TIME,
                    "retracted": pa.bool_(), "event_id": pa.int64()}),
        ("posts", {"posted_at": TIME, "deleted_at": TIME, "text": pa.string()}),
        ("tally", {"as_of": DAY, "known_at": TIME, "persons": pa.int64()}),
    ],
)  # fmt: skip
def test_columns_have_types_and_hold_what_the_lines_hold(
    counted: Small, tmp_path: Path, what: str, types: dict[str, Any]
) -> None:
    path, day = tmp_path / "x.parquet", ("--as-of", "2024-08-23")
    assert (
        counted.rollcall("export", what, "--format", "parquet", "-o", str(path), *day).stdout == ""
    )
    table = pq.read_table(path)
    assert {name: table.schema.field(name).type for name in types} == types
    lines = counted.rollcall("export", what, *day).stdout.splitlines()
    assert [in_utc(json.loads(line)) for line in lines] == [plain(row) for row in table.to_pylist()]


def in_utc(row: dict[str, Any]) -> dict[str, Any]:
    """Posts keep their author's offset as JSON; Parquet has moments."""
    at = row.get("posted_at")
    return row | {"posted_at": plain(datetime.fromisoformat(at).astimezone(UTC))} if at else row


def plain(value: Any) -> Any:
    """As JSON says it."""
    if isinstance(value, dict):
        return {key: plain(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [plain(inner) for inner in value]
    if hasattr(value, "hour"):
        return value.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return value.isoformat() if hasattr(value, "isoformat") else value


def test_the_lists_of_a_person_have_types_too(counted: Small, tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    counted.rollcall("export", "persons", "--format", "parquet", "-o", str(path))
    event = pq.read_schema(path).field("events").type.value_type
    assert event.field("date").type == DAY
    assert event.field("retracted").type == pa.bool_()


def test_many_rows_go_in_groups(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP", 10)
    file = io.BytesIO()
    parquet.write_parquet(({"persons": n, "as_of": None} for n in range(25)), file)
    read = pq.ParquetFile(file)
    assert (read.num_row_groups, read.metadata.num_rows) == (3, 25)
    assert read.read()["persons"].to_pylist() == list(range(25))


def test_of_nothing_there_is_a_file() -> None:
    file = io.BytesIO()
    parquet.write_parquet([], file)
    assert pq.read_table(file).num_rows == 0
