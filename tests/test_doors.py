"""What a page shows in place of posts → its name, and what becomes of the round."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest
from server import Scripted, Server, answer

from model import Batch, CollectFailed, Source, SourceChanged, SourceGone, SourceRefused
from scraper import collect
from scraper.client import Client, ClientSettings
from scraper.doors import Door, NothingFound, door_of

NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)
FOUND = (
    "<html><body><article id=p7><time datetime='2024-08-12T10:00+03:00'></time><p>Ищу сына</p>"
    "</article></body></html>"
)
NONE = "<html><body><h1>Поиск</h1><p>Подходящих сообщений не найдено.</p></body></html>"


@pytest.mark.parametrize(
    ("page", "door"),
    [
        ("<title>Вход</title><p>Вы должны войти, чтобы просматривать эту страницу.", Door.LOGIN),
        ("<p>Для просмотра форума вы должны быть авторизованы.", Door.LOGIN),
        ("<p>You must be logged in to see this forum", Door.LOGIN),
        ("<title>Just a moment...</title><p>Enable JavaScript", Door.ROBOT),
        ("<noscript><p>Проверка браузера перед переходом</noscript>", Door.ROBOT),
        ("<div class='h-captcha'></div>", Door.ROBOT),
        ("<h1>Подтвердите, что вы не робот</h1>", Door.ROBOT),
        ("<h1>Общая ошибка</h1>SQL ERROR", Door.ERROR),
        ("<title>502 Bad Gateway</title>", Door.ERROR),
        ("<p>Сайт временно недоступен, ведутся технические работы", Door.ERROR),
        ("<p>Запрашиваемая тема не найдена.", Door.GONE),
        ("<p>Темы, которую вы ищете, нет. Тема была удалена", Door.GONE),
        ("<p>The requested topic does not exist.", Door.GONE),
        (NONE, Door.NONE),
        ("<p>По вашему запросу ничего не найдено", Door.NONE),
        ("<p>No suitable matches were found.", Door.NONE),
        ("<p>Результатов поиска: 0. Страница 1 из 1", Door.NONE),
        ("<p>Ищу сына, его не нашли", None),
        ("<p>Ничего не найдено<p>" + "Ищу сына, пропал в августе. " * 80, None),  # a full page
        ("", None),
    ],
)  # fmt: skip
def test_what_a_page_says_it_is(page: str, door: Door | None) -> None:
    assert door_of(page) is door


def collected(page: str, cursor: Mapping[str, object]) -> list[Batch]:
    async def go(url: str) -> list[Batch]:
        source = Source(
            name="forum", kind="html", url=f"{url}/t/9", path="x.toml",
            columns={"external_id": "@id", "posted_at": "time@datetime", "text": "p"},
            options={"rows": "article"},
        )  # fmt: skip
        settings = ClientSettings(allow_loopback=True, attempts=1, contact="mail@site.example")
        async with Client(settings) as client:
            return [batch async for batch in collect(source, client, cursor)]

    with Server({"/t/9": answer(page)}) as server:
        return asyncio.run(go(server.url))


@pytest.mark.parametrize(
    ("page", "error", "cause", "hold"),
    [
        ("<p>Вы должны войти", SourceRefused, "asks for a login", None),
        ("<p>Я не робот", SourceRefused, "never answered", timedelta(hours=6)),
        ("<h1>Общая ошибка</h1>", CollectFailed, "an error of the server", None),
        ("<p>Тема не найдена", SourceGone, "not there any more", None),
        ("<p>Привет", SourceChanged, "nothing matches 'article'", None),
    ],
)
def test_a_shut_door_ends_the_round(
    page: str, error: type[CollectFailed], cause: str, hold: timedelta | None
) -> None:
    with pytest.raises(error, match=cause) as failed:
        collected(page, {})
    assert type(failed.value) is error
    assert failed.value.hold == hold
    assert failed.value.fetches[-1].outcome == "suspect"


def test_an_honest_nothing_is_no_error_where_nothing_ever_was() -> None:
    batches = collected(NONE, {})
    assert [batch.posts for batch in batches] == [()]
    assert batches[-1].fetches[-1].outcome == "ok"
    assert len(collected(FOUND, batches[-1].cursor)[0].posts) == 1


def test_nothing_where_posts_were_is_an_error() -> None:
    cursor = collected(FOUND, {})[-1].cursor
    with pytest.raises(NothingFound, match="says that nothing was found"):
        collected(NONE, cursor)


TOPIC = FOUND.replace("p7", "{0}").replace("Ищу", "Ищу {0}")
LINKS = "".join(f"<a class=topic href=/t/{n}>тема</a>" for n in (1, 2, 3))
FORUM = {"/f": f"<html><body>{LINKS}</body></html>"} | {
    f"/t/{n}": TOPIC.format(n) for n in (1, 2, 3)
}
LOCKED = "<html><body><p>Вы должны войти</p></body></html>"


def rounds(*served: Mapping[str, str], **options: str) -> list[list[Batch]]:
    """Rounds of a section with topics, each over other pages of the same server."""
    script: dict[str, Scripted] = {}
    clock = [NOW]

    async def go(url: str, cursor: Mapping[str, object]) -> list[Batch]:
        source = Source(
            name="forum", kind="html", url=f"{url}/f", path="x.toml",
            columns={"external_id": "@id", "posted_at": "time@datetime", "text": "p"},
            options={"rows": "article", "follow": "a.topic", **options},
        )  # fmt: skip
        settings = ClientSettings(
            allow_loopback=True, attempts=1, contact="a@b.example", clock=lambda: clock[0]
        )
        async with Client(settings) as client:
            return [batch async for batch in collect(source, client, cursor)]

    ended: list[list[Batch]] = []
    with Server(script) as server:
        for pages in served:
            script |= {path: answer(page) for path, page in pages.items()}
            ended.append(asyncio.run(go(server.url, ended[-1][-1].cursor if ended else {})))
            clock[0] += timedelta(hours=7)
    return ended


def read(batches: list[Batch]) -> set[str]:
    return {post.external_id for batch in batches for post in batch.posts}


def test_a_locked_topic_does_not_hide_the_others() -> None:
    first, again = rounds(FORUM | {"/t/2": LOCKED}, FORUM)
    assert read(first) == {"1", "3"}
    errors = [fetch.error for batch in first for fetch in batch.fetches if fetch.error]
    assert [("asks for a login" in error) for error in errors] == [True]
    assert read(again) == {"2"}  # the others are as they were


def test_the_posts_of_a_locked_topic_are_not_missed() -> None:
    locked = FORUM | {"/t/2": LOCKED}
    ended = rounds(FORUM, locked, locked, locked, FORUM)
    assert [batch.deleted for batches in ended for batch in batches if batch.deleted] == []
    assert read(ended[0]) == {"1", "2", "3"}


def test_the_pages_behind_a_locked_one_are_not_missed() -> None:
    second = "<a class=next href=/t/2b>дальше</a></body>"
    forum = FORUM | {"/t/2": TOPIC.format(2).replace("</body>", second), "/t/2b": TOPIC.format(4)}
    assert second in forum["/t/2"]
    locked = forum | {"/t/2": LOCKED}
    ended = rounds(forum, locked, locked, locked, forum, next="a.next")
    assert read(ended[0]) == {"1", "2", "3", "4"}
    assert [batch.deleted for batches in ended for batch in batches if batch.deleted] == []


@pytest.mark.parametrize("page", [LOCKED, "<p>Я не робот"])
def test_where_all_topics_are_shut_the_round_fails(page: str) -> None:
    with pytest.raises(SourceRefused):
        rounds(FORUM | {f"/t/{n}": page for n in (1, 2, 3)})


def test_a_check_for_robots_ends_the_round_at_once() -> None:
    with pytest.raises(SourceRefused, match="never answered"):
        rounds(FORUM | {"/t/1": "<p>Я не робот"})
