"""The commands as an operator types them: what they print, what they leave, how they end."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
import zipfile
from pathlib import Path
from textwrap import dedent

import pyarrow.parquet
import pytest
from server import Server, answer
from small import COMMAND, PHONE, POSTS, RELATIVE, Small, lines

from cli import COMMANDS
from cli.writing import write_csv, write_xlsx
from scraper.sources import kind_names, load_one

ROOT = Path(__file__).parent.parent
FIELDS = [
    "surname", "given", "patronymic", "birth_date", "age", "category", "unit", "rank",
    "home_region", "home_place", "last_contact", "last_seen_place", "status", "spans",
]  # fmt: skip
# What a round that found nothing new may still write: that it looked.
NOTES = {"fetch", "run", "source", "cursor"}


def content(db: Path) -> dict[str, list[tuple[object, ...]]]:
    """Every row of every table, but for the notes of having looked."""
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        names = [
            name
            for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")
            if "_fts" not in name
            and not name.startswith(("sqlite_", "_sqlite"))
            and name not in NOTES
        ]
        found = {n: sorted(connection.execute(f"SELECT * FROM {n}"), key=str) for n in names}  # noqa: S608
    connection.close()
    return found


def jsonl(text: str) -> list[dict[str, object]]:
    return [json.loads(line) for line in text.splitlines()]


# extract


def test_extract_answers_in_the_agreed_shape(fresh: Small) -> None:
    done = fresh.rollcall("extract", stdin=lines(POSTS))
    answers = jsonl(done.stdout)
    assert done.returncode == 0
    assert [answer["post_id"] for answer in answers] == [post[0] for post in POSTS]
    assert all(list(answer) == ["post_id", "text", "records"] for answer in answers)
    (record,) = answers[0]["records"]  # type: ignore[misc]
    assert list(record) == FIELDS
    assert (record["surname"], record["given"], record["patronymic"]) == (
        "Крутицын",
        "Лука",
        "Ильич",
    )
    assert (record["birth_date"], record["unit"]) == ("2005-03-11", "90909")
    assert (record["category"], record["status"]) == ("conscript", "missing")
    assert answers[4]["records"] == []


def test_extract_takes_relatives_out(fresh: Small) -> None:
    done = fresh.rollcall("extract", stdin=lines(POSTS))
    assert PHONE not in done.stdout
    assert RELATIVE.split()[0] not in done.stdout
    assert "Крутицын Лука" in done.stdout


def test_spans_point_at_what_was_read(fresh: Small) -> None:
    (answer,) = jsonl(fresh.rollcall("extract", stdin=lines(POSTS[:1])).stdout)
    text = str(answer["text"])
    (record,) = answer["records"]  # type: ignore[misc]
    spans = {span["field"]: text[span["start"] : span["end"]] for span in record["spans"]}
    assert "11.03.2005" in spans["birth_date"]
    assert all(0 <= s["start"] < s["end"] <= len(text) for s in record["spans"])


@pytest.mark.parametrize(
    ("line", "cause"),
    [
        ("{not json", "not JSON"),
        ("[1, 2]", "not a JSON object"),
        ('{"text": "Ищу сына"}', "no post_id"),
        ('{"post_id": "x"}', "text is missing"),
        ('{"post_id": "x", "text": "т", "posted_at": "вчера"}', "posted_at"),
    ],
)
def test_extract_names_a_bad_line_and_does_the_rest(fresh: Small, line: str, cause: str) -> None:
    done = fresh.rollcall("extract", stdin=f"{lines(POSTS[:1])}{line}\n{lines(POSTS[1:2])}")
    assert done.returncode == 1
    assert [answer["post_id"] for answer in jsonl(done.stdout)] == ["s1", "s2"]
    assert done.stderr.startswith("rollcall: line 2: ")
    assert cause in done.stderr
    assert len(done.stderr.splitlines()) == 1
    alone = fresh.rollcall("extract", stdin=line)
    assert (alone.returncode, alone.stdout) == (2, "")


def test_extract_streams(fresh: Small) -> None:
    with subprocess.Popen(
        [*COMMAND, "extract"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(lines(POSTS[:1]))
        process.stdin.flush()
        assert json.loads(process.stdout.readline())["post_id"] == "s1"  # stdin is still open
        process.stdin.close()
        assert process.wait(30) == 0


def test_extract_explains(fresh: Small) -> None:
    done = fresh.rollcall("extract", "--explain", stdin=lines(POSTS[:1]))
    assert re.search(r"birth_date\W+2005-03-11\W+11\.03\.2005.*\w+", done.stdout)
    assert PHONE not in done.stdout


# collect


def test_collecting_twice_changes_nothing(own: Small) -> None:
    before = content(own.db)
    assert own.rollcall("collect").returncode == 0
    assert own.rollcall("resolve").stdout == "nothing new to resolve\n"
    assert own.rollcall("resolve", "--full").returncode == 0
    assert content(own.db) == before


def test_a_failing_source_is_named_and_the_others_are_done(fresh: Small) -> None:
    fresh.add("broken", 'kind = "posts"\nurl = "../absent.jsonl"\n')
    done = fresh.rollcall("collect", "--json")
    found = {row["source"]: row for row in json.loads(done.stdout)}
    assert done.returncode == 1
    assert "broken" in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert {name for name, row in found.items() if row["error"] is None} == {
        "captured", "channel", "deceased",
    }  # fmt: skip
    assert found["channel"]["saved"]["new"] == len(POSTS)
    assert not json.loads(fresh.rollcall("doctor", "--json").stdout)[-2]["ok"] or done.stderr


def test_a_source_that_answers_500_leaves_the_others_done(fresh: Small) -> None:
    with Server({"/feed.xml": answer("no", 500)}) as server:
        fresh.add("failing", f'kind = "rss"\nurl = "{server.url}/feed.xml"\n')
        done = fresh.rollcall("collect", "--allow-loopback", "--json")
    found = {row["source"]: row["error"] for row in json.loads(done.stdout)}
    assert done.returncode == 1
    assert "failing" in done.stderr
    assert "500" in done.stderr
    assert [name for name, error in found.items() if error] == ["failing"]


def test_named_sources_alone_are_collected(fresh: Small) -> None:
    done = fresh.rollcall("collect", "deceased", "--json")
    assert [row["source"] for row in json.loads(done.stdout)] == ["deceased"]


def test_a_killed_round_goes_on_where_it_stopped(fresh: Small) -> None:
    many = [(f"n{n}", "2024-08-08T10:00:00+03:00", f"Объявление номер {n}.") for n in range(2600)]
    (fresh.folder / "posts.jsonl").write_text(lines(many + POSTS), encoding="utf-8")
    arguments = [*COMMAND, "--db", str(fresh.db), "--sources", str(fresh.sources), "collect"]
    with subprocess.Popen(arguments, stdout=subprocess.DEVNULL) as process:
        while posts(fresh.db) == 0 and process.poll() is None:
            time.sleep(0.005)
        process.send_signal(signal.SIGKILL)
    kept = posts(fresh.db)
    assert 0 < kept < len(many)
    done = fresh.rollcall("collect", "channel", "--json")
    (row,) = json.loads(done.stdout)
    assert row["saved"]["new"] == len(many) + len(POSTS) - kept  # none twice, none lost
    assert posts(fresh.db) == len(many) + len(POSTS)


def posts(db: Path) -> int:
    try:
        with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
            (number,) = connection.execute("SELECT count(*) FROM post").fetchone()
        connection.close()
        return int(number)
    except sqlite3.OperationalError:
        return 0


# Unusable input


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tally",), "no such database"),
        (("person", "p0"), "no such database"),
        (("serve",), "no such database"),
        (("collect", "chanel"), "no source called 'chanel'"),
        (("run", "--tick", "x"), "--tick"),
        (("collect", "--nonsense"), "--nonsense"),
    ],
)
def test_unusable_input_is_one_line_and_2(
    fresh: Small, arguments: tuple[str, ...], told: str
) -> None:
    done = fresh.rollcall(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert "Traceback" not in done.stderr


def test_a_wrong_key_names_the_nearest(fresh: Small) -> None:
    fresh.add("channel", 'kind = "posts"\nurl = "../posts.jsonl"\nevrey = "1h"\n')
    done = fresh.rollcall("collect")
    assert done.returncode == 2
    assert "channel.toml" in done.stderr
    assert "'evrey'" in done.stderr
    assert "'every'" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("tally", "--as-of", "23.08.2024"), "YYYY-MM-DD"),
        (("tally", "--known-at", "gestern"), "2024-08-23T12:00:00Z"),
        (("person", "nobody"), "no person 'nobody'"),
        (("review", "show", "999"), "no open pair 999"),
        (("review", "undo", "999"), "no human's decision 999"),
        (("diff", "2024-08-01", "x"), "YYYY-MM-DD"),
        (("export", "persons", "-o", "/nowhere/x"), "/nowhere/x"),
    ],
)
def test_a_wrong_argument_is_told(counted: Small, arguments: tuple[str, ...], told: str) -> None:
    done = counted.rollcall(*arguments)
    assert done.returncode == 2
    assert told in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_another_programs_database_is_refused(fresh: Small) -> None:
    with sqlite3.connect(fresh.db) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    done = fresh.rollcall("collect")
    assert done.returncode == 2
    assert "not one of rollcall's" in done.stderr


# Counting


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


# One person, review, export


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


# The promise to relatives, and the house


def test_no_relative_reaches_the_disk(counted: Small) -> None:
    digits = re.sub(r"\D", "", PHONE)[-7:]
    for path in counted.folder.glob("count.db*"):
        blob = path.read_bytes()
        assert RELATIVE.split()[0].encode() not in blob
        assert digits.encode() not in re.sub(rb"\D", b"", blob)
        assert PHONE.encode() not in blob


def examples(page: str) -> list[str]:
    """The TOML files that a page of the documentation shows."""
    text = (ROOT / page).read_text(encoding="utf-8")
    return [dedent(block) for block in re.findall(r"```toml\n(.*?)```", text, re.DOTALL)]


@pytest.mark.parametrize("text", examples("README.md"))
def test_every_example_of_the_readme_is_right(tmp_path: Path, text: str) -> None:
    path = tmp_path / "example.toml"
    path.write_text(text, encoding="utf-8")
    assert load_one(path).url


def test_the_readme_shows_every_kind_of_source() -> None:
    shown = {kind for text in examples("README.md") for kind in re.findall(r'kind = "(\w+)"', text)}
    assert shown == set(kind_names())


def test_serving_on_a_taken_port_is_told(counted: Small) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        done = counted.rollcall("serve", "--open", "--port", str(taken.getsockname()[1]))
    assert done.returncode == 2
    assert "cannot be listened on" in done.stderr


@pytest.mark.parametrize("command", list(COMMANDS))
def test_every_command_is_documented_and_helps(fresh: Small, command: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    assert re.search(rf"^\| `{command}[ `]", readme, re.MULTILINE), (
        f"{command} is not in the README"
    )
    assert fresh.rollcall(command, "--help").returncode == 0


def test_help_imports_nothing_heavy() -> None:
    heavy = ("numba", "datasette", "pymorphy3", "pyarrow")
    code = f"import sys, cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run(
        [COMMAND[0], "-c", code], capture_output=True, text=True, check=True, cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.stdout == "[]\n"
