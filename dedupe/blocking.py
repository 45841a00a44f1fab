"""Columns → blocks of records that share a rare key; common keys are split by what else is said.

A pair that agrees on a common key and on nothing else is never evidence enough, so a block that
is too large is split by each further field in turn (birth year, region, place…), and those parts
again: work grows with the records, not with the square of the Ivanovs.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .columns import BIRTH_DAY, BIRTH_SERVICE, FORMS, NONE, Bytes, Columns, Ints
from .compiling import compiled, inlined
from .slips import FEW, slips

Longs = NDArray[np.int64]

# Pairs of a block by how many fields beyond its key they agree on; larger blocks are split.
MOST_PAIRS = (1800, 1800, 1800, 5000)
# An unknown given name is taken for a slip where at most one record in so many bears it.
RECORDS_A_SLIP = 20_000
SLIPPED_FORMS = 3  # full names a short form beside a slipped surname is taken for
VALUE_BITS, FIELD_BITS = 24, 4


class Family(NamedTuple):
    """Records by one kind of key. A guest is a record whose own name is doubtful."""

    keys: Longs
    rows: Ints
    guests: Bytes  # 1 for a guest
    fewest: int  # guests in a pair
    most: int


class Blocks(NamedTuple):
    """Blocks small enough to look into, one after the other."""

    rows: Ints
    guests: Bytes
    starts: Longs  # of each block, and the end of the last
    fields: Bytes  # of each block: the last field it was split by, from 1; 0 for a whole one
    found: Bytes  # of each row: bits of the fields whose blocks have shown the pair already
    said: Ints  # [record, field] what the records say of those fields
    fewest: int
    most: int


_NO_ROWS, _NO_BYTES = np.empty(0, np.int32), np.empty(0, np.uint8)
NO_BLOCKS = Blocks(
    *(_NO_ROWS, _NO_BYTES, np.zeros(1, np.int64), _NO_BYTES, _NO_BYTES),
    *(np.empty((0, 8), np.int32), 0, 0),
)


def blocks(columns: Columns) -> Iterator[Blocks]:
    """All blocks, as few arrays at a time as can be. A pair may stand in several of them."""
    said = _said(columns)
    for family in families(columns):
        yield from _split(family, said)


def pairs(columns: Columns) -> tuple[Ints, Ints]:
    """Distinct candidate pairs (left < right), as rows of the columns."""
    n = max(len(columns), 1)
    found = [_pairs_within(part, n) for part in blocks(columns)]
    packed = np.unique(np.concatenate(found)) if found else np.empty(0, np.int64)
    return (packed // n).astype(np.int32), (packed % n).astype(np.int32)


def families(columns: Columns) -> Iterator[Family]:
    """The kinds of keys: name; initial; surname alone; birth day and name; call sign."""
    every = np.arange(len(columns), dtype=np.int32)
    skeletons = [_of(columns.surnames.sound, columns.surname)]
    skeletons += [_of(columns.surnames.others[:, half], columns.surname) for half in range(2)]
    forms = [_of(columns.givens.others[:, k], columns.given) for k in range(FORMS)]
    initial = _of(columns.givens.initial, columns.given)
    day = np.where(columns.birth_kind == BIRTH_DAY, columns.birth_low, NONE).astype(np.int32)
    whole = [_keyed(every, s, f) for s in skeletons for f in forms]
    yield _family(whole, [_slipped(columns, form) for form in forms[:SLIPPED_FORMS]], 0, 1)
    doubtful = _of(_doubtful(columns).astype(np.int32), columns.given) == 1
    named = [_keyed(every[~doubtful], s[~doubtful], initial[~doubtful]) for s in skeletons]
    odd = [_keyed(every[doubtful], s[doubtful], initial[doubtful]) for s in skeletons]
    yield _family(named, odd, 1, 2)
    bare = columns.given == NONE
    nothing = np.zeros(len(columns), np.int32)
    named = [_keyed(every[~bare], s[~bare], nothing[~bare]) for s in skeletons]
    odd = [_keyed(every[bare], s[bare], nothing[bare]) for s in skeletons]
    yield _family(named, odd, 1, 2)
    yield _family([_keyed(every, day, form) for form in forms[:2]], [], 0, 0)
    yield _family([_keyed(every, columns.call_sign, nothing)], [], 0, 0)


def _of(values: Ints, tokens: Ints) -> Ints:
    """A token's value for each record; NONE where the record has no token."""
    return np.append(values, NONE).astype(np.int32)[tokens]


def _keyed(rows: Ints, first: Ints, second: Ints) -> tuple[Longs, Ints]:
    """Keys of the rows that have both parts."""
    whole = np.flatnonzero((first != NONE) & (second != NONE))
    return first[whole].astype(np.int64) << 32 | second[whole], rows[whole]


def _family(
    hosts: list[tuple[Longs, Ints]], guests: list[tuple[Longs, Ints]], fewest: int, most: int
) -> Family:
    parts = hosts + guests
    sizes = [len(keys) for keys, _ in parts]
    kind = np.repeat(np.arange(len(parts)) >= len(hosts), sizes).astype(np.uint8)
    keys, rows = (np.concatenate(column) for column in zip(*parts, strict=True))
    return Family(keys, rows, kind, fewest, most)


def _slipped(columns: Columns, form: Ints) -> tuple[Longs, Ints]:
    """Keys of records as if their surname were each of those a slip of the pen away."""
    odd, other = slips(columns.surnames, columns.surname)
    sound = _of(columns.surnames.sound, columns.surname)
    starts = np.searchsorted(odd, np.arange(int(sound.max(initial=0)) + 2))
    some = np.flatnonzero((sound != NONE) & (form != NONE))
    some = some[starts[sound[some]] < starts[sound[some] + 1]]
    first, counts = starts[sound[some]], starts[sound[some] + 1] - starts[sound[some]]
    rows = np.repeat(some, counts).astype(np.int32)
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(counts) - counts, counts)
    return _keyed(rows, other[np.repeat(first, counts) + nth], form[rows])


def _doubtful(columns: Columns) -> NDArray[np.bool_]:
    """Given names that may stand for one spelt otherwise: initials, and what nobody is called."""
    givens = columns.givens
    bearers = np.bincount(columns.given[columns.given != NONE], minlength=len(givens.known))
    rare = bearers <= max(FEW, len(columns) // RECORDS_A_SLIP)
    return np.asarray((givens.is_initial == 1) | ((givens.known == 0) & rare))


# The fields blocks are split by, and the columns that hold their values: a birth may touch three
# years, an age two.
FIELDS = (0, 0, 0, 1, 2, 3, 4, 5)


def _said(columns: Columns) -> Ints:
    """[record, FIELDS] birth years, region, place, last contact, unit, father."""
    known = (columns.birth_kind > 0) & (columns.birth_kind != BIRTH_SERVICE)
    low, high = columns.birth_low * 4 // 1461, columns.birth_high * 4 // 1461
    years = [np.where(known & (low + k <= high), low + k, NONE) for k in range(3)]
    father = np.where(columns.patronymics.is_initial == 1, NONE, columns.patronymics.sound)
    rest = (columns.region, columns.place, columns.contact, columns.unit)
    return np.column_stack([*years, *rest, _of(father, columns.patronymic)]).astype(np.int32)


def _split(family: Family, said: Ints) -> Iterator[Blocks]:
    """A family's small blocks; then those of the large ones split by one field, by two, by three.

    `origins` are the places in the family's first order, which hold the `found` bits.
    """
    keys, rows, guests, *limits = family
    order = _by_key(keys, guests)
    keys, rows, guests = keys[order], rows[order], guests[order]
    origins = np.arange(len(rows), dtype=np.int32)
    found = np.zeros(len(rows), np.uint8)
    last = np.zeros(len(rows), np.uint8)
    for level, most in enumerate(MOST_PAIRS):
        starts = np.flatnonzero(np.append(True, keys[1:] != keys[:-1])) if len(keys) else keys
        sizes = np.diff(np.append(starts, len(keys)))
        count = _pairs_of(sizes, _guests_of(guests, starts, len(keys)), limits)
        small, large = (count > 0) & (count <= most), count > most
        mine = np.repeat(small, sizes)
        if level == 1:
            np.bitwise_or.at(found, origins[mine], np.uint8(1) << (last[mine] - 1))
        ends = np.append(0, np.cumsum(sizes[small]))
        shown = found[origins[mine]]
        fields = last[starts[small]]
        yield Blocks(rows[mine], guests[mine], ends, fields, shown, said, limits[0], limits[1])
        rest = np.repeat(large, sizes)
        if level + 1 == len(MOST_PAIRS) or not rest.any():
            return
        number = np.repeat(np.arange(len(sizes)), sizes)[rest]
        keys, chosen, last = _narrowed(number, rows[rest], last[rest], said)
        order = _by_key(keys, guests[rest][chosen])
        keys, last, chosen = keys[order], last[order], chosen[order]
        rows, guests, origins = rows[rest][chosen], guests[rest][chosen], origins[rest][chosen]


def _by_key(keys: Longs, guests: Bytes) -> Longs:
    """An order that brings equal keys together, guests last."""
    return np.asarray(np.argsort(keys << 1 | guests))


def _pairs_of(sizes: Longs, guests: Longs, limits: list[int]) -> Longs:
    """How many pairs each block shows."""
    hosts = sizes - guests
    between = (hosts * (hosts - 1) // 2, hosts * guests, guests * (guests - 1) // 2)
    return np.asarray(sum(between[limits[0] : limits[1] + 1]))


def _guests_of(guests: Bytes, starts: Longs, n: int) -> Longs:
    if n == 0:
        return starts
    return np.asarray(np.add.reduceat(guests.astype(np.int64), starts))


def _narrowed(blocks: Longs, rows: Ints, last: Bytes, said: Ints) -> tuple[Longs, Longs, Bytes]:
    """Keys of large blocks split by each field after the last; the places they are from; fields."""
    keys, places, fields = [], [], []
    for column, field in enumerate(FIELDS):
        value = said[rows, column]
        some = np.flatnonzero((value != NONE) & (last <= field))
        key = (blocks[some] << FIELD_BITS | field) << VALUE_BITS | value[some]
        keys.append(key)
        places.append(some)
        fields.append(np.full(len(some), field + 1, np.uint8))
    return np.concatenate(keys), np.concatenate(places), np.concatenate(fields)


@inlined
def shown_before(said: Ints, field: int, found: int, i: int, j: int) -> bool:
    """Has another block, of an earlier field, shown this pair already? `found`: both rows' bits."""
    if field == 0 or found == 0:
        return False
    for column in range(len(FIELDS)):
        earlier = FIELDS[column]
        if earlier + 1 >= field:
            return False
        if found >> earlier & 1 and said[i, column] != NONE and said[i, column] == said[j, column]:
            return True
    return False


@inlined
def hosts_end(guests: Bytes, start: int, end: int) -> int:
    """Where the guests of a block begin."""
    at = start
    while at < end and guests[at] == 0:
        at += 1
    return at


@inlined
def partners(x: int, first_guest: int, end: int, fewest: int, most: int) -> tuple[int, int]:
    """The places after x in its block, from and to, that x makes a pair with."""
    if x >= first_guest:
        return (x + 1, end) if most == 2 else (end, end)
    low = x + 1 if fewest == 0 else first_guest
    return low, end if most > 0 else first_guest


@compiled
def _pairs_within(blocks: Blocks, n: int) -> Longs:
    """Pairs of all the blocks, packed as left * n + right."""
    rows, guests, starts, fields, found, said, fewest, most = blocks
    out = np.empty(1024, np.int64)
    total = 0
    for block in range(len(starts) - 1):
        start, end = starts[block], starts[block + 1]
        first_guest = hosts_end(guests, start, end)
        for x in range(start, end):
            low, high = partners(x, first_guest, end, fewest, most)
            if total + high - low > len(out):
                out = np.append(out, np.empty(len(out) + high - low, np.int64))
            for y in range(low, high):
                i, j = min(rows[x], rows[y]), max(rows[x], rows[y])
                if i != j and not shown_before(said, fields[block], found[x] & found[y], i, j):
                    out[total] = np.int64(i) * n + j
                    total += 1
    return out[:total]
