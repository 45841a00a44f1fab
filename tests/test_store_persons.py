"""Decisions are appended, persons keep their history."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pysqlite3
import pytest
from histories import (
    NOW,
    at,
    content,
    man,
    new_store,
    post,
    resolve,
    rows,
    save,
)

from model import Decision, Judgement
from store import Store

LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


def decision(left: str, right: str, judgement: Judgement, by: str = "model:1") -> Decision:
    score = 3.5 if by.startswith("model") else None
    return Decision(
        left=min(left, right), right=max(left, right), judgement=judgement, score=score, by=by,
        at=NOW,
    )  # fmt: skip


@pytest.fixture
def pair(store: Store) -> tuple[str, str]:
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man())
    save(store, post(2, "2024-08-08"), "Ищу Петрова С.", man(given="С."))
    left, right = sorted(stored.record_id for stored in store.stored_records())
    return left, right


def test_decisions_are_appended_and_undone_by_adding(store: Store, pair: tuple[str, str]) -> None:
    unsure = decision(*pair, Judgement.UNSURE)
    resolve(store, {"a": pair[:1], "b": pair[1:]}, decisions=[unsure], review=[unsure])
    (open_pair,) = store.review_queue()
    assert (open_pair["left"]["record_id"], open_pair["right"]["record_id"]) == pair  # type: ignore[index]
    store.record_decision(decision(*pair, Judgement.SAME, "anna"))
    assert store.review_queue() == []
    assert [d.judgement for d in store.decisions()] == [Judgement.SAME]
    store.record_decision(decision(*pair, Judgement.UNSURE, "anna"))
    assert [d.judgement for d in store.decisions()] == [Judgement.UNSURE]
    assert len(store.review_queue()) == 1
    assert rows(store, "SELECT count(*) FROM decision") == [(3,)]
    for change in ("UPDATE decision SET note = 'x'", "DELETE FROM decision"):
        with pytest.raises(pysqlite3.IntegrityError, match="append-only"):
            store.connection.execute(change)


def test_the_models_same_decision_again_is_not_appended(
    store: Store, pair: tuple[str, str]
) -> None:
    for _ in range(2):
        same = decision(*pair, Judgement.SAME)
        resolve(store, {"a": pair}, decisions=[same])
    assert rows(store, "SELECT count(*) FROM decision") == [(1,)]


def test_an_editors_word_is_not_queued_again(store: Store, pair: tuple[str, str]) -> None:
    store.record_decision(decision(*pair, Judgement.DIFFERENT, "anna"))
    resolve(store, {"a": pair[:1], "b": pair[1:]}, review=[decision(*pair, Judgement.UNSURE)])
    assert store.review_queue() == []


def test_a_pair_the_model_became_sure_of_leaves_the_queue(
    store: Store, pair: tuple[str, str]
) -> None:
    apart = {"a": pair[:1], "b": pair[1:]}
    resolve(store, apart, review=[decision(*pair, Judgement.UNSURE)])
    assert len(store.review_queue()) == 1
    resolve(store, {"a": pair[:1]})  # an incremental run that saw only one of the two
    assert len(store.review_queue()) == 1
    resolve(store, apart)
    assert store.review_queue() == []


def test_the_same_resolution_again_changes_nothing(store: Store, pair: tuple[str, str]) -> None:
    resolve(store, {"a": pair})
    before = content(store)
    resolve(store, {"a": pair}, now=LATER)
    assert content(store) == before


def test_merge_and_split_restore_both_histories(store: Store, pair: tuple[str, str]) -> None:
    apart = {"a": pair[:1], "b": pair[1:]}
    resolve(store, apart)
    before = [store.person(one)["events"] for one in apart]
    resolve(store, {"a": pair}, aliases=[("b", "a")], now=LATER)
    assert store.person("b")["person_id"] == "a"
    assert store.person("a")["aliases"] == ["b"]
    assert [one["person_id"] for one in store.search("петров")] == ["a"]
    resolve(store, apart, now=LATER + timedelta(days=1))
    assert store.person("b")["person_id"] == "b"
    assert [store.person(one)["events"] for one in apart] == before


def test_a_version_is_closed_never_rewritten(store: Store, pair: tuple[str, str]) -> None:
    resolve(store, {"a": pair})
    for change in (
        "UPDATE person_version SET surname = 'Котов'",
        "UPDATE status_event SET public_on = '2020-01-01'",
        "UPDATE status_event SET known_until = NULL",
    ):
        with pytest.raises(pysqlite3.IntegrityError, match="never rewritten"):
            store.connection.execute(change)


def test_confirmed_needs_two_different_editors_in_the_file_itself(
    store: Store, pair: tuple[str, str]
) -> None:
    resolve(store, {"a": pair})
    insert = (
        "INSERT INTO status_event (person_id, status, public_on, learned_at, record_id, evidence, "
        "retracts, retracted, known_from) SELECT person_id, '{status}', public_on, learned_at, "
        "record_id, 'confirmed', '[]', 0, '2026' FROM status_event LIMIT 1"
    )
    for editor in ("anna", "anna"):
        store.approve(pair[0], editor, NOW)
        with pytest.raises(pysqlite3.IntegrityError, match="two different editors"):
            store.connection.execute(insert.format(status="missing"))
    store.approve(pair[0], "boris", NOW)
    store.connection.execute(insert.format(status="missing"))
    with pytest.raises(pysqlite3.IntegrityError, match="editors of this claim"):
        store.connection.execute(insert.format(status="deceased"))  # they approved the search
    store.approve(pair[0], "boris", NOW, approved=False)
    with pytest.raises(pysqlite3.IntegrityError, match="two different editors"):
        store.connection.execute(insert.format(status="missing"))


def test_a_person_nobody_speaks_of_any_more_is_closed(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man())
    (stored,) = store.stored_records()
    resolve(store, {"a": [stored.record_id]})
    save(store, post(1, "2024-08-07", edited_at=at("2024-08-09")), "Собака нашлась", now=LATER)
    resolve(store, {}, now=LATER)
    assert store.tally("2025-01-01")["total"] == 0
    assert rows(store, "SELECT closed_at IS NOT NULL FROM person") == [(1,)]


@pytest.mark.parametrize("query", ["петров семен", "ПЕТРОВ", "сем", '"петров" OR', "петров*"])
def test_search_finds_every_spelling(store: Store, pair: tuple[str, str], query: str) -> None:
    resolve(store, {"a": pair})
    assert [found["person_id"] for found in store.search(query.replace(" OR", ""))] == ["a"]
    assert store.search('") OR name:x') == []
