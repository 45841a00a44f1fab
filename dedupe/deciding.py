"""Groups and the links that made them → decisions with their findings; and what humans decided."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from model import Decision, Finding, Judgement, StoredRecord

from .clusters import AMBIGUOUS, APART, INSIDE, JOINED, REFUSED, UNUSED
from .columns import Columns, Ints
from .findings import findings
from .linking import Links
from .weights import Weights

Pairs = set[tuple[str, str]]
Reasons = tuple[Finding, ...]

NOTES = {
    UNUSED: "not enough to link without a human",
    AMBIGUOUS: "another man fits nearly as well",
    APART: "on lists only: no post speaks of him",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What the steps of one run share."""

    records: Sequence[StoredRecord]  # by row
    table: Columns
    links: Links
    roots: Ints  # of every row, with those joined by company
    model: Weights
    now: datetime

    def ends(self, k: int) -> tuple[int, int]:
        """The rows of a link."""
        return int(self.links.left[k]), int(self.links.right[k])

    def decision(
        self, ids: tuple[str, str], judgement: Judgement, reasons: Reasons, note: str | None = None
    ) -> Decision:
        """The model's decision on a pair (left < right)."""
        return Decision(
            left=ids[0],
            right=ids[1],
            judgement=judgement,
            score=round(sum(reason.weight for reason in reasons), 2),
            by=f"model:{self.model.version}",
            at=self.now,
            findings=reasons,
            note=note,
        )

    def by_company(self, one: StoredRecord, other: StoredRecord) -> Decision:
        """A record without a surname joined to the man it means."""
        left, right = sorted((one.record_id, other.record_id))
        reason = Finding(
            comparison="company",
            level="same",
            weight=self.model.company,
            left=one.record.given,
            right=other.record.given,
        )
        return self.decision((left, right), Judgement.SAME, (reason,))


def pairs_to_decide(
    run: Run, ids: Sequence[str], decided: Pairs, concerned: NDArray[np.bool_] | None = None
) -> list[int]:
    """The links to be decided: each that was made, each near one that was left open.

    `ids` of every row; `concerned` rows: only pairs with an end among them. Pairs humans have
    `decided` are left out.
    """
    asked: set[tuple[int, int]] = set()
    links, roots, found = run.links, run.roots, []
    posts = np.bincount(roots, weights=1 - run.table.is_list, minlength=len(roots))
    open_ones = (links.fates != INSIDE) & (links.fates != REFUSED)
    if concerned is not None:
        open_ones &= concerned[links.left] | concerned[links.right]
    for k in np.flatnonzero(open_ones).tolist():
        i, j = run.ends(k)
        fate, ends = links.fates[k], (min(roots[i], roots[j]), max(roots[i], roots[j]))
        if (ids[i], ids[j]) in decided or (fate != JOINED and ends in asked):
            continue
        if fate in (UNUSED, AMBIGUOUS) and not (posts[ends[0]] or posts[ends[1]]):
            continue  # strangers on two lists: nobody counts them, nobody need look
        asked.add(ends)
        found.append(k)
    return found


def decisions_of(run: Run, pairs: Sequence[int]) -> Iterator[Decision]:
    """The model's decisions on these links, with findings."""
    links, records = run.links, run.records
    for k in pairs:
        i, j = run.ends(k)
        fate = int(links.fates[k])
        judgement = Judgement.SAME if fate in (JOINED, APART) else Judgement.UNSURE
        reasons = findings(links.scoring, i, j, records[i], records[j])
        ids = (records[i].record_id, records[j].record_id)
        yield run.decision(ids, judgement, tuple(reasons), NOTES.get(fate))


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


def circles(human: Sequence[Decision], decided: Collection[str]) -> set[str]:
    """These records and all that humans' "same", standing or undone, tie to them."""
    near: defaultdict[str, set[str]] = defaultdict(set)
    for decision in human:
        if decision.judgement is Judgement.SAME:
            near[decision.left].add(decision.right)
            near[decision.right].add(decision.left)
    found, open_ends = set(decided), list(decided)
    while open_ends:
        more = near[open_ends.pop()] - found
        found |= more
        open_ends.extend(more)
    return found
