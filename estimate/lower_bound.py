"""How many men have one post, two posts, … → at least how many there are (Chao's lower bound)."""

from __future__ import annotations

from collections.abc import Mapping
from math import exp, log, sqrt

from estimate.outcome import Estimate, Refusal, Z

METHOD = "chao"
LEAST = 10  # men with one post, and with two: below this the interval does not keep its level
LOWER_BOUND = "caution.lower_bound"


def chao(frequencies: Mapping[int, int]) -> Estimate | Refusal:
    """Chao's lower bound n + f₁(f₁−1)/(2(f₂+1)) with the log-normal interval.

    `frequencies` maps a number of posts to how many men have so many: f₁ men were posted about
    once, f₂ twice. Chao (1987), Biometrics 43:783; the bias-corrected form and its variance are
    those of Chao (1989), Biometrics 45:427. It needs no equal chances: where men differ in how
    often they are posted about, it is a bound from below. Refused
    below 10 men with one post or with two.
    """
    seen = sum(frequencies.values())
    once, twice = frequencies.get(1, 0), frequencies.get(2, 0)
    stated = {"seen": seen, "once": once, "twice": twice}
    if twice < LEAST:
        return Refusal(method=METHOD, reason="refused.twice", values={**stated, "least": LEAST})
    if once < LEAST:
        return Refusal(method=METHOD, reason="refused.once", values={**stated, "least": LEAST})
    missed = once * (once - 1) / (2 * (twice + 1))
    variance = _variance(once, twice)
    spread = exp(Z * sqrt(log(1 + variance / missed**2)))
    return Estimate(
        method=METHOD, value=seen + missed, low=seen + missed / spread,
        high=seen + missed * spread,
        basis={**stated, "standard_error": round(sqrt(variance), 2)}, cautions=(LOWER_BOUND,),
    )  # fmt: skip


def _variance(once: int, twice: int) -> float:
    """Of the bias-corrected bound: Chao (1989), as EstimateS and iNEXT write it."""
    f1, f2 = float(once), float(twice + 1)
    return (
        f1 * (f1 - 1) / (2 * f2)
        + f1 * (2 * f1 - 1) ** 2 / (4 * f2**2)
        + f1**2 * (f2 - 1) * (f1 - 1) ** 2 / (4 * f2**4)
    )
