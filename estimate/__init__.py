"""Overlaps of lists, delays and counts → estimates with 95 % intervals, or a refusal and why.

Pure statistics: no file but the census table, no database, no clock. Nothing here belongs in a
headline: a count is of men who were named, an estimate is of men who were not.
"""

from estimate.census import men_of_region
from estimate.delays import nowcast
from estimate.lower_bound import chao
from estimate.many_lists import loglinear
from estimate.outcome import Estimate, Refusal
from estimate.proportion import Interval, rate_per_100k, wilson
from estimate.two_lists import chapman

__all__ = [
    "Estimate", "Interval", "Refusal", "chao", "chapman", "loglinear", "men_of_region", "nowcast",
    "rate_per_100k", "wilson",
]  # fmt: skip
