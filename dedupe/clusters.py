# ruff: noqa: PLR0913, PLR0917 - compiled functions take plain arrays
"""Scored edges → clusters: by falling weight, refusing what conflicts."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from model import Claim

from .columns import CLAIMS, LETTERS, NONE, Floats, Ints
from .comparisons import CLAIM, IS_LIST, POST, SOURCE, Work, name_levels, other_levels, relation
from .compiling import compiled, inlined
from .scorer import Scorer, sum_of, weigh

Bytes = NDArray[np.uint8]

Levels = NDArray[np.int8]
# Parents; of each root the first and last member and how many posts; of each row the next member
# and the group a human put it in, if any. Order: parents, heads, tails, following, posts, groups.
State = tuple[Ints, Ints, Ints, Ints, Ints, Ints]
Chains = tuple[int, Ints, Ints]  # first member, following, groups
Edges = tuple[Ints, Ints, Floats, Bytes]  # left, right, score, allowed
Index = tuple[Ints, Ints]  # where each row's edges begin, and their numbers

Limits = tuple[float, float, float]
Room = tuple[Levels, Work, NDArray[np.float64]]  # levels, edit distances, sums by comparison
# Of two clusters: key, bits, when they were worked out; and when each cluster last changed, last
# of all the time now, which is the number of joins.
Memo = tuple[NDArray[np.int64], Floats, NDArray[np.int64], NDArray[np.int64]]

MEMORY = 1 << 20
DISAGREES = -2.0  # bits: from here on a comparison speaks against
SURE = 6.0  # bits above the least that links made before all others have
FORBIDDEN = np.float32(-1e6)
DEAD = CLAIMS[Claim.DECEASED]

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
def excused(s: Scorer, state: State, root: int, x: int, y: int, room: Room) -> bool:
    """Did a human unite x, of this root, with a record that does not contradict y?"""
    heads, following, groups = state[1], state[3], state[5]
    other = heads[root]
    levels = np.empty(s.bits.shape[0], np.int8)
    while other >= 0:
        if other != x and groups[x] >= 0 and groups[other] == groups[x]:
            score, worst, vetoed = weigh(s, other, y, levels, room[1])
            if not vetoed and (worst > DISAGREES or score >= 0):
                return True
        other = following[other]
    return False


@compiled
def together(s: Scorer, state: State, a: int, b: int, odd: float, room: Room) -> float:
    """Bits for two clusters being one man, all their records heard; FORBIDDEN for never.

    Of each comparison the strongest agreement of any two records counts, or where some disagree
    the mean. A share `odd` of the pairs may forbid each other, for one record in so many is
    misread; but where somebody is called dead none may so much as contradict another.
    """
    heads, following, groups = state[1], state[3], state[5]
    facts, surnames, givens, fathers, letters_1, letters_2, letters_3 = s.fields
    _, shares, bits, tf, veto, universe = s
    out, work = room[0], room[1]
    top, total, count, least = room[2][0], room[2][1], room[2][2], room[2][3]
    width = len(out)
    for c in range(width):
        top[c], total[c], count[c], least[c] = -99.0, 0.0, 0.0, 0.0
    against, seen, dead, contradicted, men = 0, 0, False, False, 99.0
    x = heads[a]
    while x >= 0:
        y = heads[b]
        while y >= 0:
            other_levels(facts, x, y, out)
            name_levels(
                facts, surnames, givens, fathers, letters_1, letters_2, letters_3,
                x, y, out, work,
            )  # fmt: skip
            score, worst, vetoed = sum_of(facts, shares, bits, tf, veto, universe, x, y, out)
            dead = dead or facts[x, CLAIM] == DEAD or facts[y, CLAIM] == DEAD
            clash = vetoed or (worst <= DISAGREES and score < 0)
            if (
                clash
                and (groups[x] >= 0 or groups[y] >= 0)
                and (excused(s, state, a, x, y, room) or excused(s, state, b, y, x, room))
            ):
                y = following[y]
                continue
            if vetoed and one_source(facts, x, y):
                return FORBIDDEN
            contradicted = contradicted or clash
            against += vetoed
            seen += 1
            men = min(men, universe[relation(facts, x, y)])
            for c in range(width):
                level = out[c]
                if level >= 0:
                    weight = bits[c, level]
                    if tf[c, level] == 1:
                        weight -= max(shares[x, c], shares[y, c])
                    top[c] = max(top[c], weight)
                    least[c] = min(least[c], weight)
                    total[c] += weight
                    count[c] += 1
            y = following[y]
        x = following[x]
    if against > odd * seen or (dead and contradicted):
        return FORBIDDEN
    found = -men
    for c in range(width):
        if count[c] > 0:
            found += total[c] / count[c] if least[c] < 0 else top[c]
    return found


@inlined
def one_source(facts: Ints, x: int, y: int) -> bool:
    """Do two records stand in one post, or on one list?"""
    if facts[x, POST] != NONE:
        return facts[x, POST] == facts[y, POST]
    return (
        facts[x, IS_LIST] == 1 and facts[y, IS_LIST] == 1 and (facts[x, SOURCE] == facts[y, SOURCE])
    )


@compiled
def bits_between(
    s: Scorer, state: State, memo: Memo, a: int, b: int, odd: float, room: Room
) -> float:
    """The same, from memory where neither cluster has changed."""
    keys, values, stamps, changed = memo
    low, high = min(a, b), max(a, b)
    key = np.int64(low) << 32 | high
    slot = ((key * 0x9E3779B97F4A7C1) >> 20) & (len(keys) - 1)
    if keys[slot] != key or stamps[slot] < max(changed[a], changed[b]):
        keys[slot] = key
        values[slot] = together(s, state, low, high, odd, room)
        stamps[slot] = changed[-1]
    return values[slot]


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
        if root == chosen or root == own:
            continue
        if bits_between(s, state, memo, root, chosen, limits[2], room) < 0 and (
            bits_between(s, state, memo, root, own, limits[2], room) > bits - limits[1]
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
    s: Scorer, state: State, memo: Memo, edges: Edges, index: Index, banned: Ints, room: Room,
    k: int, a: int, b: int, least: float, limits: Limits,
) -> int:  # fmt: skip
    """What becomes of edge k, of roots a and b; joins them where nothing speaks against it."""
    changed = memo[3]
    left, right, scores, _ = edges
    single = state[1][a] == state[2][a] and state[1][b] == state[2][b]
    bits = scores[k]
    if not single:
        bits = bits_between(s, state, memo, a, b, limits[2], room)
    if bits < least:
        return REFUSED if scores[k] >= limits[0] else UNUSED
    if forbidden(banned, state[0], a, b):
        return REFUSED
    if rival(s, state, memo, edges, index, room, left[k], b, bits, limits) or rival(
        s, state, memo, edges, index, room, right[k], a, bits, limits
    ):
        return AMBIGUOUS
    join(state, a, b)
    changed[-1] += 1
    changed[min(a, b)] = changed[-1]
    return JOINED


@compiled
def sweep(
    s: Scorer, state: State, memo: Memo, edges: Edges, index: Index, banned: Ints, room: Room,
    fates: Bytes, tried: Ints, least: float, limits: Limits,
) -> bool:  # fmt: skip
    """Try every edge once that may fare otherwise than the last time; was any joined?"""
    parents, posts, changed = state[0], state[4], memo[3]
    left, right, scores, allowed = edges
    grew = False
    for k in range(len(fates)):
        if fates[k] == JOINED or fates[k] == INSIDE or allowed[k] == 0:
            continue
        a, b = find(parents, left[k]), find(parents, right[k])
        if a == b:
            fates[k] = INSIDE
            continue
        if posts[a] == 0 and posts[b] == 0:
            fates[k] = APART
            continue
        newest = max(changed[a], changed[b])
        if newest == 0 and scores[k] < least:
            continue
        if tried[k] > newest and fates[k] != AMBIGUOUS:
            continue
        tried[k] = changed[-1] + 1
        fates[k] = fate_of(
            s, state, memo, edges, index, banned, room, k, a, b, least, limits
        )  # fmt: skip
        grew = grew or fates[k] == JOINED
    return grew


@compiled
def cluster(
    s: Scorer, edges: Edges, index: Index, same: Ints, banned: Ints, limits: Limits
) -> tuple[Ints, Bytes]:
    """Roots of all rows and what became of each edge.

    `edges` are (left, right, score, allowed) by falling score; `index` lists each row's edges;
    `same` and `banned` are human decisions [n, 2]; `limits` are the least bits of a link, how
    close a rival may come and the share of odd records. The surest links come first; then what
    clusters say together may carry links that two records alone do not. Rows of lists join only
    where a post is among them: two that stand on lists alone are left APART.
    """
    n = len(index[0]) - 1
    parents = np.arange(n).astype(np.int32)
    state = (
        parents,
        parents.copy(),
        parents.copy(),
        np.full(n, -1, np.int32),
        (1 - s.fields.facts[:, IS_LIST]).astype(np.int32),
        np.full(n, -1, np.int32),
    )
    memo = (
        np.full(MEMORY, -1, np.int64),
        np.empty(MEMORY, np.float32),
        np.zeros(MEMORY, np.int64),
        np.zeros(n + 1, np.int64),
    )
    width = s.bits.shape[0]
    work = np.zeros((3, LETTERS + 1), np.int64)
    room = (np.empty(width, np.int8), work, np.empty((4, width), np.float64))
    fates = np.zeros(len(edges[0]), np.uint8)
    for k in range(len(same)):
        a, b = find(parents, same[k, 0]), find(parents, same[k, 1])
        if a != b and not forbidden(banned, parents, a, b):
            join(state, a, b)
    for k in range(len(same)):
        for row in same[k]:
            state[5][row] = find(parents, row)
    for sure in range(2):
        least = limits[0] + SURE * (1 - sure)
        tried = np.zeros(len(fates), np.int32)
        while sweep(
            s, state, memo, edges, index, banned, room, fates, tried, least, limits
        ):  # fmt: skip
            pass
    for k in range(len(fates)):
        a, b = find(parents, edges[0][k]), find(parents, edges[1][k])
        if a == b and fates[k] != JOINED:
            fates[k] = INSIDE
        elif fates[k] == UNUSED and (
            forbidden(banned, parents, a, b)
            or bits_between(s, state, memo, a, b, limits[2], room) == FORBIDDEN
        ):
            fates[k] = REFUSED
    for row in range(n):
        parents[row] = find(parents, row)
    return parents, fates
