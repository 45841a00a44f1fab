"""Markup → a tree, its elements, and the text a browser shows, with its line breaks."""

from __future__ import annotations

import re

from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString, PreformattedString
from soupsieve import SelectorSyntaxError

_BLOCKS = re.compile(
    "address|article|aside|blockquote|caption|center|dd|details|div|dl|dt|fieldset|figcaption|figure"
    "|footer|form|h[1-6r]|header|legend|li|main|nav|ol|p|pre|section|summary|table|tbody|td|tfoot"
    "|th|thead|tr|ul"
)
_UNSEEN = re.compile("script|style|template|head|noscript|iframe|object|svg|textarea|select")
_BR = re.compile(r"(?<!<br>)</br\s*/?>", re.IGNORECASE)
_STRUCK = frozenset(("s", "del", "strike"))
LINE = "\x1e"  # a line begins here, unless one just did
_SPACES = re.compile(r"[ \t\n\r\f]+")
_BREAKS = re.compile("([\n\x1e])")
_RUNS = re.compile("[ \t]{2,}")
_GAPS = re.compile(r"\n{3,}")


def soup_of(markup: str | bytes) -> BeautifulSoup:
    """The tree of a page or of a piece of one, as forgiving as a browser. Never raises."""
    return BeautifulSoup(mended(markup), "lxml")


def mended(markup: str | bytes) -> str:
    """The text of a page, with what browsers know and libxml2 does not: NUL, and `</br>`."""
    text = markup.decode("utf-8", "replace") if isinstance(markup, bytes) else markup
    return _BR.sub("<br>", text.replace("\0", "\ufffd"))


def select(node: Tag, selector: str) -> list[Tag]:
    """The elements inside `node` that match, in document order. ValueError for a bad selector."""
    try:
        return list(node.select(selector))
    except (SelectorSyntaxError, NotImplementedError) as error:
        raise ValueError(f"{selector!r} is no CSS selector") from error


def text_of(tag: Tag, *, keep_spaces: bool = False, struck: bool = True) -> str:
    """The text of an element, with a new line where a browser begins one.

    `keep_spaces` is for text styled `white-space: pre-wrap`: its own line ends count. Without
    `struck`, what is struck out is left out.
    """
    pieces: list[str] = []
    todo: list[Tag | NavigableString | str] = [tag]
    while todo:
        node = todo.pop()
        if isinstance(node, Tag):
            if struck or node.name not in _STRUCK:
                _open(node, pieces, todo)
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString):
                pieces.append(str(node) if keep_spaces else spaced(str(node)))
        else:
            pieces.append(node)
    return tidy("".join(pieces), keep_spaces=keep_spaces)


def line_of(tag: Tag) -> str:
    """The text of an element on one line."""
    return " ".join(text_of(tag).split())


def _open(tag: Tag, pieces: list[str], todo: list[Tag | NavigableString | str]) -> None:
    """Put an element's children on the list of what is still to be read."""
    if tag.name == "br":
        pieces.append("\n")
    elif not is_unseen(tag.name) and not tag.has_attr("hidden"):
        if is_block(tag.name):
            pieces.append(LINE)
            todo.append(LINE)
        todo.extend(
            child for child in reversed(tag.contents) if isinstance(child, Tag | NavigableString)
        )


def is_block(name: str) -> bool:
    """Does a browser begin a line at this element?"""
    return bool(_BLOCKS.fullmatch(name))


def is_unseen(name: str) -> bool:
    """Does a browser show nothing of this element?"""
    return bool(_UNSEEN.fullmatch(name))


def spaced(text: str) -> str:
    """White space as a browser shows it."""
    return _SPACES.sub(" ", text)


def tidy(text: str, *, keep_spaces: bool) -> str:
    """Lines without blanks at their ends; at most one empty line between two."""
    lines, line = [], ""
    for piece in _BREAKS.split(text.replace("\r\n", "\n").replace("\r", "\n")):
        if piece not in ("\n", LINE):
            line += piece
        elif piece == "\n" or line.strip(" \t"):
            lines.append(line.strip(" \t"))
            line = ""
        else:
            line = ""
    shown = "\n".join([*lines, line.strip(" \t")])
    return _GAPS.sub("\n\n", shown if keep_spaces else _RUNS.sub(" ", shown)).strip(" \t\n")
