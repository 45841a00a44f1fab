"""Markup → a tree, its elements, and the text a browser shows, with its line breaks."""

from __future__ import annotations

import re
import warnings

from bs4 import BeautifulSoup, Tag, XMLParsedAsHTMLWarning
from bs4.element import NavigableString, PreformattedString
from soupsieve import NOSTRICT, SelectorSyntaxError

_BLOCKS = re.compile(
    "address|article|aside|blockquote|caption|center|dd|details|dialog|dir|div|dl|dt|fieldset"
    "|figcaption|figure|footer|form|h[1-6r]|header|hgroup|legend|li|listing|main|menu|nav|ol|p"
    "|plaintext|pre|search|section|summary|table|tbody|tfoot|thead|tr|ul|xmp"
)
_UNSEEN = re.compile(
    "audio|canvas|datalist|head|iframe|noembed|noframes|noscript|object|rp|script|select|style|svg"
    "|template|textarea|video"
)
_OWN_LINES = frozenset({"pre", "listing", "xmp", "plaintext"})  # their line ends are shown
_BR = re.compile(r"(?<!<br>)</br\s*/?>", re.IGNORECASE)
_STRUCK = frozenset(("s", "del", "strike"))
_CLOSED = re.compile(r"</p\s*>", re.IGNORECASE)
_MARKS = re.compile(rf"<(/?)({_BLOCKS.pattern})(?=[\s/>])", re.IGNORECASE)
LINE = "\x1e"  # a line begins here, unless one just did
END = "\x1f"  # here an element ends whose line ends are shown
_SPACES = re.compile(r"[ \t\n\r\f]+")
_BREAKS = re.compile("([\n\x1e])")
_RUNS = re.compile("[ \t]{2,}")
_GAPS = re.compile(r"\n{3,}")


def soup_of(markup: str | bytes) -> BeautifulSoup:
    """The tree of a page or of a piece of one, as forgiving as a browser. Never raises."""
    with warnings.catch_warnings():  # a page that begins as XML is read as HTML, as browsers do
        warnings.simplefilter("ignore", XMLParsedAsHTMLWarning)
        return BeautifulSoup(mended(markup), "lxml")


def mended(markup: str | bytes) -> str:
    """The text of a page, with what browsers know and libxml2 does not: NUL, `</br>`, a `</p>`
    that ends nothing."""
    text = markup.decode("utf-8", "replace") if isinstance(markup, bytes) else markup
    text = _BR.sub("<br>", text.replace("\0", "\ufffd"))
    return _paired(text) if _CLOSED.search(text) else text


def _paired(text: str) -> str:
    """A `</p>` where no paragraph is open becomes an empty one: there a browser ends the line.

    Any other block, beginning or ending, ends the paragraph before it.
    """
    is_open = False

    def mend(found: re.Match[str]) -> str:
        nonlocal is_open
        before, is_open = is_open, False
        if found[2] in "pP":
            is_open = not found[1]
            return found[0] if before or is_open else "<p></p"
        return found[0]

    return _MARKS.sub(mend, text)


def select(node: Tag, selector: str) -> list[Tag]:
    """The elements inside `node` that match, in document order. ValueError for a bad selector."""
    try:
        try:
            return list(node.select(selector))
        except SelectorSyntaxError:  # `:has(> a > b)`, as browsers read it; slow, so seconded
            return list(node.css.select(selector, flags=NOSTRICT))
    except (SelectorSyntaxError, NotImplementedError) as error:
        raise ValueError(f"{selector!r} is no CSS selector") from error


def text_of(
    tag: Tag,
    *,
    keep_spaces: bool = False,
    struck: bool = True,
    without: frozenset[int] = frozenset(),
) -> str:
    """The text of an element, with a new line where a browser begins one.

    `keep_spaces` is for text styled `white-space: pre-wrap`: its own line ends count. Without
    `struck`, what is struck out is left out; so are elements in it whose `id()` is in `without`.
    """
    pieces: list[str] = []
    todo: list[Tag | NavigableString | str] = [tag]
    kept = int(keep_spaces)  # elements around whose line ends are shown
    while todo:
        node = todo.pop()
        if isinstance(node, Tag):
            if id(node) in without and node is not tag:
                pieces.append(LINE if is_block(node.name) else " ")
            elif struck or node.name not in _STRUCK:
                kept += _open(node, pieces, todo)
        elif isinstance(node, NavigableString):
            if not isinstance(node, PreformattedString):
                pieces.append(str(node) if kept else spaced(str(node)))
        elif node is END:
            kept -= 1
        else:
            pieces.append(node)
    return tidy("".join(pieces), keep_spaces=keep_spaces)


def line_of(tag: Tag) -> str:
    """The text of an element on one line."""
    return " ".join(text_of(tag).split())


def _open(tag: Tag, pieces: list[str], todo: list[Tag | NavigableString | str]) -> bool:
    """Put an element's children on the list of what is to be read; are its line ends shown?"""
    if tag.name == "br":
        pieces.append("\n")
    elif not is_unseen(tag.name) and not tag.has_attr("hidden"):
        if is_block(tag.name):
            pieces.append(LINE)
            todo.append(LINE)
        if is_cell(tag.name) and pieces and not pieces[-1].endswith((" ", LINE)):
            pieces.append(" ")
        if has_own_lines(tag.name):
            todo.append(END)
        todo.extend(
            child for child in reversed(tag.contents) if isinstance(child, Tag | NavigableString)
        )
        return has_own_lines(tag.name)
    return False


def is_block(name: str) -> bool:
    """Does a browser begin a line at this element?"""
    return bool(_BLOCKS.fullmatch(name))


def is_cell(name: str) -> bool:
    """Does a browser show this element beside the one before, apart from it?"""
    return name in ("td", "th")


def has_own_lines(name: str) -> bool:
    """Does a browser show the line ends within this element?"""
    return name in _OWN_LINES


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
