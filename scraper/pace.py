"""Requests → requests at a pace: per host one connection, one start per interval, and holds."""

from __future__ import annotations

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

from aiolimiter import AsyncLimiter

from model import SourceRefused
from scraper.addresses import is_loopback
from scraper.exchange import ClientSettings, ExchangeFailed

LONGEST_CRAWL_DELAY = 120.0  # seconds


@dataclass(slots=True)
class _Host:
    pace: float
    limiter: AsyncLimiter | None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    held_until: float = 0.0  # of the loop's clock


class Hosts:
    """What we owe each host. One per client, used within one event loop."""

    def __init__(self, settings: ClientSettings) -> None:
        self._settings = settings
        self._hosts: dict[str, _Host] = {}

    def _host(self, url: str) -> _Host:
        key, pace = self._key(url)
        if key not in self._hosts:
            self._hosts[key] = _Host(pace, _limiter(pace))
        return self._hosts[key]

    def _key(self, url: str) -> tuple[str, float]:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower().rstrip(".")
        if is_loopback(host):
            return parts.netloc.lower(), self._settings.loopback_pace
        return host, self._settings.paces.get(host, self._settings.pace)

    @asynccontextmanager
    async def slot(self, url: str) -> AsyncIterator[None]:
        """The right to one exchange with this URL's host.

        Raises ExchangeFailed where the host asked to be left alone for longer than we wait.
        """
        host = self._host(url)
        async with host.lock:
            left = host.held_until - asyncio.get_running_loop().time()
            if left > self._settings.longest_wait:
                cause = f"the host asked to be left alone, for {math.ceil(left)} s more"
                raise ExchangeFailed(cause, becomes=SourceRefused, wait=left)
            if left > 0:
                await asyncio.sleep(left)
            if host.limiter is not None:
                await host.limiter.acquire()
            yield

    def hold(self, url: str, seconds: float) -> None:
        """Send this host nothing for so long."""
        until = asyncio.get_running_loop().time() + min(seconds, self._settings.longest_hold)
        host = self._host(url)
        host.held_until = max(host.held_until, until)

    async def slow(self, url: str, seconds: float) -> None:
        """Obey a Crawl-delay: never a faster pace than that, counted from now."""
        host = self._host(url)
        wanted = min(seconds, LONGEST_CRAWL_DELAY)
        if wanted > host.pace:
            host.pace, host.limiter = wanted, AsyncLimiter(1, wanted)
            await host.limiter.acquire()


def _limiter(pace: float) -> AsyncLimiter | None:
    return AsyncLimiter(1, pace) if pace > 0 else None


def retry_after(value: str | None, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, in either form; None for absent or nonsense."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text) if len(text) < 12 else math.inf
    try:
        moment = parsedate_to_datetime(text)
        if moment.tzinfo is None:
            moment = moment.replace(tzinfo=now.tzinfo)
        seconds = (moment - now).total_seconds()
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    return seconds if seconds > 0 else None
