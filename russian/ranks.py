"""Tokens → a military rank in the nominative: «гв. ст. с-т», «мл. сержанта», «рядовая»."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, Protocol

from russian.phrases import rows
from russian.remembered import FORMS

_FULL = 6  # letters from which a word of a clipped rank may be inflected
_WHOLE = 5  # letters from which a clipped rank needs no full stop


class _Word(Protocol):
    @property
    def text(self) -> str: ...
    @property
    def key(self) -> str: ...
    @property
    def normals(self) -> frozenset[str]: ...


class _Token(Protocol):
    @property
    def word(self) -> _Word: ...
    @property
    def text(self) -> str: ...


class Rank(NamedTuple):
    """A rank read: its nominative in lower case, and one past its last token."""

    name: str
    end: int


class _Entry(NamedTuple):
    words: tuple[str, ...]
    name: str
    clipped: bool  # an abbreviation: its own form only


@cache
def _entries() -> Mapping[str, tuple[_Entry, ...]]:
    """First word → entries, longest first."""
    found: dict[str, list[_Entry]] = {}
    for cells in rows("ranks"):
        name = cells[0]
        forms = [name, *(cells[1].split("|") if len(cells) > 1 else ())]
        for form in forms:
            words = tuple(form.replace("ё", "е").split())
            if words:
                found.setdefault(words[0], []).append(_Entry(words, name, form != name))
    return {
        first: tuple(sorted(entries, key=lambda entry: -len(entry.words)))
        for first, entries in found.items()
    }


def may_begin(word: _Word) -> bool:
    """Can a rank begin with this word?"""
    return bool(_starting(word))


@cache
def _firsts() -> frozenset[str]:
    return frozenset(_entries())


def _starting(word: _Word) -> tuple[_Entry, ...]:
    """Entries a word may begin; of most words none, which is not worth remembering."""
    firsts = _firsts()
    if word.key not in firsts and firsts.isdisjoint(word.normals):
        return ()
    return _starts(word.key, word.normals)


@lru_cache(maxsize=FORMS)
def _starts(key: str, normals: frozenset[str]) -> tuple[_Entry, ...]:
    entries = _entries()
    found = [
        entry
        for form in {key, *normals}
        for entry in entries.get(form, ())
        if form == key or not entry.clipped
    ]
    return tuple(sorted(found, key=lambda entry: -len(entry.words)))


def rank(tokens: Sequence[_Token], at: int) -> Rank | None:
    """The rank that begins at token `at`, the longest reading, or None."""
    word = tokens[at].word
    for entry in _starting(word):
        end = _match(tokens, at, entry)
        if end:
            return Rank(entry.name, end)
    return None


def _match(tokens: Sequence[_Token], at: int, entry: _Entry) -> int:
    """One past the last token of the entry, or 0. Full stops between are passed over."""
    place = at
    for which, wanted in enumerate(entry.words):
        while which and place < len(tokens) and tokens[place].text in (".", "-"):
            place += 1
        if place >= len(tokens):
            return 0
        word = tokens[place].word
        inflected = wanted in word.normals and not (entry.clipped and len(wanted) < _FULL)
        if wanted != word.key and not inflected:
            return 0
        place += 1
    if len(entry.words) == 1 and entry.clipped and len(entry.words[0]) < _WHOLE:
        dotted = place < len(tokens) and tokens[place].text == "."
        return place if dotted or "-" in entry.words[0] or "/" in entry.words[0] else 0
    return place
