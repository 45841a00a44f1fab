"""words.tsv → what a reader of the report and of `estimate` reads, in English or Russian."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path

from store.datasette.labels import has, label

LANGUAGES = ("en", "ru")


@cache
def _table() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("words.tsv").open(encoding="utf-8", newline="") as lines:
        stated = (line for line in lines if not line.startswith("#"))
        rows = csv.DictReader(stated, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["key"]: row for row in rows}


def say(key: str, language: str = "en", **values: object) -> str:
    """The text of a key, from this table or the pages' own labels. KeyError for an unknown key."""
    row = _table().get(key)
    if row is None:
        if not has(key):
            raise KeyError(key)
        return label(key, language, **values)
    text = row[language]
    return text.format(**values) if values else text
