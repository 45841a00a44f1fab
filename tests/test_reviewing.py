"""Editors' words: the order they are asked for, each kept once, and what finds a forged one."""

from __future__ import annotations

import sqlite3
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from doubts import SURNAMES, doubtful
from small import Small

from model import Judgement, UnusableInput
from store import Store, audit_chain, claims, reviewing, turns
from store.applying import Applier
from store.datasette.queries import canned_queries
from store.erasure import erase_person
from store.reviewing import Word
from store.turns import Overtaken

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Small:
    return doubtful(tmp_path_factory.mktemp("doubts") / "world")


@pytest.fixture
def doubts(world: Small, tmp_path: Path) -> Small:
    return world.copy(tmp_path / "doubts")


def word(pair: int, editor: str = "anna", said: str = "same", seen: int = 0) -> Word:
    return Word(review_id=pair, judgement=Judgement(said), editor=editor, seen=seen)


def human(store: Store) -> list[tuple[str, str]]:
    rows = store.connection.execute(
        "SELECT decided_by, judgement FROM decision WHERE is_human = 1 ORDER BY decision_id"
    )
    return [(row[0], row[1]) for row in rows]


# The order


def test_what_would_change_the_count_most_comes_first(doubts: Small) -> None:
    """Two sought men: the likelier. Then a sought man and one of a list with another fate."""
    with Store.open(doubts.db) as store:
        connection = store.connection
        sought, listed = (
            connection.execute(
                "SELECT link.record_id FROM person_record AS link JOIN person USING (person_id) "
                "WHERE (person.sought_from IS NULL) = ? AND person.surname = ? LIMIT 1",
                (on_lists, name),
            ).fetchone()[0]
            for on_lists, name in ((0, "Сухоруков"), (1, "Запольский"))
        )
        connection.execute(
            "INSERT INTO review (left_id, right_id, score, findings, opened_at) VALUES "
            "(?, ?, 2.0, '[]', ?)", (*sorted((sought, listed)), "2024"),
        )  # fmt: skip
        rows = reviewing.queue(connection, 20)
    assert len(rows) == len(SURNAMES) + 1
    expected = [row["expected"] for row in rows]
    assert expected == sorted(expected, reverse=True)
    first = rows[0]
    assert (first["figures"], round(first["chance"], 2), round(first["expected"], 2)) == (
        2,
        0.8,
        1.6,
    )
    assert [row["figures"] for row in rows[1:]] == [1] * len(SURNAMES)
    assert [row["score"] for row in rows[1:]] == [3, 2, 1, 0, -1, -2, -3]


def test_what_is_one_man_now_matters_by_the_chance_that_it_is_not(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        left, right = (
            row[0]
            for row in store.connection.execute(
                "SELECT record_id FROM person_record JOIN person USING (person_id) "
                "WHERE surname = 'Крутицын' AND known_until IS NULL ORDER BY record_id LIMIT 2"
            )
        )
        store.connection.execute(
            "INSERT INTO review (review_id, left_id, right_id, score, findings, opened_at) "
            "VALUES (99, ?, ?, 2.0, '[]', '2024')", (left, right),
        )  # fmt: skip
        weight = reviewing.weight(store.connection, 99)
    assert weight is not None
    assert weight["joined"]
    assert round(weight["expected"], 3) == 0.2


# Two at a time


def test_two_editors_get_two_pairs_and_a_hold_ends(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        hers, his = (reviewing.take_next(store, name, NOW) for name in ("anna", "boris"))
        assert hers != his
        assert reviewing.take_next(store, "anna", NOW) == hers
        assert turns.held_by(store.connection, reviewing.PAIRS, hers or 0, "boris", NOW) == "anna"
        later = NOW + turns.HOLD + timedelta(seconds=1)
        assert reviewing.take_next(store, "boris", later) == hers


def test_a_pair_put_off_comes_after_the_rest(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        seen = []
        for n in range(len(SURNAMES) + 2):
            now = NOW + timedelta(seconds=n)
            pair = reviewing.take_next(store, "anna", now) or 0
            seen.append(pair)
            turns.put_off(store, "review_id", pair, "anna", now)
        assert sorted(seen[:-2]) == sorted(set(seen))
        assert seen[-2:] == seen[:2]
        assert reviewing.take_next(store, "boris", NOW) == seen[0]


def test_a_claim_put_off_comes_after_the_rest(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        first, *others = claims.waiting(store.connection, "anna", 9)
        assert others
        turns.put_off(store, "record_id", first["record_id"], "anna", NOW)
        for asked in (*others, first):
            found = claims.take_next(store, "anna", NOW)
            assert found is not None
            assert found["record_id"] == asked["record_id"]
            claims.speak(store, found["record_id"], "anna", NOW, approved=True)


def test_the_next_pair_waits_for_no_writer(doubts: Small) -> None:
    with Store.open(doubts.db) as busy, Store.open(doubts.db) as store, busy.writing():
        began = time.monotonic()
        assert reviewing.take_next(store, "anna", NOW) is not None
        assert time.monotonic() - began < 3, "a busy database is waited for by the second"
        assert not store.connection.in_transaction
    with Store.open(doubts.db) as store:
        assert reviewing.take_next(store, "anna", NOW) is not None
        (held,) = store.connection.execute("SELECT count(*) FROM review_lease").fetchone()
        assert held == 1


def test_the_second_word_is_refused_and_the_same_sent_twice_is_kept_once(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        pair = reviewing.take_next(store, "anna", NOW) or 0
        number = reviewing.decide(store, word(pair), NOW)
        assert reviewing.decide(store, word(pair), NOW) == number
        with pytest.raises(Overtaken, match="anna came first with “the same man”"):
            reviewing.decide(store, word(pair, "boris", "different"), NOW)
        with pytest.raises(Overtaken, match="anna came first"):
            reviewing.decide(store, word(pair, "anna", "different"), NOW)
        with pytest.raises(UnusableInput, match="no pair 777"):
            reviewing.decide(store, word(777), NOW)
        assert human(store) == [("anna", "same")]


def test_not_sure_leaves_the_pair_to_others(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        pair = reviewing.take_next(store, "anna", NOW) or 0
        number = reviewing.decide(store, word(pair, said="unsure"), NOW)
        assert reviewing.take_next(store, "anna", NOW) != pair
        assert reviewing.take_next(store, "boris", NOW) == pair
        with pytest.raises(Overtaken):  # he has not seen her word
            reviewing.decide(store, word(pair, "boris"), NOW)
        reviewing.decide(store, word(pair, "boris", seen=number), NOW)
        assert human(store) == [("anna", "unsure"), ("boris", "same")]


def test_undo_opens_the_pair_again_once(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        pair = reviewing.take_next(store, "anna", NOW) or 0
        number = reviewing.decide(store, word(pair), NOW)
        added, again = reviewing.undo(store, number, "anna", NOW)
        assert reviewing.take_next(store, "anna", NOW) == again
        for wrong in (number, added):
            with pytest.raises(Overtaken):
                reviewing.undo(store, wrong, "anna", NOW)
        with pytest.raises(UnusableInput, match="no human's decision 9999"):
            reviewing.undo(store, 9999, "anna", NOW)
        assert reviewing.standing_decisions(store.connection, "anna", 5) == []
        reviewing.decide(store, word(again, said="different", seen=added), NOW)
        assert human(store) == [("anna", "same"), ("anna", "unsure"), ("anna", "different")]


def test_eight_editors_at_once_lose_and_double_nothing(doubts: Small) -> None:
    """Each takes and decides until nothing is left, all at the same time, with a second click."""
    told: list[tuple[str, int]] = []
    refused: list[str] = []

    def work(editor: str) -> None:
        with Store.open(doubts.db) as store:
            while (pair := reviewing.take_next(store, editor, datetime.now(UTC))) is not None:
                for _ in range(2):
                    try:
                        number = reviewing.decide(store, word(pair, editor), datetime.now(UTC))
                        told.append((editor, number))
                    except Overtaken:
                        refused.append(editor)

    run_all([lambda name=f"editor{n}": work(name) for n in range(8)])
    with Store.open(doubts.db, read_only=True) as store:
        kept = human(store)
        assert len(kept) == len(SURNAMES)
        assert len({number for _, number in told}) == len(SURNAMES)
        assert list(audit_chain.faults(store.connection, doubts.db)) == []


def test_all_on_one_pair_at_once(doubts: Small) -> None:
    outcomes: list[str] = []

    def work(editor: str, said: str) -> None:
        with Store.open(doubts.db) as store:
            try:
                reviewing.decide(store, word(1, editor, said), NOW)
                outcomes.append(said)
            except Overtaken:
                outcomes.append("refused")

    run_all([lambda n=n: work(f"e{n}", ("same", "different")[n % 2]) for n in range(8)])
    assert outcomes.count("refused") == 7
    with Store.open(doubts.db, read_only=True) as store:
        assert len(human(store)) == 1


def run_all(works: list[Callable[[], None]]) -> None:
    start = threading.Barrier(len(works))

    def begin(work: Callable[[], None]) -> None:
        start.wait()
        work()

    threads = [threading.Thread(target=begin, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
        assert not thread.is_alive()


# Claims


def test_two_editors_confirm_and_one_takes_it_back(doubts: Small) -> None:
    with Store.open(doubts.db) as store:
        first, *_ = claims.waiting(store.connection, "anna", 10)
        record = first["record_id"]
        assert claims.speak(store, record, "anna", NOW, approved=True)
        assert not claims.speak(store, record, "anna", NOW, approved=True)
        assert record not in {c["record_id"] for c in claims.waiting(store.connection, "anna", 10)}
        assert claims.waiting(store.connection, "boris", 10)[0]["record_id"] == record
    for editor in ("anna", "boris"):
        done = doubts.rollcall("review", "approve", record, by=editor)
        assert done.returncode == 0, done.stderr
    assert "approved by anna, boris" in done.stdout
    assert evidence(doubts, record) == "confirmed"
    doubts.rollcall("review", "approve", record, "--refuse", by="anna")
    assert evidence(doubts, record) != "confirmed"
    assert doubts.rollcall("review", "approve", "nobody", by="anna").returncode == 2


def evidence(small: Small, record: str) -> str:
    with Store.open(small.db, read_only=True) as store:
        (found,) = store.connection.execute(
            "SELECT evidence FROM status_event WHERE record_id = ? AND known_until IS NULL",
            (record,),
        ).fetchone()
    return str(found)


# The terminal


def test_pair_after_pair_at_the_terminal(doubts: Small) -> None:
    done = doubts.rollcall("review", by="anna", stdin="s\nd\nz\nn\nhis aunt\nd\nu\nq\n")
    assert done.returncode == 0, done.stderr
    with Store.open(doubts.db, read_only=True) as store:
        assert [said for _, said in human(store)] == [
            "same", "different", "unsure", "different", "unsure",
        ]  # fmt: skip
        notes = store.connection.execute(
            "SELECT note FROM decision WHERE is_human = 1 AND note IS NOT NULL"
        ).fetchall()
        assert [note[0] for note in notes] == ["his aunt"]
        merged = store.connection.execute(
            "SELECT count(*) FROM person WHERE records = 2 AND surname = 'Бережнов'"
        ).fetchone()
    assert merged[0] == 1
    assert "all sought" in done.stdout


# Applying


def test_words_are_applied_in_one_thread_and_faults_are_told() -> None:
    ran: list[int] = []

    def apply() -> None:
        ran.append(1)
        if len(ran) == 2:
            raise UnusableInput("the disk is full")

    with Applier(apply) as applier:
        applier.ask()
        assert applier.wait(10).done == 1
        applier.ask()
        assert applier.wait(10).fault == "the disk is full"
        applier.ask()
        progress = applier.wait(10)
        assert (progress.asked, progress.done, progress.fault) == (3, 3, None)
    assert len(ran) == 3
    waiting = Applier()
    waiting.ask()
    assert (waiting.here, waiting.wait(0.1).done) == (False, 0)


# The audit log


def decided(small: Small) -> None:
    with Store.open(small.db) as store:
        for pair, said in ((1, "same"), (2, "different"), (3, "unsure")):
            reviewing.decide(store, word(pair, said=said), NOW)
        first, *_ = claims.waiting(store.connection, "anna", 1)
        claims.speak(store, first["record_id"], "anna", NOW, approved=True)


def tamper(small: Small, *statements: str) -> None:
    """As one who has the file and knows how to drop a trigger."""
    with sqlite3.connect(small.db) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        for statement in statements:
            connection.execute(statement)
        for _, sql in triggers:
            connection.execute(sql)
    connection.close()


def faults(small: Small, noted: str | None = None) -> list[str]:
    with Store.open(small.db, read_only=True) as store:
        return list(audit_chain.faults(store.connection, small.db, noted))


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("UPDATE audit SET actor = 'anns' WHERE audit_id = 2", "line 2 is not what was written"),
        ("UPDATE audit SET at = at || ' ' WHERE audit_id = 1", "line 1 is not what was written"),
        ("UPDATE audit SET detail = replace(detail, 'same', 'unsure')", "line 1 is not what"),
        ("DELETE FROM audit WHERE audit_id = 2", "line 2 is gone"),
        ("UPDATE audit_link SET link = replace(link, substr(link, 1, 1), 'x') WHERE audit_id = 2",
         "the chain breaks at line 2"),
        ("UPDATE audit_link SET commitment = 'x' WHERE audit_id = 3", "breaks at line 3"),
        ("INSERT INTO audit (at, actor, action, detail) VALUES ('2026', 'eve', 'decide', '{}')",
         "1 lines stand outside the chain"),
        ("UPDATE decision SET judgement = 'different' WHERE is_human = 1 AND judgement = 'same'",
         "is not what was decided"),
        ("UPDATE approval SET approved = 0", "approval 1 is not what was decided"),
    ],
)  # fmt: skip
def test_a_changed_byte_is_found(doubts: Small, statement: str, told: str) -> None:
    decided(doubts)
    assert faults(doubts) == []
    tamper(doubts, statement)
    assert any(told in fault for fault in faults(doubts)), faults(doubts)
    assert doubts.rollcall("doctor", "--audit").returncode == 1


def test_a_dropped_tail_is_found(doubts: Small) -> None:
    decided(doubts)
    tamper(
        doubts,
        "DELETE FROM audit_link WHERE audit_id > 2",
        "DELETE FROM audit WHERE audit_id > 2",
        "DELETE FROM approval",
    )
    assert any("2 lines are missing at the end" in fault for fault in faults(doubts))
    audit_chain.head_file(doubts.db).unlink()
    assert any("the file of heads is gone" in fault for fault in faults(doubts))


def rewrite(small: Small) -> None:
    """Everything anew and in itself right: another actor, other links."""
    tamper(small, "DELETE FROM audit_link", "UPDATE audit SET actor = 'eve'")
    with Store.open(small.db) as store:
        (last,) = store.connection.execute("SELECT max(audit_id) FROM audit").fetchone()
        audit_chain.extend(store.connection, last)


def test_a_rewrite_is_found_by_the_heads_and_by_a_noted_one(doubts: Small) -> None:
    decided(doubts)
    with Store.open(doubts.db, read_only=True) as store:
        lines, link = audit_chain.head(store.connection)
    assert faults(doubts, f"{lines}:{link}") == []
    rewrite(doubts)
    assert any("was rewritten" in fault for fault in faults(doubts))
    # the file of heads rewritten too: only what was written down elsewhere tells
    audit_chain.head_file(doubts.db).unlink()
    with Store.open(doubts.db) as store:
        audit_chain.anchor(store.connection, doubts.db)
    assert faults(doubts) == []
    assert any("was rewritten" in fault for fault in faults(doubts, f"{lines}:{link}"))
    done = doubts.rollcall("doctor", "--head", f"{lines}:{link}")
    assert done.returncode == 1
    assert doubts.rollcall("doctor", "--head", "nonsense").returncode == 2


def test_a_signed_head_cannot_be_forged(doubts: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(audit_chain.KEY, "a key that lies elsewhere")
    decided(doubts)
    assert faults(doubts) == []
    rewrite(doubts)
    audit_chain.head_file(doubts.db).unlink()
    monkeypatch.delenv(audit_chain.KEY)
    with Store.open(doubts.db) as store:
        audit_chain.anchor(store.connection, doubts.db)
    monkeypatch.setenv(audit_chain.KEY, "a key that lies elsewhere")
    assert any("is not signed" in fault for fault in faults(doubts))


def test_lines_from_before_the_chain_are_taken_up(doubts: Small) -> None:
    decided(doubts)
    tamper(doubts, "DELETE FROM audit_link")
    audit_chain.head_file(doubts.db).unlink()
    with Store.open(doubts.db) as store:
        store.audit("anna", "note", NOW)
    assert faults(doubts) == []
    tamper(doubts, "UPDATE audit SET actor = 'eve' WHERE audit_id = 1")
    assert "line 1 is not what was written" in faults(doubts)


# Learning


def test_the_model_is_held_against_what_editors_said(doubts: Small) -> None:
    """Scores 3, 2, 1 are one man, 0 and −1 are two: precision from 0 up is three of four."""
    with Store.open(doubts.db) as store:
        for row in reviewing.queue(store.connection, 5):
            said = "same" if row["score"] > 0 else "different"
            reviewing.decide(store, word(row["review_id"], said=said), NOW)
        rows = {
            row["from_bits"]: dict(row)
            for row in store.connection.execute(canned_queries()["calibration"]["sql"])
        }
    assert (rows[0]["decided"], rows[0]["said_same"], rows[0]["editors_found"]) == (4, 3, 75.0)
    assert (rows[0]["precision_above"], rows[0]["recall_above"]) == (75.0, 100.0)
    assert rows[0]["model_expects"] == round(100 * (8 / 9 + 4 / 5 + 2 / 3 + 1 / 2) / 4, 1)
    assert rows[5]["recall_above"] == 0
    assert rows[-10]["precision_above"] == 60.0


def test_erasure_takes_the_words_on_a_man_and_leaves_the_log_whole(doubts: Small) -> None:
    """A pair decided, another before an editor: both go with the man, and no fault is seen."""
    with Store.open(doubts.db) as store:
        reviewing.decide(store, word(1), NOW)
        reviewing.take_next(store, "boris", NOW)
        pairs = store.connection.execute("SELECT left_id, right_id FROM review").fetchall()
        for left, _ in pairs:
            (person_id,) = store.connection.execute(
                "SELECT person_id FROM person_record WHERE record_id = ? AND known_until IS NULL",
                (left,),
            ).fetchone()
            erase_person(store, person_id, "anna", NOW)
        assert human(store) == []
        assert store.connection.execute("SELECT count(*) FROM review_lease").fetchone()[0] == 0
        assert store.connection.execute("PRAGMA foreign_key_check").fetchall() == []
    assert faults(doubts) == []
