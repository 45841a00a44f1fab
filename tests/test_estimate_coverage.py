"""In 1,000 simulated worlds the 95 % intervals hold the truth 93 to 97 % of the time."""

from __future__ import annotations

import pytest

from benchmarks.coverage import KINDS, WORLDS, simulate

# Worlds that are as each method assumes; the table of `python -m benchmarks.coverage` has more.
HELD = [
    "Chapman: mixed",
    "Chapman: 500 men, .2 and .2",
    "Chao: 200 men, 1 post each",
    "Chao: 1,000 men, .5 posts each",
    "Log-linear, 3 lists: mixed",
    "Nowcast: steady, 10 a week",
    "Nowcast: waves, 10 a week",
    "Rate: 200 men in all",
    "Rate: 2,000 men in all",
]


@pytest.mark.slow
@pytest.mark.parametrize("kind", HELD)
def test_intervals_hold_their_level(kind: str) -> None:
    found = simulate(KINDS[kind])
    assert found.answered >= 0.95 * WORLDS
    assert 0.93 <= found.share <= 0.97


def test_a_bound_lies_below_where_men_are_unlike() -> None:
    found = simulate(KINDS["Chao: 500 men, unlike (a bound)"], 100)
    assert found.above == 0
    assert found.share < 0.5  # it is no estimate there, and does not say so


def test_the_quick_ones_hold_in_a_few_worlds() -> None:
    for kind in ("Chapman: mixed", "Rate: 200 men in all"):
        assert 0.88 <= simulate(KINDS[kind], 200).share <= 1.0
