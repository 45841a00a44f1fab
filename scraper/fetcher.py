"""What a kind asks for → answers, politely: robots, pace, retries, redirects, validators.

Every exchange leaves one `Fetch` in `fetches`; every failure is a CollectFailed that names the
source, the place and the cause, and carries those rows.
"""

from __future__ import annotations

import errno
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit, urlunsplit

import stamina
import stamina.instrumentation

from model import (
    Capture,
    CollectFailed,
    Fetch,
    Outcome,
    Source,
    SourceChanged,
    SourceGone,
    SourceRefused,
)
from scraper.addresses import canonical, is_loopback
from scraper.exchange import ExchangeFailed, Request, Response, version
from scraper.large import Content
from scraper.sealing import Seal

if TYPE_CHECKING:
    from scraper.client import Client

# Every attempt is a Fetch row already; stamina's own log lines would print beside our output.
stamina.instrumentation.set_on_retry_hooks([])

_E = TypeVar("_E", bound=CollectFailed)

Complete = Callable[[Content], bool]
_VALIDATORS = frozenset({"etag", "last-modified"})


class Fetcher:
    """Fetches for one source. `validators` (URL → its ETag and date) go back into the cursor."""

    def __init__(
        self,
        client: Client,
        source: Source,
        validators: Mapping[str, Mapping[str, str]] | None = None,
    ) -> None:
        self.source = source
        self.client = client
        self.probe = False  # no second attempt before the first success
        self.fetches: list[Fetch] = []
        self._captures: list[Capture] = []
        self._seal = Seal(client=f"rollcall/{version()}", key=client.settings.vault_key)
        self.validators = {url: dict(given) for url, given in (validators or {}).items()}

    def now(self) -> datetime:
        """The client's clock, aware."""
        return self.client.settings.clock()

    async def get(  # noqa: PLR0913  each is one trait of a request
        self,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        params: Mapping[str, str | int] | None = None,
        conditional: bool = True,
        redirects: bool = True,
        robots: bool = True,
        complete: Complete | None = None,
    ) -> Response:
        """The answer to a GET: `outcome` is ok, or unchanged with an empty `content`.

        `conditional=False` does not ask whether anything changed; `redirects=False` takes a
        redirect for SourceGone; `robots=False` is for official APIs only; `complete` tells a
        whole body from one cut short, which is asked for again.
        Raises CollectFailed or a subclass.
        """
        full = _with_params(url, params)
        sent = dict(headers or {})
        if conditional:
            sent |= self._conditions(full)
        request = Request(url=full, headers=sent)
        response = await self._ask(request, redirects=redirects, robots=robots, complete=complete)
        if response.outcome is Outcome.OK and (conditional or url == self.source.url):
            self._remember(full, response)
        if response.outcome is Outcome.OK:
            self._capture(full, response.content)
        return response

    def read(self, path: str | Path) -> bytes:
        """The bytes of a local file, relative to the source's own file, up to `max_file_bytes`.

        Raises CollectFailed, SourceGone where there is no such file.
        """
        started, clock = self.now(), time.monotonic()
        place = self.local(path)
        try:
            content = _read_file(place, self.client.settings.max_file_bytes)
        except OSError as error:
            becomes = SourceGone if isinstance(error, FileNotFoundError) else CollectFailed
            failed = ExchangeFailed(error.strerror or "cannot be read", becomes=becomes)
            self._note(Request(url=place.name, headers={}), started, clock, failed)
            raise self._failure(place.name, failed) from None
        row = Fetch(
            source=self.source.name,
            url=place.name,
            started_at=started,
            seconds=time.monotonic() - clock,
            outcome=Outcome.OK,
            size=len(content),
        )
        self.fetches.append(row)
        self._capture(place.name, content)
        return content

    def captures(self) -> tuple[Capture, ...]:
        """The answers since the last call, as evidence; they are handed over once."""
        taken = tuple(self._captures)
        self._captures.clear()
        return taken

    def _capture(self, url: str, content: Content) -> None:
        self._captures.append(self._seal.capture(self.source.name, url, content, self.now()))

    def local(self, path: str | Path) -> Path:
        """Where a path of the source's file lies: relative ones are beside that file."""
        return Path(self.source.path).parent / path

    def changed(self, place: str, cause: str) -> SourceChanged:
        """The error to raise when an answer no longer looks as it did; its fetch is `suspect`."""
        return self.error(SourceChanged, place, cause)

    def refused(self, place: str, cause: str, hold: timedelta | None = None) -> SourceRefused:
        """The error to raise where nothing may be asked at all before `hold` ends."""
        return self._as_error(SourceRefused, place, cause, hold)

    def failed(self, place: str, cause: str, hold: timedelta | None = None) -> CollectFailed:
        """The error to raise when the answer is of no use this time."""
        return self.error(CollectFailed, place, cause, hold)

    def error(self, kind: type[_E], place: str, cause: str, hold: timedelta | None = None) -> _E:
        """The error of any kind to raise for an answer; its fetch is `suspect`."""
        self.suspect(cause)
        return self._as_error(kind, place, cause, hold)

    def suspect(self, cause: str) -> None:
        """Mark the last fetch: it answered, and nothing may be concluded from what it lacks."""
        if self.fetches and self.fetches[-1].outcome is not Outcome.FAILED:
            self.fetches[-1] = replace(self.fetches[-1], outcome=Outcome.SUSPECT, error=cause)

    def odd(self, told: Sequence[str]) -> None:
        """Tell what looks odd about the last answer, where anything does; it is read as it is."""
        if told:
            self.suspect("; ".join(told))

    def _as_error(
        self, kind: type[_E], place: str, cause: str, hold: timedelta | None = None
    ) -> _E:
        error = kind(f"{self.source.name}: {canonical(place)}: {cause}")
        error.fetches = tuple(self.fetches)
        error.hold = hold
        return error

    def _failure(self, place: str, failed: ExchangeFailed) -> CollectFailed:
        hold = None
        if failed.wait is not None:
            longest = self.client.settings.longest_hold
            hold = timedelta(seconds=min(failed.wait, longest))
        return self._as_error(failed.becomes, place, failed.cause, hold)

    async def _ask(
        self, request: Request, *, redirects: bool, robots: bool, complete: Complete | None
    ) -> Response:
        """One request with its retries. Raises CollectFailed."""
        settings = self.client.settings
        try:
            self._check_sendable(request.url)
            async for attempt in stamina.retry_context(
                on=self._wait_before_retry,
                attempts=1 if self.probe else settings.attempts,
                timeout=None,
                wait_initial=settings.backoff,
                wait_max=settings.longest_wait,
                wait_jitter=settings.backoff,
            ):
                with attempt:
                    response = await self._attempt(request, redirects, robots, complete)
                    self.probe = False
                    return response
        except ExchangeFailed as failed:
            raise self._failure(request.url, failed) from None
        raise AssertionError("stamina always returns or raises")

    def _check_sendable(self, url: str) -> None:
        _check_form(url)
        if not self.client.settings.contact and not is_loopback(urlsplit(url).hostname or ""):
            raise ExchangeFailed(
                "set ROLLCALL_CONTACT (an address or a mail that site owners can write to) "
                "before collecting from the public web",
                becomes=SourceRefused,
            )

    def _wait_before_retry(self, error: Exception) -> bool | float:
        if not isinstance(error, ExchangeFailed) or not error.passing:
            return False
        if error.wait is None:
            return True
        return error.wait if error.wait <= self.client.settings.longest_wait else False

    async def _attempt(
        self, request: Request, redirects: bool, robots: bool, complete: Complete | None
    ) -> Response:
        """One attempt, its redirects followed by hand, each hop checked like the first."""
        for _ in range(self.client.settings.max_redirects + 1):
            if robots:
                await self._check_robots(request.url)
            response = await self._exchange(request, complete)
            target = response.headers.get("location")
            if response.status in {200, 203, 304} or target is None:
                return response
            if not redirects:
                cause = "redirects elsewhere: nothing is here any more"
                raise self._astray(
                    ExchangeFailed(cause, becomes=SourceGone, status=response.status)
                )
            try:
                request = _follow(request, target)
            except ExchangeFailed as failed:
                raise self._astray(failed) from None
        raise self._astray(ExchangeFailed("too many redirects", becomes=SourceChanged))

    def _astray(self, failed: ExchangeFailed) -> ExchangeFailed:
        """A redirect that is not followed fails the exchange that gave it."""
        self.fetches[-1] = replace(self.fetches[-1], outcome=Outcome.FAILED, error=failed.cause)
        return failed

    async def _check_robots(self, url: str) -> None:
        async def ask(address: str) -> Response:
            headers = {"Accept": "text/plain, */*"}
            asked = Request(url=address, headers=headers)
            try:
                return await self._attempt(asked, redirects=True, robots=False, complete=None)
            except ExchangeFailed as failed:
                if failed.status is not None and 400 <= failed.status < 500:  # a plain "no rules"
                    self.fetches[-1] = replace(self.fetches[-1], outcome=Outcome.OK, error=None)
                raise

        delay = await self.client.robots.check(url, ask)
        if delay:
            await self.client.hosts.slow(url, delay)

    async def _exchange(self, request: Request, complete: Complete | None) -> Response:
        """One exchange at the host's pace, and its row."""
        async with self.client.hosts.slot(request.url):
            started, clock = self.now(), time.monotonic()
            try:
                response = await self.client.exchange(request, self.source.proxy)
                _check_answer(request, response, complete)
            except ExchangeFailed as failed:
                if failed.wait is not None:
                    self.client.hosts.hold(request.url, failed.wait)
                self._note(request, started, clock, failed)
                raise
        if "Authorization" in request.headers:  # an answer might repeat the token it was shown
            plain = {k: v for k, v in response.headers.items() if k not in _VALIDATORS}
            response = replace(response, headers=plain)
        self._note(request, started, clock, response)
        return response

    def _note(
        self, request: Request, started: datetime, clock: float, end: Response | ExchangeFailed
    ) -> None:
        # What a redirect adds behind the `?` may name whomever: it is asked for, and not kept.
        shown = request.url.partition("?")[0] if request.sent_on else request.url
        row = Fetch(
            source=self.source.name,
            url=canonical(shown),
            started_at=started,
            seconds=time.monotonic() - clock,
            outcome=end.outcome,
            status=end.status,
        )
        if isinstance(end, Response):
            row = replace(
                row,
                size=len(end.content),
                etag=end.headers.get("etag"),
                last_modified=end.headers.get("last-modified"),
            )
        else:
            row = replace(row, error=end.cause)
        self.fetches.append(row)

    def _conditions(self, url: str) -> dict[str, str]:
        """If-None-Match and If-Modified-Since, unless the last whole fetch is too long ago."""
        known = self.validators.get(canonical(url), {})
        oldest = self.now() - timedelta(days=self.client.settings.full_fetch_days)
        try:
            if datetime.fromisoformat(known["fetched_at"]) < oldest:
                return {}
        except (KeyError, ValueError, TypeError):
            return {}
        names = {"etag": "If-None-Match", "last_modified": "If-Modified-Since"}
        return {sent: known[ours] for ours, sent in names.items() if known.get(ours)}

    def _remember(self, url: str, response: Response) -> None:
        kept = {
            "etag": response.headers.get("etag", ""),
            "last_modified": response.headers.get("last-modified", ""),
        }
        if any(kept.values()):
            self.validators[canonical(url)] = kept | {"fetched_at": self.now().isoformat()}
        else:
            self.validators.pop(canonical(url), None)


def _check_answer(request: Request, response: Response, complete: Complete | None) -> None:
    asked = {name.lower() for name in request.headers}
    if response.status == 304 and not asked & {"if-none-match", "if-modified-since"}:
        raise ExchangeFailed(
            "says 304 to a question that did not ask for it",
            becomes=SourceChanged,
            passing=True,
            status=304,
            outcome=Outcome.SUSPECT,
        )
    if response.status in {200, 203} and complete and not complete(response.content):
        raise ExchangeFailed("the page is cut short", passing=True, status=response.status)


def _follow(request: Request, target: str) -> Request:
    """The request of the next hop; what was meant for one host alone stays behind."""
    try:
        url = urljoin(request.url, target)
    except ValueError:
        raise ExchangeFailed("redirects to no address", becomes=SourceChanged) from None
    _check_form(url)
    leaves = urlsplit(url).netloc.lower() != urlsplit(request.url).netloc.lower()
    if urlsplit(request.url).scheme == "https" and urlsplit(url).scheme != "https":
        raise ExchangeFailed("redirects from https to an open line", becomes=SourceRefused)
    private = {"authorization", "cookie", "if-none-match", "if-modified-since"}
    headers = {
        name: value
        for name, value in request.headers.items()
        if not (leaves and name.lower() in private)
    }
    return Request(url=url, headers=headers, sent_on=True)


def _with_params(url: str, params: Mapping[str, str | int] | None) -> str:
    if not params:
        return url
    parts = urlsplit(url)
    given = [
        (key, value)
        for key, value in parse_qsl(parts.query, keep_blank_values=True)
        if key not in params
    ]
    query = urlencode([*given, *((key, str(value)) for key, value in params.items())])
    return urlunsplit((parts.scheme, parts.netloc, parts.path, query, ""))


def _check_form(url: str) -> None:
    try:
        parts = urlsplit(url)
        good = parts.scheme in {"http", "https"} and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good:
        raise ExchangeFailed("not an http or https address", becomes=SourceRefused)


def _read_file(path: Path, limit: int) -> bytes:
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise OSError(errno.EFBIG, f"the file is larger than {limit} bytes")
    return content
