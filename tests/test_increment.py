"""Random histories of posts, edits and editors' words: what resolution must hold whatever comes."""

from __future__ import annotations

import json
import random
import shutil
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pytest
from histories_random import History, begin
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    rule,
    run_state_machine_as_test,
)

from dedupe import weights
from dedupe.deciding import human_pairs
from model import Judgement
from resolution import resolve_if_needed
from store import Store

randoms = st.randoms(use_true_random=False)
HASTE = settings(
    max_examples=4, stateful_step_count=8, deadline=None, suppress_health_check=list(HealthCheck)
)


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> History:
    """A resolved store of 350 records about 50 men with names alike."""
    return begin(tmp_path_factory.mktemp("base") / "base.db", seed=7, posts=280, men=50)


def copied(base: History, path: Path, rng: random.Random) -> History:
    shutil.copy(base.path, path)
    return replace(base, path=path, rng=rng, posts=list(base.posts))


def exported(history: History) -> list[str]:
    with Store.open(history.path) as store:
        return [json.dumps(person, ensure_ascii=False) for person in store.export_persons()]


def queue(history: History) -> list[tuple[str, str]]:
    with Store.open(history.path) as store:
        return sorted(
            (str(pair["left"]["record_id"]), str(pair["right"]["record_id"]))  # type: ignore[index]
            for pair in store.review_queue()
        )


def same_as_rebuilt(history: History) -> None:
    """A full run moves no record, asks nothing else and finds nothing else to keep."""
    assert not history.resolve().full, "the history has outgrown its statistics"
    persons, kept, asked = history.persons(), history.kept(), queue(history)
    assert history.resolve(full=True).full
    assert history.persons() == persons
    assert history.kept() == kept
    assert queue(history) == asked


def goes_on(history: History) -> None:
    """Posts, edits, copies and editors' words, resolved now and then."""
    for _ in range(8):
        history.rng.choice([history.new_post, history.new_post, history.edit, history.copies])()
        if history.rng.random() < 0.3:
            left, right = history.rng.sample(history.live(), 2)
            history.decide(left, right, history.rng.choice(list(Judgement)))
        if history.rng.random() < 0.6:
            history.resolve()


SEEDS = [1, 2, *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(3, 40))]


@pytest.mark.parametrize("seed", SEEDS)
def test_increments_give_the_persons_of_a_full_rebuild(
    base: History, tmp_path: Path, seed: int
) -> None:
    history = copied(base, tmp_path / "a.db", random.Random(seed))  # noqa: S311
    goes_on(history)
    same_as_rebuilt(history)


@pytest.mark.parametrize("seed", [1, *(pytest.param(n, marks=pytest.mark.slow) for n in (2, 3, 4))])
def test_increments_into_a_large_store_give_the_persons_of_a_full_rebuild(
    tmp_path: Path, seed: int
) -> None:
    """There names are counted given one another, and of a crowd pairs within reach are kept."""
    model = json.loads(weights.FILE.read_text("utf-8"))
    model["smoothing"]["classes"] = 100  # records: from there on a store is large
    (tmp_path / weights.OWN).write_text(json.dumps(model), "utf-8")
    history = begin(tmp_path / "a.db", seed=7, posts=280, men=50, sources=tmp_path)
    kept = len(history.kept()["edge"])
    history.rng = random.Random(seed)  # noqa: S311
    goes_on(history)
    same_as_rebuilt(history)
    assert 100 < kept < 600, "all pairs down to the review would be 795"


def test_a_crowd_is_grouped_to_its_end(tmp_path: Path) -> None:
    """Of these men each once drew in another and let go a third, for ever."""
    history = begin(tmp_path / "base.db", seed=7, posts=150, men=30)
    history.rng = random.Random(26)  # noqa: S311
    goes_on(history)
    same_as_rebuilt(history)


@pytest.mark.parametrize("seed", [1, pytest.param(2, marks=pytest.mark.slow)])
def test_the_order_of_increments_makes_no_difference(
    base: History, tmp_path: Path, seed: int
) -> None:
    """The same posts in two orders, one by one: the same groups of records."""
    groups = []
    for turn in (1, -1):
        history = copied(base, tmp_path / f"{turn}.db", random.Random(seed))  # noqa: S311
        posts = [(str(900 + n), history.texts()) for n in range(6)]
        for number, texts in posts[::turn]:
            history.speaks(number, texts)
            history.resolve()
        groups.append(grouped(history.persons()))
    assert groups[0] == groups[1]


def test_only_news_is_resolved(base: History, tmp_path: Path) -> None:
    """What an editor notes moves nobody; what he decides does, once."""
    history = copied(base, tmp_path / "a.db", random.Random(1))  # noqa: S311
    history.resolve()
    with Store.open(history.path) as store:
        store.audit("anna", "note", history.clock())
    assert resolve_if_needed(history.path, history.clock()) is None
    history.decide(*history.live()[:2], Judgement.DIFFERENT)
    assert resolve_if_needed(history.path, history.clock()) is not None
    assert resolve_if_needed(history.path, history.clock()) is None


def grouped(persons: dict[str, str]) -> set[frozenset[str]]:
    members: defaultdict[str, set[str]] = defaultdict(set)
    for record, person in persons.items():
        members[person].add(record)
    return {frozenset(records) for records in members.values()}


class Histories(RuleBasedStateMachine):
    """Whatever happens: decisions hold, undoing is exact, no id is lost without an alias."""

    base: History  # of the test
    folder: Path

    @initialize(rng=randoms)
    def begins(self, rng: random.Random) -> None:
        self.folder.mkdir(exist_ok=True)
        self.history = copied(self.base, self.folder / "store.db", rng)
        self.ids = self.history.persons()
        self.stale = False

    @rule(rng=randoms)
    def a_post(self, rng: random.Random) -> None:
        self.history.rng, self.stale = rng, True
        self.history.new_post()

    @rule(rng=randoms)
    def an_edit(self, rng: random.Random) -> None:
        self.history.rng, self.stale = rng, True
        self.history.edit()

    @rule(rng=randoms, judgement=st.sampled_from(Judgement))
    def a_decision(self, rng: random.Random, judgement: Judgement) -> None:
        self.stale = True
        self.history.decide(*rng.sample(self.history.live(), 2), judgement)

    @rule(rng=randoms, judgement=st.sampled_from((Judgement.SAME, Judgement.DIFFERENT)))
    def a_decision_and_its_undoing(self, rng: random.Random, judgement: Judgement) -> None:
        """Merging and splitting restore who was who, and all that was told of both."""
        self.resolves()
        pair = self._pair_for(rng, judgement)
        if pair is None:
            return
        before, told, asked = self.history.persons(), exported(self.history), queue(self.history)
        self.history.decide(*pair, judgement)
        self.resolves()
        assert (self.ids[pair[0]] == self.ids[pair[1]]) == (judgement is Judgement.SAME)
        self.history.decide(*pair, Judgement.UNSURE)
        self.resolves()
        assert self.ids == before
        assert exported(self.history) == told
        assert queue(self.history) == asked

    def _pair_for(self, rng: random.Random, judgement: Judgement) -> tuple[str, str] | None:
        """Two records no human has spoken of: of two persons to be merged, of one to be split."""
        with Store.open(self.history.path) as store:
            spoken = {one for d in store.decisions() for one in (d.left, d.right)}
        groups = [sorted(of - spoken) for of in grouped(self.ids) if not of & spoken]
        groups = sorted(of for of in groups if judgement is Judgement.SAME or len(of) > 1)
        if len(groups) < 2:
            return None
        if judgement is Judgement.DIFFERENT:
            return tuple(rng.sample(rng.choice(groups), 2))  # type: ignore[return-value]
        one, other = rng.sample(groups, 2)
        return one[0], other[0]

    @rule()
    def resolves(self) -> None:
        self.history.resolve()
        now, before = self.history.persons(), self.ids
        for record, person in before.items():
            if person in now.values():
                continue
            with Store.open(self.history.path) as store:
                heir = store.person(person)["person_id"]
            moved = {now[one] for one, of in before.items() if of == person and one in now}
            assert heir in moved if moved else record not in now
        self.ids, self.stale = now, False

    @invariant()
    def decisions_hold(self) -> None:
        if self.stale or not hasattr(self, "ids"):
            return
        with Store.open(self.history.path) as store:
            same, banned = human_pairs(store.decisions())
        for left, right in same:
            assert self.ids.get(left) == self.ids.get(right) or {left, right} - self.ids.keys()
        for left, right in banned:
            assert self.ids.get(left) != self.ids.get(right) or {left, right} - self.ids.keys()

    def teardown(self) -> None:
        if hasattr(self, "history"):
            same_as_rebuilt(self.history)


@pytest.mark.parametrize(
    "haste",
    [
        pytest.param(HASTE, id="few"),
        pytest.param(
            settings(HASTE, max_examples=60, stateful_step_count=14),
            id="many",
            marks=pytest.mark.slow,
        ),
    ],
)
def test_random_histories(base: History, tmp_path: Path, haste: settings) -> None:
    class Here(Histories):
        pass

    Here.base, Here.folder = base, tmp_path / "random"
    run_state_machine_as_test(Here, settings=haste)
