"""Columns → the block keys of each record, the same in every run: the store keeps them.

`blocking.py` finds the pairs of one closed set of records as fast as can be, and what it takes
for a block depends on all of them. An increment sees few records, so its blocks must be told by
the record alone: two records are compared if they share a key that was not too common when the
statistics were taken.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .columns import BIRTH_DAY, BIRTH_SERVICE, NONE, Columns, Ints
from .comparisons import FOLLOW_DAYS

Longs = NDArray[np.int64]
Keys = tuple[Longs, Ints]  # keys of one rule and the rows that bear them

STANDING = 15  # rules from here on, counted from 0: a discussion, a source and its month

# Larger blocks are too common to mean anything alone; the narrower rules cover their pairs.
LARGEST_BLOCK = 600
LARGEST_OF = {
    0: 60,  # of one surname
    14: 20,  # of one given name in one place: among more no one can be meant
    15: 60,  # in one post and its answers
    16: 20,  # in one thread, or named by one source in a month: the same
    17: 20,
}


def block_keys(columns: Columns) -> Iterator[Keys]:
    """Keys of every rule, the same in every run: they are kept in the store.

    The first rule, the surname alone, is for records that say little else; those from STANDING
    on tell where a post stands.
    """
    every = np.arange(len(columns), dtype=np.int32)
    skeletons = list(_skeletons(columns, every))
    forms = list(_of_tokens(columns.givens.other_marks, columns.given))
    initial = _of(columns.givens.initial, columns.given)
    father = _of(columns.patronymics.initial, columns.patronymic)
    root = _of(columns.patronymics.mark, columns.patronymic)
    years = list(_birth_years(columns))
    day = np.where(columns.birth_kind == BIRTH_DAY, columns.birth_low, NONE).astype(np.int32)
    letters = _surname_letters(columns)
    skeleton = skeletons[0]
    yield _joined([_keys(1, every, s) for s in skeletons])
    yield _joined([_keys(2, every, s, f) for s in skeletons for f in forms])
    yield _joined([_keys(3, every, skeleton, f, y) for f in forms[:2] for y in years])
    yield _joined([_keys(4, every, skeleton, f, columns.region_mark) for f in forms[:2]])
    yield _keys(5, every, skeleton, initial, father)
    yield _joined([_keys(6, every, skeleton, initial, y) for y in years])
    yield _keys(7, every, skeleton, columns.unit)
    yield _keys(8, every, skeleton, columns.place_mark)
    yield _keys(9, every, day, initial)
    yield _joined([_keys(10, every, f, root, y) for f in forms[:2] for y in years])
    yield _joined([_keys(11, every, f, columns.unit, y) for f in forms[:2] for y in years])
    yield _joined([_keys(12, every, f, root, columns.place_mark) for f in forms[:2]])
    yield _joined([_keys(13, every, f, root, letters) for f in forms[:2]])
    yield _joined([_keys(14, every, f, columns.place_mark, y) for f in forms[:2] for y in years])
    yield _joined([_keys(18, every, f, columns.place_mark) for f in forms[:2]])
    yield _joined([_keys(15, every, m) for m in (columns.post_mark, columns.answers_mark)])
    yield _joined([_keys(16, every, columns.thread_mark, name) for name in (skeleton, *forms)])
    yield _joined(list(_told(columns, every, skeleton, forms)))


def largest_block(rule: int) -> int:
    """How many records may bear a key of a rule, counted from 0, until it is too common."""
    return LARGEST_OF.get(rule, LARGEST_BLOCK)


def _told(columns: Columns, every: Ints, skeleton: Ints, forms: list[Ints]) -> Iterator[Keys]:
    """Half a name meets the whole ones of its source in the same thirty days and those before."""
    half = (columns.surname == NONE) != (columns.given == NONE)
    month = columns.public // FOLLOW_DAYS
    of_post = np.where(columns.post == NONE, NONE, columns.source_mark).astype(np.int32)
    for name in (skeleton, *forms):
        yield _keys(17, every, of_post, name, month)
        yield _keys(17, every, np.where(half, of_post, NONE).astype(np.int32), name, month - 1)


def _of(values: Ints, tokens: Ints) -> Ints:
    """A token's value for each record; NONE where the record has no token."""
    return np.append(values, NONE).astype(np.int32)[tokens]


def _of_tokens(values: Ints, tokens: Ints) -> Iterator[Ints]:
    for column in range(values.shape[1]):
        yield _of(values[:, column], tokens)


def _skeletons(columns: Columns, every: Ints) -> Iterator[Ints]:
    yield _of(columns.surnames.mark, columns.surname)
    for half in range(2):
        yield _of(columns.surnames.other_marks[:, half], columns.surname)


def _surname_letters(columns: Columns) -> Ints:
    letters = columns.surnames.letters.astype(np.int32)
    return _of(letters[:, 0] * 256 + letters[:, 1], columns.surname)


def _birth_years(columns: Columns) -> Iterator[Ints]:
    """The years a birth interval touches; at most three, an age touches two."""
    known = (columns.birth_kind > 0) & (columns.birth_kind != BIRTH_SERVICE)
    low, high = columns.birth_low * 4 // 1461, columns.birth_high * 4 // 1461
    for step in range(3):
        yield np.where(known & (low + step <= high), low + step, NONE).astype(np.int32)


def _keys(rule: int, rows: Ints, *parts: Ints) -> Keys:
    key = np.full(len(rows), rule, np.uint64)
    present = np.ones(len(rows), bool)
    for part in parts:
        key = (key ^ part.astype(np.uint64)) * np.uint64(0x9E3779B97F4A7C15)
        key ^= key >> np.uint64(29)
        present &= part != NONE
    return key[present].astype(np.int64), rows[present]


def _joined(keys: list[Keys]) -> Keys:
    return np.concatenate([k for k, _ in keys]), np.concatenate([r for _, r in keys])
