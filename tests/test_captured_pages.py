"""Sixty pages of another author through the collectors: what is read of each, and what is told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from faultworld import Fault, World, build, check
from server import Scripted, Server, answer

from benchmarks.pages import FOLDER, Case, cases, main

# A page in trouble → its kind, and the cause that must be told.
TROUBLE = {
    "f10_search_empty_ok.html": ("html", "nothing was found"),  # where there were posts
    "f11_phpbb_login_wall.html": ("html", "asks for a login"),
    "f12_ddos_guard.html": ("html", "whether we are a robot"),
    "f13_sql_error_200.html": ("html", "an error of the server"),
    "f15_xenforo_truncated.html": ("html", "cut short"),
    "f16_topic_moved.html": ("html", "not there any more"),
    "h04_vk_login_wall.html": ("html", "asks for a login"),
    "h05_vk_bot_check.html": ("html", "whether we are a robot"),
    "h06_vk_new_markup.html": ("html", "nothing matches 'article'|text and an id"),
    "r07_feed_html_error.xml": ("rss", "an error of the server: not a feed"),
    "r08_feed_truncated.xml": ("rss", "cut short"),
    "r11_rss_empty_ok.xml": ("rss", "no entries where there were some"),
    "t10_landing_contact.html": ("telegram", "no message list"),
    "t11_no_posts.html": ("telegram", "shows no messages"),
    "t12_truncated.html": ("telegram", "cut short"),
    "t13_embed_deleted.html": ("telegram", "no readable date"),
    "t14_markup_changed.html": ("telegram", "no message list"),
    "t15_channel_unavailable.html": ("telegram", "a notice in place of each"),
    "v06_error_29.json": ("vk", "error 29"),
    "v07_error_14_captcha.json": ("vk", "captcha"),
    "v08_error_15_wall_closed.json": ("vk", "access denied"),
    "v09_truncated_json.json": ("vk", "no JSON"),
}


@pytest.fixture(scope="module")
def read() -> dict[str, Case]:
    return {case.name: case for case in cases(FOLDER)}


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    script: dict[str, Scripted] = {}
    with Server(script) as server:
        yield build(server, script, tmp_path_factory.mktemp("world"))


@pytest.mark.parametrize("name", [path.name[:-10] for path in sorted(FOLDER.glob("*.gold.json"))])
def test_what_is_read_of_a_page(read: dict[str, Case], name: str) -> None:
    assert read[name].wrong == []


@pytest.mark.parametrize("name", TROUBLE)
def test_a_page_in_trouble_where_posts_were(world: World, tmp_path: Path, name: str) -> None:
    """Nothing is lost, nothing called deleted, the cursor stays, one clear line is told."""
    kind, cause = TROUBLE[name]
    page = answer((FOLDER / name).read_bytes())
    check(world, Fault(name=name, kind=kind, sent=page, cause=cause), tmp_path)


def test_a_wrong_reading_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The comparison itself can fail: in a text, an id, an error."""
    page = (FOLDER / "r09_rss_cp1251_undeclared.xml").read_bytes()
    gold = (FOLDER / "r09_rss_cp1251_undeclared.gold.json").read_text("utf-8")
    (tmp_path / "r09_rss_cp1251_undeclared.xml").write_bytes(page)
    for at, (old, new) in enumerate(
        (("Вяткин", "Вятка"), ("?id=3", "?id=4"), ('_expected": null', '_expected": "x"'))
    ):
        (tmp_path / f"{at}.gold.json").write_text(gold.replace(old, new), "utf-8")
    assert [{what for what, *_ in case.wrong} for case in cases(tmp_path)] == [
        {"text"}, {"found", "extra"}, {"error"},
    ]  # fmt: skip
    main(tmp_path, verbose=True)
    assert "rss\t3\t0\t1\t0" in capsys.readouterr().out
