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

from .columns import NONE, Columns, Floats, Ints, Tokens
from .compiling import THREADS, compiled, inlined

FIELDS = ("surname", "given", "patronymic", "region")
CLASSES = 24
ROUNDS = 30
SAMPLE = 100_000  # records the classes are fitted on
RECORDS_A_MAN = 2.8  # a man's own records are no namesakes
WEIGHT = 30.0  # records' worth of belief in the shares of all men
LEAST_KEPT = 3.0  # records that bear a name, for it to be written into a weights file
UNSEEN = 0.5  # of a record: what a name counts for that the classes have not met
RARER = 4.0  # times: met so much more rarely than records bear it, a name is as good as not met
LEAST = 1e-12  # of a smoothed count: the logarithm of nothing
RECORDS_AT_ONCE = 100_000

Doubles = NDArray[np.float64]
Longs = NDArray[np.int64]
Bools = NDArray[np.bool_]

# A NameModel as plain arrays, in the order of its fields.
Names = tuple[
    tuple[Longs, ...], tuple[Doubles, ...], tuple[Doubles, ...], Doubles, Doubles, Doubles
]


@dataclass(frozen=True, slots=True)
class NameModel:
    """Which names go together: what the share of any name can be worked out from after the fit.

    One array for each of FIELDS. Names go by their marks, which are sorted; it may hold a part of
    the names only, `totals` and `norms` are of all.
    """

    marks: tuple[Longs, ...]
    counts: tuple[Doubles, ...]  # [value, class] records expected
    prior: tuple[Doubles, ...]  # [value] share of all records that state the field
    sizes: Doubles  # [class] share of records
    totals: Doubles  # [field, class] records that state the field
    norms: Doubles  # [field, class] sum of the smoothed counts

    def plain(self) -> Names:
        """The model as arrays, to be kept."""
        return self.marks, self.counts, self.prior, self.sizes, self.totals, self.norms


def conditional_shares(columns: Columns, classes: NameModel | None = None) -> Floats:
    """[record, 4] log2 shares of surname, given, patronymic, region, each given those before it.

    By the chain rule their sum is the share of men who agree on all the record states. Without
    `classes` they are fitted on these very records; names the classes have not seen are counted
    among these records, by the company they keep.
    """
    return shares_by(fit(columns) if classes is None else completed(classes, columns), columns)


def fit(columns: Columns, seed: int = 1) -> NameModel:
    """Classes of the names of these records, by expectation maximisation on a sample of them."""
    values, marks = _values(columns)
    rng = np.random.default_rng(seed)
    chosen = rng.permutation(len(values))[:SAMPLE]
    offsets = _offsets(marks)
    prior = _shares(values, offsets)
    counts = _first_counts(values[chosen], offsets, rng)
    sizes = np.full(CLASSES, 1 / CLASSES)
    for _ in range(ROUNDS):
        table = _table(counts, prior, offsets)
        counts, sizes = _round(values[chosen], offsets, table, np.log(sizes))
    counts, sizes = _round(values, offsets, _table(counts, prior, offsets), np.log(sizes))
    return _model(marks, counts, sizes)


def completed(model: NameModel, columns: Columns) -> NameModel:
    """The model with the names of these records that it lacks, as they are borne among them.

    It lacks a name, too, that it met far more rarely than these records bear it: a slip of another
    name that sounds the same is no reason to think a name rare that hundreds bear here.
    """
    values, marks = _values(columns)
    offsets = _offsets(marks)
    fresh = _lacked(model, values, marks)
    if not fresh.any():
        return model
    new_at = np.append(fresh, False)  # the last: where an empty field points
    some = (new_at[values + offsets[:-1]] & (values != NONE)).any(axis=1)
    known = _seen(model, marks)
    found, _ = _round(values[some], offsets, known[0], np.log(model.sizes))
    every, counts = [], []
    for field, (start, end) in enumerate(pairwise(offsets)):
        new = fresh[start:end]
        stays = ~np.isin(model.marks[field], marks[field][new])
        both = np.append(model.marks[field][stays], marks[field][new])
        order = np.argsort(both)
        every.append(both[order])
        held = model.counts[field][stays]
        counts.append(np.concatenate([held, found[start:end][new]])[order])
    return _model(tuple(every), np.concatenate(counts), model.sizes)


def _lacked(model: NameModel, values: Ints, marks: Sequence[Longs]) -> Bools:
    """Which of these records' names, field by field, the model has not met, or far too rarely."""
    lacked = []
    for field, of in enumerate(marks):
        said = values[values[:, field] != NONE, field]
        here = np.bincount(said, minlength=len(of)) / max(len(said), 1)
        known = np.isin(of, model.marks[field], assume_unique=True)
        share = np.zeros(len(of))
        share[known] = model.prior[field][np.searchsorted(model.marks[field], of[known])]
        often = here * len(said) >= LEAST_KEPT * RECORDS_A_MAN
        lacked.append(~known | (often & (here > RARER * share)))
    return np.concatenate(lacked)


def shares_by(model: NameModel, columns: Columns) -> Floats:
    """The shares of `conditional_shares` by classes fitted before."""
    values, marks = _values(columns)
    offsets = _offsets(marks)
    table, others = _seen(model, marks)
    sizes = np.log(model.sizes)
    with ThreadPoolExecutor(THREADS) as threads:
        parts = threads.map(
            lambda at: _conditional(
                values[at : at + RECORDS_AT_ONCE], offsets, table, sizes, others
            ),
            range(0, max(len(values), 1), RECORDS_AT_ONCE),
        )
        return np.concatenate(list(parts))


def mark_values(columns: Columns) -> Longs:
    """[record, 4] marks of the sounds of the three names, and of the region; NONE: not said."""
    values, marks = _values(columns)
    return np.column_stack(
        [np.append(marks[f], NONE)[values[:, f]] for f in range(values.shape[1])]
    ).astype(np.int64)


def content(model: NameModel) -> dict[str, Any]:
    """The classes as they stand in a weights file: of each mark the records of each class."""
    kept: dict[str, Any] = {"sizes": [round(float(size), 6) for size in model.sizes]}
    for field, marks, counts in zip(FIELDS, model.marks, model.counts, strict=True):
        kept[field] = {
            str(mark): [round(float(count), 2) for count in row]
            for mark, row in zip(marks.tolist(), counts, strict=True)
            if row.sum() >= LEAST_KEPT
        }
    return kept


def from_content(kept: Mapping[str, Any]) -> NameModel:
    """The other way; KeyError and ValueError for what is no such content."""
    sizes = np.array(kept["sizes"], np.float64)
    named = [sorted((int(mark), row) for mark, row in kept[field].items()) for field in FIELDS]
    rows = [row for of in named for _, row in of]
    marks = tuple(np.array([mark for mark, _ in of], np.int64) for of in named)
    return _model(marks, np.array(rows, np.float64).reshape(-1, len(sizes)), sizes)


def _model(marks: tuple[Longs, ...], counts: Doubles, sizes: Doubles) -> NameModel:
    """The model of all names; the counts stand field by field."""
    parts = [counts[start:end] for start, end in pairwise(_offsets(marks))]
    bearers = [np.maximum(of.sum(axis=1), UNSEEN) for of in parts]
    prior = tuple(of / max(of.sum(), 1.0) for of in bearers)
    smooth = [of + WEIGHT * p[:, None] + LEAST for of, p in zip(parts, prior, strict=True)]
    return NameModel(
        marks,
        tuple(parts),
        prior,
        sizes,
        np.array([of.sum(axis=0) for of in parts]),
        np.array([of.sum(axis=0) for of in smooth]),
    )


def _seen(model: NameModel, marks: Sequence[Longs]) -> tuple[Doubles, Doubles]:
    """Of these marks, field by field: log of P(value | class), and the same of namesakes."""
    tables, others = [], []
    for field, asked in enumerate(marks):
        known = np.isin(asked, model.marks[field], assume_unique=True)
        at = np.searchsorted(model.marks[field], asked[known])
        stated = model.totals[field]
        counts = np.zeros((len(asked), len(model.sizes)))
        prior = np.full(len(asked), UNSEEN / max(stated.sum(), 1.0))
        counts[known], prior[known] = model.counts[field][at], model.prior[field][at]
        norms = np.maximum(model.norms[field], LEAST)
        tables.append(np.log((counts + WEIGHT * prior[:, None] + LEAST) / norms))
        others.append(_others(counts, prior, stated))
    return np.concatenate(tables), np.concatenate(others)


def _offsets(marks: tuple[Longs, ...]) -> Longs:
    return np.append(0, np.cumsum([len(of) for of in marks])).astype(np.int64)


def _values(columns: Columns) -> tuple[Ints, tuple[Longs, ...]]:
    """[record, 4] numbers of values, NONE where not said, and the marks of each field's values."""

    def full(tokens: Tokens) -> Ints:
        return np.where(tokens.is_initial == 1, NONE, tokens.mark).astype(np.int32)

    names = (columns.surnames.mark, full(columns.givens), full(columns.patronymics))
    ids = (columns.surname, columns.given, columns.patronymic)
    found = [_numbered(marks, of) for marks, of in zip(names, ids, strict=True)]
    found.append(_numbered(columns.region_mark, np.arange(len(columns), dtype=np.int32)))
    return (
        np.column_stack([values for values, _ in found]).astype(np.int32),
        tuple(marks for _, marks in found),
    )


def _numbered(marks: Ints, ids: Ints) -> tuple[Ints, Longs]:
    """Marks of tokens → the number of each record's mark among the distinct ones; and those."""
    distinct, numbers = np.unique(np.append(marks, NONE), return_inverse=True)
    # NONE is the smallest and becomes -1, which is NONE again
    return (numbers - 1).astype(np.int32)[ids], distinct[1:].astype(np.int64)


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
        smooth = counts[start:end] + WEIGHT * prior[start:end, None] + LEAST
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


def _others(counts: Doubles, prior: Doubles, totals: Doubles) -> Doubles:
    """[value, class] P(value | class) of one man's namesakes: his own records left out."""
    own = RECORDS_A_MAN / np.maximum(counts.sum(axis=1, keepdims=True), 1e-9)
    rest = np.maximum(counts * (1 - own), 0.0) + WEIGHT * prior[:, None]
    return np.asarray(rest / (totals + WEIGHT))
