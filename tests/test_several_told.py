"""Facts of several men in one post (`several_told.tsv`): what is whose."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract import read
from model import Post, Record

_TABLE = Path(__file__).with_name("several_told.tsv")


def _cases() -> list[tuple[str, str]]:
    lines = _TABLE.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(text.replace("\\n", "\n"), men) for men, text in rows]


def _named(records: tuple[Record, ...], name: str) -> Record:
    surname, *given = name.split()
    (found,) = (
        one for one in records if one.surname == surname and (not given or one.given == given[0])
    )
    return found


@pytest.mark.parametrize(("text", "men"), _cases())
def test_each_has_his_own(text: str, men: str) -> None:
    post = Post(
        source="x",
        external_id="1",
        posted_at=datetime(2024, 11, 20, 12, tzinfo=UTC),
        text=text,
    )
    records = read(post).records
    told = men.split(" / ")
    assert len(records) == len(told)
    for one in told:
        name, fields = one.split(": ")
        record = _named(records, name)
        for field in fields.split("; "):
            key, value = field.split("=")
            found = getattr(record, key)
            assert ("-" if found is None else str(found)) == value, (name, key)
