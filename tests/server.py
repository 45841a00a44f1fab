"""A script → a real server on 127.0.0.1 that keeps to it, down to the byte and the pause.

    with Server({"/feed": answer(b"<rss/>"), "/drip": [HEAD, 0.1, b"x", RESET]}) as server:
        ... server.url, server.asked ...

A value of the script is an answer, a function of the request that gives one, or a `Turns` of
answers, of which the last one stays. An answer is bytes, or a list of bytes, pauses (seconds),
`RESET` (the connection is torn down) and `HOLD` (silence until the server stops).
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from urllib.parse import parse_qsl, unquote, urlsplit


class Act(Enum):
    """What a server may do beside sending and pausing."""

    RESET = "reset"
    HOLD = "hold"
    CLOSE = "close"


RESET, HOLD, CLOSE = Act.RESET, Act.HOLD, Act.CLOSE
Step = bytes | float | int | Act
Answer = bytes | Sequence[Step]


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request as it came in. Header names are lower case; `at` is the monotonic clock."""

    method: str
    target: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    at: float


@dataclass(slots=True)
class Turns:
    """One answer after the other; the last one stays."""

    answers: list[Answer | Callable[[Asked], Answer]]
    taken: int = 0

    def next(self) -> Answer | Callable[[Asked], Answer]:
        answer = self.answers[min(self.taken, len(self.answers) - 1)]
        self.taken += 1
        return answer


Scripted = Answer | Callable[[Asked], Answer] | Turns


def answer(body: bytes | str = b"", status: int = 200, **headers: str) -> bytes:
    """A whole answer. Underscores in header names become hyphens; lengths are right."""
    content = body.encode() if isinstance(body, str) else body
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    lower = {name.lower() for name in named}
    if "content-length" not in lower and status != 304:
        named["Content-Length"] = str(len(content))
    if "content-type" not in lower:
        named["Content-Type"] = "text/html; charset=utf-8"
    head = "".join(f"{name}: {value}\r\n" for name, value in named.items())
    return f"HTTP/1.1 {status} Said\r\n{head}\r\n".encode() + content


NOT_FOUND = answer(b"nothing here", 404)


@dataclass(slots=True)
class Server:
    """The server, in a thread of its own. Unscripted paths, robots.txt too, answer 404."""

    script: Mapping[str, Scripted] | Callable[[Asked], Answer]
    asked: list[Asked] = field(default_factory=list)
    most_at_once: int = 0
    port: int = 0
    _now: int = 0
    _loop: asyncio.AbstractEventLoop = field(default_factory=asyncio.new_event_loop)
    _thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """`http://127.0.0.1:PORT`, without a slash."""
        return f"http://127.0.0.1:{self.port}"

    def paths(self) -> list[str]:
        """The targets asked for, in order, without robots.txt."""
        return [asked.target for asked in self.asked if asked.path != "/robots.txt"]

    def __enter__(self) -> Server:
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        if not ready.wait(10):
            raise RuntimeError("the test server did not start")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        if self._thread is not None:
            self._thread.join(10)

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        started = self._loop.run_until_complete(
            asyncio.start_server(self._serve, "127.0.0.1", self.port)
        )
        self.port = started.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()
        started.close()
        tasks = asyncio.all_tasks(self._loop)
        for task in tasks:
            task.cancel()
        self._loop.run_until_complete(asyncio.gather(*tasks, return_exceptions=True))
        self._loop.run_until_complete(self._loop.shutdown_asyncgens())
        self._loop.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        ends = (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError)
        with contextlib.suppress(*ends):
            try:
                while await self._turn(reader, writer):
                    pass
            finally:
                writer.close()

    async def _turn(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        asked = _read((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        self.asked.append(asked)
        self._now += 1
        self.most_at_once = max(self.most_at_once, self._now)
        try:
            return await _play(self._answer(asked), writer)
        finally:
            self._now -= 1

    def _answer(self, asked: Asked) -> Answer:
        if callable(self.script):
            return self.script(asked)
        found = self.script.get(asked.target, self.script.get(asked.path, NOT_FOUND))
        if isinstance(found, Turns):
            found = found.next()
        return found(asked) if callable(found) else found


def _read(head: str) -> Asked:
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    parts = urlsplit(target)
    pairs = (line.partition(":") for line in lines if line)
    return Asked(
        method=method,
        target=target,
        path=unquote(parts.path),
        query=dict(parse_qsl(parts.query, keep_blank_values=True)),
        headers={name.strip().lower(): value.strip() for name, _, value in pairs},
        at=time.monotonic(),
    )


async def _play(script: Answer, writer: asyncio.StreamWriter) -> bool:
    """Send it; is the connection still of use? One that declares no length is closed after it."""
    steps: Sequence[Step] = [script] if isinstance(script, bytes) else script
    sent = b""
    for step in steps:
        if isinstance(step, bytes):
            sent = (sent + step)[:4096]
            writer.write(step)
            await writer.drain()
        elif step is RESET:
            raw: socket.socket = writer.get_extra_info("socket")
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return False
        elif step is HOLD:
            await asyncio.sleep(3600)
        elif step is CLOSE:
            return False
        elif not isinstance(step, Act):
            await asyncio.sleep(step)
    return b"content-length" in sent.lower() or b" 304 " in sent[:20]
