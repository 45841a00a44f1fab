"""Every unit of difference between two tallies is accounted for, whatever happened between."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from histories import NOW, at, man, new_store, post, resolve, save
from hypothesis import given, settings
from hypothesis import strategies as st

from model import Claim, Evidence
from store import Store
from store.tally import STATUSES

SOUGHT, CAPTURED, DEAD, RETRACTED = Claim.SOUGHT, Claim.CAPTURED, Claim.DECEASED, Claim.RETRACTED
DAY = "2024-08-23"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


def ids(store: Store) -> dict[str, str]:
    """External id of a post → the id of its one record."""
    return {stored.external_id: stored.record_id for stored in store.stored_records()}


def moved(store: Store, first: str, second: str, **known: object) -> list[tuple[object, ...]]:
    found = store.diff(first, second, **known)  # type: ignore[arg-type]
    return [(m["reason"], m["from"], m["to"], m["persons"]) for m in found["movements"]]  # type: ignore[attr-defined]


def between(store: Store, known: object) -> list[tuple[object, ...]]:
    """What changed in the tally of one day since a time known."""
    return moved(store, DAY, DAY, first_known_at=known)


def known(store: Store) -> object:
    return store.tally(DAY)["known_at"]


def test_two_days(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу Петрова", man())
    save(store, post(2, "2024-08-09"), "Петров в плену", man(CAPTURED))
    save(store, post(3, "2024-08-09"), "Ищу Котова", man(surname="Котов"))
    r = ids(store)
    resolve(store, {"a": [r["1"], r["2"]], "b": [r["3"]]})
    assert moved(store, "2024-08-08", "2024-08-10") == [
        ("moved", "missing", "captured", 1), ("new", None, "missing", 1),
    ]  # fmt: skip
    assert moved(store, "2024-08-10", "2024-08-06") == [
        ("earlier day", "captured", None, 1), ("earlier day", "missing", None, 1),
    ]  # fmt: skip
    assert moved(store, "2024-08-10", "2024-08-10") == []


def test_merge_and_split(store: Store) -> None:
    for n in (1, 2):
        save(store, post(n, "2024-08-07"), f"Ищу {n}", man())
    r = ids(store)
    apart, together = {"a": [r["1"]], "b": [r["2"]]}, {"a": [r["1"], r["2"]]}
    resolve(store, apart)
    first = known(store)
    resolve(store, together, aliases=[("b", "a")])
    second = known(store)
    assert between(store, first) == [("merged", "missing", None, 1)]
    resolve(store, apart)
    assert between(store, second) == [("split", None, "missing", 1)]
    assert between(store, first) == []


def test_a_later_post_about_an_earlier_day(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу", man())
    r = ids(store)
    resolve(store, {"a": [r["1"]]})
    first = known(store)
    save(store, post(2, "2024-08-09"), "В плену", man(CAPTURED))
    save(store, post(3, "2024-08-09"), "Ищу", man(surname="Котов"))
    r = ids(store)
    resolve(store, {"a": [r["1"], r["2"]], "b": [r["3"]]})
    assert between(store, first) == [
        ("learned", "missing", "captured", 1), ("new", None, "missing", 1),
    ]  # fmt: skip


def test_a_retraction(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу", man())
    save(store, post(2, "2024-08-09"), "Погиб", man(DEAD))
    save(store, post(4, "2024-08-09"), "Ищу, в плену", man(CAPTURED, surname="Котов", asks=True))
    r = ids(store)
    resolve(store, {"a": [r["1"], r["2"]], "b": [r["4"]]})
    first = known(store)
    save(store, post(3, "2024-08-11"), "Ошибка, жив", man(RETRACTED))
    save(store, post(5, "2024-08-11"), "Выдумка", man(RETRACTED, surname="Котов"))
    r = ids(store)
    resolve(store, {"a": [r["1"], r["2"], r["3"]], "b": [r["4"], r["5"]]})
    assert between(store, first) == [
        ("retracted", "captured", None, 1), ("retracted", "deceased", "missing", 1),
    ]  # fmt: skip


def test_a_better_extractor(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу, в плену", man())
    save(store, post(2, "2024-08-07"), "Молитва", man(surname="Котов"))
    r = ids(store)
    resolve(store, {"a": [r["1"]], "b": [r["2"]]})
    first = known(store)
    save(store, post(1, "2024-08-07"), "Ищу, в плену", man(CAPTURED, asks=True), extractor="2")
    save(store, post(2, "2024-08-07"), "Молитва", extractor="2")
    resolve(store, {"a": [ids(store)["1"]]})
    assert between(store, first) == [
        ("re-extracted", "missing", None, 1), ("re-extracted", "missing", "captured", 1),
    ]  # fmt: skip


def test_a_higher_level_of_evidence(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу", man())
    save(store, post(2, "2024-08-09", name="news"), "Ищут", man())
    r = ids(store)
    resolve(store, {"a": [r["1"], r["2"]]})
    found = store.diff("2024-08-08", "2024-08-09", evidence=Evidence.CORROBORATED)
    assert [(m["reason"], m["to"]) for m in found["movements"]] == [("evidence", "missing")]  # type: ignore[attr-defined]


STEP = st.tuples(
    st.sampled_from(["post", "edit", "group"]),
    st.integers(0, 5),
    st.integers(1, 12),
    st.sampled_from(list(Claim)),
    st.lists(st.integers(0, 3), min_size=6, max_size=6),
)


@settings(max_examples=25, deadline=None)
@given(
    steps=st.lists(STEP, min_size=1, max_size=10),
    days=st.tuples(st.integers(1, 12), st.integers(1, 12)),
    cut=st.integers(0, 9),
    level=st.sampled_from(Evidence),
)
def test_random_histories_sum_up(
    tmp_path_factory: pytest.TempPathFactory,
    steps: list[tuple[str, int, int, Claim, list[int]]],
    days: tuple[int, int],
    cut: int,
    level: Evidence,
) -> None:
    with new_store(tmp_path_factory.mktemp("diff") / "rollcall.db") as store:
        then = None
        for n, (what, number, day, claim, groups) in enumerate(steps):
            told(store, (what, number, day, claim), n)
            clusters: dict[str, list[str]] = {}
            for external_id, record_id in ids(store).items():
                clusters.setdefault(f"p{groups[int(external_id)]}", []).append(record_id)
            resolve(store, clusters, now=NOW + timedelta(hours=n))
            then = known(store) if n == cut % len(steps) else then
        first, second = (f"2024-08-{day:02}" for day in days)
        found = store.diff(first, second, first_known_at=then, evidence=level)  # type: ignore[arg-type]
        tallies = store.tally(first, then, level), store.tally(second, None, level)  # type: ignore[arg-type]
    for status in STATUSES:
        gone = sum(m["persons"] for m in found["movements"] if m["from"] == status)  # type: ignore[attr-defined]
        come = sum(m["persons"] for m in found["movements"] if m["to"] == status)  # type: ignore[attr-defined]
        counts = [tally["by_status"][status] for tally in tallies]  # type: ignore[index]
        assert come - gone == counts[1] - counts[0] == found["difference"][status]  # type: ignore[index]
    withdrawn = sum(m["withdrawn"] for m in found["movements"])  # type: ignore[attr-defined]
    assert withdrawn == tallies[1]["withdrawn"] - tallies[0]["withdrawn"]  # type: ignore[operator]


def test_an_edit_of_the_author(store: Store) -> None:
    save(store, post(1, "2024-08-07"), "Ищу", man(home_region="RU-TY"))
    r = ids(store)
    resolve(store, {"a": [r["1"]]})
    first = known(store)
    edited = post(1, "2024-08-07", edited_at=at("2024-08-09"))
    save(store, edited, "Ищу. UPD: в плену", man(CAPTURED, home_region="RU-BU"))
    resolve(store, {"a": [r["1"]]})
    assert between(store, first) == [("edited", "missing", "captured", 1)]
    found = store.diff(DAY, DAY, first_known_at=first)  # type: ignore[arg-type]
    assert found["descriptions"]["region"] == [  # type: ignore[index]
        {"from": "RU-TY", "to": "RU-BU", "persons": 1, "who": ["a"]}
    ]


def test_men_erased_since_a_figure_was_kept(store: Store) -> None:
    """The kept figure stays as it was printed, and the difference is accounted for."""
    for n, surname in enumerate(("Петров", "Котов")):
        save(store, post(n, "2024-08-07"), f"Ищу {surname}", man(surname=surname))
    r = ids(store)
    resolve(store, {"a": [r["0"]], "b": [r["1"]]})
    printed = store.save_snapshot(DAY, Evidence.REPORTED, NOW)
    with store.writing() as connection:
        connection.execute("PRAGMA defer_foreign_keys = ON")
        for table in ("status_event", "person_version", "person_record", "standing", "person"):
            connection.execute(f"DELETE FROM {table} WHERE person_id = 'b'")  # noqa: S608
        connection.execute("UPDATE record SET closed_at = '2025' WHERE record_id = ?", (r["1"],))
    assert store.tally(DAY, str(printed["known_at"])) == printed
    assert store.tally(DAY)["total"] == 1
    assert between(store, printed["known_at"]) == [("erased", "missing", None, 1)]


def told(store: Store, step: tuple[str, int, int, Claim], n: int) -> None:
    """A new post, an edit of one (which may end its record), or nothing."""
    what, number, day, claim = step
    if what == "group":
        return
    edited = at(f"2024-08-{day:02}", n + 1) if what == "edit" else None
    said = {"home_region": [None, "RU-TY", "RU-BU"][(n + number) % 3], "asks": n % 2 == 0}
    records = [] if what == "edit" and n % 3 == 0 else [man(claim, **said)]
    name = ["chat", "news"][number % 2]
    one = post(number, f"2024-08-{day:02}", edited_at=edited, name=name)
    save(store, one, f"{what} {n}", *records, now=NOW + timedelta(hours=n))
