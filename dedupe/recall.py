"""Memory and record ids → columns, and how common their values are: what both kinds of run read."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from .classes import FIELDS, NameModel
from .columns import Columns, Floats, columns
from .counts import Counts
from .memory import Memory
from .plain import plain_frame
from .statistics import Statistics, asked_values, shares_of
from .weights import Weights, among_many


def read_table(memory: Memory, ids: Collection[str], weights: Weights) -> tuple[Columns, list[str]]:
    """Columns of live records, by record id, and the ids."""
    table = plain_frame(memory.rows(ids))
    return columns(table, weights.floors), table["record_id"].to_list()


def remembered(memory: Memory, weights: Weights) -> Weights:
    """The weights as the statistics that are kept have them."""
    named = memory.names(np.empty((0, len(FIELDS)), np.int64)) is not None
    return among_many(weights) if named else weights


def read_shares(memory: Memory, table: Columns, weights: Weights) -> Floats:
    """How common the records' values are, by the kept statistics."""
    values, marks = asked_values(table)
    names = memory.names(marks)
    statistics = Statistics(
        records=0,
        counts={field: Counts(*counted) for field, counted in memory.counts(values).items()},
        names=None if names is None else NameModel(*names),
        common=np.empty(0, np.int64),
    )
    return shares_of(statistics, table, weights)
