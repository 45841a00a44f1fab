"""A table of words (TSV) → what it says of one word.

The first column is a word in lower case with ё as е; `стем*` is a beginning, the longest wins.
Several words may stand in one cell, separated by `|`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, partial
from typing import NamedTuple

from russian.kept import once
from russian.phrases import rows
from russian.remembered import Remembered


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Exact words, and beginnings with the lengths that occur, longest first."""

    exact: Mapping[str, tuple[str, ...]]
    beginnings: Mapping[str, tuple[str, ...]]
    lengths: tuple[int, ...]


@once
def table(name: str) -> Table:
    """`russian/<name>.tsv`, read once; each word maps to the other columns of its row."""
    exact: dict[str, tuple[str, ...]] = {}
    beginnings: dict[str, tuple[str, ...]] = {}
    for cells in rows(name):
        for word in cells[0].lower().replace("ё", "е").split("|"):
            if word.endswith("*"):
                beginnings.setdefault(word[:-1], cells[1:])
            else:
                exact.setdefault(word, cells[1:])
    lengths = tuple(sorted({len(word) for word in beginnings}, reverse=True))
    return Table(exact, beginnings, lengths)


def lookup(words: Table, key: str) -> tuple[str, ...] | None:
    """The other columns of the row that `key` (lower case, ё as е) stands in, or None.

    Not remembered: those who ask remember what they make of it.
    """
    found = words.exact.get(key)
    if found is not None:
        return found
    for length in words.lengths:
        if length <= len(key):
            found = words.beginnings.get(key[:length])
            if found is not None:
                return found
    return None


@once
def classes(name: str) -> Mapping[str, Table]:
    """As `table`, one table for each class that the second column names."""
    found: dict[str, tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]]]] = {}
    for cells in rows(name):
        exact, beginnings = found.setdefault(cells[1], ({}, {}))
        for word in cells[0].lower().replace("ё", "е").split("|"):
            if word.endswith("*"):
                beginnings.setdefault(word[:-1], cells[2:])
            else:
                exact.setdefault(word, cells[2:])
    return {
        name: Table(exact, beginnings, tuple(sorted({len(w) for w in beginnings}, reverse=True)))
        for name, (exact, beginnings) in found.items()
    }


def kinds(name: str, key: str) -> frozenset[str]:
    """The classes of `russian/<name>.tsv` that `key` stands in."""
    return _kinds(name)[key]


@cache
def _kinds(name: str) -> Remembered[str, frozenset[str]]:
    return Remembered(partial(_classed, name))


def _classed(name: str, key: str) -> frozenset[str]:
    words = _by_word(name)
    found = words.exact.get(key, _NONE)
    for length in words.lengths:
        if length <= len(key):
            more = words.beginnings.get(key[:length])
            if more is not None:
                found = found | more
    return _unions.setdefault(found, found)


_NONE: frozenset[str] = frozenset()
_unions: dict[frozenset[str], frozenset[str]] = {}  # one copy of each


class _Classed(NamedTuple):
    """Words, and beginnings of words, with the classes each stands in."""

    exact: Mapping[str, frozenset[str]]
    beginnings: Mapping[str, frozenset[str]]
    lengths: tuple[int, ...]


@cache
def _by_word(name: str) -> _Classed:
    exact: dict[str, frozenset[str]] = {}
    beginnings: dict[str, frozenset[str]] = {}
    for class_, words in classes(name).items():
        for found, named in ((exact, words.exact), (beginnings, words.beginnings)):
            for word in named:
                found[word] = found.get(word, _NONE) | {class_}
    return _Classed(exact, beginnings, tuple({len(word) for word in beginnings}))
