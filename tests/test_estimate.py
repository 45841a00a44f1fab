"""Each method against figures published by others, and its refusals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from estimate import (
    Estimate,
    Refusal,
    chao,
    chapman,
    loglinear,
    men_of_region,
    nowcast,
    rate_per_100k,
    wilson,
)
from estimate.census import all_regions
from estimate.delays import reported_shares, reverse_chances, steadiness
from estimate.many_lists import Pairs, averaged, cells, fit_model
from estimate.two_lists import _logit_interval, chapman_variance
from store.datasette.regions import regions


# Newcombe (1998), Statistics in Medicine 17:857, Table I, method 3: Wilson without correction
@pytest.mark.parametrize(
    ("count", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
    ],
)
def test_wilson_as_newcombe_prints_it(count: int, of: int, low: float, high: float) -> None:
    found = wilson(count, of)
    assert found.value == count / of
    assert (round(found.low, 4), round(found.high, 4)) == (low, high)


@pytest.mark.parametrize(("count", "of"), [(1, 0), (-1, 5), (6, 5)])
def test_no_share_of_nothing(count: int, of: int) -> None:
    with pytest.raises(ValueError, match="is no share"):
        wilson(count, of)


def test_a_rate_is_per_100_000() -> None:
    found = rate_per_100k(7, 92_884)
    assert found.value == pytest.approx(7.536, abs=0.001)
    assert found.low < found.value < found.high


# Counts of the census as the project's facts state them
@pytest.mark.parametrize(
    ("code", "men"),
    [("RU-KRS", 310_158), ("RU-BU", 278_885), ("RU-TY", 92_884), ("RU-SE", 207_166)],
)
def test_the_census_table(code: str, men: int) -> None:
    assert men_of_region(code) == men


def test_every_region_of_the_map_has_its_men() -> None:
    assert set(all_regions()) == set(regions())
    assert men_of_region("UA-63") is None


# Wikipedia, "Mark and recapture": 10 and 15 turtles, 5 recaptured; Chapman 28, 22 to 65
def test_chapmans_turtles() -> None:
    assert math.floor((10 + 1) * (15 + 1) / (5 + 1) - 1) == 28
    low, high = _logit_interval(10 - 5, 15 - 5, 5)
    assert (round(low), round(high)) == (22, 65)


# Seber (1982), p. 107, as Rcapture's documentation has it: 167 both, 781 and 254 on one alone
def test_chapman_on_sebers_lists() -> None:
    found = chapman(167 + 781, 167 + 254, 167)
    assert isinstance(found, Estimate)
    assert found.value == pytest.approx(949 * 422 / 168 - 1)
    assert chapman_variance(948, 421, 167) == pytest.approx(
        949 * 422 * 781 * 254 / (168**2 * 169), rel=1e-9
    )
    assert found.low < 2389.9 < (found.high or 0)  # Petersen's own estimate


@pytest.mark.parametrize(
    ("first", "second", "both", "reason"),
    [(15, 10, 5, "refused.overlap"), (40, 20, 20, "refused.nested"), (9, 9, 0, "refused.overlap")],
)
def test_chapman_refuses(first: int, second: int, both: int, reason: str) -> None:
    found = chapman(first, second, both)
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_an_impossible_overlap_is_an_error() -> None:
    with pytest.raises(ValueError, match="on both lists"):
        chapman(5, 5, 6)


# Edwards and Eberhardt (1967): 135 rabbits in a pen, 76 caught, 43 once and 16 twice. Chao (1987)
# gives 76 + 43²/(2·16) = 133.8; corrected for bias it is 76 + 43·42/(2·17).
def test_chaos_rabbits() -> None:
    found = chao({1: 43, 2: 16, 3: 8, 4: 6, 6: 2, 7: 1})
    assert isinstance(found, Estimate)
    assert found.basis["seen"] == 76
    assert found.value == pytest.approx(76 + 43 * 42 / 34)
    assert found.low < 135 < (found.high or 0)


@pytest.mark.parametrize(
    ("frequencies", "reason"),
    [({1: 40, 2: 9}, "refused.twice"), ({1: 9, 2: 40}, "refused.once"), ({}, "refused.twice")],
)
def test_chao_refuses(frequencies: dict[int, int], reason: str) -> None:
    found = chao(frequencies)
    assert isinstance(found, Refusal)
    assert found.reason == reason


# Counts in the order 111, 110, 101, 100, 011, … as in Rcapture's tests of published results.
INJURIES = (72, 5, 29, 54, 24, 3, 14)  # Cormack, Chang, Smith (2000), Table 3b
CENSUS = (72, 155, 7, 71, 13, 53, 43)  # Darroch et al. (1993), stratum R3
DIABETES = (58, 157, 18, 104, 46, 650, 12, 709, 14, 20, 7, 74, 8, 182, 10)  # Bruno et al. (1994)


@pytest.mark.parametrize(
    ("counts", "pairs", "persons", "deviance", "freedom"),
    [
        (INJURIES, (), 209, 75.1, 3),
        (INJURIES, ((1, 2),), 222, 1.2, 2),
        (INJURIES, ((0, 2), (1, 2)), 233, 0.8, 1),
        (CENSUS, ((0, 1), (0, 2), (1, 2)), 1240, 0.0, 0),
        (CENSUS, ((0, 1), (1, 2)), 850, 3.8, 1),
        (DIABETES, ((0, 1), (0, 2), (1, 2), (1, 3), (2, 3)), 2771, 7.6, 5),
        (DIABETES, ((0, 2), (1, 3), (2, 3)), 2472, 22.0, 7),
    ],
)
def test_log_linear_models_as_published(
    counts: tuple[int, ...], pairs: Pairs, persons: int, deviance: float, freedom: int
) -> None:
    fit = fit_model(np.array(counts), pairs)
    assert fit is not None
    assert round(fit.size) == persons
    assert round(fit.deviance, 1) == pytest.approx(deviance)
    assert fit.freedom == freedom


# The profile-likelihood intervals Cormack, Chang and Smith (2000) print; Rcapture gives the same
@pytest.mark.parametrize(
    ("pairs", "low", "high"),
    [((), 203, 217), (((1, 2),), 210, None), (((0, 2), (1, 2)), 204, None)],
)
def test_profile_intervals_as_published(pairs: Pairs, low: int, high: int | None) -> None:
    counts = np.array(INJURIES)
    fit = fit_model(counts, pairs)
    assert fit is not None
    found_low, found_high = averaged(counts, [(fit, 1.0)])
    assert round(found_low) == low
    if high is not None:
        assert found_high == pytest.approx(high, abs=0.6)


def overlap(counts: tuple[int, ...]) -> dict[tuple[int, ...], int]:
    lists = (len(counts) + 1).bit_length() - 1
    return dict(zip(cells(lists)[:-1], counts, strict=True))


def test_averaging_stands_between_its_models() -> None:
    found = loglinear(("one", "two", "three"), overlap(CENSUS))
    assert isinstance(found, Estimate)
    assert 850 <= found.value <= 1240
    assert found.low < 850
    assert found.high is not None
    assert found.high > 1240
    models = found.basis["models"]
    assert isinstance(models, list)
    assert models[0]["weight"] == max(model["weight"] for model in models)


def test_four_lists() -> None:
    found = loglinear(tuple("ABCD"), overlap(DIABETES))
    assert isinstance(found, Estimate)
    assert found.low < 2771 < (found.high or 0)


@pytest.mark.parametrize(
    ("names", "counts", "reason"),
    [
        ("AB", (20, 30, 40), "refused.lists"),
        ("ABCDE", (9,) * 31, "refused.many_lists"),
        ("ABC", (3, 4, 4, 90, 4, 90, 90), "refused.seen_twice"),
        ("ABC", (0, 60, 4, 90, 60, 90, 90), "refused.pair"),
    ],
)
def test_log_linear_models_refuse(names: str, counts: tuple[int, ...], reason: str) -> None:
    found = loglinear(tuple(names), overlap(counts))
    assert isinstance(found, Refusal)
    assert found.reason == reason


# Taylor and Ashe (1983), the chain ladder's standard example; Mack (1993) prints the factors, and
# the reserve 18,681 thousand: what is still to come.
CLAIMS = (
    (357848, 766940, 610542, 482940, 527326, 574398, 146342, 139950, 227229, 67948),
    (352118, 884021, 933894, 1183289, 445745, 320996, 527804, 266172, 425046),
    (290507, 1001799, 926219, 1016654, 750816, 146923, 495992, 280405),
    (310608, 1108250, 776189, 1562400, 272482, 352053, 206286),
    (443160, 693190, 991983, 769488, 504851, 470639),
    (396132, 937085, 847498, 805037, 705960),
    (440832, 847631, 1131398, 1063269),
    (359480, 1061648, 1443370),
    (376686, 986608),
    (344014,),
)


def test_the_chain_ladder_as_published() -> None:
    factors = 1 / (1 - reverse_chances(CLAIMS)[1:])
    assert factors == pytest.approx(
        [3.49061, 1.74733, 1.45741, 1.17385, 1.10382, 1.08627, 1.05387, 1.07656, 1.01772], abs=1e-5
    )
    shares = reported_shares(CLAIMS)
    to_come = sum(sum(row) * (1 / shares[len(row) - 1] - 1) for row in CLAIMS)
    assert to_come == pytest.approx(18_680_855.61, abs=0.01)


def triangle(rows: int, longest: int, per_row: int) -> list[list[int]]:
    """Half of what is left is reported in each period, as exactly as whole numbers allow."""
    full = [per_row >> (delay + 1) for delay in range(longest + 1)]
    return [full[: min(longest, age) + 1] for age in range(rows - 1, -1, -1)]


def test_a_nowcast_of_regular_delays() -> None:
    table = triangle(20, 5, 64)
    complete = sum(table[0])
    found = nowcast(table)
    assert isinstance(found, Estimate)
    truth = sum(complete - sum(row) for row in table)
    assert found.low <= truth <= (found.high or 0)
    assert abs(found.value - truth) <= 0.15 * truth
    rows = found.basis["rows"]
    assert isinstance(rows, list)
    assert rows[0] == {
        "reported": complete, "expected": complete, "low": complete, "high": complete,
    }  # fmt: skip


def test_the_same_data_give_the_same_nowcast() -> None:
    assert nowcast(triangle(20, 5, 64)) == nowcast(triangle(20, 5, 64))


SLOW_THEN_FAST = [[0, 0, 4, 8]] * 12 + [[8, 4, 0, 0]] * 9 + [[8, 4, 0], [8, 4], [8]]


@pytest.mark.parametrize(
    ("table", "reason"),
    [
        ([], "refused.reports"),
        (triangle(8, 5, 4), "refused.reports"),
        (triangle(7, 5, 64), "refused.reports"),  # two rows old enough
        (SLOW_THEN_FAST, "refused.delays_changed"),
        ([[1, 1, 1, 30]] * 4 + [[0, 0, 0], [0, 0], [40]], "refused.too_young"),
    ],
)
def test_nowcast_refuses(table: list[list[int]], reason: str) -> None:
    found = nowcast(table)
    assert isinstance(found, Refusal)
    assert found.reason == reason


def test_steady_delays_are_taken_for_steady() -> None:
    assert steadiness(triangle(20, 5, 64)) > 0.5
    assert steadiness(SLOW_THEN_FAST) < 0.001
