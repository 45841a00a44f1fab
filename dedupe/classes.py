"""Names of many records → how common each is among men whose other names are like his.

A Tuvan surname is rare in Russia and common among Tuvans, and so are the given names that go with
it: taken one by one they look like proof. A latent class model P(class) P(surname | class)
P(given | class) P(patronymic | class) P(region | class), fitted by expectation maximisation with
no label of any people, gives each record the share of each name *given those before it*.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from .columns import NONE, Columns, Floats, Ints
from .compiling import compiled, inlined

CLASSES = 12
ROUNDS = 15
SAMPLE = 100_000  # records the classes are fitted on
RECORDS_A_MAN = 2.8  # a man's own records are no namesakes
WEIGHT = 30.0  # records' worth of belief in the shares of all men

Doubles = NDArray[np.float64]
Longs = NDArray[np.int64]


def conditional_shares(columns: Columns, seed: int = 1) -> Floats:
    """[record, 4] log2 shares of surname, given, patronymic, region, each given those before it.

    By the chain rule their sum is the share of men who agree on all the record states.
    """
    values = _values(columns)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(values))[:SAMPLE]
    offsets = np.append(0, np.cumsum(values.max(axis=0, initial=0) + 1)).astype(np.int64)
    prior = _shares(values, offsets)
    counts = _first_counts(values, offsets, rng)
    sizes = np.full(CLASSES, 1 / CLASSES)
    for _ in range(ROUNDS):
        table = _table(counts, prior, offsets)
        counts, sizes = _round(values[chosen], offsets, table, np.log(sizes))
    counts, sizes = _round(values, offsets, _table(counts, prior, offsets), np.log(sizes))
    table, others = _table(counts, prior, offsets), _others(counts, prior, offsets)
    return _conditional(values, offsets, table, np.log(sizes), others)


def _values(columns: Columns) -> Ints:
    """[record, 4] ids of the sounds of the three names, and the region; NONE where not said."""

    def of(sounds: Ints, tokens: Ints) -> Ints:
        return np.append(sounds, NONE).astype(np.int32)[tokens]

    def full(sounds: Ints, short: NDArray[np.uint8]) -> Ints:
        return np.where(short == 1, NONE, sounds).astype(np.int32)

    given, father = columns.givens, columns.patronymics
    return np.column_stack(
        [
            of(columns.surnames.sound, columns.surname),
            of(full(given.sound, given.is_initial), columns.given),
            of(full(father.sound, father.is_initial), columns.patronymic),
            columns.region,
        ]
    ).astype(np.int32)


def _shares(values: Ints, offsets: Longs) -> Doubles:
    """Each value's share of all records that state its field."""
    shares = np.zeros(offsets[-1])
    for column in range(values.shape[1]):
        said = values[values[:, column] != NONE, column]
        counts = np.bincount(said, minlength=offsets[column + 1] - offsets[column])
        shares[offsets[column] : offsets[column + 1]] = counts / max(counts.sum(), 1)
    return shares


def _first_counts(values: Ints, offsets: Longs, rng: np.random.Generator) -> Doubles:
    """Counts to begin with: each region leans to one class, the rest follows."""
    regions = offsets[4] - offsets[3]
    lean = rng.dirichlet(np.full(CLASSES, 0.15), size=regions + 1)
    lean[regions] = 1 / CLASSES
    memberships = lean[values[:, 3]]
    counts = np.zeros((offsets[-1], CLASSES))
    for column in range(values.shape[1]):
        said = values[:, column] != NONE
        np.add.at(counts, offsets[column] + values[said, column], memberships[said])
    return counts


def _table(counts: Doubles, prior: Doubles, offsets: Longs) -> Doubles:
    """[value, class] log of P(value | class), leaning to the share of all men."""
    table = np.empty_like(counts)
    for start, end in pairwise(offsets):
        smooth = counts[start:end] + WEIGHT * prior[start:end, None] + 1e-12
        table[start:end] = np.log(smooth / smooth.sum(axis=0))
    return table


@inlined
def believe(
    values: Ints, offsets: Longs, table: Doubles, sizes: Doubles, i: int, fields: int,
    belief: Doubles,
) -> None:  # fmt: skip
    """Write into `belief` P(class) of a record, given the first `fields` of its values."""
    k = len(sizes)
    for cls in range(k):
        belief[cls] = sizes[cls]
    for c in range(fields):
        if values[i, c] >= 0:
            at = offsets[c] + values[i, c]
            for cls in range(k):
                belief[cls] += table[at, cls]
    most, total = belief[0], 0.0
    for cls in range(1, k):
        most = max(most, belief[cls])
    for cls in range(k):
        belief[cls] = np.exp(belief[cls] - most)
        total += belief[cls]
    for cls in range(k):
        belief[cls] /= total


@compiled
def _round(values: Ints, offsets: Longs, table: Doubles, sizes: Doubles) -> tuple[Doubles, Doubles]:
    """Expected counts [value, class] and class shares: one round of the maximisation."""
    k, width = table.shape[1], values.shape[1]
    counts = np.zeros(table.shape)
    total, belief = np.zeros(k), np.empty(k)
    for i in range(len(values)):
        believe(values, offsets, table, sizes, i, width, belief)
        for cls in range(k):
            total[cls] += belief[cls]
        for c in range(width):
            if values[i, c] >= 0:
                at = offsets[c] + values[i, c]
                for cls in range(k):
                    counts[at, cls] += belief[cls]
    return counts, (total + 1) / (total.sum() + k)


@compiled
def _conditional(
    values: Ints, offsets: Longs, table: Doubles, sizes: Doubles, shares: Doubles
) -> Floats:
    """log2 P(value | the record's values before it)."""
    k = table.shape[1]
    out = np.zeros(values.shape, np.float32)
    belief = np.empty(k)
    for i in range(len(values)):
        for field in range(values.shape[1]):
            if values[i, field] < 0:
                continue
            believe(values, offsets, table, sizes, i, field, belief)
            at = offsets[field] + values[i, field]
            share = 0.0
            for cls in range(k):
                share += belief[cls] * shares[at, cls]
            out[i, field] = np.log2(max(share, 1e-9))
    return out


def _others(counts: Doubles, prior: Doubles, offsets: Longs) -> Doubles:
    """[value, class] P(value | class) of one man's namesakes: his own records left out."""
    shares = np.empty_like(counts)
    for start, end in pairwise(offsets):
        of = counts[start:end]
        own = RECORDS_A_MAN / np.maximum(of.sum(axis=1, keepdims=True), 1e-9)
        rest = np.maximum(of * (1 - own), 0.0) + WEIGHT * prior[start:end, None]
        shares[start:end] = rest / (of.sum(axis=0) + WEIGHT)
    return shares
