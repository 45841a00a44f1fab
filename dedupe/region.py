"""Touched records and the last run's edges → the part of the store that has to be grouped anew.

Grouping takes edges by falling score, so what one edge becomes can depend on others only through
the clusters at its two ends and the rivals of its rows. Take the old clusters of everything
touched (the *region*) and all clusters an edge leads to from there (the *border*); group both by
themselves. If every border cluster comes out as it was, link by link, then nothing beyond it can
have noticed, and the region's grouping is the one a full rebuild gives. A border cluster that
comes out otherwise joins the region, and the grouping is done again.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from .clusters import JOINED, components
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

    def turned(self, graph: Graph) -> Iterator[int]:
        """The links whose fate is another than it was."""
        ids, links = self.ids, self.links
        fates = {edge[:2]: edge.fate for edge in graph.of(ids)}
        ends = zip(links.left.tolist(), links.right.tolist(), links.fates.tolist(), strict=True)
        for k, (i, j, fate) in enumerate(ends):
            if fates[ids[i], ids[j]] != fate:
                yield k


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
    """The smallest region around the seeds whose border stays as it is.

    While it grows, only the parts around what was disturbed are grouped again; the whole is at
    the end, and must then disturb nobody.
    """
    moved = _whole_clusters(known, seeds)
    while True:
        region = _group(known, moved)
        disturbed = _disturbed(known, region)
        if not disturbed:
            return region
        part = region
        while disturbed:
            again = _whole_clusters(known, disturbed) | _connected(part, disturbed)
            moved |= again
            part = _group(known, again)
            disturbed = _disturbed(known, part)


def _connected(region: Region, ids: Collection[str]) -> set[str]:
    """The moved records that edges connect with one of the ids."""
    links = region.links
    nothing = np.empty((0, 2), np.int32)
    near = components(links.left, links.right, nothing, len(region.ids)).tolist()
    touched = {part for one, part in zip(region.ids, near, strict=True) if one in ids}
    return {
        one
        for one, part in zip(region.ids, near, strict=True)
        if part in touched and one in region.moved
    }


def changed(known: Known, region: Region) -> frozenset[str]:
    """The moved records whose cluster, or one of whose links, is not what it was."""
    before = _before(known, region.ids)
    roots = region.links.roots.tolist()
    now = dict(zip(region.ids, roots, strict=True))
    sizes = Counter(before.values())
    lost = set(known.memory.persons(known.gone).values())
    together: defaultdict[int, list[str]] = defaultdict(list)
    for one in region.ids:
        together[now[one]].append(one)
    other = set()
    for root, members in together.items():
        former = {before.get(one) for one in members}
        first = before.get(members[0])
        same = first is not None and len(former) == 1 and sizes[first] == len(members)
        if not same or first in lost:
            other.add(root)
    for k in region.turned(known.graph):
        other |= {roots[region.links.left[k]], roots[region.links.right[k]]}
    return frozenset(one for root in other for one in together[root] if one in region.moved)


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
    before = {one: one for one in border} | _before(known, border)
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


def _before(known: Known, ids: Collection[str]) -> dict[str, str]:
    """The group each record was in before company had its say; who was in none is left out."""
    held, persons = known.memory.company(ids), known.memory.persons(ids)
    return {one: one if one in held else persons[one] for one in ids if one in persons}
