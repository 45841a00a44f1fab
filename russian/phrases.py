"""A table of phrases (TSV) → every place in a token list where one of them stands.

A phrase is words separated by spaces. A word stands for all its forms (`пропасть`: пропал,
пропала); `=жив` is this form only; `обмен*` is a beginning; `а|б` is either; a trailing `?` makes
it optional; `..` allows up to three words between, `...` up to eight, never across the end of a
sentence; `#` is a number. Commas, quotes and brackets between the words are passed over.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import NamedTuple, Protocol

from russian.kept import once
from russian.remembered import FORMS

_FOLDER = Path(__file__).parent
_GAPS = {"..": 3, "...": 8}
_FURTHEST = 8  # marks passed over between two words
_FOLLOWING = 2_000  # words remembered after one that can begin phrases
_PASSED = frozenset(",:«»\"'()[]“”„*—–-")
_SENTENCE_ENDS = frozenset(".!?…;\n")
_NONE: frozenset[_Shape] = frozenset()
_NO_FORMS: frozenset[str] = frozenset()
_NO_WORDS: dict[str, tuple[_Phrase, ...]] = {}  # one for all forms that never ask; not to be filled


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


class Hit(NamedTuple):
    """One phrase found: its table and the table's other columns, and the tokens it covers."""

    table: str
    value: str  # second column
    note: str  # third column, "" where absent
    start: int  # first token
    end: int  # one past the last token
    phrase: str


@dataclass(frozen=True, slots=True, eq=False)
class _Shape:
    """What one word of a phrase may be; one object for all phrases that write it so."""

    forms: frozenset[str]
    lemmas: frozenset[str]
    stems: tuple[str, ...]
    number: bool


class _Element(NamedTuple):
    shape: _Shape
    optional: bool
    gap: int  # words that may stand before this element


@dataclass(frozen=True, slots=True)
class _Phrase:
    table: str
    value: str
    note: str
    source: str
    first: _Element
    rest: tuple[_Element, ...]
    needs: frozenset[_Shape]  # what must stand behind the first word
    adjoins: bool  # must the second word follow the first with nothing but marks between?


@dataclass(slots=True, eq=False)
class _Form:
    """What a surface form is to the phrases; found out once."""

    text: str
    fits: frozenset[_Shape]
    passed: bool  # a mark that may stand between two words
    ends: bool  # the end of a sentence
    phrases: tuple[_Phrase, ...]  # that it can begin
    choosy: bool  # some of them need a certain word right after
    after: dict[str, tuple[_Phrase, ...]]  # the next word → those it allows; empty if none choose

    def going_on(self, forms: Sequence[_Form], at: int) -> tuple[_Phrase, ...]:
        """Of the phrases, those that the words from `at` on do not rule out at once."""
        if not self.choosy:
            return self.phrases
        limit = min(len(forms), at + _FURTHEST)
        while at < limit and forms[at].passed:
            at += 1
        form = forms[at] if at < limit else None
        text = form.text if form is not None else ""
        found = self.after.get(text)
        if found is None:
            if len(self.after) > _FOLLOWING:
                self.after.clear()
            found = self.after[text] = tuple(
                phrase
                for phrase in self.phrases
                if not phrase.adjoins or (form is not None and phrase.rest[0].shape in form.fits)
            )
        return found


def rows(name: str) -> Iterator[tuple[str, ...]]:
    """The rows of `russian/<name>.tsv`; what follows ` #` and empty lines are comments."""
    with (_FOLDER / f"{name}.tsv").open(encoding="utf-8") as lines:
        for line in lines:
            content = line.split("  #")[0].rstrip() if not line.startswith("#") else ""
            if content:
                yield tuple([cell.strip() for cell in content.split("\t")])


class Phrases:
    """All phrases of some tables, indexed by the words that can begin them."""

    def __init__(self, *tables: str) -> None:
        self._known: dict[str, _Form] = {}
        self._numbers: set[_Shape] = set()
        self._forms: dict[str, set[_Shape]] = {}
        self._lemmas: dict[str, set[_Shape]] = {}
        self._stems: dict[str, set[_Shape]] = {}
        self._beginning: dict[_Shape, list[tuple[int, _Phrase]]] = {}
        phrases = (_phrase(table, cells) for table in tables for cells in rows(table))
        for number, phrase in enumerate(phrases):
            self._beginning.setdefault(phrase.first.shape, []).append((number, phrase))
            for element in (phrase.first, *phrase.rest):
                self._index(element.shape)
        self._longest_stem = max(map(len, self._stems), default=0)

    def _index(self, shape: _Shape) -> None:
        for index, words in (
            (self._forms, shape.forms),
            (self._lemmas, shape.lemmas),
            (self._stems, shape.stems),
        ):
            for word in words:
                index.setdefault(word, set()).add(shape)
        if shape.number:
            self._numbers.add(shape)

    def find(self, tokens: Sequence[_Token]) -> list[Hit]:
        """Every phrase at every place, the longest reading of each."""
        hits = []
        known = self._known
        forms = [known.get(token.text) or self._form(token.word) for token in tokens]
        present = _NONE.union(*[form.fits for form in forms])
        for at, form in enumerate(forms):
            if not form.phrases:
                continue
            for phrase in form.going_on(forms, at + 1):
                if not phrase.needs <= present:
                    continue  # nine in ten of those with a gap
                end = _match(phrase.rest, 0, forms, at + 1) if phrase.rest else at + 1
                if end:
                    hits.append(
                        Hit(phrase.table, phrase.value, phrase.note, at, end, phrase.source)
                    )
        return hits

    def _form(self, word: _Word) -> _Form:
        """What a word is to these phrases; remembered. Those it begins are in the tables' order."""
        if len(self._known) > FORMS:
            self._known.clear()
        key = word.key
        fits = set(self._forms.get(key, ()))
        for lemma in word.normals:
            fits |= self._lemmas.get(lemma, _NONE)
        for length in range(1, min(len(key), self._longest_stem) + 1):
            fits |= self._stems.get(key[:length], _NONE)
        if self._numbers and key.isdecimal():
            fits |= self._numbers
        first = sorted(
            [entry for shape in fits for entry in self._beginning.get(shape, ())],
            key=itemgetter(0),
        )
        phrases = tuple([phrase for _, phrase in first])
        text = word.text
        form = self._known[text] = _Form(
            text,
            frozenset(fits) or _NONE,  # an empty one of its own takes 216 bytes
            text in _PASSED,
            text in _SENTENCE_ENDS,
            phrases,
            choosy := any(phrase.adjoins for phrase in phrases),
            {} if choosy else _NO_WORDS,
        )
        return form


def _match(rest: tuple[_Element, ...], which: int, forms: Sequence[_Form], at: int) -> int:
    """One past the last token of the phrase from element `which` on, or 0."""
    shape, optional, allowed = rest[which]
    last = which + 1 == len(rest)
    for place in range(at, min(len(forms), at + allowed + _FURTHEST)):
        form = forms[place]
        if shape in form.fits:
            end = place + 1 if last else _match(rest, which + 1, forms, place + 1)
            if end:
                return end
        if form.passed:
            continue
        if not allowed or form.ends:
            break
        allowed -= 1
    if not optional:
        return 0
    return at if last else _match(rest, which + 1, forms, at)


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
    first, rest = elements[0], tuple(elements[1:])
    needs = _one(frozenset([element.shape for element in rest if not element.optional]))
    adjoins = bool(rest) and not rest[0].gap and not rest[0].optional
    return _Phrase(table, value, note, cells[0], first, rest, needs, adjoins)


@cache
def _one(shapes: frozenset[_Shape]) -> frozenset[_Shape]:
    return shapes


@cache  # the same words stand in many phrases: one object for each, as for the sets of them
def _element(piece: str, gap: int) -> _Element:
    optional = piece.endswith("?") and len(piece) > 1
    return _Element(_shape(piece[:-1] if optional else piece), optional, gap)


@cache
def _shape(piece: str) -> _Shape:
    words = piece.lower().replace("ё", "е").split("|")
    forms = frozenset(w.lstrip("=") for w in words if w[-1] != "*") or _NO_FORMS
    lemmas = frozenset(w for w in words if w[0] not in "=#" and w[-1] != "*") or _NO_FORMS
    return _Shape(
        forms=forms,
        lemmas=forms if lemmas == forms else lemmas,  # one copy is enough
        stems=tuple(w[:-1] for w in words if w[-1] == "*"),
        number="#" in words,
    )


@once
def phrases(*tables: str) -> Phrases:
    """The named tables, read once."""
    return Phrases(*tables)


@cache
def word_class(table: str, name: str) -> frozenset[str]:
    """The words of one class: rows of `russian/<table>.tsv` whose second column is `name`."""
    return frozenset(row[0].replace("ё", "е") for row in rows(table) if row[1] == name)
