"""Markup that drifts is told of every kind of source before a field empties."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from faultworld import NOW, World, board, build, feed, preview, wall
from server import Scripted, Server, answer

from model import Claim, Source
from scraper.census import Census, count
from store import Store, trouble

PAGES = 21


def roll(numbers: range) -> bytes:
    """A list of men as a page."""
    rows = "".join(f'<li class="man" id="r{n}"><b>Пробный Лука {n}</b></li>' for n in numbers)
    return f"<html><body><ol>{rows}</ol></body></html>".encode()


def pictures(page: bytes) -> bytes:
    answered = json.loads(page)
    for item in answered["response"]["items"]:
        item["attachments"] = [{"type": "story"}]
    return json.dumps(answered).encode()


def renamed(old: str, new: str) -> Callable[[bytes], bytes]:
    return lambda page: re.sub(old.encode(), new.encode(), page)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    script: dict[str, Scripted] = {}
    with Server(script) as server:
        folder = tmp_path_factory.mktemp("census")
        found = build(server, script, folder)
        found.sources["roll"] = Source(
            name="roll", kind="html", url=f"{server.url}/roll", path=str(folder / "roll.toml"),
            claim=Claim.CAPTURED, columns={"text": "."}, options={"rows": "li"},
        )  # fmt: skip
        with Store.open(found.healthy) as store:
            store.save_sources(list(found.sources.values()))
        yield found


def after(minutes: int) -> Callable[[], datetime]:
    return lambda: NOW + timedelta(minutes=minutes)


def noticed(world: World, source: str) -> list[str]:
    with Store.open(world.healthy) as store:
        listed = trouble.noticed(store.connection, NOW + timedelta(hours=1))
    return [what for name, _, what in listed if name == source]


@pytest.mark.parametrize(
    ("source", "path", "page", "drift", "told"),
    [
        ("telegram", "/s/kanal", preview, renamed("</time>", '</time><i class="tgme_new"></i>'),
         "never seen before on most items: tgme_new"),
        ("vk", "/method/wall.get", wall, pictures,
         "never seen before on most items: attachments, attachments.story"),
        ("vk", "/method/wall.get", wall, renamed('"from_id"', '"author_id"'),
         "never seen before on most items: author_id; markup that every item had is gone from "
         "most: from_id"),
        ("rss", "/feed", feed, renamed("</item>", "<category>Беда</category></item>"),
         "never seen before on most items: tags"),
        ("html", "/board", board, renamed("<p>", '<p class="body-v2">'),
         "never seen before on most items: .body-v2"),
        ("roll", "/roll", roll, renamed('class="man"', 'class="person"'),
         "never seen before on most items: .person; markup that every item had is gone from most: "
         ".man"),
    ],
)  # fmt: skip
def test_drift_of_every_kind_is_told(  # noqa: PLR0917
    world: World,
    source: str,
    path: str,
    page: Callable[[range], bytes],
    drift: Callable[[bytes], bytes],
    told: str,
    tmp_path: Path,
) -> None:
    here = World(world.server, world.script, tmp_path / "w.db", world.sources)
    here.healthy.write_bytes(world.healthy.read_bytes())
    for at in range(PAGES):
        world.script[path] = answer(page(range(1, 9 + at % 2)))
        assert here.round(here.healthy, source, clock=after(at))[source].error is None
    assert noticed(here, source) == []
    world.script[path] = answer(drift(page(range(1, 11))))
    assert here.round(here.healthy, source, clock=after(PAGES))[source].error is None
    assert [what.removeprefix("markup ") for what in noticed(here, source)] == [told]
    with Store.open(here.healthy) as store:
        assert trouble.odd(store.connection, NOW + timedelta(hours=1))[source]


def test_a_census_survives_its_cursor_and_a_damaged_one_begins_anew() -> None:
    census = Census()
    page = count([["a", "b"]] * 4)
    for _ in range(PAGES):
        assert census.look(page) == []
    again = Census.of(json.loads(json.dumps(census.kept())))
    assert again == census
    assert again.look(count([["a", "c"]] * 4)) == [
        "markup never seen before on most items: c",
        "markup that every item had is gone from most: b",
    ]
    for damaged in (None, 7, {}, {"pages": "x"}, {"pages": 1, "names": []}):
        assert Census.of(damaged) == Census()


@pytest.mark.parametrize(
    "page",
    [
        count([["a", "new"]] + [["a"]] * 9),  # on one item of ten
        count([["new"]] * 3),  # three items say nothing
        count([["a"]] * 10),
    ],
)
def test_what_is_seldom_is_no_drift(page: object) -> None:
    census = Census(pages=PAGES, names={"a": 1}, steady={"a"})
    assert census.look(page) == []  # type: ignore[arg-type]


def test_items_that_cannot_be_found_are_an_error_and_no_silence(world: World) -> None:
    broken = feed().replace(b"<item>", b"<box><item>").replace(b"</item>", b"</item></box>")
    empty = re.sub(rb"<channel>.*</channel>", b"<channel></channel>", broken, flags=re.S)
    hidden = empty.replace(b"</rss>", b"<!-- " + b"<item>" * 5 + b" --></rss>")
    world.script["/feed"] = answer(hidden)
    error = world.round(world.healthy, "rss")["rss"].error
    assert error is not None
    assert "5 of 5 entries cannot be found" in error
