"""What one batch changed in the store."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """What a batch changed; all zeros when it told nothing new."""

    new: int = 0  # posts or rows never seen
    changed: int = 0  # posts or rows whose text, edit or deletion is news
    gone: int = 0  # posts or rows no longer there
    records: int = 0  # records added, changed or closed
    held: int = 0  # rows of a whole list that waits for an editor

    def __add__(self, other: Saved) -> Saved:
        return Saved(
            new=self.new + other.new,
            changed=self.changed + other.changed,
            gone=self.gone + other.gone,
            records=self.records + other.records,
            held=self.held + other.held,
        )
