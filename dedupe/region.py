"""Touched records and the last run's edges → the part of the store that has to be grouped anew.

Grouping takes edges by falling score, so what one edge becomes can depend on others only through
the clusters at its two ends and the rivals of its rows. Take the old clusters of everything
touched (the *region*) and all clusters an edge leads to from there (the *border*); group both by
themselves. If every border cluster comes out as it was, link by link, then nothing beyond it can
have noticed, and the region's grouping is the one a full rebuild gives. A border cluster that
comes out otherwise joins the region, and the grouping is done again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from .clusters import JOINED
from .columns import Columns
from .deciding import Pairs
from .linking import Links, grouped
from .memory import Edge, Memory
from .recall import read_shares, read_table
from .resolving import as_rows
from .scorer import scorer
from .weights import Weights


@dataclass(slots=True)
class Graph:
    """Edges as they are now: those remembered, without the void ones, and the new."""

    memory: Memory
    void: frozenset[str]  # records whose remembered edges hold no more
    new: Mapping[str, list[Edge]]
    read: dict[str, list[Edge]] = field(default_factory=dict)

    def of(self, ids: Collection[str]) -> list[Edge]:
        """Every edge with an end among the ids, once."""
        missing = [one for one in ids if one not in self.read]
        found: defaultdict[str, list[Edge]] = defaultdict(list)
        for edge in map(Edge._make, self.memory.edges(missing)):
            if edge.left not in self.void and edge.right not in self.void:
                found[edge.left].append(edge)
                found[edge.right].append(edge)
        for one in missing:
            self.read[one] = found[one] + self.new.get(one, [])
        return list({edge[:2]: edge for one in ids for edge in self.read[one]}.values())


@dataclass(frozen=True, slots=True)
class Region:
    """What was grouped anew: the records that may have moved, and the grouping with its border."""

    moved: frozenset[str]
    ids: list[str]  # of every row of the grouping, sorted
    table: Columns
    links: Links


@dataclass(frozen=True, slots=True)
class Known:
    """What stays the same while a region grows."""

    memory: Memory
    graph: Graph
    gone: frozenset[str]
    same: Pairs  # by humans
    banned: Pairs
    weights: Weights


def grow(known: Known, seeds: Collection[str]) -> Region:
    """The smallest region around the seeds whose border stays as it is."""
    moved: set[str] = set()
    more: Collection[str] = seeds
    while True:
        moved |= _whole_clusters(known, more)
        region = _group(known, moved)
        more = _disturbed(known, region)
        if not more:
            return region


def _whole_clusters(known: Known, ids: Collection[str]) -> set[str]:
    persons = known.memory.persons(ids)
    members = known.memory.members(set(persons.values()))
    every = set(ids).union(*members.values()) if members else set(ids)
    return every - known.gone


def _group(known: Known, moved: set[str]) -> Region:
    """Group the moved records and every cluster at the end of one of their edges."""
    ends = {end for edge in known.graph.of(moved) for end in edge[:2]}
    ends |= {end for pair in known.same if not moved.isdisjoint(pair) for end in pair}
    border = _whole_clusters(known, ends - moved - known.gone)
    table, ids = read_table(known.memory, moved | border, known.weights)
    row = {one: number for number, one in enumerate(ids)}
    edges = sorted(
        (edge for edge in known.graph.of(ids) if edge.left in row and edge.right in row),
        key=lambda edge: (-edge.score, edge.left, edge.right),
    )
    arrays = (
        np.array([row[edge.left] for edge in edges], np.int32),
        np.array([row[edge.right] for edge in edges], np.int32),
        np.array([edge.score for edge in edges], np.float32),
        np.array([edge.allowed for edge in edges], np.uint8),
    )
    human = (as_rows(known.same, row), as_rows(known.banned, row))
    shares = read_shares(known.memory, table, known.weights)
    links = grouped(scorer(table, known.weights, shares), arrays, human, known.weights)
    return Region(frozenset(moved), ids, table, links)


def _disturbed(known: Known, region: Region) -> set[str]:
    """Border records whose cluster did not come out as it was, link by link."""
    border = [one for one in region.ids if one not in region.moved]
    held = known.memory.company(border)
    before = {one: one if one in held else person for one, person in _persons(known, border)}
    roots = region.links.roots.tolist()
    now = dict(zip(region.ids, roots, strict=True))
    together: defaultdict[int, set[str]] = defaultdict(set)
    spread: defaultdict[str, set[int]] = defaultdict(set)
    for one in region.ids:
        together[now[one]].add(before.get(one, ""))
    for one in border:
        spread[before[one]].add(now[one])
    wrong = {one for one in border if len(together[now[one]]) > 1 or len(spread[before[one]]) > 1}
    links = region.links
    fates = {edge[:2]: edge.fate for edge in known.graph.of(border)}
    for k, fate in enumerate(links.fates.tolist()):
        pair = region.ids[links.left[k]], region.ids[links.right[k]]
        if pair in fates and (fate == JOINED) != (fates[pair] == JOINED):
            wrong |= {one for one in pair if one not in region.moved}
    return wrong


def _persons(known: Known, ids: Iterable[str]) -> Iterable[tuple[str, str]]:
    persons = known.memory.persons(list(ids))
    return ((one, persons.get(one, one)) for one in ids)
