"""A source's address or file → its bytes, or None where nothing changed since the cursor."""

from __future__ import annotations

import codecs
import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, TypeVar
from urllib.parse import unquote, urlsplit

from model import CollectFailed, Fetch, Outcome, Source, SourceChanged
from scraper import readers
from scraper.client import Fetcher
from scraper.decoding import decode
from scraper.large import Content, Large, digest, pieces

_Read = TypeVar("_Read")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What one exchange brought, and the cursor to keep once it is committed."""

    content: Content
    content_type: str = ""
    cursor: Mapping[str, object]


def local_path(source: Source) -> Path | None:
    """The file a source points to, beside its TOML file; None where it is an address."""
    parts = urlsplit(source.url)
    if parts.scheme in ("http", "https"):
        return None
    name = unquote(parts.path) if parts.scheme == "file" else source.url
    return Path(source.path).parent / name


def fingerprint(source: Source) -> str:
    """Changes when the TOML file changes what is read: then nothing counts as unchanged."""
    told = (
        source.kind,
        source.url,
        source.claim,
        dict(source.claims),
        source.encoding,
        source.delimiter,
        dict(source.columns),
        dict(source.where),
        dict(source.options),
    )
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()[:16]


async def whole(source: Source, fetcher: Fetcher, cursor: Mapping[str, object]) -> Page | None:
    """All of a source that is one file or one answer. Raises CollectFailed."""
    reading = fingerprint(source)
    known = cursor.get("reading") == reading
    path = local_path(source)
    if path is None:
        response = await fetcher.get(source.url, conditional=known)
        if response.outcome is Outcome.UNCHANGED:
            return None
        content = response.content
        content_type = response.headers.get("content-type", "")
    else:
        content, content_type = fetcher.read(path.resolve()), ""
    mark = digest(content)
    if known and cursor.get("sha256") == mark:
        mark_unchanged(fetcher)
        return None
    return Page(
        content=content,
        content_type=content_type,
        cursor={"reading": reading, "sha256": mark},
    )


async def parsed(
    source: Source, fetcher: Fetcher, read: Callable[[Source, bytes], _Read], content: Content
) -> _Read:
    """`read(source, content)` away from the loop. A changed page makes its fetch `suspect`.

    What comes from the web is read in a process of its own; a file of the operator's, which may
    be longer than any page, in a thread.
    """
    size = len(content) if local_path(source) is None else 0
    try:
        return await readers.parse(fetcher, source.url, size, read, source, content)
    except SourceChanged as changed:
        fetcher.suspect(str(changed))
        raise


async def stream(source: Source, fetcher: Fetcher, *, known: bool) -> BinaryIO | None:
    """A source too long to hold, as a stream to read once and close; None for an answer "not
    modified", which is asked for where `known`. Raises CollectFailed."""
    path = local_path(source)
    if path is None:
        response = await fetcher.get(source.url, conditional=known)
        return None if response.outcome is Outcome.UNCHANGED else _opened(response.content)
    started = fetcher.now()
    try:
        opened = path.open("rb")
    except OSError as error:
        cause = error.strerror or "cannot be read"
        _note(source, fetcher, started, error=cause)
        raise CollectFailed(f"{source.name}: {source.url}: {cause}") from None
    _note(source, fetcher, started, size=path.stat().st_size)
    return opened


def _opened(content: Content) -> BinaryIO:
    return content.stream() if isinstance(content, Large) else BytesIO(content)


def _note(
    source: Source, fetcher: Fetcher, started: datetime, *, size: int = 0, error: str | None = None
) -> None:
    fetch = Fetch(
        source=source.name,
        url=Path(source.url).name,
        started_at=started,
        seconds=0.0,
        outcome=Outcome.FAILED if error else Outcome.OK,
        size=size,
        error=error,
    )
    fetcher.fetches.append(fetch)


def text(source: Source, content: bytes, content_type: str = "") -> str:
    """The text of a page or file. Bytes that are UTF-8 are read so whatever the TOML file says:
    other encodings of Cyrillic never look like it by chance, and lists do change theirs."""
    encoding = source.encoding
    if encoding is not None and not encoding.startswith("utf") and not content.isascii():
        try:
            return content.decode("utf-8-sig").replace("\0", "")
        except UnicodeDecodeError:
            pass
    return decode(content, encoding, content_type).replace("\0", "")


def encoding(content: Content) -> str | None:
    """ "utf-8" or "other", by the bytes; None for plain ASCII, which is every encoding at once."""
    if all(piece.isascii() for piece in pieces(content)):
        return None
    piecewise = codecs.getincrementaldecoder("utf-8")()  # a page may be of any size
    try:
        for piece in pieces(content):
            piecewise.decode(piece)
        piecewise.decode(b"", final=True)
    except UnicodeDecodeError:
        return "other"
    return "utf-8"


def mark_unchanged(fetcher: Fetcher) -> None:
    """The last exchange succeeded and brought nothing new."""
    if fetcher.fetches:
        fetcher.fetches[-1] = replace(fetcher.fetches[-1], outcome=Outcome.UNCHANGED)
