"""The words of one HTTP exchange: settings, what is asked, what is answered, how it failed."""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cache
from importlib import metadata

from model import CollectFailed, Outcome, UnusableInput
from scraper.addresses import lookup
from scraper.decoding import decode
from scraper.large import Content
from scraper.sealing import key_of_environment

Resolver = Callable[[str, int], Awaitable[list[str]]]

_PACES = {"api.vk.com": 0.4, "api.vk.ru": 0.4}  # seconds; the API allows three requests a second


def utc_now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class ClientSettings:
    """How to behave on the wire. Times are seconds, sizes are bytes."""

    contact: str = ""  # an address or a mail that site owners can write to
    allow_loopback: bool = False  # 127.0.0.1 and ::1 only: the demo and the tests
    pace: float = 3.0  # between two requests to one public host
    paces: Mapping[str, float] = field(default_factory=lambda: _PACES)  # host → its own pace
    loopback_pace: float = 0.0
    attempts: int = 4
    backoff: float = 1.0  # before the first retry; doubles, with jitter of the same size
    longest_wait: float = 60.0  # a server that asks for more is left alone until its time
    longest_hold: float = 6 * 3600.0  # cap of an absurd Retry-After
    connect_timeout: float = 15.0
    read_timeout: float = 30.0
    deadline: float = 90.0  # of one whole exchange, body included
    max_bytes: int = 16 * 2**20  # of one body, after decompression
    most_held: int = 64 * 2**20  # of all bodies that are larger than a page should be
    max_file_bytes: int = 256 * 2**20
    max_redirects: int = 5
    full_fetch_days: float = 7.0  # validators older than this are not sent
    vault_key: str | None = None  # an age public key that raw answers are sealed to
    clock: Callable[[], datetime] = utc_now
    resolve: Resolver = lookup

    @classmethod
    def from_environment(cls, *, allow_loopback: bool = False) -> ClientSettings:
        """Settings of a real run: ROLLCALL_CONTACT and ROLLCALL_VAULT_KEY, checked."""
        contact = os.environ.get("ROLLCALL_CONTACT", "").strip()
        return cls(contact=contact, allow_loopback=allow_loopback, vault_key=key_of_environment())

    @property
    def user_agent(self) -> str:
        """`rollcall/<version> (+<contact>)`. Raises UnusableInput for a contact unfit for it."""
        if not (self.contact.isascii() and (self.contact.isprintable() or not self.contact)):
            raise UnusableInput("ROLLCALL_CONTACT must be one line of ASCII: an address or a mail")
        return f"rollcall/{version()} (+{self.contact or 'no contact: loopback only'})"


@cache
def version() -> str:
    """The installed version of rollcall."""
    try:
        return metadata.version("rollcall")
    except metadata.PackageNotFoundError:
        return "0"


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One GET. `sent_on`: another server's redirect chose its address, not the operator."""

    url: str
    headers: Mapping[str, str]
    sent_on: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Response:
    """A complete answer. `content` is decompressed; header names are lower case."""

    status: int
    url: str  # after redirects
    headers: Mapping[str, str]
    content: Content
    outcome: Outcome
    received_at: datetime

    def text(self, encoding: str | None = None) -> str:
        """The body as text: `encoding` where given, else as its bytes and labels say."""
        return decode(self.content[:], encoding, self.headers.get("content-type", ""))


class ExchangeFailed(Exception):
    """One exchange that gave no usable answer, before it is told as a CollectFailed."""

    def __init__(  # noqa: PLR0913  every part of the verdict is known where it is raised
        self,
        cause: str,
        *,
        becomes: type[CollectFailed] = CollectFailed,
        passing: bool = False,
        status: int | None = None,
        wait: float | None = None,
        outcome: Outcome = Outcome.FAILED,
        size: int = 0,
    ) -> None:
        super().__init__(cause)
        self.cause = cause
        self.becomes = becomes
        self.passing = passing  # worth another attempt
        self.status = status
        self.wait = wait  # seconds the server asked for
        self.outcome = outcome
        self.size = size
