"""The practice world over real HTTP: what production collectors make of it is what stands in it."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from rounds import round_of

import practice
from model import Post, Source
from practice import pages, telegram_pages
from practice.world import Shown
from scraper import collect
from scraper.client import Client, ClientSettings
from scraper.sources import load

GOLD: dict[str, dict[str, str | None]] = {
    row["post_id"]: row
    for row in map(json.loads, (practice.DATA / "posts.jsonl").read_text("utf-8").splitlines())
}
PRACTICE = Path(practice.__file__).parent


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, list[Post]]:
    """Every version of every post, by its number in the world, after all rounds."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("ROLLCALL_VK_TOKEN", practice.TOKEN)
        return asyncio.run(_all_rounds(tmp_path_factory.mktemp("sources")))


async def _all_rounds(folder: Path) -> Mapping[str, list[Post]]:
    world = practice.World()
    clock = practice.Clock(practice.rounds(world)[0])
    cursors: dict[str, Mapping[str, object]] = {}
    versions: dict[str, list[Post]] = {}
    async with practice.serve(world, clock) as base:
        practice.sources(base, folder)
        for clock.now in practice.rounds(world):
            settings = ClientSettings(allow_loopback=True, clock=clock)
            async with Client(settings) as client:
                for source in load(folder):
                    if source.claim is None:
                        await _collect(source, client, cursors, versions)
    return versions


async def _collect(
    source: Source,
    client: Client,
    cursors: dict[str, Mapping[str, object]],
    versions: dict[str, list[Post]],
) -> None:
    async for batch in collect(source, client, cursors.get(source.name, {})):
        cursors[source.name] = batch.cursor
        for post in batch.posts:
            number = re.search(r"\d+$", post.external_id)
            assert number is not None
            assert GOLD[f"w{int(number[0]):04}"]["source_id"] == source.name
            versions.setdefault(f"w{int(number[0]):04}", []).append(post)


def lines_of(text: str | None) -> list[str]:
    return [line.strip() for line in (text or "").splitlines() if line.strip()]


def test_every_post_is_collected_in_its_last_text(collected: Mapping[str, list[Post]]) -> None:
    assert set(collected) == set(GOLD)
    wrong = [
        known
        for known in GOLD
        if lines_of(collected[known][-1].text) != lines_of(GOLD[known]["text"])
    ]
    assert wrong == []


def test_times_are_true(collected: Mapping[str, list[Post]]) -> None:
    for known, versions in collected.items():
        assert versions[-1].posted_at == datetime.fromisoformat(str(GOLD[known]["posted_at"]))


def test_offsets_survive_where_the_network_gives_them(
    collected: Mapping[str, list[Post]],
) -> None:
    for known, versions in collected.items():
        if GOLD[known]["source_id"] in ("web_ok", "rss_region"):
            assert versions[-1].posted_at.isoformat() == GOLD[known]["posted_at"]


def test_edits_are_seen_with_both_texts(collected: Mapping[str, list[Post]]) -> None:
    rows = (practice.DATA / "revisions.jsonl").read_text("utf-8").splitlines()
    for row in map(json.loads, rows):
        texts = [lines_of(post.text) for post in collected[row["post_id"]]]
        assert lines_of(row["text"]) in texts
        edits = {post.edited_at for post in collected[row["post_id"]] if post.edited_at}
        edited_at = datetime.fromisoformat(str(GOLD[row["post_id"]]["edited_at"]))
        assert any(abs(seen - edited_at) <= timedelta(minutes=1) for seen in edits)


def test_forwards_keep_the_channels_name(collected: Mapping[str, list[Post]]) -> None:
    told = {known: posts[-1].forwarded_from for known, posts in collected.items()}
    assert told == {known: row["forwarded_from"] for known, row in GOLD.items()}


@pytest.mark.parametrize(
    ("name", "rows"),
    [
        ("captured_videos", 58),
        ("exchange", 60),
        ("deceased", 58),
        ("deceased_regional", 30),
        ("captured", 24),
        ("released", 55),
    ],
)
def test_the_lists_by_path(name: str, rows: int) -> None:
    source = next(source for source in load(PRACTICE / "files") if source.name == name)
    collected = round_of(source)
    assert [row.row for row in collected.rows] == list(range(1, rows + 1))
    assert all("event_date" in row.cells or row.row == 42 for row in collected.rows)


def test_the_posts_by_path_are_all_there() -> None:
    count = sum(
        len(round_of(source).posts) for source in load(PRACTICE / "files") if source.kind == "posts"
    )
    assert count == len(GOLD)


def test_both_folders_of_sources_have_the_same_names() -> None:
    names = [
        {path.name for path in (PRACTICE / folder).glob("*.toml")}
        for folder in ("files", "sources")
    ]
    assert names[0] == names[1]


def at(when: str) -> list[Shown]:
    return practice.World().shown("tg_kursk", datetime.fromisoformat(when))


@pytest.mark.parametrize(
    ("when", "number", "text"),
    [
        ("2024-08-10T23:11:00+03:00", 59, None),  # not yet published
        ("2024-08-10T23:13:00+03:00", 59, "2005, 14 мая"),
        ("2024-08-15T09:29:00+03:00", 93, ""),
        ("2024-08-15T09:31:00+03:00", 93, None),  # deleted
    ],
)
def test_the_world_as_of_a_time(when: str, number: int, text: str | None) -> None:
    shown = {post.number: post for post in at(when)}
    assert (number in shown) is (text is not None)
    if text is not None:
        assert text in shown[number].text


def test_an_edit_is_marked_from_its_minute_on() -> None:
    before, after = at("2024-08-11T07:29:00+03:00"), at("2024-08-11T07:31:00+03:00")
    marks = [
        next(post for post in posts if post.number == 59).edited_at for posts in (before, after)
    ]
    assert marks[0] is None
    assert marks[1] is not None


def test_a_preview_page_pages_downwards_without_overlap() -> None:
    posts = at("2025-07-01T00:00:00+03:00")
    before: int | None = None
    seen: list[int] = []
    everything = ""
    while True:
        page = telegram_pages.preview("tg_kursk", "Поиск", posts, before)
        numbers = [int(number) for number in re.findall(r'data-post="tg_kursk/(\d+)"', page)]
        assert numbers == sorted(numbers)
        seen = numbers + seen
        everything += page
        older = re.search(r'data-before="(\d+)"', page)
        if older is None:
            break
        assert before is None or int(older[1]) < before
        before = int(older[1])
    assert seen == sorted(post.number for post in posts)
    assert "grouped_media_wrap" in everything
    assert 'message_meta">edited' in everything
    assert "forwarded_from_name" in everything


def test_vk_refuses_a_wrong_token_inside_a_200() -> None:
    async def ask(token: str, query: str) -> dict[str, dict[str, object]]:
        world = practice.World()
        async with practice.serve(world, practice.Clock(world.last())) as base:
            host, port = base.removeprefix("http://").split(":")
            reader, writer = await asyncio.open_connection(host, int(port))
            writer.write(
                f"GET /method/wall.get?{query} HTTP/1.1\r\nHost: x\r\n"
                f"Authorization: Bearer {token}\r\n\r\n".encode()
            )
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"Content-Length: (\d+)", head)
            assert head.startswith("HTTP/1.1 200")
            assert length is not None
            body = await reader.readexactly(int(length[1]))
            writer.close()
            answer: dict[str, dict[str, object]] = json.loads(body)
            return answer

    assert asyncio.run(ask("wrong", "domain=vk_poisk"))["error"]["error_code"] == 5
    assert asyncio.run(ask(practice.TOKEN, "domain=other"))["error"]["error_code"] == 15
    walled = asyncio.run(ask(practice.TOKEN, "domain=vk_poisk&count=5&offset=2"))["response"]
    assert walled["count"] == 74
    assert len(walled["items"]) == 5  # type: ignore[arg-type]


def test_forum_pages_are_windows_1251_and_say_so_only_inside() -> None:
    posts = practice.World().shown("web_forum", practice.World().last())
    page = pages.forum_index("Форум", posts)
    assert "Форум".encode("windows-1251") in page
    assert b"charset=windows-1251" in page
