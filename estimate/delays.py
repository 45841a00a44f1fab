"""Who was reported how long after → how many are not yet reported, with an interval."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.stats import chi2, nbinom

from estimate.outcome import LEVEL, Estimate, Refusal

METHOD = "nowcast"
LEAST_REPORTS = 30
LEAST_COMPLETE = 4  # rows old enough for every delay
DRAWS = 4000
SEED = 20240823  # the same data give the same answer for ever
SHAPES = np.geomspace(0.3, 100, 25)  # how unlike the rows' levels may be: small is very unlike
RECENT = 12  # rows whose level stands for that of the newest
UNSTEADY = 0.01  # delays that differ so between older and newer rows are taken to have changed
STEADY = "caution.steady_delays"

Floats = NDArray[np.float64]
Triangle = Sequence[Sequence[int]]


def nowcast(triangle: Triangle) -> Estimate | Refusal:
    """How many will still be reported of those whom the rows are about, with a 95 % interval.

    `triangle` holds a row a period, the oldest first; a row's d-th number is how many were
    reported d periods after, and rows of the newest periods are shorter. Delays past the longest
    row are outside the question. The point estimate is the chain ladder; the interval draws the
    reverse-time chances of each delay (Lawless 1994, Canadian Journal of Statistics 22:15) and,
    given them, the unreported from a negative binomial: a row's level is gamma about the recent
    rows' own. With a flat level it is the (x + 1 − π)/π of baselinenowcast. Refused below 30
    reports or 4 complete rows, where `steadiness` shows that delays have changed,
    and where more would be unreported than are reported.
    """
    longest = max((len(row) for row in triangle), default=0)
    reports = sum(map(sum, triangle))
    complete = sum(len(row) == longest for row in triangle)
    if reports < LEAST_REPORTS or complete < LEAST_COMPLETE:
        values = {
            "reports": reports, "least_reports": LEAST_REPORTS, "complete": complete,
            "least_complete": LEAST_COMPLETE,
        }  # fmt: skip
        return Refusal(method=METHOD, reason="refused.reports", values=values)
    chance = steadiness(triangle)
    if chance < UNSTEADY:
        return Refusal(
            method=METHOD, reason="refused.delays_changed", values={"p": round(chance, 4)}
        )
    unreported = _draws(triangle, longest)
    total = unreported.sum(axis=1)
    edge = (1 - LEVEL) / 2
    low, value, high = (float(x) for x in np.quantile(total, (edge, 0.5, 1 - edge)))
    if value > reports:
        return Refusal(
            method=METHOD, reason="refused.too_young",
            values={"reports": reports, "persons": round(value)},
        )  # fmt: skip
    return Estimate(
        method=METHOD, value=value, low=low, high=high,
        basis={
            "reports": reports,
            "reported_by_delay": [round(float(x), 3) for x in reported_shares(triangle)],
            "rows": _rows(triangle, unreported, edge),
        },
        cautions=(STEADY,),
    )  # fmt: skip


def reverse_chances(triangle: Triangle) -> Floats:
    """g_d: of those reported within d periods, the share reported in the d-th; shape (delays,).

    1/(1 − g_d) is the chain ladder's development factor (Mack 1993, ASTIN Bulletin 23:213).
    """
    at, within = _at_and_within(triangle)
    return cast(Floats, np.divide(at, within, out=np.zeros_like(at), where=within > 0))


def reported_shares(triangle: Triangle) -> Floats:
    """π_d: the share reported within d periods, of those reported within the longest delay."""
    return _shares(reverse_chances(triangle))


def steadiness(triangle: Triangle) -> float:
    """The chance of delays so unlike in the older and the newer half, had they not changed.

    A log-rank test in reverse time: of those reported within d periods, is the share reported in
    the d-th the same in both halves? Kalbfleisch and Lawless (1991), Statistica Sinica 1:19.
    """
    reports = np.cumsum([sum(row) for row in triangle])
    cut = int(np.abs(reports - reports[-1] / 2).argmin()) + 1
    longest = max(len(row) for row in triangle)
    newer = [[0] * longest, *triangle[cut:]]
    (at, within), (at_new, within_new) = _at_and_within(triangle), _at_and_within(newer)
    able = (within > 1) & (within_new > 0) & (within_new < within)
    at, within, at_new, within_new = (x[able] for x in (at, within, at_new, within_new))
    expected = at * within_new / within
    spread = expected * (1 - within_new / within) * (within - at) / (within - 1)
    if spread.sum() <= 0:
        return 1.0
    return float(chi2.sf((at_new - expected).sum() ** 2 / spread.sum(), 1))


def _shares(chances: Floats) -> Floats:
    """π_d = Π over longer delays of (1 − g), along the last axis; the longest has 1."""
    stays = np.flip(np.cumprod(np.flip(1 - chances, axis=-1), axis=-1), axis=-1)
    ones = np.ones_like(stays[..., :1])
    return cast(Floats, np.concatenate([stays[..., 1:], ones], axis=-1))


def _at_and_within(triangle: Triangle) -> tuple[Floats, Floats]:
    longest = max(len(row) for row in triangle)
    at, within = np.zeros(longest), np.zeros(longest)
    for row in triangle:
        at[: len(row)] += row
        within[: len(row)] += np.cumsum(row)
    return at, within


def _draws(triangle: Triangle, longest: int) -> Floats:
    """The unreported of each row, drawn many times, 0 of complete ones: shape (draws, rows)."""
    rng = np.random.default_rng(SEED)
    at, within = _at_and_within(triangle)
    chances = rng.beta(at + 0.5, within - at + 0.5, size=(DRAWS, longest))
    by_delay = np.clip(_shares(chances), 1e-9, 1)
    seen = np.array([sum(row) for row in triangle], dtype=np.float64)
    delays = np.array([len(row) - 1 for row in triangle])
    level, shape = _level(seen[-RECENT:], by_delay.mean(axis=0)[delays[-RECENT:]], rng)
    young = delays < longest - 1
    shares = by_delay[:, delays[young]]
    rates = rng.gamma(shape[:, None] + seen[young]) / ((shape / level)[:, None] + shares)
    drawn = np.zeros((DRAWS, len(triangle)))
    drawn[:, young] = rng.poisson(rates * (1 - shares))
    return drawn


def _level(seen: Floats, shares: Floats, rng: np.random.Generator) -> tuple[Floats, Floats]:
    """Draws of the rows' common level and of how unlike they are, given the recent rows."""
    mean = max(seen.sum(), 0.5) / shares.sum()
    fits = np.array([
        nbinom.logpmf(seen, shape, shape / (shape + mean * shares)).sum() for shape in SHAPES
    ])  # fmt: skip
    weights = np.exp(fits - fits.max())
    shape = rng.choice(SHAPES, size=DRAWS, p=weights / weights.sum())
    # the level is itself known only from so many reports, more loosely where rows are unlike
    pieces = 1 / (1 / max(seen.sum(), 0.5) + 1 / (shape * len(seen)))
    return mean * rng.gamma(pieces) / pieces, shape


def _rows(triangle: Triangle, unreported: Floats, edge: float) -> list[dict[str, float]]:
    """For each row: reported so far, and expected in the end with its interval."""
    bounds = np.quantile(unreported, (edge, 0.5, 1 - edge), axis=0)
    return [
        {
            "reported": sum(row), "expected": sum(row) + round(float(bounds[1, i]), 1),
            "low": sum(row) + float(bounds[0, i]), "high": sum(row) + float(bounds[2, i]),
        }
        for i, row in enumerate(triangle)
    ]  # fmt: skip
