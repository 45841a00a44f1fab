"""Columns → groups of rows that are one man: candidates, evidence, rules, clusters."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from .blocking import pairs
from .clusters import cluster
from .columns import Columns, Floats, Ints
from .rules import linkable
from .scorer import Scorer, score_pairs, scorer
from .weights import Weights

CHUNK = 1_000_000  # pairs scored at once by one thread


@dataclass(frozen=True, slots=True)
class Links:
    """Candidate pairs worth a thought, by falling score, and what became of them."""

    scoring: Scorer
    left: Ints
    right: Ints
    scores: Floats
    fates: NDArray[np.uint8]
    roots: Ints  # of every row: the smallest row of its group


def link(columns: Columns, same: Ints, banned: Ints, weights: Weights) -> Links:
    """Group the rows; `same` and `banned` are pairs of rows [n, 2] that humans decided."""
    scoring = scorer(columns, weights)
    left, right, scores, allowed = _edges(columns, scoring, weights)
    roots, fates = cluster(
        scoring,
        (left, right, scores, allowed),
        _index(left, right, len(columns)),
        same,
        banned,
        (weights.thresholds["same"], weights.thresholds["close"]),
    )
    return Links(scoring, left, right, scores, fates, roots)


def _edges(
    columns: Columns, scoring: Scorer, weights: Weights
) -> tuple[Ints, Ints, Floats, NDArray[np.uint8]]:
    """Candidates that no veto forbids and that reach the review, by falling score."""
    left, right = pairs(columns)
    least = weights.thresholds["unsure"]

    def kept(start: int) -> tuple[Ints, Ints, Floats, NDArray[np.int8]]:
        part = slice(start, start + CHUNK)
        scores, levels, vetoes = score_pairs(scoring, left[part], right[part], least)
        good = np.flatnonzero((scores >= least) & (vetoes == 0))
        return left[part][good], right[part][good], scores[good], levels[good]

    with ThreadPoolExecutor() as threads:
        parts = list(threads.map(kept, range(0, max(len(left), 1), CHUNK)))
    found = [np.concatenate(column) for column in zip(*parts, strict=True)]
    order = np.lexsort((found[1], found[0], -found[2]))
    left, right, scores, levels = (column[order] for column in found)
    allowed = linkable(columns, (left, right, scores, levels), weights)
    return left, right, scores, allowed.astype(np.uint8)


def _index(left: Ints, right: Ints, n: int) -> tuple[Ints, Ints]:
    """For each row where its edges begin, and the edges of all rows one after the other."""
    ends = np.concatenate([left, right])
    numbers = np.tile(np.arange(len(left), dtype=np.int32), 2)
    order = np.argsort(ends, kind="stable")
    starts = np.searchsorted(ends[order], np.arange(n + 1)).astype(np.int32)
    return starts, numbers[order]
