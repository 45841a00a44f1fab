"""A JSON array of objects, as file or address → its rows."""

from __future__ import annotations

import json
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence

from model import Batch, ListRow, Source, SourceChanged
from scraper import origin, tables
from scraper.client import Fetcher
from scraper.nearest import hint

KEYS: Mapping[str, type] = {"rows": str}
NEEDS = ("columns",)


def faults(source: Source) -> Iterable[str]:
    """What the strict reading of the TOML file cannot see by itself."""
    if source.claim is None and "claim" not in source.columns:
        yield "the key 'claim' is missing (what a row asserts: captured, released, deceased …)"


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """The whole list as one batch; nothing but the cursor where the file is unchanged."""
    page = await origin.whole(source, fetcher, cursor)
    if page is None:
        yield Batch(source=source.name, cursor=cursor)
        return
    rows = await origin.parsed(source, fetcher, read, page.content)
    yield tables.whole_list(source, page.cursor, rows, encoding=origin.encoding(page.content))


def read(source: Source, content: bytes) -> tuple[ListRow, ...]:
    """The objects of the array, from 1. Raises SourceChanged."""
    items = _array(source, _parsed(source, origin.text(source, content)))
    known = sorted({key for item in items[:100] if isinstance(item, dict) for key in _paths(item)})
    rows = (_lookup(item) if isinstance(item, dict) else None for item in items)
    return tables.list_rows(source, rows, known)


def _parsed(source: Source, text: str) -> object:
    """The document; or, where each line is one, their list (JSON lines)."""
    try:
        return json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        lines = [line for line in text.splitlines() if line.strip()]
        try:
            if len(lines) > 1 and all(line.lstrip().startswith("{") for line in lines):
                return [json.loads(line) for line in lines]
        except (json.JSONDecodeError, RecursionError):
            pass
        at = f", line {error.lineno}" if isinstance(error, json.JSONDecodeError) else ""
        raise SourceChanged(f"{source.name}: {source.url}: not JSON, or cut short{at}") from None


def _array(source: Source, document: object) -> Sequence[object]:
    path = str(source.options.get("rows", "")).strip(". ")
    found = _step_down(document, path) if path else document
    if not path and isinstance(found, dict):
        arrays = [value for value in found.values() if isinstance(value, list)]
        found = arrays[0] if len(arrays) == 1 else found
    if isinstance(found, list):
        return found
    keys = hint(path, map(str, document)) if isinstance(document, dict) else ""
    place = f"at rows = {path!r}" if path else "in the document"
    raise SourceChanged(f"{source.name}: no array {place}{keys}")


def _step_down(value: object, path: str) -> object:
    """The value at a dotted path: keys of objects, numbers from 0 for items. None: not there; an
    empty text: null."""
    if isinstance(value, dict) and path in value:
        return "" if value[path] is None else value[path]
    for step in path.split("."):
        if isinstance(value, dict):
            folded = {str(key).casefold(): key for key in value}
            if step.casefold() not in folded:
                return None
            value = value[step if step in value else folded[step.casefold()]]
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return None
        if value is None:
            return ""
    return value


def _lookup(item: Mapping[str, object]) -> tables.Lookup:
    def lookup(key: str) -> str | None:
        value = _step_down(item, key)
        return None if value is None else _as_text(value)

    return lookup


def _as_text(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, list):
        return ", ".join(_as_text(item) for item in value)
    return "" if value is None or isinstance(value, dict) else str(value)


def _paths(item: Mapping[str, object]) -> Iterable[str]:
    for key, value in item.items():
        if isinstance(value, dict):
            yield from (f"{key}.{below}" for below in _paths(value))
        else:
            yield str(key)
