"""Records and decisions → the persons they speak of: one run of resolution, pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np

from model import Decision, Finding, Judgement, StoredRecord

from .clusters import AMBIGUOUS, APART, INSIDE, JOINED, REFUSED, UNUSED
from .columns import Columns, Ints, columns
from .company import named_in_company
from .findings import findings
from .identity import Alias, carry
from .linking import Links, link
from .weights import Weights, load

Pairs = set[tuple[str, str]]
Reasons = tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What one run decided."""

    clusters: Mapping[str, tuple[str, ...]]  # person id → record ids, sorted
    aliases: tuple[Alias, ...]  # (lost person id, the person who holds most of his records)
    decisions: tuple[Decision, ...]  # the model's: links used, and near ones it left to a human
    review: tuple[Decision, ...]  # those of them that wait for a human
    list_links: tuple[Decision, ...]  # rows of lists that seem one man whom no post speaks of


@dataclass(frozen=True, slots=True)
class _Run:
    """What the steps of one run share."""

    records: Sequence[StoredRecord]  # by record id
    table: Columns
    links: Links
    model: Weights
    now: datetime


def resolve(
    records: Sequence[StoredRecord],
    human: Sequence[Decision],
    previous: Mapping[str, str],
    *,
    weights: Weights | None = None,
    now: datetime,
) -> Resolution:
    """Group records into persons.

    `human` are editors' decisions, the last on a pair counts; `previous` maps record ids to the
    person ids of the run before. The order of `records` makes no difference.
    """
    model = weights or load()
    ordered = sorted(records, key=lambda stored: stored.record_id)
    if not ordered:
        return Resolution(clusters={}, aliases=(), decisions=(), review=(), list_links=())
    table = columns(ordered, model.floors)
    same, banned = human_pairs(human)
    rows = {stored.record_id: row for row, stored in enumerate(ordered)}
    links = link(table, _rows(same, rows), _rows(banned, rows), model)
    run = _Run(ordered, table, links, model, now)
    company = _joined_by_company(run, banned)
    decisions = (*_decisions(run, same | banned), *company)
    clusters, aliases = carry(_members(links.roots, ordered), previous)
    listed = [d for d in decisions if d.note == _NOTES[APART]]
    kept = tuple(d for d in decisions if d.note != _NOTES[APART])
    return Resolution(
        clusters=clusters,
        aliases=aliases,
        decisions=kept,
        review=tuple(d for d in kept if d.judgement is Judgement.UNSURE),
        list_links=tuple(listed),
    )


def human_pairs(human: Sequence[Decision]) -> tuple[Pairs, Pairs]:
    """Pairs humans called the same man, and different men; the last decision on a pair counts.

    Where same, same and different meet in a circle, none of that circle's links is taken.
    """
    last = {(d.left, d.right): d.judgement for d in sorted(human, key=lambda d: d.at)}
    same = {pair for pair, judgement in last.items() if judgement is Judgement.SAME}
    banned = {pair for pair, judgement in last.items() if judgement is Judgement.DIFFERENT}
    parents: dict[str, str] = {}

    def find(record: str) -> str:
        while parents.setdefault(record, record) != record:
            record = parents[record]
        return record

    for left, right in sorted(same):
        parents[find(left)] = find(right)
    broken = {find(left) for left, right in banned if find(left) == find(right)}
    return {pair for pair in same if find(pair[0]) not in broken}, banned


def _rows(decided: Pairs, rows: Mapping[str, int]) -> Ints:
    known = [(rows[a], rows[b]) for a, b in sorted(decided) if a in rows and b in rows]
    return np.array(known, np.int32).reshape(-1, 2)


def _members(roots: Ints, records: Sequence[StoredRecord]) -> list[list[str]]:
    members: dict[int, list[str]] = {}
    for root, stored in zip(roots.tolist(), records, strict=True):
        members.setdefault(root, []).append(stored.record_id)
    return list(members.values())


def _joined_by_company(run: _Run, banned: Pairs) -> list[Decision]:
    """Join records without a surname to the men they mean, in place; the decisions made."""
    made, roots = [], run.links.roots
    for row, other in list(named_in_company(run.links.scoring, run.table, roots)):
        left, right = sorted((row, other))
        ids = (run.records[left].record_id, run.records[right].record_id)
        if ids in banned:
            continue
        roots[row] = roots[other]
        given = run.records[row].record.given, run.records[other].record.given
        reason = Finding(
            comparison="company",
            level="same",
            weight=run.model.company,
            left=given[0],
            right=given[1],
        )
        made.append(_decision(run, ids, Judgement.SAME, (reason,)))
    return made


def _decisions(run: _Run, decided: Pairs) -> Iterator[Decision]:
    """The model's decisions with findings: each link it made, each near one it left open."""
    asked: set[tuple[int, int]] = set()
    links, roots = run.links, run.links.roots
    posts = np.bincount(roots, weights=1 - run.table.is_list, minlength=len(roots))
    for k, fate in enumerate(links.fates.tolist()):
        i, j = int(links.left[k]), int(links.right[k])
        ids = (run.records[i].record_id, run.records[j].record_id)
        ends = (min(roots[i], roots[j]), max(roots[i], roots[j]))
        if fate in (INSIDE, REFUSED) or ids in decided or (fate != JOINED and ends in asked):
            continue
        if fate in (UNUSED, AMBIGUOUS) and not (posts[ends[0]] or posts[ends[1]]):
            continue  # strangers on two lists: nobody counts them, nobody need look
        asked.add(ends)
        judgement = Judgement.SAME if fate in (JOINED, APART) else Judgement.UNSURE
        reasons = findings(links.scoring, i, j, run.records[i], run.records[j])
        yield _decision(run, ids, judgement, tuple(reasons), _NOTES.get(fate))


def _decision(
    run: _Run, ids: tuple[str, str], judgement: Judgement, reasons: Reasons, note: str | None = None
) -> Decision:
    return Decision(
        left=ids[0],
        right=ids[1],
        judgement=judgement,
        score=round(sum(reason.weight for reason in reasons), 2),
        by=f"model:{run.model.version}",
        at=run.now,
        findings=reasons,
        note=note,
    )


_NOTES = {
    UNUSED: "not enough to link without a human",
    AMBIGUOUS: "another man fits nearly as well",
    APART: "on lists only: no post speaks of him",
}
