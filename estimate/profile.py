"""A log-linear model and numbers of men to try → the profile likelihood of each number."""

from __future__ import annotations

from typing import cast

import numpy as np
from numpy.typing import NDArray
from scipy.special import gammaln

Floats = NDArray[np.float64]

STEPS = 160  # numbers tried, closer together near the men seen
FARTHEST = 200.0  # times the men seen
ROUNDS = 40  # of Newton's method; most fits need six
TINY = 1e-9


def sizes_to_try(counts: NDArray[np.int64]) -> Floats:
    """Numbers of men from just above those seen to far beyond, evenly on a log scale."""
    seen = float(counts.sum())
    return seen + np.geomspace(0.02, FARTHEST * seen, STEPS)


def signed_roots(counts: NDArray[np.int64], design: Floats, sizes: Floats) -> Floats:
    """The signed root of the deviance of each number of men, negative below the likeliest.

    For a number N the unseen cell is N − n; the model is fitted to the completed table, and the
    multinomial likelihood of N is read off (Cormack 1992). Signed roots are near normal.
    """
    missed = sizes - counts.sum()
    tables = np.column_stack([np.tile(counts, (len(sizes), 1)), missed])
    shares = _fitted(tables, design) / sizes[:, None]
    likelihood = (
        gammaln(sizes + 1) - gammaln(missed + 1) + (tables * np.log(shares + TINY**2)).sum(axis=1)
    )
    best = int(likelihood.argmax())
    fall = np.sqrt(2 * np.maximum(likelihood[best] - likelihood, 0))
    return cast(Floats, np.where(np.arange(len(sizes)) < best, -fall, fall))


def _fitted(tables: Floats, design: Floats) -> Floats:
    """Means of a Poisson regression of each row of `tables` on `design`, all rows at once."""
    means = tables + 0.5
    for _ in range(ROUNDS):
        logs = np.log(means)
        working = logs + (tables - means) / means
        weighted = design.T[None] * means[:, None, :]
        normal = weighted @ design + TINY * np.eye(design.shape[1])
        right = np.einsum("gpc,gc->gp", weighted, working)
        coefficients = np.linalg.solve(normal, right[:, :, None])[:, :, 0]
        newer = np.exp(np.clip(coefficients @ design.T, -30, 30))
        if np.abs(newer - means).max() < 1e-7 * tables.max():
            return cast(Floats, newer)
        means = newer
    return means
