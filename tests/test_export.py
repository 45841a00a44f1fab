"""The shapes that leave the store: persons, records and the tally as rows; the dictionary."""

from __future__ import annotations

from pathlib import Path

import pytest
from histories import man, new_store, post, resolve, save, save_list

from model import Claim, UnusableInput
from store import Store, dictionary, dictionary_page

DOCS = Path(__file__).parent.parent / "docs"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = new_store(tmp_path / "rollcall.db")
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man(unit="97734"))
    rows = [
        ("Петров Семён", man(Claim.CAPTURED, event_date="2024-08-20")),
        ("Котов Глеб", man(Claim.DECEASED, surname="Котов", event_date="2024-08-21")),
    ]
    save_list(store, rows)
    clusters: dict[str, list[str]] = {}
    for stored in store.stored_records():
        clusters.setdefault(str(stored.record.surname), []).append(stored.record_id)
    resolve(store, clusters)
    return store


def test_persons_in_the_shape_of_the_design(store: Store) -> None:
    kotov, petrov = store.export_persons()
    assert list(petrov)[:9] == [
        "person_id", "surname", "given", "patronymic", "birth_date", "category", "home_region",
        "unit", "status",
    ]  # fmt: skip
    records = [
        {key: record[key] for key in ("source", "external_id", "row", "surname", "claim")}
        for record in petrov["records"]  # type: ignore[attr-defined]
    ]
    assert records == [
        {"source": "chat", "external_id": "1", "row": None, "surname": "Петров", "claim": "sought"},
        {"source": "list", "external_id": "1", "row": 1, "surname": "Петров", "claim": "captured"},
    ]
    events = [(e["date"], e["status"]) for e in petrov["events"]]  # type: ignore[attr-defined]
    assert events == [("2024-08-07", "missing"), ("2024-08-20", "captured")]
    assert (kotov["sought_from"], kotov["status"]) == (None, "deceased")


def test_records_know_their_person(store: Store) -> None:
    found = [(r["person_id"], r["row"], r["claim"]) for r in store.export_records()]
    assert found == [
        ("Петров", None, "sought"), ("Петров", 1, "captured"), ("Котов", 2, "deceased"),
    ]  # fmt: skip


def test_the_tally_as_rows_adds_up(store: Store) -> None:
    rows = list(store.export_tally("2024-08-23"))
    assert {row["dimension"] for row in rows} == {"all", "category", "region"}
    for dimension in ("all", "category", "region"):
        cells = [r for r in rows if r["dimension"] == dimension and r["status"] != "total"]
        assert sum(int(str(cell["persons"])) for cell in cells) == 1


def test_a_person_and_why(store: Store) -> None:
    person = store.person("Петр")
    assert person["name"] == "Петров Семён"
    assert [e["external_id"] for e in person["events"]] == ["1", None]  # type: ignore[attr-defined]
    assert [r["text"] for r in person["records"]] == ["Ищу Петрова", "Петров Семён"]  # type: ignore[attr-defined]
    with pytest.raises(UnusableInput, match="no person 'nobody'"):
        store.person("nobody")
    with pytest.raises(UnusableInput, match="no person ''"):
        store.person("")


def test_every_column_is_in_the_dictionary(store: Store) -> None:
    there = set(dictionary.columns(store.connection))
    documented = {(table, column) for table, column, *_ in dictionary.documented(store.connection)}
    assert there - documented == set()
    in_file = store.connection.execute("SELECT table_name, column_name FROM data_dictionary")
    assert {tuple(row) for row in in_file} == documented
    known = {key for key in dictionary.meanings() if key[0] != dictionary.EVERYWHERE}
    assert known - there == set()


def test_the_page_of_the_dictionary_is_up_to_date(store: Store) -> None:
    page = (DOCS / "schema.md").read_text(encoding="utf-8")
    assert page == dictionary_page.markdown(store.connection)
