"""Commands that count, explain a person, decide and export."""

from __future__ import annotations

import csv
import io
import json
import re
import sqlite3
import zipfile
from pathlib import Path

import pyarrow.parquet
import pytest
from small import PHONE, Small, jsonl

from cli.writing import write_csv, write_xlsx


def test_tally_in_the_agreed_shape(counted: Small) -> None:
    found = json.loads(counted.rollcall("tally", "--as-of", "2024-08-23", "--json").stdout)
    assert {"as_of", "known_at", "evidence", "total", "withdrawn"} < set(found)
    assert found["total"] == 3
    assert found["by_status"] == {
        "missing": 2, "captured": 1, "released": 0, "found_alive": 0, "deceased": 0,
    }  # fmt: skip
    assert found["by_category"]["conscript"]["captured"] == 1
    assert found["by_region"]["RU-KLU"]["total"] == 1
    assert found["list_only"] == 0  # the other captive was published in September
    assert found["overlaps"] == {"captured": 1}


def test_the_tally_moves_with_the_day(counted: Small) -> None:
    by_day = {
        day: json.loads(counted.rollcall("tally", "--as-of", day, "--json").stdout)["by_status"]
        for day in ("2024-08-07", "2024-08-10", "2024-09-10")
    }
    assert sum(by_day["2024-08-07"].values()) == 0
    assert by_day["2024-08-10"]["missing"] == 2
    assert by_day["2024-09-10"]["deceased"] == 1


def test_the_table_ends_in_the_newsrooms_sentence(counted: Small) -> None:
    done = counted.rollcall("tally", "--as-of", "2024-08-23")
    last = done.stdout.rstrip().splitlines()[-1]
    start = "As of 23 August 2024 at least 2 soldiers are missing, a further 1 is identified"
    assert last.startswith(start)
    assert "conscripts — 0 missing and 1 in captivity" in last
    assert "sought men on the list captured: 1" in done.stdout


def test_before_rollcall_knew_there_is_nothing(counted: Small) -> None:
    done = counted.rollcall("tally", "--as-of", "2024-08-23", "--known-at", "2024-08-23T12:00:00Z")
    assert "nobody is being sought" in done.stdout


def test_diff_says_who_moved(counted: Small) -> None:
    done = counted.rollcall("diff", "2024-08-10", "2024-09-10")
    assert "Ветошкин Тихон Савельевич" in done.stdout
    assert "Крутицын Лука Ильич" in done.stdout
    assert json.loads(counted.rollcall("diff", "2024-08-10", "2024-09-10", "--json").stdout)


def persons(small: Small) -> dict[str, dict[str, object]]:
    rows = jsonl(small.rollcall("export", "persons").stdout)
    return {str(row["surname"]): row for row in rows}


def test_person_explains_a_merged_man(counted: Small) -> None:
    known = persons(counted)["Крутицын"]
    assert len(known["records"]) == 3  # type: ignore[arg-type]
    done = counted.rollcall("person", str(known["person_id"]))
    for told in ("Крутицын Лука Ильич", "prisoner", "channel, post s1", "captured, row 1",
                 "2024-08-15", "surname", "the same man"):  # fmt: skip
        assert told in done.stdout
    assert PHONE not in done.stdout


def test_export_persons_in_the_agreed_shape(counted: Small) -> None:
    known = persons(counted)["Крутицын"]
    assert list(known)[:9] == [
        "person_id", "surname", "given", "patronymic", "birth_date", "category", "home_region",
        "unit", "status",
    ]  # fmt: skip
    by_source = {record["source"]: record for record in known["records"]}  # type: ignore[attr-defined]
    assert by_source["captured"]["row"] == 1
    assert by_source["channel"]["row"] is None
    assert {"source", "external_id", "row", "surname", "claim"} <= set(by_source["channel"])


@pytest.mark.parametrize("what", ["persons", "records", "events", "tally", "posts"])
def test_export_formats_hold_the_same_rows(counted: Small, tmp_path: Path, what: str) -> None:
    day = ("--as-of", "2024-08-23") if what == "tally" else ()
    rows = jsonl(counted.rollcall("export", what, *day).stdout)
    table = csv.DictReader(
        io.StringIO(
            counted.rollcall("export", what, "--format", "csv", *day).stdout.lstrip("\ufeff")
        )
    )
    path = tmp_path / "x.parquet"
    done = counted.rollcall("export", what, "--format", "parquet", "-o", str(path), *day)
    assert done.returncode == 0, done.stderr
    assert len(rows) == len(list(table)) == pyarrow.parquet.read_table(path).num_rows > 0


def sheets(path: Path) -> dict[str, list[str]]:
    """Sheet → its XML and the workbook's shared texts, as lines of cells."""
    with zipfile.ZipFile(path) as book:
        return {
            name: re.findall(r"<row .*?</row>", book.read(name).decode())
            for name in book.namelist() if "worksheets/sheet" in name
        }  # fmt: skip


def test_a_workbook_has_a_sheet_for_events_and_records(counted: Small, tmp_path: Path) -> None:
    path = tmp_path / "persons.xlsx"
    done = counted.rollcall("export", "persons", "--format", "xlsx", "-o", str(path))
    assert done.returncode == 0, done.stderr
    known = persons(counted).values()
    events = sum(len(man["events"]) for man in known)  # type: ignore[arg-type]
    records = sum(len(man["records"]) for man in known)  # type: ignore[arg-type]
    rows = sheets(path)
    assert [len(found) - 1 for found in rows.values()] == [len(known), events, records]


def test_no_cell_of_a_workbook_is_a_formula_or_a_link() -> None:
    file = io.BytesIO()
    write_xlsx([{"a": "=1+1", "b": "-5+2", "c": "http://x.example/", "d": 7, "e": True}], file)
    with zipfile.ZipFile(file) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
        everything = "".join(book.read(name).decode() for name in book.namelist())
    assert "<f>" not in sheet
    assert "hyperlink" not in sheet
    assert "&apos;=1+1" in everything or "'=1+1" in everything


def test_events_are_given_as_they_were_held_then(counted: Small) -> None:
    events = jsonl(counted.rollcall("export", "events").stdout)
    told = [event for man in persons(counted).values() for event in man["events"]]  # type: ignore[attr-defined]
    assert sorted((e["public_on"], e["status"]) for e in events) == sorted(
        (e["date"], e["status"]) for e in told
    )
    assert all(event["person_id"] and event["record_id"] for event in events)
    before = counted.rollcall("export", "events", "--known-at", "2001-01-01T00:00:00Z")
    assert (before.returncode, before.stdout) == (0, "")
    assert counted.rollcall("export", "events", "--known-at", "then").returncode == 2


def test_a_csv_cell_is_never_a_formula() -> None:
    file = io.BytesIO()
    write_csv([{"a": "=HYPERLINK(1)", "b": "-5+2", "c": 7}], file)
    assert file.getvalue().decode("utf-8-sig").splitlines()[1] == "'=HYPERLINK(1),'-5+2,7"


def test_a_human_decides_and_undoes(own: Small) -> None:
    known = persons(own)["Крутицын"]
    ids = sorted(str(record["record_id"]) for record in known["records"])  # type: ignore[attr-defined]
    with sqlite3.connect(own.db) as connection:  # a pair the model had doubts about
        connection.execute(
            "INSERT INTO review (left_id, right_id, score, findings, opened_at) "
            "VALUES (?, ?, 1.0, '[]', '2024-08-23T12:00:00.000000Z')", (ids[0], ids[1]),
        )  # fmt: skip
    connection.close()
    (pair,) = json.loads(own.rollcall("review", "list", "--json").stdout)
    number = str(pair["review_id"])
    assert "Крутицын" in own.rollcall("review", "show", number).stdout
    decided = own.rollcall("review", "decide", number, "different", "--note", "x", by="editor")
    assert decided.returncode == 0
    assert json.loads(own.rollcall("review", "list", "--json").stdout) == []
    own.rollcall("resolve")
    apart = [
        p for p in jsonl(own.rollcall("export", "persons").stdout) if p["surname"] == "Крутицын"
    ]
    assert len(apart) == 2
    decision = re.findall(r"decision (\d+)", decided.stdout)[0]
    assert own.rollcall("review", "undo", decision, by="editor").returncode == 0
    own.rollcall("resolve")
    assert len(persons(own)["Крутицын"]["records"]) == 3  # type: ignore[arg-type]


def test_doctor(own: Small) -> None:
    assert own.rollcall("doctor").returncode == 0
    own.add("wrong", 'kind = "nothing"\n')
    done = own.rollcall("doctor", "--json")
    assert done.returncode == 1
    assert [row["where"] for row in json.loads(done.stdout) if not row["ok"]] == [
        str(own.sources / "wrong.toml")
    ]
