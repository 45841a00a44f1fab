"""A table of phrases (TSV) → every place in a token list where one of them stands.

A phrase is words separated by spaces. A word stands for all its forms (`пропасть`: пропал,
пропала); `=жив` is this form only; `обмен*` is a beginning; `а|б` is either; a trailing `?` makes
it optional; `..` allows up to three words between, `...` up to eight, never across the end of a
sentence; `#` is a number. Commas, quotes and brackets between the words are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import NamedTuple, Protocol

_FOLDER = Path(__file__).parent
_GAPS = {"..": 3, "...": 8}
_FURTHEST = 8  # marks passed over between two words
_REMEMBERED = 20_000  # words remembered of one element
_FOLLOWING = 2_000  # words remembered after one that can begin phrases
_PASSED = frozenset(",:«»\"'()[]“”„*—–-")
_SENTENCE_ENDS = frozenset(".!?…;\n")


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


class Hit(NamedTuple):
    """One phrase found: its table and the table's other columns, and the tokens it covers."""

    table: str
    value: str  # second column
    note: str  # third column, "" where absent
    start: int  # first token
    end: int  # one past the last token
    phrase: str


@dataclass(slots=True, eq=False)
class _Element:
    forms: frozenset[str]
    lemmas: frozenset[str]
    stems: tuple[str, ...]
    number: bool
    optional: bool
    gap: int  # words that may stand before this element
    seen: dict[str, bool] = field(default_factory=dict)  # surface form → does it fit

    def fits(self, word: _Word) -> bool:
        """Is the word one of the forms this element stands for? Remembered in `seen`."""
        if len(self.seen) > _REMEMBERED:
            self.seen.clear()
        known = self.seen[word.text] = (
            word.key in self.forms
            or not self.lemmas.isdisjoint(word.normals)
            or (self.number and word.key.isdecimal())
            or word.key.startswith(self.stems)
        )
        return known


@dataclass(frozen=True, slots=True)
class _Phrase:
    table: str
    value: str
    note: str
    source: str
    first: _Element
    rest: tuple[_Element, ...]

    @property
    def adjoins(self) -> bool:
        """Must its second word follow the first with nothing but marks between?"""
        return bool(self.rest) and not self.rest[0].gap and not self.rest[0].optional


@dataclass(frozen=True, slots=True, eq=False)
class _Start:
    """The phrases that one word can begin, and those that go on with the word after it."""

    phrases: tuple[_Phrase, ...]
    choosy: bool  # some of them need a certain word right after
    after: dict[str, tuple[_Phrase, ...]] = field(default_factory=dict)

    def going_on(self, words: Sequence[_Word], at: int) -> tuple[_Phrase, ...]:
        """Of the phrases, those that the words from `at` on do not rule out at once."""
        if not self.choosy:
            return self.phrases
        limit = min(len(words), at + _FURTHEST)
        while at < limit and words[at].text in _PASSED:
            at += 1
        word = words[at] if at < limit else None
        text = word.text if word is not None else ""
        found = self.after.get(text)
        if found is None:
            if len(self.after) > _FOLLOWING:
                self.after.clear()
            found = self.after[text] = tuple(
                phrase
                for phrase in self.phrases
                if not phrase.adjoins or (word is not None and phrase.rest[0].fits(word))
            )
        return found


def rows(name: str) -> Iterator[tuple[str, ...]]:
    """The rows of `russian/<name>.tsv`; what follows ` #` and empty lines are comments."""
    for line in (_FOLDER / f"{name}.tsv").read_text(encoding="utf-8").splitlines():
        content = line.split("  #")[0].rstrip() if not line.startswith("#") else ""
        if content:
            yield tuple(cell.strip() for cell in content.split("\t"))


class Phrases:
    """All phrases of some tables, indexed by the words that can begin them."""

    def __init__(self, *tables: str) -> None:
        self._starts: dict[str, _Start] = {}
        self._numbers: list[tuple[int, _Phrase]] = []
        self._forms: dict[str, list[tuple[int, _Phrase]]] = {}
        self._lemmas: dict[str, list[tuple[int, _Phrase]]] = {}
        self._stems: dict[str, list[tuple[int, _Phrase]]] = {}
        phrases = (_phrase(table, cells) for table in tables for cells in rows(table))
        for entry in enumerate(phrases):
            first = entry[1].first
            for index, words in (
                (self._forms, first.forms),
                (self._lemmas, first.lemmas),
                (self._stems, first.stems),
            ):
                for word in words:
                    index.setdefault(word, []).append(entry)
            if first.number:
                self._numbers.append(entry)
        self._longest_stem = max(map(len, self._stems), default=0)

    def find(self, tokens: Sequence[_Token]) -> list[Hit]:
        """Every phrase at every place, the longest reading of each."""
        hits = []
        starts = self._starts
        words = [token.word for token in tokens]
        for at, word in enumerate(words):
            found = starts.get(word.text)
            if found is None:
                found = self._starting(word)
            if not found.phrases:
                continue
            for phrase in found.going_on(words, at + 1):
                end = _match(phrase.rest, 0, words, at + 1) if phrase.rest else at + 1
                if end:
                    hits.append(
                        Hit(phrase.table, phrase.value, phrase.note, at, end, phrase.source)
                    )
        return hits

    def _starting(self, word: _Word) -> _Start:
        """The phrases this word can begin, in the order of the tables; remembered."""
        if len(self._starts) > 10 * _REMEMBERED:
            self._starts.clear()
        key = word.key
        found = list(self._forms.get(key, ()))
        for lemma in word.normals:
            found += self._lemmas.get(lemma, ())
        for length in range(1, min(len(key), self._longest_stem) + 1):
            found += self._stems.get(key[:length], ())
        if self._numbers and key.isdecimal():
            found += self._numbers
        ordered = tuple(dict(sorted(found, key=lambda entry: entry[0])).values())
        start = self._starts[word.text] = _Start(ordered, any(one.adjoins for one in ordered))
        return start


def _match(rest: tuple[_Element, ...], which: int, words: Sequence[_Word], at: int) -> int:
    """One past the last token of the phrase from element `which` on, or 0."""
    element = rest[which]
    last = which + 1 == len(rest)
    allowed = element.gap
    seen = element.seen
    limit = min(len(words), at + allowed + _FURTHEST)
    for place in range(at, limit):
        word = words[place]
        text = word.text
        fits = seen.get(text)
        if fits is None:
            fits = element.fits(word)
        if fits:
            end = place + 1 if last else _match(rest, which + 1, words, place + 1)
            if end:
                return end
        if text in _PASSED:
            continue
        if not allowed or text in _SENTENCE_ENDS:
            break
        allowed -= 1
    if not element.optional:
        return 0
    return at if last else _match(rest, which + 1, words, at)


def _phrase(table: str, cells: tuple[str, ...]) -> _Phrase:
    elements = []
    gap = 0
    for piece in cells[0].split():
        if piece in _GAPS:
            gap = _GAPS[piece]
            continue
        elements.append(_element(piece, gap))
        gap = 0
    value = cells[1] if len(cells) > 1 else ""
    note = cells[2] if len(cells) > 2 else ""
    return _Phrase(table, value, note, cells[0], elements[0], tuple(elements[1:]))


def _element(piece: str, gap: int) -> _Element:
    optional = piece.endswith("?") and len(piece) > 1
    words = (piece[:-1] if optional else piece).lower().replace("ё", "е").split("|")
    lemmas = frozenset(w for w in words if w[0] not in "=#" and w[-1] != "*")
    return _Element(
        forms=frozenset(w.lstrip("=") for w in words if w[-1] != "*"),
        lemmas=lemmas,
        stems=tuple(w[:-1] for w in words if w[-1] == "*"),
        number="#" in words,
        optional=optional,
        gap=gap,
    )


@cache
def phrases(*tables: str) -> Phrases:
    """The named tables, read once."""
    return Phrases(*tables)


@cache
def word_class(table: str, name: str) -> frozenset[str]:
    """The words of one class: rows of `russian/<table>.tsv` whose second column is `name`."""
    return frozenset(row[0].replace("ё", "е") for row in rows(table) if row[1] == name)
