"""An RSS or Atom feed → its entries as posts.

What falls off the end of a feed is not deleted. An entry without a date counts from the moment
we first saw it, which the cursor remembers (`seen`) while the entry stands in the feed; it also
remembers under which id each link was met (`names`), for sites that rename their entries.
"""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from collections.abc import AsyncGenerator, Iterable, Mapping
from dataclasses import replace
from datetime import datetime

from model import Batch, CollectFailed, Outcome, Source
from scraper import readers
from scraper.addresses import canonical
from scraper.census import Census, count
from scraper.doors import shut
from scraper.feed import Entry, NoFeed, complete, read_feed
from scraper.fetcher import Fetcher
from scraper.large import Content
from scraper.moments import MOSCOW, zone_of
from scraper.origin import local_path, text

_PAGE = re.compile(r"\s*(?:<!doctype html|<html)", re.IGNORECASE)
_REMEMBERED = 300  # links; an entry may come back when others go
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
            fetcher, source.url, len(content[0]), entries_of, source, *content, now
        )
    except NoFeed as none:
        raise fetcher.changed(source.url, str(none)) from None
    except CollectFailed as failed:
        fetcher.suspect(str(failed))
        raise
    if not entries and cursor.get("entries"):
        raise fetcher.changed(source.url, "no entries where there were some")
    census = Census.of(cursor.get("census"))
    fetcher.odd(census.look(count(entry.names for entry in entries)))
    entries, names = _named_as_before(entries, cursor.get("names"))
    seen = _seen(entries, cursor.get("seen"), now)
    posts = [
        entry.post(source.name, entry.posted_at or datetime.fromisoformat(seen[entry.external_id]))
        for entry in entries
    ]
    yield Batch(
        source=source.name,
        posts=tuple(sorted(posts, key=lambda post: post.posted_at)),
        cursor={
            "entries": len(entries),
            "seen": seen,
            "names": names,
            "census": census.kept(),
        },
    )


def entries_of(source: Source, content: bytes, content_type: str, now: datetime) -> list[Entry]:
    """The entries of a feed, in its order. Raises NoFeed; for a page in its place what that says
    of itself, where it is known."""
    told = text(source, content, content_type)
    try:
        return read_feed(told, zone_of(_zone_name(source)), now)
    except NoFeed as none:
        place = f"{source.name}: {canonical(source.url)}"
        raise (_PAGE.match(told) and shut(told, place, str(none))) or none from None


async def _content(source: Source, fetcher: Fetcher) -> tuple[Content, str] | None:
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


def _named_as_before(entries: list[Entry], known: object) -> tuple[list[Entry], dict[str, str]]:
    """Entries under the ids they had when their links were first met, and link → id for next time.

    A site that moves to another engine gives all its entries new ids.
    """
    names = {str(k): str(v) for k, v in known.items()} if isinstance(known, Mapping) else {}
    links = Counter(entry.url for entry in entries)
    old, here = set(names.values()), {entry.external_id for entry in entries}
    found = []
    for entry in entries:
        if entry.url and links[entry.url] == 1:
            mark = hashlib.sha256(entry.url.encode()).hexdigest()[:12]
            before = names.pop(mark, entry.external_id)
            if entry.external_id not in old and before not in here:
                entry = replace(entry, external_id=before)  # noqa: PLW2901
            names[mark] = entry.external_id
        found.append(entry)
    return found, dict(list(names.items())[-_REMEMBERED:])


def _is_moment(text_: str) -> bool:
    try:
        return datetime.fromisoformat(text_).tzinfo is not None
    except ValueError:
        return False


def _zone_name(source: Source) -> str:
    return str(source.options.get("timezone", MOSCOW))
