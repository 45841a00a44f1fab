"""What others commit while a resolution works: nothing of it is lost, and nothing is done twice."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from histories_random import History, begin, said

import resolution
from model import Fetch, Judgement, Outcome
from store import Store
from store.erasure import erase_person

Event = Callable[[History], object]


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> History:
    return begin(tmp_path_factory.mktemp("base") / "base.db", seed=7, posts=80, men=16)


@pytest.fixture
def history(base: History, tmp_path: Path) -> History:
    shutil.copy(base.path, tmp_path / "a.db")
    return replace(base, path=tmp_path / "a.db", rng=random.Random(1), posts=list(base.posts))  # noqa: S311


def a_post(history: History) -> None:
    """And then a request of another source, begun after the post was kept."""
    history.new_post()
    later = Fetch(source="list", url="x", started_at=history.clock(), seconds=0.1,
                  outcome=Outcome.OK)  # fmt: skip
    with Store.open(history.path) as store:
        store.save_fetches([later])


def an_edit(history: History) -> None:
    history.speaks(history.posts[3], [said(history.rng, history.men[2])])


def a_post_that_falls_silent(history: History) -> None:
    """Others still speak of its man."""
    with Store.open(history.path) as store:
        (post,) = store.connection.execute(
            "SELECT external_id FROM post JOIN record USING (post_id) "
            "JOIN person_record AS link USING (record_id) WHERE 1 < (SELECT count(*) "
            "FROM person_record WHERE person_id = link.person_id AND known_until IS NULL) LIMIT 1"
        ).fetchone()
    history.speaks(post, [])


def a_word(history: History) -> None:
    persons = history.persons()
    left, right = next(
        (a, b) for a in persons for b in persons if a < b and persons[a] == persons[b]
    )
    history.decide(left, right, Judgement.DIFFERENT)


def another_resolution(history: History) -> None:
    history.new_post()
    assert resolution.resolve_if_needed(history.path, history.clock()) is not None


def an_erasure(history: History) -> None:
    with Store.open(history.path) as store:
        erase_person(store, min(store.previous().values()), "Анна", history.clock())


def exported(history: History) -> list[object]:
    with Store.open(history.path) as store:
        return list(store.export_persons())


EVENTS = (a_post, an_edit, a_post_that_falls_silent, a_word, another_resolution, an_erasure)


@pytest.mark.parametrize("full", [False, True], ids=["increment", "rebuild"])
@pytest.mark.parametrize("event", EVENTS)
def test_nothing_is_lost(
    history: History,
    monkeypatch: pytest.MonkeyPatch,
    event: Event,
    full: bool,
) -> None:
    """It happens after the run has read the store and before it writes."""
    decided, happened = resolution._decided, []

    def meanwhile(*words: Any, **named: Any) -> object:
        found = decided(*words, **named)
        if not happened:
            happened.append(event)
            event(history)
        return found

    history.new_post()
    monkeypatch.setattr(resolution, "_decided", meanwhile)
    history.resolve(full=full)
    assert happened
    resolution.resolve_if_needed(history.path, history.clock())
    assert history.persons().keys() == set(history.live())
    found = history.persons(), history.kept(), exported(history)
    history.resolve(full=True)
    assert (history.persons(), history.kept(), exported(history)) == found
