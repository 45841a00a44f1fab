"""labels.tsv → what a person reads, in English or Russian: one table for pages and terminal."""

from __future__ import annotations

import csv
from datetime import date
from functools import cache
from pathlib import Path

LANGUAGES = ("en", "ru")


@cache
def _table() -> dict[str, dict[str, str]]:
    with Path(__file__).with_name("labels.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {row["key"]: row for row in rows}


def label(key: str, language: str = "en", **values: object) -> str:
    """The text of a key; the key's last part where the table has none, so that nothing is lost."""
    row = _table().get(key)
    text = row[language] if row else key.rpartition(".")[2].replace("_", " ")
    return text.format(**values) if values else text


def has(key: str) -> bool:
    """Does the table know this key?"""
    return key in _table()


def keys(group: str) -> tuple[str, ...]:
    """The keys that begin so."""
    return tuple(key for key in _table() if key.startswith(group))


def counted(key: str, number: int, language: str = "en") -> str:
    """The form of a word that goes with a number: soldier/soldiers, пост/поста/постов."""
    forms = label(key, language).split("|")
    if language == "en":
        return forms[number != 1]
    tens, ones = number % 100, number % 10
    if ones == 1 and tens != 11:
        return forms[0]
    return forms[1] if 2 <= ones <= 4 and not 12 <= tens <= 14 else forms[-1]


def day_in_words(day: str, language: str = "en") -> str:
    """2024-08-23 → 23 August 2024, 23 августа 2024 года."""
    value = date.fromisoformat(day)
    month = label(f"month.{value.month:02d}", language)
    return label("date.form", language, day=value.day, month=month, year=value.year)


def preferred(accept_language: str) -> str:
    """The language of LANGUAGES that an Accept-Language header asks for most; else English."""
    best, weight = LANGUAGES[0], 0.0
    for part in accept_language.lower().split(","):
        name, _, quality = part.strip().partition(";q=")
        try:
            asked = float(quality or 1)
        except ValueError:
            continue
        if name[:2] in LANGUAGES and asked > weight:
            best, weight = name[:2], asked
    return best
