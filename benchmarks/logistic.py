"""Examples with their classes → the weights under which they are likeliest.

A multinomial logistic regression with a Gaussian prior, fitted by L-BFGS (scipy). Some features
are sparse (words), some dense (what kind of words), each with a prior of its own.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from scipy.sparse import csr_matrix

Matrix = NDArray[np.float64]


class Weights(NamedTuple):
    """For each class (columns): of sparse features, of dense ones, and before any is seen."""

    sparse: Matrix
    dense: Matrix
    bias: Matrix


class Prior(NamedTuple):
    """Inverse variances; `sparse` may hold one for each feature."""

    sparse: Matrix | float
    dense: float


def fit(
    sparse: csr_matrix, dense: Matrix, gold: NDArray[np.int64], classes: int, prior: Prior
) -> Weights:
    """`sparse`: examples × features; `dense`: examples × numbers; `gold`: the class of each."""
    known, kinds = sparse.shape[1], dense.shape[1]
    truth = np.eye(classes)[gold]
    strict = np.concatenate(
        [np.broadcast_to(prior.sparse, known), np.full(kinds, prior.dense), [0.0]]
    )[:, None]
    turned = sparse.T.tocsr()

    def loss(flat: Matrix) -> tuple[float, Matrix]:
        weights = flat.reshape(known + kinds + 1, classes)
        scores = sparse @ weights[:known] + dense @ weights[known:-1] + weights[-1]
        scores -= scores.max(axis=1, keepdims=True)
        likely = np.exp(scores)
        likely /= likely.sum(axis=1, keepdims=True)
        wrong = likely - truth
        slope = np.vstack([turned @ wrong, dense.T @ wrong, wrong.sum(axis=0)])
        lost = -np.log(likely[np.arange(len(gold)), gold]).sum()
        held = strict * weights
        return float(lost + (held * weights).sum() / 2), (slope + held).ravel()

    start = np.zeros((known + kinds + 1) * classes)
    best = minimize(loss, start, jac=True, method="L-BFGS-B").x.reshape(-1, classes)
    return Weights(best[:known], best[known:-1], best[-1])
