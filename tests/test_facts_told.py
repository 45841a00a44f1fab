"""Facts of one man in posts of many voices (`facts_told.tsv`)."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract import read
from model import Post

_TABLE = Path(__file__).with_name("facts_told.tsv")


def _cases() -> list[tuple[str, str]]:
    lines = _TABLE.read_text("utf-8").splitlines()
    rows = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(text.replace("\\n", "\n"), fields) for fields, text in rows]


@pytest.mark.parametrize(("text", "fields"), _cases())
def test_fact(text: str, fields: str) -> None:
    post = Post(
        source="x",
        external_id="1",
        posted_at=datetime(2024, 11, 20, 12, tzinfo=UTC),
        text=text,
    )
    (record,) = read(post).records
    for told in fields.split("; "):
        name, value = told.split("=")
        found = getattr(record, name)
        assert ("-" if found is None else str(found)) == value, name
