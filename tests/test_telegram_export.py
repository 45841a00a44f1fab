"""`result.json` of the desktop program → posts, in constant memory."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from rounds import round_of, written

from model import Outcome, Source, SourceChanged, SourceRefused
from scraper.kinds import telegram_export

TOML = 'kind = "telegram_export"\nurl = "result.json"\nchannel = "ishu"\n'
SAVED = (Path(__file__).parent / "pages" / "telegram_export.json").read_bytes()


def export(messages: list[object], kind: str = "public_channel") -> str:
    chat = {"name": "Поиск", "type": kind, "id": 1, "messages": messages}
    return json.dumps(chat, ensure_ascii=False, indent=1)


def test_a_saved_export(tmp_path: Path) -> None:
    posts = round_of(written(tmp_path, TOML, {"result.json": SAVED})).posts
    assert [post.external_id for post in posts] == ["11", "12", "14", "15"]
    first, listed, answered, old = posts
    assert first.text == 'Ищу сына "messages": [ Пробный Лука'
    assert first.posted_at.isoformat() == "2024-08-23T21:44:00+03:00"
    assert (first.edited_at, first.url) == (None, "https://t.me/ishu/11")
    assert listed.text == "Пробный Лука, тел. +7 900 000-11-22, писать @mat_0000\n#ищу"
    assert listed.edited_at is not None
    assert listed.edited_at.isoformat() == "2024-08-24T10:00:00+03:00"
    assert listed.forwarded_from == "Канал «Ищу»"
    assert (answered.reply_to, answered.forwarded_from) == ("12", None)
    assert old.posted_at.isoformat() == "2021-01-02T03:04:05+03:00"


def test_senders_never_pass(tmp_path: Path) -> None:
    posts = round_of(written(tmp_path, TOML, {"result.json": SAVED})).posts
    assert "Отправитель" not in repr(posts)


def test_the_zone_of_an_old_export(tmp_path: Path) -> None:
    toml = TOML + 'timezone = "Asia/Irkutsk"\n'
    posts = round_of(written(tmp_path, toml, {"result.json": SAVED})).posts
    assert posts[0].posted_at.isoformat() == "2024-08-24T02:44:00+08:00"
    assert posts[-1].posted_at.isoformat() == "2021-01-02T03:04:05+08:00"


def test_an_unchanged_export(tmp_path: Path) -> None:
    source = written(tmp_path, TOML, {"result.json": SAVED})
    first = round_of(source)
    again = round_of(source, first.cursor)
    assert (again.posts, again.outcomes) == ((), [Outcome.UNCHANGED])


CUT = export([{"id": 1, "type": "message", "date_unixtime": "1724438640", "text": "a"}])


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (CUT[:-60], "cut short"),
        ('{"about": "x"}', "no messages"),
        ("", "no messages"),
        (CUT + CUT, "several chats"),
        (export([{"id": 1, "type": "message", "text": "a"}]), "message 1 has no readable date"),
    ],
)
def test_a_changed_export(tmp_path: Path, content: str, told: str) -> None:
    with pytest.raises(SourceChanged, match=told):
        round_of(written(tmp_path, TOML, {"result.json": content}))


def test_a_private_conversation_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceRefused, match="private"):
        round_of(written(tmp_path, TOML, {"result.json": export([], "personal_chat")}))


@pytest.mark.parametrize("size", [1, 3, 17])
def test_any_split_of_the_stream_gives_the_same(size: int) -> None:
    class Slow(BytesIO):
        def read(self, _wanted: int | None = -1) -> bytes:
            return super().read(size)

    source = Source(name="s", kind="telegram_export", url="u", path="p")
    whole = list(telegram_export.messages(source, BytesIO(SAVED)))
    assert len(whole) == 6
    assert list(telegram_export.messages(source, Slow(SAVED))) == whole


def test_memory_stays_constant() -> None:
    def chunks() -> Iterator[bytes]:
        yield b'{"type": "public_channel", "messages": ['
        message = {"id": 1, "type": "message", "date_unixtime": "1724438640", "text": "я" * 500}
        block = ",".join([json.dumps(message, ensure_ascii=False)] * 100).encode()
        for at in range(300):
            yield (b"," if at else b"") + block
        yield b"]}"

    class Stream(BytesIO):
        parts = chunks()

        def read(self, _wanted: int | None = -1) -> bytes:
            return next(self.parts, b"")

    source = Source(name="s", kind="telegram_export", url="u", path="p")
    tracemalloc.start()
    count = sum(1 for _ in telegram_export.messages(source, Stream()))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 30_000
    assert peak < 4_000_000  # the export itself has 32 MB


COLLECTED = """
import asyncio, sys
from model import Source
from scraper import collect
from scraper.client import Client, ClientSettings

def high():
    return int(open("/proc/self/status").read().split("VmHWM:")[1].split()[0]) // 1024

async def main(path):
    source = Source(name="old", kind="telegram_export", url=path, path="old.toml")
    posts, before = 0, high()
    async with Client(ClientSettings()) as client:
        async for batch in collect(source, client, {}):
            posts += len(batch.posts)
    print(posts, high() - before)

asyncio.run(main(sys.argv[1]))
"""


def large(path: Path, megabytes: int) -> int:
    """An export of so many MB; how many posts it has."""
    text = "Ищу сына, связи нет. " * 40
    count = 0
    with path.open("w", encoding="utf-8") as out:
        out.write('{"name": "k", "type": "public_channel", "id": 1, "messages": [')
        while out.tell() < megabytes << 20:
            message = {"id": count + 1, "type": "message", "date_unixtime": "1724438640",
                       "text": [{"type": "plain", "text": f"{count} {text}"}]}  # fmt: skip
            out.write(("," if count else "") + json.dumps(message, ensure_ascii=False))
            count += 1
        out.write("]}")
    return count


@pytest.mark.parametrize(
    "megabytes", [50, pytest.param(1024, marks=pytest.mark.slow)], ids=["50 MB", "1 GB"]
)
def test_a_collection_of_a_large_export_is_bounded(megabytes: int, tmp_path: Path) -> None:
    count = large(tmp_path / "result.json", megabytes)
    done = subprocess.run(
        [sys.executable, "-c", COLLECTED, str(tmp_path / "result.json")],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    posts, grown = map(int, done.stdout.split())
    assert posts == count
    assert grown < 30, f"{grown} MB more than at the start"
