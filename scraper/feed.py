"""The bytes of an RSS or Atom feed → its entries as posts."""

from __future__ import annotations

import hashlib
import html
import io
import re
import warnings
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any
from xml.sax import SAXException

import feedparser

from model import Post
from scraper.addresses import canonical, personal
from scraper.feed_dates import feed_moment
from scraper.large import Content
from scraper.markup import soup_of, text_of

_START = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ITEM = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!]")
# What feedparser has been seen to raise on mangled documents.
_PARSER_ERRORS = (
    ValueError,
    LookupError,
    TypeError,
    AttributeError,
    AssertionError,
    RecursionError,
    SAXException,
)


class NoFeed(Exception):
    """The document is no feed, or no longer one as it was; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One entry; `posted_at` is None where the feed gives no date that can be one."""

    external_id: str
    text: str
    url: str | None
    posted_at: datetime | None
    edited_at: datetime | None
    misdated: bool  # it gives a date, and it cannot be read
    names: frozenset[str] = frozenset()  # of what the feed says of it

    def post(self, source: str, posted_at: datetime) -> Post:
        """The entry as a post, of this moment."""
        edited = self.edited_at if self.edited_at and self.edited_at > posted_at else None
        return Post(
            source=source,
            external_id=self.external_id,
            posted_at=posted_at,
            text=self.text,
            edited_at=edited,
            url=self.url,
        )


def complete(content: Content) -> bool:
    """Did the feed arrive whole? What is no feed at all is for `read_feed` to say."""
    start, end = (part.replace(b"\0", b"") for part in (content[:16_384], content[-8_192:]))
    return not _START.search(start) or bool(_END.search(end))


def read_feed(text: str, zone: tzinfo, now: datetime) -> list[Entry]:
    """The entries of a decoded feed, in its order. Raises NoFeed."""
    parsed = _parse(text)
    if not parsed.get("version"):
        raise NoFeed("not a feed")
    listed = parsed.get("entries")
    given = [entry for entry in listed if isinstance(entry, dict)] if listed else []
    opened = len(_ITEM.findall(text))
    if opened > 2 * len(given):
        raise NoFeed(f"{opened - len(given)} of {opened} entries cannot be found")
    ids = Counter(name for entry in given for name in {_guid(entry), _text(entry, "link")})
    entries = [_entry(entry, ids, zone, now) for entry in given]
    misdated = sum(entry.misdated for entry in entries)
    if misdated * 2 > len(entries):
        raise NoFeed(f"the dates of {misdated} of {len(entries)} entries cannot be read")
    return list({entry.external_id: entry for entry in reversed(entries)}.values())[::-1]


def _parse(text: str) -> dict[str, Any]:
    """feedparser's reading of UTF-8 bytes without entities of the document's own."""
    body = _DOCTYPE.sub("", _DECLARATION.sub("", text.lstrip("\ufeff")), count=1)
    whole = '<?xml version="1.0" encoding="utf-8"?>\n' + _ILLEGAL.sub("", body).lstrip()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            parsed: dict[str, Any] = feedparser.parse(
                io.BytesIO(whole.encode()), sanitize_html=False, resolve_relative_uris=False
            )
            return parsed
    except _PARSER_ERRORS as error:
        raise NoFeed(f"not a feed that can be read ({type(error).__name__})") from None


def _entry(entry: Mapping[str, object], ids: Counter[str], zone: tzinfo, now: datetime) -> Entry:
    link = canonical(_text(entry, "link"))
    public = link if re.match(r"https?://", link) and not personal(link) else None
    title, body = _shown(_text(entry, "title")), _body(entry)
    dates = [_text(entry, key) for key in ("published", "created", "updated")]
    moments = [feed_moment(date, zone, now) if date else None for date in dates]
    return Entry(
        external_id=_external_id(entry, ids, public, title + body),
        text=_joined(title, body),
        url=public,
        posted_at=next((found for found in moments if found), None),
        edited_at=moments[2],
        misdated=any(dates) and not any(moments),
        names=frozenset(name for name, value in entry.items() if value),
    )


def _guid(entry: Mapping[str, object]) -> str:
    return _text(entry, "id").strip()


def _external_id(
    entry: Mapping[str, object], ids: Counter[str], link: str | None, text: str
) -> str:
    """The entry's own id; where it is missing, shared or a person's address, the link or a hash."""
    guid = _guid(entry)
    if guid and ids[guid] == 1 and not personal(guid):
        named = canonical(guid) if "://" in guid else guid
    else:
        named = link if link and ids[_text(entry, "link")] == 1 else ""
    if named and len(named) <= 300:
        return named
    return hashlib.sha256((named or guid + text).encode("utf-8", "replace")).hexdigest()[:24]


def _body(entry: Mapping[str, object]) -> str:
    """The longest text the entry offers."""
    contents = entry.get("content")
    values = [_text(entry, "summary"), _text(entry, "yandex_full-text")]
    if isinstance(contents, list):
        values += [_text(part, "value") for part in contents if isinstance(part, Mapping)]
    return max(map(_shown, values), key=len)


def _shown(value: str) -> str:
    """HTML as a browser shows it; plain text with its own lines."""
    if _TAG.search(value):
        return text_of(soup_of(value))
    return html.unescape(value).replace("\r\n", "\n").strip()


def _joined(title: str, body: str) -> str:
    """Title and text; the text alone where it begins with its title."""
    start = " ".join(title.split()).rstrip("….").rstrip()
    if not start or " ".join(body.split()).startswith(start):
        return body
    return f"{title}\n\n{body}".strip()


def _text(entry: Mapping[str, object], key: str) -> str:
    """A text of an entry. Asked of the plain dict: feedparser lends `updated` from `published`."""
    value = dict.get(entry, key) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""
