"""A Telegram preview page, `https://t.me/s/CHANNEL` → its posts and all ids it shows."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from model import Post
from scraper.census import Made
from scraper.elements import Classed, Element, bearing, classed, classes, root_of, text_of
from scraper.large import Content

_DATA_POST = re.compile(
    rb"""data-post\s*=\s*["']?\s*[A-Za-z0-9_]+/(\d{1,18})[\s"'>]""", re.IGNORECASE
)
_PLACE = re.compile(r"([A-Za-z0-9_]+)/(\d{1,18})")
_LINK = re.compile(r"//[^/]+/(?:s/)?([A-Za-z]\w{2,})/(\d{1,18})(?:[?#].*)?$")
_SINGLE = re.compile(r"/(\d{1,18})\?(?:[^#]*&)?single\b")
_EDITED = re.compile(r"\b(?:edited|изменено|изм\.|ред\.|змінено|відредаговано)", re.IGNORECASE)
_FALLBACK = frozenset({"media_not_supported_cont"})
_HIDDEN = frozenset({"media_not_supported_cont", "message_media_not_supported_wrap"})
_DATE = frozenset({"tgme_widget_message_date"})
_PLACEHOLDER = "message_media_not_supported_label"
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
    made: Made = Made(items=0, names={})  # noqa: RUF009  frozen


def complete(content: Content) -> bool:
    """Did the page arrive whole?"""
    return b"</html" in content[-65536:].lower()


def read_page(content: bytes, source: str, zone: tzinfo, now: datetime) -> Page:
    """Read one page; `zone` replaces UTC, which previews give whatever the author's clock says.

    Raises PageChanged for a page that is none, or whose posts can no longer be found.
    """
    root = root_of(content)
    everything = [] if root is None else list(bearing(root, "class"))
    named = (tag for tag in everything if tag.get("data-post") is not None)
    placed = [(tag, _place(tag)) for tag in named if "tgme_widget_message" in classes(tag)]
    blocks = [(block, place) for block, place in placed if place is not None]
    found = {int(number) for number in _DATA_POST.findall(content)}
    messages: dict[int, Message] = {}
    numbers: set[int] = set()
    undated = withheld = 0
    census: Counter[str] = Counter()
    for block, (_, number) in blocks:
        parts = classed(block)
        census.update(parts.keys())
        numbers |= {number, *_album(parts)}
        if "service_message" in classes(block):
            continue
        if _is_placeholder(block, parts):
            withheld += 1
            continue
        posted_at = _posted_at(parts, zone, now)
        if posted_at is None:
            undated += 1
        else:
            messages[number] = _message(block, parts, source, posted_at, zone)
    says_empty = not numbers and any("tme_no_messages_found" in classes(t) for t in everything)
    if found - numbers:
        raise PageChanged(f"{len(found - numbers)} of {len(found)} messages cannot be found")
    if not numbers and not says_empty:
        raise PageChanged("no message list: not a preview page, or no longer as it was")
    if withheld and withheld == len(blocks):
        raise PageChanged(f"shows a notice in place of each of its {withheld} messages")
    if undated > len(messages):
        raise PageChanged(f"{undated} of {undated + len(messages)} messages have no readable date")
    return Page(
        channel=blocks[0][1][0] if blocks else "",
        messages=tuple(messages[number] for number in sorted(messages)),
        numbers=frozenset(numbers),
        blocks=len(blocks),
        undated=undated,
        says_empty=says_empty,
        made=Made(items=len(blocks), names=dict(census)),
    )


def _place(block: Element) -> tuple[str, int] | None:
    found = _PLACE.fullmatch((block.get("data-post") or "").strip())
    return (found[1].lower(), int(found[2])) if found else None


def _is_placeholder(block: Element, parts: Classed) -> bool:
    """Does a notice stand where the message was («This channel can't be displayed …»)? Such a
    post is as it was, not emptied."""
    notices = parts.get(_PLACEHOLDER, [])
    shown = [tag for tag in notices if not _within(tag, block, _FALLBACK)]
    return bool(shown) and not any(text_of(tag) for tag in _texts(block, parts))


def _message(
    block: Element, parts: Classed, source: str, posted_at: datetime, zone: tzinfo
) -> Message:
    channel, number = _place(block) or ("", 0)
    edited_at = _edited_at(parts, block, posted_at, zone)
    texts = (text_of(tag, keep_spaces=True) for tag in _texts(block, parts))
    post = Post(
        source=source,
        external_id=f"{channel}/{number}",
        posted_at=posted_at,
        text="\n".join(filter(None, texts)),
        edited_at=edited_at,
        forwarded_from=_forwarded_from(parts),
        reply_to=_reply_to(parts),
        url=f"https://t.me/{channel}/{number}",
    )
    return Message(number=number, post=post, edited=edited_at is not None or _is_edited(parts))


def _texts(block: Element, parts: Classed) -> Iterator[Element]:
    """The elements of the post's own text: the outermost, none of a reply or a hidden fallback."""
    for name in ("js-message_text", "tgme_widget_message_text"):
        listed = parts.get(name, [])
        found = [tag for tag in listed if not _within(tag, block, _REPLY | _HIDDEN)]
        if found:
            kept = set(found)
            yield from (tag for tag in found if kept.isdisjoint(tag.iterancestors()))
            return


def _within(tag: Element, block: Element, names: frozenset[str]) -> bool:
    """Does the tag, or anything around it inside the block, bear one of the classes?"""
    node: Element | None = tag
    while node is not None and node is not block:
        if not names.isdisjoint(classes(node)):
            return True
        node = node.getparent()
    return False


def _times(element: Element) -> Iterator[Element]:
    return (tag for tag in element.iter("time") if tag.get("datetime") is not None)


def _posted_at(parts: Classed, zone: tzinfo, now: datetime) -> datetime | None:
    for name in _DATE:
        for tag in (time for date in parts.get(name, []) for time in _times(date)):
            moment = _moment(tag, zone)
            if moment is not None and moment.year >= 2013 and moment <= now + timedelta(days=1):
                return moment
    return None


def _moment(tag: Element, zone: tzinfo) -> datetime | None:
    try:
        moment = datetime.fromisoformat((tag.get("datetime") or "").strip())
        offset = moment.utcoffset()
        if offset is None:
            return moment.replace(tzinfo=zone)
        return moment if offset else moment.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _is_edited(parts: Classed) -> bool:
    """Does the line under the post say so? The author's signature and the date stand beside it."""
    for meta in parts.get("tgme_widget_message_meta", []):
        said = [meta.text, *(child.tail for child in meta)]
        others = (c for c in meta if (_SIGNATURE | _DATE).isdisjoint(classes(c)))
        said += [
            "".join(map(str, child.itertext())) for child in others if isinstance(child.tag, str)
        ]
        if any(_EDITED.search(text) for text in said if text):
            return True
    return False


def _edited_at(
    parts: Classed, block: Element, posted_at: datetime, zone: tzinfo
) -> datetime | None:
    """The time of an edit where a page gives it beside the date: a second `time` in the meta."""
    for meta in parts.get("tgme_widget_message_meta", []):
        for tag in _times(meta):
            moment = None if _within(tag, block, _DATE) else _moment(tag, zone)
            if moment is not None and moment >= posted_at:
                return moment
    return None


def _links(parts: Classed, name: str) -> Iterator[tuple[Element, str]]:
    """The links of a class, with their targets."""
    for tag in parts.get(name, []):
        if tag.tag == "a" and (target := tag.get("href")) is not None:
            yield tag, target


def _forwarded_from(parts: Classed) -> str | None:
    """The channel a post was forwarded from. A link to a message is a channel's; people and
    hidden senders have none, and their names are not kept."""
    for tag, target in _links(parts, "tgme_widget_message_forwarded_from_name"):
        if _LINK.search(target):
            return text_of(tag) or None
    return None


def _reply_to(parts: Classed) -> str | None:
    for _, target in _links(parts, "tgme_widget_message_reply"):
        if found := _LINK.search(target):
            return f"{found[1].lower()}/{int(found[2])}"
    return None


def _album(parts: Classed) -> Iterator[int]:
    for _, target in _links(parts, "a"):
        if found := _SINGLE.search(target):
            yield int(found[1])
