"""Records and decisions → the persons they speak of: one run over all records, pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from datetime import datetime
from math import inf

import numpy as np

from model import Decision, Judgement, StoredRecord

from .block_keys import Longs
from .candidates import kept_pairs, record_keys
from .clusters import APART
from .columns import Columns, Floats, Ints, columns
from .company import named_in_company
from .deciding import NOTES, Pairs, Run, decisions_of, human_pairs, pairs_to_decide
from .identity import Alias, carry
from .linking import Links, grouped, weighed
from .memory import Edge, Memory
from .recall import read_shares, remembered
from .scorer import scorer
from .statistics import Statistics, fit_statistics, shares_of
from .weights import Weights, among_many, load

Candidates = Callable[[Columns, Floats, Longs, Weights], tuple[Ints, Ints]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What one run decided."""

    clusters: Mapping[str, tuple[str, ...]]  # person id → record ids, sorted
    aliases: tuple[Alias, ...]  # (lost person id, the person who holds most of his records)
    decisions: tuple[Decision, ...]  # the model's: links used, and near ones it left to a human
    review: tuple[Decision, ...]  # those of them that wait for a human
    list_links: tuple[Decision, ...]  # rows of lists that seem one man whom no post speaks of
    judged: frozenset[str]  # records that were weighed against all others


@dataclass(frozen=True, slots=True)
class Trace:
    """How a run over all records came about: what the next increments build on."""

    ids: Sequence[str]  # of every row
    table: Columns
    links: Links
    statistics: Statistics | None  # taken in this run; None: those kept were used
    company: Mapping[str, str]  # record without surname → the record of the man he means

    def keys(self) -> dict[str, Longs]:
        """The block keys of every record."""
        keys, rows = record_keys(self.table)
        bounds = np.searchsorted(rows, np.arange(1, len(self.ids)))
        return dict(zip(self.ids, np.split(keys, bounds), strict=True)) if self.ids else {}

    def asked(self) -> dict[str, float | None]:
        """Of every record the fewest bits at which a link of its asked for rivals."""
        return asked_of(self.ids, self.links)

    def edges(self) -> Iterator[Edge]:
        """Every pair worth a thought, and what became of it."""
        return edges_of(self.ids, self.links, np.arange(len(self.links.left)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What the run before held, as ids go: `previous` and `former` by record id."""

    previous: Mapping[str, str]
    former: Mapping[str, Sequence[str]] | None = None
    taken: Set[str] = frozenset()


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
    before = Before(previous=previous)
    return rebuild(records, human, before, weights=weights or load(), now=now)[0]


def rebuild(  # noqa: PLR0913  two of them have defaults
    records: Sequence[StoredRecord],
    human: Sequence[Decision],
    before: Before,
    *,
    weights: Weights,
    now: datetime,
    kept: Memory | None = None,
    candidates: Candidates | None = None,
) -> tuple[Resolution, Trace]:
    """`resolve`, and how it came about; by the statistics `kept` from before, or taken anew.

    `candidates` finds the pairs to be weighed, on this machine unless told otherwise.
    """
    ordered = sorted(records, key=lambda stored: stored.record_id)
    table = columns(ordered, weights.floors)
    ids = [stored.record_id for stored in ordered]
    same, banned = human_pairs(human)
    rows = {one: row for row, one in enumerate(ids)}
    if kept is None:
        statistics = fit_statistics(table, weights)
        weights = weights if statistics.names is None else among_many(weights)
        shares, common = shares_of(statistics, table, weights), statistics.common
    else:
        statistics, weights = None, remembered(kept, weights)
        shares, common = read_shares(kept, table, weights), kept.every_common()
    scoring = scorer(table, weights, shares)
    found = (candidates or _here)(table, shares, common, weights)
    edges = weighed(table, scoring, found, weights)
    links = grouped(scoring, edges, (as_rows(same, rows), as_rows(banned, rows)), weights)
    run = Run(ordered, table, links, links.roots.copy(), weights, now)
    company = _joined_by_company(run, banned)
    made = [
        *decisions_of(run, pairs_to_decide(run, ids, same | banned)),
        *(run.by_company(ordered[rows[one]], ordered[rows[other]]) for one, other in company),
    ]
    resolution = assembled(_members(run.roots, ids), made, before, ids)
    return resolution, Trace(ids, table, links, statistics, dict(company))


def _here(table: Columns, _: Floats, common: Longs, __: Weights) -> tuple[Ints, Ints]:
    return kept_pairs(table, common)


def assembled(
    clusters: Sequence[Sequence[str]],
    made: Iterable[Decision],
    before: Before,
    judged: Iterable[str],
) -> Resolution:
    """Clusters with ids, and the decisions sorted by what is to be done with them."""
    decisions = list(made)
    persons, aliases = carry(clusters, before.previous, before.former, before.taken)
    listed = tuple(d for d in decisions if d.note == NOTES[APART])
    kept = tuple(d for d in decisions if d.note != NOTES[APART])
    return Resolution(
        clusters=persons,
        aliases=aliases,
        decisions=kept,
        review=tuple(d for d in kept if d.judgement is Judgement.UNSURE),
        list_links=listed,
        judged=frozenset(judged),
    )


def edges_of(ids: Sequence[str], links: Links, at: Longs) -> Iterator[Edge]:
    """These links, as they are kept."""
    of = (links.left, links.right, links.scores, links.allowed, links.fates, links.rounds)
    for i, j, score, allowed, *fared in zip(*(one[at].tolist() for one in of), strict=True):
        yield Edge(ids[i], ids[j], score, bool(allowed), *fared)


def asked_of(ids: Sequence[str], links: Links) -> dict[str, float | None]:
    """Of every record the fewest bits at which a link of its asked for rivals."""
    bits = zip(ids, links.asked.tolist(), strict=True)
    return {one: asked if asked < inf else None for one, asked in bits}


def as_rows(pairs: Pairs, row: Mapping[str, int]) -> Ints:
    """Pairs of record ids as rows [n, 2]; those with an end elsewhere are left out."""
    known = [(row[a], row[b]) for a, b in sorted(pairs) if a in row and b in row]
    return np.array(known, np.int32).reshape(-1, 2)


def _members(roots: Ints, ids: Sequence[str]) -> list[list[str]]:
    members: dict[int, list[str]] = {}
    for root, one in zip(roots.tolist(), ids, strict=True):
        members.setdefault(root, []).append(one)
    return list(members.values())


def _joined_by_company(run: Run, banned: Pairs) -> list[tuple[str, str]]:
    """Join records without a surname to the men they mean, in place; who joined whom."""
    made, ids = [], [stored.record_id for stored in run.records]
    for row, other in list(named_in_company(run.links.scoring, run.table, run.links.roots)):
        left, right = sorted((ids[row], ids[other]))
        if (left, right) not in banned:
            run.roots[row] = run.links.roots[other]
            made.append((ids[row], ids[other]))
    return made
