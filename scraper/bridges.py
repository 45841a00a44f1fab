"""A post's HTML as a bridge from Telegram to feeds writes it → what in it are another's words."""

from __future__ import annotations

import re

from bs4 import Tag

from scraper.markup import line_of

_FORWARDED = re.compile(r"(?:forwarded from|переслано (?:от|из)|🔁)\s*:?\s*(.*)", re.IGNORECASE)
_MESSAGE = re.compile(r"//(?:t|telegram)\.me/(?:s/)?[A-Za-z]\w{2,}/\d+")


def bridged(page: Tag) -> tuple[frozenset[int], str | None]:
    """The elements before a post's own words, by `id()`: the line that names where it was
    forwarded from, the message it answers. And the channel; people and hidden senders are not kept.
    """
    strange: set[int] = set()
    channel = None
    for block in page.find_all(["p", "blockquote"]):
        forwarded = _FORWARDED.fullmatch(line_of(block)) if block.name == "p" else None
        if forwarded is not None:
            link = block.find("a", href=_MESSAGE)
            channel = line_of(link) if link is not None else None
        elif not _is_answered(block):
            break
        strange.update((id(block), *map(id, block.find_all(["p", "blockquote"]))))
    return frozenset(strange), channel or None


def _is_answered(block: Tag) -> bool:
    """The message that is answered stands under the name of who wrote it."""
    if block.name == "p":
        return block.find_parent("blockquote") is not None
    first = next(iter(block.find_all(True)), None)
    return first is not None and first.name == "b" and first.previous_sibling is None
