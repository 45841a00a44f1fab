"""An RSS or Atom feed → its entries as posts.

What falls off the end of a feed is not deleted. An entry without a date counts from the moment
we first saw it, which the cursor remembers (`seen`) while the entry stands in the feed.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Iterable, Mapping
from datetime import datetime

from model import Batch, Outcome, Source
from scraper import readers
from scraper.feed import Entry, NoFeed, complete, read_feed
from scraper.fetcher import Fetcher
from scraper.moments import MOSCOW, zone_of
from scraper.origin import local_path, text

KEYS: Mapping[str, type] = {
    "timezone": str,  # of dates printed without one (default Europe/Moscow)
}


def faults(source: Source) -> Iterable[str]:
    """What is wrong with a source of this kind, a clause each."""
    try:
        zone_of(_zone_name(source))
    except ValueError as error:
        yield f"timezone: {error}"


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """One batch: all entries of the feed, oldest first; none where it is unchanged.

    Raises SourceChanged for what is no feed any more, CollectFailed for the wire.
    """
    content = await _content(source, fetcher)
    if content is None:
        return
    now = fetcher.now()
    try:
        entries = await readers.parse(
            fetcher, source.url, len(content[0]), read_feed,
            text(source, *content), zone_of(_zone_name(source)), now,
        )  # fmt: skip
    except NoFeed as none:
        raise fetcher.changed(source.url, str(none)) from None
    if not entries and cursor.get("entries"):
        raise fetcher.changed(source.url, "no entries where there were some")
    seen = _seen(entries, cursor.get("seen"), now)
    posts = [
        entry.post(source.name, entry.posted_at or datetime.fromisoformat(seen[entry.external_id]))
        for entry in entries
    ]
    yield Batch(
        source=source.name,
        posts=tuple(sorted(posts, key=lambda post: post.posted_at)),
        cursor={"entries": len(entries), "seen": seen},
    )


async def _content(source: Source, fetcher: Fetcher) -> tuple[bytes, str] | None:
    """The feed and its Content-Type; None where nothing changed."""
    path = local_path(source)
    if path is not None:
        return fetcher.read(path.resolve()), ""
    response = await fetcher.get(source.url, complete=complete)
    if response.outcome is Outcome.UNCHANGED:
        return None
    return response.content, response.headers.get("content-type", "")


def _seen(entries: list[Entry], known: object, now: datetime) -> dict[str, str]:
    """When entries without a date were first seen, ISO."""
    before = known if isinstance(known, Mapping) else {}
    seen = {}
    for entry in entries:
        if entry.posted_at is None:
            at = str(before.get(entry.external_id, ""))
            seen[entry.external_id] = at if _is_moment(at) else now.isoformat()
    return seen


def _is_moment(text_: str) -> bool:
    try:
        return datetime.fromisoformat(text_).tzinfo is not None
    except ValueError:
        return False


def _zone_name(source: Source) -> str:
    return str(source.options.get("timezone", MOSCOW))
