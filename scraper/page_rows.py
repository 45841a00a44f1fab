"""A page and its source's selector → its rows, headers left out, or what stands in their place."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bs4 import BeautifulSoup, Tag

from model import CollectFailed, Source, SourceChanged
from scraper import markup, origin, tables
from scraper.addresses import canonical
from scraper.cells import Headings, Row, is_header, tables_of
from scraper.doors import shut
from scraper.furniture import Furniture, furniture_of
from scraper.walk import Sheet


def rows_of(source: Source, sheet: Sheet, *, post: bool) -> Iterator[Row]:
    """The rows of one page in document order, headers left out; of posts, by their own words.

    Raises SourceChanged for none, or what the page says of itself: SourceRefused for a login or a
    check of browsers, SourceGone for a topic that is no more, CollectFailed for a server's error.
    """
    if sheet.content is None:
        return
    text = origin.text(source, sheet.content[:], sheet.content_type)
    page = markup.soup_of(text)
    elements = _elements(page, str(source.options["rows"]))
    if not elements:
        raise _none(source, sheet, text)
    headings, tables_by_row = Headings(page), tables_of(elements)
    dropped = str(source.options.get("drop", ""))
    furniture = furniture_of(page, elements, dropped) if post else Furniture()
    keys = [key for key in tables.wanted(source) if not key.isdecimal()]
    for element in elements:
        table = tables_by_row.get(id(element))
        if table is None:
            yield Row(element, headings, furniture=furniture, lines=post)
            continue
        asked = any(tables.match_any(key, table.names) is not None for key in keys)
        if is_header(element) or (asked and element is table.row):
            continue  # a first row of plain cells is a header only where its words are asked for
        cells = table.grid[id(element)]
        names = table.names if asked else ()
        yield Row(element, headings, cells=cells, headers=names, furniture=furniture, lines=post)


def _elements(page: BeautifulSoup, selector: str) -> list[Tag]:
    elements = markup.select(page, selector)
    if not elements and "tbody" in selector:  # browsers show one that the page may not have
        bare = re.sub(r"\s*>?\s*\btbody\b\s*>?\s*", " ", selector).strip()
        elements = markup.select(page, bare or "tr")
    return elements


def _none(source: Source, sheet: Sheet, text: str) -> CollectFailed:
    """The error for a page without rows, by what the page says."""
    place = f"{source.name}: {canonical(sheet.url)}"
    unmatched = f"nothing matches {source.options['rows']!r}"
    return shut(text, place, unmatched) or SourceChanged(f"{place}: {unmatched}")
