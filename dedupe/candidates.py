"""Block keys of records, and those held to be too common → candidate pairs."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .block_keys import Longs, block_keys
from .columns import Columns, Ints
from .compiling import compiled

Bools = NDArray[np.bool_]


def kept_pairs(columns: Columns, common: Longs) -> tuple[Ints, Ints]:
    """Distinct pairs (left < right) that share a key which is not one of `common`."""
    keys, rows = record_keys(columns)
    kept = ~np.isin(keys, common)
    return meeting(keys[kept], rows[kept], np.ones(len(columns), bool))


def record_keys(columns: Columns, first_rule: int = 0) -> tuple[Longs, Ints]:
    """Every key of every record, once: (keys, rows), by row; of the rules from the first on."""
    found = list(block_keys(columns))[first_rule:]
    keys = np.concatenate([keys for keys, _ in found])
    rows = np.concatenate([rows for _, rows in found])
    order = np.lexsort((keys, rows))
    keys, rows = keys[order], rows[order]
    first = np.append(True, (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1]))[: len(keys)]
    return keys[first], rows[first]


def meeting(keys: Longs, rows: Ints, fresh: Bools) -> tuple[Ints, Ints]:
    """Distinct pairs of rows (left < right) that share a key, at least one of them `fresh`."""
    n = max(len(fresh), 1)
    order = np.argsort(keys, kind="stable")
    packed = np.unique(_meeting(keys[order], rows[order], fresh, n))
    return (packed // n).astype(np.int32), (packed % n).astype(np.int32)


@compiled
def _meeting(keys: Longs, rows: Ints, fresh: Bools, n: int) -> Longs:
    """Pairs within runs of one key, packed as left * n + right."""
    out = np.empty(1024, np.int64)
    total, start = 0, 0
    for end in range(1, len(keys) + 1):
        if end < len(keys) and keys[end] == keys[start]:
            continue
        for x in range(start, end):
            for y in range(x + 1, end):
                a, b = rows[x], rows[y]
                if a == b or not (fresh[a] or fresh[b]):
                    continue
                if total == len(out):
                    more = np.empty(2 * total, np.int64)
                    more[:total] = out
                    out = more
                out[total] = np.int64(min(a, b)) * n + max(a, b)
                total += 1
        start = end
    return out[:total]
