"""Requests → complete, bounded answers: the one module that speaks httpx.

It connects only to addresses that were resolved once and checked, asks for gzip only, counts
bytes while inflating, and gives each exchange a deadline. When to ask is `scraper.fetcher`'s.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from datetime import datetime, timedelta
from functools import cache
from types import TracebackType

import httpcore
import httpx

from model import CollectFailed, Outcome, Source, SourceChanged, SourceGone, SourceRefused
from scraper.addresses import AddressRefused, check_host
from scraper.exchange import ClientSettings, ExchangeFailed, Request, Response
from scraper.fetcher import Fetcher
from scraper.inflate import BadBody, Body, TooLarge
from scraper.large import Content, Room
from scraper.pace import Hosts, retry_after
from scraper.proxies import TunnelBackend
from scraper.robots import Robots
from scraper.transport import WIRE_ERRORS, CheckedBackend, told

# Their own lines quote addresses and headers, at whatever level somebody listens.
for _library in ("httpx", "httpcore"):
    logging.getLogger(_library).setLevel(logging.ERROR)

__all__ = ["Client", "ClientSettings", "Fetcher", "Response"]

_BECOMES: Mapping[int, type[CollectFailed]] = {
    401: SourceRefused,
    403: SourceRefused,
    404: SourceGone,
    410: SourceGone,
    429: SourceRefused,
    451: SourceRefused,
}
_ROOM_WAIT = 0.05  # s
_PASSING = frozenset({408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524})


class Client:
    """One polite client for a whole round: `async with Client(settings) as client`."""

    def __init__(self, settings: ClientSettings) -> None:
        self.settings = settings
        self.hosts = Hosts(settings)
        self.robots = Robots(settings.clock)
        self.room = Room(settings.most_held)
        self._stops: dict[str, tuple[datetime, str]] = {}  # service → until when, and why
        self._spent: Counter[tuple[str, str]] = Counter()  # service and day → requests
        self._http: dict[str | None, httpx.AsyncClient] = {None: _http(settings, None)}

    async def __aenter__(self) -> Client:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.aclose()

    async def aclose(self) -> None:
        """Close all connections."""
        for one in self._http.values():
            await one.aclose()

    def fetcher(
        self, source: Source, validators: Mapping[str, Mapping[str, str]] | None = None
    ) -> Fetcher:
        """A fetcher for one source; `validators` are those its last fetcher handed back."""
        return Fetcher(self, source, validators)

    def stop(self, service: str, why: str, seconds: float) -> None:
        """No source asks this service again before the time is over; see `stopped`."""
        self._stops[service] = (self.settings.clock() + timedelta(seconds=seconds), why)

    def stopped(self, service: str) -> tuple[str, timedelta] | None:
        """Why a service is not to be asked, and for how long yet; None if it may be."""
        until, why = self._stops.get(service, (None, ""))
        if until is None or until <= self.settings.clock():
            return None
        return why, until - self.settings.clock()

    def spend(self, service: str, budget: int) -> bool:
        """Count one request of today's (UTC); is it within the budget?"""
        key = (service, self.settings.clock().strftime("%Y-%m-%d"))
        self._spent[key] += 1
        return self._spent[key] <= budget

    def remember_spent(self, service: str, requests: int) -> None:
        """So many requests of today's are known to have been made, by this process or another."""
        key = (service, self.settings.clock().strftime("%Y-%m-%d"))
        self._spent[key] = max(self._spent[key], requests)

    async def exchange(self, request: Request, proxy: str | None = None) -> Response:
        """One request, one complete answer: 200, 304 or a redirect; its cookies are forgotten.

        `proxy`: the one that the source's file names; the environment's are never used.

        Raises ExchangeFailed for anything else, and for what the wire does.
        """
        if proxy not in self._http:
            self._http[proxy] = _http(self.settings, proxy)
        http = self._http[proxy]
        try:
            async with asyncio.timeout(self.settings.deadline):
                return await self._exchange(http, request)
        except TimeoutError:
            cause = f"no complete answer within {self.settings.deadline:g} s"
            if self.room.full:
                cause += ": other large pages wait to be read"
            raise ExchangeFailed(cause, passing=True) from None
        except (httpx.InvalidURL, httpx.UnsupportedProtocol, UnicodeError):
            raise ExchangeFailed("not an address that can be fetched") from None
        except httpx.RemoteProtocolError:  # httpx reads Location before anybody follows it
            raise ExchangeFailed("redirects to no address", becomes=SourceChanged) from None
        except WIRE_ERRORS as error:
            raise told(error) from None
        finally:
            http.cookies.clear()

    async def _exchange(self, http: httpx.AsyncClient, request: Request) -> Response:
        built = http.build_request("GET", request.url, headers=dict(request.headers))
        _check_url(built.url)
        answer = await http.send(built, stream=True)
        try:
            self._check_status(answer)
            body = await self._read(answer)
        finally:
            await answer.aclose()
        return Response(
            status=answer.status_code,
            url=str(answer.url),
            headers={name.lower(): value for name, value in answer.headers.items()},
            content=body,
            outcome=Outcome.UNCHANGED if answer.status_code == 304 else Outcome.OK,
            received_at=self.settings.clock(),
        )

    def _check_status(self, answer: httpx.Response) -> None:
        status = answer.status_code
        if status in {200, 203, 304} or answer.has_redirect_location:
            return
        wait = retry_after(answer.headers.get("retry-after"), self.settings.clock())
        raise ExchangeFailed(
            f"the server answers {status}",
            becomes=_BECOMES.get(status, CollectFailed),
            passing=status in _PASSING,
            status=status,
            wait=wait,
        )

    async def _read(self, answer: httpx.Response) -> Content:
        if answer.status_code not in {200, 203}:
            return b""
        try:
            sent = answer.headers.get("content-encoding", "")
            body = Body(sent, self.settings.max_bytes, self.room)
            return await self._whole(answer, body)
        except TooLarge:
            cause = f"the body is larger than {self.settings.max_bytes} bytes"
            raise ExchangeFailed(cause, status=answer.status_code) from None
        except BadBody as bad:
            raise ExchangeFailed(str(bad), passing=True, status=answer.status_code) from None

    async def _whole(self, answer: httpx.Response, body: Body) -> Content:
        try:
            async for chunk in answer.aiter_raw():
                body.feed(chunk)
                while self.room.full:  # noqa: ASYNC110  any thread may make room
                    await asyncio.sleep(_ROOM_WAIT)
            return body.finish(answer.headers.get("content-length"))
        except BaseException:
            body.close()
            raise


def _check_url(url: httpx.URL) -> None:
    if url.scheme not in {"http", "https"} or not url.host:
        raise ExchangeFailed("not an http or https address", becomes=SourceRefused)
    if url.userinfo:
        raise ExchangeFailed("an address must not carry a password", becomes=SourceRefused)
    try:
        check_host(url.host)
    except AddressRefused as refused:
        raise ExchangeFailed(str(refused), becomes=SourceRefused) from None


def _http(settings: ClientSettings, proxy: str | None) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=_Transport(settings, proxy),
        trust_env=False,
        follow_redirects=False,
        timeout=httpx.Timeout(settings.read_timeout, connect=settings.connect_timeout),
        headers={"User-Agent": settings.user_agent, "Accept-Encoding": "gzip"},
    )


@cache
def _tls() -> ssl.SSLContext:
    """Certificates and host names are verified; made once, for it takes a while."""
    return httpx.create_ssl_context(trust_env=False)


class _Stream(httpx.AsyncByteStream):
    """The body of an answer of httpcore's, for httpx."""

    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    async def __aiter__(self) -> AsyncIterator[bytes]:
        async for chunk in self._answer.aiter_stream():
            yield chunk

    async def aclose(self) -> None:
        await self._answer.aclose()


class _Transport(httpx.AsyncBaseTransport):
    """httpcore's pool behind httpx, with a backend that checks where it connects."""

    def __init__(self, settings: ClientSettings, proxy: str | None) -> None:
        backend: httpcore.AsyncNetworkBackend = CheckedBackend(
            settings.resolve, settings.allow_loopback
        )
        if proxy is not None:
            backend = TunnelBackend(proxy, allow_loopback=settings.allow_loopback)
        self._pool = httpcore.AsyncConnectionPool(
            ssl_context=_tls(),
            network_backend=backend,
            max_connections=None,
            max_keepalive_connections=64,
            keepalive_expiry=20.0,
        )

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        assert isinstance(request.stream, httpx.AsyncByteStream)  # noqa: S101  for the types
        inner = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=request.url.raw_scheme,
                host=request.url.raw_host,
                port=request.url.port,
                target=request.url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.stream,
            extensions=request.extensions,
        )
        answer = await self._pool.handle_async_request(inner)
        return httpx.Response(
            status_code=answer.status,
            headers=answer.headers,
            stream=_Stream(answer),
            extensions=answer.extensions,
        )

    async def aclose(self) -> None:
        await self._pool.aclose()
