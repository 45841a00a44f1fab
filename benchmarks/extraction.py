"""A world with gold → how well and how fast extraction reads it, with natasha beside it.

    python -m benchmarks.extraction [WORLD]        # a folder with posts.jsonl; the practice world

The speed is measured by `benchmarks.speed`.
"""

from __future__ import annotations

import argparse
import difflib
import itertools
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, Protocol, TypeVar

import extract
from model import Claim, Post, Record

WORLD = Path(__file__).parent.parent / "practice" / "data"
NAMES = ("surname", "given", "patronymic")
FIELDS = (
    "birth_date", "age", "category", "unit", "rank", "home_region", "home_place",
    "last_contact", "last_seen_place", "status",
)  # fmt: skip
Gold = Mapping[str, object]


class Named(Protocol):
    """A record, or a person of one post."""

    @property
    def surname(self) -> str | None: ...
    @property
    def given(self) -> str | None: ...
    @property
    def patronymic(self) -> str | None: ...


N = TypeVar("N", bound=Named)


def posts(world: Path) -> list[tuple[Post, list[Gold]]]:
    with (world / "posts.jsonl").open(encoding="utf-8") as lines:
        return [_post(json.loads(line)) for line in lines if line.strip()]


def _post(row: dict[str, Any]) -> tuple[Post, list[Gold]]:
    edited = row.get("edited_at")
    post = Post(
        source=str(row["source_id"]),
        external_id=str(row["post_id"]),
        posted_at=datetime.fromisoformat(str(row["posted_at"])),
        edited_at=datetime.fromisoformat(str(edited)) if edited else None,
        text=str(row["text"]),
    )
    return post, row["mentions"]


def _said(record: Record, field: str) -> str | None:
    if field == "status":
        return "missing" if record.claim is Claim.SOUGHT else record.claim.value
    value = getattr(record, field)
    return None if value is None else str(value)


def _folded(parts: Sequence[object]) -> str:
    return " ".join(str(part) for part in parts if part).lower().replace("ё", "е")


def _name(one: Named) -> str:
    return _folded([getattr(one, part) for part in NAMES])


def paired(found: Sequence[N], gold: Sequence[Gold]) -> list[tuple[N, Gold]]:
    """Each man found with the man of the gold whose name is nearest, at least half the same."""

    def near(pair: tuple[N, Gold]) -> float:
        other = _folded([pair[1][part] for part in NAMES])
        return difflib.SequenceMatcher(None, _name(pair[0]), other).ratio()

    taken: list[tuple[N, Gold]] = []
    for pair in sorted(itertools.product(found, gold), key=near, reverse=True):
        free = all(pair[0] is not r and pair[1] is not g for r, g in taken)
        if free and near(pair) >= 0.5:
            taken.append(pair)
    return taken


def f1(counts: Counter[str]) -> float:
    """The harmonic mean of precision and recall, of counts `hit`, `said` and `gold`."""
    return 2 * counts["hit"] / max(counts["said"] + counts["gold"], 1)


def accuracy(world: Sequence[tuple[Post, list[Gold]]]) -> dict[str, float]:
    scores: dict[str, Counter[str]] = {
        name: Counter() for name in ("detection", "full name", *FIELDS)
    }
    for post, gold in world:
        records = extract.read(post).records
        _count(scores["detection"], bool(records) and bool(gold), bool(records), bool(gold))
        pairs = paired(records, gold)
        right = sum(_name(r) == _folded([g[part] for part in NAMES]) for r, g in pairs)
        _count(scores["full name"], right, len(records), len(gold))
        for field, (record, truth) in itertools.product(FIELDS, pairs):
            said, true = _said(record, field), truth[field]
            hit = said is not None and said == str(true)
            _count(scores[field], hit, said is not None, true is not None)
    return {name: f1(counts) for name, counts in scores.items()}


def _count(counts: Counter[str], hit: int, said: int, gold: int) -> None:
    counts.update(hit=int(hit), said=int(said), gold=int(gold))


def main() -> None:
    from benchmarks import speed  # noqa: PLC0415  it reads worlds by this module

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", nargs="?", type=Path, default=WORLD)
    world = parser.parse_args().world
    for name, score in accuracy(posts(world)).items():
        print(f"{name:<16} F1 {score:.4f}")
    speed.report(world)


if __name__ == "__main__":
    main()
