"""Touched records and the last run's edges → the groups that can come out otherwise, made anew.

What becomes of an edge depends on the clusters at its ends, and, where nothing else speaks against
it, on rivals: clusters that other edges of its two rows lead to, if these have nearly its bits. So
a record is *disturbed* if it is new, or if its group is not made of the same links in the same
rounds as before. A row is *within reach* of a disturbed one if an edge between them has no fewer
bits than the row ever asked for rivals at (less how close a rival may come), or asked itself. The
groups of both are made anew, and those that edges which asked lead to from such rows. The groups
that edges lead to beyond are *held*: their links are made again in the rounds they were made in, so
that whatever is decided beside them sees them as a run over all records would. Whoever turns out
to be disturbed, or is asked for rivals for the first time while held, widens the reach: once more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .block_keys import Longs
from .candidates import Bools
from .clusters import ASKED, NEVER, Edges
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
    moved: Bools  # rows of groups that are not made of the same links in the same rounds

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
    disturbed: set[str] = field(default_factory=set)
    near: defaultdict[str, list[Edge]] = field(default_factory=lambda: defaultdict(list))

    def __post_init__(self) -> None:
        for edge in self.known.told:
            self._enter(edge)

    def take(self, ids: Collection[str]) -> None:
        """Make anew the groups of these records."""
        more = (set(ids) | self._mates(set(ids) - self.anew)) - self.anew
        if not more:
            return
        self.anew |= more
        for edge in (Edge(*kept) for kept in self.known.memory.edges(more)):
            if (edge.left, edge.right) not in self.edges:
                self.edges[edge.left, edge.right] = edge
                self._enter(edge)

    def _enter(self, edge: Edge) -> None:
        self.near[edge.left].append(edge)
        self.near[edge.right].append(edge)

    def disturb(self, ids: Collection[str]) -> bool:
        """Take in what is within reach of these records; is there more to be made anew?"""
        before = len(self.anew)
        self.take(ids)
        more = (set(ids) | self._mates(ids)) - self.disturbed
        self.disturbed |= more
        reached = more | self._reached(more)
        self.take(reached)
        self.take(
            {
                end
                for one in reached
                for edge in self.near[one]
                if edge.round != NEVER
                for end in (edge.left, edge.right)
            }
        )
        return len(self.anew) > before

    def _mates(self, ids: Collection[str]) -> set[str]:
        memory = self.known.memory
        held = memory.members(set(memory.persons(ids).values()))
        return {one for members in held.values() for one in members}

    def _reached(self, ids: Collection[str]) -> set[str]:
        """The rows whose links may have been told by what stands at the other end of an edge."""
        close = self.known.weights.thresholds["close"]
        ends = [
            (edge.right if edge.left == one else edge.left, edge)
            for one in ids
            for edge in self.near[one]
        ]
        asked = self.known.memory.asked({end for end, _ in ends})
        return {
            end
            for end, edge in ends
            if edge.round != NEVER or (end in asked and edge.score >= asked[end] - close)
        }

    def beside(self) -> set[str]:
        """Everyone in a group that an edge leads to."""
        ends = {end for one in self.anew for edge in self.near[one] for end in edge[:2]}
        ends -= self.anew
        return (ends | self._mates(ends)) - self.anew


def regroup(known: Known, seeds: Collection[str]) -> Region:
    """Make anew all groups within reach of the seeds and of the new edges."""
    reach = Reach(known)
    reach.disturb({*seeds, *known.void, *known.likely()})
    while True:
        region = _made(known, reach)
        before = len(reach.anew)
        reach.take([region.ids[row] for row in np.flatnonzero(region.links.breached).tolist()])
        reach.disturb([region.ids[row] for row in np.flatnonzero(region.moved).tolist()])
        if len(reach.anew) == before:
            return region


def _made(known: Known, reach: Reach) -> Region:
    beside = reach.beside()
    table, ids = read_table(known.memory, (reach.anew | beside) - known.gone, known.weights)
    row = {one: number for number, one in enumerate(ids)}
    held = np.array([one not in reach.anew for one in ids], np.uint8)
    kept, lost = _edges(known, reach, beside)
    edges, fates, rounds = _as_columns(kept, row)
    fixed = (held[edges[0]] | held[edges[1]]).astype(bool)
    human = (as_rows(known.same, row), as_rows(known.banned, row))
    shares = read_shares(known.memory, table, known.weights)
    links = grouped(
        scorer(table, known.weights, shares),
        edges,
        human,
        known.weights,
        (held, np.where(fixed, rounds, NEVER).astype(np.int32)),
    )
    turned, before = links.fates != fates[links.order], rounds[links.order]
    joined = np.maximum(before, ASKED) != np.maximum(links.rounds, ASKED)
    return Region(
        ids=ids,
        table=table,
        links=links,
        held=held,
        turned=np.flatnonzero(turned),
        again=np.flatnonzero(turned | (links.rounds != before)),
        lost=lost,
        moved=_of_groups(links, joined),
    )


def _of_groups(links: Links, of: Bools) -> Bools:
    """The rows of all groups that these links have an end in."""
    roots = np.zeros(len(links.roots), bool)
    roots[links.roots[links.left[of]]] = True
    roots[links.roots[links.right[of]]] = True
    return roots[links.roots]


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
