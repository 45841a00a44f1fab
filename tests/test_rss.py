"""Feeds, good and bad → posts."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from server import Answer, Scripted, Server, Turns, answer

from model import Batch, CollectFailed, Outcome, Post, Source, SourceChanged, SourceGone
from scraper import collect
from scraper.client import Client, ClientSettings
from scraper.feed import NoFeed, read_feed
from scraper.feed_dates import feed_moment
from scraper.kinds import rss

MOSCOW = ZoneInfo("Europe/Moscow")
NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)

ITEM = """<item><title>Прощание с солдатом</title><link>https://news.example/1?sid=ab12</link>
<guid isPermaLink="false">n1</guid><pubDate>Fri, 23 Aug 2024 10:00:00 +0500</pubDate>
<description><![CDATA[<p>Простились с Образцовым Петром.</p>Служил в<br>Курске<script>x()</script>
]]></description></item>"""
RSS = """<?xml version="1.0" encoding="{}"?>
<rss version="2.0"><channel><title>Вести</title>{}</channel></rss>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom"><title>Вести</title><entry>
<id>tag:news.example,2024:7</id><title type="html">Обмен &lt;b&gt;пленными&lt;/b&gt;</title>
<link href="https://news.example/7"/><published>2024-08-24T10:00:00+03:00</published>
<updated>2024-08-24T12:00:00+03:00</updated>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Вернулся<br/>Пробный Семён.</p>
</div></content></entry></feed>"""


def feed(items: str = ITEM, encoding: str = "utf-8", label: str | None = None) -> bytes:
    return RSS.format(label or encoding, items).encode(encoding)


def collected(
    script: Scripted, cursor: Mapping[str, object] | None = None, **given_: str
) -> list[Batch]:
    async def run(url: str) -> list[Batch]:
        settings_ = ClientSettings(allow_loopback=True, clock=lambda: NOW, attempts=2, backoff=0.01)
        source = Source(
            name="vesti",
            kind="rss",
            url=url,
            path="sources/vesti.toml",
            encoding=given_.get("encoding"),
            options={key: value for key, value in given_.items() if key != "encoding"},
        )
        async with Client(settings_) as client:
            return [batch async for batch in collect(source, client, cursor or {})]

    with Server({"/feed": script}) as server:
        return asyncio.run(run(f"{server.url}/feed"))


def posts(content: Answer | str, **given_: str) -> list[Post]:
    body = content if isinstance(content, bytes) else str(content).encode()
    return [post for batch in collected(answer(body), None, **given_) for post in batch.posts]


def test_an_rss_item() -> None:
    (post,) = posts(feed())
    assert post.external_id == "n1"
    assert post.url == "https://news.example/1"
    assert post.text == ("Прощание с солдатом\n\nПростились с Образцовым Петром.\nСлужил в\nКурске")
    assert post.posted_at.isoformat() == "2024-08-23T10:00:00+05:00"
    assert post.edited_at is None


def test_an_atom_entry() -> None:
    (post,) = posts(ATOM)
    assert post.external_id == "tag:news.example,2024:7"
    assert post.text == "Обмен пленными\n\nВернулся\nПробный Семён."
    assert post.edited_at is not None
    assert post.edited_at - post.posted_at == timedelta(hours=2)


@pytest.mark.parametrize(
    ("title", "body", "text"),
    [
        ("Прощание…", "Прощание с солдатом состоялось", "Прощание с солдатом состоялось"),
        ("", "Один текст", "Один текст"),
        ("Один заголовок", "", "Один заголовок"),
        ("А", "первая\nвторая", "А\n\nпервая\nвторая"),
        ("&amp;laquo;Да&amp;raquo;", "&amp;nbsp;нет", "«Да»\n\nнет"),
    ],
)
def test_title_and_text(title: str, body: str, text: str) -> None:
    item = f"<item><guid>1</guid><title>{title}</title><description>{body}</description></item>"
    (post,) = posts(feed(item))
    assert post.text == text


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        (feed(encoding="windows-1251"), ""),
        (feed(encoding="koi8-r"), ""),
        (feed(encoding="windows-1251", label="utf-8"), ""),
        (feed(encoding="utf-8", label="windows-1251"), ""),
        (feed(encoding="windows-1251", label="iso-8859-1"), "windows-1251"),
        (feed(encoding="utf-16"), ""),
        (b"\xef\xbb\xbf" + feed(), ""),
        (feed().replace(b"<?xml version", b"\n <?xml version"), ""),
        (feed(ITEM.replace("Служил", "Слу\x0bжил")), ""),
    ],
)
def test_any_encoding_whatever_its_label(content: bytes, encoding: str) -> None:
    (post,) = posts(content, **({"encoding": encoding} if encoding else {}))
    assert "Простились с Образцовым Петром.\nСлужил в\nКурске" in post.text


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("Fri, 23 Aug 2024 10:00:00 +0500", "2024-08-23T10:00:00+05:00"),
        ("Fri, 23 Aug 2024 10:00:00 MSK", "2024-08-23T10:00:00+03:00"),
        ("Fri, 23 Aug 2024 10:00:00 MSK+2", "2024-08-23T10:00:00+05:00"),
        ("Пт, 23 авг 2024 10:00:00 MSK", "2024-08-23T10:00:00+03:00"),
        ("23 августа 2024 г., 10:00", "2024-08-23T10:00:00+03:00"),
        ("Fri, 23 Aug 2024 10:00:00 GMT", "2024-08-23T13:00:00+03:00"),
        ("Fri, 23 Aug 2024 10:00:00", "2024-08-23T10:00:00+03:00"),
        ("Fri, 23 Aug 2024 10:00:00 VLAT", "2024-08-23T10:00:00+10:00"),
        ("Fri, 23 Aug 2024 10:00:00 +0300 (MSK)", "2024-08-23T10:00:00+03:00"),
        ("2024-08-23T10:00:00+08:00", "2024-08-23T10:00:00+08:00"),
        ("2024-08-23T10:00:00Z", "2024-08-23T13:00:00+03:00"),
        ("2024-08-23 10:00:00", "2024-08-23T10:00:00+03:00"),
        ("23.08.2024 10:00", "2024-08-23T10:00:00+03:00"),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Fri, 23 Aug 2124 10:00:00 GMT", None),
        ("Fri, 32 Aug 2024 10:00:00 GMT", None),
        ("скоро", None),
        ("", None),
    ],
)
def test_dates_as_feeds_write_them(text: str, moment: str | None) -> None:
    found = feed_moment(text, MOSCOW, NOW)
    assert (found.isoformat() if found else None) == moment


def test_the_sources_own_zone() -> None:
    item = "<item><guid>1</guid><pubDate>Fri, 23 Aug 2024 10:00:00</pubDate></item>"
    (post,) = posts(feed(item), timezone="Asia/Yakutsk")
    assert post.posted_at.isoformat() == "2024-08-23T10:00:00+09:00"


def test_an_entry_without_a_date_counts_from_when_it_was_first_seen() -> None:
    bare = answer(feed("<item><guid>1</guid><title>Без даты</title></item>"))
    first = collected(bare)[-1]
    assert first.posts[0].posted_at == NOW
    early = (NOW - timedelta(days=3)).isoformat()
    (post,) = collected(bare, {"entries": 1, "seen": {"1": early}})[-1].posts
    assert post.posted_at.isoformat() == early
    assert collected(bare, {"seen": {"1": "x"}})[-1].posts[0].posted_at == NOW


@pytest.mark.parametrize(
    ("content", "error", "cause"),
    [
        (
            b"<html><body>502 Bad Gateway</body></html>",
            CollectFailed,
            "an error of the server: not a feed",
        ),
        (b"", SourceChanged, "not a feed"),
        (b'{"error": 1}', SourceChanged, "not a feed"),
        (feed()[:-20], CollectFailed, "cut short"),
        (feed()[: len(feed()) // 2], CollectFailed, "cut short"),
        (feed(ITEM.replace("Fri, 23 Aug 2024", "завтра")), SourceChanged, "cannot be read"),
    ],
)
def test_what_is_no_whole_feed_is_an_error(
    content: bytes, error: type[CollectFailed], cause: str
) -> None:
    with pytest.raises(error, match=cause) as failed:
        collected(answer(content))
    assert str(failed.value).startswith("vesti: http://127.0.0.1")
    assert failed.value.fetches[-1].outcome in {Outcome.SUSPECT, Outcome.FAILED}


def test_an_emptied_feed_is_an_error_a_new_one_is_not() -> None:
    assert collected(answer(feed("")))[-1].posts == ()
    with pytest.raises(SourceChanged, match="no entries where there were some"):
        collected(answer(feed("")), {"entries": 3})


@pytest.mark.parametrize(
    ("items", "ids"),
    [
        (["<guid>a</guid>", "<guid>b</guid>"], ["a", "b"]),
        (
            [
                "<guid>a</guid><link>https://n.example/1</link>",
                "<guid>a</guid><link>https://n.example/2</link>",
            ],
            ["https://n.example/1", "https://n.example/2"],
        ),
        (["<link>https://n.example/1#top</link>"], ["https://n.example/1"]),
        (["<guid>https://n.example/1?PHPSESSID=f00</guid>"], ["https://n.example/1"]),
    ],
)
def test_ids(items: list[str], ids: list[str]) -> None:
    found = posts(feed("".join(f"<item>{item}<title>x</title></item>" for item in items)))
    assert [post.external_id for post in found] == ids


def test_duplicates_without_ids_are_two_posts() -> None:
    same = "<guid>a</guid><link>https://n.example/</link>"
    items = "".join(f"<item>{same}<title>Пост {n}</title></item>" for n in range(3))
    assert len({post.external_id for post in posts(feed(items))}) == 3


def test_a_persons_page_is_no_link() -> None:
    item = "<item><guid>https://vk.com/id123</guid><link>https://vk.com/id123</link></item>"
    (post,) = posts(feed(item))
    assert post.url is None
    assert "123" not in post.external_id or "vk" not in post.external_id


def test_unchanged_by_etag() -> None:
    script = Turns([answer(feed(), ETag='"v1"'), answer(b"", 304)])
    first = collected(script)[-1]
    assert len(first.posts) == 1
    cursor = dict(first.cursor)
    with Server({"/feed": lambda asked: _by_tag(asked.headers)}) as server:
        moved = {f"{server.url}/feed": value for value in _validators(cursor).values()}
        source = Source(name="v", kind="rss", url=f"{server.url}/feed", path="v.toml")

        async def run() -> list[Batch]:
            settings_ = ClientSettings(allow_loopback=True, clock=lambda: NOW)
            async with Client(settings_) as client:
                given_ = cursor | {"validators": moved}
                return [batch async for batch in collect(source, client, given_)]

        (batch,) = asyncio.run(run())
    assert batch.posts == ()
    assert batch.fetches[-1].outcome is Outcome.UNCHANGED
    assert batch.cursor == cursor | {"validators": moved}


def _by_tag(headers: Mapping[str, str]) -> bytes:
    return answer(b"", 304) if headers.get("if-none-match") == '"v1"' else answer(feed())


def _validators(cursor: Mapping[str, object]) -> Mapping[str, object]:
    found = cursor["validators"]
    assert isinstance(found, Mapping)
    return found


def test_a_bomb_of_entities_stays_small() -> None:
    layers = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = feed("<item><guid>1</guid><title>&e11;</title></item>").decode()
    bomb = bomb.replace("<rss", f'<!DOCTYPE rss [<!ENTITY e0 "ха">{layers}]><rss')
    assert all(len(post.text) < 100 for post in posts(bomb))


def test_no_file_is_read_through_an_entity(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("тайна")
    content = feed("<item><guid>1</guid><title>&x;</title></item>").decode()
    content = content.replace("<rss", f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{secret}">]><rss')
    assert "тайна" not in repr(posts(content))


@pytest.mark.parametrize("depth", [1000, 50_000])
def test_deep_markup_does_not_end_the_program(depth: int) -> None:
    deep = "<div>" * depth + "x" + "</div>" * depth
    content = feed(f"<item><guid>1</guid><description><![CDATA[{deep}]]></description></item>")
    try:
        read_feed(content.decode(), MOSCOW, NOW)
    except NoFeed:
        return


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_no_mangled_feed_raises_anything_else(data: st.DataObject) -> None:
    page = bytearray(data.draw(st.sampled_from([feed(), ATOM.encode()])))
    for _ in range(data.draw(st.integers(1, 8))):
        at = data.draw(st.integers(0, len(page)))
        cut = data.draw(st.integers(0, 80))
        page[at : at + cut] = data.draw(st.binary(max_size=20))
    try:
        entries = read_feed(bytes(page).decode("utf-8", "replace"), MOSCOW, NOW)
    except NoFeed:
        return
    assert all(entry.external_id for entry in entries)


def test_a_local_file(tmp_path: Path) -> None:
    (tmp_path / "feed.xml").write_bytes(feed())

    async def run(name: str) -> list[Batch]:
        source = Source(name="v", kind="rss", url=name, path=str(tmp_path / "v.toml"))
        async with Client(ClientSettings(clock=lambda: NOW)) as client:
            return [batch async for batch in collect(source, client, {})]

    (batch,) = asyncio.run(run("feed.xml"))
    assert len(batch.posts) == 1
    assert batch.fetches[0].url == "feed.xml"
    with pytest.raises(SourceGone, match=r"v: none\.xml: No such file"):
        asyncio.run(run("none.xml"))


def test_a_wrong_zone_is_a_fault() -> None:
    source = Source(name="v", kind="rss", url="x", path="x", options={"timezone": "Луна"})
    assert "timezone" in "; ".join(rss.faults(source))


HTML = "<description><![CDATA[{}]]></description>"


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("<p>Ищу</p><div class='sharedaddy'>Поделиться: VK</div>", "Ищу"),
        ("<p>Ищу</p><p>Сообщение «Ищу» появились сначала на Комитет.</p>", "Ищу"),
        ("<blockquote><div><cite>Мать писала:</cite>Ищу</div></blockquote>Видел его", "Видел его"),
        ("<div class='quote'>Ищу сына</div><p>сказала мать</p>", "Ищу сына\nсказала мать"),
        ("<blockquote>Ищу сына <cite>мать</cite></blockquote>", "Ищу сына мать"),  # the news
        ("<table><tr><td>Зуб Лука</td><td>2005</td></tr></table>", "Зуб Лука 2005"),
        ("&lt;p&gt;Ищу &amp;laquo;Луку&amp;raquo;&lt;/p&gt;", "Ищу «Луку»"),  # escaped twice
        ("Юркевич &lt;Сова&gt;", "Юркевич <Сова>"),
    ],
)
def test_an_entry_holds_its_author_s_words(inner: str, text: str) -> None:
    (post,) = posts(feed(f"<item><guid>a</guid>{HTML.format(inner)}</item>"))
    assert post.text == text


@pytest.mark.parametrize(
    ("before", "forwarded_from"),
    [
        ('<p>Forwarded From <b><a href="https://t.me/kanal/9">Канал</a></b></p>', "Канал"),
        ("<p>Forwarded From <b>Анна К.</b></p>", None),  # a person: not kept
        ("<blockquote><b>Канал</b><br><p>Он погиб</p></blockquote>", None),  # what is answered
    ],
)
def test_what_a_bridge_puts_before_a_message(before: str, forwarded_from: str | None) -> None:
    inner = HTML.format(
        f"{before}<p>Ищу сына.<br>Пробный Лука</p><blockquote>Мама, я жив</blockquote>"
    )
    title = "<title>🔁 Ищу сына. Пробный Л...</title>"
    (post,) = posts(feed(f"<item><guid>a</guid>{title}{inner}</item>"))
    assert post.text == "Ищу сына.\nПробный Лука\nМама, я жив"
    assert post.forwarded_from == forwarded_from


@pytest.mark.parametrize(
    ("link", "url"),
    [
        ("/post/9", "https://n.example/post/9"),
        ("https://n.example/t.php?t=9&amp;sid=0a#p12", "https://n.example/t.php?t=9#p12"),
        ("https://n.example/9#top", "https://n.example/9"),
        ("javascript:alert(1)", None),
        ("https://vk.com/id5", None),
    ],
)
def test_links_of_entries(link: str, url: str | None) -> None:
    home = "<link>https://n.example/</link>"
    (post,) = posts(feed(f"{home}<item><guid>a</guid><link>{link}</link><title>x</title></item>"))
    assert post.url == url


def test_two_posts_of_one_topic_are_two() -> None:
    items = "".join(
        f"<item><guid>https://n.example/t?t=9#p{n}</guid><title>Re: Ищу</title></item>"
        for n in (1, 2)
    )
    assert [post.external_id[-2:] for post in posts(feed(items))] == ["p1", "p2"]


def test_an_entry_told_anew_is_one() -> None:
    item = "<item><guid>a</guid><title>x</title><link>https://n.example/8{}</link>{}</item>"
    first = item.format("", "<description>Пропал Зуб Лука, 2005</description>")
    again = item.format("?v=2", "<description>Пропал Зуб Лука, 2005 (исправлено)</description>")
    other = item.format("?v=3", "<description>Жив Попов Ия, нашёлся</description>")
    assert [post.external_id for post in posts(feed(first + again))] == ["a"]
    assert len(posts(feed(first + other))) == 2
