"""A file of posts, one JSON object a line → posts; of a file that grew, only what was added."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from datetime import datetime, tzinfo

from model import Batch, CollectFailed, Post, Source
from scraper import moments, origin, tables
from scraper.client import Fetcher
from scraper.lines import Lines

KEYS: Mapping[str, type] = {"timezone": str}  # of times that name no offset

_AT_ONCE = 500  # posts in one transaction
_NAMES = {"external_id": ("post_id", "id")}


def faults(source: Source) -> Iterable[str]:
    """What the strict reading of the TOML file cannot see by itself."""
    try:
        _zone(source)
    except ValueError as error:
        yield f"timezone: {error}"


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """Posts in the file's order. The cursor holds how far the file is read and its digest so far,
    so that a file that only grew is read from there, and a killed run goes on.
    """
    known = cursor.get("reading") == origin.fingerprint(source)
    stream = await origin.stream(source, fetcher, known=known)
    if stream is None:
        yield Batch(source=source.name, cursor=cursor)
        return
    with stream:
        try:
            lines = Lines(source, stream, cursor)
            for posts in _batches(source, lines):
                yield Batch(source=source.name, posts=posts, cursor=lines.cursor())
        except CollectFailed as failed:
            fetcher.suspect(str(failed))
            raise
        if lines.cursor() == {key: cursor.get(key) for key in lines.cursor()}:
            origin.mark_unchanged(fetcher)
        yield Batch(source=source.name, cursor=lines.cursor())


def _batches(source: Source, lines: Lines) -> Iterator[tuple[Post, ...]]:
    """Posts in portions for one transaction each."""
    zone = _zone(source)
    posts: list[Post] = []
    for number, line in lines:
        post = _post(source, number, line, zone)
        if post is not None:
            posts.append(post)
        if len(posts) >= _AT_ONCE:
            yield tuple(posts)
            posts = []
    if posts:
        yield tuple(posts)


def _zone(source: Source) -> tzinfo:
    return moments.zone_of(str(source.options.get("timezone", moments.MOSCOW)))


def _post(source: Source, number: int, line: str, zone: tzinfo) -> Post | None:
    """The post of a line; None where `where` does not take it. Raises CollectFailed."""
    try:
        told = json.loads(line)
    except (json.JSONDecodeError, RecursionError):
        raise _bad(source, number, "not a JSON object, or cut short") from None
    if not isinstance(told, dict):
        raise _bad(source, number, "not a JSON object")
    if not tables.passes(source, lambda key: _text(told.get(key))):
        return None
    external_id, text = _get(source, told, "external_id"), _get(source, told, "text")
    if not isinstance(external_id, str | int) or external_id == "":
        raise _bad(source, number, "'post_id' is missing")
    if not isinstance(text, str):
        raise _bad(source, number, "'text' is missing")
    times = {
        field: _time(source, number, told, field, zone)
        for field in ("posted_at", "edited_at", "deleted_at")
    }
    posted_at = times["posted_at"]
    if posted_at is None:
        raise _bad(source, number, "'posted_at' is missing")
    return Post(
        source=source.name,
        external_id=str(external_id),
        posted_at=posted_at,
        text=text,
        edited_at=times["edited_at"],
        deleted_at=times["deleted_at"],
        forwarded_from=_text(_get(source, told, "forwarded_from")),
        reply_to=_text(_get(source, told, "reply_to")),
        thread=_text(_get(source, told, "thread")),
        url=_text(_get(source, told, "url")),
    )


def _get(source: Source, told: Mapping[str, object], field: str) -> object:
    """The line's value for our field: by `columns`, else by its usual name."""
    key = source.columns.get(field)
    names = tables.keys_of(key) if key else _NAMES.get(field, (field,))
    return next((told[name] for name in names if told.get(name) is not None), None)


def _time(
    source: Source, number: int, told: Mapping[str, object], field: str, zone: tzinfo
) -> datetime | None:
    value = _text(_get(source, told, field))
    if value is None:
        return None
    try:
        when = datetime.fromisoformat(value)
    except ValueError:
        raise _bad(source, number, f"{field!r} is no ISO time") from None
    return when if when.tzinfo else when.replace(tzinfo=zone)


def _text(value: object) -> str | None:
    """A text or number as text; None for anything else, and for an empty text."""
    return str(value) if isinstance(value, str | int | float) and value != "" else None


def _bad(source: Source, number: int, cause: str) -> CollectFailed:
    return CollectFailed(f"{source.name}: {source.url}, line {number}: {cause}")
