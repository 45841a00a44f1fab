"""A list that comes alarmingly changed is held whole, until an editor releases or refuses it."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from histories import NOW, Resolution, man, new_store, reading, resolve

from model import Batch, Claim, Expect, ListRow, Reading, Record, UnusableInput
from store import Store, quarantine
from store.erasure import erase_person
from store.releasing import decide

LETTERS = ("бур", "вол", "гор", "дуб", "зор", "каш", "лоб", "мед", "нос", "пал")
NAMES = [f"{one.capitalize()}{two}ов" for one in LETTERS for two in LETTERS]


def rows(names: list[str], **fields: object) -> list[Record]:
    said = {"event_date": "2024-09-01", "birth_date": "1990-01-01", **fields}
    return [man(Claim.DECEASED, surname=name, **said) for name in names]


def bring(
    store: Store, records: list[Record], days: float = 0, *,
    header: tuple[str, ...] = ("ФИО", "Год"), encoding: str | None = "utf-8",
) -> int:  # fmt: skip
    """One import of the list; how many of its rows were held."""
    said = [reading(f"{r.surname} {r.birth_date} {r.unit}", r) for r in records]
    wire = tuple(ListRow(source="list", row=n, cells={}) for n in range(1, len(said) + 1))
    batch = Batch(source="list", rows=wire, whole_list=True, header=header, encoding=encoding)
    return store.save_batch(batch, said, NOW + timedelta(days=days)).held


@pytest.fixture
def store(tmp_path: Path) -> Store:
    store = new_store(tmp_path / "rollcall.db")
    bring(store, rows(NAMES, unit="12345"))
    return store


def standing(store: Store) -> set[str | None]:
    return {stored.record.surname for stored in store.stored_records()}


@pytest.mark.parametrize(
    ("changed", "shape", "alarm"),
    [
        (rows(NAMES[:90], unit="12345"), {}, "100 rows became 90"),
        (rows([*NAMES, *(f"Новый{n}" for n in range(26))], unit="12345"), {}, "became 126 (+26%)"),
        (rows([*NAMES[3:], "Новый1", "Новый2", "Новый3"], unit="12345"), {}, "3 of 100 rows"),
        (rows(NAMES[:3], unit="12345", birth_date="1991-02-02") + rows(NAMES[3:], unit="12345"),
         {}, "3 birth dates"),
        (rows(NAMES[:15]) + rows(NAMES[15:], unit="12345"), {}, "unit stands in 85%"),
        (rows([*NAMES, *NAMES[:3]], unit="12345"), {}, "3 rows repeat"),
        (rows([*NAMES, "Новый1"], unit="12345"), {"header": ("ФИО", "Гибель")}, "header changed"),
        (rows([*NAMES, "Новый1"], unit="12345"), {"encoding": "other"}, "encoding changed"),
    ],
)  # fmt: skip
def test_what_is_alarming_is_held(
    store: Store, changed: list[Record], shape: dict[str, object], alarm: str
) -> None:
    before = store.stored_records()
    assert bring(store, changed, 1, **shape) == len(changed)  # type: ignore[arg-type]
    assert store.stored_records() == before
    (waiting,) = quarantine.listing(store.connection)
    assert alarm in "; ".join(waiting["alarms"])  # type: ignore[arg-type]
    assert bring(store, changed, 2, **shape) == 0  # type: ignore[arg-type]  asked about once
    assert len(quarantine.listing(store.connection)) == 1


def undated(records: list[Record], count: int) -> list[Reading]:
    """The list again, its last rows with cells for a day that nobody can read."""
    said = [reading(f"{r.surname} {r.birth_date} {count}", r) for r in records]
    last = len(said) - count
    return said[:last] + [replace(one, unread=("event_date",)) for one in said[last:]]


def take(store: Store, said: list[Reading], days: float = 0) -> int:
    wire = tuple(ListRow(source="list", row=n, cells={}) for n in range(1, len(said) + 1))
    batch = Batch(source="list", rows=wire, whole_list=True)
    return store.save_batch(batch, said, NOW + timedelta(days=days)).held


FARING = (Path(__file__).parents[1] / "store/datasette/queries/source_health.sql").read_text(
    encoding="utf-8"
)
TOLD = ": these count from the day they were learned of"


def test_cells_for_a_day_that_cannot_be_read_are_told(store: Store) -> None:
    men = rows(NAMES, unit="12345")
    for day, count in enumerate((10, 18), 1):  # by steps of which none is alarming
        assert take(store, undated(men, count), day) == 0
        told = f"event_date cannot be read in {count} of 100 rows (as row {101 - count}){TOLD}"
        assert quarantine.unread(store.connection) == [("list", told, count == 10)]
        faring = {row["source"]: row["unread"] for row in store.connection.execute(FARING)}
        assert faring["list"] == f"event_date: {count}/100"
    assert take(store, undated(men, 40), 3) == 100
    (waiting,) = quarantine.listing(store.connection)
    alarm = "event_date cannot be read in 40% of the rows (as row 61), 18% before"
    assert waiting["alarms"] == [alarm]
    decide(store, int(str(waiting["import_id"])), release=True, by="Анна", now=NOW)
    assert take(store, undated(men, 41), 4) == 0  # what was released is the measure
    assert take(store, undated(men, 0), 5) == 0
    assert quarantine.unread(store.connection) == []


def test_an_import_that_was_not_looked_at_so_is_no_measure(store: Store) -> None:
    with store.writing() as connection:
        connection.execute("DROP TRIGGER list_import_decided_once")
        connection.execute("UPDATE list_import SET facts = json_remove(facts, '$.unread')")
    assert take(store, undated(rows(NAMES, unit="12345"), 90), 1) == 0


@pytest.mark.parametrize(
    "changed",
    [
        rows([*NAMES, *(f"Новый{n}" for n in range(20))], unit="12345"),
        rows(NAMES[2:], unit="12345"),
        rows(NAMES, unit="12345", birth_date="1990-01-01")[::-1],
    ],
)
def test_a_healthy_change_is_taken(store: Store, changed: list[Record]) -> None:
    assert bring(store, changed, 1) == 0
    assert standing(store) == {record.surname for record in changed}
    assert quarantine.listing(store.connection) == []


def test_a_list_that_dwindles_slowly(store: Store) -> None:
    """Two rows a day alarm nobody by themselves; over some days they do."""
    left, days = list(NAMES), 0
    while not bring(store, rows(left[2:], unit="12345"), days := days + 1):
        left = left[2:]
    assert (len(left), days) == (96, 3)
    (waiting,) = quarantine.listing(store.connection)
    assert "of the last 30 days" in "; ".join(waiting["alarms"])  # type: ignore[arg-type]


def test_the_limits_of_a_source(tmp_path: Path) -> None:
    from histories import source  # noqa: PLC0415

    with new_store(tmp_path / "rollcall.db") as store:
        store.save_sources([replace(source("list"), expect=Expect(max_growth=2.0))])
        bring(store, rows(NAMES))
        assert bring(store, rows([*NAMES, *(f"Новый{n}" for n in range(90))]), 1) == 0


def test_a_vanished_row_loses_its_claim_only_once_released(store: Store) -> None:
    resolve(store, {one.record.surname or "": [one.record_id] for one in store.stored_records()})
    assert store.tally("2024-12-31")["list_only"] == 100
    first = store.tally("2024-12-31")["known_at"]
    bring(store, rows(NAMES[:50], unit="12345"), 1)
    (waiting,) = quarantine.listing(store.connection)
    shown = quarantine.changes(store.connection, int(str(waiting["import_id"])))
    assert (len(shown["gone"]), shown["new"]) == (50, [])  # type: ignore[arg-type]
    assert standing(store) == set(NAMES)
    decide(store, int(str(waiting["import_id"])), release=True, by="Анна", now=NOW)
    assert standing(store) == set(NAMES[:50])
    by_name = {one.record.surname or "": [one.record_id] for one in store.stored_records()}
    resolve(store, by_name)
    assert store.tally("2024-12-31")["list_only"] == 50
    assert store.tally("2024-12-31", str(first))["list_only"] == 100  # as it was known then
    assert quarantine.listing(store.connection) == []
    with pytest.raises(UnusableInput, match="released already"):
        decide(store, int(str(waiting["import_id"])), release=False, by="Борис", now=NOW)


def test_a_refused_import_is_not_asked_about_again(store: Store) -> None:
    bring(store, rows(NAMES[:50]), 1)
    (waiting,) = quarantine.listing(store.connection)
    decide(store, int(str(waiting["import_id"])), release=False, by="Анна", now=NOW)
    assert bring(store, rows(NAMES[:50]), 2) == 0
    assert standing(store) == set(NAMES)
    assert store.connection.execute("SELECT count(*) FROM held_row").fetchone()[0] == 0
    assert bring(store, rows(NAMES, unit="12345"), 3) == 0  # the list is itself again
    assert quarantine.listing(store.connection) == []


def test_a_newer_import_takes_the_place_of_a_held_one(store: Store) -> None:
    bring(store, rows(NAMES[:50]), 1)
    bring(store, rows(NAMES[:60]), 2)
    states = [one["state"] for one in quarantine.listing(store.connection, every=True)]
    assert states == ["held", "superseded", "accepted"]
    bring(store, rows([*NAMES, "Новый"], unit="12345"), 3)
    assert quarantine.listing(store.connection) == []


def test_the_versions_of_a_list(store: Store) -> None:
    """Each import that was taken can be asked for as it stood."""
    versions = [NAMES, [*NAMES[1:], "Новый"], [*NAMES[1:], "Новый", "Другой"], [*NAMES, "Другой"]]
    for day, names in enumerate(versions[1:], 1):
        assert bring(store, rows(names, unit="12345"), day) == 0
    taken = [one["import_id"] for one in quarantine.listing(store.connection, every=True)][::-1]
    for import_id, names in zip(taken, versions, strict=True):
        found = quarantine.changes(store.connection, int(str(import_id)))["list"]
        assert {row["text"].split()[0] for row in found} == set(names)  # type: ignore[attr-defined]


def test_the_database_keeps_every_import(store: Store) -> None:
    for statement in (
        "DELETE FROM list_import",
        "UPDATE list_import SET alarms = '[]'",
        "UPDATE list_import SET state = 'held'",
    ):
        with pytest.raises(Exception, match="list_import: "), store.writing() as connection:
            connection.execute(statement)


def test_persons_do_not_move_while_a_list_is_held(store: Store) -> None:
    resolve(store, {one.record.surname or "": [one.record_id] for one in store.stored_records()})
    bring(store, rows(NAMES[:10]), 1)
    assert not store.changed_records()
    assert store.save_resolution(Resolution(clusters={}), [], NOW).persons_closed == 0


def test_an_erased_man_leaves_held_imports_too(store: Store) -> None:
    """And a release does not bring him back."""
    by_name = {one.record.surname or "": [one.record_id] for one in store.stored_records()}
    resolve(store, by_name)
    bring(store, rows(NAMES[:50], unit="12345"), 1)
    erase_person(store, NAMES[0], "Анна", NOW)
    texts = store.connection.execute("SELECT text || record FROM held_row").fetchall()
    assert len(texts) == 49
    assert not any(NAMES[0] in text for (text,) in texts)
    (waiting,) = quarantine.listing(store.connection)
    decide(store, int(str(waiting["import_id"])), release=True, by="Анна", now=NOW)
    assert standing(store) == set(NAMES[1:50])
