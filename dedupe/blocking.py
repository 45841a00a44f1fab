"""Columns → candidate pairs: records that share a key of one of the rules below."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from .columns import BIRTH_DAY, BIRTH_SERVICE, NONE, Columns, Ints
from .compiling import compiled

Longs = NDArray[np.int64]
Keys = tuple[Longs, Ints]  # keys of one rule and the rows that bear them

# Larger blocks are too common to mean anything alone; the narrower rules cover their pairs.
LARGEST_BLOCK = 600
LARGEST_SURNAME_BLOCK = 60


def pairs(columns: Columns) -> tuple[Ints, Ints]:
    """Distinct candidate pairs (left < right), as rows of the columns."""
    n = max(len(columns), 1)
    rules = block_keys(columns)
    keys, rows = next(rules)
    small = _small_blocks(keys, rows, len(columns))
    found = [_enumerate(keys, rows, np.full(len(columns), NONE, np.int64), n)]
    found += [_enumerate(keys, rows, small, n) for keys, rows in rules]
    packed = np.sort(np.concatenate(found))
    packed = packed[np.append(True, packed[1:] != packed[:-1])] if len(packed) else packed
    return (packed // n).astype(np.int32), (packed % n).astype(np.int32)


def _small_blocks(keys: Longs, rows: Ints, n: int) -> Longs:
    """The surname block of each row where it is small: all its pairs are candidates already."""
    small = np.full(n, NONE, np.int64)
    _, codes, counts = np.unique(keys, return_inverse=True, return_counts=True)
    fits = counts[codes] <= LARGEST_SURNAME_BLOCK
    small[rows[fits]] = codes[fits]
    return small


def _enumerate(keys: Longs, rows: Ints, small: Longs, n: int) -> Longs:
    first = bool((small == NONE).all())
    order = np.argsort(keys, kind="stable")
    largest = LARGEST_SURNAME_BLOCK if first else LARGEST_BLOCK
    return _within_blocks(keys[order], rows[order], largest, small, n)


@compiled
def _within_blocks(keys: Longs, rows: Ints, largest: int, small: Longs, n: int) -> Longs:
    """Pairs of rows within runs of one key, packed as left * n + right, but for those that share
    a small surname block.
    """
    out = np.empty(1024, np.int64)
    total = 0
    start = 0
    for end in range(1, len(keys) + 1):
        if end < len(keys) and keys[end] == keys[start]:
            continue
        size = end - start
        if 2 <= size <= largest:
            room = size * (size - 1) // 2
            if total + room > len(out):
                more = np.empty(2 * len(out) + room, np.int64)
                more[:total] = out[:total]
                out = more
            for x in range(start, end):
                for y in range(x + 1, end):
                    if small[rows[x]] != NONE and small[rows[x]] == small[rows[y]]:
                        continue
                    low, high = min(rows[x], rows[y]), max(rows[x], rows[y])
                    if low != high:
                        out[total] = np.int64(low) * n + high
                        total += 1
        start = end
    return out[:total]


def block_keys(columns: Columns) -> Iterator[Keys]:
    """Keys of every rule; the first, the surname alone, is for records that say little else."""
    every = np.arange(len(columns), dtype=np.int32)
    skeletons = list(_skeletons(columns, every))
    forms = list(_of_tokens(columns.givens.others, columns.given))
    initial = _of(columns.givens.initial, columns.given)
    father = _of(columns.patronymics.initial, columns.patronymic)
    root = _of(columns.patronymics.sound, columns.patronymic)
    years = list(_birth_years(columns))
    day = np.where(columns.birth_kind == BIRTH_DAY, columns.birth_low, NONE).astype(np.int32)
    letters = _surname_letters(columns)
    skeleton = skeletons[0]
    yield _joined([_keys(1, every, s) for s in skeletons])
    yield _joined([_keys(2, every, s, f) for s in skeletons for f in forms])
    yield _joined([_keys(3, every, skeleton, f, y) for f in forms[:2] for y in years])
    yield _joined([_keys(4, every, skeleton, f, columns.region) for f in forms[:2]])
    yield _keys(5, every, skeleton, initial, father)
    yield _joined([_keys(6, every, skeleton, initial, y) for y in years])
    yield _keys(7, every, skeleton, columns.unit)
    yield _keys(8, every, skeleton, columns.place)
    yield _keys(9, every, day, initial)
    yield _joined([_keys(10, every, f, root, y) for f in forms[:2] for y in years])
    yield _joined([_keys(11, every, f, columns.unit, y) for f in forms[:2] for y in years])
    yield _joined([_keys(12, every, f, root, columns.place) for f in forms[:2]])
    yield _joined([_keys(13, every, f, root, letters) for f in forms[:2]])
    yield _joined([_keys(14, every, f, columns.place, y) for f in forms[:2] for y in years])


def _of(values: Ints, tokens: Ints) -> Ints:
    """A token's value for each record; NONE where the record has no token."""
    return np.append(values, NONE).astype(np.int32)[tokens]


def _of_tokens(values: Ints, tokens: Ints) -> Iterator[Ints]:
    for column in range(values.shape[1]):
        yield _of(values[:, column], tokens)


def _skeletons(columns: Columns, every: Ints) -> Iterator[Ints]:
    yield _of(columns.surnames.sound, columns.surname)
    for half in range(2):
        yield _of(columns.surnames.others[:, half], columns.surname)


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
