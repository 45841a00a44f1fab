# ruff: noqa: PLR0913, PLR0917 - compiled functions take plain arrays
"""Scored edges → clusters: by falling weight, refusing what conflicts."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .between import (
    FORBIDDEN,
    MEMORY,
    Doubles,
    Memo,
    Room,
    State,
    bits_between,
    may_join,
    other_halves,
)
from .columns import LETTERS, Bytes, Floats, Ints
from .comparisons import IS_LIST, relation
from .compiling import THREADS, compiled, inlined
from .scorer import GIVEN, SURNAME, Scorer

Bools = NDArray[np.bool_]
Edges = tuple[Ints, Ints, Floats, Bytes]  # left, right, score, allowed
Index = tuple[Ints, Ints]  # where each row's edges begin, and their numbers
Limits = tuple[float, ...]
# How the grouping went: of each edge its round, of each row the fewest bits it asked for rivals at;
# which rows are held to the groups they had, and which of these an edge would have asked or joined.
Course = tuple[Ints, Doubles, Bytes, Bytes]

SURE = 6.0  # bits above the least that links made before all others have

# The round of an edge: it never came so far as to ask for rivals, it did in vain, or (from 2 on)
# when it was joined: twice the sweep, and one more where the surest links had been made.
NEVER, ASKED = 0, 1

# What became of an edge.
UNUSED, JOINED, INSIDE, REFUSED, AMBIGUOUS, APART = range(6)


@inlined
def find(parents: Ints, row: int) -> int:
    """The root of a row, halving paths on the way."""
    while parents[row] != row:
        parents[row] = parents[parents[row]]
        row = parents[row]
    return row


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
    s: Scorer, state: State, memo: Memo, edges: Edges, index: Index, room: Room,
    row: int, chosen: int, bits: float, limits: Limits,
) -> bool:  # fmt: skip
    """Has this row another edge, nearly as good, to a cluster that is not the chosen man?"""
    parents = state[0]
    left, right, scores, _ = edges
    starts, members = index
    own = find(parents, row)
    for k in range(starts[row], starts[row + 1]):
        edge = members[k]
        if scores[edge] < bits - limits[1]:
            break  # a row's edges stand by falling score
        other = right[edge] if left[edge] == row else left[edge]
        root = find(parents, other)
        if root in (chosen, own):
            continue
        near = scores[edge]
        if not (alone(state, root) and alone(state, own)):
            near = bits_between(s, state, memo, root, own, limits[2], room)
        if near < bits - limits[1]:
            continue
        apart = bits_between(s, state, memo, root, chosen, limits[2], room) < 0
        if apart and not other_halves(s, state, root, chosen, room):
            return True
    return False


@inlined
def alone(state: State, root: int) -> bool:
    """Is the cluster of this root a single record?"""
    return bool(state[1][root] == state[2][root])


@compiled
def join(state: State, a: int, b: int) -> None:
    """Unite two roots; the smaller row becomes the root."""
    parents, heads, tails, following, posts, _ = state
    keep, gone = min(a, b), max(a, b)
    parents[gone] = keep
    following[tails[keep]] = heads[gone]
    tails[keep] = tails[gone]
    posts[keep] += posts[gone]


@inlined
def crowd(s: Scorer, i: int, j: int) -> float:
    """log2 of how many men of the universe bear the surname and given name of two records."""
    shares = max(s.shares[i, SURNAME], s.shares[j, SURNAME])
    shares += max(s.shares[i, GIVEN], s.shares[j, GIVEN])
    return float(max(s.universe[relation(s.fields.facts, i, j)] + shares, 0.0))


@compiled
def within_reach(
    s: Scorer, left: Ints, right: Ints, scores: Floats, least: float, doubling: float
) -> Bools:
    """Which pairs have `least` bits, and `doubling` more for each doubling of their crowd?

    Where hundreds bear a name, each resembles a few others from afar. Such pairs are no rivals of a
    link, a human could not tell them apart either, and they would connect all men of the name.
    """
    found = np.empty(len(left), np.bool_)
    for k in range(len(left)):
        found[k] = scores[k] >= least + doubling * crowd(s, left[k], right[k])
    return found


@inlined
def asks(course: Course, k: int, i: int, j: int, bits: float) -> bool:
    """Note that edge k of two rows comes to ask for rivals; is neither row held to its group?

    An edge to a row that is held asked in vain before, or should never have come so far.
    """
    rounds, asked, held, breached = course
    for row in (i, j):
        asked[row] = min(asked[row], bits)
        if held[row] == 1 and rounds[k] == NEVER:
            breached[row] = 1
    rounds[k] = max(rounds[k], ASKED)
    return bool(held[i] == 0 and held[j] == 0)


@compiled
def fate_of(
    s: Scorer, state: State, memo: Memo, edges: Edges, index: Index, banned: Ints, room: Room,
    course: Course, k: int, a: int, b: int, least: float, limits: Limits,
) -> int:  # fmt: skip
    """What becomes of edge k, of roots a and b; joins them where nothing speaks against it."""
    left, right, scores, allowed = edges
    bits = float(scores[k])
    least += limits[4] * crowd(s, left[k], right[k])
    if not (alone(state, a) and alone(state, b)):
        bits = bits_between(s, state, memo, a, b, limits[2], room)
    if bits < least:
        return REFUSED if scores[k] >= limits[0] else UNUSED
    if forbidden(banned, state[0], a, b):
        return REFUSED
    if allowed[k] == 0 and not may_join(s, state, a, b, bits >= limits[3], room):
        return UNUSED
    if not asks(course, k, left[k], right[k], bits):
        return AMBIGUOUS
    if rival(s, state, memo, edges, index, room, left[k], b, bits, limits) or rival(
        s, state, memo, edges, index, room, right[k], a, bits, limits
    ):
        return AMBIGUOUS
    return JOINED


@inlined
def grow(state: State, changed: Ints, a: int, b: int) -> None:
    """Unite two roots, and note when."""
    join(state, a, b)
    changed[-1] += 1
    changed[min(a, b)] = changed[-1]


@compiled
def sweep(
    s: Scorer, state: State, memo: Memo, edges: Edges, index: Index, banned: Ints, room: Room,
    course: Course, fates: Bytes, tried: Ints, span: tuple[int, int], now: int, least: float,
    limits: Limits,
) -> bool:  # fmt: skip
    """Try every edge once that may fare otherwise than the last time; was any joined?

    Links between rows that are held to their groups are made again when they were made: `now`.
    """
    parents, posts, changed = state[0], state[4], memo[3]
    left, right, scores, allowed = edges
    rounds, held = course[0], course[2]
    grew = False
    for k in range(span[0], span[1]):
        if fates[k] == JOINED or fates[k] == INSIDE:
            continue
        a, b = find(parents, left[k]), find(parents, right[k])
        if held[left[k]] == 1 and held[right[k]] == 1:
            if rounds[k] == now and a != b:
                grow(state, changed, a, b)
                fates[k], grew = JOINED, True
            continue
        if a == b:
            fates[k] = INSIDE
            continue
        strangers = posts[a] == 0 and posts[b] == 0
        if allowed[k] == 0 and (strangers or (alone(state, a) and alone(state, b))):
            continue
        if strangers:
            fates[k] = APART
            continue
        newest = max(changed[a], changed[b])
        if newest == 0 and scores[k] < least and alone(state, a) and alone(state, b):
            continue
        if tried[k - span[0]] > newest and fates[k] != AMBIGUOUS:
            continue
        tried[k - span[0]] = changed[-1] + 1
        fates[k] = fate_of(
            s, state, memo, edges, index, banned, room, course, k, a, b, least, limits
        )  # fmt: skip
        if fates[k] == JOINED:
            grow(state, changed, a, b)
            rounds[k], grew = now, True
    return grew


@inlined
def last_round(rounds: Ints, span: tuple[int, int], sure: int) -> int:
    """The last round of a phase in which a link was made that is to be made again."""
    last = 0
    for k in range(span[0], span[1]):
        if rounds[k] > ASKED and rounds[k] % 2 == sure:
            last = max(last, rounds[k])
    return last


@compiled
def settle(
    s: Scorer, state: State, edges: Edges, index: Index, banned: Ints, course: Course,
    fates: Bytes, span: tuple[int, int], limits: Limits,
) -> None:  # fmt: skip
    """Write the fates of a span of edges that shares no record with the rest."""
    parents = state[0]
    memo = (
        np.full(MEMORY, -1, np.int64),
        np.empty(MEMORY, np.float32),
        np.zeros(MEMORY, np.int32),
        np.zeros(len(parents) + 1, np.int32),
    )
    width = s.bits.shape[0]
    work = np.zeros((3, LETTERS + 1), np.int64)
    room = (np.empty(width, np.int8), work, np.empty((6, width), np.float64))
    last = (last_round(course[0], span, 0), last_round(course[0], span, 1))
    for sure in range(2):
        least = limits[0] + SURE * (1 - sure)
        tried = np.zeros(span[1] - span[0], np.int32)
        now, going = 2 + sure, True
        while going:
            grew = sweep(
                s, state, memo, edges, index, banned, room, course, fates, tried, span, now, least,
                limits,
            )  # fmt: skip
            going = grew or now < last[sure]
            now += 2
    for k in range(span[0], span[1]):
        a, b = find(parents, edges[0][k]), find(parents, edges[1][k])
        if a == b and fates[k] != JOINED:
            fates[k] = INSIDE
        elif fates[k] == UNUSED and (
            forbidden(banned, parents, a, b)
            or (
                not (alone(state, a) and alone(state, b))
                and bits_between(s, state, memo, a, b, limits[2], room) == FORBIDDEN
            )
        ):
            fates[k] = REFUSED


@compiled
def united(lists: Ints, same: Ints, banned: Ints) -> State:
    """Every record its own cluster, but for those that humans united."""
    n = len(lists)
    parents = np.arange(n).astype(np.int32)
    state = (
        parents,
        parents.copy(),
        parents.copy(),
        np.full(n, -1, np.int32),
        (1 - lists).astype(np.int32),
        np.full(n, -1, np.int32),
    )
    for k in range(len(same)):
        a, b = find(parents, same[k, 0]), find(parents, same[k, 1])
        if a != b and not forbidden(banned, parents, a, b):
            join(state, a, b)
    for k in range(len(same)):
        for row in same[k]:
            state[5][row] = find(parents, row)
    return state


@compiled
def components(left: Ints, right: Ints, same: Ints, n: int) -> Ints:
    """For each row the smallest row that edges and human decisions connect it with."""
    parents = np.arange(n).astype(np.int32)
    for k in range(len(left)):
        a, b = find(parents, left[k]), find(parents, right[k])
        parents[max(a, b)] = min(a, b)
    for k in range(len(same)):
        a, b = find(parents, same[k, 0]), find(parents, same[k, 1])
        parents[max(a, b)] = min(a, b)
    for row in range(n):
        parents[row] = find(parents, row)
    return parents


@compiled
def _roots(parents: Ints) -> Ints:
    for row in range(len(parents)):
        parents[row] = find(parents, row)
    return parents


def cluster(
    s: Scorer, edges: Edges, index: Index, same: Ints, banned: Ints, course: Course, limits: Limits
) -> tuple[Ints, Bytes]:
    """Roots of all rows and what became of each edge; how it went is written into `course`.

    `edges` are (left, right, score, allowed), those of one component together and by falling
    score; `index` lists each row's edges; `same` and `banned` are human decisions [n, 2];
    `limits` are the least bits of a link, how close a rival may come, the share of odd records,
    the bits at which a death is sure, and those a link needs more for each doubling of a crowd.
    The surest links come first; then what clusters say together may carry links that two records
    alone do not. Rows of lists join only where a post is among them: two that stand on lists
    alone are left APART.
    """
    n = len(index[0]) - 1
    state = united(s.fields.facts[:, IS_LIST].copy(), same, banned)
    fates = np.zeros(len(edges[0]), np.uint8)
    parts = _spans(components(edges[0], edges[1], same, n)[edges[0]])
    with ThreadPoolExecutor(THREADS) as threads:
        for done in [
            threads.submit(settle, s, state, edges, index, banned, course, fates, span, limits)
            for span in parts
        ]:
            done.result()
    return _roots(state[0]), fates


def _spans(component: Ints) -> list[tuple[int, int]]:
    """Spans of edges, about as many as there are threads, that cut no component."""
    if not len(component):
        return []
    starts = np.flatnonzero(np.append(True, component[1:] != component[:-1]))
    wanted = np.linspace(0, len(component), THREADS + 1)[:-1]
    cuts = np.unique(starts[np.searchsorted(starts, wanted, side="right") - 1])
    return list(pairwise([*cuts.tolist(), len(component)]))
