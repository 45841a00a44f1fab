"""What was said since the last run → the persons it touches, the same a full rebuild gives.

New and changed records are weighed against those that share a block key with them; then all
groups that this can concern are made anew (`region.py`). The cost goes with these.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import numpy as np

from model import Decision, Record, StoredRecord

from .block_keys import Longs
from .candidates import meeting, record_keys
from .companions import Company, companions
from .deciding import Run, circles, decisions_of, human_pairs, pairs_to_decide
from .identity import ids_asked
from .linking import weighed
from .memory import Memory, Step, Touched
from .recall import read_shares, read_table, remembered
from .region import Fresh, Known, Region, regroup
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
    keys: Mapping[str, Longs]  # block keys of the records said
    clusters: Sequence[Sequence[str]]  # of everything that changed

    def decided(self, now: datetime) -> tuple[Resolution, Step]:
        """The persons touched as they are now, and what the next increment has to know."""
        step = Step(
            keys=self.keys,
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
    keys, fresh = _fresh_edges(memory, touched, weights)
    known = Known(memory, void, touched.gone, fresh, same, banned, weights)
    told = touched.said | touched.decided | _left_behind(memory, void, touched.gone)
    region, changed, company = _settled(known, touched, told)
    asked = changed | company.affected | (touched.approved - touched.gone)
    return Looked(known, region, changed, company, touched, keys, company.clusters(asked))


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


def _fresh_edges(
    memory: Memory, touched: Touched, weights: Weights
) -> tuple[dict[str, np.ndarray], Fresh]:
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
    scoring = scorer(table, weights, read_shares(memory, table, weights))
    return by_record, Fresh(ids, weighed(table, scoring, candidates, weights))


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
