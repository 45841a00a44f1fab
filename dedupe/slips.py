"""Spellings of surnames → pairs of them one slip of the pen apart, by what is left of each when a
letter is taken away.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import LETTERS, NONE, Bytes, Ints, Tokens
from .comparisons import edits
from .compiling import compiled

Longs = NDArray[np.int64]

SHORTEST = 4  # letters of a skeleton in which a slip can be told from another name
FEW = 3  # records that may share a slip by chance
MANY_TIMES = 10  # as many records bear the right name as bear a slip of it
LARGEST_GROUP = 200  # skeletons alike but for a letter: more of them tell nothing


def slips(surnames: Tokens, tokens: Ints) -> tuple[Ints, Ints]:
    """(sound id, sound id) pairs one edit apart, the first of them perhaps a slip for the second.

    A slip hardly ever makes a name that many bear: the first is known to nobody, and borne by few
    records (`tokens`: of each record) or by far fewer than the second.
    """
    sounds, first, of_token = np.unique(surnames.sound, return_index=True, return_inverse=True)
    known = np.zeros(len(sounds), np.uint8)
    np.maximum.at(known, of_token, surnames.known)
    bearers = np.bincount(of_token[tokens[tokens != NONE]], minlength=len(sounds))
    letters, length = surnames.letters[first], surnames.length[first]
    keys, owners = _shortened(letters, length)
    order = np.argsort(keys)
    odd, other = _pairs(keys[order], owners[order], letters, length, known)
    slip = (bearers[odd] <= FEW) | (bearers[odd] * MANY_TIMES <= bearers[other])
    odd, other = odd[slip], other[slip]
    both = np.unique(odd.astype(np.int64) * max(len(sounds), 1) + other)
    count = max(len(sounds), 1)
    return sounds[both // count].astype(np.int32), sounds[both % count].astype(np.int32)


@compiled
def _shortened(letters: Bytes, length: Ints) -> tuple[Longs, Ints]:
    """A number for each skeleton and for each way to take one letter from it; and whose it is."""
    room = 0
    for n in length:
        room += n + 1 if n >= SHORTEST else 0
    keys, owners = np.empty(room, np.int64), np.empty(room, np.int32)
    at = 0
    for i in range(len(length)):
        if length[i] < SHORTEST:
            continue
        for gone in range(-1, length[i]):
            key = np.uint64(14695981039346656037)
            for k in range(length[i]):
                if k != gone:
                    key = (key ^ np.uint64(letters[i, k])) * np.uint64(1099511628211)
            keys[at] = np.int64(key >> np.uint64(1))
            owners[at] = i
            at += 1
    return keys, owners


@compiled
def _pairs(
    keys: Longs, owners: Ints, letters: Bytes, length: Ints, known: Bytes
) -> tuple[Ints, Ints]:
    """Of skeletons that share a key those truly one edit apart; the first one is not known."""
    odd, other = np.empty(1024, np.int32), np.empty(1024, np.int32)
    work = np.zeros((3, LETTERS + 1), np.int64)
    found = start = 0
    for end in range(1, len(keys) + 1):
        if end < len(keys) and keys[end] == keys[start]:
            continue
        for x in range(start, end if end - start <= LARGEST_GROUP else start):
            for y in range(start, end):
                a, b = owners[x], owners[y]
                if a == b or known[a] == 1:
                    continue
                if edits(letters[a], letters[b], length[a], length[b], work) != 1:
                    continue
                if found == len(odd):
                    odd = np.append(odd, np.empty(found, np.int32))
                    other = np.append(other, np.empty(found, np.int32))
                odd[found], other[found] = a, b
                found += 1
        start = end
    return odd[:found], other[:found]
