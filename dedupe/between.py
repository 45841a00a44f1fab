# ruff: noqa: PLR0913, PLR0917 - compiled functions take plain arrays
"""Two clusters → bits for their being one man: all their records are heard together."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import NONE, Bytes, Floats, Ints
from .comparisons import (
    CLAIM,
    IS_LIST,
    OTHERS,
    OWNER,
    POST,
    SOUND,
    SOURCE,
    SURNAME,
    Work,
    elliptic,
    name_levels,
    other_levels,
    relation,
)
from .compiling import compiled, inlined
from .rules import AGREEMENTS, CLAIMS_DEAD, calls_dead, grounds_of, holds, namesakes, slipped
from .scorer import BIRTH, FOLLOW, THREAD, Levels, Scorer, hopeless, sum_of, weigh
from .scorer import SURNAME as SURNAME_LEVEL
from .weights import LEVELS

# Parents; of each root the first and last member and how many posts; of each row the next member
# and the group a human put it in, if any. Order: parents, heads, tails, following, posts, groups.
State = tuple[Ints, Ints, Ints, Ints, Ints, Ints]
Room = tuple[Levels, Work, NDArray[np.float64]]  # levels, edit distances, sums by comparison
# Of two clusters: key, bits, when they were worked out; and when each cluster last changed, last
# of all the time now, which is the number of joins.
Memo = tuple[NDArray[np.int64], Floats, Ints, Ints]

Doubles = NDArray[np.float64]

MEMORY = 1 << 18
DISAGREES = -2.0  # bits: from here on a comparison speaks against
FORBIDDEN = -1e6
SURNAMES_DIFFER = LEVELS["surname"].index("differ")


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


@inlined
def mostly_hopeless(
    facts: Ints, fathers: Ints, veto: Bytes, heads: Ints, following: Ints, groups: Ints,
    a: int, b: int, odd: float,
) -> bool:  # fmt: skip
    """Do the cheap comparisons forbid too many of the pairs, and has no human united any?"""
    against, seen = 0, 0
    x = heads[a]
    while x >= 0:
        y = heads[b]
        while y >= 0:
            if groups[x] >= 0 or groups[y] >= 0:
                return False
            against += hopeless(facts, fathers, veto, x, y)
            seen += 1
            y = following[y]
        x = following[x]
    return against > odd * seen


@compiled
def halves_of_one(s: Scorer, state: State, a: int, b: int, x: int, y: int) -> bool:
    """Do x and y bear the two halves of a surname that one of theirs bears whole?"""
    facts, names = s.fields.facts, s.fields.surnames
    heads, following = state[1], state[3]
    one, other = names[facts[x, SURNAME], SOUND], names[facts[y, SURNAME], SOUND]
    for root in (a, b):
        z = heads[root]
        while z >= 0:
            if facts[z, SURNAME] != NONE:
                halves = names[facts[z, SURNAME], OTHERS : OTHERS + 2]
                if one in halves and other in halves:
                    return True
            z = following[z]
    return False


@compiled
def other_halves(s: Scorer, state: State, a: int, b: int, room: Room) -> bool:
    """Two posts, one by the surname and one by the given name, that nothing sets against another.

    Both may mean the man who bears the two.
    """
    heads, tails = state[1], state[2]
    x, y = heads[a], heads[b]
    facts = s.fields.facts
    if x != tails[a] or y != tails[b] or not (elliptic(facts, x) and elliptic(facts, y)):
        return False
    if (facts[x, SURNAME] == NONE) == (facts[y, SURNAME] == NONE):
        return False
    _, worst, vetoed = weigh(s, x, y, room[0], room[1])
    return bool(not vetoed and worst >= 0)


@compiled
def together(s: Scorer, state: State, a: int, b: int, odd: float, room: Room) -> float:
    """Bits for two clusters being one man, all their records heard; FORBIDDEN for never.

    Of each comparison the strongest agreement of any two records counts, or where some disagree
    the mean. A share `odd` of the pairs may forbid each other, for one record in so many is
    misread, if another agrees on what that one has otherwise; but where somebody is called dead
    none may so much as contradict another, and where the posts stand counts for nothing. A given
    name alone has no more than its best pair gives it.
    """
    heads, following, groups = state[1], state[3], state[5]
    facts, surnames, givens, fathers, letters_1, letters_2, letters_3 = s.fields
    _, shares, bits, tf, veto, universe = s
    if mostly_hopeless(facts, fathers, veto, heads, following, groups, a, b, odd):
        return FORBIDDEN
    out, work = room[0], room[1]
    top, total, count, least = room[2][0], room[2][1], room[2][2], room[2][3]
    forbidden, agreed = room[2][4], room[2][5]
    width = len(out)
    for c in range(width):
        top[c], total[c], count[c], least[c] = -99.0, 0.0, 0.0, 0.0
        forbidden[c], agreed[c] = 0.0, 0.0
    against, seen, dead, contradicted, men, best = 0, 0, False, False, 99.0, -99.0
    x = heads[a]
    while x >= 0:
        y = heads[b]
        while y >= 0:
            other_levels(facts, x, y, out)
            name_levels(
                facts, surnames, givens, fathers, letters_1, letters_2, letters_3,
                x, y, out, work,
            )  # fmt: skip
            if out[SURNAME_LEVEL] == SURNAMES_DIFFER and halves_of_one(s, state, a, b, x, y):
                out[SURNAME_LEVEL] = -1
            score, worst, vetoed = sum_of(facts, shares, bits, tf, veto, universe, x, y, out)
            two_men = namesakes(out)
            vetoed = vetoed or two_men
            dead = dead or calls_dead(facts[x, CLAIM], facts[y, CLAIM])
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
            best = max(best, score)
            men = min(men, universe[relation(facts, x, y)])
            for c in range(width):
                level = out[c]
                if level >= 0:
                    weight = bits[c, level]
                    if tf[c, level] == 1:
                        weight -= max(shares[x, c], shares[y, c])
                    forbidden[c] += veto[c, level] == 1 or (two_men and c == BIRTH)
                    agreed[c] += weight > 0 and not (c == BIRTH and slipped(out))
                    top[c] = max(top[c], weight)
                    least[c] = min(least[c], weight)
                    total[c] += weight
                    count[c] += 1
            y = following[y]
        x = following[x]
    if against > odd * seen or (dead and contradicted) or nobody_agrees(forbidden, agreed):
        return FORBIDDEN
    found = heard(top, total, count, least, dead) - men
    if nameless(facts, heads[a], following) or nameless(facts, heads[b], following):
        return min(found, best)
    return found


@inlined
def nobody_agrees(forbidden: Doubles, agreed: Doubles) -> bool:
    """Do two records forbid each other by what no two others agree on, as a day of birth?"""
    for c in range(len(agreed)):  # noqa: SIM110  # compiled
        if forbidden[c] > 0 and agreed[c] == 0:
            return True
    return False


@inlined
def heard(top: Doubles, total: Doubles, count: Doubles, least: Doubles, dead: bool) -> float:
    """Bits of all comparisons: of each the strongest agreement, or the mean where any disagree."""
    found = 0.0
    for c in range(len(top)):
        if count[c] > 0 and not (dead and c in (THREAD, FOLLOW)):
            found += total[c] / count[c] if least[c] < 0 else top[c]
    return found


@inlined
def nameless(facts: Ints, x: int, following: Ints) -> bool:
    """Is a cluster, told by its first record, one post that gives no surname?"""
    return bool(following[x] < 0 and facts[x, SURNAME] == NONE and facts[x, IS_LIST] == 0)


@compiled
def may_join(s: Scorer, state: State, a: int, b: int, sure: bool, room: Room) -> bool:
    """Do the rules let two clusters join, all their records heard?

    What others say of a man speaks for his row: the father one post names, the birth another
    gives. Where somebody is called dead, only what agrees with those who say so counts; else,
    where a row of a list is among them, what agrees with it; never what a post in passing says.
    """
    heads, following = state[1], state[3]
    facts = s.fields.facts
    found, rank, own = 0, -1, False
    x = heads[a]
    while x >= 0:
        y = heads[b]
        while y >= 0:
            listed = facts[x, IS_LIST] == 1 or facts[y, IS_LIST] == 1
            dead = calls_dead(facts[x, CLAIM], facts[y, CLAIM])
            mine = 2 * int(dead) + int(listed)
            if mine > rank:
                found, rank, own = 0, mine, False
            if mine == rank:
                weigh(s, x, y, room[0], room[1])
                grounds = grounds_of(room[0])
                if mine > 0 and (in_passing(facts, x) or in_passing(facts, y)):
                    grounds &= ~AGREEMENTS
                found |= grounds
                own = own or facts[x, OWNER] == facts[y, OWNER]
            y = following[y]
        x = following[x]
    return holds(found, rank % 2 == 1, rank >= 2, own, sure)


@inlined
def in_passing(facts: Ints, x: int) -> bool:
    """Does a post name him by half a name, and not to say that he is dead?"""
    return bool(elliptic(facts, x) and facts[x, CLAIM] != CLAIMS_DEAD)


@inlined
def one_source(facts: Ints, x: int, y: int) -> bool:
    """Do two records stand in one post, or on one list?"""
    if facts[x, POST] != NONE:
        return bool(facts[x, POST] == facts[y, POST])
    listed = facts[x, IS_LIST] == 1 and facts[y, IS_LIST] == 1
    return bool(listed and facts[x, SOURCE] == facts[y, SOURCE])


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
    return float(values[slot])
