"""News, edits, withdrawals and editors' words at random: groups within reach, as all made anew."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import pytest
from dedupe_people import decided
from histories_random import GIVEN, man, said

from dedupe import region
from dedupe.candidates import kept_pairs
from dedupe.columns import columns
from dedupe.deciding import circles, human_pairs
from dedupe.linking import Links, grouped, weighed
from dedupe.memory import NEVER_FARED, Edge
from dedupe.region import Known, regroup
from dedupe.resolving import as_rows, asked_of, edges_of
from dedupe.scorer import scorer
from dedupe.statistics import Statistics, fit_statistics, shares_of
from dedupe.weights import Weights, among_many, load
from model import Decision, Record, StoredRecord

NOW = datetime(2025, 1, 1, tzinfo=UTC)
Pair = tuple[str, str]


def stored(n: int, record: Record, rng: random.Random) -> StoredRecord:
    listed = rng.random() < 0.2
    source = "list" if listed else rng.choice(("chat", "news", "vk"))
    return StoredRecord(
        record_id=f"{n:016x}", record=record, source=source, owner=source, external_id=str(n),
        row=n if listed else None, public_at=NOW, learned_at=NOW,
    )  # fmt: skip


@dataclass
class World:
    """Records, humans' words, and all that was kept of their grouping."""

    weights: Weights
    statistics: Statistics
    records: dict[str, StoredRecord]
    human: list[Decision] = field(default_factory=list)
    kept: dict[Pair, Edge] = field(default_factory=dict)
    bits: dict[str, float] = field(default_factory=dict)
    person: dict[str, str] = field(default_factory=dict)

    def whole(self) -> tuple[list[str], Links]:
        """All records grouped at once."""
        ids = sorted(self.records)
        table = columns([self.records[one] for one in ids], self.weights.floors)
        scoring = scorer(table, self.weights, shares_of(self.statistics, table, self.weights))
        found = kept_pairs(table, self.statistics.common)
        row = {one: n for n, one in enumerate(ids)}
        same, banned = (as_rows(pairs, row) for pairs in human_pairs(self.human))
        edges = weighed(table, scoring, found, self.weights)
        return ids, grouped(scoring, edges, (same, banned), self.weights)

    def keep(self, ids: list[str], links: Links) -> None:
        self.kept = {edge[:2]: edge for edge in edges_of(ids, links, slice(None))}  # type: ignore[arg-type]
        self.bits = {one: bits for one, bits in asked_of(ids, links).items() if bits is not None}
        self.person = {one: ids[root] for one, root in zip(ids, links.roots.tolist(), strict=True)}

    # What an increment asks

    def rows(self, ids: Collection[str]) -> list[tuple[object, ...]]:
        return [plain(self.records[one]) for one in ids if one in self.records]

    def edges(self, ids: Collection[str]) -> list[Edge]:
        return [edge for edge in self.kept.values() if edge.left in ids or edge.right in ids]

    def joins(self, ids: Collection[str]) -> list[Edge]:
        return [edge for edge in self.kept.values() if edge.left in ids and edge.round > 1]

    def asked(self, ids: Collection[str]) -> dict[str, float]:
        return {one: self.bits[one] for one in ids if one in self.bits}

    def persons(self, ids: Collection[str]) -> dict[str, str]:
        return {one: self.person[one] for one in ids if one in self.person}

    def members(self, persons: Collection[str]) -> dict[str, tuple[str, ...]]:
        found = defaultdict[str, list[str]](list)
        for one, of in self.person.items():
            if of in persons:
                found[of].append(one)
        return {of: tuple(members) for of, members in found.items()}

    def counts(self, values: Mapping[str, object]) -> Mapping[str, object]:
        counted = self.statistics.counts
        return {name: (counted[name].values, counted[name].numbers, counted[name].total)
                for name in values}  # fmt: skip

    def names(self, _: object) -> None:
        return None


def plain(one: StoredRecord) -> tuple[object, ...]:
    said = one.record
    return (
        one.record_id, said.surname, said.given, said.patronymic, said.birth_date, said.age,
        said.sex and said.sex.value, said.home_region, said.home_place, said.unit,
        said.category and said.category.value, said.last_contact, said.call_sign, said.claim.value,
        one.public_at.date().isoformat(), one.row is not None, one.source, one.owner,
        one.external_id, one.record_id, one.thread, one.reply_to,
    )  # fmt: skip


def begin(rng: random.Random, weights: Weights) -> tuple[World, list[Record]]:
    """Few men of few names, so that each has rivals."""
    men = [man(rng) for _ in range(rng.choice((6, 20, 40)))]
    men = [replace(him, given=rng.choice(GIVEN[:3])) for him in men]
    every = [stored(n, said(rng, rng.choice(men)), rng) for n in range(rng.choice((40, 120)))]
    records = {one.record_id: one for one in every}
    world = World(weights, fit_statistics(columns(every, weights.floors), weights), records)
    world.human = words(rng, world, 0)
    world.keep(*world.whole())
    return world, men


def words(rng: random.Random, world: World, minute: int) -> list[Decision]:
    ids = sorted(world.records)
    pairs = [sorted(rng.sample(ids, 2)) for _ in range(rng.choice((0, 0, 1, 3)))]
    return [
        decided(left, right, rng.choice(("same", "different", "unsure")), minute=minute + n)
        for n, (left, right) in enumerate(pairs)
    ]


def goes_on(rng: random.Random, world: World, men: list[Record], step: int) -> Known:
    """A few records more, some that say something else, some gone, some words of editors."""
    new = [stored(1000 * (step + 1) + n, said(rng, rng.choice(men)), rng) for n in range(3)]
    ids = rng.sample(sorted(world.records), 4)
    edited = [replace(world.records[one], record=said(rng, rng.choice(men)))
              for one in ids[: rng.choice((0, 0, 1, 2))]]  # fmt: skip
    gone = frozenset(ids[2 : 2 + rng.choice((0, 0, 1, 2))])
    told = {one.record_id: one for one in (*new[: rng.choice((0, 1, 1, 3))], *edited)}
    world.records = {
        one: of for one, of in {**world.records, **told}.items() if one not in gone
    }  # fmt: skip
    more = words(rng, world, 10 * (step + 1))
    world.human += more
    same, banned = human_pairs(world.human)
    void = frozenset(told) | gone
    ids, links = world.whole()
    edges = [
        edge._replace(fate=NEVER_FARED, round=0)
        for edge in edges_of(ids, links, slice(None))  # type: ignore[arg-type]
        if edge.left in told or edge.right in told
    ]
    judged = {end for word in more for end in (word.left, word.right)}
    seeds = void | frozenset(circles(world.human, judged))
    known = Known(world, void, gone, edges, same, banned, world.weights)  # type: ignore[arg-type]
    takes_up(world, known, seeds)
    return known


def takes_up(world: World, known: Known, seeds: frozenset[str]) -> None:
    """Make anew what is within reach, and bring what is kept up to date."""
    found = regroup(known, seeds)
    world.kept = {
        pair: edge for pair, edge in world.kept.items() if known.void.isdisjoint(pair)
    } | {edge[:2]: edge for edge in found.edges()}
    asked = {**world.bits, **found.asked()}
    world.bits = {
        one: bits for one, bits in asked.items() if bits is not None and one not in known.gone
    }
    roots = dict(zip(found.ids, found.links.roots.tolist(), strict=True))
    for one in found.anew:
        world.person[one] = found.ids[roots[one]]
    world.person = {one: of for one, of in world.person.items() if one not in known.gone}


def groups(person: Mapping[str, str]) -> set[frozenset[str]]:
    found = defaultdict[str, set[str]](set)
    for one, of in person.items():
        found[of].add(one)
    return {frozenset(members) for members in found.values()}


SEEDS = [*range(12), *(pytest.param(n, marks=pytest.mark.slow) for n in range(12, 200))]


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_within_reach_is_all_that_changes(seed: int) -> None:
    """Groups, fates, rounds and what was asked: after each step as of all records at once."""
    rng = random.Random(seed)  # noqa: S311
    weights = load() if seed % 2 else among_many(load())
    world, men = begin(rng, weights)
    for step in range(4):
        goes_on(rng, world, men, step)
        mine = groups(world.person), world.kept, world.bits
        world.keep(*world.whole())
        assert mine == (groups(world.person), world.kept, world.bits)


def test_the_random_steps_meet_every_case(monkeypatch: pytest.MonkeyPatch) -> None:
    """Groups are held, rivals bring others within reach, and an edge asks a group held."""
    held, made, reached = [0], [0], [0]
    once, wide = region._made, region.Reach._reached

    def making(*words: object) -> region.Region:
        made[0] += 1
        found = once(*words)  # type: ignore[arg-type]
        held[0] += int(found.held.sum())
        return found

    def reaching(*words: object) -> set[str]:
        found = wide(*words)  # type: ignore[arg-type]
        reached[0] += len(found)
        return found

    monkeypatch.setattr(region, "_made", making)
    monkeypatch.setattr(region.Reach, "_reached", reaching)
    steps = 0
    for seed in range(12):
        rng = random.Random(seed)  # noqa: S311
        world, men = begin(rng, among_many(load()))
        for step in range(4):
            goes_on(rng, world, men, step)
            steps += 1
    assert held[0] > 100
    assert reached[0] > 20
    assert made[0] > steps
