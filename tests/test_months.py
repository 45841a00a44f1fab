"""A month of posts, edits, deletions and sick servers: the store ends equal to the books."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from authors import AUTHORS
from month import Month

from scraper import boards
from scraper.feed import Entry
from scraper.kept import Kept
from scraper.kinds import rss

SEEDS = 200
PART = 10  # seeds of one slow test


def check(seed: int, folder: Path, days: int = 30, kinds: Sequence[str] = tuple(AUTHORS)) -> Month:
    month = Month(seed, folder, kinds)
    month.run(days)
    for kind in kinds:
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


# Planted bugs: the books must tell each of them.


def _never_again(_kept: Kept, _now: datetime) -> None:
    """Young posts are not read again."""


def _gone_at_once(kept: Kept, unseen: set[int], _here: object, _now: datetime) -> list[int]:
    """A page that leaves something out shows a deletion."""
    return [number for number in sorted(unseen) if kept.recent.pop(number)]


def _as_they_come(entries: list[Entry], _known: object) -> tuple[list[Entry], dict[str, str]]:
    """A feed's entries under whatever ids they bear today."""
    return entries, {}


@pytest.mark.parametrize(
    ("kind", "owner", "name", "planted"),
    [
        ("telegram", Kept, "horizon", _never_again),
        ("vk", Kept, "absent", _gone_at_once),
        ("rss", rss, "_named_as_before", _as_they_come),
        ("html", boards, "lasting", str),
    ],
)
def test_a_planted_bug_is_told(  # noqa: PLR0917
    kind: str,
    owner: object,
    name: str,
    planted: object,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(owner, name, planted)
    with pytest.raises(AssertionError):
        check(5, tmp_path, 8, [kind])
