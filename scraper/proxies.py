"""A proxy that a source's file names → connections through it; never one of the environment's.

HTTP proxies are asked to CONNECT, SOCKS5 ones (Tor) to resolve the name too, so that our own
resolver never hears of the host. What a name resolves to at the other end is out of our sight:
numbers that are not public and names of local networks are refused before they are sent.
"""

from __future__ import annotations

import ipaddress
from collections.abc import Iterable
from urllib.parse import urlsplit

import httpcore
from httpcore import SOCKET_OPTION, AsyncNetworkStream

from model import SourceRefused
from scraper.addresses import AddressRefused, check_host, permitted
from scraper.exchange import ExchangeFailed
from scraper.transport import PublicBackend

SCHEMES = ("http", "socks5", "socks5h")
_INSIDE = (".local", ".localhost", ".internal", ".lan", ".home.arpa", ".intranet")
_LONGEST_REPLY = 16_384  # bytes of an HTTP proxy's answer


def usable(text: str) -> bool:
    """Is this the address of a proxy we can speak to? A password does not belong in a file."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    good = parts.scheme in SCHEMES and parts.hostname and port
    return bool(good and not parts.username and parts.path in {"", "/"} and not parts.query)


class TunnelBackend(PublicBackend):
    """Every connection goes through one proxy, the one place it connects to itself."""

    def __init__(self, proxy: str, *, allow_loopback: bool) -> None:
        super().__init__(allow_loopback)  # of the target: a proxy of ours may stand anywhere
        parts = urlsplit(proxy)
        self._scheme, self._host, self._port = parts.scheme, parts.hostname or "", parts.port or 0

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,  # noqa: ASYNC109  httpcore's signature
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> AsyncNetworkStream:
        """A tunnel to the host. Raises ExchangeFailed."""
        try:
            _check_target(host, allow_loopback=self._allow_loopback)
        except AddressRefused as refused:
            raise ExchangeFailed(str(refused), becomes=SourceRefused) from None
        try:
            stream = await self._wire.connect_tcp(
                self._host, self._port, timeout, local_address, socket_options
            )
        except (httpcore.ConnectError, httpcore.ConnectTimeout):
            raise ExchangeFailed("the proxy cannot be reached", passing=True) from None
        try:
            if self._scheme == "http":
                await _connect(stream, host, port, timeout)
            else:
                await _socks(stream, host, port, timeout)
        except BaseException:
            await stream.aclose()
            raise
        return stream


def _check_target(host: str, *, allow_loopback: bool) -> None:
    check_host(host)
    bare = host.strip("[]").rstrip(".").lower()
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        if "." not in bare or bare.endswith(_INSIDE):
            raise AddressRefused("a name of a local network is no public page") from None
    else:
        if not permitted(bare, allow_loopback=allow_loopback):
            raise AddressRefused("the host has a private or reserved address")


async def _connect(stream: AsyncNetworkStream, host: str, port: int, wait: float | None) -> None:
    """HTTP CONNECT (RFC 9110, 9.3.6)."""
    target = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    await stream.write(f"CONNECT {target} HTTP/1.1\r\nHost: {target}\r\n\r\n".encode(), wait)
    reply = b""
    while not reply.endswith(b"\r\n\r\n"):  # byte by byte: what follows is the target's own
        reply += await _exactly(stream, 1, wait)
        if len(reply) > _LONGEST_REPLY:
            raise ExchangeFailed("the proxy's answer is no proper HTTP")
    status = reply.split(b" ", 2)[1:2]
    if status != [b"200"]:
        told = status[0].decode("ascii", "replace")[:3] if status else "nothing"
        raise ExchangeFailed(f"the proxy refuses: it answers {told}", passing=True)


async def _socks(stream: AsyncNetworkStream, host: str, port: int, wait: float | None) -> None:
    """SOCKS5 without a password, the name resolved at the other end (RFC 1928)."""
    name = host.strip("[]").encode("idna" if not host.isascii() else "ascii")
    if len(name) > 255:
        raise ExchangeFailed("not an address that can be fetched")
    await stream.write(b"\x05\x01\x00", wait)
    if await _exactly(stream, 2, wait) != b"\x05\x00":
        raise ExchangeFailed("the proxy is no SOCKS5 proxy, or wants a password")
    target = bytes([len(name)]) + name + port.to_bytes(2, "big")
    await stream.write(b"\x05\x01\x00\x03" + target, wait)
    _, code, _, kind = await _exactly(stream, 4, wait)
    if code:
        raise ExchangeFailed(f"the proxy refuses: SOCKS error {code}", passing=True)
    length = {1: 4, 4: 16}.get(kind) or (await _exactly(stream, 1, wait))[0]
    await _exactly(stream, length + 2, wait)


async def _exactly(stream: AsyncNetworkStream, size: int, wait: float | None) -> bytes:
    found = b""
    while len(found) < size:
        more = await stream.read(size - len(found), wait)
        if not more:
            raise ExchangeFailed("the proxy closes the connection", passing=True)
        found += more
    return found
