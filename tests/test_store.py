"""What the one file promises: nothing twice, nothing lost, nothing raw, nothing overwritten."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import replace
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
    reading,
    resolve,
    save,
    save_list,
    source,
)

from model import Batch, Claim, Decision, Fetch, Judgement, Outcome, Record, StoreUnusable
from store import Store
from store import connection as connections
from store.copies import is_copy, shingles
from store.migrations import TRIGGERS
from store.origins import channel_name, public_url
from store.records import pair_up
from store.trouble import Ended

LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    return [tuple(row) for row in store.connection.execute(query).fetchall()]


# The file


def test_pragmas_that_keep_what_was_acknowledged(store: Store) -> None:
    wanted = {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "secure_delete": 1}
    found = {name: rows(store, f"PRAGMA {name}")[0][0] for name in wanted}
    assert found == wanted
    assert rows(store, "PRAGMA application_id") == [(connections.APPLICATION_ID,)]
    assert (store.path.stat().st_mode & 0o077) == 0


def test_an_old_sqlite_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(connections, "OLDEST_SQLITE", (99, 0, 0))
    with pytest.raises(StoreUnusable, match="can corrupt"):
        Store.open(tmp_path / "new.db", create=True)


def test_an_absent_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnusable, match=r"absent\.db: no such database"):
        Store.open(tmp_path / "absent.db")
    assert not (tmp_path / "absent.db").exists()


def test_another_programs_database_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "other.db"
    other = pysqlite3.connect(path)
    other.execute("CREATE TABLE theirs (x)")
    other.close()
    before = path.read_bytes()
    with pytest.raises(StoreUnusable, match="not one of rollcall's"):
        Store.open(path, create=True)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "text.db"
    path.write_text("not a database, but long enough to be read as a header " * 40)
    with pytest.raises(StoreUnusable, match=r"text\.db"):
        Store.open(path)


def test_a_newer_schema_is_refused(store: Store) -> None:
    store.connection.execute("PRAGMA user_version = 999")
    with pytest.raises(StoreUnusable, match="999 is newer"):
        Store.open(store.path)


@pytest.mark.parametrize("trigger", sorted(TRIGGERS))
def test_a_lost_trigger_is_noticed(store: Store, trigger: str) -> None:
    store.connection.execute(f"DROP TRIGGER {trigger}")
    with pytest.raises(StoreUnusable, match=trigger):
        Store.open(store.path)


def test_all_triggers_are_watched(store: Store) -> None:
    found = rows(store, "SELECT name FROM sqlite_schema WHERE type = 'trigger'")
    assert {name for (name,) in found} == TRIGGERS


def test_a_file_removed_under_us_acknowledges_nothing(store: Store) -> None:
    store.path.unlink()
    with pytest.raises(StoreUnusable, match="removed or replaced"):
        save(store, post(1, "2024-08-07"), "Ищу Петрова", man())


def test_a_reader_cannot_write(store: Store) -> None:
    with (
        Store.open(store.path, read_only=True) as reader,
        pytest.raises(StoreUnusable, match="readonly"),
    ):
        save(reader, post(1, "2024-08-07"), "Ищу Петрова", man())


def test_a_second_writer_waits_its_turn(store: Store) -> None:
    def write() -> None:
        with Store.open(store.path) as other:
            save(other, post(2, "2024-08-08"), "Ищу Котова", man(surname="Котов"))

    store.connection.execute("BEGIN IMMEDIATE")
    thread = threading.Thread(target=write)
    thread.start()
    thread.join(0.3)
    assert thread.is_alive()
    store.connection.execute("COMMIT")
    thread.join(10)
    assert rows(store, "SELECT count(*) FROM post") == [(1,)]


def test_all_or_nothing(store: Store) -> None:
    one, two = post(1, "2024-08-07"), post(2, "2024-08-08", name="unknown source")
    said = [reading("Ищу Петрова", man()), reading("Ищу Котова", man())]
    with pytest.raises(pysqlite3.IntegrityError):
        store.save_batch(Batch(source="chat", posts=(one, two), cursor={"n": 2}), said, NOW)
    assert store.cursor("chat") == {}
    assert rows(store, "SELECT count(*) FROM post") == [(0,)]


WRITER = """
import itertools, sys
from pathlib import Path
from histories import man, new_store, post, save
with new_store(Path(sys.argv[1])) as store:
    for number in itertools.count():
        save(store, post(number, "2024-08-07"), f"Ищу {number}", man(surname=f"Котов{number}"))
        print(number, flush=True)
"""


def test_a_killed_writer_loses_nothing_it_acknowledged(tmp_path: Path) -> None:
    path = tmp_path / "killed.db"
    writer = subprocess.Popen(
        [sys.executable, "-c", WRITER, str(path)],
        stdout=subprocess.PIPE,
        cwd=Path(__file__).parent,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
    )
    assert writer.stdout is not None
    acknowledged = [int(writer.stdout.readline()) for _ in range(30)]
    writer.kill()
    writer.wait()
    writer.stdout.close()
    with Store.open(path) as store:
        saved = {int(str(number)) for (number,) in rows(store, "SELECT external_id FROM post")}
        assert saved >= set(acknowledged)
        assert store.cursor("chat") == {"last": str(max(saved))}
        assert rows(store, "SELECT count(*) FROM record") == [(len(saved),)]
        assert rows(store, "PRAGMA quick_check") == [("ok",)]


# Posts


def test_the_same_batch_again_changes_nothing(store: Store) -> None:
    def collect() -> None:
        save(store, post(1, "2024-08-07", url="https://t.me/chat/1"), "Ищу Петрова", man())
        save(store, post(2, "2024-08-08", edited_at=at("2024-08-09")), "Котов в плену",
             man(Claim.CAPTURED, surname="Котов"))  # fmt: skip
        save_list(store, [("Петров С.", man(Claim.CAPTURED)), ("Котов", man(Claim.CAPTURED))])

    collect()
    before = content(store)
    collect()
    assert content(store) == before


def test_nothing_raw_reaches_the_disk(store: Store) -> None:
    phone, wall = "8 900 000 12 34", "https://vk.com/id123456"
    plain = post(1, "2024-08-07", url=wall, forwarded_from="Ольга Петрова")
    raw = replace(plain, text=f"Ищу Петрова, {phone}, Ольга")
    said = [reading("Ищу Петрова, [телефон]", man())]
    store.save_batch(Batch(source="chat", posts=(raw,), cursor={"last": 1}), said, NOW)
    on_disk = b"".join(file.read_bytes() for file in store.path.parent.iterdir())
    for leak in (phone, wall, "Ольга"):
        assert leak.encode() not in on_disk
    assert "Ищу Петрова".encode() in on_disk  # the search itself would find what is there


def test_every_state_of_a_text_is_kept(store: Store) -> None:
    for hour, text in enumerate(["A", "B", "A"], 1):
        edited = None if hour == 1 else at("2024-08-08", hour)
        save(store, post(1, "2024-08-07", edited_at=edited), text, man())
    assert rows(store, "SELECT version, text FROM post_version ORDER BY version") == [
        (1, "A"), (2, "B"), (3, "A"),
    ]  # fmt: skip
    assert rows(store, "SELECT text, versions FROM post") == [("A", 3)]


def test_an_older_edit_from_a_cache_is_no_news(store: Store) -> None:
    save(store, post(1, "2024-08-07", edited_at=at("2024-08-09")), "B", man())
    save(store, post(1, "2024-08-07", edited_at=at("2024-08-08")), "A", man())
    assert rows(store, "SELECT text, versions FROM post") == [("B", 1)]


def test_an_edit_keeps_the_records_id_and_history(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man(birth_date="2004"))
    (before,) = store.stored_records()
    save(store, post(1, "2024-08-07", edited_at=at("2024-08-08")), "Ищу Петрова, 03.05.2004",
         man(birth_date="2004-05-03"), now=LATER)  # fmt: skip
    (after,) = store.stored_records()
    assert after.record_id == before.record_id
    assert after.record.birth_date == "2004-05-03"
    assert rows(store, "SELECT birth_date FROM record_version") == [("2004",)]
    assert [store.changed_records(), store.stored_records(since=NOW)] == [
        [after.record_id], [after],
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("facts", "first_claim", "public", "asked"),
    [
        pytest.param((), None, "2024-08-07", "2024-08-07", id="only the final text is known"),
        pytest.param(("edited_part",), None, "2024-08-09", "2024-08-07", id="it shows an update"),
        pytest.param((), Claim.SOUGHT, "2024-08-09", "2024-08-07", id="the edit brought it"),
        pytest.param((), Claim.CAPTURED, "2024-08-07", "2024-08-07", id="it was said before"),
    ],
)
def test_when_a_claim_became_public(
    store: Store, facts: tuple[str, ...], first_claim: Claim | None, public: str, asked: str
) -> None:
    if first_claim:
        save(store, post(1, "2024-08-07"), "Первый текст", man(first_claim, asks=True))
    save(store, post(1, "2024-08-07", edited_at=at("2024-08-09")), "Правленый текст",
         man(Claim.CAPTURED, asks=True, facts=facts))  # fmt: skip
    assert rows(store, "SELECT public_on, asked_on FROM record") == [(public, asked)]


@pytest.mark.parametrize(
    ("record", "asked_on"),
    [
        (man(asks=True), "2024-08-07"),
        (man(asks=False), "2024-08-07"),
        (man(asks=False, given=None), None),
        (man(asks=True, surname=None), "2024-08-07"),
        (man(Claim.CAPTURED, asks=True), "2024-08-07"),
        (man(Claim.CAPTURED, asks=False), None),
    ],
)
def test_who_asks(store: Store, record: Record, asked_on: str | None) -> None:
    save(store, post(1, "2024-08-07"), "Петров", record)
    save_list(store, [("Петров", record)])
    assert rows(store, "SELECT asked_on FROM record ORDER BY post_id IS NULL") == [
        (asked_on,), (None,),
    ]  # fmt: skip


def test_an_edit_that_stops_asking_does_not_undo_the_search(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man())
    save(store, post(1, "2024-08-07", edited_at=at("2024-08-09")), "НАЙДЕН",
         man(Claim.FOUND_ALIVE))  # fmt: skip
    (found,) = store.stored_records()
    assert (found.asked_at, found.public_at) == (at("2024-08-07"), at("2024-08-09"))


def test_a_man_edited_out_is_closed_and_comes_back_as_himself(store: Store) -> None:
    one, other = man(), man(surname="Котов", given="Глеб")
    ids = []
    for hour, men in enumerate([(one, other), (one,), (one, other)], 1):
        edited = at("2024-08-08", hour)
        save(store, post(1, "2024-08-07", edited_at=edited), f"Список {hour}", *men)
        ids.append({stored.record_id for stored in store.stored_records()})
    assert ids[0] == ids[2] > ids[1]


def test_a_new_extractor_is_no_edit(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man())
    save(store, post(1, "2024-08-07"), "Ищу [имя]", man(category=None, unit="97734"),
         extractor="2", now=LATER)  # fmt: skip
    assert rows(store, "SELECT versions, text, extractor FROM post") == [(1, "Ищу [имя]", "2")]
    assert rows(store, "SELECT text FROM post_version") == [("Ищу [имя]",)]
    assert rows(store, "SELECT unit, public_on FROM record") == [("97734", "2024-08-07")]


def test_deletion_removes_nothing_from_the_count(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man())
    gone = Batch(source="chat", deleted=("1",))
    store.save_batch(gone, [], LATER)
    first = content(store)
    store.save_batch(gone, [], LATER + timedelta(days=1))
    assert content(store) == first
    assert rows(store, "SELECT deleted_at IS NOT NULL FROM post") == [(1,)]
    assert len(store.stored_records()) == 1


def test_a_failed_fetch_is_a_row(store: Store) -> None:
    fetch = Fetch(source="chat", url="https://t.me/s/chat", started_at=NOW, seconds=0.2,
                  outcome=Outcome.FAILED, status=500, error="chat: answered 500")  # fmt: skip
    store.save_fetches([fetch])
    assert rows(store, "SELECT outcome, status, error FROM fetch") == [
        ("failed", 500, "chat: answered 500")
    ]


@pytest.mark.parametrize(
    ("new", "old", "pairs"),
    [
        (["петров семен"], ["петров семен"], {0: 0}),
        (["петров семен ильич"], ["котов глеб", "петров семен"], {0: 1}),
        (["котов глеб"], ["петров семен"], {}),
        (["котов глеб", "котов иван"], ["котов иван"], {1: 0}),
        ([], ["петров семен"], {}),
    ],
)
def test_who_is_who_after_an_edit(new: list[str], old: list[str], pairs: dict[int, int]) -> None:
    assert pair_up(new, old) == pairs


@pytest.mark.parametrize(
    ("url", "kept"),
    [
        ("https://t.me/poisk/12", True),
        ("https://vk.com/wall-1234_56", True),
        ("https://vk.com/wall1234_56", False),
        ("https://vk.com/id1234", False),
        ("https://vk.com/pelageya_t", False),
        ("https://m.vk.com/pelageya_t?from=search", False),
        ("https://vk.com/public1234", True),
        ("https://vk.com/poisk?w=wall-1234_5", True),
        ("https://t.me/pelageya_t", False),
        ("https://t.me/s/poisk", True),
        ("https://ok.ru/pelageya", False),
        ("https://notvk.example/pelageya", True),
        ("https://vk.com/feed?w=wall1234_5", False),
        ("https://ok.ru/group/555/topic/1", True),
        ("https://ok.ru/profile/555", False),
        ("https://wa.me/79000000000", False),
        (None, False),
    ],
)
def test_no_link_leads_to_a_person(url: str | None, kept: bool) -> None:
    assert public_url(url) == (url if kept else None)


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Тыва. Наши ребята", True),
        ("Новости без цензора", True),
        ("Ольга Петрова", False),
        ("Петрова Ольга Ивановна", False),
        ("Мама Ольга", False),
        ("@olga_p", False),
        ("☎", False),
        (None, False),
    ],
)
def test_a_forward_names_a_channel_or_nobody(name: str | None, kept: bool) -> None:
    assert channel_name(name) == (name if kept else None)


# Lists


def listed(store: Store) -> list[tuple[object, ...]]:
    return rows(store, "SELECT row, text, gone_at IS NOT NULL FROM list_row ORDER BY row_id")


def test_a_list_that_grows_at_the_top_keeps_its_rows(store: Store) -> None:
    old = [(f"Котов {n}", man(Claim.CAPTURED, surname=f"Котов{n}")) for n in range(5)]
    save_list(store, old)
    ids = {s.record.surname: s.record_id for s in store.stored_records()}
    save_list(store, [("Белов", man(Claim.CAPTURED, surname="Белов")), *old], now=LATER)
    after = {s.record.surname: (s.record_id, s.row) for s in store.stored_records()}
    assert {name: after[name][0] for name in ids} == ids
    assert after["Белов"][1] == 1
    assert after["Котов0"][1] == 2
    assert rows(store, "SELECT count(*) FROM row_version") == [(6,)]


def test_a_row_edited_in_place_keeps_its_id(store: Store) -> None:
    save_list(store, [("Котов Глеб 2004", man(surname="Котов", birth_date="2004"))])
    (before,) = store.stored_records()
    save_list(store, [("Котов Глеб 2005", man(surname="Котов", birth_date="2005"))], now=LATER)
    (after,) = store.stored_records()
    assert after.record_id == before.record_id
    assert rows(store, "SELECT text FROM row_version ORDER BY version") == [
        ("Котов Глеб 2004",), ("Котов Глеб 2005",),
    ]  # fmt: skip


def test_a_row_that_is_gone_is_flagged_and_may_return(store: Store) -> None:
    pair = [("Белов Иван, Тула", man(surname="Белов")), ("Котов Глеб, Псков", man(surname="Котов"))]
    save_list(store, pair)
    save_list(store, pair[1:], now=LATER)
    assert [row[2] for row in rows(store, "SELECT row, text, gone_at IS NOT NULL FROM list_row "
                                          "ORDER BY text")] == [1, 0]  # fmt: skip
    assert len(store.stored_records()) == 1  # its claim went with it
    save_list(store, pair, now=LATER)
    assert [row[2] for row in listed(store)] == [0, 0]
    assert len(listed(store)) == 2


def test_the_lists_own_ids_outrank_place_and_text(store: Store) -> None:
    pair = [("Белов", man(surname="Белов")), ("Котов", man(surname="Котов"))]
    save_list(store, pair, ids=["a", "b"])
    ids = {s.external_id: s.record_id for s in store.stored_records()}
    swapped = [("Котов Глеб", man(surname="Котов")), ("Белов Иван", man(surname="Белов"))]
    save_list(store, swapped, ids=["b", "a"], now=LATER)
    assert {s.external_id: s.record_id for s in store.stored_records()} == ids


@pytest.mark.parametrize(
    ("event_date", "public_on"),
    [("2024-08-19", "2024-08-19"), ("2024-08", "2025-01-01"), (None, "2025-01-01")],
)
def test_a_rows_day(store: Store, event_date: str | None, public_on: str) -> None:
    for now in (NOW, LATER):
        save_list(store, [("Белов", man(Claim.DECEASED, event_date=event_date))], now=now)
    assert rows(store, "SELECT public_on FROM record") == [(public_on,)]


# Copies

PLEA = (
    "Пропал {name}, срочник, призван из Читы в декабре, служил в части под Суджей, последний раз "
    "звонил матери шестого августа утром и сказал что связь плохая, кто видел отзовитесь"
)


def test_a_repost_points_to_the_earliest(store: Store) -> None:
    save(store, post(1, "2024-08-08", name="news"), PLEA.format(name="Семён Петров"), man())
    save(store, post(2, "2024-08-07"), PLEA.format(name="Петров Семён") + " репост", man())
    save(store, post(3, "2024-08-09"), PLEA.format(name="Петров С"), man())
    save(store, post(4, "2024-08-09"), "Ищу брата Петрова Семёна, помогите, не звонит", man())
    found = dict(rows(store, "SELECT external_id, copy_of FROM record JOIN post USING (post_id)"))
    root = rows(store, "SELECT record_id FROM record JOIN post USING (post_id) "
                       "WHERE external_id = '2'")[0][0]  # fmt: skip
    assert found == {"1": root, "2": None, "3": root, "4": None}


def test_short_texts_are_never_copies() -> None:
    text = shingles("Петров Семён Ильич, 2005 г.р., в плену, есть видео")
    assert not is_copy(text, text)


# Decisions and the queue


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


# Persons


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


# Schedule


def test_due_sources_and_the_wait_after_failures(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "s.db", create=True)
    store.save_sources([source("a"), source("b")])
    assert store.due_sources(NOW) == ["a", "b"]
    store.record_attempt("a", Ended(), started_at=NOW, now=NOW)
    assert store.due_sources(NOW) == ["b"]
    assert store.due_sources(NOW + timedelta(hours=6)) == ["b", "a"]
    for _ in range(4):
        store.record_attempt(
            "b", Ended(error="b: answered 500", state="failing"), started_at=NOW, now=NOW
        )
    assert store.due_sources(NOW + timedelta(hours=23)) == ["a"]
    assert store.due_sources(NOW + timedelta(hours=24)) == ["a", "b"]
    line = next(one for one in store.health() if one["name"] == "b")
    assert (line["failures"], line["last_error"]) == (4, "b: answered 500")
    store.save_sources([source("a")])
    assert store.due_sources(NOW + timedelta(days=9)) == ["a"]
