"""A source and its cursor → batches; local files."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from asking import FAST, SOURCE
from server import Server, answer

from model import (
    Batch,
    CollectFailed,
    Source,
    SourceChanged,
    SourceGone,
    SourceInvalid,
)
from scraper import collect
from scraper.client import Client, ClientSettings, Fetcher

# Local files.


def test_a_file_leaves_a_row(tmp_path: Path) -> None:
    (tmp_path / "list.csv").write_bytes(b"a;b")
    client = Client(FAST)
    fetcher = client.fetcher(replace(SOURCE, path=str(tmp_path / "s.toml")))
    assert fetcher.read("list.csv") == b"a;b"
    assert (fetcher.fetches[-1].url, fetcher.fetches[-1].size) == ("list.csv", 3)
    with pytest.raises(SourceGone, match=r"none\.csv"):
        fetcher.read(tmp_path / "none.csv")
    with pytest.raises(CollectFailed, match=r"directory"):
        fetcher.read(tmp_path)
    assert [row.outcome for row in fetcher.fetches] == ["ok", "failed", "failed"]


# A round of one source.


def a_round(source: Source, cursor: Mapping[str, object], settings: ClientSettings) -> list[Batch]:
    async def go() -> list[Batch]:
        async with Client(settings) as client:
            return [batch async for batch in collect(source, client, cursor)]

    return asyncio.run(go())


def test_an_unknown_kind_is_named() -> None:
    with pytest.raises(SourceInvalid, match="there is no kind 'xyz'"):
        a_round(replace(SOURCE, kind="xyz"), {}, FAST)


def test_a_bug_in_a_kind_is_told_without_its_words(monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> object:
        raise KeyError("тел 8 900 000 00 00")
        yield

    monkeypatch.setattr("scraper.kinds.rss.collect", broken)
    with pytest.raises(CollectFailed, match=r"KeyError at test_collecting\.py:\d+") as failed:
        a_round(SOURCE, {}, FAST)
    assert "900" not in str(failed.value)
    assert failed.value.__cause__ is None
    assert failed.value.__suppress_context__


def test_validators_move_with_the_last_batch_only(monkeypatch: pytest.MonkeyPatch) -> None:
    with Server({"/a": answer(b"x", ETag='"2"')}) as server:
        source = replace(SOURCE, url=f"{server.url}/a")

        async def two(source: Source, fetcher: Fetcher, cursor: Mapping[str, object]) -> object:
            await fetcher.get(source.url)
            yield Batch(source=source.name, deleted=("1",), cursor={"at": 1})
            yield Batch(source=source.name, deleted=("2",), cursor={"at": 2})
            yield Batch(source=source.name, cursor={"at": 3})

        monkeypatch.setattr("scraper.kinds.rss.collect", two)
        first, second = a_round(source, {}, FAST)
    assert "validators" not in first.cursor
    assert second.cursor["at"] == 3  # the empty batch is folded into the one before it
    assert '"2"' in repr(second.cursor["validators"])
    assert [len(batch.fetches) for batch in (first, second)] == [2, 0]


def test_what_came_before_a_failure_is_handed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    async def half(source: Source, fetcher: Fetcher, cursor: Mapping[str, object]) -> object:
        yield Batch(source=source.name, deleted=("1",), cursor={"at": 1})
        raise fetcher.changed("http://a.example/?sid=5", "no posts")

    monkeypatch.setattr("scraper.kinds.rss.collect", half)
    seen: list[Batch] = []

    async def go() -> None:
        async with Client(FAST) as client:
            async for batch in collect(SOURCE, client, {}):
                seen.append(batch)

    with pytest.raises(SourceChanged, match=r"^origin: http://a\.example/: no posts$"):
        asyncio.run(go())
    assert [batch.cursor for batch in seen] == [{"at": 1}]
