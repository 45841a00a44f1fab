"""The rows of a board's or forum's page → its posts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from urllib.parse import urljoin

from model import Post, Source, SourceChanged
from scraper import furniture, moments, tables
from scraper.addresses import anchored, canonical, lasting
from scraper.cells import Row
from scraper.census import Made, count
from scraper.fields import POST_FIELDS
from scraper.page_rows import rows_of
from scraper.walk import Sheet

_TIMES = ("posted_at", "edited_at", "deleted_at")
_TOLD = POST_FIELDS - {"text", *_TIMES}  # these are read in ways of their own


def posts_of(source: Source, sheet: Sheet, now: datetime) -> tuple[tuple[Post, ...], Made]:
    """The posts of one page, and what its rows are made of.

    A row without text or id is no post; a page of none has changed.
    """
    zone = moments.zone_of(zone_name(source))
    posts: list[Post] = []
    rows = list(rows_of(source, sheet, post=True))
    for at, row in enumerate(rows, start=1):
        told = {
            field: _cell(row, value) for field, value in source.columns.items() if field in _TOLD
        }
        told["text"] = furniture.own_words(_text(row, source.columns["text"]))
        readable = told["text"] and told["external_id"] and not furniture.is_gone(told["text"])
        if not tables.passes(source, row) or not readable:
            continue
        times = {
            field: _moment(row, source.columns[field], zone, now)
            for field in _TIMES
            if field in source.columns
        }
        posted_at = times.get("posted_at")
        if posted_at is None:
            place = f"{source.name}: {canonical(sheet.url)}: post {at}"
            raise SourceChanged(f"{place}: {source.columns['posted_at']!r} gives no time")
        told["reply_to"] = _answered(told, row)
        posts.append(_post(source, sheet, told, posted_at, times))
    if not posts and not source.where:
        raise SourceChanged(f"{source.name}: {canonical(sheet.url)}: no row has a text and an id")
    return tuple(posts), count(row.names() for row in rows)


def _post(
    source: Source,
    sheet: Sheet,
    told: Mapping[str, str],
    posted_at: datetime,
    times: Mapping[str, datetime | None],
) -> Post:
    link = told.get("url")
    return Post(
        source=source.name,
        external_id=lasting(told["external_id"]),
        posted_at=posted_at,
        text=told["text"],
        edited_at=times.get("edited_at"),
        deleted_at=times.get("deleted_at"),
        forwarded_from=told.get("forwarded_from") or None,
        reply_to=told.get("reply_to") or None,
        thread=told.get("thread") or sheet.thread,
        url=anchored(urljoin(sheet.url, link)) if link else None,
    )


def _cell(row: Row, value: str | tuple[str, ...]) -> str:
    parts = (tables.cell_of(row, key) for key in tables.keys_of(value))
    return "\n".join(part for part in parts if part)


def _text(row: Row, value: str | tuple[str, ...]) -> str:
    """A post's own words, of one column or several."""
    said = (key[1:] if key[:1] == "=" else row.words(key) for key in tables.keys_of(value))
    return "\n".join(part for part in said if part)


def _moment(row: Row, value: str | tuple[str, ...], zone: tzinfo, now: datetime) -> datetime | None:
    """The time of a post: what the cell bears for machines, else what it says among other words."""
    keys = tables.keys_of(value)
    told = row.dates(keys[0]) if len(keys) == 1 and keys[0][:1] != "=" else [_cell(row, value)]
    return next((at for text in told if (at := moments.moment(text, zone, now))), None)


def _answered(told: Mapping[str, str], row: Row) -> str:
    """The id of the post that this one answers: as its column says, or its first quotation."""
    named = told.get("reply_to") or row.furniture.answered(row.element)
    if not named or not told["external_id"]:
        return ""
    return furniture.named_alike(lasting(told["external_id"]), named) or told.get("reply_to", "")


def zone_name(source: Source) -> str:
    """The zone of times printed without one."""
    return str(source.options.get("timezone", moments.MOSCOW))
