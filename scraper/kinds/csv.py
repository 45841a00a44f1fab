"""A table of separated values, as file or address → its rows."""

from __future__ import annotations

import csv
import io
from collections.abc import AsyncGenerator, Callable, Iterable, Mapping, Sequence
from functools import cache
from itertools import pairwise

from model import Batch, ListRow, Source, SourceChanged
from scraper import origin, tables
from scraper.client import Fetcher

KEYS: Mapping[str, type] = {"header": bool}
NEEDS = ("columns",)

_DELIMITERS = ";\t|,"
_PREAMBLE = 20  # lines of title or remarks that may stand above the header


def faults(source: Source) -> Iterable[str]:
    """What the strict reading of the TOML file cannot see by itself."""
    if source.claim is None and "claim" not in source.columns:
        yield "the key 'claim' is missing (what a row asserts: captured, released, deceased …)"
    if source.options.get("header") is False:
        for key in tables.wanted(source):
            if not key.isdecimal():
                yield f"without a header, columns are numbers, not {key!r}"


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """The whole list as one batch; nothing but the cursor where the file is unchanged."""
    page = await origin.whole(source, fetcher, cursor)
    if page is None:
        yield Batch(source=source.name, cursor=cursor)
        return
    rows, head = await origin.parsed(source, fetcher, read_with_header, page.content)
    encoding = origin.encoding(page.content)
    yield tables.whole_list(source, page.cursor, rows, header=head, encoding=encoding)


def read_with_header(source: Source, content: bytes) -> tuple[tuple[ListRow, ...], list[str]]:
    """The rows, and the header over them. Raises SourceChanged."""
    return read(source, content), header(source, content)


def header(source: Source, content: bytes) -> list[str]:
    """The header as it stands in the file; none where the file has none."""
    if source.options.get("header") is False:
        return []
    top = "\n".join(origin.text(source, content).splitlines()[: _PREAMBLE + 1])
    return _split(source, _lines(source, top))[0]


def read(source: Source, content: bytes) -> tuple[ListRow, ...]:
    """The rows of the table, from 1, header and empty lines not counted. Raises SourceChanged."""
    text = origin.text(source, content)
    lines = _lines(source, text)
    header, data = _split(source, lines)
    place = cache(lambda key: tables.match(key, header))
    return tables.list_rows(source, (_lookup(place, cells) for cells in data), header)


def _lines(source: Source, text: str) -> list[list[str]]:
    delimiter = source.delimiter or _likeliest_delimiter(text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        return [cells for cells in reader if any(cell.strip() for cell in cells)]
    except csv.Error as error:
        raise SourceChanged(f"{source.name}: line {reader.line_num}: {error}") from error


def _likeliest_delimiter(text: str) -> str:
    """The separator the first lines agree on: found in most of them, and most often."""
    lines = [line for line in text[:65_536].splitlines()[:30] if line.strip()]

    def support(delimiter: str) -> tuple[int, int]:
        counts = [line.count(delimiter) for line in lines]
        return sum(count > 0 for count in counts), min(counts[:1], default=0)

    return max(_DELIMITERS, key=support)


def _split(source: Source, lines: list[list[str]]) -> tuple[list[str], list[list[str]]]:
    """The header and the lines below it: the first line that has every column asked for."""
    if not lines:
        raise SourceChanged(f"{source.name}: the file is empty")
    if source.options.get("header") is False:
        return [""] * max(map(len, lines)), lines
    wanted = tables.wanted(source)
    for at, cells in enumerate(lines[:_PREAMBLE]):
        header = [cell.strip() for cell in cells]
        if all(tables.match(key, header) is not None for key in wanted):
            return header, lines[at + 1 :]
    for at, (cells, below) in enumerate(pairwise(lines[:_PREAMBLE])):
        header = _of_two(wanted, _filled(cells), [cell.strip() for cell in below])
        if header:
            return header, lines[at + 2 :]
    return [cell.strip() for cell in lines[0]], lines[1:]


def _of_two(wanted: Sequence[str], above: list[str], below: list[str]) -> list[str]:
    """The header that two lines make together, by the names asked for; none where they don't."""
    names = tables.names_of([above, below])
    places = {key: tables.match_any(key, names) for key in wanted}
    if None in places.values():
        return []
    called = {at: key for key, at in places.items()}
    return [called.get(at, name) for at, name in enumerate(names[1])]


def _filled(cells: Sequence[str]) -> list[str]:
    """A line of headers, of which one stands over several columns, each with its own."""
    filled: list[str] = []
    for cell in cells:
        filled.append(cell.strip() or (filled[-1] if filled else ""))
    return filled


def _lookup(place: Callable[[str], int | None], cells: Sequence[str]) -> tables.Lookup:
    def lookup(key: str) -> str | None:
        at = place(key)
        if at is None:
            return None
        return cells[at] if at < len(cells) else ""

    return lookup
