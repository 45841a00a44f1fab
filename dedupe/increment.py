"""What was said since the last run → the persons it touches, the same a full rebuild gives.

New and changed records are weighed against those that share a block key with them; then all
groups that this can concern are made anew (`region.py`). The cost goes with these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np
from numpy.typing import NDArray

from model import Decision, Record, StoredRecord

from .block_keys import Longs
from .candidates import meeting, record_keys
from .clusters import NEVER
from .columns import NONE
from .companions import Company, companions
from .deciding import Run, circles, decisions_of, human_pairs, pairs_to_decide
from .identity import ids_asked
from .linking import weighed
from .memory import NEVER_FARED, Edge, Memory, Step, Touched, Weighed
from .recall import read_shares, read_table, remembered
from .region import Known, Region, regroup
from .resolving import Before, Resolution, assembled
from .scorer import scorer
from .weights import Weights

_NEVER = datetime.min.replace(tzinfo=UTC)
# Stands in for a record of the border that no finding is told of.
NOBODY = StoredRecord(
    record_id="", record=Record(), source="", owner="", external_id="", row=None,
    public_at=_NEVER, learned_at=_NEVER,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Looked:
    """What the news touch: grouped, and not decided yet."""

    known: Known
    region: Region
    changed: frozenset[str]
    company: Company
    touched: Touched
    news: Weighed
    clusters: Sequence[Sequence[str]]  # of everything that changed

    def decided(self, now: datetime) -> tuple[Resolution, Step]:
        """The persons touched as they are now, and what the next increment has to know."""
        step = Step(
            keys=self.news.keys,
            dropped=self.known.void,
            edges=self.region.edges(),
            asked=self.region.asked(),
            company=self.company.changes,
        )
        return _resolution(self, now), step


def look(
    memory: Memory, touched: Touched, human: Sequence[Decision], *, weights: Weights
) -> Looked:
    """Weigh what is new, and make anew the groups within its reach."""
    weights = remembered(memory, weights)
    touched = replace(touched, decided=frozenset(circles(human, touched.decided)))
    same, banned = human_pairs(human)
    void = touched.said | touched.gone
    news = _weighed(memory, touched, weights)
    known = Known(memory, void, touched.gone, news.edges, same, banned, weights)
    told = touched.said | touched.decided | _left_behind(memory, void, touched.gone)
    region, changed, company = _settled(known, touched, told)
    asked = changed | company.affected | (touched.approved - touched.gone)
    return Looked(known, region, changed, company, touched, news, company.clusters(asked))


def _settled(
    known: Known, touched: Touched, told: frozenset[str]
) -> tuple[Region, frozenset[str], Company]:
    """The groups within reach, who changed in them, and who means whom near those."""
    seeds = told
    while True:
        region = regroup(known, seeds)
        changed = region.changed(told)
        company = companions(known.memory, region, changed, touched, known.banned, known.weights)
        if company.affected <= region.anew:
            return region, changed, company
        seeds |= company.affected  # what is asked about them has changed too


def _weighed(memory: Memory, touched: Touched, weights: Weights) -> Weighed:
    """Block keys of the records said, and their edges to each other and to all others."""
    held = touched.weighed or Weighed(keys={}, edges=())
    fresh = _keys(memory, touched.said - held.keys.keys(), weights)
    every = {**held.keys, **fresh}
    if not fresh:
        return held
    asked = np.unique(np.concatenate(list(fresh.values())))
    asked = np.setdiff1d(asked, memory.common(asked))
    ids, keys = _bearers(every)
    near = np.isin(keys, asked)
    met, others = memory.bearers(asked)
    here = np.array([one not in every and one not in touched.gone for one in others], bool)
    bearers = [*ids[near].tolist(), *np.array(others, object)[here].tolist()]
    table, ordered = read_table(memory, set(bearers), weights)
    row = {one: number for number, one in enumerate(ordered)}
    rows = np.array([row.get(one, NONE) for one in bearers], np.int32)
    there = rows != NONE
    candidates = meeting(
        np.concatenate([keys[near], met[here]])[there],
        rows[there],
        np.array([one in fresh for one in ordered], bool),
    )
    scoring = scorer(table, weights, read_shares(memory, table, weights))
    columns = weighed(table, scoring, candidates, weights)
    found = [
        Edge(ordered[i], ordered[j], score, bool(allowed), NEVER_FARED, NEVER)
        for i, j, score, allowed in zip(*(column.tolist() for column in columns), strict=True)
    ]
    return Weighed(keys=every, edges=[*held.edges, *found])


def _keys(memory: Memory, ids: Collection[str], weights: Weights) -> dict[str, Longs]:
    """The block keys of live records."""
    table, ordered = read_table(memory, ids, weights)
    keys, rows = record_keys(table)
    bounds = np.searchsorted(rows, np.arange(1, len(ordered)))
    return dict(zip(ordered, np.split(keys, bounds), strict=True)) if ordered else {}


def _bearers(keys: Mapping[str, Longs]) -> tuple[NDArray[np.object_], Longs]:
    """(record, key) for every key of these records."""
    lengths = [len(of) for of in keys.values()]
    return np.repeat(np.array(list(keys), object), lengths), np.concatenate(list(keys.values()))


def _left_behind(memory: Memory, void: Collection[str], gone: Collection[str]) -> frozenset[str]:
    """The other records of persons that lose one, or of whom one says something else."""
    persons = set(memory.persons(void).values())
    members = memory.members(persons).values()
    return frozenset(one for records in members for one in records) - frozenset(gone)


def _resolution(looked: Looked, now: datetime) -> Resolution:
    """Clusters of everything that changed, with ids, decisions and what is to be asked."""
    known, region, company = looked.known, looked.region, looked.company
    other = looked.changed | company.affected
    joined = company.joined()
    run = _run(known, region, company, now)
    asked = pairs_to_decide(run, region.ids, known.same | known.banned, region.rows(other))
    ends = {region.ids[row] for k in asked for row in run.ends(k)}
    ends |= {one for pair in joined.items() for one in pair}
    stored = {record.record_id: record for record in known.memory.stored(ends)}
    run = replace(run, records=[stored.get(one, NOBODY) for one in region.ids])
    made = [
        *decisions_of(run, asked),
        *(run.by_company(stored[one], stored[other]) for one, other in sorted(joined.items())),
    ]
    before = _before(known.memory, looked.clusters, looked.touched.gone)
    return assembled(looked.clusters, made, before, other)


def _run(known: Known, region: Region, company: Company, now: datetime) -> Run:
    roots, row = region.links.roots.copy(), {one: n for n, one in enumerate(region.ids)}
    for one, other in company.standing(region.ids).items():
        if other in row:
            roots[row[one]] = region.links.roots[row[other]]
    return Run([], region.table, region.links, roots, known.weights, now)


def _before(memory: Memory, clusters: Sequence[Sequence[str]], gone: Collection[str]) -> Before:
    every = {one for cluster in clusters for one in cluster}
    former = memory.former(every)
    taken = memory.open_persons(ids_asked(clusters, former))
    return Before(previous=memory.persons(every | set(gone)), former=former, taken=taken)
