"""A source file and the files beside it → what one round of collecting brings."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from model import Fetch, ListRow, Outcome, Post, Source
from scraper import collect
from scraper.client import Client, ClientSettings
from scraper.sources import load_one

NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """All batches of one round, joined."""

    rows: tuple[ListRow, ...]
    posts: tuple[Post, ...]
    deleted: tuple[str, ...]
    fetches: tuple[Fetch, ...]
    cursors: tuple[Mapping[str, object], ...]  # after each batch
    whole_list: bool

    @property
    def cursor(self) -> Mapping[str, object]:
        return self.cursors[-1]

    @property
    def outcomes(self) -> list[Outcome]:
        return [fetch.outcome for fetch in self.fetches if "robots.txt" not in fetch.url]

    @property
    def cells(self) -> list[Mapping[str, str]]:
        return [row.cells for row in self.rows]


def written(folder: Path, toml: str, files: Mapping[str, bytes | str] | None = None) -> Source:
    """The source of a TOML text, with files beside it."""
    for name, content in (files or {}).items():
        path = folder / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
    path = folder / "listed.toml"
    path.write_text(toml, encoding="utf-8")
    return load_one(path)


def round_of(
    source: Source, cursor: Mapping[str, object] | None = None, now: datetime = NOW
) -> Round:
    """One round; the cursor passes through JSON, as it does in the store. Raises CollectFailed."""
    return asyncio.run(_round(source, cursor or {}, now))


async def _round(source: Source, cursor: Mapping[str, object], now: datetime) -> Round:
    settings = ClientSettings(allow_loopback=True, clock=lambda: now, attempts=1)
    async with Client(settings) as client:
        batches = [batch async for batch in collect(source, client, cursor)]
    return Round(
        rows=tuple(row for batch in batches for row in batch.rows),
        posts=tuple(post for batch in batches for post in batch.posts),
        deleted=tuple(known for batch in batches for known in batch.deleted),
        fetches=tuple(fetch for batch in batches for fetch in batch.fetches),
        cursors=tuple(json.loads(json.dumps(batch.cursor)) for batch in batches),
        whole_list=any(batch.whole_list for batch in batches),
    )
