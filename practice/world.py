"""The practice world's files and a moment → what the public could see at that moment."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from scraper.kept import CONFIRM

DATA = Path(__file__).parent / "data"


@dataclass(slots=True)
class Clock:
    """A clock that stands until it is set: `clock()` is the present of the practice world."""

    now: datetime

    def __call__(self) -> datetime:
        """The present."""
        return self.now


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """One post as it stands at a moment."""

    number: int  # w0059 is 59, on every kind of page
    posted_at: datetime
    edited_at: datetime | None  # None until the edit
    text: str
    forwarded_from: str | None
    reply_to: int | None


class World:
    """Posts with their earlier texts, and the folder of lists."""

    def __init__(self, folder: Path = DATA) -> None:
        self.folder = folder
        self.titles = {row["source_id"]: row["title"] for row in _json(folder / "sources.json")}
        self.kinds = {row["source_id"]: row["kind"] for row in _json(folder / "sources.json")}
        self._posts: dict[str, list[dict[str, str | None]]] = {}
        for row in _lines(folder / "posts.jsonl"):
            self._posts.setdefault(str(row["source_id"]), []).append(row)
        self._earlier: dict[str, list[tuple[datetime, str]]] = {}
        for row in _lines(folder / "revisions.jsonl"):
            seen = (_time(row["seen_at"]), str(row["text"]))
            self._earlier.setdefault(str(row["post_id"]), []).append(seen)

    def shown(self, source: str, now: datetime) -> list[Shown]:
        """The posts of a source that can be seen at `now`, oldest first, in their text of then."""
        posts = (self._shown(row, now) for row in self._posts.get(source, []))
        return sorted(filter(None, posts), key=lambda post: (post.posted_at, post.number))

    def moments(self) -> Iterator[datetime]:
        """When the world changes so that a collector who looks later cannot tell."""
        for rows in self._posts.values():
            for row in rows:
                for key in ("edited_at", "deleted_at"):
                    if row[key]:
                        yield _time(row[key])

    def last(self) -> datetime:
        """When the last post was published."""
        return max(_time(row["posted_at"]) for rows in self._posts.values() for row in rows)

    def _shown(self, row: dict[str, str | None], now: datetime) -> Shown | None:
        posted_at = _time(row["posted_at"])
        if posted_at > now or (row["deleted_at"] and _time(row["deleted_at"]) <= now):
            return None
        edited_at = _time(row["edited_at"]) if row["edited_at"] else None
        text = str(row["text"])
        if edited_at is not None and edited_at > now:
            edited_at, text = None, self._before_edit(str(row["post_id"]), now) or text
        reply_to = row.get("reply_to")
        return Shown(
            number=_number(str(row["post_id"])),
            posted_at=posted_at,
            edited_at=edited_at,
            text=text,
            forwarded_from=row["forwarded_from"],
            reply_to=_number(reply_to) if reply_to else None,
        )

    def _before_edit(self, post: str, now: datetime) -> str | None:
        texts = self._earlier.get(post, [])
        seen = [text for seen_at, text in texts if seen_at <= now]
        if seen:
            return seen[-1]
        return texts[0][1] if texts else None


def rounds(world: World) -> list[datetime]:
    """Times to collect at so that nothing passes unseen: a minute before and after each edit and
    each deletion, and what confirms it, and half a day after the last post."""
    minute = timedelta(minutes=1)
    spans = (-minute, minute, CONFIRM + 2 * minute)
    around = {moment + span for moment in world.moments() for span in spans}
    return [*sorted(around), world.last() + timedelta(hours=12)]


def _number(post: str) -> int:
    return int(post.lstrip("w"))


def _time(text: str | None) -> datetime:
    return datetime.fromisoformat(str(text))


def _json(path: Path) -> list[dict[str, str]]:
    rows: list[dict[str, str]] = json.loads(path.read_text(encoding="utf-8"))
    return rows


def _lines(path: Path) -> Iterator[dict[str, str | None]]:
    with path.open(encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)
