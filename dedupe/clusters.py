# ruff: noqa: PLR0913, PLR0917 - compiled functions take plain arrays
"""Scored edges → clusters: by falling weight, refusing what conflicts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import LETTERS, Floats, Ints
from .comparisons import IS_LIST, Work
from .compiling import compiled
from .scorer import Scorer, weigh

Bytes = NDArray[np.uint8]

Levels = NDArray[np.int8]
# Parents; of each root the first and last member and how many posts; of each row the next member
# and the group a human put it in. Order: parents, heads, tails, following, posts, groups.
State = tuple[Ints, Ints, Ints, Ints, Ints, Ints]
Chains = tuple[int, Ints, Ints]  # first member, following, groups
Edges = tuple[Ints, Ints, Floats, Bytes]  # left, right, score, allowed
Index = tuple[Ints, Ints]  # where each row's edges begin, and their numbers

DISAGREES = -2.0  # bits: from here on a comparison speaks against

# What became of an edge.
UNUSED, JOINED, INSIDE, REFUSED, AMBIGUOUS, APART = range(6)


@compiled
def find(parents: Ints, row: int) -> int:
    """The root of a row, halving paths on the way."""
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


@compiled
def contradict(s: Scorer, x: int, y: int, least: float, out: Levels, work: Work) -> bool:
    """A veto, or one disagreement that leaves the pair below `least` bits."""
    score, worst, vetoed = weigh(s, x, y, out, work)
    return vetoed or (worst <= DISAGREES and score < least)


@compiled
def excused(
    s: Scorer, chains: Chains, x: int, y: int, least: float, out: Levels, work: Work
) -> bool:
    """Did a human unite x with a record that does not contradict y?"""
    first, following, groups = chains
    other = first
    while other >= 0:
        if (
            other != x
            and groups[other] == groups[x]
            and not contradict(s, other, y, least, out, work)
        ):
            return True
        other = following[other]
    return False


@compiled
def conflicts(s: Scorer, state: State, a: int, b: int, least: float) -> bool:
    """Do any two members of clusters a and b contradict each other, and no human excuses it?"""
    heads, following, groups = state[1], state[3], state[5]
    out, work = np.empty(s.bits.shape[0], np.int8), np.zeros((3, LETTERS + 1), np.int64)
    x = heads[a]
    while x >= 0:
        y = heads[b]
        while y >= 0:
            if (
                contradict(s, x, y, least, out, work)
                and not excused(s, (heads[a], following, groups), x, y, least, out, work)
                and not excused(s, (heads[b], following, groups), y, x, least, out, work)
            ):
                return True
            y = following[y]
        x = following[x]
    return False


@compiled
def forbidden(banned: Ints, parents: Ints, a: int, b: int) -> bool:
    """Has a human said that two records of these clusters are different men?"""
    for k in range(len(banned)):
        x, y = find(parents, banned[k, 0]), find(parents, banned[k, 1])
        if (x == a and y == b) or (x == b and y == a):
            return True
    return False


@compiled
def rival(
    s: Scorer, state: State, edges: Edges, index: Index, row: int, chosen: int, within: float
) -> bool:
    """Has this row another edge, nearly as good, to a cluster that is not the chosen man?"""
    parents = state[0]
    left, right, scores, _ = edges
    starts, members = index
    for k in range(starts[row], starts[row + 1]):
        edge = members[k]
        if scores[edge] < within:
            break  # a row's edges stand by falling score
        other = right[edge] if left[edge] == row else left[edge]
        root = find(parents, other)
        if root == chosen or root == find(parents, row):
            continue
        if conflicts(s, state, root, chosen, 0.0) and not conflicts(
            s, state, root, find(parents, row), 0.0
        ):
            return True
    return False


@compiled
def join(state: State, a: int, b: int) -> None:
    """Unite two roots; the smaller row becomes the root."""
    parents, heads, tails, following, posts, _ = state
    keep, gone = min(a, b), max(a, b)
    parents[gone] = keep
    following[tails[keep]] = heads[gone]
    tails[keep] = tails[gone]
    posts[keep] += posts[gone]


@compiled
def fate_of(
    s: Scorer, state: State, edges: Edges, index: Index, banned: Ints, k: int, close: float
) -> int:
    """What becomes of edge k; joins its clusters where nothing speaks against it."""
    parents, posts = state[0], state[4]
    left, right, scores, allowed = edges
    a, b = find(parents, left[k]), find(parents, right[k])
    if a == b:
        return INSIDE
    if not allowed[k]:
        return UNUSED
    if posts[a] == 0 and posts[b] == 0:
        return APART
    if forbidden(banned, parents, a, b) or conflicts(s, state, a, b, 0.0):
        return REFUSED
    least = scores[k] - close
    if rival(s, state, edges, index, left[k], b, least) or rival(
        s, state, edges, index, right[k], a, least
    ):
        return AMBIGUOUS
    join(state, a, b)
    return JOINED


@compiled
def cluster(
    s: Scorer, edges: Edges, index: Index, same: Ints, banned: Ints, limits: tuple[float, float]
) -> tuple[Ints, Bytes]:
    """Roots of all rows and what became of each edge.

    `edges` are (left, right, score, allowed) by falling score; `index` lists each row's edges;
    `same` and `banned` are human decisions [n, 2]; `limits` are the least score of a link and
    how close a rival may come. Rows of lists join only where a post is among them: the edges
    between two that stand on lists alone are tried again after the rest, then left APART.
    """
    n = len(index[0]) - 1
    parents = np.arange(n).astype(np.int32)
    state = (
        parents,
        parents.copy(),
        parents.copy(),
        np.full(n, -1, np.int32),
        (1 - s.fields.facts[:, IS_LIST]).astype(np.int32),
        np.arange(n).astype(np.int32),
    )
    fates = np.zeros(len(edges[0]), np.uint8)
    for k in range(len(same)):
        a, b = find(parents, same[k, 0]), find(parents, same[k, 1])
        if a != b and not forbidden(banned, parents, a, b):
            join(state, a, b)
    for row in range(n):
        state[5][row] = find(parents, row)
    joinable = np.searchsorted(-edges[2], -limits[0], side="right")
    growing, first = True, True
    while growing:
        growing = False
        for k in range(joinable):
            if first or fates[k] == APART:
                fates[k] = fate_of(s, state, edges, index, banned, k, limits[1])
                growing = growing or fates[k] == JOINED
        first = False
    for k in range(len(fates)):
        a, b = find(parents, edges[0][k]), find(parents, edges[1][k])
        if a == b and fates[k] != JOINED:
            fates[k] = INSIDE
        elif fates[k] == UNUSED and (
            forbidden(banned, parents, a, b) or conflicts(s, state, a, b, -np.inf)
        ):
            fates[k] = REFUSED
    for row in range(n):
        parents[row] = find(parents, row)
    return parents, fates
