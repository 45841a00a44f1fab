"""What was said since the last run → the persons it touches, the same a full rebuild gives.

New and changed records are weighed against those that share a block key with them; then the
parts of the store they stand in are grouped anew (`region.py`). The cost goes with these parts.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import UTC, datetime

import numpy as np

from model import Decision, Record, StoredRecord

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
    keys, fresh = _fresh_edges(memory, touched, weights)
    known = Known(memory, void, touched.gone, fresh, same, banned, weights)
    told = touched.said | touched.decided | _left_behind(memory, touched.gone)
    region, changed, company = _settled(known, touched, told)
    step = Step(
        keys=keys,
        dropped=void,
        edges=region.edges(),
        parts=region.parts,
        company=company.changes,
    )
    return _resolution(known, region, changed, company, touched, now), step


def _settled(
    known: Known, touched: Touched, told: frozenset[str]
) -> tuple[Region, frozenset[str], Company]:
    """The parts touched, who changed in them, and who means whom near those."""
    seeds = told | known.void
    while True:
        region = regroup(known, seeds)
        changed = region.changed(told)
        company = companions(known.memory, region, changed, touched, known.banned, known.weights)
        if company.affected <= set(region.ids):
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


def _left_behind(memory: Memory, gone: Collection[str]) -> frozenset[str]:
    """The other records of persons that lose one."""
    persons = set(memory.persons(gone).values())
    members = memory.members(persons).values()
    return frozenset(one for records in members for one in records) - frozenset(gone)


def _resolution(  # noqa: PLR0913, PLR0917  what the steps before found
    known: Known,
    region: Region,
    changed: frozenset[str],
    company: Company,
    touched: Touched,
    now: datetime,
) -> Resolution:
    """Clusters of everything that changed, with ids, decisions and what is to be asked."""
    other = changed | company.affected
    clusters = company.clusters(other | (touched.approved - touched.gone))
    joined = company.joined()
    human = known.same | known.banned
    run = _run(known, region, company, now)
    asked = pairs_to_decide(run, region.ids, human, region.rows(other))
    ends = {region.ids[row] for k in asked for row in run.ends(k)}
    ends |= {one for pair in joined.items() for one in pair}
    stored = {record.record_id: record for record in known.memory.stored(ends)}
    run = replace(run, records=[stored.get(one, NOBODY) for one in region.ids])
    made = [
        *decisions_of(run, asked),
        *(run.by_company(stored[one], stored[other]) for one, other in sorted(joined.items())),
    ]
    before = _before(known.memory, clusters, touched.gone)
    return assembled(clusters, made, before, other)


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
