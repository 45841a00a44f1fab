"""Pages as odd as the web has them: what a browser would show is read, and nothing is raised but
the parsers' own errors."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest
from faultworld import block, item

from scraper.decoding import decode
from scraper.feed import NoFeed, read_feed
from scraper.preview import PageChanged, read_page
from scraper.wall import WallChanged, WallError, read_wall

NOW = datetime(2024, 9, 1, 12, tzinfo=UTC)
MOSCOW = ZoneInfo("Europe/Moscow")
WORDS = "Ищу сына Крутицына Луку"


def shown(page: str | bytes) -> list[str]:
    content = page if isinstance(page, bytes) else page.encode()
    return [message.post.text for message in read_page(content, "tg", MOSCOW, NOW).messages]


def said(inner: str, **more: str) -> str:
    """One message whose text element holds this markup."""
    return (
        '<div class="tgme_widget_message" data-post="kanal/5">'
        f'{more.get("before", "")}<div class="js-message_text">{inner}</div>'
        '<span class="tgme_widget_message_meta"><a class="tgme_widget_message_date">'
        '<time datetime="2024-08-20T10:00:00+00:00"></time></a></span></div>'
    )


@pytest.mark.parametrize(
    ("inner", "text"),
    [
        ("Ищу <b>сына", "Ищу сына"),  # never closed
        ("Ищу <b><i>сына</b> и</i> отца", "Ищу сына и отца"),
        ("Ищу<!-- никого --> сына", "Ищу сына"),
        ("Ищу &laquo;сына&raquo &amp отца &#x1F54A;", "Ищу «сына» & отца 🕊"),  # no semicolons
        ("Ищу&nbsp;сына", "Ищу\xa0сына"),
        ("<table><tr><td>Ищу<td>сына<tr><td>и отца</table>", "Ищу сына\nи отца"),
        ("<table><tr><td><table><tr><td>Ищу</table>сына</table>", "Ищу\nсына"),
        ("Ищу\0 сына", "Ищу\ufffd сына"),
        ("Ищу<script>alert('x')</script> сына<style>p{}</style>", "Ищу сына"),
        ("Ищу <span hidden>никого</span>сына", "Ищу сына"),
        ("Ищу<br>сына<BR/>и</br>отца", "Ищу\nсына\nи\nотца"),
        ("<blockquote>Ищу</blockquote>сына", "Ищу\nсына"),
        ("<pre>Ищу\n  сына</pre>", "Ищу\nсына"),
        ("Ищу <tg-emoji>🙏</tg-emoji> <u>сына</u>", "Ищу 🙏 сына"),
        ("<tg-spoiler>Ищу</tg-spoiler> сына", "Ищу сына"),
        ("Ищу <a href='https://t.me/x/1' title='a>b'>сына</a>", "Ищу сына"),
        ("Ищу < 5 сынов > 3", "Ищу < 5 сынов > 3"),
        ("", ""),
    ],
)
def test_a_message_reads_as_a_browser_shows_it(inner: str, text: str) -> None:
    assert shown(f"<html><body>{said(inner)}</body></html>") == [text]


@pytest.mark.parametrize(
    "page",
    [
        f"<html><head><base href='https://t.me/'></head>{said(WORDS)}</html>",
        f"<meta http-equiv=refresh content='5;url=/x'>{said(WORDS)}",
        f"\ufeff<!DOCTYPE html><html>{said(WORDS)}",
        f"<html><body><section><p>{said(WORDS)}</section></section></body>",
        said(WORDS).replace('"', "'"),
        said(WORDS).replace('class="tgme_widget_message"', "class='a  tgme_widget_message\nb'"),
        said(WORDS).replace("<div", "<DIV").replace("</div", "</DIV"),
        said(WORDS, before="<video src=x></video><div class='tgme_widget_message_poll'>?</div>"),
    ],
)
def test_a_page_reads_whatever_stands_around_it(page: str) -> None:
    assert shown(page) == [WORDS]


def test_media_polls_services_and_hidden_senders() -> None:
    media = said("").replace('<div class="js-message_text"></div>', '<a class="photo"></a>')
    hidden = said(WORDS, before="<span class='tgme_widget_message_forwarded_from_name'>Анна</span>")
    assert shown(media) == [""]  # a photograph alone is a post without words
    (message,) = read_page(hidden.encode(), "tg", MOSCOW, NOW).messages
    assert (message.post.text, message.post.forwarded_from) == (WORDS, None)
    service = said("pinned").replace(
        '"tgme_widget_message"', '"tgme_widget_message service_message"'
    )
    page = read_page((service + block(6, WORDS)).encode(), "tg", MOSCOW, NOW)
    assert [message.number for message in page.messages] == [6]
    assert page.numbers == {5, 6}


NOTICE = (
    '<div class="message_media_not_supported_wrap"><div class="message_media_not_supported_label">'
    "This channel can't be displayed</div></div>"
)


def test_a_notice_in_place_of_a_message_does_not_empty_it() -> None:
    hidden = f'<div class="media_not_supported_cont">{NOTICE}</div>'
    withheld = said("", before=NOTICE).replace("kanal/5", "kanal/4")
    page = read_page((withheld + said(WORDS, before=NOTICE)).encode(), "tg", MOSCOW, NOW)
    assert [message.post.text for message in page.messages] == [WORDS]
    assert page.numbers == {4, 5}  # 4 is there, as it was
    assert shown(said("", before=hidden)) == [""]  # a video alone, and what old browsers are told
    with pytest.raises(PageChanged, match="a notice in place of each of its 1 messages"):
        shown(withheld)


def test_a_message_without_a_date_does_not_take_the_others_with_it() -> None:
    undated = said(WORDS).replace("datetime=", "x=").replace("kanal/5", "kanal/4")
    page = read_page((undated + block(6, WORDS) + block(7, WORDS)).encode(), "tg", MOSCOW, NOW)
    assert ([message.number for message in page.messages], page.undated) == ([6, 7], 1)


@pytest.mark.parametrize("page", ["", " ", "\0", "<", "<!", "<html", "текст", "<a b=", "]]>", "{}"])
def test_what_is_no_page_is_told(page: str) -> None:
    with pytest.raises(PageChanged):
        shown(page)
    with pytest.raises(NoFeed):
        read_feed(page, MOSCOW, NOW)
    with pytest.raises(WallChanged):
        read_wall(page.encode(), "vk", MOSCOW, NOW)


@pytest.mark.parametrize(
    ("label", "codec"),
    [("windows-1251", "cp1251"), ("koi8-r", "koi8-r"), ("utf-8", "utf-8"), ("", "cp1251")],
)
def test_a_charset_in_meta_alone(label: str, codec: str) -> None:
    meta = f'<meta charset="{label}">' if label else ""
    page = f"<html><head>{meta}</head><p>{WORDS}. Пропал без вести в августе.</p></html>"
    assert WORDS in decode(page.encode(codec))


@pytest.mark.parametrize("codec", ["utf-16", "utf-8-sig"])
def test_a_byte_order_mark(codec: str) -> None:
    assert decode(f"<p>{WORDS}</p>".encode(codec)) == f"<p>{WORDS}</p>"


DATE = "<pubDate>Tue, 20 Aug 2024 10:00:00 +0300</pubDate>"


def rss(entry: str) -> str:
    return f'<rss version="2.0"><channel><item><guid>1</guid>{entry}</item></channel></rss>'


@pytest.mark.parametrize(
    "feed",
    [
        rss(f"{DATE}<description>Ищу&nbsp;сына &laquo;Луку&raquo;</description>"),
        rss(f"{DATE}<description><![CDATA[<p>Ищу сына <b>«Луку»</b>]]></description>"),
        rss(f"{DATE}<title>Ищу сына</title><description>Ищу сына «Луку»</description>"),
        rss(f"{DATE}<description>Ищу сына «Луку» & <b></description>"),
        '<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><updated>2024-08-20T10:00:00'
        '+03:00</updated><content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Ищу '
        "сына <b>«Луку»</b></p></div></content></entry></feed>",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/'
        'rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/"><item rdf:about="http://n.example/1">'
        "<title>Ищу сына «Луку»</title><link>http://n.example/1</link>"
        "<dc:date>2024-08-20T10:00:00+03:00</dc:date></item></rdf:RDF>",
    ],
)
def test_feeds_of_every_make(feed: str) -> None:
    (entry,) = read_feed(feed, MOSCOW, NOW)
    assert "Ищу сына «Луку»" in entry.text.replace("\xa0", " ")
    assert entry.posted_at == datetime(2024, 8, 20, 7, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    [
        "Tue, 20 Aug 2024 10:00:00 MSK", "Вт, 20 авг 2024 10:00:00 +0300", "20.08.2024 10:00",
        "2024-08-20 10:00:00", "2024-08-20T07:00:00Z", "20 августа 2024 г., 10:00",
        "Tuesday, 20-Aug-24 10:00:00 +0300", "1724137200",
    ],
)  # fmt: skip
def test_dates_of_every_make(date: str) -> None:
    feed = rss(f"<pubDate>{date}</pubDate><description>{WORDS}</description>")
    (entry,) = read_feed(feed, MOSCOW, NOW)
    assert entry.posted_at == datetime(2024, 8, 20, 7, tzinfo=UTC)


def answered(*items: object) -> bytes:
    return json.dumps({"response": {"count": len(items), "items": list(items)}}).encode()


def test_walls_of_every_make() -> None:
    attached = item(3, text="", attachments=[{"type": "photo"}])
    chain = [{"text": "", "owner_id": -1}, {"text": WORDS, "owner_id": -9, "date": 1724000000}]
    wall = read_wall(
        answered(attached, item(4, text="", copy_history=chain), item(5, copy_history="?"),
                 item(6, text=None), item(7, text=["x"]), {"id": 8}, item(9, edited="soon")),
        "vk", MOSCOW, NOW,
    )  # fmt: skip
    posts = {post.external_id: post.text for entry in wall.entries for post in entry.posts}
    assert posts["-7_4"] == WORDS
    assert posts["-7_3"] == posts["-7_6"] == posts["-7_7"] == ""
    assert wall.unread == 1


@pytest.mark.parametrize(
    ("given", "url", "reply_to"),
    [
        ({}, "wall-7_5", None),
        ({"post_type": "post", "post_id": 3}, "wall-7_5", None),
        ({"post_type": "reply", "post_id": 3}, "wall-7_3?reply=5", "-7_3"),
        ({"post_type": "reply", "post_id": 3, "parents_stack": []}, "wall-7_3?reply=5", "-7_3"),
        ({"post_type": "reply", "post_id": 3, "parents_stack": [4]},
         "wall-7_3?reply=5&thread=4", "-7_4"),
        ({"post_type": "reply", "post_id": "x", "parents_stack": "y"}, "wall-7_5", None),
    ],
)  # fmt: skip
def test_comments_of_a_wall(given: dict[str, object], url: str, reply_to: str | None) -> None:
    wall = read_wall(answered(item(5, **given)), "vk", MOSCOW, NOW)
    (post,) = wall.entries[0].posts
    assert (post.url, post.reply_to) == (f"https://vk.com/{url}", reply_to)


def test_a_deleted_post_of_a_wall_is_absent_and_no_fault() -> None:
    wall = read_wall(answered(item(5), item(6, is_deleted=True, text="")), "vk", MOSCOW, NOW)
    assert ([entry.number for entry in wall.entries], wall.unread) == ([5], 0)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("[id5|Анна] ищет [club7|«Ждём»]", "Анна ищет «Ждём»"),
        ("[id5:bp-7_3|Анна], он жив", "Анна, он жив"),
        ("*id5 (Анна) и @club7(Ждём)", "Анна и Ждём"),
        ("[https://vk.com/wall-7_3|пост] [#поиск@x|#поиск]", "пост #поиск"),
        ("[photo-7_3|снимок] [в квадрате|скобки]", "[photo-7_3|снимок] [в квадрате|скобки]"),
        ("Ищу\r\nсына<br>Луку &amp; Тита", "Ищу\nсына\nЛуку & Тита"),
    ],
)
def test_a_wall_s_text_as_it_is_shown(said: str, text: str) -> None:
    wall = read_wall(answered(item(5, text=said)), "vk", MOSCOW, NOW)
    assert wall.entries[0].posts[0].text == text


@pytest.mark.parametrize(
    "body",
    [
        {"error": {"error_code": 14, "error_msg": "Captcha needed", "captcha_img": "http://x"}},
        {"error": {"error_code": 18, "error_msg": "User was deleted or banned"}},
        {"error": "nothing"}, {"error": []}, {"error": {"error_code": "18"}},
    ],
)  # fmt: skip
def test_vks_errors_of_every_make(body: object) -> None:
    with pytest.raises(WallError):
        read_wall(json.dumps(body).encode(), "vk", MOSCOW, NOW)
