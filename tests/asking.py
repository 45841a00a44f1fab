"""One question to a scripted server → the answer, who asked, and the server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from datetime import UTC, datetime

from server import Answer, Asked, Scripted, Server

from model import (
    Source,
)
from scraper.client import Client, ClientSettings, Fetcher, Response

NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)
SOURCE = Source(name="origin", kind="rss", url="", path="sources/origin.toml")
FAST = ClientSettings(
    allow_loopback=True, attempts=2, backoff=0.01, clock=lambda: NOW, max_bytes=1_000_000
)

Ask = Callable[[Fetcher, str], Awaitable[Response]]


def run(
    script: Mapping[str, Scripted] | Callable[[Asked], Answer],
    ask: Ask,
    settings: ClientSettings = FAST,
) -> tuple[Response, Fetcher, Server]:
    async def go(url: str) -> tuple[Response, Fetcher]:
        async with Client(settings) as client:
            fetcher = client.fetcher(SOURCE)
            return await ask(fetcher, url), fetcher

    with Server(script) as server:
        response, fetcher = asyncio.run(go(server.url))
        return response, fetcher, server


def get(path: str, **given: object) -> Ask:
    return lambda fetcher, url: fetcher.get(url + path, **given)  # type: ignore[arg-type]
