"""What an increment asks of the last run's results: the port between resolution and the store."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

from model import StoredRecord

from .block_keys import Longs
from .classes import Names


class Edge(NamedTuple):
    """A pair weighed: its ends (left < right), its bits, may it link, what became of it and when
    (`clusters.NEVER`)."""

    left: str
    right: str
    score: float
    allowed: bool
    fate: int
    round: int


NEVER_FARED = -1  # the fate of an edge not yet grouped
Kept = tuple[str, str, float, bool, int, int]  # an Edge as the store has it


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The news weighed against each other and all others."""

    keys: Mapping[str, Longs]  # block keys of each record said
    edges: Sequence[Edge]  # of no fate yet

    def without(self, ids: Collection[str]) -> Weighed:
        """The same but for these records."""
        return Weighed(
            keys={one: keys for one, keys in self.keys.items() if one not in ids},
            edges=[edge for edge in self.edges if edge.left not in ids and edge.right not in ids],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Touched:
    """What has happened since the last run, as record ids."""

    said: frozenset[str]  # new, or saying something else; still live
    gone: frozenset[str] = frozenset()  # their post no longer speaks of the man
    decided: frozenset[str] = frozenset()  # a human judged a pair they are in
    approved: frozenset[str] = frozenset()  # an editor vouched for them, or no longer does
    weighed: Weighed | None = None  # what a run that was not finished has weighed already

    def __bool__(self) -> bool:
        return bool(self.said or self.gone or self.decided or self.approved)


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What the next increment has to know of this one."""

    keys: Mapping[str, Longs] = field(default_factory=dict)  # block keys of each record said
    dropped: Collection[str] = ()  # their keys and edges are void
    edges: Sequence[Edge] = ()
    # records grouped anew → the fewest bits at which a link of theirs asked for rivals
    asked: Mapping[str, float | None] = field(default_factory=dict)
    company: Mapping[str, str | None] = field(default_factory=dict)  # who joined whom by company


class Memory(Protocol):
    """The last run's results, by record id; every answer leaves out what it has nothing on."""

    def rows(self, ids: Collection[str]) -> list[tuple[object, ...]]:
        """Live records as rows of `plain.PLAIN`, in no order."""

    def stored(self, ids: Collection[str]) -> list[StoredRecord]:
        """The same records in full."""

    def common(self, keys: Longs) -> Longs:
        """Those of the keys whose blocks were too large when the statistics were taken, sorted."""

    def every_common(self) -> Longs:
        """All such keys, sorted."""

    def bearers(self, keys: Longs) -> tuple[Longs, list[str]]:
        """(key, record) for every record that bears one of the keys."""

    def edges(self, ids: Collection[str]) -> list[Kept]:
        """Every edge with an end among the ids."""

    def joins(self, ids: Collection[str]) -> list[Kept]:
        """The edges that were joined, with their left end among the ids."""

    def asked(self, ids: Collection[str]) -> dict[str, float]:
        """The fewest bits at which a link of each asked for rivals; those never asked are out."""

    def persons(self, ids: Collection[str]) -> dict[str, str]:
        """The person each record belongs to."""

    def members(self, persons: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The records of each person."""

    def company(self, ids: Collection[str]) -> dict[str, str]:
        """Records that joined a man by company: the record whose company told it."""

    def posts(self, ids: Collection[str]) -> list[tuple[str, ...]]:
        """For each post of one of the records: all live records of the post."""

    def nameless(self, ids: Collection[str]) -> set[str]:
        """Those of a post that give a given name and no surname."""

    def counts(self, values: Mapping[str, Longs]) -> Mapping[str, tuple[Longs, Longs, int]]:
        """By field: those of the values that were counted, sorted, their counts, and the sum."""

    def names(self, marks: Longs) -> Names | None:
        """The classes of names fitted, with the counts of these marks [record, field]."""

    def former(self, ids: Collection[str]) -> dict[str, tuple[str, ...]]:
        """The persons each record belonged to before."""

    def open_persons(self, persons: Collection[str]) -> set[str]:
        """Those of the person ids that are borne now."""
