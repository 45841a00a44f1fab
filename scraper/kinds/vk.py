"""A community's wall, by VK's official API → its posts, in overlapping pages, resumable.

`url` is the method with its parameters: `https://api.vk.com/method/wall.get?owner_id=-1`, or
`…/wall.search?owner_id=-1&query=ищу`. The service token comes from ROLLCALL_VK_TOKEN and travels
in a header, to VK's own hosts and to 127.0.0.1 only.

The cursor measures the wall in time: `highest` and `gaps` are Unix seconds, `recent` post ids.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import parse_qsl, urlsplit

from model import Batch, Source
from scraper.fetcher import Fetcher
from scraper.kept import OLDER, Kept, since_day
from scraper.moments import MOSCOW, zone_of
from scraper.vk_api import BUDGETS, TOKEN, Api, method_of
from scraper.wall import COPY, Entry, Wall

KEYS: Mapping[str, type] = {
    "pages": int,  # at most so many requests a round; the next round goes on (default 100)
    "since": str,  # YYYY-MM-DD: nothing older is fetched the first time
    "timezone": str,  # VK gives no offset: whose day and hour posts mean (default Europe/Moscow)
}

_COUNT, _OVERLAP = 100, 10
BACKFILL_SHARE = 0.5  # of a day's requests
_PAGES = 100


def faults(source: Source) -> Iterable[str]:
    """What is wrong with a source of this kind, a clause each."""
    query = dict(parse_qsl(urlsplit(source.url).query))
    if method_of(source) not in BUDGETS:
        yield f"url: the method must be one of {', '.join(BUDGETS)}, not {method_of(source)!r}"
    if any("token" in key or "secret" in key for key in query):
        yield f"url: a token does not belong here; set {TOKEN} in the environment"
    if not query.keys() & {"owner_id", "domain"}:
        yield "url: owner_id (negative for a community) or domain is missing"
    try:
        zone_of(str(source.options.get("timezone", MOSCOW)))
        since_day(source)
    except ValueError as error:
        yield str(error)


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """Batches of one page each: new and young posts first, then gaps left by earlier rounds.

    Raises SourceGone, SourceRefused (with `hold`), SourceChanged, or CollectFailed for the wire.
    """
    wall = _Wall(source, fetcher, Kept.of(cursor, _place(source)))
    kept, now = wall.kept, fetcher.now()
    horizon = kept.horizon(now)
    bottom = kept.highest if horizon is None else min(kept.highest, int(horizon.timestamp()))
    first = not kept.highest
    async for batch in wall.down(0, None, bottom):
        yield batch
    if horizon is not None and wall.ended:
        kept.rescanned(horizon, now)
    for after, until in sorted(kept.gaps, reverse=True):
        start = await wall.find(until)
        async for batch in wall.down(start, until, after):
            yield batch
    if first and not kept.gaps:
        kept.rescanned(now - OLDER, now)
    yield Batch(source=source.name, cursor=kept.cursor())


async def backfill(
    source: Source,
    fetcher: Fetcher,
    cursor: Mapping[str, object],
    ordinary: Mapping[str, object],
    since: datetime,
) -> AsyncGenerator[Batch, None]:
    """Batches of one page each, from below what the ordinary collection read down to `since`.

    Half the day's budget is left to the ordinary collection. Raises as `collect` does.
    """
    place = _place(source)
    wall = _Wall(source, fetcher, Kept.of(cursor, place))
    wall.since, wall.left, wall.api.share = since, sys.maxsize, BACKFILL_SHARE
    until = wall.kept.lowest or Kept.of(ordinary, place).lowest
    start = 0 if until is None else await wall.find(until)
    async for batch in wall.down(start, until, int(since.timestamp())):
        yield replace(batch, deleted=())  # absences are the ordinary collection's to tell
    if not wall.ended:
        raise wall.api.changed("shows no posts where its count has some; run it again")


class _Wall:
    """One round's reading of one wall."""

    def __init__(self, source: Source, fetcher: Fetcher, kept: Kept) -> None:
        self.source, self.kept = source, kept
        self.api = Api(source, fetcher)
        self.since = since_day(source)
        self.left = int(source.options.get("pages", _PAGES))
        self.total = 0
        self.pinned: frozenset[int] = frozenset()  # shown first, whatever its age
        self.ended = False  # the last way down was walked to its end

    async def down(
        self, offset: int, until: int | None, bottom: int
    ) -> AsyncGenerator[Batch, None]:
        """Pages from an offset down to the time `bottom`; what is as new as `until` was read
        before (None: nothing was)."""
        self.ended = False
        above: frozenset[int] = frozenset()  # ids of the page before
        while self.left > 0:
            wall = await self._page(offset)
            times = [entry.at for entry in wall.entries if not entry.pinned]
            if not times:
                self._nothing(wall, offset, until)
                yield self._batch(wall, [])
                return
            if until is not None and offset and max(times) < until - 1:
                offset = max(0, offset - _COUNT // 2)  # posts went away: the pages moved up
                continue
            oldest = 0 if offset + wall.items >= wall.total else min(times)
            here = frozenset(entry.number for entry in wall.entries)
            missing = [] if wall.unread else self._missing(oldest, until, above | here)
            self.kept.read(oldest + 1, until, max(times))
            if self.since is not None and min(times) < self.since.timestamp():
                self.kept.close_below(oldest + 1)
                bottom = oldest
            yield self._batch(wall, missing)
            if oldest <= bottom:
                self.ended = True
                return
            above, until = here, oldest + 1
            offset += max(wall.items - _OVERLAP, 1)

    async def find(self, until: int) -> int:
        """The offset where posts older than `until` begin, by halving; one post a request."""
        if not self.total:
            await self._page(0, count=1)
        low, high = 0, self.total
        while low < high and self.left > 0:
            middle = (low + high) // 2
            wall = await self._page(middle, count=1)
            older = [entry.at < until for entry in wall.entries if not entry.pinned]
            if older == [True]:
                high = middle
            else:
                low = middle + 1
        return max(0, low - _OVERLAP)

    async def _page(self, offset: int, count: int = _COUNT) -> Wall:
        self.left -= 1
        wall = await self.api.ask(offset, count)
        if not wall.total and self.kept.highest:
            raise self.api.changed("shows nothing where posts were")
        self.total = wall.total
        self.pinned |= {entry.number for entry in wall.entries if entry.pinned}
        return wall

    def _nothing(self, wall: Wall, offset: int, until: int | None) -> None:
        """A page that holds no post but, at most, the pinned one: is it the end?"""
        if offset + len(wall.entries) < wall.total:
            self.api.fetcher.suspect(f"no posts at offset {offset} of {wall.total}")
            return
        self.ended = True
        if until is not None:
            self.kept.close_below(until)

    def _missing(self, oldest: int, until: int | None, present: frozenset[int]) -> list[int]:
        """Known posts of a stretch of time read whole that stand there no more, seen twice so."""
        if self.api.method != "wall.get":
            return []  # a search owes nobody completeness
        stood = {
            number
            for number, at in self.kept.recent.items()
            if at > oldest and (until is None or at < until)
        }
        here = present | self.pinned
        return self.kept.absent(stood - here, here, self.api.fetcher.now())

    def _batch(self, wall: Wall, missing: list[int]) -> Batch:
        now = self.api.fetcher.now()
        self.api.fetcher.odd(self.kept.census.look(wall.made))
        prefix = wall.entries[0].name.rpartition("_")[0] if wall.entries else ""
        gone = [f"{prefix}_{number}" for number in missing]
        gone += [f"{prefix}_{number}{COPY}" for number in missing if number in self.kept.copies]
        stood = {entry.number: datetime.fromtimestamp(entry.at, UTC) for entry in wall.entries}
        self.kept.saw(stood, now)
        for entry in wall.entries:
            gone += self._uncopied(entry)
        return Batch(
            source=self.source.name,
            posts=tuple(post for entry in wall.entries for post in entry.posts),
            deleted=tuple(gone),
            cursor=self.kept.cursor(),
        )

    def _uncopied(self, entry: Entry) -> list[str]:
        """The post of another's that this one held beside its own words, and holds no more."""
        name = f"{entry.name}{COPY}"
        if any(post.external_id == name for post in entry.posts):
            self.kept.copies.add(entry.number)
        elif entry.posts and entry.number in self.kept.copies:
            self.kept.copies.discard(entry.number)
            return [name]
        return []


def _place(source: Source) -> str:
    """What tells one wall, or one search in it, from another."""
    query = dict(parse_qsl(urlsplit(source.url).query))
    return repr([method_of(source), *(query.get(key) for key in ("owner_id", "domain", "query"))])
