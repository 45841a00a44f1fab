"""A count of so many → a share or a rate with Wilson's interval."""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt

from estimate.outcome import Z


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A value and its 95 % interval."""

    value: float
    low: float
    high: float


def wilson(count: int, of: int) -> Interval:
    """The share `count` / `of` with Wilson's score interval, without continuity correction.

    Wilson (1927); method 3 of Newcombe (1998), Statistics in Medicine 17:857, whose Table I the
    tests hold: 81 of 263 gives 0.2553–0.3662. Raises ValueError unless 0 ≤ count ≤ of, of > 0.
    """
    if of <= 0 or not 0 <= count <= of:
        raise ValueError(f"{count} of {of} is no share")
    share, square = count / of, Z * Z
    middle = count + square / 2
    half = Z * sqrt(count * (1 - share) + square / 4)
    low, high = (middle - half) / (of + square), (middle + half) / (of + square)
    return Interval(value=share, low=0.0 if count == 0 else low, high=1.0 if count == of else high)


def rate_per_100k(count: int, men: int) -> Interval:
    """Persons per 100,000 men, with Wilson's interval of the share."""
    found = wilson(count, men)
    return Interval(value=found.value * 1e5, low=found.low * 1e5, high=found.high * 1e5)
