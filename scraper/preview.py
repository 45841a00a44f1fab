"""A Telegram preview page, `https://t.me/s/CHANNEL` → its posts and all ids it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from bs4 import Tag

from model import Post
from scraper.markup import soup_of, text_of

_DATA_POST = re.compile(
    rb"""data-post\s*=\s*["']?\s*[A-Za-z0-9_]+/(\d{1,18})[\s"'>]""", re.IGNORECASE
)
_PLACE = re.compile(r"([A-Za-z0-9_]+)/(\d{1,18})")
_LINK = re.compile(r"//[^/]+/(?:s/)?([A-Za-z]\w{2,})/(\d{1,18})(?:[?#].*)?$")
_SINGLE = re.compile(r"/(\d{1,18})\?(?:[^#]*&)?single\b")
_EDITED = re.compile(r"\b(?:edited|изменено|изм\.|ред\.|змінено|відредаговано)", re.IGNORECASE)
_HIDDEN = frozenset({"media_not_supported_cont", "message_media_not_supported_wrap"})
_DATE = frozenset({"tgme_widget_message_date"})
_SIGNATURE = frozenset({"tgme_widget_message_from_author"})
_REPLY = frozenset({"tgme_widget_message_reply", "js-message_reply_text"})


class PageChanged(Exception):
    """The page is no preview page as we know it; the text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One block: a post, and whether the page marks it as edited (most pages give no time)."""

    number: int
    post: Post
    edited: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one page shows, oldest first."""

    channel: str  # as the posts' ids name it; "" where there are none
    messages: tuple[Message, ...]
    numbers: frozenset[int]  # every id on the page: album items, service messages, unread blocks
    blocks: int  # message blocks of any kind
    undated: int  # of these, posts whose date could not be read
    says_empty: bool  # "no messages found", which also appears under load


def complete(content: bytes) -> bool:
    """Did the page arrive whole?"""
    return b"</html" in content[-65536:].lower()


def read_page(content: bytes, source: str, zone: tzinfo, now: datetime) -> Page:
    """Read one page; `zone` replaces UTC, which previews give whatever the author's clock says.

    Raises PageChanged for a page that is none, or whose posts can no longer be found.
    """
    tree = soup_of(content)
    placed = [(block, _place(block)) for block in tree.select(".tgme_widget_message[data-post]")]
    blocks = [(block, place) for block, place in placed if place is not None]
    found = {int(number) for number in _DATA_POST.findall(content)}
    messages: dict[int, Message] = {}
    numbers: set[int] = set()
    undated = 0
    for block, (_, number) in blocks:
        numbers |= {number, *_album(block)}
        if "service_message" in _classes(block):
            continue
        posted_at = _posted_at(block, zone, now)
        if posted_at is None:
            undated += 1
        else:
            messages[number] = _message(block, source, posted_at, zone)
    says_empty = tree.select_one(".tme_no_messages_found") is not None
    if found - numbers:
        raise PageChanged(f"{len(found - numbers)} of {len(found)} messages cannot be found")
    if not numbers and not says_empty:
        raise PageChanged("no message list: not a preview page, or no longer as it was")
    if undated > len(messages):
        raise PageChanged(f"{undated} of {undated + len(messages)} messages have no readable date")
    return Page(
        channel=blocks[0][1][0] if blocks else "",
        messages=tuple(messages[number] for number in sorted(messages)),
        numbers=frozenset(numbers),
        blocks=len(blocks),
        undated=undated,
        says_empty=says_empty,
    )


def _place(block: Tag) -> tuple[str, int] | None:
    found = _PLACE.fullmatch(str(block.get("data-post", "")).strip())
    return (found[1].lower(), int(found[2])) if found else None


def _classes(tag: Tag) -> frozenset[str]:
    given = tag.get("class")
    return frozenset(given) if isinstance(given, list) else frozenset(str(given or "").split())


def _message(block: Tag, source: str, posted_at: datetime, zone: tzinfo) -> Message:
    channel, number = _place(block) or ("", 0)
    edited_at = _edited_at(block, posted_at, zone)
    post = Post(
        source=source,
        external_id=f"{channel}/{number}",
        posted_at=posted_at,
        text="\n".join(filter(None, (text_of(tag, keep_spaces=True) for tag in _texts(block)))),
        edited_at=edited_at,
        forwarded_from=_forwarded_from(block),
        reply_to=_reply_to(block),
        url=f"https://t.me/{channel}/{number}",
    )
    return Message(number=number, post=post, edited=edited_at is not None or _is_edited(block))


def _texts(block: Tag) -> Iterator[Tag]:
    """The elements of the post's own text: the outermost, none of a reply or a hidden fallback."""
    for selector in (".js-message_text", ".tgme_widget_message_text"):
        found = [tag for tag in block.select(selector) if not _within(tag, block, _REPLY | _HIDDEN)]
        if found:
            kept = set(map(id, found))
            yield from (
                tag for tag in found if not any(id(parent) in kept for parent in tag.parents)
            )
            return


def _within(tag: Tag, block: Tag, classes: frozenset[str]) -> bool:
    """Does the tag, or anything around it inside the block, bear one of the classes?"""
    node: Tag | None = tag
    while node is not None and node is not block:
        if _classes(node) & classes:
            return True
        node = node.parent
    return False


def _posted_at(block: Tag, zone: tzinfo, now: datetime) -> datetime | None:
    for tag in block.select(".tgme_widget_message_date time[datetime]"):
        moment = _moment(tag, zone)
        if moment is not None and moment.year >= 2013 and moment <= now + timedelta(days=1):
            return moment
    return None


def _moment(tag: Tag, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat(str(tag.get("datetime", "")).strip())
        offset = moment.utcoffset()
        if offset is None:
            return moment.replace(tzinfo=zone)
        return moment if offset else moment.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _is_edited(block: Tag) -> bool:
    """Does the line under the post say so? The author's signature and the date stand beside it."""
    for meta in block.select(".tgme_widget_message_meta"):
        for child in meta.children:
            if isinstance(child, Tag) and _classes(child) & (_SIGNATURE | _DATE):
                continue
            if _EDITED.search(child.get_text() if isinstance(child, Tag) else str(child)):
                return True
    return False


def _edited_at(block: Tag, posted_at: datetime, zone: tzinfo) -> datetime | None:
    """The time of an edit where a page gives it beside the date: a second `time` in the meta."""
    for tag in block.select(".tgme_widget_message_meta time[datetime]"):
        moment = None if _within(tag, block, _DATE) else _moment(tag, zone)
        if moment is not None and moment >= posted_at:
            return moment
    return None


def _forwarded_from(block: Tag) -> str | None:
    """The channel a post was forwarded from. A link to a message is a channel's; people and
    hidden senders have none, and their names are not kept."""
    for tag in block.select("a.tgme_widget_message_forwarded_from_name[href]"):
        if _LINK.search(str(tag.get("href", ""))):
            return text_of(tag) or None
    return None


def _reply_to(block: Tag) -> str | None:
    for tag in block.select("a.tgme_widget_message_reply[href]"):
        if found := _LINK.search(str(tag.get("href", ""))):
            return f"{found[1].lower()}/{int(found[2])}"
    return None


def _album(block: Tag) -> Iterator[int]:
    for tag in block.select("a[href*='single']"):
        if found := _SINGLE.search(str(tag.get("href", ""))):
            yield int(found[1])
