"""Doubtful rows of lists: they count for nobody, `doctor` names them, an erasure finds them."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from histories import NOW, man, new_store

from model import Batch, Claim, Doubt, ListRow, Reading
from store import Store, doubts, quarantine
from store.erasure import erase_person
from store.releasing import decide

ZIMIN = man(
    Claim.CAPTURED, surname="Зимин", given="Лука", patronymic="Ильич", birth_date="1990-01-01"
)


def bring(store: Store, *readings: Reading, days: float = 0) -> None:
    rows = tuple(ListRow(source="list", row=n, cells={}) for n in range(1, len(readings) + 1))
    batch = Batch(source="list", rows=rows, whole_list=True)
    store.save_batch(batch, readings, NOW + timedelta(days=days))


def sure(extractor: str = "1") -> Reading:
    return Reading(text="Зимин Лука Ильич · хз", records=(ZIMIN,), extractor=extractor)


def doubtful(extractor: str = "1") -> Reading:
    return Reading(
        text="Зимин Лука Ильич · хз", records=(), extractor=extractor,
        doubt=Doubt(why="the status «хз» is not understood", record=ZIMIN),
    )  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


def test_a_doubtful_row_counts_for_nobody_and_is_told(store: Store) -> None:
    bring(store, doubtful())
    assert store.stored_records() == []
    (told,) = doubts.listing(store.connection)
    assert told[:3] == ("list", 1, "the status «хз» is not understood")


def test_a_row_that_became_doubtful_loses_its_record_and_back(store: Store) -> None:
    bring(store, sure())
    bring(store, doubtful("2"), days=1)
    assert store.stored_records() == []
    bring(store, sure("3"), days=2)
    assert [one.record.surname for one in store.stored_records()] == ["Зимин"]
    assert doubts.listing(store.connection) == []


def test_a_row_that_left_the_list_is_no_longer_told(store: Store) -> None:
    other = Reading(text="Ким Олег", records=(), extractor="1")
    bring(store, other, doubtful())
    bring(store, other, days=1)
    assert doubts.listing(store.connection) == []


def test_an_erased_mans_doubtful_rows_go_and_stay_away(store: Store) -> None:
    from histories import resolve  # noqa: PLC0415

    bring(store, sure(), doubtful())
    resolve(store, {"Зимин": [one.record_id for one in store.stored_records()]})
    (person,) = store.connection.execute("SELECT person_id FROM person").fetchall()
    erase_person(store, person["person_id"], "Анна", NOW)
    texts = "SELECT count(*) FROM list_row WHERE text LIKE '%Зимин%'"
    assert store.connection.execute(texts).fetchone()[0] == 0
    assert store.connection.execute("SELECT count(*) FROM doubtful_row").fetchone()[0] == 0
    bring(store, doubtful("2"), days=1)
    assert store.connection.execute(texts).fetchone()[0] == 0


def test_a_held_import_keeps_its_doubts(store: Store) -> None:
    bring(store, *[Reading(text=f"Ким Олег {n}", records=(), extractor="1") for n in range(20)])
    bring(store, doubtful(), days=1)
    (waiting,) = quarantine.listing(store.connection)
    decide(store, int(str(waiting["import_id"])), release=True, by="Анна", now=NOW)
    assert store.stored_records() == []
    assert len(doubts.listing(store.connection)) == 1


def test_the_same_words_read_surely_later_count(store: Store) -> None:
    """As when the operator names the status in the list's file: neither text nor rules changed."""
    bring(store, doubtful(), Reading(text="Ким Олег", records=(), extractor="1"))
    bring(store, sure(), Reading(text="Ким Олег Ли", records=(), extractor="1"), days=1)
    assert [one.record.surname for one in store.stored_records()] == ["Зимин"]
    assert doubts.listing(store.connection) == []


def test_a_doubt_keeps_the_day_it_was_first_noted(store: Store) -> None:
    bring(store, doubtful())
    first = doubts.listing(store.connection)
    bring(store, doubtful("2"), days=3)
    assert doubts.listing(store.connection) == first
