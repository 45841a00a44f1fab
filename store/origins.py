"""Where a post came from → what of it may be kept: channels and communities, never a person."""

from __future__ import annotations

import re

from russian import given

# Links that lead to somebody's own page or telephone.
_PERSONAL = re.compile(
    r"((www\.)?facebook\.com/(profile|people)|t\.me/(\+|joinchat)|wa\.me|viber:|mailto:|tel:)",
    re.IGNORECASE,
)
# Of these hosts only what is a community's or a channel's is told by its address: a bare name may
# be anybody's. A community's wall has a minus before its number.
_OF_MANY = {
    host: re.compile(rf"^https?://(www\.|m\.)?{host}/(?:{kept})", re.IGNORECASE)
    for host, kept in (
        (r"vk\.(?:com|ru)", r"(?:wall|topic|video|photo|album|doc)-\d|(?:club|public|event)\d"
                            r"|[^?]*\?(?:[^#]*&)?[wz]=(?:wall|topic|video|photo)-\d"),
        (r"(?:t|telegram)\.me", r"s/\w+|c/\d+/\d|\w+/\d"),
        (r"ok\.ru", r"group|\w+/topic/|video/\d"),
    )
}  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]+")
_LONGEST_NAME = 3  # words: surname, given name, patronymic


def public_url(url: str | None) -> str | None:
    """The link, unless it leads, or may lead, to somebody's personal page."""
    if url is None or _PERSONAL.search(url):
        return None
    for host, kept in _OF_MANY.items():
        if re.match(rf"https?://(www\.|m\.)?{host}(/|$|\?)", url, re.IGNORECASE):
            return url if kept.match(url) else None
    return url


def channel_name(forwarded_from: str | None) -> str | None:
    """The name of the channel a post was forwarded from; None if it reads like a person's."""
    if forwarded_from is None or forwarded_from.startswith("@"):
        return None
    words = _LETTERS.findall(forwarded_from)
    personal = len(words) <= _LONGEST_NAME and any(
        (word[0].isupper() and given.known(word)) for word in words
    )
    return None if personal or not words else forwarded_from
