"""What relatives hide from programs in posts no reader finds either (`private_told.tsv`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract import read
from model import Post

_TABLE = Path(__file__).with_name("private_told.tsv")


def _cases() -> list[tuple[str, list[str], list[str]]]:
    lines = _TABLE.read_text("utf-8").splitlines()
    rows = [[*line.split("\t"), "", ""][:3] for line in lines if line[:2] not in ("", "#", "# ")]
    return [
        (text.replace("\\n", "\n"), _parts(secrets), _parts(stays)) for text, secrets, stays in rows
    ]


def _parts(cell: str) -> list[str]:
    return [one for one in cell.replace("\\n", "\n").split("; ") if one]


def _kept(text: str) -> str:
    return read(
        Post(
            source="x",
            external_id="1",
            posted_at=datetime(2025, 2, 1, 12, tzinfo=UTC),
            text=text,
        )
    ).text


@pytest.mark.parametrize(("text", "secrets", "stays"), _cases())
def test_nothing_private_is_readable(text: str, secrets: list[str], stays: list[str]) -> None:
    kept = _kept(text)
    assert [one for one in secrets if _stands(one, kept)] == []
    assert [one for one in stays if one not in kept] == []


@pytest.mark.parametrize("text", [case[0] for case in _cases()])
def test_safe_text_is_kept_as_it_is(text: str) -> None:
    kept = _kept(text)
    assert _kept(kept) == kept


def _stands(secret: str, text: str) -> bool:
    folded = _plain(text)
    return re.search(rf"(?<!\w){re.escape(_plain(secret))}(?!\w)", folded) is not None


def _plain(text: str) -> str:
    return re.sub(r"[\s\-–—]+", " ", text.lower().replace("ё", "е")).strip(" .")
