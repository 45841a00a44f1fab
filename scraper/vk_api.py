"""Questions to VK's official API → pages of a wall, or what each of its errors means for us."""

from __future__ import annotations

import asyncio
import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import parse_qsl, urlsplit, urlunsplit

from model import CollectFailed, Source, SourceChanged, SourceGone, SourceRefused
from scraper import readers
from scraper.addresses import is_loopback
from scraper.fetcher import Fetcher
from scraper.large import Content
from scraper.moments import MOSCOW, zone_of
from scraper.wall import Wall, WallChanged, WallError, read_wall

VERSION = "5.199"
BUDGETS = {"wall.get": 5000, "wall.search": 1000}  # requests a day
TOKEN = "ROLLCALL_VK_TOKEN"  # noqa: S105  the variable's name, not a token
_HOSTS = frozenset({"api.vk.com", "api.vk.ru"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What an error code means for us."""

    cause: str
    becomes: type[CollectFailed] = SourceRefused
    stops: str = ""  # "all" of VK, or this "method", for every source; "" this source alone
    hold: timedelta = timedelta(days=1)
    tries: int = 0  # more attempts in this round


_HOUR, _QUARTER = timedelta(hours=1), timedelta(minutes=15)
_ERRORS: Mapping[int, Verdict] = {
    1: Verdict(cause="unknown error", becomes=CollectFailed, hold=_QUARTER, tries=3),
    5: Verdict(cause=f"the token is not accepted: renew {TOKEN}", stops="all"),
    6: Verdict(cause="too many requests a second", hold=_QUARTER, tries=5),
    9: Verdict(cause="flood control", stops="all", hold=_QUARTER),
    10: Verdict(cause="internal error", becomes=CollectFailed, hold=_QUARTER, tries=3),
    14: Verdict(cause="asks for a captcha, which is never solved", stops="all"),
    15: Verdict(cause="access denied"),
    18: Verdict(cause="the page is deleted or banned", becomes=SourceGone),
    19: Verdict(cause="the content is not available", becomes=SourceGone),
    27: Verdict(cause=f"the token is of the wrong kind: renew {TOKEN}", stops="all"),
    28: Verdict(cause=f"the service token is not accepted: renew {TOKEN}", stops="all"),
    29: Verdict(cause="the day's quota of the method is spent", stops="method", hold=_HOUR),
    30: Verdict(cause="the page is private"),
    100: Verdict(cause="a parameter in `url` is wrong", becomes=CollectFailed),
    203: Verdict(cause="access to the community denied"),
}


_UNKNOWN = Verdict(cause="an error we do not know", becomes=CollectFailed, hold=_HOUR)


class Api:
    """One source's questions to one method."""

    def __init__(self, source: Source, fetcher: Fetcher) -> None:
        self.source, self.fetcher = source, fetcher
        self.share = 1.0  # of the day's budget
        self.method = method_of(source)
        parts = urlsplit(source.url)
        self.url = urlunsplit((parts.scheme, parts.netloc, parts.path, "", ""))
        self.params = {"v": VERSION} | dict(parse_qsl(parts.query))
        self.zone = zone_of(str(source.options.get("timezone", MOSCOW)))

    async def ask(self, offset: int, count: int) -> Wall:
        """One page. Raises CollectFailed or a subclass, with `hold` as VK's rules have it."""
        tried = 0
        while True:
            self._may_ask()
            content = await self._get(offset, count)
            now = self.fetcher.now()
            try:
                wall = await readers.parse(
                    self.fetcher, self.url, len(content), read_wall,
                    content, self.source.name, self.zone, now,
                )  # fmt: skip
            except WallChanged as changed:
                raise self.changed(str(changed)) from None
            except WallError as error:
                verdict = _ERRORS.get(error.code, _UNKNOWN)
                if tried >= verdict.tries:
                    raise self._verdict(verdict, error.code) from None
                self.fetcher.suspect(f"error {error.code}: {verdict.cause}")
                await asyncio.sleep(self.fetcher.client.settings.backoff * 2**tried)
                tried += 1
            else:
                if wall.unread:
                    self.fetcher.suspect(f"{wall.unread} of {wall.items} items unreadable")
                return wall

    def changed(self, cause: str) -> SourceChanged:
        """The error to raise when an answer is not what the method gives."""
        return self.fetcher.changed(self.url, cause)

    async def _get(self, offset: int, count: int) -> Content:
        response = await self.fetcher.get(
            self.url,
            headers=self._headers(),
            params={**self.params, "count": count, "offset": offset},
            conditional=False,
            redirects=False,
            robots=False,
        )
        return response.content

    def _headers(self) -> dict[str, str]:
        """The token goes to VK's own hosts over TLS and to this machine, nowhere else."""
        parts = urlsplit(self.url)
        local = is_loopback(parts.hostname or "")
        if not local and (parts.hostname not in _HOSTS or parts.scheme != "https"):
            raise self.fetcher.refused(self.url, "the token is sent to https://api.vk.com only")
        token = os.environ.get(TOKEN, "").strip()
        if not token.isascii() or not all(char.isprintable() and char != " " for char in token):
            raise self.fetcher.refused(self.url, f"{TOKEN} holds no token")
        if token:
            return {"Authorization": f"Bearer {token}"}
        if local:
            return {}
        raise self.fetcher.refused(self.url, f"set {TOKEN} to a service token")

    def _may_ask(self) -> None:
        client = self.fetcher.client
        for service in self._services():
            if stopped := client.stopped(service):
                why, left = stopped
                raise self.fetcher.refused(self.url, f"not asked, since VK said: {why}", left)
        budget = int(BUDGETS.get(self.method, 1000) * self.share)
        if not client.spend(self._services()[1], budget):
            cause = f"today's {budget} requests of {self.method} are spent"
            raise self.fetcher.refused(self.url, cause, _HOUR)

    def _services(self) -> tuple[str, str]:
        return services(self.url)

    def _verdict(self, verdict: Verdict, code: int) -> CollectFailed:
        everything, method = self._services()
        if verdict.stops:
            service = everything if verdict.stops == "all" else method
            self.fetcher.client.stop(service, verdict.cause, verdict.hold.total_seconds())
        cause = f"VK error {code}: {verdict.cause}"
        return self.fetcher.error(verdict.becomes, self.url, cause, verdict.hold)


def services(url: str) -> tuple[str, str]:
    """What may be stopped: all of this VK, and this method of it."""
    parts = urlsplit(url)
    return f"vk {parts.netloc}", f"vk {parts.netloc} {parts.path.rpartition('/')[2]}"


def spent(urls: Iterable[str]) -> Counter[str]:
    """Requests of each service among the addresses asked for."""
    return Counter(services(url)[1] for url in urls)


def method_of(source: Source) -> str:
    """The method a source's address names, like `wall.get`."""
    return urlsplit(source.url).path.rpartition("/")[2]
