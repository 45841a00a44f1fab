"""Posts in the store: nothing twice, nothing raw, every state of a text kept."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from histories import (
    NOW,
    at,
    content,
    man,
    new_store,
    post,
    reading,
    rows,
    save,
    save_list,
)

from model import Batch, Claim, Fetch, Outcome, Record
from store import Store
from store.origins import channel_name, public_url
from store.records import pair_up

LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


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
