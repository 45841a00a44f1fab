"""Rows of any list, each a way to look a key up → list rows with our field names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from model import Batch, Claim, ListRow, Source, SourceChanged
from scraper.fields import CLAIMS
from scraper.men import men_in
from scraper.nearest import hint

# Looks one of *their* keys up in a row: its text, "" where it is empty, None where it is not there.
Lookup = Callable[[str], str | None]

_NAME_LIKE = {"name", "surname", "given", "patronymic", "given_patronymic"}
STRUCK = "~~"  # asks a row of a page whether it is struck out as a whole
_LOOKS_LIKE_DATA = re.compile(r"\d{4}|@|://|\+\d")


def list_rows(
    source: Source, rows: Iterable[Lookup | None], known: Sequence[str] = ()
) -> tuple[ListRow, ...]:
    """The rows `where` lets pass, numbered from 1 over all rows; None keeps a number, gives no row.

    `known` are the keys the list has, for messages. Raises SourceChanged where the list is empty,
    shorter than expected, or a key of `columns` or `where` stands in none of its rows.
    """
    found: set[str] = set()
    kept: list[ListRow] = []
    count = 0
    for lookup in rows:
        count += 1
        if lookup is None:
            continue
        found.update(key for key in wanted(source) if key not in found and lookup(key) is not None)
        if passes(source, lookup):
            men = _list_rows(source, count, lookup)
            kept.extend(men)
            count += len(men) - 1
    if count == 0:
        raise SourceChanged(f"{source.name}: the list has no rows")
    for key in wanted(source):
        if key not in found:
            raise SourceChanged(f"{source.name}: no column {key!r}{hint(key, shown(known))}")
    if len(kept) < max(source.expect.min_rows or 0, 1):
        expected = max(source.expect.min_rows or 0, 1)
        raise SourceChanged(f"{source.name}: {len(kept)} rows, at least {expected} expected")
    return tuple(kept)


def whole_list(
    source: Source,
    cursor: Mapping[str, object],
    rows: tuple[ListRow, ...],
    *,
    header: Sequence[str] = (),
    encoding: str | None = None,
) -> Batch:
    """The complete list as one batch, so that it is taken or refused as one."""
    return Batch(
        source=source.name, rows=rows, cursor={**cursor, "rows": len(rows)}, whole_list=True,
        header=tuple(header), encoding=encoding,
    )  # fmt: skip


def keys_of(value: str | tuple[str, ...]) -> tuple[str, ...]:
    """One key or several, as several."""
    return (value,) if isinstance(value, str) else value


def wanted(source: Source) -> list[str]:
    """Every key of theirs that `columns` and `where` look up."""
    named = [key for value in source.columns.values() for key in keys_of(value)]
    looked_up = [key for key in named if not key.startswith("=")]
    return list(dict.fromkeys([*looked_up, *source.where]))


def cell_of(lookup: Lookup, key: str) -> str:
    """The cell of a key; what follows "=" stands for every row as it is written."""
    return key[1:].strip() if key.startswith("=") else (lookup(key) or "").strip()


def passes(source: Source, lookup: Lookup) -> bool:
    """Does the row hold, for each key of `where`, one of its values?"""
    return all(
        _folded(lookup(key) or "") in {_folded(value) for value in keys_of(values)}
        for key, values in source.where.items()
    )


def match(key: str, known: Sequence[str]) -> int | None:
    """Where `key` stands among the headers: as written, else ignoring case, spaces and final dots,
    else as a column number from 1."""
    if key in known:
        return known.index(key)
    folded = [_folded(header) for header in known]
    if folded.count(_folded(key)) == 1:
        return folded.index(_folded(key))
    if key.strip().isdecimal() and 1 <= int(key) <= len(known):
        return int(key) - 1
    return None


def names_of(heads: Sequence[Sequence[str]]) -> list[list[str]]:
    """What the columns under one or more lines of header may be called, the surest first: by the
    lowest line, by all lines together («Погибший Год рождения»), by the highest."""
    if len(heads) == 1:
        return [list(heads[0])]
    width = max(map(len, heads))
    lines = [[*line, *[""] * (width - len(line))] for line in heads]
    together = [
        " ".join(dict.fromkeys(said for said in column if said))
        for column in zip(*lines, strict=True)
    ]
    lowest = [
        "".join([said for said in column if said][-1:]) for column in zip(*lines, strict=True)
    ]
    return [_once(lowest), together, _once(lines[0])]


def _once(names: list[str]) -> list[str]:
    """The names that only one column bears."""
    return [name if names.count(name) == 1 else "" for name in names]


def match_any(key: str, names: Sequence[Sequence[str]]) -> int | None:
    """Where a column of that name stands, by the surest of its names; else by its number."""
    for known in names:
        at = match(key, known)
        if at is not None:
            return at
    return None


def shown(headers: Iterable[str]) -> list[str]:
    """Headers fit for a message; none where one looks like data: the header may be gone."""
    named = [header for header in headers if header.strip()]
    if any(_LOOKS_LIKE_DATA.search(header) or len(header) > 40 for header in named):
        return []
    return named


def _list_rows(source: Source, number: int, lookup: Lookup) -> list[ListRow]:
    """The row; or one for each of the men that its one text tells of."""
    row = _list_row(source, number, lookup)
    if row.external_id is not None or not _NAME_LIKE.isdisjoint(row.cells):
        return [row]
    texts = men_in(row.cells.get("text", ""))
    if len(texts) == 1:
        return [row]
    return [
        replace(row, row=number + at, cells={**row.cells, "text": text})
        for at, text in enumerate(texts)
    ]


def _list_row(source: Source, number: int, lookup: Lookup) -> ListRow:
    cells: dict[str, str] = {}
    for field, value in source.columns.items():
        glue = " " if field in _NAME_LIKE else "\n" if field == "text" else ", "
        parts = [cell_of(lookup, key) for key in keys_of(value)]
        cell = glue.join(part for part in parts if part)
        cell = cell if field == "text" else " ".join(cell.split())
        if cell:
            cells[field] = cell
    if lookup(STRUCK):
        cells["struck"] = "yes"
    return ListRow(
        source=source.name,
        row=number,
        cells=cells,
        claim=claim_word(source, cells.get("claim", "")),
        external_id=cells.get("external_id"),
    )


def claim_word(source: Source, word: str) -> Claim | None:
    """A row's claim where its word is one of ours or of the source's file, else the reader's."""
    own = {_folded(known): claim for known, claim in source.claims.items()}
    if _folded(word) in own:
        return own[_folded(word)]
    word = _folded(word).replace(" ", "_")
    word = CLAIMS.get(word, word)
    return Claim(word) if word in {claim.value for claim in Claim} else None


def _folded(text: str) -> str:
    text = re.sub(r"[’ʼ`´]", "'", text.casefold().replace("ё", "е"))
    return re.sub(r"\s+", " ", text.replace("_", " ")).strip(" .:*")
