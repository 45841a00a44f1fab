"""A whole round of the practice world, with bombs among its sources, in a process of its own."""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
import zlib
from datetime import UTC, datetime
from pathlib import Path

import pytest
from server import Server, answer

from practice import TOKEN, Clock, World, serve, sources
from store import Store

MOST = 150  # MB resident, at any time
LATE = datetime(2025, 6, 30, 20, tzinfo=UTC)
# Not getrusage: a process inherits the high-water mark of the one that started it.
CHILD = """
import atexit, sys
def told():
    high = open("/proc/self/status").read().split("VmHWM:")[1].split()[0]
    print(f"high {int(high) // 1024}", file=sys.stderr)
atexit.register(told)
from cli import main
main(prog_name="rollcall")
"""


def zipped(size: int) -> bytes:
    packer = zlib.compressobj(9, wbits=31)
    return b"".join(packer.compress(b"x" * 2**20) for _ in range(size)) + packer.flush()


BOMBS = {
    "bomb_channel": (
        'kind = "telegram"\nurl = "{base}/s/kanal"',
        "/s/kanal",
        answer(zipped(100), Content_Encoding="gzip"),
    ),
    "bomb_feed": (
        'kind = "rss"\nurl = "{base}/feed"',
        "/feed",
        answer(gzip.compress(b"<rss>" + b"<item>" * 2_000_000), Content_Encoding="gzip"),
    ),
    "bomb_board": (
        'kind = "html"\nurl = "{base}/board"\nrows = "article"\n'
        'columns = {{ external_id = "@id", text = "p", posted_at = "time" }}',
        "/board",
        answer(b"<html><p><b>" * 60_000 + b"</html>"),
    ),
    "bomb_list": (
        'kind = "csv"\nurl = "{base}/list.csv"\nclaim = "captured"\ncolumns = {{ name = "name" }}',
        "/list.csv",
        answer(gzip.compress(b"name\n" + b"a;" * 7_000_000), Content_Encoding="gzip"),
    ),
}


async def round_of(folder: Path, bombs: str) -> tuple[str, int]:
    """What a round told on stderr, and the most memory it held in MB."""
    async with serve(World(), Clock(LATE)) as base:
        sources(base, folder / "sources")
        for name, (toml, _, _) in BOMBS.items():
            (folder / "sources" / f"{name}.toml").write_text(toml.format(base=bombs) + "\n")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, "--db", str(folder / "rollcall.db"),
            "--sources", str(folder / "sources"), "collect", "--allow-loopback",
            env=os.environ | {"ROLLCALL_VK_TOKEN": TOKEN, "ROLLCALL_CONTACT": "desk@site.example"},
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        _, told = await child.communicate()
    lines = told.decode()
    return lines, int(lines.rpartition("high ")[2])


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str, int]:
    folder = tmp_path_factory.mktemp("memory")
    with Server({path: body for _, path, body in BOMBS.values()}) as server:
        told, high = asyncio.run(round_of(folder, server.url.replace("127.0.0.1", "localhost")))
    return folder / "rollcall.db", told, high


def test_a_round_of_the_world_with_bombs_stays_small(collected: tuple[Path, str, int]) -> None:
    assert collected[2] < MOST, f"{collected[2]} MB"


def test_each_bomb_is_told_and_the_world_is_whole(collected: tuple[Path, str, int]) -> None:
    db, told, _ = collected
    errors = [line for line in told.splitlines() if line.startswith("rollcall: ")]
    assert sorted(line.split()[1].rstrip(":") for line in errors) == sorted(BOMBS)
    with Store.open(db) as store:
        count = store.connection.execute("SELECT count(*) FROM post").fetchone()[0]
    assert count == 322  # what is deleted by then is not shown
