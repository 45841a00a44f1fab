"""How many records, or men, have each value: a sorted table that answers for many at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Longs = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counts:
    """How many records have each value: sorted values, their counts, and the sum of all."""

    values: Longs
    numbers: Longs
    total: int

    def of(self, values: NDArray[np.int32]) -> Longs:
        """The count of each value asked for, 0 for one never counted."""
        if not len(self.values):
            return np.zeros(len(values), np.int64)
        at = np.minimum(np.searchsorted(self.values, values), len(self.values) - 1)
        return np.where(self.values[at] == values, self.numbers[at], 0)
