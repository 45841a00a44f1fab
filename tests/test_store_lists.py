"""Rows of lists in the store keep their ids; copies point to the earliest."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from histories import (
    NOW,
    man,
    new_store,
    post,
    rows,
    save,
    save_list,
)

from model import Claim
from store import Store
from store.copies import is_copy, shingles

LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


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
