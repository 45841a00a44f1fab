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
from urllib.parse import urljoin
from xml.sax import SAXException

import feedparser

from model import Post
from scraper.addresses import anchored, personal
from scraper.bridges import bridged
from scraper.feed_dates import feed_moment
from scraper.furniture import furniture_of, own_words
from scraper.large import Content
from scraper.markup import soup_of, text_of

_START = re.compile(rb"<(?:\w+:)?(?:rss|feed|rdf)[\s>]", re.IGNORECASE)
_END = re.compile(rb"</(?:\w+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
_DECLARATION = re.compile(r"^\s*<\?xml[^>]*\?>")
_DOCTYPE = re.compile(r"<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>", re.IGNORECASE | re.DOTALL)
_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ITEM = re.compile(r"<(?:item|entry)[\s>]", re.IGNORECASE)
_TAG = re.compile(r"<[a-zA-Z/!]")
_ESCAPED = re.compile(
    r"</(?:p|div|b|i|a|span|strong|em|ul|ol|li|td|tr|h\d)>|<br\s*/?>", re.IGNORECASE
)
_MARK = re.compile(r"^[^\w«\"'(#@]+")  # a sign before a title, «🔁 …»
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
    forwarded_from: str | None  # a channel, where a bridge tells it
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
            forwarded_from=self.forwarded_from,
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
    home = _text(parsed.get("feed", {}), "link")
    if opened > 2 * len(given):
        raise NoFeed(f"{opened - len(given)} of {opened} entries cannot be found")
    given = _once(given)
    ids = Counter(name for entry in given for name in {_guid(entry), _text(entry, "link")})
    entries = [_entry(entry, ids, home, zone, now) for entry in given]
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


def _once(entries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The entries without those that only tell another one of the page anew: one id, title and
    page, and words that begin alike. A feed may give one id to all its entries."""
    kept: list[dict[str, Any]] = []
    last: dict[tuple[str, str], dict[str, Any]] = {}
    for entry in entries:
        name = (_guid(entry), _text(entry, "title"))
        if not (name[0] and name in last and _is_anew(last[name], entry)):
            kept.append(entry)
            last[name] = entry
    return kept


def _is_anew(before: Mapping[str, object], entry: Mapping[str, object]) -> bool:
    pages = {_text(one, "link").partition("?")[0] for one in (before, entry)}
    left, right = (" ".join(_words(one)[0].split()) for one in (before, entry))
    told = min(len(left), len(right)) * 2 // 3
    return len(pages) == 1 and told > 0 and left[:told] == right[:told]


def _entry(
    entry: Mapping[str, object], ids: Counter[str], home: str, zone: tzinfo, now: datetime
) -> Entry:
    link = anchored(_absolute(entry, home))
    public = link if re.match(r"https?://", link) and not personal(link) else None
    title, (body, channel) = _shown(_text(entry, "title"))[0], _words(entry)
    dates = [_text(entry, key) for key in ("published", "created", "updated")]
    moments = [feed_moment(date, zone, now) if date else None for date in dates]
    return Entry(
        external_id=_external_id(entry, ids, public, title + body),
        text=_joined(title, body),
        url=public,
        posted_at=next((found for found in moments if found), None),
        edited_at=moments[2],
        forwarded_from=channel,
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
        named = anchored(guid) if "://" in guid else guid
    else:
        named = link if link and ids[_text(entry, "link")] == 1 else ""
    if named and len(named) <= 300:
        return named
    return hashlib.sha256((named or guid + text).encode("utf-8", "replace")).hexdigest()[:24]


def _absolute(entry: Mapping[str, object], home: str) -> str:
    """The entry's link, from the base its document names, or the feed's own page."""
    link, detail = _text(entry, "link"), entry.get("title_detail")
    base = _text(detail, "base") if isinstance(detail, Mapping) else ""
    try:
        return urljoin(base or home, link)
    except ValueError:
        return link


def _words(entry: Mapping[str, object]) -> tuple[str, str | None]:
    """The longest text the entry offers, and the channel it says it was forwarded from."""
    contents = entry.get("content")
    values = [_text(entry, "summary"), _text(entry, "yandex_full-text")]
    if isinstance(contents, list):
        values += [_text(part, "value") for part in contents if isinstance(part, Mapping)]
    return max(map(_shown, values), key=lambda shown: len(shown[0]))


def _shown(value: str) -> tuple[str, str | None]:
    """HTML as a browser shows it, plain text with its own lines; without what is not its author's
    words. Beside it the channel that the author of these words is said to be."""
    if not _TAG.search(value):
        value = html.unescape(value)
        if not _ESCAPED.search(value):  # some generators escape twice
            return value.replace("\r\n", "\n").strip(), None
    page = soup_of(value)
    strange, channel = bridged(page)
    text = text_of(page, without=furniture_of(page).elements | strange)
    return own_words(text), channel


def _joined(title: str, body: str) -> str:
    """Title and text; the text alone where it begins with its title."""
    start = _MARK.sub("", " ".join(title.split())).rstrip("….").rstrip()
    if not start or " ".join(body.split()).startswith(start):
        return body
    return f"{title}\n\n{body}".strip()


def _text(entry: Mapping[str, object], key: str) -> str:
    """A text of an entry. Asked of the plain dict: feedparser lends `updated` from `published`."""
    value = dict.get(entry, key) if isinstance(entry, dict) else None
    return value if isinstance(value, str) else ""
