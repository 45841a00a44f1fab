"""Touched records and the last run's edges → the groups that can come out otherwise, made anew.

What becomes of an edge depends on the clusters at its ends, and, where nothing else speaks against
it, on rivals: clusters that other edges of its two rows lead to, if these have nearly its bits. So
a group is *within reach* of a record that fares otherwise if both were one man, or if an edge leads
from that record to a row of the group with no fewer bits than the row ever asked for rivals at
(less how close a rival may come), or if that edge itself asked. All groups within reach are made
anew. Those an edge leads to beyond are *held*: their links are made again in the rounds they were
made in, so that whatever is decided beside them sees them as a run over all records would. If an
edge comes so far as to ask for rivals of a held group, that too is within reach: once more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .block_keys import Longs
from .candidates import Bools
from .clusters import NEVER, Edges
from .columns import Bytes, Columns, Ints
from .deciding import Pairs
from .linking import Links, grouped
from .memory import Edge, Memory
from .recall import read_shares, read_table
from .resolving import as_rows, asked_of, edges_of
from .scorer import scorer
from .weights import Weights

Ends = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Region:
    """Groups made anew, and those beside them that were held."""

    ids: list[str]  # of every row, sorted
    table: Columns
    links: Links  # every one with an end that is not held, and those that made the groups held
    held: Bytes  # which rows
    turned: Longs  # the links that are new or fare otherwise than before
    again: Longs  # these and those that fare as before, but in another round
    lost: frozenset[str]  # records at the other end of an edge that is no more

    def rows(self, ids: Collection[str]) -> Bools:
        """Which rows are those of these records."""
        return np.array([one in ids for one in self.ids], bool)

    def edges(self) -> list[Edge]:
        """The links that are to be kept anew."""
        return list(edges_of(self.ids, self.links, self.again))

    def asked(self) -> dict[str, float | None]:
        """Of every record grouped anew the fewest bits at which a link of its asked for rivals."""
        found = asked_of(self.ids, self.links)
        return {one: found[one] for one in self.anew}

    @property
    def anew(self) -> frozenset[str]:
        """The records that are not held."""
        return frozenset(self.ids[row] for row in np.flatnonzero(self.held == 0).tolist())

    def changed(self, told: Collection[str]) -> frozenset[str]:
        """The records told, and those whose cluster, or one of whose links, is not what it was.

        With them all others of their clusters, as these are now. Of a link that leads to a group
        held only the other end: nothing else is to be said of that group.
        """
        rows = self.rows({*told, *self.lost})
        rows[self.links.left[self.turned]] = True
        rows[self.links.right[self.turned]] = True
        rows &= self.held == 0
        roots = np.zeros(len(self.ids), bool)
        roots[self.links.roots[rows]] = True
        return frozenset(self.ids[row] for row in np.flatnonzero(roots[self.links.roots]).tolist())


@dataclass(frozen=True, slots=True)
class Known:
    """What stays the same while a region is looked for."""

    memory: Memory
    void: frozenset[str]  # records whose remembered edges hold no more
    gone: frozenset[str]
    told: Sequence[Edge]  # the new edges
    same: Pairs  # by humans
    banned: Pairs
    weights: Weights

    def likely(self) -> set[str]:
        """The ends of new edges that may well link: their groups are made anew at once."""
        least = self.weights.thresholds["same"]
        sure = [edge for edge in self.told if edge.allowed and edge.score >= least]
        return {end for edge in sure for end in (edge.left, edge.right)}


@dataclass(slots=True)
class Reach:
    """The records whose groups are made anew, as they are found, and every edge of theirs."""

    known: Known
    anew: set[str] = field(default_factory=set)
    edges: dict[Ends, Edge] = field(default_factory=dict)

    def widen(self, ids: Iterable[str]) -> None:
        """Take in these records, their groups, and all groups that are within reach of those."""
        more = set(ids)
        while more := (more | self._mates(more)) - self.anew:
            self.anew |= more
            edges = [Edge(*kept) for kept in self.known.memory.edges(more)]
            self.edges |= {(edge.left, edge.right): edge for edge in edges}
            told = [e for e in self.known.told if e.left in more or e.right in more]
            more = self._reached([*edges, *told])

    def _mates(self, ids: Collection[str]) -> set[str]:
        memory = self.known.memory
        held = memory.members(set(memory.persons(ids).values()))
        return {one for members in held.values() for one in members}

    def _reached(self, edges: Iterable[Edge]) -> set[str]:
        """The ends of these edges whose links may have been told by what stands at the other."""
        close = self.known.weights.thresholds["close"]
        ends = {
            end: edge
            for edge in sorted(edges, key=lambda edge: (edge.round != NEVER, edge.score))
            for end in (edge.left, edge.right)
            if end not in self.anew
        }  # of each end the edge that reaches furthest
        asked = self.known.memory.asked(ends)
        return {
            end
            for end, edge in ends.items()
            if edge.round != NEVER or (end in asked and edge.score >= asked[end] - close)
        }

    def beside(self) -> set[str]:
        """Everyone in a group that an edge leads to."""
        ends = {end for pair in self.edges for end in pair}
        ends |= {end for edge in self.known.told for end in (edge.left, edge.right)}
        return (ends | self._mates(ends - self.anew)) - self.anew


def regroup(known: Known, seeds: Collection[str]) -> Region:
    """Make anew all groups within reach of the seeds and of the new edges."""
    reach = Reach(known)
    reach.widen({*seeds, *known.void, *known.likely()})
    while True:
        region = _made(known, reach)
        breached = np.flatnonzero(region.links.breached)
        if not len(breached):
            return region
        reach.widen(region.ids[row] for row in breached.tolist())


def _made(known: Known, reach: Reach) -> Region:
    beside = reach.beside()
    table, ids = read_table(known.memory, (reach.anew | beside) - known.gone, known.weights)
    row = {one: number for number, one in enumerate(ids)}
    held = np.array([one not in reach.anew for one in ids], np.uint8)
    kept, lost = _edges(known, reach, beside)
    edges, fates, rounds = _as_columns(kept, row)
    fixed = (held[edges[0]] & held[edges[1]]).astype(bool)
    human = (as_rows(known.same, row), as_rows(known.banned, row))
    shares = read_shares(known.memory, table, known.weights)
    links = grouped(
        scorer(table, known.weights, shares),
        edges,
        human,
        known.weights,
        (held, np.where(fixed, rounds, NEVER).astype(np.int32)),
    )
    turned = links.fates != fates[links.order]
    again = turned | (links.rounds != rounds[links.order])
    return Region(
        ids, table, links, held, np.flatnonzero(turned), np.flatnonzero(again), frozenset(lost)
    )


def _edges(
    known: Known, reach: Reach, beside: Collection[str]
) -> tuple[dict[Ends, Edge], frozenset[str]]:
    """The edges to be grouped, and who lost one because it is void."""
    void, kept = known.void, dict[Ends, Edge]()
    lost = set[str]()
    for pair, edge in reach.edges.items():
        if void.isdisjoint(pair):
            kept[pair] = edge
        else:
            lost.update(pair)
    kept |= {(edge.left, edge.right): edge for edge in known.told}
    kept |= {
        (edge.left, edge.right): edge
        for edge in (Edge(*kept) for kept in known.memory.joins(beside))
        if edge.right in beside
    }
    return kept, frozenset(lost - void)


def _as_columns(kept: Mapping[Ends, Edge], row: Mapping[str, int]) -> tuple[Edges, Ints, Ints]:
    """Edges between rows by falling score, their fates and rounds so far."""
    there = [edge for edge in kept.values() if edge.left in row and edge.right in row]
    left = np.array([row[edge.left] for edge in there], np.int32)
    right = np.array([row[edge.right] for edge in there], np.int32)
    scores = np.array([edge.score for edge in there], np.float32)
    allowed = np.array([edge.allowed for edge in there], np.uint8)
    fates = np.array([edge.fate for edge in there], np.int32)
    rounds = np.array([edge.round for edge in there], np.int32)
    order = np.lexsort((right, left, -scores))
    edges = (left[order], right[order], scores[order], allowed[order])
    return edges, fates[order], rounds[order]
