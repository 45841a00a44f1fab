"""A page → lxml's elements, by class, and the text a browser shows of one.

BeautifulSoup takes twenty times as long to make its tree. That matters where a page is read every
few seconds: a channel's preview. What a page *shows* is defined in `scraper.markup`, for both.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping

from lxml import etree

from scraper.markup import (
    END,
    LINE,
    has_own_lines,
    is_block,
    is_cell,
    is_unseen,
    mended,
    spaced,
    tidy,
)

Element = etree._Element  # lxml gives the type no public name
Classed = Mapping[str, list[Element]]


def root_of(content: bytes) -> Element | None:
    """The root of a page, as forgiving as a browser; None where there is no element at all."""
    parser = etree.HTMLParser(encoding="utf-8", huge_tree=True, recover=True)
    try:
        root: Element | None = etree.fromstring(mended(content).encode(), parser)
    except etree.XMLSyntaxError:
        return None
    return root


def bearing(element: Element, attribute: str) -> Iterator[Element]:
    """The elements in it that bear an attribute, in document order."""
    return (tag for tag in element.iter(etree.Element) if tag.get(attribute) is not None)


def classes(element: Element) -> list[str]:
    """The classes of an element."""
    return (element.get("class") or "").split()


def classed(element: Element) -> Classed:
    """The elements inside one by their classes, and the links under "a"."""
    found: dict[str, list[Element]] = defaultdict(list)
    for tag in element.iterdescendants(etree.Element):
        if names := tag.get("class"):
            for name in names.split():
                found[name].append(tag)
        if tag.tag == "a":
            found["a"].append(tag)
    return found


def text_of(element: Element, *, keep_spaces: bool = False) -> str:
    """What `scraper.markup.text_of` gives of the same element."""
    pieces: list[str] = []
    todo: list[Element | str] = [element]
    kept = int(keep_spaces)  # elements around whose line ends are shown
    while todo:
        node = todo.pop()
        if node is END:
            kept -= 1
        elif isinstance(node, str):
            pieces.append(node)
        else:
            kept += _open(node, pieces, todo, kept=kept > 0)
    return tidy("".join(pieces), keep_spaces=keep_spaces)


def _open(element: Element, pieces: list[str], todo: list[Element | str], *, kept: bool) -> bool:
    """Put an element's children on the list of what is to be read; are its line ends shown?"""
    name = element.tag
    if not isinstance(name, str):
        return False  # a comment
    if name == "br":
        pieces.append("\n")
    elif not is_unseen(name) and element.get("hidden") is None:
        if is_block(name):
            pieces.append(LINE)
            todo.append(LINE)
        if is_cell(name) and pieces and not pieces[-1].endswith((" ", LINE)):
            pieces.append(" ")
        own = has_own_lines(name)
        if own:
            todo.append(END)
            kept = True
        for child in reversed(element):
            if child.tail:
                todo.append(child.tail if kept else spaced(child.tail))
            todo.append(child)
        if element.text:
            pieces.append(element.text if kept else spaced(element.text))
        return own
    return False
