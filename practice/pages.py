"""Posts of the practice world → VK answers, a news feed, pages of a board and of a forum."""

# ruff: noqa: E501  markup keeps the lines of the real pages
from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta, timezone
from email.utils import format_datetime
from html import escape

from practice.world import Shown

MSK = timezone(timedelta(hours=3))
MONTHS = ("янв", "фев", "мар", "апр", "май", "июн", "июл", "авг", "сен", "окт", "ноя", "дек")
_LINKS = re.compile(r"https?://[^\s<]+|(?<![\w/.])@\w{4,}|#\w+")
_FORUM = re.compile(r"Сообщение #(?P<place>\d+)\nТема: (?P<topic>[^\n]+)\n+(?P<text>.*)", re.S)

BOARD_PAGE = 8
THREAD_PAGE = 5


def rich(text: str) -> str:
    """The text as HTML with the links networks make of addresses, handles and tags."""
    pieces, at = [], 0
    for found in _LINKS.finditer(text):
        word = found.group()
        target = {"@": f"https://t.me/{word[1:]}", "#": f"?q=%23{word[1:]}"}.get(word[0], word)
        pieces.append(escape(text[at : found.start()]))
        pieces.append(f'<a href="{escape(target)}">{escape(word)}</a>')
        at = found.end()
    return ("".join(pieces) + escape(text[at:])).replace("\n", "<br/>")


# VK, https://api.vk.com/method/wall.get


def vk_wall(owner: int, posts: Sequence[Shown], offset: int, count: int) -> bytes:
    """The answer of wall.get: newest first, the pinned post before all on the first page."""
    items = [_vk_item(owner, post) for post in reversed(posts)]
    if len(items) > 3:
        items.insert(0, {**items.pop(2), "is_pinned": 1})
    answer = {"count": len(items), "items": items[offset : offset + min(count, 100)]}
    return json.dumps({"response": answer}, ensure_ascii=False).encode()


def vk_posts(owner: int, posts: Sequence[Shown], wanted: Sequence[str]) -> bytes:
    """The answer of wall.getById: of the posts asked for, those that are there."""
    items = [_vk_item(owner, post) for post in posts if f"{owner}_{post.number}" in wanted]
    return json.dumps({"response": {"items": items}}, ensure_ascii=False).encode()


def vk_error(code: int, text: str) -> bytes:
    """An error as VK gives it, inside a 200."""
    told = {"error_code": code, "error_msg": text, "request_params": []}
    return json.dumps({"error": told}).encode()


def _vk_item(owner: int, post: Shown) -> dict[str, object]:
    item: dict[str, object] = {
        "inner_type": "wall_wallpost",
        "type": "post",
        "post_type": "post",
        "id": post.number,
        "owner_id": owner,
        "from_id": owner,
        "date": int(post.posted_at.timestamp()),
        "text": post.text,
        "attachments": [],
        "comments": {"count": 0},
        "likes": {"count": post.number % 40},
        "reposts": {"count": post.number % 7},
        "views": {"count": post.number * 31},
    }
    return item | ({"edited": int(post.edited_at.timestamp())} if post.edited_at else {})


# RSS


def rss(title: str, posts: Sequence[Shown], base: str) -> str:
    """A news feed with all its items, newest first, dates in the region's own offset."""
    items = "".join(_item(post, base) for post in reversed(posts))
    return f"""<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>{escape(title)}</title><link>{base}/news/</link>
<description>{escape(title)}</description><language>ru</language>{items}
</channel></rss>
"""


def _item(post: Shown, base: str) -> str:
    return f"""
<item><title>{escape(_headline(post.text))}</title><link>{base}/news/{post.number}</link>
<guid isPermaLink="false">{post.number}</guid><pubDate>{format_datetime(post.posted_at)}</pubDate>
<description>{escape(post.text)}</description></item>"""


def _headline(text: str) -> str:
    """The first words, as a feed that has no headlines of its own cuts them."""
    words = text.split()
    return " ".join(words[:7]) + ("…" if len(words) > 7 else "")


# A board: one wall with pages, newest first, times with their offset


def board(title: str, posts: Sequence[Shown], page: int) -> str:
    """One page of a group's wall."""
    shown = list(reversed(posts))
    part = shown[(page - 1) * BOARD_PAGE : page * BOARD_PAGE]
    following = (
        f'<a class="pager next" href="?page={page + 1}&amp;sid=0f1e2d3c4b5a69788796a5b4c3d2e1f0">дальше</a>'
        if page * BOARD_PAGE < len(shown)
        else ""
    )
    items = "".join(_board_item(post) for post in part)
    return f"""<!DOCTYPE html>
<html lang="ru"><head><meta charset="utf-8"><title>{escape(title)}</title></head><body>
<div class="group-header"><h1>{escape(title)}</h1></div>
<div class="feed-list">{items}</div><div class="paging">{following}</div>
</body></html>
"""


def _board_item(post: Shown) -> str:
    edited = post.edited_at
    changed = (
        f'<time class="edited" datetime="{edited.isoformat()}">изменено</time>' if edited else ""
    )
    return f"""
<article class="feed-item" data-post-id="{post.number}"><header><a class="author" href="/profile/{post.number}">участник группы</a>
<a class="link" href="/group/topic/{post.number}"><time datetime="{post.posted_at.isoformat()}">{_local(post.posted_at)}</time></a>{changed}</header>
<div class="text">{rich(post.text)}</div><footer>Класс! {post.number % 50}</footer></article>"""


# A forum: a list of topics, topics with pages, Moscow times without a zone, windows-1251


def forum_index(title: str, posts: Sequence[Shown]) -> bytes:
    """The section: a link to every topic, each with a session id."""
    links = "".join(
        f'<tr><td><a class="topictitle" href="viewtopic.php?t={number}&amp;sid=0123456789abcdef0123456789abcdef">'
        f"{escape(topic)}</a></td></tr>"
        for number, topic in enumerate(topics(posts), start=1)
    )
    return _forum_page(title, f'<table class="forumline">{links}</table>')


def forum_topic(title: str, posts: Sequence[Shown], number: int, start: int) -> bytes | None:
    """One page of a topic; None where there is no such topic."""
    threads = topics(posts)
    if not 1 <= number <= len(threads):
        return None
    topic, found = list(threads.items())[number - 1]
    items = "".join(
        _forum_post(place, post, text) for place, post, text in found[start:][:THREAD_PAGE]
    )
    following = (
        f'<a class="next" href="viewtopic.php?t={number}&amp;start={start + THREAD_PAGE}'
        '&amp;sid=fedcba9876543210fedcba9876543210">След.</a>'
        if start + THREAD_PAGE < len(found)
        else ""
    )
    heading = f'<h2 class="topic-title">Тема: {escape(topic)}</h2>'
    return _forum_page(title, f'{heading}{items}<p class="pagination">{following}</p>')


def topics(posts: Sequence[Shown]) -> Mapping[str, list[tuple[str, Shown, str]]]:
    """Topic → its posts as (place in the topic, post, text), in the order they were opened."""
    threads: dict[str, list[tuple[str, Shown, str]]] = {}
    for post in posts:
        found = _FORUM.fullmatch(post.text)
        place, topic, text = found.groups() if found else ("1", "Разное", post.text)
        threads.setdefault(topic, []).append((place, post, text))
    return threads


def _forum_post(place: str, post: Shown, text: str) -> str:
    return f"""
<div class="postbody" id="p{post.number}" data-id="{post.number}"><p class="author">
<a class="postnum" href="#p{post.number}">Сообщение #{place}</a> <b>Гость</b> » <span class="postdate">{_local(post.posted_at)}</span></p>
<div class="content">{rich(text)}</div></div>"""


def _forum_page(title: str, inner: str) -> bytes:
    page = f"""<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251" />
<title>{escape(title)}</title></head><body><h1>{escape(title)}</h1>{inner}
<p class="copyright">Часовой пояс: UTC + 3 часа</p></body></html>
"""
    return page.encode("windows-1251", "xmlcharrefreplace")


def _local(when: datetime) -> str:
    """The Moscow time as forums print it: «20 авг 2024, 09:05»."""
    local = when.astimezone(MSK)
    return f"{local.day} {MONTHS[local.month - 1]} {local.year}, {local:%H:%M}"
