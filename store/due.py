"""Records told, changed or closed → those that no resolution has read yet, by `record_due`.

The triggers of 090_due.sql number each change. A resolution takes out the numbers it has read, so
what was committed while it worked is still due when it ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from store.connection import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """The records, by the number of the change that made them due."""

    numbers: Mapping[str, int]  # of the last change of each record

    @property
    def records(self) -> frozenset[str]:
        """Those that are due."""
        return frozenset(self.numbers)

    @property
    def last(self) -> int:
        """The number of the last change; 0 for none."""
        return max(self.numbers.values(), default=0)


def due(connection: Connection) -> Due:
    """What is due now."""
    rows = connection.execute("SELECT due_id, record_id FROM record_due").fetchall()
    return Due(numbers={row["record_id"]: row["due_id"] for row in rows})


def was_read(connection: Connection, last: int | None) -> None:
    """Take out what a resolution has read: the changes up to this number; None: all."""
    connection.execute("DELETE FROM record_due WHERE ?1 IS NULL OR due_id <= ?1", (last,))
