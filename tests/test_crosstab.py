"""Counts by any two dimensions, the age of the last sign, and what was seen of a day."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from histories import NOW, at, man, new_store, post, resolve, save

from model import Category, Claim, Evidence, Fetch, Outcome, Sex, UnusableInput
from store import Store
from store.crosstab import DIMENSIONS, crosstab, last_signs, pivot

DAY = "2024-09-30"
MEN = [
    man(surname="Петров", birth_date="2004-09-02", sex=Sex.MALE, category=Category.CONSCRIPT,
        unit="12345", last_contact="2024-09-01", home_region="RU-TY"),
    man(surname="Котов", birth_date="1990", category=Category.CONTRACT, last_contact="2024-08-06"),
    man(surname="Белов", birth_date="2003", age=21, category=Category.CONSCRIPT, unit="12345"),
    man(surname="Лисин", sex=Sex.FEMALE),
]  # fmt: skip


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = new_store(tmp_path / "rollcall.db")
    for n, one in enumerate(MEN):
        save(store, post(n, f"2024-09-0{n + 2}", name=["chat", "news"][n % 2]), f"Ищу {n}", one)
    save(store, post(9, "2024-09-20"), "Котов в плену", man(Claim.CAPTURED, surname="Котов"))
    by_name: dict[str, list[str]] = {}
    for stored in store.stored_records():
        by_name.setdefault(stored.record.surname or "", []).append(stored.record_id)
    resolve(store, by_name)
    return store


def cells(store: Store, *by: str, known: str | None = None) -> dict[tuple[object, ...], int]:
    found = crosstab(store.connection, by, as_of=DAY, known_at=known, evidence=Evidence.REPORTED)
    names: list[str] = found["by"]  # type: ignore[assignment]
    return {
        tuple(cell[name] for name in names): cell["persons"]
        for cell in found["cells"]  # type: ignore[attr-defined]
    }


@pytest.mark.parametrize(
    ("by", "wanted"),
    [
        (["category"], {("conscript", "missing"): 2, ("contract", "captured"): 1,
                        ("unknown", "missing"): 1}),
        # one full date the day before his birthday; a year that leaves one band; a stated age
        (["age", "status"], {("18–20", "missing"): 1, ("30–39", "captured"): 1,
                             ("21–24", "missing"): 1, ("unknown", "missing"): 1}),
        (["unit", "category"], {("12345", "conscript"): 2, ("unknown", "contract"): 1,
                                ("unknown", "unknown"): 1}),
        (["sex", "source"], {("male", "chat"): 1, ("unknown", "news"): 1, ("unknown", "chat"): 1,
                             ("female", "news"): 1}),
        (["month"], {("2024-09", "missing"): 1, ("2024-08", "captured"): 1,
                     ("unknown", "missing"): 2}),
        (["last_sign"], {("8–30 days", "missing"): 1, ("not missing", "captured"): 1,
                         ("unknown", "missing"): 2}),
        (["status"], {("missing",): 3, ("captured",): 1}),
    ],
)  # fmt: skip
def test_two_dimensions(store: Store, by: list[str], wanted: dict[tuple[str, ...], int]) -> None:
    assert cells(store, *by) == wanted
    known = store.tally(DAY)["known_at"]
    save(store, post(50, "2024-09-01"), "Ищу", man(surname="Новых"), now=NOW + timedelta(days=1))
    resolve(store, {"new": [one.record_id for one in store.stored_records()
                            if one.record.surname == "Новых"]},
            now=NOW + timedelta(days=1))  # fmt: skip
    assert cells(store, *by, known=str(known)) == wanted  # by the spans, as known then
    with store.writing() as connection:
        connection.execute("INSERT INTO standing_due VALUES ('somebody')")
    assert cells(store, *by, known=str(known)) == wanted  # by the definition


@pytest.mark.parametrize("one", DIMENSIONS)
@pytest.mark.parametrize("two", DIMENSIONS)
def test_any_two_sum_to_the_total(store: Store, one: str, two: str) -> None:
    if one == two:
        with pytest.raises(UnusableInput):
            cells(store, one, two)
        return
    assert sum(cells(store, one, two).values()) == store.tally(DAY)["total"] == 4


@pytest.mark.parametrize("by", [["colour"], ["age", "sex", "unit"]])
def test_a_wrong_dimension_is_named(store: Store, by: list[str]) -> None:
    with pytest.raises(UnusableInput, match="takes one or two of status, category"):
        cells(store, *by)


def test_the_table_of_a_crosstab(store: Store) -> None:
    found = crosstab(
        store.connection, ["age"], as_of=DAY, known_at=None, evidence=Evidence.REPORTED
    )
    heads, rows = pivot(found)
    assert heads == ["age", "persons", "missing", "captured"]
    assert rows == [
        ("18–20", 1, 1, 0),
        ("21–24", 1, 1, 0),
        ("30–39", 1, 0, 1),
        ("unknown", 1, 1, 0),
    ]


def test_the_last_sign_of_each_missing_man(store: Store) -> None:
    found = last_signs(store.connection, as_of=DAY, known_at=None, evidence=Evidence.REPORTED)
    assert sorted((one["name"], one["days"]) for one in found if one["days"]) == [
        ("Петров Семён", 29)
    ]
    assert len(found) == 3


def asked(name: str, day: str, outcome: Outcome) -> Fetch:
    return Fetch(source=name, url="x", started_at=at(day), seconds=0.1, outcome=outcome)


def test_a_zero_and_a_failed_collector(store: Store) -> None:
    store.save_fetches(
        [
            asked("chat", DAY, Outcome.OK), asked("chat", "2024-10-01", Outcome.UNCHANGED),
            asked("news", "2024-09-28", Outcome.OK), asked("news", DAY, Outcome.FAILED),
            asked("list", DAY, Outcome.OK),
        ]
    )  # fmt: skip
    found: dict[str, object] = store.tally(DAY)["coverage"]  # type: ignore[assignment]
    assert found["seen"] == ["chat"]
    assert list(found["partly"]) == ["list"]  # type: ignore[call-overload]
    assert found["unseen"] == {"news": "2024-09-28T12:00:00.000000Z"}
    assert found["failed"] == {"news": 1}


def test_coverage_is_part_of_the_figure(store: Store) -> None:
    """What was known of the sources then is told again, byte for byte."""
    store.save_fetches([asked("news", "2025-02-01", Outcome.FAILED)])
    first = store.tally(DAY)
    assert first["known_at"] == "2025-02-01T12:00:00.000000Z"
    store.save_fetches([asked("news", "2025-02-02", Outcome.OK)])
    assert store.tally(DAY, str(first["known_at"])) == first
    assert store.tally(DAY)["coverage"] != first["coverage"]
