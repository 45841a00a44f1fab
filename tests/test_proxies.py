"""Proxies: the one a source's file names, spoken to as it should be; never the environment's."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from server import Server, answer

from model import CollectFailed, Source, SourceInvalid, SourceRefused
from scraper.client import Client, ClientSettings
from scraper.proxies import usable
from scraper.sources import load_one

NOW = datetime(2024, 9, 1, tzinfo=UTC)
SETTINGS = ClientSettings(
    allow_loopback=True, attempts=1, clock=lambda: NOW, contact="mail@site.example", pace=0.01,
    deadline=5.0,
)  # fmt: skip


@asynccontextmanager
async def proxy(kind: str, target: int, log: list[str]) -> AsyncIterator[str]:
    """A proxy that sends every tunnel to one port of this machine, and notes what was asked."""

    opened: list[asyncio.StreamWriter] = []

    async def pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(4096):
                writer.write(data)
                await writer.drain()
            writer.close()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(asyncio.IncompleteReadError, OSError):
            if kind == "http":
                log.append((await reader.readuntil(b"\r\n\r\n")).decode().split()[1])
                writer.write(b"HTTP/1.1 200 Connected\r\n\r\n")
            elif kind == "deny":
                await reader.readuntil(b"\r\n\r\n")
                writer.write(b"HTTP/1.1 407 Say who you are\r\n\r\n")
            else:
                await reader.readexactly(3)
                writer.write(b"\x05\x00")
                size = (await reader.readexactly(5))[4]
                name = await reader.readexactly(size)
                log.append(f"{name.decode()}:{int.from_bytes(await reader.readexactly(2))}")
                writer.write(b"\x05\x00\x00\x01\0\0\0\0\0\0")
            there, here = await asyncio.open_connection("127.0.0.1", target)
            opened.extend((writer, here))
            await asyncio.gather(pump(reader, here), pump(there, writer))
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    try:
        scheme = "socks5h" if kind == "socks" else "http"
        yield f"{scheme}://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for writer in opened:
            writer.close()
        await asyncio.sleep(0.1)  # the pumps see their ends


async def never(host: str, _: int) -> list[str]:
    raise AssertionError(f"{host} was resolved here")


def asked(kind: str, url: str) -> tuple[bytes, list[str]]:
    log: list[str] = []

    async def go(port: int) -> bytes:
        async with proxy(kind, port, log) as address:
            source = Source(name="x", kind="rss", url=url, path="x.toml", proxy=address)
            async with Client(replace(SETTINGS, resolve=never)) as client:
                return (await client.fetcher(source).get(url, robots=False)).content

    with Server({"/a": answer(b"through")}) as server:
        return asyncio.run(go(server.port)), log


@pytest.mark.parametrize("kind", ["http", "socks"])
def test_the_proxy_resolves_and_carries(kind: str) -> None:
    content, log = asked(kind, "http://forum.example/a")
    assert (content, log) == (b"through", ["forum.example:80"])


@pytest.mark.parametrize(
    "url",
    ["http://10.0.0.1/a", "http://[::ffff:10.0.0.1]/a", "http://printer.local/a",
     "http://intranet/a", "http://2130706433/a", "http://169.254.169.254/a"],
)  # fmt: skip
def test_the_house_is_not_reached_through_it(url: str) -> None:
    with pytest.raises(SourceRefused, match=r"private|local network|disguise"):
        asked("socks", url)


def test_a_proxy_that_refuses_is_told() -> None:
    with pytest.raises(CollectFailed, match="the proxy refuses: it answers 407"):
        asked("deny", "http://forum.example/a")


def test_the_environments_proxies_are_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy", "HTTPS_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    async def go(url: str) -> bytes:
        async with Client(SETTINGS) as client:
            source = Source(name="x", kind="rss", url=url, path="x.toml")
            return (await client.fetcher(source).get(url, robots=False)).content

    with Server({"/a": answer(b"straight")}) as server:
        assert asyncio.run(go(f"{server.url}/a")) == b"straight"


@pytest.mark.parametrize(
    ("text", "good"),
    [
        ("socks5h://127.0.0.1:9050", True),
        ("http://proxy.example:3128", True),
        ("http://u:p@proxy.example:3128", False),
        ("socks4://127.0.0.1:9050", False),
        ("127.0.0.1:9050", False),
        ("http://proxy.example", False),
    ],
)
def test_only_plain_proxies_are_usable(text: str, good: bool, tmp_path: Path) -> None:
    assert usable(text) is good
    path = tmp_path / "a.toml"
    path.write_text(f'kind = "rss"\nurl = "https://a.example"\nproxy = "{text}"\n')
    if good:
        assert load_one(path).proxy == text
    else:
        with pytest.raises(SourceInvalid, match="'proxy' must be like"):
            load_one(path)


def test_bounds_of_the_schedule_are_checked(tmp_path: Path) -> None:
    path = tmp_path / "a.toml"
    path.write_text('kind = "rss"\nurl = "https://a.example"\nevery_min = "7h"\n')
    with pytest.raises(SourceInvalid, match=r"every_min ≤ every ≤ every_max"):
        load_one(path)
