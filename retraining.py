"""A store → linkage weights learned from it, and what they would change before they are kept."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import dedupe
from dedupe.columns import columns
from dedupe.deciding import human_pairs
from dedupe.describe import describe
from model import Decision, StoredRecord, UnusableInput
from store import Store
from store.descriptions import standing

FEWEST = 500  # records: fewer teach nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What other weights would make of the same records."""

    records: int
    persons: tuple[int, int]  # before, after
    merged: int  # persons after, made of several before
    split: int  # persons before, no longer one
    review: tuple[int, int]
    statuses: Mapping[str, tuple[int, int]]  # sought men by present status
    decided: int  # pairs editors judged that say something of the weights
    agreed: tuple[int, int]  # of them the model by itself judges as the editor did

    def lines(self) -> Iterator[str]:
        """The same for people."""
        yield f"{self.records} records: {self.persons[0]} persons now, {self.persons[1]} after"
        yield f"{self.merged} persons would be merged from several, {self.split} would be split"
        yield f"pairs for review: {self.review[0]} now, {self.review[1]} after"
        for status, (before, after) in self.statuses.items():
            yield f"{status}: {before} now, {after} after"
        yield (
            f"of {self.decided} pairs editors judged, the weights by themselves agree on "
            f"{self.agreed[0]} now, {self.agreed[1]} after"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Trained:
    """A weights file's content, and what it would change."""

    content: Mapping[str, Any]
    change: Change


def train(store_path: Path, sources: Path, now: datetime) -> Trained:
    """Learn weights from a store. Raises UnusableInput where it holds too little."""
    from dedupe.training import train as learn  # noqa: PLC0415  Splink takes a second to import

    with Store.open(store_path, read_only=True) as store:
        records, human, previous = store.stored_records(), store.decisions(), store.previous()
    if len(records) < FEWEST:
        raise UnusableInput(f"{store_path}: {len(records)} records; {FEWEST} are the least")
    template = dedupe.in_force(sources)
    old = dedupe.read(template)
    table = columns(sorted(records, key=lambda stored: stored.record_id), old.floors)
    content = learn(table, f"{now:%Y-%m-%d}", template)
    with TemporaryDirectory() as folder:
        keep(Trained(content=content, change=_NONE), path := Path(folder) / "weights.json")
        new = dedupe.read(path)
    outcomes = [_outcome(records, human, previous, weights, now) for weights in (old, new)]
    return Trained(content=content, change=_change(records, human, *outcomes))


def keep(trained: Trained, path: Path) -> None:
    """Write the weights, one level a line."""
    from dedupe.training import write  # noqa: PLC0415

    write(trained.content, path)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outcome:
    persons: Mapping[str, tuple[str, ...]]
    review: int
    statuses: Counter[str]
    alone: Mapping[str, str]  # record → person without what editors said


def _outcome(
    records: Sequence[StoredRecord],
    human: Sequence[Decision],
    previous: Mapping[str, str],
    weights: dedupe.Weights,
    now: datetime,
) -> _Outcome:
    found = dedupe.resolve(records, human, previous, weights=weights, now=now)
    by_id = {stored.record_id: stored for stored in records}
    statuses: Counter[str] = Counter()
    for person, members in found.clusters.items():
        described = describe(person, [by_id[one] for one in members])
        if described.sought_from is not None:
            statuses[standing(described.events)[0] or "withdrawn"] += 1
    alone = dedupe.resolve(records, (), {}, weights=weights, now=now) if human else found
    return _Outcome(
        persons=found.clusters,
        review=len(found.review),
        statuses=statuses,
        alone=_by_record(alone.clusters),
    )


def _by_record(persons: Mapping[str, tuple[str, ...]]) -> dict[str, str]:
    return {one: person for person, members in persons.items() for one in members}


def _change(
    records: Sequence[StoredRecord], human: Sequence[Decision], old: _Outcome, new: _Outcome
) -> Change:
    before, after = _by_record(old.persons), _by_record(new.persons)
    parts, sources = defaultdict(set), defaultdict(set)
    for one in before:
        parts[before[one]].add(after[one])
        sources[after[one]].add(before[one])
    same, banned = (
        {pair for pair in pairs if before.keys() >= set(pair)} for pairs in human_pairs(human)
    )
    agreed = [
        sum(of.alone[a] == of.alone[b] for a, b in same)
        + sum(of.alone[a] != of.alone[b] for a, b in banned)
        for of in (old, new)
    ]
    return Change(
        records=len(records),
        persons=(len(old.persons), len(new.persons)),
        merged=sum(len(of) > 1 for of in sources.values()),
        split=sum(len(of) > 1 for of in parts.values()),
        review=(old.review, new.review),
        statuses={
            status: (old.statuses[status], new.statuses[status])
            for status in sorted(old.statuses | new.statuses)
        },
        decided=len(same) + len(banned),
        agreed=(agreed[0], agreed[1]),
    )


_NONE = Change(
    records=0, persons=(0, 0), merged=0, split=0, review=(0, 0), statuses={}, decided=0,
    agreed=(0, 0),
)  # fmt: skip
