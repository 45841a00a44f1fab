"""Pages that exhaust a parser kill the process that reads them, and nothing else."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from eaters import eat, secrets, spin
from faultworld import NOW, POSTS, Fault, World, block, build, check, item, preview, text, wall
from server import Scripted, Server, answer

from scraper import readers, worker
from scraper.preview import PageChanged, read_page
from scraper.wall import WallError, read_wall

MOSCOW = ZoneInfo("Europe/Moscow")


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    script: dict[str, Scripted] = {}
    with Server(script) as server:
        yield build(server, script, tmp_path_factory.mktemp("world"))


@pytest.fixture
def small_limits(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A short-lived pool of processes with little memory and time."""
    monkeypatch.setattr(readers, "MEMORY", 300 * 2**20)
    monkeypatch.setattr(readers, "SECONDS", 2)
    pool = readers._Pool()
    monkeypatch.setattr(readers, "_POOL", pool)
    yield
    pool.close()


def test_a_page_reads_the_same_apart() -> None:
    given = (preview(), "tg", MOSCOW, NOW)
    assert readers.apart(read_page, *given) == read_page(*given)
    assert readers.apart(read_wall, wall(), "vk", MOSCOW, NOW).total == len(POSTS)


def test_errors_come_back_as_they_were() -> None:
    with pytest.raises(PageChanged, match="no message list"):
        readers.apart(read_page, b"<html>", "tg", MOSCOW, NOW)
    with pytest.raises(WallError) as failed:
        readers.apart(read_wall, b'{"error":{"error_code":5}}', "vk", MOSCOW, NOW)
    assert failed.value.code == 5
    with pytest.raises(readers.Fault, match=r"TypeError at worker\.py"):
        readers.apart(read_wall)


def test_what_comes_back_is_only_our_own(tmp_path: Path) -> None:
    path = tmp_path / "taken"
    with path.open("wb") as pipe:
        worker.send(pipe, subprocess.run)
    with path.open("rb") as pipe, pytest.raises(pickle.UnpicklingError, match="belong"):
        worker.receive(pipe)


HUGE = answer(preview(POSTS, block(9, "Ищу сына. " + "а" * 60_000)))
DEEP = "<b>" * 30_000


@pytest.mark.parametrize(
    ("name", "kind", "sent", "cause"),
    [
        ("a long post", "telegram", HUGE, None),
        ("a long wall", "vk", answer(wall(POSTS, (item(9, text=text(9) + "а" * 40_000),))), None),
        ("a page of elements", "telegram",
         answer(preview(POSTS, "<p><b>x</b></p>" * 120_000)), None),
        ("a board of elements", "html",
         answer(b"<html><body>" + b"<p>x" * 400_000), "more memory or time"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("small_limits")
def test_a_bomb_kills_the_reader_not_the_service(  # noqa: PLR0917
    world: World, name: str, kind: str, sent: Scripted, cause: str | None, tmp_path: Path
) -> None:
    check(world, Fault(name=name, kind=kind, sent=sent, cause=cause), tmp_path, deadline=20.0)


def test_limits_hold(small_limits: None, monkeypatch: pytest.MonkeyPatch) -> None:
    tests = str(Path(__file__).parent)
    monkeypatch.setattr(sys, "path", [*sys.path, tests])
    monkeypatch.setenv("ROLLCALL_VK_TOKEN", "vk1.a.invented")
    assert readers.apart(secrets) == []
    assert readers.apart(eat, 10) == 10
    with pytest.raises(readers.Killed):
        readers.apart(eat, 400 * 2**20)
    with pytest.raises(readers.Killed):
        readers.apart(spin)
    assert readers.apart(eat, 10) == 10  # the next one is read by a fresh process


BOMBS = """
import asyncio, gzip, sys
from datetime import UTC, datetime
from server import Server, answer
from model import CollectFailed, Source
from scraper import collect
from scraper.client import Client, ClientSettings

import zlib
packer = zlib.compressobj(9, wbits=31)
bomb = b"".join(packer.compress(b"x" * 1_000_000) for _ in range(100)) + packer.flush()
pages = {"/s/kanal": answer(bomb, Content_Encoding="gzip"),
         "/f": answer(gzip.compress(b"<rss>" + b"<item>" * 2_000_000), Content_Encoding="gzip"),
         "/b": answer(b"<p><b>" * 60_000 + b"</html>")}

async def one(kind, url, client, **told):
    source = Source(name=kind, kind=kind, url=url, path="x.toml", **told)
    try:
        return [batch async for batch in collect(source, client, {})]
    except CollectFailed as failed:
        return str(failed)

async def main(url):
    async with Client(ClientSettings(allow_loopback=True, attempts=1)) as client:
        told = [await one("telegram", url + "/s/kanal", client),
                await one("rss", url + "/f", client),
                await one("html", url + "/b", client, options={"rows": "article"},
                          columns={"external_id": "@id", "text": "p", "posted_at": "time"})]
    assert all(isinstance(one, str) for one in told), told

with Server(pages) as server:
    asyncio.run(main(server.url))
# not getrusage: a process inherits the high-water mark of the one that started it
told = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
print(int(told) // 1024)
"""


def test_memory_stays_bounded_with_bombs(tmp_path: Path) -> None:
    script = tmp_path / "bombs.py"
    script.write_text(BOMBS, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, check=False,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parent)},
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 150, f"{done.stdout} MB"


LIGHT = """
import importlib, pkgutil, sys
import pipeline
from scraper import kinds
for module in pkgutil.iter_modules(kinds.__path__):
    importlib.import_module(f"scraper.kinds.{module.name}")
heavy = {"numba", "pandas", "scipy", "sklearn", "splink", "duckdb", "datasette", "statsmodels"}
print(sorted(heavy & sys.modules.keys()))
print(int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024)
"""


def test_a_collecting_process_brings_in_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LIGHT], capture_output=True, text=True, check=True)
    brought, high = done.stdout.splitlines()
    assert brought == "[]"
    assert int(high) < 130, f"{high} MB"
