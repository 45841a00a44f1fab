"""Dice → authors who post, edit, delete, pin and repost, and the pages that show what they have.

Each author knows the truth about his items; `page` gives one answer and, apart from it, what a
reader of that answer is shown: external id → text.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from html import escape
from random import Random

from server import Answer, Asked, answer

Shown = dict[str, str]
MOVED = "https://n.example/?p="  # what a feed's ids begin with once its site has moved
WATCHED = timedelta(days=20)  # what changes at this age is still seen by a weekly rescan
_STARTS = ("Ищу сына", "Ищу брата", "Нет связи с мужем", "Помогите найти <внука> & земляка")
_ENDS = ("Пропал в Курске.", "Служит по призыву.\nПоследний раз писал летом.", "Ждём 🕊 дома.")


@dataclass(slots=True, kw_only=True)
class Item:
    """One published thing; `said` are all its texts so far, the last one stands."""

    number: int
    at: datetime
    said: list[str]
    edited_at: datetime | None = None
    items: int = 1  # of an album
    service: bool = False
    copied: str | None = None  # the words of another's post below its own
    gone: bool = False
    hidden: bool = False  # was left out of a page once; what is missed twice counts as deleted

    @property
    def text(self) -> str:
        return self.said[-1]


@dataclass(slots=True)
class Author:
    """What every author does; how it is shown is his kind's."""

    dice: Random
    items: dict[int, Item] = field(default_factory=dict)
    number: int = 0
    pinned: int | None = None

    def living(self) -> list[Item]:
        return [item for item in self.items.values() if not item.gone]

    def act(self, now: datetime) -> None:
        """Do one thing."""
        deed = self.dice.choices(
            [self.post, self.edit, self.take_back, self.delete, self.repost, self.pin, self.odd],
            [50, 16, 8, 10, 4, 3, 9],
        )[0]
        deed(now)

    def words(self) -> str:
        start, end = self.dice.choice(_STARTS), self.dice.choice(_ENDS)
        return f"{start}, весть {self.dice.randrange(10_000)}. {end}"

    def post(self, now: datetime) -> Item:
        self.number += self.dice.choice((1, 1, 1, 2, 5))  # gaps between ids are nobody's posts
        item = Item(number=self.number, at=now.replace(microsecond=0), said=[self.words()])
        self.items[item.number] = item
        return item

    def young(self, now: datetime) -> list[Item]:
        """What may still change; never the first of all, below which no page shows anything."""
        found = [i for i in self.living() if now - i.at < WATCHED and not i.service]
        return [item for item in found if item.number != min(self.items)]

    def chosen(self, now: datetime) -> Item | None:
        found = self.young(now)
        return self.dice.choice(found) if found else None

    def edit(self, now: datetime) -> None:
        if item := self.chosen(now):
            item.said.append(self.words())
            item.edited_at = now.replace(microsecond=0)

    def take_back(self, now: datetime) -> None:
        """A → B → A."""
        item = self.chosen(now)
        if item and len(item.said) > 1:
            item.said.append(item.said[-2])
            item.edited_at = now.replace(microsecond=0)

    def delete(self, now: datetime) -> None:
        if item := self.chosen(now):
            item.gone = True
            self.pinned = None if self.pinned == item.number else self.pinned

    def repost(self, now: datetime) -> None:
        """The same words under another id; the old post goes."""
        if item := self.chosen(now):
            item.gone = True
            self.pinned = None if self.pinned == item.number else self.pinned
            self.post(now).said = [item.text]

    def pin(self, now: datetime) -> None:
        """What pinning means is the kind's."""

    def odd(self, now: datetime) -> None:
        """What only this kind does."""
        self.post(now)

    def page(self, asked: Asked, now: datetime) -> tuple[Answer, Shown]:
        """The answer to one question, and what it shows."""
        raise NotImplementedError

    def truth(self) -> Shown:
        """All that stands there now."""
        return dict(pair for item in self.living() for pair in self.named(item).items())

    def named(self, item: Item) -> Shown:
        """An item's external ids and texts."""
        return {str(item.number): item.text}

    def left_out(self, items: list[Item], sick: str) -> list[Item]:
        """The items of a page; a sick server leaves one of them out, none of them twice."""
        able = [item for item in items if not item.hidden]
        if sick != "shy" or not able:
            return items
        shy = self.dice.choice(able)
        shy.hidden = True
        return [item for item in items if item is not shy]


@dataclass(slots=True)
class Channel(Author):
    """A Telegram channel: about ten messages a page, albums, service messages."""

    def odd(self, now: datetime) -> None:
        item = self.post(now)
        if self.dice.random() < 0.5:
            item.service = True
        else:
            item.items = self.dice.randint(2, 6)
            item.said = [self.dice.choice((item.text, ""))]
            self.number += item.items - 1

    def pin(self, now: datetime) -> None:
        self.post(now).service = True  # "pinned a message"

    def named(self, item: Item) -> Shown:
        return {} if item.service else {f"kanal/{item.number}": item.text}

    def page(self, asked: Asked, now: datetime) -> tuple[Answer, Shown]:
        before = int(asked.query.get("before", 10**9))
        blocks: list[Item] = []
        room = 10
        for item in sorted(self.living(), key=lambda item: -item.number):
            if item.number < before and room > 0:
                blocks.insert(0, item)
                room -= item.items
        blocks = self.left_out(blocks, asked.headers.get("sick", ""))
        shown = "".join(map(self._block, blocks))
        empty = "" if shown else '<div class="tme_no_messages_found">No posts found</div>'
        page = f"<html><body><section>{shown}{empty}</section></body></html>"
        return answer(page), _shown(self, blocks)

    def _block(self, item: Item) -> str:
        links = "".join(
            f'<a class="tgme_widget_message_photo_wrap" href="https://t.me/kanal/{n}?single"></a>'
            for n in range(item.number, item.number + item.items) if item.items > 1
        )  # fmt: skip
        service = "service_message" if item.service else ""
        said = escape("служебное" if item.service else item.text).replace("\n", "<br/>")
        text = f'<div class="tgme_widget_message_text js-message_text">{said}</div>' if said else ""
        mark = "edited &nbsp;" if item.edited_at else ""
        return (
            f'<div class="tgme_widget_message {service}" data-post="kanal/{item.number}">{links}'
            f'{text}<span class="tgme_widget_message_meta">{mark}'
            '<a class="tgme_widget_message_date">'
            f'<time datetime="{item.at.isoformat()}"></time></a></span></div>'
        )


@dataclass(slots=True)
class Wall(Author):
    """A community's wall: a pinned post, reposts with and without words, what was deleted back."""

    def odd(self, now: datetime) -> None:
        deed = self.dice.choice(("copy", "own", "restore"))
        gone = [i for i in self.items.values() if i.gone and now - i.at < WATCHED]
        copies = [item for item in self.young(now) if item.copied]
        if deed == "restore" and gone:
            self.dice.choice(gone).gone = False
        elif deed == "own" and copies:  # the words above a repost come and go
            item = self.dice.choice(copies)
            item.said.append("" if item.text else self.words())
            item.edited_at = now.replace(microsecond=0)
        else:
            item = self.post(now)
            item.copied = f"{self.words()} Отец."
            item.said = [self.dice.choice((item.text, ""))]

    def pin(self, now: datetime) -> None:
        item = self.chosen(now)
        self.pinned = item.number if item and self.dice.random() < 0.7 else None

    def named(self, item: Item) -> Shown:
        name = f"-7_{item.number}"
        if item.copied is None:
            return {name: item.text}
        return {name: item.text, f"{name}/copy": item.copied} if item.text else {name: item.copied}

    def page(self, asked: Asked, now: datetime) -> tuple[Answer, Shown]:
        offset, count = int(asked.query["offset"]), int(asked.query["count"])
        order = sorted(self.living(), key=lambda i: (i.number != self.pinned, -i.number))
        listed = order[offset : offset + min(count, 25)]
        listed = self.left_out(listed, asked.headers.get("sick", ""))
        body = {"count": len(order), "items": [self._json(item) for item in listed]}
        # a question for one post seeks a place on the wall; it is not read
        return answer(json.dumps({"response": body})), _shown(self, listed if count > 1 else ())

    def _json(self, item: Item) -> dict[str, object]:
        at = int(item.at.timestamp())
        told: dict[str, object] = {
            "id": item.number, "owner_id": -7, "from_id": -7, "date": at, "text": item.text,
        }  # fmt: skip
        if item.number == self.pinned:
            told["is_pinned"] = 1
        if item.edited_at:
            told["edited"] = int(item.edited_at.timestamp())
        if item.copied:
            theirs = {"id": 5, "owner_id": -99, "date": at - 3600, "text": item.copied}
            told["copy_history"] = [theirs]
        return told


@dataclass(slots=True)
class News(Author):
    """A feed of the last fifteen entries; its links carry sessions, its ids change once."""

    moved: bool = False

    def odd(self, now: datetime) -> None:
        self.moved = self.moved or self.dice.random() < 0.2
        self.post(now)

    def named(self, item: Item) -> Shown:
        return {f"n{item.number}": item.text}

    def page(self, asked: Asked, now: datetime) -> tuple[Answer, Shown]:
        listed = sorted(self.living(), key=lambda item: -item.number)[:15]
        entries = "".join(map(self._entry, listed))
        feed = f'<rss version="2.0"><channel><title>Вести</title>{entries}</channel></rss>'
        print_of = hashlib.sha256(repr([(i.number, i.text) for i in listed]).encode()).hexdigest()
        if asked.headers.get("if-none-match") == print_of:
            return answer(b"", 304, ETag=print_of), {}
        return answer(feed, Content_Type="text/xml", ETag=print_of), _shown(self, listed)

    def _guid(self, item: Item) -> str:
        return f"{MOVED}{item.number}" if self.moved else f"n{item.number}"

    def _entry(self, item: Item) -> str:
        link = f"https://n.example/news/{item.number}?sid={self.dice.randrange(10**6)}"
        text = escape(escape(item.text).replace("\n", "<br/>"))
        return (
            f"<item><guid isPermaLink='false'>{escape(self._guid(item))}</guid><link>{link}</link>"
            f"<pubDate>{format_datetime(item.at)}</pubDate><description>{text}</description></item>"
        )


@dataclass(slots=True)
class Board(Author):
    """A board, newest first, fifteen posts a page; every link carries another session's id.

    A deletion while pages are turned moves a post from the next page to the one just read: it is
    left out once, and, as with a sick server, none is left out twice.
    """

    turning: bool = False

    def delete(self, now: datetime) -> None:
        if self._may_shift():
            Author.delete(self, now)

    def repost(self, now: datetime) -> None:
        if self._may_shift():
            Author.repost(self, now)

    def _may_shift(self) -> bool:
        edges = sorted(self.living(), key=lambda item: -item.number)[15::15]
        if not self.turning:
            return True
        if any(item.hidden for item in edges):
            return False
        for item in edges:
            item.hidden = True
        return True

    def named(self, item: Item) -> Shown:
        return {f"t.php?p={item.number}#p{item.number}": item.text}

    def page(self, asked: Asked, now: datetime) -> tuple[Answer, Shown]:
        number = int(asked.query.get("page", 1))
        order = sorted(self.living(), key=lambda item: -item.number)
        listed = order[15 * (number - 1) : 15 * number]
        self.turning = more = len(order) > 15 * number
        listed = self.left_out(listed, asked.headers.get("sick", ""))
        session = f"sid={self.dice.getrandbits(64):016x}"
        blocks = "".join(
            f'<article><a class="link" href="t.php?p={i.number}&amp;{session}#p{i.number}">№</a>'
            f'<time datetime="{i.at.isoformat()}"></time>'
            f"<p>{escape(i.text).replace(chr(10), '<br>')}</p></article>"
            for i in listed
        )
        link = (
            f'<a class="next" href="/board?page={number + 1}&amp;{session}">»</a>' if more else ""
        )
        page = f"<html><body>{blocks or '<article><p></p></article>'}{link}</body></html>"
        return answer(page), _shown(self, listed)


def _shown(author: Author, items: Iterable[Item]) -> Shown:
    return dict(pair for item in items for pair in author.named(item).items())


AUTHORS: Mapping[str, tuple[type[Author], str]] = {
    "telegram": (Channel, "/s/kanal"),
    "vk": (Wall, "/method/wall.get"),
    "rss": (News, "/feed"),
    "html": (Board, "/board"),
}
START = datetime(2024, 8, 1, 9, tzinfo=UTC)
