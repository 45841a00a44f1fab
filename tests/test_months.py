"""A month of posts, edits, deletions and sick servers: the store ends equal to the books."""

from __future__ import annotations

from pathlib import Path

import pytest
from authors import AUTHORS
from month import Month

SEEDS = 200
PART = 10  # seeds of one slow test


def check(seed: int, folder: Path, days: int = 30) -> Month:
    month = Month(seed, folder)
    month.run(days)
    for kind in AUTHORS:
        held, owed = month.held(kind), month.owed(kind)
        wrong = {name: (held.get(name), owed.get(name)) for name in held.keys() | owed.keys()
                 if held.get(name) != owed.get(name)}  # fmt: skip
        assert not wrong, f"seed {seed}, {kind}: {wrong}"
        if kind != "rss":  # a feed shows its end, and may lose what was posted between two looks
            standing = {name: versions[-1] for name, (versions, gone) in held.items() if not gone}
            assert standing == month.authors[kind].truth(), f"seed {seed}, {kind}"
    return month


@pytest.mark.parametrize("seed", [1, 2])
def test_ten_days_end_as_the_books_have_it(seed: int, tmp_path: Path) -> None:
    check(seed, tmp_path, days=10)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, SEEDS, PART))
def test_two_hundred_months(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + PART):
        (folder := tmp_path / str(seed)).mkdir()
        check(seed, folder)
