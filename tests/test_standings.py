"""The sums by day against the definition, after every turn of random histories."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from histories import NOW, at, man, new_store, post, resolve, save, save_list
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Category, Claim, Evidence
from store import Store
from store.connection import Connection
from store.counted import BY_DEFINITION, NEVER
from store.standings import BY_DAY, is_current, refresh
from store.tally import LEVELS

DAYS = [f"2024-{month:02}-{day:02}" for month in (7, 8, 12) for day in (1, 2, 15)] + ["2025-01-02"]
SURNAMES = ("Петров", "Котов", "Белов")
TURN = st.tuples(
    st.sampled_from(["post", "edit", "list", "approve", "group"]),
    st.integers(0, 5),
    st.sampled_from(DAYS),
    st.sampled_from(list(Claim)),
    st.lists(st.integers(0, 3), min_size=9, max_size=9),
)


def counts(connection: Connection, day: str, level: Evidence) -> tuple[list[object], list[object]]:
    """The cells that are not empty: summed by day, and by the definition."""
    found = []
    for query, arguments in (
        (BY_DAY, {"as_of": day, "level": LEVELS[level]}),
        (BY_DEFINITION, {"as_of": day, "known_at": NEVER, "evidence": level.value}),
    ):
        rows = connection.execute(query, arguments)
        found.append(sorted(repr(tuple(row)) for row in rows if row["persons"]))
    return found[0], found[1]


def turn(store: Store, told: tuple[str, int, str, Claim, list[int]], n: int) -> None:
    """Something is published, edited, approved or only grouped otherwise; then all is resolved."""
    what, number, day, claim, groups = told
    now = NOW + timedelta(hours=n)
    one = man(
        claim, surname=SURNAMES[number % 3], asks=n % 2 == 0, birth_date="2004-01-01",
        patronymic="Ильич", home_region=[None, "RU-TY"][n % 2],
        category=[None, Category.CONSCRIPT, Category.CONTRACT][number % 3],
    )  # fmt: skip
    if what in ("post", "edit"):
        edited = at(day, 18) if what == "edit" else None
        said = [] if what == "edit" and n % 3 == 0 else [one]
        wire = post(number, day, name=["chat", "news"][number % 2], edited_at=edited)
        save(store, wire, f"{what} {n}", *said, now=now)
    elif what == "list":
        rows = [(f"{name}", man(claim, surname=name, event_date=day)) for name in SURNAMES]
        save_list(store, rows[: 1 + number % 3], now=now)
    ids = [stored.record_id for stored in store.stored_records()]
    if what == "approve" and ids:
        for editor in ("Анна", "Борис"):
            store.approve(ids[number % len(ids)], editor, now)
    clusters: dict[str, list[str]] = {}
    for place, record_id in enumerate(sorted(ids)):
        clusters.setdefault(f"p{groups[place % 9]}", []).append(record_id)
    resolve(store, clusters, now=now)


@settings(max_examples=15, deadline=None)
@given(told=st.lists(TURN, min_size=1, max_size=8))
def test_the_sums_are_the_definition(
    tmp_path_factory: pytest.TempPathFactory, told: list[tuple[str, int, str, Claim, list[int]]]
) -> None:
    with new_store(tmp_path_factory.mktemp("days") / "rollcall.db") as store:
        for n, one in enumerate(told):
            turn(store, one, n)
            assert is_current(store.connection)
            for day in DAYS:
                for level in Evidence:
                    by_day, defined = counts(store.connection, day, level)
                    assert by_day == defined
        kept = sorted(map(tuple, store.connection.execute("SELECT * FROM tally_day")))
        with store.writing() as connection:  # the same from nothing
            connection.execute("INSERT INTO standing_due VALUES ('rebuild')")
            refresh(connection)
        assert sorted(map(tuple, store.connection.execute("SELECT * FROM tally_day"))) == kept


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """Петров, sought and captured; Котов, sought."""
    store = new_store(tmp_path / "rollcall.db")
    save(store, post(1, "2024-08-01"), "Ищу Петрова", man())
    save(store, post(2, "2024-08-02"), "Петров в плену", man(Claim.CAPTURED))
    save(store, post(3, "2024-08-02"), "Ищу Котова", man(surname="Котов"))
    by_name: dict[str, list[str]] = {}
    for stored in store.stored_records():
        by_name.setdefault(stored.record.surname or "", []).append(stored.record_id)
    resolve(store, by_name)
    return store


@pytest.mark.parametrize(
    "change",
    [
        "DELETE FROM status_event WHERE person_id = 'Петров'",
        "DELETE FROM standing WHERE person_id = 'Петров'",
        "UPDATE status_event SET known_until = known_from WHERE status = 'captured'",
        "DELETE FROM person_version WHERE person_id = 'Котов'",
    ],
)
def test_what_is_due_is_counted_by_the_definition(store: Store, change: str) -> None:
    """Whoever changes what the sums follow from, they are not used until they are put right."""
    with store.writing() as connection:
        connection.execute(change)
    assert not is_current(store.connection)
    asked = [(day, level) for day in DAYS for level in Evidence]
    before = [store.tally(day, evidence=level) for day, level in asked]
    with store.writing() as connection:
        refresh(connection)
    assert is_current(store.connection)
    assert [store.tally(day, evidence=level) for day, level in asked] == before
