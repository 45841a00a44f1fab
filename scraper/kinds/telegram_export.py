"""`result.json` of Telegram's desktop program, read in constant memory → posts.

Service messages, senders' names and ids, and names of private persons forwarded from are left out.
"""

from __future__ import annotations

import codecs
import hashlib
import json
import re
from collections.abc import AsyncGenerator, Iterable, Iterator, Mapping
from datetime import UTC, datetime, tzinfo
from typing import BinaryIO

from model import Batch, CollectFailed, Post, Source, SourceChanged, SourceRefused
from scraper import moments, origin
from scraper.client import Fetcher

KEYS: Mapping[str, type] = {
    "timezone": str,  # of the computer that wrote the export; Europe/Moscow where not given
    "channel": str,  # the channel's public name, for links to its posts
}

_AT_ONCE = 500  # posts in one transaction
_CHUNK = 1 << 16
_LONGEST = 1 << 25  # characters of one message: more is no message
_START = re.compile(r'"messages"\s*:\s*\[')
_TYPE = re.compile(r'"type"\s*:\s*"(\w+)"')
_PRIVATE = frozenset({"personal_chat", "bot_chat", "saved_messages"})
_BETWEEN = re.compile(r"[\s,]*")


def faults(source: Source) -> Iterable[str]:
    """What the strict reading of the TOML file cannot see by itself."""
    try:
        _zone(source)
    except ValueError as error:
        yield f"timezone: {error}"


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """The export's posts in its order; nothing but the cursor where the file is unchanged."""
    reading = origin.fingerprint(source)
    known = cursor.get("reading") == reading
    stream = await origin.stream(source, fetcher, known=known)
    if stream is None:
        yield Batch(source=source.name, cursor=cursor)
        return
    with stream:
        digest = _digest(stream)
        if known and cursor.get("sha256") == digest:
            origin.mark_unchanged(fetcher)
            yield Batch(source=source.name, cursor=cursor)
            return
        stream.seek(0)
        try:
            for posts in _batches(source, stream):
                yield Batch(source=source.name, posts=posts, cursor=cursor)
        except CollectFailed as failed:
            fetcher.suspect(str(failed))
            raise
    yield Batch(source=source.name, cursor={"reading": reading, "sha256": digest})


def _digest(stream: BinaryIO) -> str:
    digest = hashlib.sha256()
    while chunk := stream.read(1 << 20):
        digest.update(chunk)
    return digest.hexdigest()


def _batches(source: Source, stream: BinaryIO) -> Iterator[tuple[Post, ...]]:
    posts: list[Post] = []
    for message in messages(source, stream):
        post = _post(source, message)
        if post is not None:
            posts.append(post)
        if len(posts) >= _AT_ONCE:
            yield tuple(posts)
            posts = []
    if posts:
        yield tuple(posts)


def messages(source: Source, stream: BinaryIO) -> Iterator[Mapping[str, object]]:
    """Each message of the export's one chat, holding one at a time in memory.

    Raises SourceChanged for anything but an export, one cut short, and one of several chats;
    SourceRefused for a private conversation.
    """
    text = _Window(source, stream)
    head = text.past(_START)
    kind = _TYPE.search(head)
    if kind and kind[1] in _PRIVATE:
        raise SourceRefused(f"{source.name}: {source.url}: the export of a private conversation")
    while (message := text.value()) is not None:
        if isinstance(message, dict):
            yield message
    if text.find(_START):
        cause = "the export holds several chats: export one at a time"
        raise SourceChanged(f"{source.name}: {source.url}: {cause}")


class _Window:
    """The part of a JSON text that is being read, refilled from a stream as it is used up."""

    def __init__(self, source: Source, stream: BinaryIO) -> None:
        self.source, self.stream = source, stream
        self.decode = codecs.getincrementaldecoder("utf-8-sig")("replace").decode
        self.parser = json.JSONDecoder()
        self.text, self.at, self.ended = "", 0, False

    def more(self) -> bool:
        """Drop what is read, add at least as much as is left. False at the end of the stream."""
        if self.ended:
            return False
        rest = self.text[self.at :]
        chunk = self.stream.read(max(_CHUNK, len(rest)))
        self.ended = not chunk
        self.text, self.at = rest + self.decode(chunk, final=not chunk), 0
        return True

    def past(self, pattern: re.Pattern[str]) -> str:
        """Move behind the first match; the last 64 KB before it. Raises SourceChanged for none."""
        while not (found := pattern.search(self.text, self.at)):
            self.at = max(self.at, len(self.text) - _CHUNK)
            if not self.more():
                raise self.broken("no messages: is it result.json?")
        head, self.at = self.text[self.at : found.start()], found.end()
        return head

    def find(self, pattern: re.Pattern[str]) -> bool:
        """Is there one more match in what is left?"""
        try:
            self.past(pattern)
        except SourceChanged:
            return False
        return True

    def value(self) -> object | None:
        """The next item of the array; None at its end. Raises SourceChanged for a broken one."""
        while True:
            self.at = self._skipped()
            if self.text.startswith("]", self.at):
                return None
            try:
                value, end = self.parser.raw_decode(self.text, self.at)
            except (json.JSONDecodeError, RecursionError):
                if len(self.text) - self.at > _LONGEST or not self.more():
                    raise self.broken("a message is broken, or the file cut short") from None
                continue
            self.at = end
            return value  # type: ignore[no-any-return]

    def _skipped(self) -> int:
        found = _BETWEEN.match(self.text, self.at)
        return found.end() if found else self.at

    def broken(self, cause: str) -> SourceChanged:
        """The error to raise, with the source and the file."""
        return SourceChanged(f"{self.source.name}: {self.source.url}: {cause}")


def _post(source: Source, message: Mapping[str, object]) -> Post | None:
    """The post of a message; None for service messages and those without text."""
    text, number = _plain(message.get("text")), message.get("id")
    if message.get("type") != "message" or not text.strip() or not isinstance(number, int):
        return None
    zone = _zone(source)
    posted_at = _time(message, "date", zone)
    if posted_at is None:
        raise SourceChanged(f"{source.name}: {source.url}: message {number} has no readable date")
    answered = message.get("reply_to_message_id")
    channel = str(source.options.get("channel", "")).strip("@ ")
    return Post(
        source=source.name,
        external_id=str(number),
        posted_at=posted_at,
        text=text,
        edited_at=_time(message, "edited", zone),
        forwarded_from=_forwarded(message),
        reply_to=str(answered) if isinstance(answered, int) else None,
        url=f"https://t.me/{channel}/{number}" if channel else None,
    )


def _plain(text: object) -> str:
    """A text as it reads: a string, or a list of strings and entities ({"type", "text"})."""
    if isinstance(text, str):
        return text
    if not isinstance(text, list):
        return ""
    return "".join(
        part if isinstance(part, str) else str(part.get("text", ""))
        for part in text
        if isinstance(part, str | dict)
    )


def _time(message: Mapping[str, object], key: str, zone: tzinfo) -> datetime | None:
    """By the Unix time where the export has it; else its local time, read in the source's zone."""
    seconds = message.get(f"{key}_unixtime")
    try:
        if isinstance(seconds, str | int) and seconds:
            return datetime.fromtimestamp(int(seconds), UTC).astimezone(zone)
        local = message.get(key)
        if isinstance(local, str) and not local.startswith("1970"):
            when = datetime.fromisoformat(local)
            return when if when.tzinfo else when.replace(tzinfo=zone)
    except (ValueError, OverflowError):
        pass
    return None


def _forwarded(message: Mapping[str, object]) -> str | None:
    """The name of the channel a message was forwarded from; a person's is left out."""
    name, origin_id = message.get("forwarded_from"), message.get("forwarded_from_id")
    if isinstance(origin_id, str) and origin_id.startswith("user"):
        return None
    return name if isinstance(name, str) else None


def _zone(source: Source) -> tzinfo:
    return moments.zone_of(str(source.options.get("timezone", moments.MOSCOW)))
