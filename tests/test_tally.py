"""The tally in SQL against the definition in plain Python, and past figures that stay."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from histories import NOW, man, new_store, post, resolve, save, save_list
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from model import Category, Claim, Evidence, Person, Status, UnusableInput
from store import Store

SOUGHT, CAPTURED, RELEASED = Claim.SOUGHT, Claim.CAPTURED, Claim.RELEASED
FOUND, DEAD, RETRACTED = Claim.FOUND_ALIVE, Claim.DECEASED, Claim.RETRACTED
LATER = NOW + timedelta(days=1)


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


def by_surname(store: Store) -> dict[str, list[str]]:
    """Clusters: all records of one surname are one man."""
    found: dict[str, list[str]] = {}
    for stored in store.stored_records():
        found.setdefault(f"person-{stored.record.surname}", []).append(stored.record_id)
    return found


def tell(store: Store, *said: tuple[str, Claim] | tuple[str, Claim, str]) -> None:
    """Posts of the chat (or another source), one a day and claim, all about Петров."""
    for day, claim, *rest in said:
        number = store.connection.execute("SELECT count(*) FROM post").fetchone()[0]
        name = str(rest[0]) if rest else "chat"
        save(store, post(number, day, name=name), f"{day} {claim} {number}", man(claim))
    resolve(store, by_surname(store))


@pytest.mark.parametrize(
    ("said", "day", "status"),
    [
        ([("2024-08-07", SOUGHT)], "2024-08-06", None),
        ([("2024-08-07", SOUGHT)], "2024-08-07", "missing"),
        ([("2024-08-07", SOUGHT), ("2024-08-07", DEAD), ("2024-08-07", CAPTURED)],
         "2024-08-07", "deceased"),
        ([("2024-08-07", SOUGHT), ("2024-08-09", CAPTURED)], "2024-08-08", "missing"),
        ([("2024-08-07", SOUGHT), ("2024-08-09", DEAD), ("2024-08-12", FOUND)],
         "2024-08-30", "found_alive"),
        ([("2024-08-05", CAPTURED), ("2024-08-07", SOUGHT)], "2024-08-06", None),
        ([("2024-08-05", CAPTURED), ("2024-08-07", SOUGHT)], "2024-08-07", "captured"),
        ([("2024-08-07", SOUGHT), ("2024-08-09", DEAD), ("2024-09-09", RETRACTED)],
         "2024-08-10", "missing"),
    ],
)  # fmt: skip
def test_status_of_a_day(
    store: Store, said: list[tuple[str, Claim]], day: str, status: str | None
) -> None:
    tell(store, *said)
    tally = store.tally(day)
    counts = Counter({s.value: 0 for s in Status}) + Counter([status] if status else [])
    assert {k: v for k, v in dict(tally["by_status"]).items() if v} == dict(counts)  # type: ignore[call-overload]
    assert tally["total"] == (status is not None)


def test_the_shape_of_the_design(store: Store) -> None:
    tell(store, ("2024-08-07", SOUGHT))
    tally = store.tally("2024-08-23")
    cells = {"missing": 1, "captured": 0, "released": 0, "found_alive": 0, "deceased": 0}
    assert list(tally)[:8] == [
        "as_of", "known_at", "evidence", "total", "withdrawn", "by_status", "by_category",
        "by_region",
    ]  # fmt: skip
    assert tally["by_status"] == cells
    assert tally["by_category"] == tally["by_region"] == {"unknown": {"total": 1, **cells}}
    assert json.loads(json.dumps(tally)) == tally


def test_a_made_up_soldier_is_withdrawn(store: Store) -> None:
    save(store, post(1, "2025-05-11"), "Ищу, он в плену", man(CAPTURED, asks=True))
    save(store, post(2, "2025-05-13"), "Это выдумка", man(RETRACTED))
    resolve(store, by_surname(store))
    for day in ("2025-05-11", "2025-05-13"):
        assert (store.tally(day)["total"], store.tally(day)["withdrawn"]) == (0, 1)


def test_list_only_and_overlaps(store: Store) -> None:
    tell(store, ("2024-08-07", SOUGHT))
    rows = [
        ("Петров Семён", man(CAPTURED, event_date="2024-08-20")),
        ("Котов Глеб", man(CAPTURED, surname="Котов", event_date="2024-08-20")),
    ]
    save_list(store, rows)
    resolve(store, by_surname(store))
    found = [
        (t["list_only"], t["overlaps"]) for t in map(store.tally, ("2024-08-19", "2024-08-20"))
    ]
    assert found == [(0, {}), (1, {"list": 1})]


def test_evidence_counts_less_and_from_its_day(store: Store) -> None:
    tell(store, ("2024-08-07", SOUGHT), ("2024-08-09", DEAD), ("2024-08-12", DEAD, "news"))
    levels = {
        (day, level): store.tally(day, evidence=level)["total"]
        for day in ("2024-08-11", "2024-08-12")
        for level in Evidence
    }
    assert [levels["2024-08-11", level] for level in Evidence] == [1, 0, 0]
    assert [levels["2024-08-12", level] for level in Evidence] == [1, 1, 0]


def test_fakes_of_one_owner_move_the_corroborated_tally_by_nothing(store: Store) -> None:
    for number in range(60):
        fake = man(surname=f"Выдумкин{number}")
        save(store, post(number, "2024-08-07"), f"Ищу {number}", fake)
        save(store, post(f"b{number}", "2024-08-08"), f"Опять ищу {number}", fake)
    resolve(store, by_surname(store))
    assert store.tally("2024-08-23")["total"] == 60
    assert store.tally("2024-08-23", evidence=Evidence.CORROBORATED)["total"] == 0


def test_contradictions_make_a_range(store: Store) -> None:
    tell(store, ("2024-08-07", SOUGHT), ("2024-08-09", DEAD), ("2024-08-12", FOUND))
    before, after = store.tally("2024-08-11"), store.tally("2024-08-12")
    assert (before["conflicting"], after["conflicting"]) == (0, 1)
    spread = {k: v for k, v in dict(after["range"]).items() if v != [0, 0]}  # type: ignore[call-overload]
    assert spread == {"found_alive": [0, 1], "deceased": [0, 1]}


@pytest.mark.parametrize("wrong", ["2024-13-01", "23.08.2024", ""])
def test_a_wrong_day_is_named(store: Store, wrong: str) -> None:
    with pytest.raises(UnusableInput, match="write YYYY-MM-DD"):
        store.tally(wrong)


def test_a_known_at_without_an_offset_is_refused(store: Store) -> None:
    with pytest.raises(UnusableInput, match="no offset"):
        store.tally("2024-08-23", "2025-01-01T00:00:00")


def test_a_past_figure_regenerates_byte_for_byte(store: Store) -> None:
    tell(store, ("2024-08-07", SOUGHT))
    save_list(store, [("Петров Семён", man(CAPTURED, event_date="2024-08-10"))])
    resolve(store, by_surname(store))
    asked = [(day, level) for day in ("2024-08-08", "2024-08-23") for level in Evidence]
    first = {key: json.dumps(store.tally(key[0], evidence=key[1])) for key in asked}
    known = json.loads(first[asked[0]])["known_at"]
    tell(store, ("2024-08-09", DEAD), ("2024-08-21", RETRACTED))  # by the same clock: no later
    save(store, post(99, "2024-08-01"), "Ищу Котова", man(surname="Котов"), now=LATER)
    save_list(store, [("Котов Глеб", man(CAPTURED, surname="Котов", event_date="2024-08-10"))])
    resolve(store, by_surname(store), now=NOW - timedelta(days=400))  # the clock went back
    assert {k: json.dumps(store.tally(k[0], known, k[1])) for k in asked} == first
    assert store.tally("2024-08-23")["total"] == 2


def test_a_snapshot_is_kept_once(store: Store) -> None:
    tell(store, ("2024-08-07", SOUGHT))
    for _ in range(2):
        taken = store.save_snapshot("2024-08-23", Evidence.REPORTED, NOW)
    (row,) = store.connection.execute("SELECT total, result FROM tally_snapshot").fetchall()
    assert (row["total"], json.loads(row["result"])) == (1, taken)


# The definition, in plain Python, against the SQL.

DAYS = [f"2024-08-{day:02}" for day in range(1, 13)]
SAID = st.tuples(
    st.sampled_from(["Петров", "Котов", "Белов", "Лисин"]),
    st.sampled_from(DAYS),
    st.sampled_from(list(Claim)),
    st.sampled_from(["chat", "news"]),
    st.sampled_from([None, "RU-TY", "RU-BU"]),
    st.sampled_from([None, Category.CONSCRIPT, Category.CONTRACT]),
)


def defined(persons: Iterable[Person], day: str) -> Counter[tuple[str, str, str]]:
    """Counts by (category, region, status), as DESIGN section 6 puts it."""
    counts: Counter[tuple[str, str, str]] = Counter()
    for person in persons:
        if person.sought_from is None or person.sought_from > day:
            continue
        live = [
            (event.public_on, list(Status).index(event.status), event.status.value)
            for event in person.events
            if event.status and not event.retracted and event.public_on <= day
        ]
        status = max(live)[2] if live else "withdrawn"
        counts[person.category or "unknown", person.home_region or "unknown", status] += 1
    return counts


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(said=st.lists(SAID, min_size=1, max_size=14), day=st.sampled_from(DAYS))
def test_sql_counts_as_the_definition(
    tmp_path_factory: pytest.TempPathFactory, said: list[tuple[str, ...]], day: str
) -> None:
    from dedupe.describe import describe  # noqa: PLC0415

    with new_store(tmp_path_factory.mktemp("tally") / "rollcall.db") as store:
        for n, (surname, when, claim, name, region, category) in enumerate(said):
            fields = {"surname": surname, "home_region": region, "category": category}
            save(store, post(n, when, name=name), f"{n}", man(Claim(claim), **fields))
        clusters = by_surname(store)
        resolve(store, clusters)
        by_id = {stored.record_id: stored for stored in store.stored_records()}
        wanted = defined((describe(k, [by_id[i] for i in v]) for k, v in clusters.items()), day)
        tally = store.tally(day)
    for status in Status:
        for dimension, place in (("by_category", 0), ("by_region", 1)):
            cells = Counter[str]()
            for key, count in wanted.items():
                if key[2] == status:
                    cells[key[place]] += count
            found = {k: v[status] for k, v in tally[dimension].items() if v[status]}  # type: ignore[attr-defined]
            assert found == dict(cells)
    assert tally["withdrawn"] == sum(n for key, n in wanted.items() if key[2] == "withdrawn")
