"""Extraction on whole worlds of several authors: what was reached is held."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import extract
from benchmarks.extraction import WORLD, accuracy, posts

WORLDS = Path(__file__).parent.parent / "benchmarks" / "worlds"
FLOORS = {
    "detection": 0.99, "full name": 0.97, "birth_date": 0.97, "age": 0.98, "category": 0.98,
    "unit": 0.97, "home_region": 0.95, "last_contact": 0.96, "status": 0.98,
}  # fmt: skip
LOWER = {  # not read that well yet
    "ninth": {"detection": 0.975, "full name": 0.935, "age": 0.845, "category": 0.965,
              "home_region": 0.94, "last_contact": 0.95},
    "tenth": {"detection": 0.98, "full name": 0.945},
    "eleventh": {"detection": 0.985},
    "twelfth": {"full name": 0.965},
    "thirteenth": {"full name": 0.95, "unit": 0.94, "status": 0.95},
    "fourteenth": {"detection": 0.965, "full name": 0.94, "category": 0.97, "unit": 0.95,
                   "status": 0.88},
    "fifteenth": {"detection": 0.965, "full name": 0.955, "birth_date": 0.965, "age": 0.955,
                  "category": 0.96, "unit": 0.895, "last_contact": 0.92, "status": 0.97},
    "sixteenth": {"detection": 0.975, "full name": 0.885, "birth_date": 0.95, "age": 0.84,
                  "category": 0.96, "unit": 0.95, "home_region": 0.92, "last_contact": 0.865,
                  "status": 0.89},
    "seventeenth": {"detection": 0.96, "full name": 0.945, "birth_date": 0.95, "age": 0.97,
                    "last_contact": 0.91, "status": 0.96},
    "eighteenth": {"detection": 0.97, "full name": 0.915, "birth_date": 0.96, "age": 0.95,
                   "last_contact": 0.945, "status": 0.95},
    "nineteenth": {"full name": 0.955, "birth_date": 0.95, "age": 0.91, "home_region": 0.94,
                   "last_contact": 0.915, "status": 0.955},
}  # fmt: skip
READABLE = {  # what is not hidden yet
    ("w13-053", "вадимом"),  # a dead uncle's given name, which is the sought man's own
    ("v0049", "марта ш"),  # «Подпись: Марта Ш.» beside a date: March
    ("v0113", "марта"),  # «Марта искала его»
    ("v0114", "милана"),  # one who was made up, in quotes
    ("y0040", "сэсэг"),  # a name of both sexes behind another's surname
    ("n0048", "лев бойко старший"),  # a father of the sought man's own name
    ("n0049", "гарипова э"),  # a surname and an initial under a list of men
    ("n0115", "федоров кирилл"),  # a brother at home, named like a sought man
}
NAMES = sorted(path.parent.name for path in WORLDS.glob("*/posts.jsonl"))
EVERY = pytest.mark.parametrize(
    "world",
    [WORLD, *(WORLDS / name for name in NAMES)],
    ids=lambda path: path.name,
)


@EVERY
def test_reading_a_world(world: Path) -> None:
    reached = accuracy(posts(world))
    floors = FLOORS | LOWER.get(world.name, {})
    assert {name: score for name, score in reached.items() if score < floors.get(name, 0)} == {}


@EVERY
def test_no_relative_can_be_read(world: Path) -> None:
    rows = [json.loads(line) for line in (world / "posts.jsonl").read_text("utf-8").splitlines()]
    secrets = {row["post_id"]: (row.get("pii", []), row["mentions"]) for row in rows}
    readable = []
    for post, _ in posts(world):
        private, men = secrets[post.external_id]
        shared = {word for man in men for word in _words(man)}
        text = _plain(extract.read(post).text)
        for secret in map(_plain, private):
            if (post.external_id, secret) in READABLE:
                continue
            if secret not in shared and re.search(rf"(?<!\w){re.escape(secret)}(?!\w)", text):
                readable.append((post.external_id, secret))
    assert readable == []


def _words(man: dict[str, str | None]) -> list[str]:
    parts = (man.get(part) for part in ("surname", "given", "patronymic", "as_written"))
    return [word for part in parts for word in _plain(part or "").split()]


def _plain(text: str) -> str:
    return re.sub(r"[\s\-–—]+", " ", text.lower().replace("ё", "е")).strip(" .")
