"""Touched records and the last run's edges → the parts of the store that are grouped anew.

What becomes of an edge depends on the clusters at its ends and on the rivals of its rows, so on
nothing beyond the edges that are connected with it. A *part* is all records that edges, or the
words of humans, connect. A full rebuild groups each part by itself, and so does an increment: it
takes the whole of every part it touches.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from .block_keys import Longs
from .candidates import Bools
from .clusters import Edges
from .columns import Columns, Ints
from .deciding import Pairs
from .linking import Links, grouped
from .memory import Edge, Memory
from .recall import read_shares, read_table
from .resolving import as_rows
from .scorer import scorer
from .weights import Weights

NEVER = -1  # the fate of an edge not yet grouped


@dataclass(frozen=True, slots=True)
class Fresh:
    """New edges between records: rows of `ids`, by falling score."""

    ids: Sequence[str]
    edges: Edges

    def ends(self) -> set[str]:
        """The records they connect."""
        return {self.ids[row] for row in np.unique(np.concatenate(self.edges[:2])).tolist()}


@dataclass(frozen=True, slots=True)
class Region:
    """Whole parts, grouped anew."""

    ids: list[str]  # of every row, sorted
    table: Columns
    links: Links
    turned: Longs  # the links that are new or fare otherwise than before
    lost: frozenset[str]  # records at the other end of an edge that is no more
    parts: Mapping[str, str]  # new records, and those in another part → the smallest record of it

    def rows(self, ids: Collection[str]) -> Bools:
        """Which rows are those of these records."""
        return np.array([one in ids for one in self.ids], bool)

    def edges(self) -> list[Edge]:
        """The links that are to be kept anew."""
        links, at = self.links, self.turned
        columns = (links.left, links.right, links.scores, links.allowed, links.fates)
        return [
            Edge(self.ids[i], self.ids[j], score, bool(allowed), fate)
            for i, j, score, allowed, fate in zip(*(of[at].tolist() for of in columns), strict=True)
        ]

    def changed(self, told: Collection[str]) -> frozenset[str]:
        """The records told, and those whose cluster, or one of whose links, is not what it was.

        With them all others of their clusters, as these are now.
        """
        rows = self.rows({*told, *self.lost})
        rows[self.links.left[self.turned]] = True
        rows[self.links.right[self.turned]] = True
        roots = np.zeros(len(self.ids), bool)
        roots[self.links.roots[rows]] = True
        return frozenset(self.ids[row] for row in np.flatnonzero(roots[self.links.roots]).tolist())


@dataclass(frozen=True, slots=True)
class Known:
    """What stays the same while a region is looked for."""

    memory: Memory
    void: frozenset[str]  # records whose remembered edges hold no more
    gone: frozenset[str]
    fresh: Fresh
    same: Pairs  # by humans
    banned: Pairs
    weights: Weights


def regroup(known: Known, seeds: Collection[str]) -> Region:
    """Group anew the parts of the seeds and of every end of a fresh edge."""
    held = known.memory.connected({*seeds, *known.fresh.ends()})
    table, ids = read_table(known.memory, {*held, *seeds} - known.gone, known.weights)
    row = {one: number for number, one in enumerate(ids)}
    edges, fates, lost = _edges(known, sorted(held), ids)
    human = (as_rows(known.same, row), as_rows(known.banned, row))
    shares = read_shares(known.memory, table, known.weights)
    links = grouped(scorer(table, known.weights, shares), edges, human, known.weights)
    first = [ids[one] for one in links.parts.tolist()]
    return Region(
        ids=ids,
        table=table,
        links=links,
        turned=np.flatnonzero(links.fates != fates[links.order]),
        lost=lost,
        parts={
            one: now
            for one, now in zip(ids, first, strict=True)
            if held.get(one) != now or one in known.void
        },
    )


def _edges(
    known: Known, asked: Sequence[str], ids: Sequence[str]
) -> tuple[Edges, Ints, frozenset[str]]:
    """Edges between rows of `ids` by falling score, their fates so far, and who lost one.

    `asked` are all records of the parts as they were, those that are gone among them.
    """
    left, right, scores, allowed, fates = known.memory.edges(asked)
    void = np.array([one in known.void for one in asked], bool)
    dropped = void[left] | void[right]
    lost = {asked[at] for at in {*left[dropped].tolist(), *right[dropped].tolist()}}
    row = {one: number for number, one in enumerate(ids)}
    held = np.array([row.get(one, -1) for one in asked], np.int32)
    fresh = np.array([row.get(one, -1) for one in known.fresh.ids], np.int32)
    kept, new = ~dropped, known.fresh.edges
    left = np.concatenate([held[left[kept]], fresh[new[0]]])
    right = np.concatenate([held[right[kept]], fresh[new[1]]])
    scores = np.concatenate([scores[kept], new[2]])
    allowed = np.concatenate([allowed[kept], new[3]])
    fates = np.concatenate([fates[kept], np.full(len(new[0]), NEVER, np.int32)])
    order = np.lexsort((right, left, -scores))
    edges = (left[order], right[order], scores[order], allowed[order])
    return edges, fates[order], frozenset(lost - known.void - known.gone)
