"""Columns → groups of rows that are one man: candidates, evidence, rules, clusters."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .blocking import NO_BLOCKS, Blocks, blocks
from .clusters import Edges, cluster, components, within_reach
from .columns import Bytes, Columns, Floats, Ints
from .compiling import THREADS
from .rules import linkable
from .scorer import Scorer, is_large, score_blocks, score_pairs, scorer
from .weights import Weights, among_many

RECORDS_AT_ONCE = 50_000  # whose blocks one thread looks into at a time
PAIRS_AT_ONCE = 1_000_000
LIMITS = ("same", "close", "odd", "deceased_by_name")


@dataclass(frozen=True, slots=True)
class Links:
    """Candidate pairs worth a thought, and what became of them.

    Pairs that others connect stand together, the surest first.
    """

    scoring: Scorer
    left: Ints
    right: Ints
    scores: Floats
    fates: NDArray[np.uint8]
    roots: Ints  # of every row: the smallest row of its group
    allowed: Bytes  # of every pair: may it link without a human?
    order: NDArray[np.int64]  # of every pair: its place among the edges that were grouped
    rounds: Ints  # of every pair: when it was joined, or whether it asked for rivals
    asked: NDArray[np.float64]  # of every row: the fewest bits it asked for rivals at; inf: never
    breached: Bytes  # rows held to their group that a pair would have drawn into another


def link(columns: Columns, same: Ints, banned: Ints, weights: Weights) -> Links:
    """Group the rows; `same` and `banned` are pairs of rows [n, 2] that humans decided."""
    weights = among_many(weights) if is_large(len(columns), weights) else weights
    scoring = scorer(columns, weights)
    return grouped(scoring, _edges(columns, scoring, weights), (same, banned), weights)


def grouped(
    scoring: Scorer,
    edges: Edges,
    human: tuple[Ints, Ints],
    weights: Weights,
    held: tuple[Bytes, Ints] | None = None,
) -> Links:
    """Cluster the rows by edges that are already weighed and stand by falling score.

    `held`: which rows keep the groups they had, and the rounds of the edges that made those.
    """
    rows = len(scoring.shares)
    left, right, scores, allowed = edges
    order = np.argsort(components(left, right, human[0], rows)[left], kind="stable")
    left, right, scores, allowed = left[order], right[order], scores[order], allowed[order]
    fixed, rounds = held or (np.zeros(rows, np.uint8), np.zeros(len(left), np.int32))
    course = (rounds[order], np.full(rows, np.inf), fixed, np.zeros(rows, np.uint8))
    roots, fates = cluster(
        scoring,
        (left, right, scores, allowed),
        _index(left, right, rows),
        *human,
        course,
        (*(weights.thresholds[name] for name in LIMITS), weights.crowd),
    )
    again, asked, _, breached = course
    return Links(scoring, left, right, scores, fates, roots, allowed, order, again, asked, breached)


def weighed(
    columns: Columns, scoring: Scorer, candidates: tuple[Ints, Ints], weights: Weights
) -> Edges:
    """The same for candidates found before."""
    least = weights.thresholds["unsure"]

    def kept(start: int) -> tuple[Ints, Ints, Floats, NDArray[np.int8]]:
        left, right = (ends[start : start + PAIRS_AT_ONCE] for ends in candidates)
        scores, levels, vetoes = score_pairs(scoring, left, right, least)
        good = np.flatnonzero((scores >= least) & (vetoes == 0))
        return left[good], right[good], scores[good], levels[good]

    with ThreadPoolExecutor(THREADS) as threads:
        parts = list(threads.map(kept, range(0, max(len(candidates[0]), 1), PAIRS_AT_ONCE)))
    found = [np.concatenate(of) for of in zip(*parts, strict=True)]
    return _allowed(columns, scoring, found, weights)


def _edges(columns: Columns, scoring: Scorer, weights: Weights) -> Edges:
    """Candidates that no veto forbids and that reach the review, by falling score."""
    least = weights.thresholds["unsure"]
    with ThreadPoolExecutor(THREADS) as threads:
        waiting = [
            threads.submit(score_blocks, scoring, part, first, last, least)
            for part in blocks(columns)
            for first, last in _shares_of_work(part)
        ]
        parts = [one.result() for one in waiting]
    nothing = score_blocks(scoring, NO_BLOCKS, 0, 0, least)
    found = [np.concatenate(column) for column in zip(nothing, *parts, strict=True)]
    return _allowed(columns, scoring, found, weights)


def _allowed(columns: Columns, scoring: Scorer, found: list[Any], weights: Weights) -> Edges:
    if weights.crowd > 0:
        least = weights.thresholds["same"] - weights.thresholds["reach"]
        left, right, scores, _ = found
        near = within_reach(scoring, left, right, scores, least, weights.crowd)
        found = [column[near] for column in found]
    order = _order(*found[:3])
    left, right, scores, levels = (column[order] for column in found)
    allowed = linkable(columns, scoring, (left, right, scores, levels), weights)
    return left, right, scores, allowed.astype(np.uint8)


def _shares_of_work(part: Blocks) -> Iterator[tuple[int, int]]:
    """Runs of blocks with about as many records each."""
    cuts = np.arange(0, int(part.starts[-1]) + RECORDS_AT_ONCE, RECORDS_AT_ONCE)
    ends = np.unique(np.minimum(np.searchsorted(part.starts, cuts), len(part.starts) - 1))
    return pairwise(ends.tolist())


def _order(left: Ints, right: Ints, scores: Floats) -> NDArray[np.int64]:
    """Each pair once, by falling score, then by its rows."""
    packed = left.astype(np.int64) << 32 | right
    order = np.argsort(packed)
    packed = packed[order]
    order = order[np.append(True, packed[1:] != packed[:-1])[: len(order)]]
    return np.asarray(order[np.argsort(-scores[order], kind="stable")])


def _index(left: Ints, right: Ints, n: int) -> tuple[Ints, Ints]:
    """For each row where its edges begin, and all rows' edges, by falling score each."""
    ends = np.concatenate([left, right])
    numbers = np.tile(np.arange(len(left), dtype=np.int32), 2)
    order = np.lexsort((numbers, ends))
    starts = np.searchsorted(ends[order], np.arange(n + 1)).astype(np.int32)
    return starts, numbers[order]
