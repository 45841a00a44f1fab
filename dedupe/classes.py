# ruff: noqa: PLR0913, PLR0917 - compiled functions take plain arrays
"""Names of many records → how common each is among men whose other names are like his.

A Tuvan surname is rare in Russia and common among Tuvans, and so are the given names that go with
it: taken one by one they look like proof. A latent class model P(class) P(surname | class)
P(given | class) P(patronymic | class) P(region | class), fitted by expectation maximisation with
no label of any people, gives each record the share of each name *given those before it*.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from .columns import NONE, Columns, Floats, Ints
from .compiling import THREADS, compiled, inlined

FIELDS = ("surname", "given", "patronymic", "region")
CLASSES = 12
ROUNDS = 15
SAMPLE = 100_000  # records the classes are fitted on
RECORDS_A_MAN = 2.8  # a man's own records are no namesakes
WEIGHT = 30.0  # records' worth of belief in the shares of all men
LEAST_KEPT = 3.0  # records that bear a name, for it to be written down
RECORDS_AT_ONCE = 100_000

Doubles = NDArray[np.float64]
Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True, kw_only=True)
class NameClasses:
    """Which names go together: what was learned once and is kept with the weights."""

    sizes: Doubles  # [class] share of each class
    values: Sequence[Mapping[str, int]]  # of each of FIELDS: sound or region → row of `counts`
    counts: Doubles  # [value, class] records; the last row of each field stands for the unseen
    offsets: Longs  # where each field's rows begin, and the end


def conditional_shares(columns: Columns, classes: NameClasses | None = None) -> Floats:
    """[record, 4] log2 shares of surname, given, patronymic, region, each given those before it.

    By the chain rule their sum is the share of men who agree on all the record states. Without
    `classes` they are fitted on these very records; names the classes have not seen are counted
    among these records, by the company they keep.
    """
    known = fit(columns) if classes is None else _with_unseen(columns, classes)
    values = _rows_of(columns, known)
    prior = _prior(known.counts, known.offsets)
    table = _table(known.counts, prior, known.offsets)
    others = _others(known.counts, prior, known.offsets)
    sizes = np.log(known.sizes)
    cuts = range(0, max(len(values), 1), RECORDS_AT_ONCE)
    with ThreadPoolExecutor(THREADS) as threads:
        parts = threads.map(
            lambda at: _conditional(
                values[at : at + RECORDS_AT_ONCE], known.offsets, table, sizes, others
            ),
            cuts,
        )
        return np.concatenate(list(parts))


def fit(columns: Columns, seed: int = 1) -> NameClasses:
    """Classes of the names of these records, by expectation maximisation on a sample of them."""
    values = _values(columns)
    texts = _texts(columns)
    offsets = np.append(0, np.cumsum([len(of) + 1 for of in texts])).astype(np.int64)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(values))[:SAMPLE]
    prior = _prior(_bearers(values, offsets)[:, None], offsets)
    counts = _first_counts(values[chosen], offsets, rng)
    sizes = np.full(CLASSES, 1 / CLASSES)
    for _ in range(ROUNDS):
        table = _table(counts, prior, offsets)
        counts, sizes = _round(values[chosen], offsets, table, np.log(sizes))
    counts, sizes = _round(values, offsets, _table(counts, prior, offsets), np.log(sizes))
    names = [{text: row for row, text in enumerate(of)} for of in texts]
    return NameClasses(sizes=sizes, values=names, counts=counts, offsets=offsets)


def content(classes: NameClasses) -> dict[str, Any]:
    """The classes as they stand in a weights file: of each value the records of each class."""
    kept: dict[str, Any] = {"sizes": [round(float(size), 6) for size in classes.sizes]}
    for field, start, names in zip(FIELDS, classes.offsets[:-1], classes.values, strict=True):
        rows = {text: classes.counts[start + row] for text, row in names.items()}
        kept[field] = {
            text: [round(float(count), 2) for count in row]
            for text, row in sorted(rows.items())
            if row.sum() >= LEAST_KEPT
        }
    return kept


def from_content(kept: Mapping[str, Any]) -> NameClasses:
    """The other way; KeyError and ValueError for what is no such content."""
    sizes = np.array(kept["sizes"], np.float64)
    names = [{text: row for row, text in enumerate(kept[field])} for field in FIELDS]
    unseen = [0.0] * len(sizes)
    rows = [row for field in FIELDS for row in (*kept[field].values(), unseen)]
    offsets = np.append(0, np.cumsum([len(of) + 1 for of in names])).astype(np.int64)
    counts = np.array(rows, np.float64).reshape(-1, len(sizes))
    return NameClasses(sizes=sizes, values=names, counts=counts, offsets=offsets)


def _texts(columns: Columns) -> list[Sequence[str]]:
    names = (columns.surnames.sounds, columns.givens.sounds, columns.patronymics.sounds)
    return [*names, columns.regions]


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


def _rows_of(columns: Columns, classes: NameClasses) -> Ints:
    """[record, 4] rows of the classes' values; what they have not seen has its field's last."""
    values = _values(columns)
    for field, texts in enumerate(_texts(columns)):
        names = classes.values[field]
        rows = np.array([*(names.get(text, len(names)) for text in texts), NONE], np.int32)
        values[:, field] = rows[values[:, field]]
    return values


def _with_unseen(columns: Columns, classes: NameClasses) -> NameClasses:
    """The classes with the names of these records that they lack."""
    names, counts, fresh = [], [], []
    for field, texts in enumerate(_texts(columns)):
        old = classes.values[field]
        new = [text for text in texts if text not in old]
        names.append({**old, **{text: len(old) + row for row, text in enumerate(new)}})
        start = classes.offsets[field]
        counts += [
            classes.counts[start : start + len(old)],
            np.zeros((len(new) + 1, len(classes.sizes))),
        ]
        fresh += [np.zeros(len(old), bool), np.ones(len(new) + 1, bool)]
    offsets = np.append(0, np.cumsum([len(of) + 1 for of in names])).astype(np.int64)
    whole, unseen = np.concatenate(counts), np.concatenate(fresh)
    known = NameClasses(sizes=classes.sizes, values=names, counts=whole, offsets=offsets)
    values = _rows_of(columns, known)
    some = (unseen[values + offsets[:-1]] & (values != NONE)).any(axis=1)
    table = _table(whole, _prior(whole, offsets), offsets)
    found, _ = _round(values[some], offsets, table, np.log(classes.sizes))
    whole[unseen] = found[unseen]
    return known


def _bearers(values: Ints, offsets: Longs) -> Doubles:
    """Records that state each value."""
    said = values != NONE
    rows = (values + offsets[:-1])[said]
    return np.bincount(rows, minlength=int(offsets[-1])).astype(np.float64)


def _prior(counts: Doubles, offsets: Longs) -> Doubles:
    """Each value's share of all records that state its field; half a record for the unseen."""
    bearers = counts.sum(axis=1)
    shares = np.empty(len(bearers))
    for start, end in pairwise(offsets):
        shares[start:end] = np.maximum(bearers[start:end], 0.5) / max(bearers[start:end].sum(), 1)
    return shares


def _first_counts(values: Ints, offsets: Longs, rng: np.random.Generator) -> Doubles:
    """Counts to begin with: each region leans to one class, the rest follows."""
    regions = int(offsets[4] - offsets[3])
    lean = rng.dirichlet(np.full(CLASSES, 0.15), size=regions + 1)
    lean[regions] = 1 / CLASSES
    memberships = lean[values[:, 3]]
    counts = np.zeros((int(offsets[-1]), CLASSES))
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
