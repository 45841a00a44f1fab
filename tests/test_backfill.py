"""`collect --backfill`: a source's history, newest first, killed and gone on with."""

from __future__ import annotations

import html
import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from server import NOT_FOUND, Answer, Asked, Server, answer

COMMAND = [sys.executable, "-m", "cli"]
TODAY = datetime.now(UTC).replace(microsecond=0)
POSTS = 300  # one a day, the last of them today


def at(number: int) -> datetime:
    return TODAY - timedelta(days=POSTS - number, minutes=5)


def text(number: int) -> str:
    return f"Ищу сына, пост {number}. Связи нет."


def message(number: int) -> str:
    return (
        f'<div class="tgme_widget_message" data-post="kanal/{number}">'
        f'<div class="js-message_text">{html.escape(text(number))}</div>'
        f'<a class="tgme_widget_message_date"><time datetime="{at(number).isoformat()}"></time></a>'
        "</div>"
    )


@dataclass
class Site:
    """A channel and a wall with the same posts. `on_page` hears of each question for a page."""

    first: int = 1
    on_page: Callable[[str], Answer | None] = lambda _: None
    asked: list[str] = field(default_factory=list)

    def __call__(self, asked: Asked) -> Answer:
        if asked.path == "/robots.txt":
            return NOT_FOUND
        self.asked.append(asked.target)
        if (instead := self.on_page(asked.target)) is not None:
            return instead
        if asked.path == "/s/kanal":
            before = int(asked.query.get("before", POSTS + 1))
            shown = range(max(self.first, before - 20), before)
            blocks = "".join(map(message, shown))
            empty = "" if blocks else '<div class="tme_no_messages_found"></div>'
            return answer(f"<html><body>{blocks}{empty}</body></html>")
        offset, count = int(asked.query["offset"]), int(asked.query["count"])
        order = list(range(POSTS, 0, -1))
        items = [
            {"id": n, "owner_id": -7, "date": int(at(n).timestamp()), "text": text(n)}
            for n in order[offset : offset + min(count, 40)]
        ]
        return answer(json.dumps({"response": {"count": len(order), "items": items}}))


@dataclass
class Desk:
    """An operator's folder with the two sources, and the command."""

    folder: Path
    site: Site
    url: str

    def collect(self, *words: str) -> subprocess.CompletedProcess[str]:
        with self.begin(*words) as running:
            out, error = running.communicate(timeout=120)
        return subprocess.CompletedProcess(words, running.returncode, out, error)

    def begin(self, *words: str) -> subprocess.Popen[str]:
        place = ["--db", str(self.folder / "a.db"), "--sources", str(self.folder / "sources")]
        return subprocess.Popen(
            [*COMMAND, *place, "collect", "--allow-loopback", *words],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, encoding="utf-8",
            env={**os.environ, "ROLLCALL_CONTACT": "mail@site.example"},
        )  # fmt: skip

    def backfill(self, source: str, days: int, *more: str) -> subprocess.CompletedProcess[str]:
        since = f"{TODAY - timedelta(days=days):%Y-%m-%d}"
        return self.collect("--backfill", source, "--since", since, *more)

    def rows(self, query: str) -> list[tuple[object, ...]]:
        with sqlite3.connect(self.folder / "a.db") as connection:
            found = connection.execute(query).fetchall()
        connection.close()
        return found

    def held(self, source: str) -> set[int]:
        found = self.rows(f"SELECT external_id FROM post WHERE source = '{source}'")  # noqa: S608
        numbers = [int(str(name).split("/")[-1].split("_")[-1]) for (name,) in found]
        assert len(numbers) == len(set(numbers))
        return set(numbers)

    def cursor(self, source: str) -> object:
        return self.rows(f"SELECT value FROM cursor WHERE source = '{source}'")  # noqa: S608


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    site = Site()
    (tmp_path / "sources").mkdir()
    since = f"{TODAY - timedelta(days=30):%Y-%m-%d}"
    with Server(site) as server:
        for name, kind, path in (
            ("kanal", "telegram", "/s/kanal"), ("stena", "vk", "/method/wall.get?owner_id=-7"),
            ("vesti", "rss", "/feed"),
        ):  # fmt: skip
            told = f'kind = "{kind}"\nurl = "{server.url}{path}"\n'
            told += f'since = "{since}"\n' if kind != "rss" else ""
            (tmp_path / "sources" / f"{name}.toml").write_text(told, encoding="utf-8")
        yield Desk(tmp_path, site, server.url)


@pytest.mark.parametrize("source", ["kanal", "stena"])
def test_a_history_is_read_down_to_a_day_and_nothing_twice(desk: Desk, source: str) -> None:
    assert desk.collect(source).returncode == 0
    usual, before = desk.held(source), desk.cursor(source)
    assert min(usual) > POSTS - 55
    desk.site.asked.clear()
    done = desk.backfill(source, 200)
    assert done.returncode == 0, done.stderr
    assert "read back to" in done.stdout
    assert desk.held(source) >= set(range(POSTS - 200 + 1, POSTS + 1))
    assert min(desk.held(source)) > POSTS - 225
    assert desk.cursor(source) == before, "the ordinary collection's cursor moved"
    read = [target for target in desk.site.asked if "count=1&" not in target]
    assert len(read) <= 200 / 18, read  # what was read already is not asked for again
    desk.site.asked.clear()
    assert desk.backfill(source, 200).returncode == 0
    assert desk.site.asked == []  # it is done
    assert desk.backfill(source, 240).returncode == 0  # an earlier day takes it up again
    assert desk.held(source) >= set(range(POSTS - 240 + 1, POSTS + 1))
    assert len(desk.site.asked) < 20


@pytest.mark.parametrize("source", ["kanal", "stena"])
def test_killed_it_goes_on_where_it_stopped(desk: Desk, source: str) -> None:
    running: list[subprocess.Popen[str]] = []

    def kill(_: str) -> None:
        if len(desk.site.asked) == 7:
            running[0].send_signal(signal.SIGKILL)

    desk.site.on_page = kill
    since = f"{TODAY - timedelta(days=280):%Y-%m-%d}"
    with desk.begin("--backfill", source, "--since", since) as process:
        running.append(process)
        process.communicate(timeout=120)
    assert process.returncode == -signal.SIGKILL
    first, half = list(desk.site.asked), desk.held(source)
    assert 50 < len(half) < 250
    desk.site.asked.clear()
    done = desk.backfill(source, 280)
    assert done.returncode == 0, done.stderr
    assert desk.held(source) >= set(range(POSTS - 280 + 1, POSTS + 1))
    pages = [target for target in desk.site.asked if "count=1&" not in target]
    assert len(pages) <= 17 - len(first) + 4  # not from the top again
    assert "posts" in done.stderr  # progress


def test_a_failure_names_its_place_and_moves_nothing_else(desk: Desk) -> None:
    assert desk.collect("kanal").returncode == 0
    schedule = desk.rows("SELECT due_at, failures FROM source WHERE name = 'kanal'")
    desk.site.on_page = lambda target: answer("no", 403) if "before=181" in target else None
    done = desk.backfill("kanal", 200)
    assert done.returncode == 1
    assert "kanal: " in done.stderr
    assert "before=181" in done.stderr
    assert desk.rows("SELECT due_at, failures FROM source WHERE name = 'kanal'") == schedule
    desk.site.on_page = lambda _: answer("busy", 429, Retry_After="3600")
    done = desk.backfill("kanal", 200)
    assert done.returncode == 1
    desk.site.asked.clear()
    done = desk.backfill("kanal", 200)
    assert "not asked: throttled" in done.stderr  # the server's wish holds for everybody
    assert desk.site.asked == []


def test_the_beginning_is_believed_when_said_twice(desk: Desk) -> None:
    desk.site.first = 200
    done = desk.backfill("kanal", 250)
    assert done.returncode == 1
    assert "nothing is shown below message 200" in done.stderr
    assert "run it again in six hours" in done.stderr
    hours = (datetime.now(UTC) - timedelta(hours=7)).isoformat()
    with sqlite3.connect(desk.folder / "a.db") as connection:
        connection.execute("UPDATE backfill SET value = json_set(value, '$.first[1]', ?)", (hours,))
    connection.close()
    done = desk.backfill("kanal", 250)
    assert done.returncode == 0, done.stderr
    assert desk.rows("SELECT finished_at > '' FROM backfill") == [(1,)]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--backfill", "vesti", "--since", "2024-08-01"], "keeps no history"),
        (["--backfill", "nobody", "--since", "2024-08-01"], "no source called 'nobody'"),
        (["--backfill", "kanal"], "go together"),
        (["--since", "2024-08-01"], "go together"),
        (["--backfill", "kanal", "--since", "August"], "no day like"),
        (["--backfill", "kanal", "--since", "2124-01-01"], "still to come"),
    ],
)
def test_unusable_words_end_with_two(desk: Desk, words: list[str], told: str) -> None:
    done = desk.collect(*words)
    assert done.returncode == 2
    assert told in done.stderr
