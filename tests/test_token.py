"""A canary for a token: VK collected with it, in health and in every trouble, and then sought in
all that is left: files, log, output, errors, metrics."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from faultworld import POSTS, wall
from server import HOLD, RESET, Answer, Server, answer
from small import COMMAND

import monitor
import pipeline
import scheduler
from model import Source
from scraper.client import Client, ClientSettings
from store import Store, watch

TOKEN = "vk1.a.CANARY-0a1b2c3d4e5f"  # noqa: S105  invented
PARTS = (TOKEN, "CANARY", "0a1b2c3d4e5f")


def error(code: int) -> bytes:
    told = {"error_code": code, "error_msg": f"bad access_token {TOKEN}",
            "request_params": [{"key": "access_token", "value": TOKEN}]}  # fmt: skip
    return answer(json.dumps({"error": told}))


TROUBLES: dict[str, Answer] = {
    "none": answer(wall(POSTS)),
    **{f"error {code}": error(code) for code in (1, 5, 6, 9, 14, 15, 18, 29, 999)},
    "echoed in a page": answer(f"<html>{TOKEN}</html>"),
    "echoed in a header": answer(b"busy", 429, Retry_After=TOKEN),
    "echoed in an ETag": answer(wall(POSTS), ETag=TOKEN),
    "sent elsewhere": answer(b"", 302, Location=f"/other?access_token={TOKEN}"),
    "sent to nonsense": answer(b"", 302, Location=f"http://[{TOKEN}"),
    "refused": answer(TOKEN.encode(), 401),
    "reset": [RESET],
    "silence": [HOLD],
    "half an answer": [b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\n" + TOKEN.encode(), RESET],
}


@pytest.fixture
def heard() -> Iterator[list[str]]:
    """Every line that any library logs, at every level."""
    lines: list[str] = []

    class Ear(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            lines.append(record.getMessage())

    ear, root = Ear(), logging.getLogger()
    level = root.level
    root.addHandler(ear)
    root.setLevel(logging.DEBUG)
    yield lines
    root.removeHandler(ear)
    root.setLevel(level)


def left(folder: Path) -> list[str]:
    """The files that hold any part of the token, in any place or form."""
    needles = [part.encode(code) for part in PARTS for code in ("utf-8", "utf-16-le")]
    return [
        str(path)
        for path in folder.rglob("*")
        if path.is_file() and any(needle in path.read_bytes() for needle in needles)
    ]


@pytest.mark.parametrize("trouble", TROUBLES)
def test_the_token_is_nowhere(
    trouble: str,
    tmp_path: Path,
    heard: list[str],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("ROLLCALL_VK_TOKEN", TOKEN)
    db = tmp_path / "rollcall.db"
    scheduler.configure_logs()
    settings = ClientSettings(allow_loopback=True, attempts=2, backoff=0.01, deadline=0.5,
                              longest_wait=0.02)  # fmt: skip

    async def collect(source: Source) -> pipeline.Collected:
        async with Client(settings) as client:
            (ended,) = await pipeline.collect_round([source], db, client, settings.clock)
            return ended

    with Server({"/method/wall.get": TROUBLES[trouble]}) as server:
        url = f"{server.url}/method/wall.get?owner_id=-7"
        source = Source(name="vk", kind="vk", url=url, path=str(tmp_path / "vk.toml"))
        pipeline.register(db, [source])
        ended = asyncio.run(collect(source))
        service = scheduler.Service(
            scheduler.Settings(db=db, sources=tmp_path, client=settings), Client(settings), []
        )
        service._collected(ended)  # its line in the log
        assert all(asked.headers.get("authorization") == f"Bearer {TOKEN}"
                   for asked in server.asked if asked.path == "/method/wall.get")  # fmt: skip
        assert not [asked.target for asked in server.asked if "CANARY" in asked.target
                    and asked.path == "/method/wall.get"]  # fmt: skip
    metrics = monitor.Metrics()
    with Store.open(db) as store:
        metrics.take(watch.look(store.connection, db, settings.clock()), settings.clock())
    told = capfd.readouterr()
    said = "\n".join([repr(ended), *heard, told.out, told.err, repr(metrics)])
    assert not [part for part in PARTS if part in said]
    assert left(tmp_path) == []


def test_the_command_does_not_tell_it(tmp_path: Path) -> None:
    (tmp_path / "sources").mkdir()
    with Server({"/method/wall.get": error(5)}) as server:
        told = f'kind = "vk"\nurl = "{server.url}/method/wall.get?owner_id=-7"\n'
        (tmp_path / "sources" / "vk.toml").write_text(told, encoding="utf-8")
        place = ["--db", str(tmp_path / "a.db"), "--sources", str(tmp_path / "sources")]
        for words in (["collect", "--allow-loopback"], ["doctor"], ["doctor", "--json"]):
            done = subprocess.run(
                [*COMMAND, *place, *words], capture_output=True, text=True, check=False,
                env={**os.environ, "ROLLCALL_VK_TOKEN": TOKEN},
            )  # fmt: skip
            assert not [part for part in PARTS if part in done.stdout + done.stderr]
    assert left(tmp_path) == []


def test_the_canary_would_be_found(tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"x" + TOKEN.encode("utf-16-le"))
    assert left(tmp_path) == [str(tmp_path / "a")]
