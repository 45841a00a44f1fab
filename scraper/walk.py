"""A start page, the pages its links lead to, and their next pages → each page once, in order."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from urllib.parse import urljoin

from bs4 import BeautifulSoup

from model import Outcome, Source
from scraper import markup, origin, readers
from scraper.addresses import canonical
from scraper.cells import attribute_of
from scraper.client import Fetcher
from scraper.large import Content, digest, pieces

_PAGE = re.compile(rb"<(?:html|body)[\s>]", re.IGNORECASE)
_MARK = re.compile(rb"<(/?)(?:div|article|section|main|span|a|ol|ul|dl)[\s>]", re.IGNORECASE)

Known = Mapping[str, Mapping[str, object]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """One page of a walk. `content` is None where it is as it was when the cursor was kept."""

    url: str
    content: Content | None
    content_type: str = ""
    kept: Mapping[str, object]  # sha256, next, links: what the cursor remembers of it
    size: int = 0  # bytes of what came from the web; 0 for a file
    thread: str | None = None  # the link that led here from the start page: a forum's topic


class Walk:
    """A polite walk: breadth by `follow`, onwards by `next`, never the same address twice."""

    def __init__(self, source: Source, fetcher: Fetcher, known: Known) -> None:
        self.source, self.fetcher, self.known = source, fetcher, known
        self.left = int(source.options.get("pages", 100))
        self.seen: set[str] = set()

    async def sheets(self) -> AsyncIterator[Sheet]:
        """Every page that may hold rows. Raises CollectFailed."""
        follow = "follow" in self.source.options
        links: list[str] = []
        async for sheet in self._onwards(self.source.url):
            if follow:
                links.extend(_texts(sheet.kept["links"]))
            else:
                yield sheet
        for link in links:
            async for sheet in self._onwards(link):
                yield replace(sheet, thread=link)

    async def _onwards(self, url: str) -> AsyncIterator[Sheet]:
        following: str | None = url
        while following and canonical(following) not in self.seen and self.left > 0:
            self.seen.add(canonical(following))
            self.left -= 1
            sheet = await self._sheet(following)
            yield sheet
            following = str(sheet.kept["next"] or "")

    async def _sheet(self, url: str) -> Sheet:
        kept = self.known.get(url, {})
        if origin.local_path(self.source) is None:
            response = await self.fetcher.get(url, conditional=bool(kept), complete=whole)
            if response.outcome is Outcome.UNCHANGED:
                return Sheet(url=url, content=None, kept=kept)
            content: Content = response.content
            content_type, base = response.headers.get("content-type", ""), response.url
        else:
            content, content_type, base = self.fetcher.read(_path(self.source)), "", ""
        mark = digest(content)
        if kept.get("sha256") == mark:
            origin.mark_unchanged(self.fetcher)
            return Sheet(url=url, content=None, kept=kept)
        options = self.source.options
        wanted = {key: str(options.get(key, "")) for key in ("next", "follow")}
        size = len(content) if base else 0
        links: dict[str, list[str]] = {"next": [], "follow": []}
        if base and any(wanted.values()):
            links = await readers.parse(
                self.fetcher, url, size, links_of, self.source, content, content_type, base, wanted
            )
        return Sheet(
            url=url,
            content=content,
            content_type=content_type,
            size=size,
            kept={
                "sha256": mark,
                "next": next(iter(links["next"]), None),
                "links": links["follow"],
            },
        )


def whole(content: Content) -> bool:
    """Did the page arrive whole? Pages that never close anything are common; a page cut short
    has elements open beside."""
    ends = content[-65536:].lower()
    if b"</html" in ends or b"</body" in ends or not _PAGE.search(content[:65536]):
        return True
    balance = 0
    for piece in pieces(content):
        for mark in _MARK.finditer(piece):
            balance += -1 if mark[1] else 1
    return balance <= 0


def links_of(
    source: Source, content: bytes, content_type: str, base: str, wanted: Mapping[str, str]
) -> dict[str, list[str]]:
    """The addresses that each selector finds on a page, absolute, each once."""
    page = markup.soup_of(origin.text(source, content, content_type))
    return {key: _links(page, base, selector) for key, selector in wanted.items()}


def _links(page: BeautifulSoup, base: str, selector: str) -> list[str]:
    if not selector:
        return []
    found = (attribute_of(tag, "href") for tag in markup.select(page, selector))
    return list(dict.fromkeys(canonical(urljoin(base, link)) for link in found if link))


def _path(source: Source) -> str:
    path = origin.local_path(source)
    return str(path.resolve() if path else source.url)


def _texts(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []


def dropped(before: Sequence[str], now: Sequence[str], *, from_top: bool) -> list[str]:
    """Ids that stood between two that still stand, and do no more.

    What fell off either end may only have moved out of sight; `from_top`: nothing does so at the
    beginning, where the newest stand.
    """
    present = set(now)
    standing = [at for at, known in enumerate(before) if known in present]
    if not standing:
        return []
    first = 0 if from_top else standing[0]
    return [known for known in before[first : standing[-1]] if known not in present]
