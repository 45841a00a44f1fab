"""Hosts and addresses → the ones we may connect to; URLs → URLs fit to be kept and shown."""

from __future__ import annotations

import asyncio
import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_REFUSED = tuple(
    ipaddress.ip_network(network)
    for network in (
        "192.0.0.0/24",  # protocol assignments, a cloud's metadata among them
        "192.88.99.0/24",  # 6to4 relays: a way into 2002::/16
        "168.63.129.16/32",  # a cloud's metadata, on a public address
        "64:ff9b:1::/48",  # NAT64 of the local network
        "2001::/32",  # Teredo carries an IPv4 address
        "2002::/16",  # so does 6to4
        "fec0::/10",  # old site-local addresses
        "::/96",  # IPv4-compatible, withdrawn
    )
)
_ISATAP = (0x00005EFE, 0x02005EFE)  # the middle words of an interface id that hides an IPv4 address
_LOOPBACK = frozenset({ipaddress.ip_address("127.0.0.1"), ipaddress.ip_address("::1")})
_NUMERIC_HOST = re.compile(r"(?:0x[0-9a-f]*|[0-9]+)\.?", re.IGNORECASE)
_SECRETS = re.compile(
    r"(?:access_?|auth_?|api_?|service_?)?token|(?:api_?|access_?)?key|(?:client_?)?secret"
    r"|sid|(?:php|j|asp)?sess(?:ion)?_?id|session|password|passwd|pwd|auth|sig|signature",
    re.IGNORECASE,
)
_SESSION_IN_PATH = re.compile(r";(?:jsessionid|phpsessid|sid)=[^/?#;]*", re.IGNORECASE)
_SESSION_IN_QUERY = re.compile(r";(?:jsessionid|phpsessid|sid)=[^&;]*", re.IGNORECASE)
_PERSONAL = re.compile(
    r"//(?:[\w-]+\.)*(?:(?:vk\.(?:com|ru)/(?:id|wall|photo|video|album)\d)"
    r"|ok\.ru/(?:profile|feed)|(?:facebook|instagram|tiktok|twitter|x)\.com/|wa\.me/|viber\.)"
    r"|^(?:tel|mailto|viber|whatsapp|tg):",
    re.IGNORECASE,
)
_LONG_HEX = re.compile(r"(?=[a-f]*\d)[0-9a-f]{12,}", re.IGNORECASE)
_ANCHOR = re.compile(r"#[A-Za-z]{0,12}[-_]?\d{1,12}$")


class AddressRefused(Exception):
    """A host that must not be connected to; the text says why."""


def check_host(host: str) -> None:
    """Refuse host spellings that only an attacker uses: numbers as hosts, zone ids, blanks.

    Raises AddressRefused. A dotted quad in its plain form and a bracketed IPv6 address pass.
    """
    bare = host.strip("[]")
    if not bare or "%" in bare or any(char.isspace() for char in bare):
        raise AddressRefused("not a plain host name")
    try:
        ipaddress.ip_address(bare)
    except ValueError:
        last = bare.rstrip(".").rpartition(".")[2]
        if _NUMERIC_HOST.fullmatch(last):
            raise AddressRefused("a number in disguise is no host name") from None


def permitted(address: str, *, allow_loopback: bool) -> bool:
    """May we connect there? Only public unicast addresses, whatever prefix they hide behind."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return False
    if parsed in _LOOPBACK:
        return allow_loopback
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.scope_id is not None or _hides_isatap(parsed):
            return False
        if parsed.ipv4_mapped is not None:
            return permitted(str(parsed.ipv4_mapped), allow_loopback=False)
        if parsed in _NAT64:
            embedded = ipaddress.IPv4Address(int(parsed) & 0xFFFFFFFF)
            return permitted(str(embedded), allow_loopback=False)
    return _public(parsed)


def _public(address: Address) -> bool:
    if any(address.version == net.version and address in net for net in _REFUSED):
        return False
    odd = address.is_multicast or address.is_reserved or address.is_unspecified
    return address.is_global and not odd


def _hides_isatap(address: ipaddress.IPv6Address) -> bool:
    return (int(address) >> 32) & 0xFFFFFFFF in _ISATAP


def personal(url: str) -> bool:
    """Does the URL lead to a person's page? Such a link is never kept."""
    return bool(_PERSONAL.search(url))


async def lookup(host: str, port: int) -> list[str]:
    """All addresses of a host, as the system resolves it. Raises OSError."""
    loop = asyncio.get_running_loop()
    found = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def choose(addresses: Iterable[str], *, allow_loopback: bool) -> list[str]:
    """The addresses to try, in order. One refused address refuses the host: no picking around it.

    Raises AddressRefused.
    """
    listed = list(addresses)
    if not listed:
        raise AddressRefused("the host has no address")
    for address in listed:
        if not permitted(address, allow_loopback=allow_loopback):
            raise AddressRefused("the host has a private or reserved address")
    return listed


def is_loopback(host: str) -> bool:
    """Is this host, as written in a URL, the machine itself?"""
    bare = host.strip("[]").lower()
    return bare in {"127.0.0.1", "::1", "localhost"}


def canonical(url: str) -> str:
    """The URL without user, fragment, session ids and secrets: fit to be an id, a link, a log line.

    >>> canonical("https://u:p@forum.example/t.php?t=5&sid=0a1b#p7")
    'https://forum.example/t.php?t=5'
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.rpartition("@")[2]
        told = _SESSION_IN_QUERY.sub("", parts.query)
        query = parse_qsl(told, keep_blank_values=True)
    except ValueError:
        return "(unreadable address)"
    kept = [(key, value) for key, value in query if not _secret(key, value)]
    new_query = told if len(kept) == len(query) else urlencode(kept)
    return urlunsplit((parts.scheme, host, _SESSION_IN_PATH.sub("", parts.path), new_query, ""))


def anchored(url: str) -> str:
    """The canonical URL with its anchor, which on a page of many posts names the one.

    >>> anchored("https://forum.example/t.php?t=5&sid=0a1b#p7")
    'https://forum.example/t.php?t=5#p7'
    """
    anchor = _ANCHOR.search(url)
    return canonical(url) + (anchor[0] if anchor else "")


def lasting(text: str) -> str:
    """An id without what changes from visit to visit, where it is a link or a part of one.

    >>> lasting("t.php?p=7&sid=0a1b#p7")
    't.php?p=7#p7'
    """
    if not re.search(r"[?&;]\w+=", text):
        return text
    place, mark, fragment = text.partition("#")
    return f"{canonical(place)}{mark}{fragment}"


def _secret(key: str, value: str) -> bool:
    person = key in {"owner_id", "user_id"} and value.isdecimal()  # a community's is negative
    session = key == "s" and bool(_LONG_HEX.fullmatch(value))
    return person or session or bool(_SECRETS.fullmatch(key))
