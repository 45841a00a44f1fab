"""The tally at hand is the tally: on every day, after every kind of change."""

from __future__ import annotations

import random
import sqlite3
from datetime import date, timedelta
from pathlib import Path

import pytest
from small import Small

from model import Evidence
from store import Store
from store.quick_tally import by_day, is_fresh, now_tally
from store.standing import timeline
from store.tally import tally


def days(first: str, last: str) -> list[str]:
    start = date.fromisoformat(first)
    count = (date.fromisoformat(last) - start).days
    return [(start + timedelta(days=n)).isoformat() for n in range(count + 1)]


def same_on_every_day(store: Store, first: str, last: str) -> None:
    for day in days(first, last):
        exact = tally(store.connection, as_of=day, known_at=None, evidence=Evidence.REPORTED)
        assert now_tally(store.connection, day, Evidence.REPORTED) == exact, day


def test_the_small_world_on_every_day(counted: Small) -> None:
    with Store.open(counted.db, read_only=True) as store:
        assert is_fresh(store.connection)
        same_on_every_day(store, "2024-08-01", "2024-09-20")
        for row in by_day(store.connection):
            counts = store.tally(str(row[0]))
            assert row[1] == counts["total"]
            assert list(row[2:]) == list(counts["by_status"].values())  # type: ignore[attr-defined]


@pytest.mark.parametrize("seed", range(8))
def test_random_histories(own: Small, seed: int) -> None:
    """Events, versions and links changed at random by another program; then ours writes."""
    chance = random.Random(seed)  # noqa: S311  an invented history
    with Store.open(own.db) as store:
        connection = store.connection
        persons = [row[0] for row in connection.execute("SELECT person_id FROM person")]
        records = [row[0] for row in connection.execute("SELECT record_id FROM record")]
        for _ in range(30):
            day = f"2024-08-{chance.randrange(1, 28):02d}"
            connection.execute(
                "INSERT INTO status_event (person_id, status, public_on, learned_at, record_id, "
                "evidence, retracts, retracted, known_from) VALUES (?, ?, ?, ?, ?, 'reported', "
                "'[]', ?, '2024-01-01T00:00:00.000000Z')",
                (chance.choice(persons), chance.choice(
                    ["missing", "captured", "found_alive", "released", "deceased", "retracted"]),
                 day, day, chance.choice(records), chance.random() < 0.2),
            )  # fmt: skip
        victim = chance.choice(persons)
        connection.execute("DELETE FROM person_version WHERE person_id = ?", (victim,))
        assert not is_fresh(connection)
        same_on_every_day(store, "2024-08-01", "2024-08-05")  # stale: counted the long way
        with store.writing():
            pass
        assert is_fresh(connection)
        same_on_every_day(store, "2024-07-30", "2024-09-12")


def test_sums_of_nothing_are_no_rows(own: Small) -> None:
    with Store.open(own.db) as store:
        connection = store.connection
        connection.execute("DELETE FROM person_version")
        connection.execute("DELETE FROM status_event")
        with store.writing():
            pass
        assert connection.execute("SELECT count(*) FROM tally_change").fetchone()[0] == 0
        assert connection.execute("SELECT count(*) FROM standing").fetchone()[0] == 0


@pytest.mark.parametrize(
    ("events", "lists", "sought", "expected"),
    [
        ([], [], "2024-08-08", [("withdrawn", "", "2024-08-08", None, None, None)]),
        ([], [("a", "2024-08-01")], None, []),
        ([("2024-08-01", 1)], [], None, [("list_only", "", "2024-08-01", None, None, None)]),
        ([("2024-08-01", 1), ("2024-08-09", 0)], [("a", "2024-08-01")], "2024-08-09",
         [("list_only", "", "2024-08-01", "2024-08-09", None, None),
          ("counted", "", "2024-08-09", None, 0, None),
          ("overlap", "a", "2024-08-09", None, None, None)]),
        ([("2024-08-01", 0), ("2024-08-05", 4), ("2024-08-09", 1)], [], "2024-08-01",
         [("counted", "", "2024-08-01", "2024-08-05", 0, None),
          ("counted", "", "2024-08-05", "2024-08-09", 4, None),
          ("counted", "", "2024-08-09", None, 1, 4)]),
    ],
)  # fmt: skip
def test_a_timeline(
    events: list[tuple[str, int]], lists: list[tuple[str, str]], sought: str | None,
    expected: list[tuple[object, ...]],
) -> None:  # fmt: skip
    assert list(timeline(events, lists, sought)) == expected


def test_an_older_file_is_worked_out_on_its_first_write(own: Small, tmp_path: Path) -> None:
    with sqlite3.connect(own.db) as connection:
        connection.execute("PRAGMA trusted_schema = ON")
        connection.execute("DELETE FROM standing")
        connection.execute("DELETE FROM tally_change")
        connection.execute("INSERT INTO standing_stale SELECT person_id FROM person")
    connection.close()
    with Store.open(own.db) as store:
        with store.writing():
            pass
        same_on_every_day(store, "2024-08-05", "2024-08-25")
