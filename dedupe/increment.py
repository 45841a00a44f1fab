"""What was said since the last run → the persons it touches, the same a full rebuild gives.

New and changed records are weighed against those that share a block key with them; then the
region they may disturb is grouped anew (`region.py`). The cost goes with the new, not the store.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from model import Decision, Record, StoredRecord

from .candidates import meeting, record_keys
from .columns import Columns
from .companions import Company, companions
from .deciding import Run, circles, decisions_of, human_pairs
from .identity import ids_asked
from .linking import weighed
from .memory import Edge, Memory, Step, Touched
from .recall import read_shares, read_table, remembered
from .region import Graph, Known, Region, changed, grow
from .resolving import Before, Resolution, assembled
from .scorer import scorer
from .weights import Weights

FRESH = -1  # the fate of an edge not yet grouped
_NEVER = datetime.min.replace(tzinfo=UTC)
# Stands in for a record of the border that no finding is told of.
NOBODY = StoredRecord(
    record_id="", record=Record(), source="", owner="", external_id="", row=None,
    public_at=_NEVER, learned_at=_NEVER,
)  # fmt: skip


def advance(
    memory: Memory,
    touched: Touched,
    human: Sequence[Decision],
    *,
    weights: Weights,
    now: datetime,
) -> tuple[Resolution, Step]:
    """The persons touched as they are now, and what the next increment has to know."""
    weights = remembered(memory, weights)
    touched = replace(touched, decided=frozenset(circles(human, touched.decided)))
    same, banned = human_pairs(human)
    void = touched.said | touched.gone
    keys, edges = _fresh_edges(memory, touched, weights)
    graph = Graph(memory, void, _by_end(edges))
    known = Known(memory, graph, touched.gone, same, banned, weights)
    former_ends = {end for edge in memory.edges(void) for end in edge[:2]}
    seeds = (void | former_ends | touched.decided) - touched.gone
    seeds |= _left_behind(memory, touched.gone)
    region = grow(known, seeds)
    company = companions(memory, region, touched, banned, weights)
    while not company.affected <= region.moved:  # what is asked about them has changed too
        region = grow(known, region.moved | company.affected)
        company = companions(memory, region, touched, banned, weights)
    resolution = _resolution(known, region, company, touched, now)
    step = Step(
        keys=keys,
        dropped=void,
        edges=list(_edges_of(region, graph)),
        company=company.changes,
    )
    return resolution, step


def _fresh_edges(
    memory: Memory, touched: Touched, weights: Weights
) -> tuple[dict[str, np.ndarray], list[Edge]]:
    """Block keys of the records said, and their edges to each other and to all others."""
    fresh, fresh_ids = read_table(memory, touched.said, weights)
    keys, rows = record_keys(fresh)
    bounds = np.searchsorted(rows, np.arange(1, len(fresh_ids)))
    by_record = dict(zip(fresh_ids, np.split(keys, bounds), strict=True)) if fresh_ids else {}
    common = memory.common(np.unique(keys))
    kept = ~np.isin(keys, common)
    keys, rows = keys[kept], rows[kept]
    met, bearers = memory.bearers(np.unique(keys))
    here = np.array([one not in touched.said and one not in touched.gone for one in bearers], bool)
    others = sorted({one for one, stays in zip(bearers, here, strict=True) if stays})
    table, ids = read_table(memory, {*fresh_ids, *others}, weights)
    row = {one: number for number, one in enumerate(ids)}
    theirs = np.array([row.get(one, -1) for one in bearers], np.int32)
    here &= theirs >= 0
    mine = np.array([row[one] for one in fresh_ids], np.int32)[rows]
    is_fresh = np.zeros(len(ids), bool)
    is_fresh[mine] = True
    candidates = meeting(
        np.concatenate([keys, met[here]]), np.concatenate([mine, theirs[here]]), is_fresh
    )
    return by_record, list(_weighed(memory, table, ids, candidates, weights))


def _weighed(
    memory: Memory,
    table: Columns,
    ids: Sequence[str],
    candidates: tuple[np.ndarray, np.ndarray],
    weights: Weights,
) -> list[Edge]:
    scoring = scorer(table, weights, read_shares(memory, table, weights))
    left, right, scores, allowed = weighed(table, scoring, candidates, weights)
    return [
        Edge(ids[i], ids[j], score, bool(may), FRESH)
        for i, j, score, may in zip(
            left.tolist(), right.tolist(), scores.tolist(), allowed.tolist(), strict=True
        )
    ]


def _by_end(edges: Sequence[Edge]) -> dict[str, list[Edge]]:
    found: defaultdict[str, list[Edge]] = defaultdict(list)
    for edge in edges:
        found[edge.left].append(edge)
        found[edge.right].append(edge)
    return dict(found)


def _left_behind(memory: Memory, gone: Collection[str]) -> set[str]:
    """The other records of persons that lose one."""
    persons = set(memory.persons(gone).values())
    return {one for records in memory.members(persons).values() for one in records} - set(gone)


def _edges_of(region: Region, graph: Graph) -> Iterator[Edge]:
    """The edges of the region's own records that are new or fare otherwise than before."""
    links, ids = region.links, region.ids
    for k in region.turned(graph):
        i, j = ids[links.left[k]], ids[links.right[k]]
        if i in region.moved or j in region.moved:
            yield Edge(i, j, float(links.scores[k]), bool(links.allowed[k]), int(links.fates[k]))


def _resolution(
    known: Known, region: Region, company: Company, touched: Touched, now: datetime
) -> Resolution:
    """Clusters of everything that may have moved, with ids, decisions and what is to be asked."""
    other = changed(known, region) | touched.said | touched.decided | company.affected
    other &= region.moved
    affected = other | company.affected | (touched.approved - touched.gone)
    clusters = company.clusters(affected)
    joined = company.joined()
    ends = _ends(region, other) | {one for pair in joined.items() for one in pair}
    stored = {record.record_id: record for record in known.memory.stored(ends)}
    run = _run(known, region, company, stored, now)
    concerned = np.array([one in other for one in region.ids], bool)
    made = [
        *decisions_of(run, known.same | known.banned, concerned),
        *(run.by_company(stored[one], stored[other]) for one, other in sorted(joined.items())),
    ]
    before = _before(known.memory, clusters, touched.gone)
    return assembled(clusters, made, before, other)


def _run(
    known: Known,
    region: Region,
    company: Company,
    stored: Mapping[str, StoredRecord],
    now: datetime,
) -> Run:
    roots, row = region.links.roots.copy(), {one: n for n, one in enumerate(region.ids)}
    for one, other in company.standing(region.ids).items():
        if other in row:
            roots[row[one]] = region.links.roots[row[other]]
    records = [stored.get(one, NOBODY) for one in region.ids]
    return Run(records, region.table, region.links, roots, known.weights, now)


def _before(memory: Memory, clusters: Sequence[Sequence[str]], gone: Collection[str]) -> Before:
    every = {one for cluster in clusters for one in cluster}
    former = memory.former(every)
    taken = memory.open_persons(ids_asked(clusters, former))
    return Before(previous=memory.persons(every | set(gone)), former=former, taken=taken)


def _ends(region: Region, other: Collection[str]) -> set[str]:
    """The records that findings are told of: those of a pair with a changed end."""
    ends: set[str] = set()
    for i, j in zip(region.links.left.tolist(), region.links.right.tolist(), strict=True):
        pair = region.ids[i], region.ids[j]
        if pair[0] in other or pair[1] in other:
            ends.update(pair)
    return ends
