"""Records → how common each value is among them, kept until the next fit: frozen statistics.

A weight depends on how rare a value is in the whole store. Counted anew with each post, every
post would move every weight a little, and an increment could not give what a rebuild gives. So
the counts are taken once, kept, and taken again when the store has grown by GROWTH; in between an
increment and a rebuild weigh each pair alike, to the last bit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from .block_keys import Longs, block_keys, largest_block
from .classes import Doubles, NameModel, completed, fit, mark_values, shares_by
from .columns import BIRTH_SERVICE, NONE, Columns, Floats, Ints
from .counts import Counts
from .scorer import BIRTH, CONTACT, FOLLOW, PLACE, REGION, THREAD, is_large, men_of_a_channel
from .threads import follow_shares, group, men_of_sources, men_of_threads, thread_shares
from .weights import NAMES, Weights

GROWTH = 0.1  # of the records fitted on: beyond this the statistics are due
FIELDS = ("birth", "region", "contact", "place", "region_of_place", "thread", "source")


@dataclass(frozen=True, slots=True, kw_only=True)
class Statistics:
    """What `fit_statistics` counted. `counts` are by field of FIELDS; `common` keys are sorted."""

    records: int
    counts: Mapping[str, Counts]
    names: NameModel | None  # None: too few records, names count as among all men
    common: Longs  # block keys that too many records bear to mean anything

    def plain(self) -> dict[str, Any]:
        """The fields as numbers and arrays, to be kept."""
        return {
            "records": self.records,
            "counts": {
                field: (counted.values, counted.numbers, counted.total)
                for field, counted in self.counts.items()
            },
            "names": self.names and self.names.plain(),
            "common": self.common,
        }


def fit_statistics(columns: Columns, weights: Weights) -> Statistics:
    """Count the values of these records."""
    said = columns.place != NONE
    return Statistics(
        records=len(columns),
        counts={
            "birth": _counted(_birth_year(columns)),
            "region": _counted(columns.region_mark),
            "contact": _counted(columns.contact),
            "place": _counted(columns.place_mark),
            "region_of_place": _counted(columns.region_mark[said] + 1),
            "thread": men_of_threads(columns),
            "source": men_of_sources(columns),
        },
        names=_name_model(columns, weights),
        common=common_keys(columns),
    )


def _name_model(columns: Columns, weights: Weights) -> NameModel | None:
    if weights.classes is not None:
        return completed(weights.classes, columns)
    return fit(columns) if is_large(len(columns), weights) else None


def shares_of(statistics: Statistics, columns: Columns, weights: Weights) -> Floats:
    """[record, comparison] log2 shares as `scorer.value_shares` has them, by kept statistics."""
    out = np.zeros((len(columns), len(NAMES)), np.float32)
    counts, smoothing = statistics.counts, weights.smoothing
    out[:, :3] = columns.name_tf
    out[:, BIRTH] = _share(counts["birth"], _birth_year(columns), smoothing["birth"])
    out[:, REGION] = _share(counts["region"], columns.region_mark, smoothing["region"])
    out[:, CONTACT] = _share(counts["contact"], columns.contact, smoothing["contact"])
    within = counts["region_of_place"].of(columns.region_mark + 1) + smoothing["place"]
    place = (counts["place"].of(columns.place_mark) + 1) / within
    out[:, PLACE] = np.log2(np.minimum(place, 1))
    men = men_of_a_channel(weights)
    out[:, THREAD] = thread_shares(counts["thread"], columns, men)
    out[:, FOLLOW] = follow_shares(counts["source"], columns, men)
    if statistics.names is not None:
        conditional = shares_by(statistics.names, columns)
        out[:, :3] = np.maximum(conditional[:, :3], np.array(weights.floors, np.float32))
        out[:, REGION] = conditional[:, 3]
    return out


def asked_values(columns: Columns) -> tuple[dict[str, Longs], Longs]:
    """The values of each field, and the marks of names and regions, whose counts are needed."""
    asked = {
        "birth": _birth_year(columns),
        "region": columns.region_mark,
        "contact": columns.contact,
        "place": columns.place_mark,
        "region_of_place": columns.region_mark + 1,
        "thread": group(columns),
        "source": columns.source_mark,
    }
    return {name: np.unique(values).astype(np.int64) for name, values in asked.items()}, (
        mark_values(columns)
    )


def _birth_year(columns: Columns) -> Ints:
    said = (columns.birth_kind > 0) & (columns.birth_kind != BIRTH_SERVICE)
    return np.where(said, (columns.birth_low + columns.birth_high) // 730, NONE).astype(np.int32)


def _counted(values: Ints) -> Counts:
    distinct, numbers = np.unique(values[values != NONE], return_counts=True)
    return Counts(distinct.astype(np.int64), numbers.astype(np.int64), int(numbers.sum()))


def _share(counts: Counts, values: Ints, distinct: float) -> Doubles:
    return np.asarray(np.log2((counts.of(values) + 1) / (counts.total + distinct)))


def common_keys(columns: Columns) -> Longs:
    """The keys whose blocks are too large among these records, sorted."""
    found = []
    for rule, (keys, _) in enumerate(block_keys(columns)):
        distinct, numbers = np.unique(keys, return_counts=True)
        found.append(distinct[numbers > largest_block(rule)])
    return np.unique(np.concatenate(found))
