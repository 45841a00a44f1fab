"""A page → which of its elements are not the author's words, and the post that a quotation names.

The table is `furniture.tsv`: quotations, buttons, notes of edits, previews of links, share boxes.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import islice

from bs4 import Tag

from scraper.markup import select
from scraper.tsv import rows

_SIGNED = re.compile(r"(?:^|\n)_{15,20}\n(?:[^\n]{0,120}(?:\n|\Z)){1,4}\Z")  # under a rule, briefly
_WHOLE = {"td": "table", "cite": "blockquote"}  # what stands for more than itself
_TRIED = 3  # quotations of a post that are asked which post they quote
_NOT = re.compile(r":not\(.*\)|:has|\[[^\]]*\]")  # what a selector does not ask for by name
_WANTED = re.compile(r"[a-z][\w-]*", re.IGNORECASE)
_LEADS = re.compile(r"\b(?:p|pid|post|msg|entry|comment)\D{0,4}\d", re.IGNORECASE)  # to a post
_POST = re.compile(r"(\d+)\D*$")
_NUMBERED = re.compile(r"([^?/]*?)(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Furniture:
    """The elements of one page that are not the author's words, by `id()`."""

    elements: frozenset[int] = frozenset()
    quotations: Mapping[int, str] = field(default_factory=dict)  # → where they name their post
    nested: frozenset[int] = frozenset()  # posts that stand within another

    def answered(self, post: Tag) -> str | None:
        """What the first quotation in this post calls the one it quotes."""
        if not self.quotations:
            return None
        quoted = (tag for tag in self.own(post, post.find_all(True)) if id(tag) in self.quotations)
        told = (_told(tag, self.quotations[id(tag)]) for tag in islice(quoted, _TRIED))
        return next(filter(None, told), None)

    def own(self, post: Tag, found: Iterable[Tag]) -> Iterator[Tag]:
        """Of what was found in a post, what does not belong to another within it."""
        for tag in found:
            around: Tag | None = tag if self.nested else post
            while around is not None and around is not post and id(around) not in self.nested:
                around = around.parent
            if around is post:
                yield tag


def furniture_of(page: Tag, posts: Iterable[Tag] = (), dropped: str = "") -> Furniture:
    """What of a page is not its authors' words: what the table knows, what the selector `dropped`
    finds, and the posts that stand within another."""
    borne: dict[str, list[Tag]] = {}  # class or element → where it stands
    for tag in page.find_all(True):
        for name in (tag.name, *tag.get_attribute_list("class")):
            if name:
                borne.setdefault(name, []).append(tag)
    every = {id(post): post for post in posts}
    nested = {name for name, post in every.items() if any(id(up) in every for up in post.parents)}
    elements = {*nested, *map(id, select(page, dropped) if dropped else ())}
    quotations: dict[int, str] = {}
    for what, selector, names, place in _selectors():
        if names <= borne.keys() and (what != "board" or every):
            for tag in borne[selector[1:]] if selector[1:] in names else select(page, selector):
                whole = _WHOLE.get(tag.name)
                elements.add(id(tag.find_parent(whole) if whole else tag))
                if place:
                    quotations[id(tag)] = place
    return Furniture(elements=frozenset(elements), quotations=quotations, nested=frozenset(nested))


def own_words(text: str) -> str:
    """A text without lines of software, quoted lines (`> …`) and a signature under a rule."""
    lines = _SIGNED.sub("", text).split("\n")
    return "\n".join(line for line in lines if not _lines().fullmatch(line.strip())).strip()


def is_gone(text: str) -> bool:
    """Does the text only say that a post was deleted or hidden?"""
    return len(text) < 200 and bool(_gone().fullmatch(" ".join(text.split())))


def named_alike(own: str, told: str) -> str | None:
    """The id of another post of the page, which `told` names by its number, in the form of `own`.

    >>> named_alike("p5013", "./viewtopic.php?p=5011#p5011")
    'p5011'
    """
    number, form = _POST.search(told), _NUMBERED.fullmatch(own)
    if number is None or form is None or number[1] == form[2]:
        return None
    return f"{form[1]}{number[1]}"


def _told(quotation: Tag, place: str) -> str | None:
    selector, _, attribute = place.partition("@")
    named = select(quotation, selector) if selector else [quotation]
    values = (str(tag.get(attribute) or "") for tag in named)
    return next((told for told in values if not selector or _LEADS.search(told)), None)


@cache
def _selectors() -> tuple[tuple[str, str, frozenset[str], str], ...]:
    """What a selector finds, the selector, the classes and elements it needs, and where a
    quotation names its post."""
    found = []
    for what, selector, *place in rows("furniture"):
        if what in ("quote", "board", "part"):
            wanted = _WANTED.findall(_NOT.sub("", selector))
            found.append((what, selector, frozenset(wanted), "".join(place)))
    return tuple(found)


def _pattern(what: str) -> re.Pattern[str]:
    told = (row[1] for row in rows("furniture") if row[0] == what)
    return re.compile("|".join(f"(?:{pattern})" for pattern in told), re.IGNORECASE)


@cache
def _lines() -> re.Pattern[str]:
    return _pattern("line")


@cache
def _gone() -> re.Pattern[str]:
    return _pattern("gone")
