"""Three lists or more and who is on which → how many men there are, by log-linear models."""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from math import exp, isfinite, log
from typing import cast

import numpy as np
import statsmodels.api as sm
from numpy.typing import NDArray
from scipy.special import ndtr
from statsmodels.tools.sm_exceptions import PerfectSeparationWarning

from estimate.outcome import LEVEL, Estimate, Refusal
from estimate.profile import Floats, signed_roots, sizes_to_try

METHOD = "loglinear"
LEAST_LISTS, MOST_LISTS = 3, 4
LEAST_SEEN_TWICE = 20  # men on two lists or more: below this the weights of models are noise
LEAST_PAIR = 5  # men on both of a pair, for every pair: else some models have no finite fit
MODELS_SHOWN = 5
NOTABLE = 0.01  # a weight below this does not move the answer

Pairs = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Fit:
    """One model: the pairs of lists it lets depend on each other, and its fit."""

    pairs: Pairs
    size: float  # its estimate of all men
    deviance: float
    freedom: int  # degrees of freedom left
    aic: float
    bic: float


def loglinear(names: Sequence[str], overlap: Mapping[tuple[int, ...], int]) -> Estimate | Refusal:
    """How many men there are, averaged over all models of pairwise dependence between lists.

    `names` are the lists, `overlap` maps who is on which (1, 0, 1) to how many men. Each model is
    a Poisson regression on the observed cells (Cormack 1989, Biometrics 45:395; Rcapture's
    `closedpMS.t`), without interactions of three lists. Models are weighed by exp(−AIC/2): by
    BIC the interval missed too often where several pairs depend on each other. The estimate is
    the models' weighed geometric mean of the unseen; the interval the model-averaged tail area of
    Turek and Fletcher (2012) over Cormack's (1992, Biometrics 48:567) profile likelihoods, `high`
    None where nothing bounds it. Refused for fewer than three lists, more than four, and overlaps
    too thin to tell dependence.
    """
    refused = _refusal(names, overlap)
    if refused:
        return refused
    counts = _counts(len(names), overlap)
    fits = [fit for pairs in _models(len(names)) if (fit := fit_model(counts, pairs))]
    weights = _weights([fit.aic for fit in fits])
    kept = [(fit, w) for fit, w in zip(fits, weights, strict=True) if w >= NOTABLE]
    total, seen = sum(weight for _, weight in kept), float(counts.sum())
    # a mean of logs: one model without a bound would carry a plain mean off
    missed = exp(sum(weight / total * log(fit.size - seen) for fit, weight in kept))
    low, high = averaged(counts, kept)
    shown = sorted(kept, key=lambda item: -item[1])[:MODELS_SHOWN]
    return Estimate(
        method=METHOD, value=seen + missed, low=low, high=high,
        basis={
            "lists": list(names), "seen": int(counts.sum()), "models_fitted": len(fits),
            "models": [_stated(names, fit, weight) for fit, weight in shown],
        },
        cautions=("caution.no_three_way", "caution.closed"),
    )  # fmt: skip


def fit_model(counts: NDArray[np.int64], pairs: Pairs) -> Fit | None:
    """One model by Poisson regression; None where it has no finite maximum.

    `counts` holds the observed cells in the order of `cells`, without the men on no list.
    """
    lists = int(log(len(counts) + 1, 2))
    design = design_of(lists, pairs)[:-1]
    try:
        with np.errstate(all="ignore"), warnings.catch_warnings():
            # a saturated model fits every cell, and a cell of 0 drives an effect to −∞: no fault
            warnings.simplefilter("ignore", PerfectSeparationWarning)
            result = sm.GLM(counts, design, family=sm.families.Poisson()).fit(maxiter=100)
    except (np.linalg.LinAlgError, ValueError):
        return None
    missed = float(np.exp(result.params[0]))
    if not isfinite(missed) or missed > 1e4 * counts.sum():
        return None
    seen = float(counts.sum())
    parameters = design.shape[1]
    return Fit(
        pairs=pairs, size=seen + missed, deviance=float(result.deviance),
        freedom=len(counts) - parameters, aic=float(-2 * result.llf + 2 * parameters),
        bic=float(-2 * result.llf + log(seen) * parameters),
    )  # fmt: skip


def cells(lists: int) -> list[tuple[int, ...]]:
    """Every way to be on the lists, (1, 1, 1) first, on none last."""
    return list(product((1, 0), repeat=lists))


def design_of(lists: int, pairs: Pairs) -> Floats:
    """A column for the mean, one a list, one a pair; a row for each of `cells`."""
    rows = [
        [1, *cell, *(cell[left] * cell[right] for left, right in pairs)] for cell in cells(lists)
    ]
    return np.array(rows, dtype=np.float64)


def _counts(lists: int, overlap: Mapping[tuple[int, ...], int]) -> NDArray[np.int64]:
    return np.array([overlap.get(cell, 0) for cell in cells(lists)[:-1]], dtype=np.int64)


def _models(lists: int) -> list[Pairs]:
    """Every set of pairs that may depend on each other, the empty one (independence) first."""
    pairs = list(combinations(range(lists), 2))
    return [chosen for size in range(len(pairs) + 1) for chosen in combinations(pairs, size)]


def _refusal(names: Sequence[str], overlap: Mapping[tuple[int, ...], int]) -> Refusal | None:
    lists = len(names)
    if not LEAST_LISTS <= lists <= MOST_LISTS:
        return Refusal(
            method=METHOD, reason="refused.lists" if lists < LEAST_LISTS else "refused.many_lists",
            values={"lists": lists, "least": LEAST_LISTS, "most": MOST_LISTS},
        )  # fmt: skip
    twice = sum(men for cell, men in overlap.items() if sum(cell) > 1)
    if twice < LEAST_SEEN_TWICE:
        return Refusal(
            method=METHOD, reason="refused.seen_twice",
            values={"twice": twice, "least": LEAST_SEEN_TWICE},
        )  # fmt: skip
    for left, right in combinations(range(lists), 2):
        both = sum(men for cell, men in overlap.items() if cell[left] and cell[right])
        if both < LEAST_PAIR:
            return Refusal(
                method=METHOD, reason="refused.pair",
                values={
                    "left": names[left], "right": names[right], "both": both, "least": LEAST_PAIR,
                },
            )  # fmt: skip
    return None


def _weights(criteria: Sequence[float]) -> Floats:
    relative = np.exp(-(np.array(criteria) - min(criteria)) / 2)
    return cast(Floats, relative / relative.sum())


def averaged(
    counts: NDArray[np.int64], kept: Sequence[tuple[Fit, float]]
) -> tuple[float, float | None]:
    """Low and high: where the models' lower tails, weighed, are 2.5 and 97.5 %."""
    lists = int(log(len(counts) + 1, 2))
    sizes = sizes_to_try(counts)
    tail, total = np.zeros(len(sizes)), sum(weight for _, weight in kept)
    for fit, weight in kept:
        roots = signed_roots(counts, design_of(lists, fit.pairs), sizes)
        tail += weight / total * ndtr(roots)
    edge = (1 - LEVEL) / 2
    low, high = (float(np.interp(at, tail, sizes)) for at in (edge, 1 - edge))
    return low, high if tail[-1] > 1 - edge else None


def _stated(names: Sequence[str], fit: Fit, weight: float) -> dict[str, object]:
    return {
        "dependent": [f"{names[left]} × {names[right]}" for left, right in fit.pairs],
        "persons": round(fit.size, 1), "deviance": round(fit.deviance, 2),
        "freedom": fit.freedom, "aic": round(fit.aic, 1), "bic": round(fit.bic, 1),
        "weight": round(float(weight), 3),
    }  # fmt: skip
