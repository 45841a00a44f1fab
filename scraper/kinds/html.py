"""Pages of the web by CSS selector → the rows of a list or table, or the posts of a board."""

from __future__ import annotations

import hashlib
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from bs4 import BeautifulSoup

from model import (
    Batch,
    CollectFailed,
    ListRow,
    Post,
    Source,
    SourceChanged,
    SourceGone,
    SourceRefused,
)
from scraper import markup, moments, origin, readers, tables
from scraper.boards import posts_of, zone_name
from scraper.cells import Row
from scraper.census import Census, Made, count
from scraper.client import Fetcher
from scraper.doors import NothingFound
from scraper.page_rows import rows_of
from scraper.walk import Sheet, Walk, dropped

KEYS: Mapping[str, type] = {
    "rows": str,  # each match is one row or one post
    "next": str,  # the link to the next page
    "drop": str,  # in a post: what is not its author's words, beside what furniture.tsv knows
    "follow": str,  # links on the start page to the pages that hold the rows (a forum's threads)
    "pages": int,  # at most so many pages a round
    "timezone": str,  # of times printed without one
}
NEEDS = ("rows", "columns")

_CONFIRM = timedelta(hours=6)  # a post is deleted when it is missed twice, so far apart


def faults(source: Source) -> Iterable[str]:
    """What the strict reading of the TOML file cannot see by itself."""
    for option in ("rows", "next", "follow", "drop"):
        try:
            markup.select(BeautifulSoup("", "lxml"), str(source.options.get(option, "a")))
        except ValueError as error:
            yield f"{option}: {error}"
    try:
        moments.zone_of(zone_name(source))
    except ValueError as error:
        yield f"timezone: {error}"
    if _is_board(source):
        missing = [key for key in ("external_id", "text") if key not in source.columns]
        yield from (f"columns: {key!r} is missing (posts have posted_at)" for key in missing)
    elif source.claim is None and "claim" not in source.columns:
        yield (
            "the key 'claim' is missing (what a row asserts: captured, released, deceased …); "
            "for posts, give columns posted_at, external_id and text"
        )


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """A list as one batch; a board page by page. Nothing but the cursor where all is unchanged."""
    batches = (
        _board(source, fetcher, cursor) if _is_board(source) else _list(source, fetcher, cursor)
    )
    async for batch in batches:
        yield batch


def _is_board(source: Source) -> bool:
    return source.claim is None and "posted_at" in source.columns


# Lists and tables


async def _list(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    reading = origin.fingerprint(source)
    single = not {"next", "follow"} & source.options.keys()
    known = _tables(cursor.get("known")) if single and cursor.get("reading") == reading else {}
    sheets = [sheet async for sheet in Walk(source, fetcher, known).sheets()]
    joined = "".join(str(sheet.kept["sha256"]) for sheet in sheets)
    digest = hashlib.sha256(joined.encode()).hexdigest()
    if cursor.get("reading") == reading and cursor.get("sha256") == digest:
        origin.mark_unchanged(fetcher)
        yield Batch(source=source.name, cursor=cursor)
        return
    try:
        size = sum(sheet.size for sheet in sheets)
        listed, made = await readers.parse(fetcher, source.url, size, rows_listed, source, sheets)
    except CollectFailed as failed:
        fetcher.suspect(str(failed))
        raise
    pages = {sheet.url: sheet.kept for sheet in sheets} if single else {}
    census = Census.of(cursor.get("census") if cursor.get("reading") == reading else None)
    fetcher.odd(census.look(made))
    kept = {"reading": reading, "sha256": digest, "known": pages, "census": census.kept()}
    yield tables.whole_list(source, kept, listed)


def rows_listed(source: Source, sheets: Sequence[Sheet]) -> tuple[tuple[ListRow, ...], Made]:
    """The rows of all pages of a list, and what they are made of. Raises SourceChanged."""
    rows: list[Row] = []
    headers: list[str] = []
    for sheet in sheets:
        for row in rows_of(source, sheet, post=False):
            rows.append(row)
            headers = headers or [name for names in row.headers for name in names]
    return tables.list_rows(source, rows, headers), count(row.names() for row in rows)


# Boards and forums


async def _board(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    reading = origin.fingerprint(source)
    same = cursor.get("reading") == reading
    known = dict(_tables(cursor.get("known"))) if same else {}
    pages: dict[str, Mapping[str, object]] = {}
    seen: list[str] = []
    times: list[datetime] = []
    shut: list[CollectFailed] = []  # topics that could not be read, while others could
    census = Census.of(cursor.get("census") if same else None)
    read = 0  # pages
    async for sheet in Walk(source, fetcher, known).sheets():
        try:
            posts, made = await _posts(source, fetcher, sheet, known=bool(seen or _ids(cursor)))
        except (SourceChanged, SourceGone, SourceRefused) as failed:
            if sheet.thread is None or failed.hold is not None:
                raise
            shut.append(failed)
            for url, kept in _onward(sheet.url, known, pages):  # as they were: none is missed
                pages[url] = kept
                seen.extend(_ids(kept))
            continue
        read += 1
        fetcher.odd(census.look(made))
        ids = (
            [post.external_id for post in posts] if sheet.content is not None else _ids(sheet.kept)
        )
        pages[sheet.url] = {**sheet.kept, "ids": ids}
        seen.extend(ids)
        times.extend(post.posted_at for post in posts)
        stood = list(dict.fromkeys([*seen, *_ids(cursor)]))  # the round may end here
        here = {"reading": reading, "known": {**known, **pages}, "ids": stood}
        here["census"] = census.kept()
        yield Batch(source=source.name, posts=posts, cursor={**cursor, **here})
    if shut and not read:
        raise shut[0]
    newest_first = "follow" not in source.options and times[-1:] < times[:1]
    missing, deleted = _missing(cursor, seen, fetcher.now(), from_top=newest_first)
    yield Batch(
        source=source.name,
        deleted=deleted,
        cursor={
            "reading": reading,
            "known": pages,
            "ids": seen,
            "missing": missing,
            "census": census.kept(),
        },
    )


def _onward(
    url: str, known: Mapping[str, Mapping[str, object]], pages: Mapping[str, object]
) -> Iterator[tuple[str, Mapping[str, object]]]:
    """A page that could not be read, and those last seen behind it, as they were known."""
    passed: set[str] = set()
    while url and url not in pages and url not in passed:
        passed.add(url)
        kept = known.get(url, {})
        yield url, kept
        url = str(kept.get("next") or "")


async def _posts(
    source: Source, fetcher: Fetcher, sheet: Sheet, *, known: bool
) -> tuple[tuple[Post, ...], Made]:
    """The posts of a page; none where a page that never showed any says that there are none."""
    if sheet.content is None:
        return (), count(())
    try:
        return await readers.parse(
            fetcher, sheet.url, sheet.size, posts_of, source, sheet, fetcher.now()
        )
    except CollectFailed as failed:
        if isinstance(failed, NothingFound) and not known:
            return (), count(())
        fetcher.suspect(str(failed))
        raise


def _missing(
    cursor: Mapping[str, object], seen: Sequence[str], now: datetime, *, from_top: bool
) -> tuple[dict[str, str], tuple[str, ...]]:
    """Posts missed for the first time, with the hour, and those missed long enough ago."""
    missing = cursor.get("missing")
    since = (
        {str(known): str(hour) for known, hour in missing.items()}
        if isinstance(missing, dict)
        else {}
    )
    for known in dropped(_ids(cursor), seen, from_top=from_top):
        since.setdefault(known, now.isoformat())
    since = {known: hour for known, hour in since.items() if known not in seen}
    gone = [
        known for known, hour in since.items() if now - datetime.fromisoformat(hour) >= _CONFIRM
    ]
    return {known: hour for known, hour in since.items() if known not in gone}, tuple(gone)


def _ids(kept: Mapping[str, object]) -> list[str]:
    value = kept.get("ids")
    return [str(item) for item in value] if isinstance(value, list) else []


def _tables(value: object) -> Mapping[str, Mapping[str, object]]:
    return value if isinstance(value, dict) else {}
