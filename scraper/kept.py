"""A cursor of a source with numbered posts ⇄ what is known of it: read ranges and young posts.

Nothing here is a post's content. A 16-bit print tells one edit from the next; it is too short
to give back a telephone number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from model import Post, Source
from scraper.census import Census
from scraper.moments import MOSCOW, zone_of

YOUNG, OLDER = timedelta(days=7), timedelta(days=30)  # read again daily, and weekly
_DAILY, _WEEKLY = timedelta(hours=23), timedelta(days=7) - timedelta(hours=1)
CONFIRM = timedelta(hours=6)  # between two answers that must agree
_MOST = 5000  # young posts remembered; busier sources forget their oldest


@dataclass(slots=True)
class Kept:
    """The state of one source between rounds; mutable while a round runs."""

    highest: int = 0  # the greatest id read
    lowest: int | None = None  # the smallest; what `gaps` names apart, all above it is read
    gaps: list[tuple[int, int]] = field(default_factory=list)  # unread ids lie between these two
    recent: dict[int, int] = field(default_factory=dict)  # id → when posted, Unix seconds
    edits: dict[int, tuple[str | None, str]] = field(default_factory=dict)  # id → seen, print
    scans: dict[str, str] = field(default_factory=dict)  # "young", "older" → when last read again
    scan: int | None = None  # where a reading again was cut off
    first: tuple[int, str] | None = None  # below this id nothing was shown, first at that time
    missed: dict[int, str] = field(default_factory=dict)  # id → first not found where it stood
    copies: set[int] = field(default_factory=set)  # young posts that hold one of another's beside
    census: Census = field(default_factory=Census)
    place: str = ""  # a print of the channel or wall all this was read from

    @classmethod
    def of(cls, cursor: Mapping[str, object], place: str) -> Kept:
        """The state in a cursor; nothing is known where it is damaged, or of another place."""
        kept = cls(place=hashlib.sha256(place.encode()).hexdigest()[:16])
        try:
            if cursor.get("place", kept.place) != kept.place:
                return kept
            kept.highest = _number(cursor.get("highest", 0))
            if cursor.get("lowest") is not None:
                kept.lowest = _number(cursor["lowest"])
            for gap in _list(cursor.get("gaps")):
                after, until = _pair(gap)
                kept.gaps.append((_number(after), _number(until)))
            recent = _mapping(cursor.get("recent"))
            kept.recent = {int(key): _number(value) for key, value in recent.items()}
            for key, edit in _mapping(cursor.get("edits")).items():
                seen, mark = _pair(edit)
                kept.edits[int(key)] = (None if seen is None else str(seen), str(mark))
            kept.scans = {key: str(at) for key, at in _mapping(cursor.get("scans")).items()}
            kept.scan = _number(cursor["scan"]) if cursor.get("scan") is not None else None
            if (first := cursor.get("first")) is not None:
                number, at = _pair(first)
                kept.first = (_number(number), str(at))
            kept.missed = {
                int(key): _time(at)
                for key, at in _mapping(cursor.get("missed")).items()
                if int(key) in kept.recent
            }
            kept.census = Census.of(cursor.get("census"))
            kept.copies = {_number(number) for number in _list(cursor.get("copies"))}
        except (TypeError, ValueError):
            return cls(place=kept.place)
        return kept

    def cursor(self) -> dict[str, object]:
        """The state as JSON values."""
        return {
            "highest": self.highest,
            "lowest": self.lowest,
            "gaps": [list(gap) for gap in self.gaps],
            "recent": {str(number): at for number, at in self.recent.items()},
            "edits": {str(number): list(edit) for number, edit in self.edits.items()},
            "scans": dict(self.scans),
            "scan": self.scan,
            "first": list(self.first) if self.first else None,
            "missed": {str(number): at for number, at in self.missed.items()},
            "copies": sorted(self.copies),
            "census": self.census.kept(),
            "place": self.place,
        }

    def horizon(self, now: datetime) -> datetime | None:
        """Posts younger than this are to be read again in this round; None: only the newest."""
        if not self.highest:
            return None
        ends = [self._posted(number) for number in self.missed if self._long_missed(number, now)]
        if self._due("older", now, _WEEKLY):
            ends.append(now - OLDER)
        elif self._due("young", now, _DAILY):
            ends.append(now - YOUNG)
        return min(ends, default=None)

    def _posted(self, number: int) -> datetime:
        """Just before a known post."""
        return datetime.fromtimestamp(self.recent[number] - 1, UTC)

    def _long_missed(self, number: int, now: datetime) -> bool:
        return now - datetime.fromisoformat(self.missed[number]) >= CONFIRM

    def _due(self, scan: str, now: datetime, every: timedelta) -> bool:
        try:
            return now - datetime.fromisoformat(self.scans[scan]) >= every
        except (KeyError, ValueError, TypeError):
            return True

    def rescanned(self, horizon: datetime, now: datetime) -> None:
        """All posts younger than this horizon were read again; the first time, all there are."""
        if not self.scans or now - horizon >= OLDER:
            self.scans["older"] = now.isoformat()
        if "young" not in self.scans or now - horizon >= YOUNG:
            self.scans["young"] = now.isoformat()

    def read(self, smallest: int, before: int | None, largest: int) -> None:
        """All ids from `smallest` up to `before` (None: to the newest) are read now."""
        if before is None and largest > self.highest:
            if smallest > self.highest + 1:
                self.gaps.append((self.highest, smallest))
            self.highest = largest
        self.lowest = min(smallest, self.lowest or smallest)
        end = self.highest + 1 if before is None else before
        pieces: list[tuple[int, int]] = []
        for after, until in self.gaps:
            pieces += [(after, min(until, smallest)), (max(after, end - 1), until)]
        self.gaps = sorted({(after, until) for after, until in pieces if until - after > 1})

    def close_below(self, number: int) -> None:
        """Nothing below this id is wanted, or nothing is there."""
        self.gaps = [(after, until) for after, until in self.gaps if until > number]

    def missing(
        self, smallest: int, before: int | None, present: Iterable[int], now: datetime
    ) -> list[int]:
        """Known ids of a range just read whole that were not there hours before either."""
        here = set(present)
        stood = {n for n in self.recent if n >= smallest and (before is None or n < before)}
        return self.absent(stood - here, here, now)

    def absent(self, unseen: Iterable[int], here: Iterable[int], now: datetime) -> list[int]:
        """Of the ids not found where they stood, those missed for the second time, six hours on.

        A page that leaves something out once shows no deletion. The gone are forgotten.
        """
        for number in here:
            self.missed.pop(number, None)
        for number in unseen:
            self.missed.setdefault(number, now.isoformat())
        gone = sorted(number for number in unseen if self._long_missed(number, now))
        for number in gone:
            del self.missed[number], self.recent[number]
        return gone

    def saw(self, posts: Mapping[int, datetime], now: datetime) -> None:
        """Posts stand there: id → when posted; they are remembered while they are young."""
        oldest = (now - OLDER).timestamp()
        seen = {number: int(at.timestamp()) for number, at in posts.items()}
        self.recent |= {number: at for number, at in seen.items() if at >= oldest}
        if len(self.recent) > _MOST or any(at < oldest for at in self.recent.values()):
            young = sorted(number for number, at in self.recent.items() if at >= oldest)[-_MOST:]
            kept = {*young, *(self.missed.keys() & self.recent.keys())}
            self.recent = {number: self.recent[number] for number in sorted(kept)}
            self.edits = {key: edit for key, edit in self.edits.items() if key in self.recent}
            self.copies &= self.recent.keys()

    def edited(self, post: Post, number: int, now: datetime) -> datetime | None:
        """When the edit of a post marked as edited was first seen.

        None where the post was edited before we knew it, or is too old to be watched: then
        nothing tells when.
        """
        if post.posted_at < now - OLDER:
            return None
        mark = hashlib.sha256(post.text.encode("utf-8", "replace")).hexdigest()[:4]
        seen, before = self.edits.get(number, (None, ""))
        if before != mark:
            seen = now.isoformat() if number in self.recent else None
        self.edits[number] = (seen, mark)
        return datetime.fromisoformat(seen) if seen else None

    def nothing_below(self, before: int, now: datetime) -> bool:
        """Nothing was shown below this id: is that so twice, six hours apart?

        Then there is no more to read; but not while a post is known to have stood there.
        """
        if self.first is None or self.first[0] != before:
            self.first = (before, now.isoformat())
            return False
        if now - datetime.fromisoformat(self.first[1]) < CONFIRM:
            return False
        if not any(number < before for number in self.recent):
            self.close_below(before)
        return True


def since_day(source: Source) -> datetime | None:
    """The moment before which a source's first history need not go. Raises ValueError."""
    text = source.options.get("since")
    if text is None:
        return None
    try:
        day = datetime.strptime(str(text), "%Y-%m-%d")  # noqa: DTZ007  the zone comes next
    except ValueError:
        raise ValueError(f"since: {text!r} is no day like 2024-08-01") from None
    return day.replace(tzinfo=zone_of(str(source.options.get("timezone", MOSCOW))))


def _number(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError("not a number")
    return int(value)


def _list(value: object) -> list[object]:
    if value is None:
        return []
    if not isinstance(value, list | tuple):
        raise TypeError("not a list")
    return list(value)


def _pair(value: object) -> tuple[object, object]:
    first, second = _list(value)
    return first, second


def _time(value: object) -> str:
    if datetime.fromisoformat(str(value)).tzinfo is None:
        raise ValueError("no zone")
    return str(value)


def _mapping(value: object) -> Mapping[str, object]:
    if value is None:
        return {}
    if not isinstance(value, Mapping):
        raise TypeError("not a mapping")
    return value
