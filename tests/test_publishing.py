"""The public file holds sums alone, and no small one can be worked out from all releases."""

from __future__ import annotations

import random
import sqlite3
from collections import Counter
from pathlib import Path

import pytest
from histories import man, post, resolve, save
from published import many_men, publish
from small import Small

from estimate.disclosure import ALL, Cell, Release, attack, protect, tabulated
from store import Store

STATUSES = ("missing", "captured", "released", "found_alive", "deceased")


def population(count: int, seed: int) -> list[tuple[str, str, str]]:
    """Men as (region, category, status), regions heavy-tailed."""
    draw = random.Random(seed)  # noqa: S311  seeded on purpose
    weights = [1 / (rank + 1) for rank in range(30)]
    return [
        (f"R{draw.choices(range(30), weights)[0]}", draw.choice("abcd"),
         draw.choices(STATUSES, [40, 10, 25, 8, 20])[0])
        for _ in range(count)
    ]  # fmt: skip


def cells(men: list[tuple[str, str, str]]) -> dict[Cell, int]:
    regions: dict[str, Counter[str]] = {}
    categories: dict[str, Counter[str]] = {}
    for region, category, status in men:
        regions.setdefault(region, Counter())[status] += 1
        categories.setdefault(category, Counter())[status] += 1
    totals = Counter(status for _, _, status in men)
    return tabulated({s: totals[s] for s in STATUSES}, {"region": regions, "category": categories})


@pytest.mark.parametrize("count", [30, 90, 400, 5000])
def test_nothing_small_is_shown_or_told(count: int) -> None:
    counts = cells(population(count, count))
    shown, exposed = protect(counts, [], 10)
    assert exposed == []
    assert all(counts[cell] == 0 or counts[cell] >= 10 for cell in shown)
    assert attack([Release(counts=counts, shown=shown)], 10) == []


def test_primary_suppression_alone_is_undone() -> None:
    """The attacker is a real one: without complementary cells he wins."""
    counts = cells(population(400, 7))
    primary = frozenset(cell for cell, n in counts.items() if not 0 < n < 10)
    found = attack([Release(counts=counts, shown=primary)], 10)
    assert any(one.high - one.low < 1 for one in found)


def test_three_releases_of_a_growing_count() -> None:
    men = population(1500, 3)
    releases: list[Release] = []
    for count in (1200, 1204, 1500):
        counts = cells(men[:count])
        shown, exposed = protect(counts, releases, 10)
        assert exposed == []
        releases.append(Release(counts=counts, shown=shown))
        assert attack(releases, 10) == []
    one, two = releases[0], releases[1]
    for cell in one.shown & two.shown:
        if cell[0] != ALL:
            assert abs(two.counts[cell] - one.counts[cell]) not in range(1, 10)


def test_a_change_of_one_man_is_found_by_the_attacker() -> None:
    men = population(3000, 5)
    one, two = cells(men), cells([*men, ("R0", "a", "deceased")])
    everything = frozenset(cell for cell, n in two.items() if not 0 < n < 10)
    first = Release(counts=one, shown=everything)
    found = attack([first, Release(counts=two, shown=everything)], 10)
    assert ("region", "R0", "deceased") in {e.cell for e in found if e.since == 0}


def test_what_is_not_safe_yet_is_reported() -> None:
    """One round of hiding is not enough here: the caller is told, and must not publish."""
    _, exposed = protect(cells(population(400, 7)), [], 10, rounds=1)
    assert exposed


@pytest.fixture
def place(tmp_path: Path) -> Path:
    many_men(tmp_path / "r.db")
    return tmp_path / "r.db"


def test_the_file_says_what_the_tally_says(place: Path, tmp_path: Path) -> None:
    publish(place, tmp_path / "p.db")
    with Store.open(place) as store:
        tally = store.tally("2024-08-23")
    public = sqlite3.connect(tmp_path / "p.db")
    shown = dict(public.execute("SELECT status, persons FROM by_status WHERE NOT hidden"))
    assert shown["missing"] == tally["by_status"]["missing"]  # type: ignore[index]
    assert shown["all"] == tally["total"]
    for region, status, persons in public.execute(
        "SELECT region, status, persons FROM by_region WHERE NOT hidden AND status <> 'all'"
    ):
        assert tally["by_region"][region][status] == persons  # type: ignore[index]
    assert public.execute("SELECT count(*) FROM method").fetchone()[0] == 5
    public.close()


def test_no_name_id_or_text_is_in_it(place: Path, tmp_path: Path) -> None:
    publish(place, tmp_path / "p.db")
    content = (tmp_path / "p.db").read_bytes()
    with Store.open(place) as store:
        ids = [p["person_id"] for p in store.export_persons()]
        texts = [row["text"] for row in store.connection.execute("SELECT text FROM post")]
    for needle in (*ids, *texts, "Петров", "Семён", "chat"):
        assert str(needle).encode() not in content


def test_the_same_release_is_the_same_bytes(place: Path, tmp_path: Path) -> None:
    from store import public_file  # noqa: PLC0415

    publish(place, tmp_path / "p.db")
    with Store.open(place) as store:
        (release,) = public_file.releases(store.connection)
    again = public_file.draft(tmp_path / "q.db", release, None)
    public_file.publish(tmp_path / "q.db", again)
    assert (tmp_path / "p.db").read_bytes() == (tmp_path / "q.db").read_bytes()
    assert again in (tmp_path / "p.db.sha256").read_text()


def test_the_second_release_knows_the_first(place: Path, tmp_path: Path) -> None:
    publish(place, tmp_path / "p.db")
    with Store.open(place) as store:
        save(store, post(5000, "2024-08-10"), "Ищу", man(surname="Новый", home_region="RU-KLU"))
        (new,) = [r for r in store.stored_records() if r.record.surname == "Новый"]
        before = store.clusters([p["person_id"] for p in store.export_persons()])  # type: ignore[misc]
        resolve(store, {**before, "pNew": [new.record_id]})
    told = publish(place, tmp_path / "q.db")
    assert told["releases_before"] == 1
    one, two = sqlite3.connect(tmp_path / "p.db"), sqlite3.connect(tmp_path / "q.db")
    query = "SELECT persons FROM by_region WHERE region = 'RU-KLU' AND status = 'all'"
    first, second = one.execute(query).fetchone()[0], two.execute(query).fetchone()[0]
    assert first is None or second is None
    changes = two.execute("SELECT change FROM by_region WHERE change <> 0").fetchall()
    assert all(abs(change) >= 10 for (change,) in changes)
    one.close()
    two.close()


def test_releases_are_append_only(place: Path, tmp_path: Path) -> None:
    publish(place, tmp_path / "p.db")
    with Store.open(place) as store:
        for statement in ("DELETE FROM release", "UPDATE release SET k = 1"):
            with pytest.raises(Exception, match="append-only"):
                store.connection.execute(statement)


def test_the_private_file_is_not_overwritten(counted: Small) -> None:
    done = counted.rollcall("publish", str(counted.db))
    assert (done.returncode, "private" in done.stderr) == (2, True)


def test_a_place_that_cannot_be_written(counted: Small, tmp_path: Path) -> None:
    done = counted.rollcall("publish", str(tmp_path / "absent" / "p.db"))
    assert done.returncode in (1, 2)
    assert done.stderr.startswith("rollcall: ")
