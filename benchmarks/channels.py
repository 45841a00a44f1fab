"""A number of channels and a schedule of posts a minute → preview pages over HTTP, and the ledger.

    python -m benchmarks.channels CHANNELS START EVERY HISTORY 'MINUTES:RATE,MINUTES:RATE'

Post `k` of channel `n` is the same for whoever asks: what a store must hold is computed, not
recorded. It appears when the schedule, counted from START (Unix seconds), has come to it. Before
START each channel shows what it would have shown one poll (EVERY seconds) before its first one.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from math import floor
from urllib.parse import parse_qs, urlsplit

from practice.telegram_pages import preview
from practice.world import Shown

_SURNAMES = ("Крутицын", "Ветошкин", "Запольский", "Сухоруков", "Лапшинов", "Кудеяров", "Бражнин",
             "Толмачёв", "Черемисин")  # fmt: skip
_GIVEN = ("Лука", "Назар", "Тихон", "Егор", "Савва", "Прохор", "Демид", "Макар", "Фома", "Елисей",
          "Архип", "Родион")  # fmt: skip
_PATRONYMICS = ("Ильич", "Олегович", "Савельевич", "Львович", "Фомич", "Игоревич", "Петрович",
                "Юрьевич")  # fmt: skip
_PLACES = ("Калуга", "Пермь", "Саратов", "Тверь", "Чита", "Орёл", "Пенза", "Томск", "Уфа",
           "Сызрань", "Бийск", "Вологда")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How many posts a minute all channels together give, stretch after stretch."""

    channels: int
    start: float  # Unix seconds
    stretches: tuple[tuple[float, float], ...]  # minutes, posts a minute
    every: float  # seconds between two polls of a channel
    history: int  # posts of each channel before the start

    @classmethod
    def read(cls, given: list[str]) -> Schedule:
        """From the words of the command line."""
        channels, start, every, history, told = given
        pairs = (part.split(":") for part in told.split(","))
        stretches = tuple((float(minutes), float(rate)) for minutes, rate in pairs)
        return cls(channels=int(channels), start=float(start), every=float(every),
                   history=int(history), stretches=stretches)  # fmt: skip

    @property
    def end(self) -> float:
        """When the last post has appeared, Unix seconds."""
        return self.start + 60 * sum(minutes for minutes, _ in self.stretches)

    def seen(self, channel: int, now: float) -> float:
        """The time whose page a channel shows."""
        if now >= self.start:
            return now
        return self.start + self.every * (channel / self.channels - 1)

    def total(self, now: float) -> float:
        """Posts of all channels since the start."""
        left, total = (now - self.start) / 60, 0.0
        if left < 0:
            return left * self.stretches[0][1]
        for minutes, rate in self.stretches:
            spent = min(left, minutes)
            total, left = total + spent * rate, left - spent
        return total

    def posts(self, channel: int, now: float) -> int:
        """Posts of one channel by now."""
        return self.history + floor((self.total(now) + channel) / self.channels)

    def posted(self, channel: int, k: int) -> datetime:
        """When its k-th post appeared, to the second."""
        total = (k - self.history) * self.channels - channel
        at, rate = self.start, self.stretches[0][1]
        for minutes, rate in self.stretches:
            if total <= minutes * rate:
                break
            total, at = total - minutes * rate, at + 60 * minutes
        return datetime.fromtimestamp(int(at + 60 * total / rate), UTC)


def number(k: int) -> int:
    """The id of a channel's k-th post. Each seventh is none, as albums have it."""
    return k + (k - 1) // 6


def text(channel: int, k: int) -> str:
    """The k-th post of a channel."""
    at = channel * 7919 + k * 104_729
    man = f"{_SURNAMES[at % 9]} {_GIVEN[at // 9 % 12]} {_PATRONYMICS[at // 108 % 8]}"
    born = f"{at % 28 + 1:02}.{at // 28 % 12 + 1:02}.{1980 + at // 336 % 26}"
    place = _PLACES[at // 864 % 12]
    return (
        f"Ищу сына! {man}, {born} г.р., {place}, в/ч {10_000 + at % 89_999}. "
        f"Нет связи с {at % 28 + 1} августа, весть {k} канала {channel}. Откликнитесь, кто знает."
    )


@lru_cache(maxsize=60_000)
def _shown(schedule: Schedule, channel: int, k: int) -> Shown:
    return Shown(
        number=number(k), posted_at=schedule.posted(channel, k), edited_at=None,
        text=text(channel, k), forwarded_from=None, reply_to=None,
    )  # fmt: skip


def page(schedule: Schedule, channel: int, before: int | None, now: float) -> bytes:
    """One preview page."""
    last = schedule.posts(channel, now)
    while before is not None and last > 0 and number(last) >= before:
        last = min(last - 1, before - before // 7)
    shown = [_shown(schedule, channel, k) for k in range(max(1, last - 20), last + 1)]
    return preview(f"k{channel:04}", f"Канал {channel}", shown, before).encode()


async def serve(schedule: Schedule) -> None:
    """Answer until killed."""

    async def turn(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                parts = urlsplit(head.split(b" ", 2)[1].decode())
                found = re.fullmatch(r"/s/k(\d+)", parts.path)
                if found:
                    asked = parse_qs(parts.query).get("before")
                    before = int(asked[0]) if asked else None
                    now = schedule.seen(int(found[1]), time.time())
                    body, status = page(schedule, int(found[1]), before, now), "200 OK"
                else:
                    body, status = b"", "404 Not Found"
                kind = "Content-Type: text/html; charset=utf-8"
                size = f"Content-Length: {len(body)}"
                writer.write(f"HTTP/1.1 {status}\r\n{kind}\r\n{size}\r\n\r\n".encode() + body)
                await writer.drain()

    server = await asyncio.start_server(turn, "127.0.0.1", 0, backlog=2048)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(serve(Schedule.read(sys.argv[1:])))
