"""Two lists and their overlap → how many men there are, on neither list included (Chapman)."""

from __future__ import annotations

from math import exp, sqrt

from estimate.outcome import Estimate, Refusal, Z

METHOD = "chapman"
LEAST_OVERLAP = 7  # Robson and Regier (1964): then the estimator's bias is below 5 %
DEPENDENT = "caution.dependent"
CLOSED = "caution.closed"


def chapman(first: int, second: int, both: int) -> Estimate | Refusal:
    """Chapman's estimate N̂ = (n₁+1)(n₂+1)/(m+1) − 1 with a transformed-logit interval.

    `first` and `second` are the lengths of the lists, `both` the men on both. The estimate and
    its variance are those of Seber (1982), section 3.2; the interval is Sadinle's (2009,
    Communications in Statistics 38:1909), which keeps its level in small samples where the normal
    one does not. Refused below 7 men on both lists, and where one list holds the other whole.
    Assumes that a man's being on one list says nothing of his being on the other.
    """
    if not 0 <= both <= min(first, second):
        raise ValueError(f"{both} on both lists of {first} and {second}")
    sizes = {"first": first, "second": second, "both": both}
    if both < LEAST_OVERLAP:
        return Refusal(
            method=METHOD, reason="refused.overlap", values={**sizes, "least": LEAST_OVERLAP}
        )
    if both == min(first, second):
        return Refusal(method=METHOD, reason="refused.nested", values=sizes)
    value = (first + 1) * (second + 1) / (both + 1) - 1
    low, high = _logit_interval(first - both, second - both, both)
    error = sqrt(chapman_variance(first, second, both))
    return Estimate(
        method=METHOD, value=value, low=max(low, first + second - both), high=high,
        basis={**sizes, "standard_error": round(error, 2)}, cautions=(DEPENDENT, CLOSED),
    )  # fmt: skip


def chapman_variance(first: int, second: int, both: int) -> float:
    """Seber's estimate of the variance of Chapman's N̂ (Seber 1982, equation 3.6)."""
    return (
        (first + 1) * (second + 1) * (first - both) * (second - both)
        / ((both + 1) ** 2 * (both + 2))
    )  # fmt: skip


def _logit_interval(only_first: int, only_second: int, both: int) -> tuple[float, float]:
    """Sadinle (2009): half a man added to each cell, the odds of being missed on a log scale."""
    a, b, c = both + 0.5, only_first + 0.5, only_second + 0.5
    spread = Z * sqrt(1 / a + 1 / b + 1 / c + a / (b * c))
    seen, missed = only_first + only_second + both - 0.5, b * c / a
    return seen + missed * exp(-spread), seen + missed * exp(spread)
