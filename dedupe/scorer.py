# ruff: noqa: PLR0913, PLR0917, PLR1714, SIM109 - the shapes numba compiles best
"""Pairs of records and weights → evidence in bits, by one compiled loop over the columns."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .blocking import Blocks, hosts_end, partners, shown_before
from .classes import conditional_shares
from .columns import BIRTH_SERVICE, LETTERS, NONE, Bytes, Columns, Floats, Ints
from .comparisons import (
    INITIAL,
    KNOWN,
    POST,
    Fields,
    Work,
    birth_level,
    fields,
    name_levels,
    other_levels,
    relation,
)
from .comparisons import PATRONYMIC as PATRONYMIC_FACT
from .compiling import compiled, inlined
from .threads import follow_shares, men_of_sources, men_of_threads, thread_shares
from .weights import NAMES, RELATIONS, Weights

SURNAME, GIVEN, PATRONYMIC, BIRTH = (NAMES.index(n) for n in NAMES[:4])
REGION, PLACE, UNIT, CONTACT, COURSE = (
    NAMES.index(name) for name in ("region", "place", "unit", "contact", "course")
)
THREAD, FOLLOW = NAMES.index("thread"), NAMES.index("follow")

Levels = NDArray[np.int8]
SAME_LIST = RELATIONS.index("same_list")


class Scorer(NamedTuple):
    """Everything one pair needs, in the shape numba reads."""

    fields: Fields
    shares: Floats  # [record, comparison] log2 share of the record's value; 0 where unused
    bits: Floats
    tf: NDArray[np.uint8]
    veto: NDArray[np.uint8]
    universe: Floats


def is_large(records: int, weights: Weights) -> bool:
    """Are names counted given one another: are there classes, or enough records to fit them?"""
    return weights.classes is not None or records >= weights.smoothing["classes"]


def scorer(columns: Columns, weights: Weights, shares: Floats | None = None) -> Scorer:
    """Bind columns and weights together; `shares` counted before stand in for those of today."""
    return Scorer(
        fields(columns),
        value_shares(columns, weights) if shares is None else shares,
        weights.bits,
        weights.tf,
        weights.veto,
        weights.universe,
    )


def value_shares(columns: Columns, weights: Weights) -> Floats:
    """log2 of how common each record's values are: names among men, the rest in this store."""
    out = np.zeros((len(columns), len(NAMES)), np.float32)
    smoothing = weights.smoothing
    out[:, :3] = columns.name_tf
    said = (columns.birth_kind > 0) & (columns.birth_kind != BIRTH_SERVICE)
    year = np.where(said, (columns.birth_low + columns.birth_high) // 730, NONE)
    out[:, BIRTH] = _shares(year, smoothing["birth"])
    out[:, REGION] = _shares(columns.region, smoothing["region"])
    out[:, CONTACT] = _shares(columns.contact, smoothing["contact"])
    out[:, PLACE] = _shares_within(columns.place, columns.region, smoothing["place"])
    men = men_of_a_channel(weights)
    out[:, THREAD] = thread_shares(men_of_threads(columns), columns, men)
    out[:, FOLLOW] = follow_shares(men_of_sources(columns), columns, men)
    if is_large(len(columns), weights):
        conditional = conditional_shares(columns, weights.classes)
        out[:, :3] = np.maximum(conditional[:, :3], np.array(weights.floors, np.float32))
        out[:, REGION] = conditional[:, 3]
    return out


def men_of_a_channel(weights: Weights) -> float:
    """How many men the posts of one owner may be about."""
    return float(2.0 ** weights.universe[RELATIONS.index("same_owner")])


def _shares(values: Ints, distinct: float) -> Floats:
    """Smoothed log2 shares: as if each of `distinct` possible values had been seen once more."""
    counts = np.bincount(values + 1)
    counts[0] = 0
    return np.asarray(np.log2((counts[values + 1] + 1) / (counts.sum() + distinct)), np.float32)


def _shares_within(values: Ints, groups: Ints, distinct: float) -> Floats:
    """The same within each group: a place's share of its region."""
    of_value = np.bincount(values + 1)
    of_group = np.bincount(groups[values != NONE] + 1, minlength=int(groups.max(initial=0)) + 2)
    shares = (of_value[values + 1] + 1) / (of_group[groups + 1] + distinct)
    return np.asarray(np.log2(np.minimum(shares, 1)), np.float32)


# The inner loop takes its arrays one by one: to hand a tuple of arrays to a compiled function
# costs more than all the comparisons of a pair.


@inlined
def twice_listed(levels: NDArray[np.int8]) -> bool:
    """Do two rows of one list agree on every name and on the birth, so that he may stand twice?"""
    names = levels[SURNAME] in (0, 1) and levels[GIVEN] == 0 and levels[PATRONYMIC] == 0
    return names and levels[BIRTH] in (0, 2, 3)


@inlined
def sum_of(
    facts: Ints, shares: Floats, bits: Floats, tf: Bytes, veto: Bytes, universe: Floats,
    i: int, j: int, out: Levels,
) -> tuple[float, float, bool]:  # fmt: skip
    """(score, worst disagreement, vetoed) of a pair whose levels are known."""
    kind = relation(facts, i, j)
    score, worst = -universe[kind], np.float32(0.0)
    vetoed = (facts[i, POST] != NONE and facts[i, POST] == facts[j, POST]) or (
        kind == SAME_LIST and not twice_listed(out)
    )
    for c in range(len(out)):
        level = out[c]
        if level < 0:
            continue
        weight = bits[c, level]
        if tf[c, level] == 1:
            weight -= max(shares[i, c], shares[j, c])
        score += weight
        worst = min(worst, weight)
        vetoed = vetoed or veto[c, level] == 1
    return float(score), float(worst), bool(vetoed)


@compiled
def weigh(s: Scorer, i: int, j: int, out: Levels, work: Work) -> tuple[float, float, bool]:
    """(score, worst disagreement, vetoed) of one pair; its levels are left in `out`.

    The score is in bits, the universe of the pair's kind already taken away.
    """
    f = s.fields
    other_levels(f.facts, i, j, out)
    name_levels(
        f.facts, f.surnames, f.givens, f.patronymics,
        f.surname_letters, f.given_letters, f.patronymic_letters, i, j, out, work,
    )  # fmt: skip
    return sum_of(f.facts, s.shares, s.bits, s.tf, s.veto, s.universe, i, j, out)


@inlined
def hopeless(facts: Ints, fathers: Ints, veto: Bytes, i: int, j: int) -> bool:
    """Do the cheap comparisons forbid the pair already?"""
    level = birth_level(facts, i, j)
    if level >= 0 and veto[BIRTH, level] == 1:
        return True
    a, b = facts[i, PATRONYMIC_FACT], facts[j, PATRONYMIC_FACT]
    if a == NONE or b == NONE or a == b:
        return False
    both_known = fathers[a, KNOWN] == 1 and fathers[b, KNOWN] == 1
    return bool(both_known and fathers[a, INITIAL] != fathers[b, INITIAL])


@compiled
def score_pairs(s: Scorer, left: Ints, right: Ints, least: float) -> tuple[Floats, Levels, Bytes]:
    """Scores, levels [pair, comparison] and vetoes of many pairs.

    Pairs that cheap comparisons forbid are not looked into where `least` is finite: they get
    a veto and a score below it.
    """
    n = len(left)
    scores = np.full(n, least - 1, np.float32)
    out = np.full((n, s.bits.shape[0]), -1, np.int8)
    vetoes = np.ones(n, np.uint8)
    work = np.zeros((3, LETTERS + 1), np.int64)
    facts, fathers, veto = s.fields.facts, s.fields.patronymics, s.veto
    for k in range(n):
        if least > -np.inf and hopeless(facts, fathers, veto, left[k], right[k]):
            continue
        score, _, vetoed = weigh(s, left[k], right[k], out[k], work)
        scores[k] = score
        vetoes[k] = vetoed
    return scores, out, vetoes


@compiled
def score_blocks(
    s: Scorer, blocks: Blocks, first: int, last: int, least: float
) -> tuple[Ints, Ints, Floats, Levels]:
    """Pairs of some blocks that reach `least` without a veto: left < right, scores, levels."""
    facts, surnames, givens, fathers, letters_1, letters_2, letters_3 = s.fields
    _, shares, bits, tf, veto, universe = s
    rows, guests, starts, fields, found, said, fewest, most = blocks
    width, room, total = bits.shape[0], 1024, 0
    ends, scores = np.empty((room, 2), np.int32), np.empty(room, np.float32)
    levels, one = np.empty((room, width), np.int8), np.empty(width, np.int8)
    work = np.zeros((3, LETTERS + 1), np.int64)
    for block in range(first, last):
        start, end = starts[block], starts[block + 1]
        first_guest = hosts_end(guests, start, end)
        for x in range(start, end):
            low, high = partners(x, first_guest, end, fewest, most)
            if total + high - low > room:
                more = room + high - low
                ends = np.concatenate((ends, np.empty((more, 2), np.int32)))
                scores = np.concatenate((scores, np.empty(more, np.float32)))
                levels = np.concatenate((levels, np.empty((more, width), np.int8)))
                room += more
            for y in range(low, high):
                i, j = min(rows[x], rows[y]), max(rows[x], rows[y])
                if i == j or hopeless(facts, fathers, veto, i, j):
                    continue
                if shown_before(said, fields[block], found[x] & found[y], i, j):
                    continue
                other_levels(facts, i, j, one)
                name_levels(
                    facts, surnames, givens, fathers, letters_1, letters_2, letters_3,
                    i, j, one, work,
                )  # fmt: skip
                score, _, vetoed = sum_of(facts, shares, bits, tf, veto, universe, i, j, one)
                if score >= least and not vetoed:
                    ends[total, 0], ends[total, 1], scores[total] = i, j, score
                    for c in range(width):
                        levels[total, c] = one[c]
                    total += 1
    return ends[:total, 0].copy(), ends[:total, 1].copy(), scores[:total], levels[:total]
