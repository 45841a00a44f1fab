"""Extraction on whole worlds of several authors: what was reached is held."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.extraction import WORLD, accuracy, posts

WORLDS = Path(__file__).parent.parent / "benchmarks" / "worlds"
FLOORS = {
    "detection": 0.99, "full name": 0.94, "birth_date": 0.97, "age": 0.98, "category": 0.98,
    "unit": 0.97, "home_region": 0.95, "last_contact": 0.96, "status": 0.98,
}  # fmt: skip


@pytest.mark.parametrize(
    "world", [WORLD, WORLDS / "second", WORLDS / "third"], ids=lambda path: path.name
)
def test_reading_a_world(world: Path) -> None:
    reached = accuracy(posts(world))
    assert {name: score for name, score in reached.items() if score < FLOORS.get(name, 0)} == {}
