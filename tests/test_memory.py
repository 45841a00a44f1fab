"""A whole round of the practice world, with bombs among its sources, in a process of its own."""

from __future__ import annotations

import asyncio
import gzip
import os
import sys
import zlib
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path

import pytest
from server import Server, answer

import extract
from model import Post
from practice import TOKEN, Clock, World, serve, sources
from store import Store

MOST = 150  # MB resident, at any time, with bombs or without: 148 measured compiled
WORDS = ("collect", "--allow-loopback", "--json")  # the table for a terminal takes 2 MB more
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


WIDE = "name\nПробный Лука Ильич".encode() + b";a" * 7_000_000  # one row of a good list
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
        answer(gzip.compress(WIDE), Content_Encoding="gzip"),
    ),
}


async def round_of(folder: Path, bombs: str | None) -> tuple[str, int]:
    """What a round told on stderr, and the most memory it held in MB."""
    async with serve(World(), Clock(LATE)) as base:
        sources(base, folder / "sources")
        for name, (toml, _, _) in BOMBS.items() if bombs else ():
            (folder / "sources" / f"{name}.toml").write_text(toml.format(base=bombs) + "\n")
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", CHILD, "--db", str(folder / "rollcall.db"),
            "--sources", str(folder / "sources"), *WORDS,
            env=os.environ | {"ROLLCALL_VK_TOKEN": TOKEN, "ROLLCALL_CONTACT": "desk@site.example"},
            stderr=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.DEVNULL,
        )  # fmt: skip
        _, told = await child.communicate()
    lines = told.decode()
    return lines, int(lines.rpartition("high ")[2])


@pytest.fixture(scope="module", autouse=True)
def ready() -> None:
    """Tables kept in the shape they are read in, as `make install` leaves them."""
    import_module("russian.__main__")


def posts(folder: Path) -> int:
    with Store.open(folder / "rollcall.db") as store:
        return int(store.connection.execute("SELECT count(*) FROM post").fetchone()[0])


def test_a_round_of_the_world_stays_small(tmp_path: Path) -> None:
    told, high = asyncio.run(round_of(tmp_path, None))
    assert posts(tmp_path) == 322, told  # what is deleted by then is not shown
    assert high < MOST, f"{high} MB"


def test_bombs_among_its_sources_are_told_and_cost_nothing(tmp_path: Path) -> None:
    with Server({path: body for _, path, body in BOMBS.values()}) as server:
        elsewhere = server.url.replace("127.0.0.1", "localhost")
        told, high = asyncio.run(round_of(tmp_path, elsewhere))
    failed = [line.split()[1].rstrip(":") for line in told.splitlines() if line[:5] == "rollc"]
    assert sorted(failed) == ["bomb_board", "bomb_channel", "bomb_feed"]  # the list is one wide row
    assert posts(tmp_path) == 322
    assert high < MOST, f"{high} MB"


def endless() -> dict[str, int]:
    """The caches of the reading that know no bound, with their sizes."""
    found = {}
    for name, module in list(sys.modules.items()):
        if name.startswith(("russian.", "extract.")):
            for function in vars(module).values():
                info = getattr(function, "cache_info", lambda: None)()
                if info is not None and info.maxsize is None:
                    found[f"{function.__module__}.{function.__name__}"] = info.currsize
    return found


def test_words_of_any_text_fill_no_cache_without_end() -> None:
    letters = "бвгджзклмнпрст"
    words = [f"{a}о{b}е{c}и" for a in letters[:10] for b in letters[:10] for c in letters[:6]]
    text = " ".join(words)
    extract.read(Post(source="x", external_id="1", posted_at=LATE, text=text[:500]))
    before = endless()
    extract.read(Post(source="x", external_id="2", posted_at=LATE, text=text))
    grown = {name: size for name, size in endless().items() if size > before.get(name, 0) + 100}
    assert grown == {}
