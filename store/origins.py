"""Where a post came from → what of it may be kept: channels and communities, never a person."""

from __future__ import annotations

import re

from russian import given

# Links that lead to somebody's own page; a community's wall has a minus before its number.
_PERSONAL = re.compile(
    r"(vk\.(com|ru)/(id\d|wall\d|[^/?]*\?w=wall\d)|ok\.ru/profile|facebook\.com/(profile|people)"
    r"|t\.me/(\+|joinchat)|wa\.me|viber:|mailto:|tel:)",
    re.IGNORECASE,
)
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_NAME = 3  # words: surname, given name, patronymic


def public_url(url: str | None) -> str | None:
    """The link, unless it leads to somebody's personal page."""
    return None if url is None or _PERSONAL.search(url) else url


def channel_name(forwarded_from: str | None) -> str | None:
    """The name of the channel a post was forwarded from; None if it reads like a person's."""
    if forwarded_from is None or forwarded_from.startswith("@"):
        return None
    words = _LETTERS.findall(forwarded_from)
    personal = len(words) <= _LONGEST_NAME and any(
        (word[0].isupper() and given.known(word)) for word in words
    )
    return None if personal or not words else forwarded_from
