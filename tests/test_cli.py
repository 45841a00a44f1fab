"""The commands as an operator types them: what they print, what they leave, how they end."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import sqlite3
import subprocess
import time
from pathlib import Path
from textwrap import dedent

import pytest
from server import Server, answer
from small import COMMAND, PHONE, POSTS, RELATIVE, Small, lines

from cli import COMMANDS
from scraper.sources import kind_names, load_one

ROOT = Path(__file__).parent.parent
# What a round that found nothing new may still write: that it looked.
NOTES = {"fetch", "run", "source", "cursor", "linkage_turn"}


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
