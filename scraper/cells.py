"""An element that is one row of a page, and what `columns` asks for → the text of that cell."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from operator import itemgetter

from bs4 import BeautifulSoup, Tag

from scraper import markup, tables
from scraper.furniture import Furniture

_WORDY = re.compile(r"[^\W_]")
_TIMES = ("datetime", "data-timestamp", "data-time", "time", "title", "content")
_HOUR = re.compile(r"\d:\d\d|\d{9,}")
_ATTRIBUTE = re.compile(r"^(?P<selector>[^@]*)@(?P<name>[\w:-]+)$")


class Headings:
    """For each element of a page, the nearest one before it that matches a selector."""

    def __init__(self, page: BeautifulSoup) -> None:
        self.page = page
        self.order = {id(tag): at for at, tag in enumerate(page.find_all(True))}
        self.found: dict[str, list[tuple[int, Tag]]] = {}

    def before(self, element: Tag, selector: str) -> Tag | None:
        """The last match that begins before `element`; its own ancestors count too."""
        if selector not in self.found:
            matches = markup.select(self.page, selector)
            self.found[selector] = [(self.order[id(match)], match) for match in matches]
        headings = self.found[selector]
        at = bisect_left(headings, self.order[id(element)], key=itemgetter(0))
        return headings[at - 1][1] if at else None


class Row:
    """One row: an element, and where it is a table's, its cells and the headers over them.

    `headers`: what a column may be called by, the surest first.
    """

    def __init__(  # noqa: PLR0913  most may be left out
        self,
        element: Tag,
        headings: Headings,
        *,
        cells: Sequence[Tag] = (),
        headers: Sequence[Sequence[str]] = (),
        furniture: Furniture = Furniture(),  # noqa: B008  frozen
        lines: bool = False,
    ) -> None:
        self.element, self.headings = element, headings
        self.cells, self.headers, self.furniture = cells, headers, furniture
        self.lines = lines

    def __call__(self, key: str) -> str | None:
        """The cell `key` asks for: "." the row, "^h2" the heading above, a header, a number,
        or a CSS selector, with "@name" at its end an attribute. None where there is none."""
        key = key.strip()
        if key == ".":
            return self.read(self.element)
        if key == tables.STRUCK:
            return "yes" if _is_struck(self.element) else None
        at = tables.match_any(key, self.headers) if self.cells else None
        if at is None and key.isdecimal() and self.cells:
            at = int(key) - 1
        if at is not None:
            return self.read(self.cells[at]) if at < len(self.cells) else ""
        return self._selected(key)

    def read(self, tag: Tag) -> str:
        """The text of an element; of a post its author's words with their lines."""
        return markup.text_of(tag, without=self.furniture.elements) if self.lines else _shown(tag)

    def words(self, key: str) -> str | None:
        """As a call, but where a selector's first match is one of several brothers, all of them:
        some boards tear a post to pieces."""
        found = self._found(key)
        if not found or key.startswith("^"):
            return self(key)
        brothers = (tag for tag in found if tag.parent is found[0].parent)
        return "\n".join(filter(None, map(self.read, brothers)))

    def dates(self, key: str) -> Iterator[str]:
        """What may hold the time that `key` asks for, the exactest first: what an element, or the
        first within it, bears for machines or shows when pointed at; then the text."""
        found = self._found(key)[:1]
        for inner in (one for tag in found for one in (tag, *tag.find_all(True, limit=1))):
            borne = (attribute_of(inner, name) or "" for name in _TIMES)
            yield from (told for told in borne if _HOUR.search(told))
        yield self.read(found[0]) if found else self(key) or ""

    def names(self) -> Iterator[str]:
        """What it is made of: its elements, and their classes with a dot before them."""
        for tag in (self.element, *self.element.find_all(True)):
            yield tag.name
            yield from (f".{name}" for name in (attribute_of(tag, "class") or "").split())

    def _found(self, key: str) -> list[Tag]:
        """The elements that a plain selector finds; none where the key is of another sort."""
        named = bool(self.cells) and tables.match_any(key, self.headers) is not None
        if named or key == "." or key.isdecimal() or _ATTRIBUTE.match(key):
            return []
        try:
            return self._elements(key)
        except ValueError:
            return []

    def _selected(self, key: str) -> str | None:
        attribute = _ATTRIBUTE.match(key)
        selector = (attribute["selector"] if attribute else key).strip()
        try:
            found = next(iter(self._elements(selector)), None)
        except ValueError:
            return None
        if found is None:
            return None
        return attribute_of(found, attribute["name"]) if attribute else self.read(found)

    def _elements(self, selector: str) -> list[Tag]:
        if not selector:
            return [self.element]
        if selector.startswith("^"):
            heading = self.headings.before(self.element, selector[1:].strip())
            return [] if heading is None else [heading]
        return list(self.furniture.own(self.element, markup.select(self.element, selector)))


def _shown(tag: Tag) -> str:
    """The text without what is struck out; all of it where nothing else is there."""
    shown = markup.text_of(tag, struck=False) or markup.text_of(tag)
    return "\n".join(" ".join(line.split()) for line in shown.split("\n"))


def _is_struck(tag: Tag) -> bool:
    text = markup.text_of(tag)
    return bool(text) and not _WORDY.search(markup.text_of(tag, struck=False))


def attribute_of(element: Tag, name: str) -> str | None:
    """An attribute as text; None where the element has none of that name."""
    value = element.get(name)
    return " ".join(value) if isinstance(value, list) else value


def grid(rows: Iterable[Tag]) -> dict[int, list[Tag]]:
    """For each row of one table, by id: its cells by column. A cell that spans several columns or
    rows stands in each of them."""
    cells: dict[int, list[Tag]] = {}
    above: dict[int, tuple[Tag, int]] = {}  # column → a cell from above, and rows it still covers
    for row in rows:
        line: list[tuple[Tag, int]] = []
        for cell in row.find_all(["td", "th"], recursive=False):
            while len(line) in above:
                line.append(above[len(line)])
            line.extend([(cell, _span(cell, "rowspan"))] * _span(cell, "colspan"))
        while len(line) in above:
            line.append(above[len(line)])
        cells[id(row)] = [cell for cell, _ in line]
        above = {at: (cell, left - 1) for at, (cell, left) in enumerate(line) if left > 1}
    return cells


def _span(cell: Tag, way: str) -> int:
    span = attribute_of(cell, way) or ""
    return min(int(span), 1000) if span.isdecimal() and int(span) > 0 else 1


def is_header(row: Tag) -> bool:
    """Is this a row of headers only?"""
    cells = row.find_all(["td", "th"], recursive=False)
    return row.find_parent("thead") is not None or (
        bool(cells) and all(cell.name == "th" for cell in cells)
    )


class Table:
    """A table's cells by row and column, and the rows that name the columns: of th cells or in
    thead, else the first."""

    def __init__(self, table: Tag) -> None:
        rows = table.find_all("tr")
        self.grid = grid(rows)
        at = next((at for at, row in enumerate(rows) if is_header(row)), 0)
        self.row = rows[at]
        heads = [self.row]
        while (
            is_header(self.row) and at + len(heads) < len(rows) and is_header(rows[at + len(heads)])
        ):
            heads.append(rows[at + len(heads)])
        texts = [[markup.line_of(cell) for cell in self.grid[id(row)]] for row in heads]
        self.texts = texts[-1]
        self.names = tables.names_of(texts)


def tables_of(rows: Iterable[Tag]) -> dict[int, Table]:
    """For each table row, by id: its table."""
    by_table: dict[int, Table] = {}
    answer: dict[int, Table] = {}
    for row in rows:
        table = row.find_parent("table")
        if table is not None and row.name == "tr":
            if id(table) not in by_table:
                by_table[id(table)] = Table(table)
            answer[id(row)] = by_table[id(table)]
    return answer
