"""Names, who is sought and what must be hidden in posts of odd voices (`odd_names.tsv`)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from extract import read
from model import Post

_TABLE = Path(__file__).with_name("odd_names.tsv")


def _cases() -> list[tuple[str, str, str]]:
    lines = _TABLE.read_text("utf-8").splitlines()
    rows = [
        [*line.split("\t"), "", ""][:3] for line in lines if line and line[:2] not in ("# ", "#")
    ]
    return [(text.replace("\\n", "\n"), men, secrets) for text, men, secrets in rows]


@pytest.mark.parametrize(("text", "men", "secrets"), _cases())
def test_odd_voice(text: str, men: str, secrets: str) -> None:
    post = Post(
        source="x",
        external_id="1",
        posted_at=datetime(2024, 11, 20, 12, tzinfo=UTC),
        text=text,
    )
    reading = read(post)
    named = sorted(
        " ".join(filter(None, (one.surname, one.given, one.patronymic))).replace("ё", "е")
        for one in reading.records
    )
    theirs = [man for man in men.split("; ") if man]
    assert named == sorted(man.replace("ё", "е") for man in theirs)
    readable = [one for one in secrets.split("; ") if one and _stands(one, reading.text)]
    assert readable == []
    for man in theirs:
        assert (_beginning(man) in reading.text.lower()) is (_beginning(man) in text.lower())


def _stands(secret: str, text: str) -> bool:
    return re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text) is not None


def _beginning(man: str) -> str:
    return man.split(maxsplit=1)[0].lower()[:4]
