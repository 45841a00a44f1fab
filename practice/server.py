"""A world and a clock → a server on 127.0.0.1 that shows what was public at the clock's time."""

from __future__ import annotations

import asyncio
import hashlib
import re
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from typing import cast
from urllib.parse import parse_qs, urlsplit

from practice import pages, telegram_pages
from practice.world import World

TOKEN = "practice-token"  # noqa: S105  opens nothing but the practice server
VK_OWNER = -200000001  # the group vk_poisk

_TYPES = {"csv": "text/csv", "html": "text/html", "json": "application/json", "xml": "text/xml"}
_HTML = "text/html; charset=utf-8"
_LONGEST = 1 << 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request."""

    path: str
    query: Mapping[str, str]  # of the address and of a form
    headers: Mapping[str, str]
    base: str

    def number(self, key: str, default: int) -> int:
        """A whole number of the query; the default where it is absent or none."""
        text = self.query.get(key, "")
        return int(text) if text.isdecimal() else default


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """One answer, before the headers every answer has."""

    body: bytes = b""
    kind: str = _HTML
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)


_NOT_FOUND = Answer(status=HTTPStatus.NOT_FOUND, body=b"<html><body>404</body></html>")


@asynccontextmanager
async def serve(world: World, clock: Callable[[], datetime], port: int = 0) -> AsyncIterator[str]:
    """Serves the world while the context lasts; gives the base address, "http://127.0.0.1:PORT"."""
    site = Site(world, clock)
    server = await asyncio.start_server(site.connected, "127.0.0.1", port)
    site.base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    try:
        yield site.base
    finally:
        server.close()
        tasks = list(site.open)
        for writer in list(site.open.values()):
            writer.close()  # else a connection kept alive would be waited for
        await asyncio.gather(*tasks, server.wait_closed())


class Site:
    """Every page of the practice world, by path."""

    def __init__(self, world: World, clock: Callable[[], datetime]) -> None:
        self.world, self.clock, self.base = world, clock, ""
        self.open: dict[asyncio.Task[None], asyncio.StreamWriter] = {}
        self.routes: tuple[tuple[re.Pattern[str], Callable[..., Answer]], ...] = (
            (re.compile(r"/s/(\w+)"), self.preview),
            (re.compile(r"/(tg_\w+)/(\d+)"), self.single),
            (re.compile(r"/method/wall\.(get|getById)"), self.vk),
            (re.compile(r"/rss/(\w+)\.xml"), self.feed),
            (re.compile(r"/group/(\w+)"), self.board),
            (re.compile(r"/forum/(\w+)/(?:index\.php)?"), self.forum),
            (re.compile(r"/forum/(\w+)/viewtopic\.php"), self.topic),
            (re.compile(r"/lists/([\w.]+)"), self.list),
        )

    def answer(self, asked: Asked) -> Answer:
        """The answer to one request."""
        for pattern, page in self.routes:
            found = pattern.fullmatch(asked.path)
            if found:
                return _conditional(asked, page(asked, *found.groups()))
        return _NOT_FOUND

    def preview(self, asked: Asked, channel: str) -> Answer:
        """A Telegram channel; anything else is sent away, as t.me does."""
        if self.world.kinds.get(channel) != "telegram":
            return Answer(status=HTTPStatus.FOUND, headers={"Location": f"/{channel}"})
        before = asked.number("before", 0) or None
        posts = self.world.shown(channel, self.clock())
        page = telegram_pages.preview(channel, self.world.titles[channel], posts, before)
        return Answer(body=page.encode())

    def single(self, _asked: Asked, channel: str, number: str) -> Answer:
        """One message of a channel, as embedded."""
        posts = self.world.shown(channel, self.clock())
        post = next((post for post in posts if post.number == int(number)), None)
        title = self.world.titles.get(channel, channel)
        return Answer(body=telegram_pages.single(channel, title, post).encode())

    def vk(self, asked: Asked, method: str) -> Answer:
        """Two methods of the API; errors come inside a 200."""
        kind = "application/json; charset=utf-8"
        if asked.headers.get("authorization") != f"Bearer {TOKEN}":
            told = "User authorization failed: no access_token passed."
            return Answer(body=pages.vk_error(5, told), kind=kind)
        posts = self.world.shown("vk_poisk", self.clock())
        if method == "getById":
            wanted = asked.query.get("posts", "").split(",")
            return Answer(body=pages.vk_posts(VK_OWNER, posts, wanted), kind=kind)
        if str(VK_OWNER) != asked.query.get("owner_id") and asked.query.get("domain") != "vk_poisk":
            return Answer(body=pages.vk_error(15, "Access denied: wall is disabled"), kind=kind)
        offset, count = asked.number("offset", 0), asked.number("count", 20)
        return Answer(body=pages.vk_wall(VK_OWNER, posts, offset, count), kind=kind)

    def feed(self, asked: Asked, name: str) -> Answer:
        """A region's news."""
        posts = self.world.shown(name, self.clock())
        page = pages.rss(self.world.titles.get(name, name), posts, asked.base)
        return Answer(body=page.encode(), kind="application/rss+xml; charset=utf-8")

    def board(self, asked: Asked, name: str) -> Answer:
        """One page of a group."""
        posts = self.world.shown(name, self.clock())
        page = pages.board(self.world.titles.get(name, name), posts, asked.number("page", 1))
        return Answer(body=page.encode())

    def forum(self, _asked: Asked, name: str) -> Answer:
        """The topics of a forum's section."""
        posts = self.world.shown(name, self.clock())
        page = pages.forum_index(self.world.titles.get(name, name), posts)
        return Answer(body=page, kind="text/html")

    def topic(self, asked: Asked, name: str) -> Answer:
        """One page of a topic."""
        posts = self.world.shown(name, self.clock())
        title = self.world.titles.get(name, name)
        page = pages.forum_topic(title, posts, asked.number("t", 0), asked.number("start", 0))
        return Answer(body=page, kind="text/html") if page is not None else _NOT_FOUND

    def list(self, _asked: Asked, name: str) -> Answer:
        """A list as it lies in the folder."""
        path = self.world.folder / "lists" / name
        if not path.is_file():
            return _NOT_FOUND
        kind = _TYPES.get(path.suffix.lstrip("."), "application/octet-stream")
        return Answer(body=path.read_bytes(), kind=kind)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: requests one after the other until the other side leaves."""
        task = cast("asyncio.Task[None]", asyncio.current_task())
        self.open[task] = writer
        try:
            while (asked := await _read(reader, self.base)) is not None:
                writer.write(_bytes(self.answer(asked)))
                await writer.drain()
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError):
            pass
        finally:
            self.open.pop(task)
            writer.close()


def _conditional(asked: Asked, answer: Answer) -> Answer:
    """With an ETag; 304 for what the asker already has."""
    if answer.status is not HTTPStatus.OK or "authorization" in asked.headers:
        return answer
    tag = f'"{hashlib.sha256(answer.body).hexdigest()[:20]}"'
    if asked.headers.get("if-none-match") == tag:
        return Answer(status=HTTPStatus.NOT_MODIFIED, headers={"ETag": tag})
    return Answer(body=answer.body, kind=answer.kind, headers={"ETag": tag})


async def _read(reader: asyncio.StreamReader, base: str) -> Asked | None:
    """The next request of a connection; None at its end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    except asyncio.IncompleteReadError:
        return None
    line, *rest = head.split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (text.partition(":") for text in rest if text)
    }
    length = headers.get("content-length", "0")
    body = await reader.readexactly(min(int(length), _LONGEST)) if length.isdecimal() else b""
    parts = urlsplit(line.split(" ")[1] if line.count(" ") == 2 else "/")
    query = {**parse_qs(parts.query), **parse_qs(body.decode("utf-8", "replace"))}
    first = {key: values[0] for key, values in query.items()}
    return Asked(path=parts.path, query=first, headers=headers, base=base)


def _bytes(answer: Answer) -> bytes:
    headers = {
        **answer.headers,
        "Content-Type": answer.kind,
        "Content-Length": str(len(answer.body)),
        "Connection": "keep-alive",
    }
    if answer.status is HTTPStatus.NOT_MODIFIED:
        del headers["Content-Length"]
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    head = f"HTTP/1.1 {answer.status.value} {answer.status.phrase}\r\n{lines}\r\n"
    return head.encode("latin-1") + answer.body
