"""A channel's public preview pages → its posts, page by page, resumable after every page.

The cursor knows which ids were read (`highest`, and `gaps` not read yet below it), the posts of
the last 30 days (`recent`: id → Unix time, so that deletions show), which of them were seen
edited, and when young posts were last read again.
"""

from __future__ import annotations

import re
import sys
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, tzinfo
from urllib.parse import urlsplit, urlunsplit

from model import Batch, Post, Source
from scraper import readers
from scraper.fetcher import Fetcher
from scraper.kept import Kept, since_day
from scraper.moments import MOSCOW, zone_of
from scraper.preview import Message, Page, PageChanged, complete, read_page

KEYS: Mapping[str, type] = {
    "pages": int,  # at most so many pages a round; the next round goes on (default 200)
    "since": str,  # YYYY-MM-DD: nothing older is fetched the first time
    "timezone": str,  # whose day and hour "today" in a post means (default Europe/Moscow)
}

_PAGES = 200
_CHANNEL = re.compile(r"[A-Za-z0-9_]{2,64}")


def faults(source: Source) -> Iterable[str]:
    """What is wrong with a source of this kind, a clause each."""
    if _channel(source) is None:
        yield f"url: {source.url!r} names no channel (like https://t.me/s/CHANNEL)"
    try:
        zone_of(str(source.options.get("timezone", MOSCOW)))
        since_day(source)
    except ValueError as error:
        yield str(error)


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """Batches of one page each: new and young posts from the top, then gaps left by earlier rounds.

    Raises SourceGone for a channel that is no longer shown, SourceChanged for pages that are no
    longer read, CollectFailed for the wire.
    """
    walk = _Walk(source, fetcher, Kept.of(cursor, str(_channel(source))))
    kept, now = walk.kept, fetcher.now()
    async for batch in walk.down(None, kept.highest):
        yield batch
    for after, before in sorted(kept.gaps, reverse=True):
        if before not in walk.silent:
            async for batch in walk.down(before, after):
                yield batch
    if all(before in walk.silent for _, before in kept.gaps):
        async for batch in walk.again(kept.horizon(now), now):
            yield batch
    yield Batch(source=source.name, cursor=kept.cursor())


async def backfill(
    source: Source,
    fetcher: Fetcher,
    cursor: Mapping[str, object],
    ordinary: Mapping[str, object],
    since: datetime,
) -> AsyncGenerator[Batch, None]:
    """Batches of one page each, from below what the ordinary collection read down to `since`.

    Raises as `collect` does; SourceChanged also where nothing is shown below a post for the first
    time: the beginning is believed when it is said again, six hours later.
    """
    place = str(_channel(source))
    walk = _Walk(source, fetcher, Kept.of(cursor, place))
    walk.since, walk.left = since, sys.maxsize
    start = walk.kept.lowest or Kept.of(ordinary, place).lowest
    async for batch in walk.down(start, 0):
        yield replace(batch, deleted=())  # absences are the ordinary collection's to tell
    if not walk.ended:
        told = f"nothing is shown below message {walk.reached or start}: the beginning, or trouble"
        yield Batch(source=source.name, cursor=walk.kept.cursor())
        raise fetcher.changed(source.url, f"{told}; run it again in six hours")


class _Walk:
    """One round's reading of one channel."""

    def __init__(self, source: Source, fetcher: Fetcher, kept: Kept) -> None:
        self.source, self.fetcher, self.kept = source, fetcher, kept
        self.url = page_address(source)
        self.zone: tzinfo = zone_of(str(source.options.get("timezone", MOSCOW)))
        self.since = since_day(source)
        self.left = int(source.options.get("pages", _PAGES))
        self.ended = False  # the last way down was walked to its end
        self.reached = 0  # the smallest id of the page read last
        self.silent: set[int] = set()  # below these ids this round was shown nothing

    async def down(
        self, before: int | None, bottom: int, horizon: datetime | None = None
    ) -> AsyncGenerator[Batch, None]:
        """Pages from `before` (None: the newest) until id `bottom` is reached and, where a
        horizon is given, until the posts are older than that."""
        self.ended = False
        while self.left > 0:
            self.left -= 1
            page = await self._page(before)
            if not page.numbers:
                self._nothing(before)
                return
            self.reached = min(page.numbers)
            yield self._batch(page, before, self.reached)
            if self._far_enough(page, self.reached, bottom, horizon):
                self.ended = True
                return
            before = self.reached  # the page's own link to older ones is missing at times

    async def again(self, horizon: datetime | None, now: datetime) -> AsyncGenerator[Batch, None]:
        """The young posts once more, for edits and deletions; a scan cut off goes on next time."""
        if horizon is None:
            return
        if self.kept.scans:
            start = self.kept.scan or self.reached
            async for batch in self.down(start, start, horizon):
                yield batch
            cut = not self.ended and not self.left
            self.kept.scan = self.reached if cut else None
        if self.ended or not self.kept.scans:  # the first history was read just now
            self.kept.rescanned(horizon, now)

    async def _page(self, before: int | None) -> Page:
        """Fetch and read one page. Raises CollectFailed."""
        response = await self.fetcher.get(
            self.url,
            params={"before": before} if before is not None else None,
            conditional=False,
            redirects=False,
            complete=complete,
        )
        place = response.url
        try:
            page = await readers.parse(
                self.fetcher, place, len(response.content), read_page,
                response.content, self.source.name, self.zone, response.received_at,
            )  # fmt: skip
        except PageChanged as changed:
            raise self.fetcher.changed(place, str(changed)) from None
        if before is None and not page.numbers:
            raise self.fetcher.changed(place, "shows no messages: taken for trouble, not for empty")
        if before is not None and page.numbers and min(page.numbers) >= before:
            raise self.fetcher.changed(place, "paging goes round: no older messages on the page")
        if page.undated:
            self.fetcher.suspect(f"{page.undated} of {page.blocks} messages without a date")
        return page

    def _batch(self, page: Page, before: int | None, smallest: int) -> Batch:
        """The batch of a page, with the state moved past it."""
        self.fetcher.odd(self.kept.census.look(page.made))
        posts = tuple(self._dated(message) for message in page.messages)
        deleted: list[str] = []
        if not page.undated:
            missing = self.kept.missing(smallest, before, page.numbers, self.fetcher.now())
            deleted = [f"{page.channel}/{number}" for number in missing]
        self.kept.read(smallest, before, max(page.numbers))
        stood = {message.number: message.post.posted_at for message in page.messages}
        self.kept.saw(stood, self.fetcher.now())
        return Batch(
            source=self.source.name,
            posts=posts,
            deleted=tuple(deleted),
            cursor=self.kept.cursor(),
        )

    def _dated(self, message: Message) -> Post:
        """The post with the time of its edit: the page's, else when we first saw it edited."""
        if not message.edited or message.post.edited_at is not None:
            return message.post
        seen = self.kept.edited(message.post, message.number, self.fetcher.now())
        return replace(message.post, edited_at=seen)

    def _far_enough(self, page: Page, smallest: int, bottom: int, horizon: datetime | None) -> bool:
        oldest = min((message.post.posted_at for message in page.messages), default=None)
        if self.since is not None and oldest is not None and oldest < self.since:
            self.kept.close_below(smallest)
            return True
        if smallest <= 1:
            return True
        return smallest <= bottom + 1 and (
            horizon is None or (oldest is not None and oldest < horizon)
        )

    def _nothing(self, before: int | None) -> None:
        """A page below `before` shows nothing. The beginning only if it says so twice."""
        self.fetcher.suspect("shows no messages: the beginning, or trouble")
        if before is not None:
            self.silent.add(before)
            self.ended = self.kept.nothing_below(before, self.fetcher.now())


def page_address(source: Source) -> str:
    """The address of the newest page, whichever way the channel was written."""
    parts = urlsplit(source.url if "//" in source.url else f"https://{source.url}")
    path = parts.path.rstrip("/")
    if not path.startswith("/s/"):
        path = f"/s{path}"
    return urlunsplit((parts.scheme, parts.netloc, path, "", ""))


def _channel(source: Source) -> str | None:
    name = urlsplit(page_address(source)).path.removeprefix("/s/")
    return name.lower() if _CHANNEL.fullmatch(name) else None
