"""Simulated worlds of known size → how often each 95 % interval covers the truth.

`python -m benchmarks.coverage [WORLDS]` prints a line for each kind of world: how many were
answered (the rest refused), the share covered, and the median width over the truth. A world of
"mixed" is drawn anew each time, its size, chances and dependence too.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations
from typing import cast

import numpy as np

from estimate import Estimate, Refusal, chao, chapman, loglinear, nowcast, rate_per_100k
from estimate.census import all_regions, men_of_region
from estimate.many_lists import cells, design_of

SEED = 7
WORLDS = 1000
Rng = np.random.Generator
Answer = tuple[float, float, float] | None  # truth, low, high; None: refused
World = Callable[[Rng], Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """What came of one kind of world."""

    answered: int
    share: float  # of the answered whose interval held the truth
    above: float  # of the answered whose interval lies wholly above the truth
    width: float  # median of (high − low) / truth


def simulate(world: World, worlds: int = WORLDS, seed: int = SEED) -> Covered:
    """Draw so many worlds of one kind, the same for the same seed."""
    rng = np.random.default_rng(seed)
    drawn = (world(rng) for _ in range(worlds))
    answers = [answer for answer in drawn if answer is not None]
    held = sum(low <= truth <= high for truth, low, high in answers)
    above = sum(low > truth for truth, low, high in answers)
    widths = [(high - low) / truth for truth, low, high in answers if truth]
    many = max(len(answers), 1)
    return Covered(
        answered=len(answers),
        share=held / many,
        above=above / many,
        width=float(np.median(widths)) if widths else 0.0,
    )


def two_lists(size: int | None, first: float, second: float) -> World:
    """Independent lists; size None: between 80 and 2,000, and chances drawn too."""

    def world(rng: Rng) -> Answer:
        men = size or int(np.exp(rng.uniform(np.log(80), np.log(2000))))
        p, q = (first, second) if size else rng.uniform(0.25, 0.75, 2)
        both, one, other, _ = rng.multinomial(
            men, [p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)]
        )
        return _answer(men, chapman(int(both + one), int(both + other), int(both)))

    return world


def posts(size: int, mean: float, shape: float | None = None) -> World:
    """Each man's number of posts is Poisson; with a shape his own mean is gamma about `mean`."""

    def world(rng: Rng) -> Answer:
        own = mean if shape is None else rng.gamma(shape, mean / shape, size)
        frequencies = Counter(rng.poisson(own, size).tolist())
        return _answer(size, chao({times: men for times, men in frequencies.items() if times}))

    return world


def lists(lists: int, size: int | None, pairs: int | None, strength: float) -> World:
    """So many lists, of which so many pairs depend on each other by log odds ~ N(0, strength).

    size None: between 200 and 2,000; pairs None: none to all, all alike likely.
    """

    def world(rng: Rng) -> Answer:
        men = size or int(np.exp(rng.uniform(np.log(200), np.log(2000))))
        every = list(combinations(range(lists), 2))
        many = int(rng.integers(0, len(every) + 1)) if pairs is None else pairs
        dependent = tuple(every[i] for i in rng.permutation(len(every))[:many])
        chances = rng.uniform(0.2, 0.6, lists)
        effects = [0.0, *np.log(chances / (1 - chances)), *rng.normal(0, strength, many)]
        weights = np.exp(design_of(lists, dependent) @ np.array(effects))
        drawn = rng.multinomial(men, weights / weights.sum())[:-1]
        overlap = dict(zip(cells(lists)[:-1], map(int, drawn), strict=True))
        return _answer(men, loglinear("ABCD"[:lists], overlap))

    return world


def delays(rows: int, longest: int, mean: float, shape: float | None, wait: float) -> World:
    """Rows of about `mean` men whose waits are geometric about `wait` periods, cut at `longest`.

    With a shape the rows' levels are gamma about the mean: losses come in waves.
    """
    chances = np.exp(-np.arange(longest + 1) / wait)
    chances /= chances.sum()

    def world(rng: Rng) -> Answer:
        levels = np.full(rows, mean) if shape is None else rng.gamma(shape, mean / shape, rows)
        men = rng.poisson(levels[:, None] * chances)
        triangle = [men[i, : rows - i].tolist() for i in range(rows)]
        missing = int(men.sum()) - sum(map(sum, triangle))
        return _answer(missing, nowcast(triangle))

    return world


def rates(total: float, spread: float) -> World:
    """One region drawn from the census, its expected count from a total of so many men."""
    men = [men_of_region(code) or 0 for code in all_regions()]

    def world(rng: Rng) -> Answer:
        base = men[int(rng.integers(len(men)))]
        rate = total / sum(men) * rng.gamma(spread, 1 / spread)
        found = rate_per_100k(int(rng.binomial(base, rate)), base)
        return rate * 1e5, found.low, found.high

    return world


def _answer(truth: float, found: Estimate | Refusal) -> Answer:
    if isinstance(found, Refusal):
        return None
    return truth, found.low, np.inf if found.high is None else found.high


KINDS: dict[str, World] = {
    "Chapman: mixed": two_lists(None, 0, 0),
    "Chapman: 100 men, .3 and .5": two_lists(100, 0.3, 0.5),
    "Chapman: 500 men, .2 and .2": two_lists(500, 0.2, 0.2),
    "Chao: 200 men, 1 post each": posts(200, 1.0),
    "Chao: 1,000 men, .5 posts each": posts(1000, 0.5),
    "Chao: 500 men, unlike (a bound)": posts(500, 1.0, 1.0),
    "Log-linear, 3 lists: mixed": lists(3, None, None, 0.7),
    "Log-linear, 3 lists: independent": lists(3, 500, 0, 0.7),
    "Log-linear, 3 lists: one pair": lists(3, 500, 1, 0.7),
    "Log-linear, 3 lists: two pairs": lists(3, 500, 2, 0.7),
    "Log-linear, 3 lists: all pairs": lists(3, 500, 3, 0.5),
    "Nowcast: steady, 10 a week": delays(40, 13, 10, None, 3),
    "Nowcast: waves, 10 a week": delays(40, 13, 10, 2, 3),
    "Nowcast: waves, 3 a week": delays(40, 13, 3, 1, 2),
    "Rate: 200 men in all": rates(200, 1.0),
    "Rate: 2,000 men in all": rates(2000, 1.0),
}


def main(worlds: int) -> None:
    print(f"{worlds} worlds of each kind, seed {SEED}\n")
    print(f"{'world':36}{'answered':>9}{'covered':>9}{'above':>7}{'width':>7}")
    for name, world in KINDS.items():
        found = simulate(world, worlds)
        print(
            f"{name:36}{found.answered:9}{found.share:9.1%}{found.above:7.1%}{found.width:7.2f}",
            flush=True,
        )


if __name__ == "__main__":
    main(int(cast(str, sys.argv[1])) if len(sys.argv) > 1 else WORLDS)
