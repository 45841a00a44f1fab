"""Where a post stands → how few men it can mean: those of its thread, those its source just named.

Against all the men a channel writes about half a name says little. In a thread it is held against
the men of that thread, and soon after a search against those its source named in the meantime.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import NONE, Columns, Ints
from .comparisons import FOLLOW_DAYS, SOON_DAYS
from .counts import Counts

Doubles = NDArray[np.float64]

FEWEST = FOLLOW_DAYS / SOON_DAYS  # a month in which a source names fewer says no more


def group(columns: Columns) -> Ints:
    """The discussion each post stands in: its thread, else the post it answers, else itself."""
    answered = np.where(columns.answers_mark != NONE, columns.answers_mark, columns.post_mark)
    return np.where(columns.thread_mark != NONE, columns.thread_mark, answered).astype(np.int32)


def men_of_threads(columns: Columns) -> Counts:
    """How many given names stand in each discussion; those of one are left out."""
    groups = group(columns)
    begun = np.unique(np.concatenate([columns.thread_mark, columns.answers_mark]))
    there = (groups != NONE) & np.isin(groups, begun)
    names = np.append(columns.givens.mark, NONE)[columns.given]
    pairs = np.unique(np.column_stack([groups[there], names[there]]), axis=0)
    values, numbers = np.unique(pairs[:, 0], return_counts=True)
    several = numbers > 1
    return _counts(values[several], numbers[several])


def men_of_sources(columns: Columns) -> Counts:
    """How many men the posts of each source name in whole in its busiest thirty days."""
    whole = (columns.post != NONE) & (columns.surname != NONE) & (columns.given != NONE)
    parts = (
        columns.source_mark,
        columns.public // FOLLOW_DAYS,
        np.append(columns.surnames.mark, NONE)[columns.surname],
        np.append(columns.givens.mark, NONE)[columns.given],
    )
    men = np.unique(np.column_stack([part[whole] for part in parts]), axis=0)
    months, numbers = np.unique(men[:, :2], axis=0, return_counts=True)
    values, first = np.unique(months[:, 0], return_index=True)
    busiest = np.maximum.reduceat(numbers, first) if len(first) else numbers
    return _counts(values, busiest)


def thread_shares(counts: Counts, columns: Columns, men: float) -> Doubles:
    """log2 of the men of each post's discussion, as a share of the `men` a channel writes about."""
    return np.asarray(np.log2(np.clip(counts.of(group(columns)), 1, men) / men))


def follow_shares(counts: Counts, columns: Columns, men: float) -> Doubles:
    """log2 of the men each post's source names in a month, as a share of all it writes about."""
    named = counts.of(columns.source_mark)
    return np.asarray(np.log2(np.clip(np.where(named > 0, named, men), FEWEST, men) / men))


def _counts(values: NDArray[np.int32], numbers: NDArray[np.int64]) -> Counts:
    return Counts(values.astype(np.int64), numbers.astype(np.int64), int(numbers.sum()))
