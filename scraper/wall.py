"""An answer of VK's `wall.get` or `wall.search` → its posts, or the error it carries inside 200."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from model import Post
from scraper.census import Made, count

_MENTION = re.compile(
    r"\[(?!(?:photo|video|audio|doc|page|topic|board|album)-?\d)"  # shown as it is written
    r"[a-z#@][^\[\]|\n]{0,300}\|([^\[\]|\n]{1,300})(?:\|[^\[\]\n]*)?\]"
    r"|[*@](?:id|club|public|event|app)\d{1,12} ?\(([^()\n]{1,300})\)"
)
COPY = "/copy"  # after a post's id: what it repeats, where it has words of its own
_OLDEST = 1_150_000_000  # VK opened in 2006; an earlier date is none


class WallChanged(Exception):
    """The answer is no answer of this method; the text says what is missing."""


class WallError(Exception):
    """VK refuses inside a 200; `code` is its error code."""

    def __init__(self, code: int) -> None:
        super().__init__(f"error {code}")
        self.code = code


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry of a wall: its own post, and beside it what it repeats of another's."""

    number: int
    name: str  # the external id of its own post
    at: int  # Unix seconds
    pinned: bool
    posts: tuple[Post, ...]  # none where only donors may read it


@dataclass(frozen=True, slots=True, kw_only=True)
class Wall:
    """One page of a wall, in its order."""

    total: int  # as VK counts the whole wall
    entries: tuple[Entry, ...]
    items: int  # on this page
    unread: int  # items without a usable id or date
    made: Made = Made(items=0, names={})  # noqa: RUF009  frozen


def read_wall(content: bytes, source: str, zone: tzinfo, now: datetime) -> Wall:
    """Read one answer. Raises WallError for an error of VK's, WallChanged for anything else."""
    body = _body(content)
    items = body.get("items")
    total = _number(body.get("count"))
    if not isinstance(items, list) or total is None:
        raise WallChanged("no items and count")
    latest = int((now + timedelta(days=1)).timestamp())
    items = [item for item in items if not (isinstance(item, dict) and item.get("is_deleted"))]
    entries = tuple(
        entry for item in items if (entry := _entry(item, source, zone, latest)) is not None
    )
    unread = len(items) - len(entries)
    if unread > len(entries):
        raise WallChanged(f"{unread} of {len(items)} items without id or date")
    return Wall(total=total, entries=entries, items=len(items), unread=unread, made=_made(items))


def _made(items: Iterable[object]) -> Made:
    """What the items are made of: their keys, and the kinds of what is attached."""
    return count(_names(item) for item in items if isinstance(item, dict))


def _names(item: Mapping[str, object]) -> Iterator[str]:
    yield from map(str, item)
    attached = item.get("attachments")
    for one in attached if isinstance(attached, list) else ():
        if isinstance(one, dict):
            yield f"attachments.{one.get('type')}"


def _body(content: bytes) -> Mapping[str, object]:
    try:
        answer = json.loads(content)
    except (ValueError, RecursionError):
        raise WallChanged("the answer is no JSON") from None
    if not isinstance(answer, dict):
        raise WallChanged("the answer is no JSON object")
    error = answer.get("error")
    if error is not None:
        code = _number(error.get("error_code")) if isinstance(error, dict) else None
        raise WallError(code if code is not None else -1)
    body = answer.get("response")
    if not isinstance(body, dict):
        raise WallChanged("neither a response nor an error")
    return body


def _entry(item: object, source: str, zone: tzinfo, latest: int) -> Entry | None:
    if not isinstance(item, dict):
        return None
    number, at, owner = (_number(item.get(key)) for key in ("id", "date", "owner_id"))
    if number is None or at is None or owner is None or not _OLDEST <= at <= latest:
        return None
    posts = () if _for_donors(item) else tuple(_posts(item, source, zone, latest))
    return Entry(
        number=number,
        name=_name(owner, number),
        at=at,
        pinned=bool(item.get("is_pinned")),
        posts=posts,
    )


def _name(owner: int, number: int) -> str:
    """A post's id; a person's own number is no part of it."""
    return f"{owner}_{number}" if owner < 0 else f"wall_{number}"


def _posts(item: Mapping[str, object], source: str, zone: tzinfo, latest: int) -> Iterator[Post]:
    """The entry's own post and, apart from it, the post it repeats."""
    number, at, owner = (_number(item.get(key)) or 0 for key in ("id", "date", "owner_id"))
    text = plain(item.get("text"))
    edited = _number(item.get("edited"))
    repeated = _repeated(item)
    name = _name(owner, number)
    own = Post(
        source=source,
        external_id=name,
        posted_at=datetime.fromtimestamp(at, zone),
        text=text,
        edited_at=datetime.fromtimestamp(edited, zone)
        if edited is not None and at < edited <= latest
        else None,
        reply_to=_answered(item, owner),
        url=_link(item, owner, number) if owner < 0 else None,
    )
    if repeated is None:
        yield own
        return
    their_text, their_owner = plain(repeated.get("text")), _number(repeated.get("owner_id")) or 0
    came_at = _number(repeated.get("date")) or at
    copy = Post(
        source=source,
        external_id=f"{name}{COPY}" if text else name,
        posted_at=datetime.fromtimestamp(came_at if _OLDEST <= came_at <= at else at, zone),
        text=their_text,
        forwarded_from=f"club{-their_owner}" if their_owner < 0 else None,
        url=own.url,
    )
    if text:
        yield own
    yield copy


def _link(item: Mapping[str, object], owner: int, number: int) -> str:
    """Where a post is shown; a comment is shown under its post."""
    under = _number(item.get("post_id")) if item.get("post_type") == "reply" else None
    if under is None:
        return f"https://vk.com/wall{owner}_{number}"
    above = item.get("parents_stack")
    thread = (
        f"&thread={above[0]}" if isinstance(above, list) and _number(above[:1] and above[0]) else ""
    )
    return f"https://vk.com/wall{owner}_{under}?reply={number}{thread}"


def _answered(item: Mapping[str, object], owner: int) -> str | None:
    """The post or comment that a comment answers."""
    if item.get("post_type") != "reply":
        return None
    above = item.get("parents_stack")
    last = above[-1] if isinstance(above, list) and above else item.get("post_id")
    number = _number(last)
    return _name(owner, number) if number is not None else None


def _repeated(item: Mapping[str, object]) -> Mapping[str, object] | None:
    """The original at the end of a chain of reposts: the last one with a text."""
    history = item.get("copy_history")
    if not isinstance(history, list):
        return None
    chain = [post for post in history if isinstance(post, dict) and plain(post.get("text"))]
    return chain[-1] if chain else None


def _for_donors(item: Mapping[str, object]) -> bool:
    """Is this a placeholder for a text that only donors may read?"""
    donut = item.get("donut")
    if not isinstance(donut, dict):
        return False
    return bool(donut.get("placeholder")) or (
        bool(donut.get("is_donut")) and not plain(item.get("text"))
    )


def plain(text: object) -> str:
    """The text as VK shows it: `[id1|Имя]` and `@id1 (Имя)` show the name alone."""
    if not isinstance(text, str):
        return ""
    plainly = html.unescape(text.replace("<br>", "\n").replace("\r\n", "\n"))
    shown = _MENTION.sub(lambda found: found[1] or found[2], plainly)
    return shown.encode("utf-8", "replace").decode("utf-8").strip()


def _number(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int) or abs(value) >= 2**62:
        return None
    return value
