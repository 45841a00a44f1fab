"""A page on which nothing was found → what stands there instead: a login, a check, an error.

The words are in `doors.tsv`. Nothing is ever solved, filled in or gone around.
"""

from __future__ import annotations

import re
from datetime import timedelta
from enum import StrEnum
from functools import cache

from model import CollectFailed, SourceChanged, SourceGone, SourceRefused
from scraper.markup import soup_of, text_of
from scraper.tsv import rows

_FIRST = 2000  # characters of a page that are looked through
_SHORT = 1500  # an honest "nothing found" stands on a page of hardly anything else
_HOLD = timedelta(hours=6)


class Door(StrEnum):
    """What a page shows in place of posts."""

    ROBOT = "robot"
    LOGIN = "login"
    ERROR = "error"
    GONE = "gone"
    NONE = "none"  # an honest "nothing found"


class NothingFound(SourceChanged):
    """The page says itself that there is nothing: no error where it never showed anything."""


# What each becomes, what is told, and for how long the source is left alone.
_BECOMES: dict[Door, tuple[type[CollectFailed], str, timedelta | None]] = {
    Door.ROBOT: (SourceRefused, "asks whether we are a robot, which is never answered", _HOLD),
    Door.LOGIN: (SourceRefused, "asks for a login", None),
    Door.ERROR: (CollectFailed, "shows an error of the server", None),
    Door.GONE: (SourceGone, "says that it is not there any more", None),
    Door.NONE: (NothingFound, "says that nothing was found", None),
}


def shut(markup: str, place: str, why: str) -> CollectFailed | None:
    """The error for a page that was not what was asked for, by what it says of itself; None where
    it says nothing known. `place` names the source and the address, `why` what was missed."""
    door = door_of(markup)
    if door is None:
        return None
    becomes, cause, hold = _BECOMES[door]
    error = becomes(f"{place}: {cause}: {why}")
    error.hold = hold
    return error


def door_of(markup: str) -> Door | None:
    """What the page says it is, by its title and first words; None where it says nothing known."""
    page = soup_of(markup)
    for unheard in page.find_all("noscript"):
        unheard.name = "div"  # a check of browsers speaks to those without scripts
    title = page.title.get_text() if page.title else ""
    said = " ".join(f"{title}\n{text_of(page)[:_FIRST]}".split())
    marked = " ".join(str(tag.get("class", "")) for tag in page.find_all(class_=True)[:200])
    for door, pattern in _patterns():
        if door is Door.NONE and len(said) > _SHORT:
            continue
        if pattern.search(said) or (door is Door.ROBOT and pattern.search(marked)):
            return door
    return None


@cache
def _patterns() -> tuple[tuple[Door, re.Pattern[str]], ...]:
    return tuple((Door(what), re.compile(told, re.IGNORECASE)) for what, told in rows("doors"))
