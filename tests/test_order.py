"""Names in the order of the alphabet, wherever a list of them is shown."""

from __future__ import annotations

import asyncio
import re
from pathlib import Path

import httpx
import pytest
from histories import man, new_store, post, resolve, save

from store import Store
from store.datasette.room import Room
from store.search import search_persons
from store.serving import application

ALPHABET = [
    "Дёмин",
    "Егоров",
    "Елин",
    "Ершов",
    "Ёжиков",
    "Ёлкин",
    "Жуков",
    "Королеков",
    "Королёв",
    "Королкин",
]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    with new_store(tmp_path / "rollcall.db") as store:
        for number, surname in enumerate(reversed(ALPHABET)):
            save(store, post(number, "2024-08-07"), "Ищу", man(surname=surname))
        by_name = {
            stored.record.surname or "": [stored.record_id] for stored in store.stored_records()
        }
        resolve(store, by_name)
    return tmp_path / "rollcall.db"


def pages(db: Path, *paths: str) -> list[str]:
    app = application(Room(db=db, open_as="editor"))

    async def ask() -> list[str]:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            return [(await client.get(path)).text for path in paths]

    return asyncio.run(ask())


def shown(page: str) -> list[str]:
    return re.findall(r">(\w+) Семён<", page)


def test_people_stand_by_the_alphabet(db: Path) -> None:
    people, newly, backwards, records = pages(
        db, "/rollcall/person?closed_at__isnull=1",
        "/rollcall/newly_missing?from_day=2024-08-01&to_day=2024-08-30",
        "/rollcall/person?_sort_desc=sorted_name", "/rollcall/record?_sort=sorted_surname",
    )  # fmt: skip
    assert shown(people) == shown(newly) == ALPHABET
    assert shown(backwards) == ALPHABET[::-1]
    assert re.findall(r'class="col-surname[^>]*>(\w+)<', records) == ALPHABET


def test_the_heading_of_names_orders_by_the_alphabet(db: Path) -> None:
    people, records = pages(db, "/rollcall/person", "/rollcall/record")
    assert "_sort_desc=sorted_name" in people
    assert "_sort=sorted_surname" in records
    assert "_sort=surname" not in records


@pytest.mark.parametrize("asked", ["Королев", "Королёв", "КОРОЛЁВ", "королева", "Королёвым"])
def test_a_search_folds(db: Path, asked: str) -> None:
    (page,) = pages(db, f"/rollcall/person?closed_at__isnull=1&_search={asked}")
    assert "Королёв" in shown(page)


def test_the_terminal_folds_and_orders_too(db: Path) -> None:
    with Store.open(db, read_only=True) as store:
        found = [p["name"] for p in search_persons(store.connection, "семен", 20)]
        assert [str(name).split()[0] for name in found] == ALPHABET
        assert search_persons(store.connection, "елкин", 5)[0]["name"] == "Ёлкин Семён"
