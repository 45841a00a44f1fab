"""A host's robots.txt → may this URL be fetched, and how slowly. One look a day per host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit, urlunsplit

from protego import Protego

from model import SourceRefused
from scraper.decoding import decode
from scraper.exchange import ExchangeFailed, Response

AGENT = "rollcall"
LONGEST = 512 * 1024  # bytes read of a robots.txt, as RFC 9309 has it
_KEPT = timedelta(hours=24)

Ask = Callable[[str], Awaitable[Response]]


@dataclass(frozen=True, slots=True)
class _Rules:
    rules: Protego
    until: datetime


class Robots:
    """The rules of each origin met so far, by RFC 9309: no file allows all, a 5xx nothing."""

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._known: dict[str, _Rules] = {}

    async def check(self, url: str, ask: Ask) -> float | None:
        """Crawl-delay for this URL in seconds, on the first look; None later or where none is set.

        `ask` fetches robots.txt itself. Raises ExchangeFailed (SourceRefused) if the URL is
        disallowed, and whatever `ask` raises when the host cannot be asked.
        """
        parts = urlsplit(url)
        origin = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        known = self._known.get(origin)
        delay = None
        if known is None or known.until <= self._clock():
            rules = Protego.parse(await self._read(origin, ask))
            known = self._known[origin] = _Rules(rules, self._clock() + _KEPT)
            delay = rules.crawl_delay(AGENT)
        if not known.rules.can_fetch(url, AGENT):
            raise ExchangeFailed("robots.txt forbids this address", becomes=SourceRefused)
        return delay

    async def _read(self, origin: str, ask: Ask) -> str:
        try:
            response = await ask(f"{origin}/robots.txt")
        except ExchangeFailed as failed:
            if failed.status is not None and 400 <= failed.status < 500 and failed.status != 429:
                return ""
            if failed.status is not None:
                raise ExchangeFailed(
                    f"robots.txt answers {failed.status}: nothing may be fetched",
                    becomes=SourceRefused,
                    passing=True,
                    status=failed.status,
                    wait=failed.wait,
                ) from None
            raise
        return decode(response.content[:LONGEST])
