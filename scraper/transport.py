"""A host name → a connection to one of its checked addresses."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import Iterable

import httpcore
from httpcore import SOCKET_OPTION, AsyncNetworkBackend, AsyncNetworkStream

from model import SourceRefused
from scraper.addresses import AddressRefused, check_host, choose
from scraper.exchange import ExchangeFailed, Resolver

_CAUSES: tuple[tuple[type[Exception], str], ...] = (
    (httpcore.ConnectTimeout, "no connection in time"),
    (httpcore.ReadTimeout, "the server falls silent"),
    (httpcore.WriteTimeout, "the server does not take the request"),
    (httpcore.ConnectError, "no connection: refused, reset or unreachable"),
    (httpcore.ReadError, "the connection broke while reading"),
    (httpcore.WriteError, "the connection broke while writing"),
    (httpcore.RemoteProtocolError, "the answer is no proper HTTP, or was cut short"),
)
WIRE_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ConnectionNotAvailable,
    ssl.SSLError,
    OSError,
)


def told(error: Exception) -> ExchangeFailed:
    """A wire error in words of ours: a library's own may quote an address or a header."""
    if _is_tls(error):
        return ExchangeFailed("TLS fails: the certificate or the handshake is not valid")
    for kind, words in _CAUSES:
        if isinstance(error, kind):
            return ExchangeFailed(words, passing=True)
    passing = not isinstance(error, httpcore.LocalProtocolError)
    return ExchangeFailed(f"the exchange failed ({type(error).__name__})", passing=passing)


def _is_tls(error: BaseException | None) -> bool:
    while error is not None and not isinstance(error, ssl.SSLError):
        error = error.__cause__ or error.__context__
    return error is not None


class PublicBackend(AsyncNetworkBackend):
    """What every backend of ours has in common: httpcore's wire, and no local sockets."""

    def __init__(self, allow_loopback: bool) -> None:
        self._allow_loopback = allow_loopback
        self._wire = httpcore.AnyIOBackend()

    async def connect_unix_socket(
        self,
        path: str,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Never: a local socket is no public page."""
        raise ExchangeFailed("a local socket is no public page", becomes=SourceRefused)

    async def sleep(self, seconds: float) -> None:
        """Wait, as httpcore asks between its own attempts."""
        await asyncio.sleep(seconds)


class CheckedBackend(PublicBackend):
    """Resolves a host once, checks every address, connects to one of those and to no other."""

    def __init__(self, resolve: Resolver, allow_loopback: bool) -> None:
        super().__init__(allow_loopback)
        self._resolve = resolve

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """Connect. Raises ExchangeFailed for a refused or unknown host, httpcore's errors else."""
        addresses = await self._addresses(host, port)
        last: Exception = httpcore.ConnectError("no address")
        for address in addresses:
            try:
                return await self._wire.connect_tcp(
                    address, port, timeout, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                last = error
        raise last

    async def _addresses(self, host: str, port: int) -> list[str]:
        try:
            check_host(host)
            found = await self._resolve(host.strip("[]"), port)
            return choose(found, allow_loopback=self._allow_loopback)
        except AddressRefused as refused:
            raise ExchangeFailed(str(refused), becomes=SourceRefused) from None
        except (OSError, UnicodeError):
            raise ExchangeFailed("the host name cannot be resolved", passing=True) from None
