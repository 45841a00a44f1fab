"""The thread of a post: as its page or its title tells it, kept without names, and forgotten."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from histories import NOW, man, new_store, post, reading
from rounds import round_of, written
from server import NOT_FOUND, Server, answer

import pipeline
from extract import read
from model import Batch
from store import Store

FORUM = """
kind = "html"
url = "{url}/forum"
rows = "article"
follow = "a.topic"
next = "a.next"
columns = {{ external_id = "@id", posted_at = "time@datetime", text = "p" }}
"""


def page(*numbers: int, more: str = "") -> bytes:
    items = "".join(
        f'<article id="{n}"><time datetime="2024-08-2{n}T10:00:00+03:00">x</time>'
        f"<p>Пост {n}</p></article>"
        for n in numbers
    )
    return answer(f"<html><body>{items}{more}</body></html>")


def test_the_posts_of_a_topics_pages_stand_in_one_thread(tmp_path: Path) -> None:
    links = '<a class="topic" href="/t?t=5">а</a><a class="topic" href="/t?t=6">б</a>'
    script = {
        "/forum": answer(f"<html><body>{links}</body></html>"),
        "/t?t=5": page(1, more='<a class="next" href="/t?t=5&amp;start=20">'),
        "/t?t=5&start=20": page(2),
        "/t?t=6": page(3),
    }
    with Server(lambda asked: script.get(asked.target, NOT_FOUND)) as server:
        posts = round_of(written(tmp_path, FORUM.format(url=server.url))).posts
    first, second, third = (one.thread for one in posts)
    assert first == second
    assert third not in (first, None)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("Тема: Муж молчит!\n#58\nЕгор дома.", "муж молчит"),
        ("Сообщение #3\nТема: Муж молчит\n\nЕгор дома.", "муж молчит"),
        ("Тема: Муж молчит. Сообщение 2 из 7\n\nЕгор дома.", "муж молчит"),
        ("Re: Re: Муж молчит\nЕгор дома.", "муж молчит"),
        ("#5  Разыскиваются » Муж молчит\nАвтор: Рита\n\nЕгор дома!", "муж молчит"),
        ("ТЕМА : муж молчит\nЕгор дома.", "муж молчит"),
        ("Тема: расшифруйте бабушку\nВеня приехал! Тему можно закрыть.", "расшифруйте бабушку"),
        ("Егор дома.\nИ ещё.\nИ ещё.\nТема: другая", None),
        ("Тема закрыта: он дома", None),
        ("Тема:\nЕгор дома", None),
        ("", None),
    ],
)
def test_a_title_is_read(text: str, title: str | None) -> None:
    assert read(replace(post(1, "2024-08-21"), text=text)).title == title


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return new_store(tmp_path / "rollcall.db")


def told(store: Store, number: int, title: str | None = None, **rest: object) -> None:
    """A post with a title is saved."""
    one = replace(reading("Егор дома", man()), title=title)
    batch = Batch(source="chat", posts=(post(number, "2024-08-21", **rest),))  # type: ignore[arg-type]
    store.save_batch(batch, [one], NOW)


def threads(store: Store) -> list[str | None]:
    found = store.connection.execute("SELECT thread FROM post ORDER BY rowid")
    return [thread for (thread,) in found]


def test_a_thread_is_an_id_without_names(store: Store) -> None:
    told(store, 1, "Пропал Рудаков")
    told(store, 2, "пропал  РУДАКОВ")
    told(store, 3, "Пропал Рудаков", name="news")
    told(store, 4, "Пропал Рудаков", thread="viewtopic.php?t=5")
    told(store, 5, thread="viewtopic.php?t=5")
    told(store, 6)
    first, same, elsewhere, page, again, none = threads(store)
    assert (first == same, page == again, none) == (True, True, None)
    assert len({first, elsewhere, page}) == 3
    assert all(one is None or int(one, 16) for one in threads(store))


def test_a_thread_learned_later_is_kept_and_looked_at(store: Store) -> None:
    told(store, 1)
    assert pipeline.resolve(store.path, NOW).full
    assert not pipeline.resolve(store.path, NOW).full
    told(store, 1, "Муж молчит")
    assert pipeline.resolve(store.path, NOW).full
    (thread,) = threads(store)
    assert thread
    told(store, 1, "Другая тема")
    assert threads(store) == [thread]
    (record,) = store.stored_records()
    assert record.thread == thread
