"""Tokens → lines and sentences: list items, fields of a flyer, titles, quotations, plain text.

Search posts are laid out as much as written: one man a line, a header that holds for all lines,
«Поле: значение», the title of a thread. Everything here is offsets into the token list.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from itertools import dropwhile, pairwise
from typing import NamedTuple

from extract.tokens import MARK, NEWLINE, NUMBER, WORD, Token
from russian.given import from_abbreviation
from russian.phrases import rows
from russian.remembered import remembered

_STOPS = frozenset(".!?…;")
_LABEL_WORDS = 4
_TITLE_WITHIN = 3  # lines: a stamp may stand above the title
_NAMES = frozenset(("Surn", "Name", "Patr"))
_NEVER_NAMES = frozenset(("VERB", "PRTF", "PRTS", "PREP", "CONJ", "NPRO", "PRED", "ADVB"))


# Words in the Unicode names of the signs that show each man's state in a list, one class each:
# «LARGE GREEN CIRCLE», «WHITE HEAVY CHECK MARK».
_SIGNS = {
    "●": frozenset(("CIRCLE", "SQUARE", "HEART", "DOVE", "CANDLE")),
    "✓": frozenset(("CHECK", "CROSS", "QUESTION")),
}


class LineKind(StrEnum):
    """What a line is for."""

    TEXT = "text"
    ITEM = "item"  # one entry of a list
    FIELD = "field"  # label and value of a flyer
    TITLE = "title"  # of a thread: counts as text
    STAMP = "stamp"  # «Сообщение #3»
    QUOTE = "quote"  # another's words: nothing is read from them but contacts
    TAGS = "tags"
    BLANK = "blank"


TEXT, ITEM, FIELD, TITLE, STAMP, QUOTE, TAGS, BLANK = LineKind


class Line(NamedTuple):
    """One line; `start`, `body`, `end` are token numbers, `body` is past marker and label."""

    kind: LineKind
    start: int
    body: int
    end: int
    label: str = ""  # of a field: name, contact or "" (another fact)


class Sentence(NamedTuple):
    """A run of tokens without a full stop inside; never crosses a line."""

    start: int
    end: int
    line: int


@dataclass(frozen=True, slots=True)
class Layout:
    """The lines and sentences of one text."""

    lines: tuple[Line, ...]
    sentences: tuple[Sentence, ...]
    line_of: tuple[int, ...]  # token → line
    sentence_of: tuple[int, ...]  # token → sentence

    def sentence(self, token: int) -> Sentence:
        """The sentence a token stands in."""
        return self.sentences[self.sentence_of[token]]

    def line(self, token: int) -> Line:
        """The line a token stands in."""
        return self.lines[self.line_of[token]]


def lay_out(tokens: Sequence[Token]) -> Layout:
    """Lines and sentences of a token list."""
    bounds = _line_bounds(tokens)
    markers = Counter(_marker(tokens, start, end) for start, end in bounds)
    lines = tuple(_line(tokens, start, end, markers) for start, end in bounds)
    sentences: list[Sentence] = []
    sentence_of = [0] * len(tokens)
    line_of = [0] * len(tokens)
    for number, line in enumerate(lines):
        stop = min(line.end + 1, len(tokens))
        line_of[line.start : stop] = [number] * (stop - line.start)
        for start, end in _sentence_bounds(tokens, line):
            sentence_of[start:end] = [len(sentences)] * (end - start)
            sentences.append(Sentence(start, end, number))
        if line.end < len(tokens):
            sentence_of[line.end] = max(0, len(sentences) - 1)
    return Layout(lines, tuple(sentences), tuple(line_of), tuple(sentence_of))


def _line_bounds(tokens: Sequence[Token]) -> list[tuple[int, int]]:
    bounds, start = [], 0
    for at, token in enumerate(tokens):
        if token.kind is NEWLINE:
            bounds.append((start, at))
            start = at + 1
    bounds.append((start, len(tokens)))
    return bounds


def _marker(tokens: Sequence[Token], start: int, end: int) -> str:
    """The list marker a line begins with: "1.", "1", "а)", "•" …; "" if none."""
    if end - start < 2:
        return ""
    first, second = tokens[start], tokens[start + 1]
    if first.kind is NUMBER and len(first.text) <= 3:
        apart = end - start > 2 and tokens[start + 2].start > second.end
        if second.text in (".", ")", "/") and (apart or _wordy(tokens, start + 2, end)):
            return "1."
        spaced = second.start > first.end and second.kind is WORD
        return "1" if spaced and second.word.shape != "lower" else ""
    if first.text in "№#" and second.kind is NUMBER:
        return "1."
    if first.kind is WORD:
        return "а)" if len(first.text) == 1 and second.text == ")" else ""
    bullet = first.kind is MARK and first.text not in '«"“„([#@!?.…/'
    return _bullet(first.text) if bullet else ""


def _wordy(tokens: Sequence[Token], at: int, end: int) -> bool:
    return at < end and tokens[at].kind is WORD


@remembered
def _bullet(mark: str) -> str:
    """The mark as one of its class, "" where it is none: circles of all colours are one."""
    if mark in "-–—*+·•‣►➤→>~":
        return mark
    if unicodedata.category(mark[0]) not in ("So", "Sm", "Po", "Sk"):
        return ""
    name = unicodedata.name(mark[0], "").split()
    if "SMALL" in name:
        return mark
    return next((kind for kind, words in _SIGNS.items() if not words.isdisjoint(name)), mark)


def _line(tokens: Sequence[Token], start: int, end: int, markers: Counter[str]) -> Line:
    if start == end:
        return Line(BLANK, start, start, end)
    head = _heads().get(tokens[start].key)
    if head is STAMP and end - start <= 4:
        return Line(STAMP, start, start, end)
    named = head is TITLE and end - start > 2 and tokens[start + 1].text == ":"
    if body := start + 2 if named else _trail(tokens, start, end):
        return Line(TITLE, start, body, end)
    if head is QUOTE or _only_tags(tokens, start, end):
        return Line(head or TAGS, start, start, end)
    marker = _marker(tokens, start, end)
    if marker and markers[marker] > 1:
        body = start + (1 if len(marker) == 1 and marker != "а" else 2)
        while body < end and tokens[body].kind is MARK and tokens[body].text not in '«"(':
            body += 1
        return Line(ITEM, start, body, end)
    return _field(tokens, start, end) or Line(TEXT, start, start, end)


def _trail(tokens: Sequence[Token], start: int, end: int) -> int:
    """Past the rooms of a forum before a thread's title: «#2 Разыскиваются » Вологда, Павел»."""
    past, opened = 0, False
    for at in range(start + 1, end - 1):
        text = tokens[at].text
        if text == "»" and not opened:
            apart = tokens[at - 1].end < tokens[at].start and tokens[at].end < tokens[at + 1].start
            past = at + 1 if apart else past
        opened = text == "«" or (opened and text != "»")
    return past


def _only_tags(tokens: Sequence[Token], start: int, end: int) -> bool:
    if tokens[start].text != "#":
        return False
    return all(
        token.kind is not WORD or before.text == "#"
        for before, token in pairwise(tokens[start:end])
    )


def _field(tokens: Sequence[Token], start: int, end: int) -> Line | None:
    body = start
    while body < end and tokens[body].kind is MARK:
        body += 1
    words: list[str] = []
    for at in range(body, min(end, body + 2 * _LABEL_WORDS)):
        token = tokens[at]
        if token.text == ":" or (token.text in "—–-" and words):
            what = labels().get(" ".join(words))
            if what is None and token.text != ":":
                return None
            return Line(FIELD, start, at + 1, end, what or "") if words else None
        if token.kind is WORD:
            words.append(token.key)
        elif token.text not in "./()":
            return None
    return None


@cache
def _heads() -> dict[str, LineKind]:
    """The word a forum's line begins with → what the line is."""
    return {row[0]: LineKind(row[1]) for row in rows("line_heads")}


def title_of(tokens: Sequence[Token], layout: Layout) -> str | None:
    """The words of the title above a thread's post; how many messages it has is no part of it."""
    titles = (line for line in layout.lines[:_TITLE_WITHIN] if line.kind is TITLE)
    line = next(titles, None)
    words = [token.key for token in tokens[line.body : line.end]] if line else []
    stamps = (at for at, word in enumerate(words) if _heads().get(word) is STAMP)
    title = [word for word in words[: next(stamps, len(words))] if word[:1].isalnum()]
    return " ".join(dropwhile(lambda word: _heads().get(word) is TITLE, title)) or None


@cache
def labels() -> dict[str, str]:
    """Label of a flyer's field → name or contact: `russian/field_labels.tsv`."""
    return {row[0]: row[1] for row in rows("field_labels")}


@cache
def abbreviations() -> dict[str, str]:
    """Words cut short with a full stop that ends no sentence → before what ("" or "number")."""
    return {row[0]: row[1] if len(row) > 1 else "" for row in rows("abbreviations")}


def _sentence_bounds(tokens: Sequence[Token], line: Line) -> list[tuple[int, int]]:
    bounds, start = [], line.start
    for at in range(line.start, line.end):
        if tokens[at].text in _STOPS and _ends(tokens, at, line.end):
            bounds.append((start, at + 1))
            start = at + 1
    if start < line.end:
        bounds.append((start, line.end))
    return bounds


def _ends(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Does the stop at `at` end a sentence?"""
    if at + 1 >= end:
        return True
    after = tokens[at + 1]
    if after.kind is MARK and after.text in ".!?…;,)":
        return False
    if tokens[at].text != ".":
        return tokens[at].text != "…" or after.word.shape != "lower"
    if after.start == tokens[at].end and after.kind is not WORD:
        return False
    before = tokens[at - 1] if at else None
    if before is None or before.kind is not WORD:
        return before is None or after.kind is not NUMBER or after.start > tokens[at].end
    opens = at + 2 < end and len(before.text) == 1 and _opens(after, tokens[at + 2])
    numbered = len(before.text) == 1 and at > 2 and _behind_number(tokens, at - 1, after)
    return opens or numbered or not _cut_short(before, after)


def _behind_number(tokens: Sequence[Token], at: int, after: Token) -> bool:
    """«в 1983-м. Двадцать …», «1999 г.р. Контракты …»: the letter belongs to a number."""
    ordinal = tokens[at - 1].text in "-–" and tokens[at - 2].kind is NUMBER
    born = tokens[at].key == "р" and tokens[at - 1].text == "." and tokens[at - 2].key == "г"
    if born and any(not _NAMES.isdisjoint(parse.tags) for parse in after.word.parses):
        return False  # «1990 г.р. Илья Мохов»
    return (ordinal or born) and after.word.shape not in ("lower", "upper")


def _opens(first: Token, second: Token) -> bool:
    """«Шелест В. В плену: …»: a preposition of one letter, no second initial."""
    small = second.kind is WORD and second.word.shape == "lower"
    return small and len(first.text) == 1 and "PREP" in first.word.tags


def _begins(word: Token) -> bool:
    """«Шелест В. Погибли: …»: a capitalised word that can be no part of a name."""
    parses = word.word.parses
    return (
        word.word.shape == "title"
        and bool(parses)
        and all(parse.known and parse.pos in _NEVER_NAMES for parse in parses)
    )


def _cut_short(word: Token, after: Token) -> bool:
    """Is the word an initial or an abbreviation?"""
    if len(word.text) == 1:
        return word.key != "я" and not _begins(after)
    if len(after.text) == 1 and word.word.shape == "title" and from_abbreviation(word.key):
        return after.word.shape != "lower"  # «Гущин Григ. И.»
    short = abbreviations().get(word.key)
    return short == "" or (short == "number" and after.kind is not WORD)
