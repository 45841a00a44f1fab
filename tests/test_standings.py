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
from store.standings import is_current, refresh
from store.sums import BY_DAY, BY_KNOWN, TABLES
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


def counts(
    connection: Connection, query: str, day: str, level: Evidence, known: str = NEVER
) -> list[str]:
    """The cells that are not empty."""
    asked = {"as_of": day, "known_at": known, "evidence": level.value, "level": LEVELS[level]}
    return sorted(repr(tuple(row)) for row in connection.execute(query, asked) if row["persons"])


def by_unit(connection: Connection) -> list[tuple[object, ...]]:
    """What is left of the sums by unit when all is added up, and of the spans themselves."""
    return sorted(
        tuple(row)
        for row in connection.execute(
            "SELECT unit, sum(missing), sum(captured), sum(found_alive), sum(released), "
            "sum(deceased) FROM tally_unit WHERE level = 1 AND grain = 1 GROUP BY unit"
        )
        if any(row[1:])
    )


def units_of_spans(connection: Connection) -> list[tuple[object, ...]]:
    columns = ", ".join(f"sum(reported = {rank})" for rank in range(5))
    return sorted(
        tuple(row)
        for row in connection.execute(
            f"SELECT unit, {columns} FROM standing WHERE sought AND reported IS NOT NULL "  # noqa: S608
            "AND until_day = '9999-12-31' GROUP BY unit"
        )
    )


def sums(connection: Connection) -> list[list[tuple[object, ...]]]:
    return [
        sorted(map(tuple, connection.execute(f"SELECT * FROM {table}")))  # noqa: S608
        for table in TABLES
    ]


def turn(store: Store, told: tuple[str, int, str, Claim, list[int]], n: int) -> None:
    """Something is published, edited, approved or only grouped otherwise; then all is resolved."""
    what, number, day, claim, groups = told
    now = NOW + timedelta(hours=9 * n * n)
    one = man(
        claim, surname=SURNAMES[number % 3], asks=n % 2 == 0, birth_date="2004-01-01",
        patronymic="Ильич", home_region=[None, "RU-TY"][n % 2],
        category=[None, Category.CONSCRIPT, Category.CONTRACT][number % 3],
        unit=["11111", None, "22222"][n % 3],
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
                    defined = counts(store.connection, BY_DEFINITION, day, level)
                    assert counts(store.connection, BY_DAY, day, level) == defined
        assert by_unit(store.connection) == units_of_spans(store.connection)
        every_moment_is_the_definition(store.connection)
        kept = sums(store.connection)
        with store.writing() as connection:  # the same from nothing
            connection.execute("INSERT INTO standing_due VALUES ('rebuild')")
            refresh(connection)
        assert sums(store.connection) == kept


def every_moment_is_the_definition(connection: Connection) -> None:
    """Also what was known at each change, and between and before them."""
    moments = [row["known_at"] for row in connection.execute("SELECT known_at FROM resolution")]
    between = ["2024-01-01T00:00:00.000000Z", "2025-01-01T14:30:00Z", "2025-01-02", "2025-01"]
    for known in [*moments, *between]:
        for day in DAYS[::4]:
            for level in Evidence:
                defined = counts(connection, BY_DEFINITION, day, level, known)
                assert counts(connection, BY_KNOWN, day, level, known) == defined


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


def test_a_span_that_ended_and_was_then_known_otherwise(store: Store) -> None:
    """Петров was missing until captured; later the capture is another man's: four corners."""
    first = str(store.tally("2024-08-15")["known_at"])
    groups = {
        f"{stored.record.surname} {stored.record.claim}": [stored.record_id]
        for stored in store.stored_records()
    }
    resolve(store, groups, now=NOW + timedelta(hours=1))
    (ended,) = store.connection.execute(
        "SELECT count(*) FROM stood WHERE until_day < '9'"
    ).fetchone()
    assert ended > 0
    every_moment_is_the_definition(store.connection)
    assert store.tally("2024-08-15", first)["by_status"]["captured"] == 1  # type: ignore[index]
    now = store.tally("2024-08-15")
    assert (now["by_status"]["missing"], now["list_only"]) == (2, 1)  # type: ignore[index]
