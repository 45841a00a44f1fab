"""Folded text → tokens: words with their analyses, numbers, marks, line ends."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import NamedTuple

from russian.morphology import Parse, parses

_TOKEN = re.compile(
    r"(?P<link>https?://\S{1,400}|(?:t\.me|vk\.com|ok\.ru|wa\.me)/\S{1,400}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}|@\w+)"
    r"|(?P<word>[^\W\d_]+(?:[-‐‑'’ʼ`][^\W\d_]+)*)"
    r"|(?P<number>\d+)"
    r"|(?P<newline>\n)"
    r"|(?P<mark>[^\w\s]|_)"
)
_SPLIT_YERY = re.compile("ь[іi]")  # ы as a scanner reads it: РАЗЬІСКИВАЕТСЯ
_LONGEST = 40  # letters; no word is longer


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    LINK = "link"
    MARK = "mark"
    NEWLINE = "newline"


@dataclass(frozen=True, slots=True)
class Word:
    """What is known of a surface form, whatever its place; made once per form."""

    text: str
    key: str  # lower case, ё as е, apostrophes and hyphens unified
    shape: str  # title, upper, lower, mixed
    script: str  # cyrillic, latin, other
    parses: tuple[Parse, ...]  # of the form with its own ё
    tags: frozenset[str]  # union of the grammemes of all parses
    normals: frozenset[str]  # dictionary forms of all parses, ё as е


class Token(NamedTuple):
    """One token; offsets are into the folded, and so the clean, text."""

    word: Word
    kind: Kind
    start: int
    end: int
    line: int  # 0-based

    @property
    def text(self) -> str:
        """The folded surface."""
        return self.word.text

    @property
    def key(self) -> str:
        """Lower case, ё as е."""
        return self.word.key


def tokenize(folded: str) -> list[Token]:
    """Tokens in order. White space other than line ends is not a token."""
    tokens: list[Token] = []
    add, make = tokens.append, Token._make
    line = 0
    for match in _TOKEN.finditer(folded):
        kind = _KINDS[match.lastgroup]
        start, end = match.span()
        add(make((word(match[0]), kind, start, end, line)))
        if kind is Kind.NEWLINE:
            line += 1
    return tokens


_KINDS: dict[str | None, Kind] = {kind.value: kind for kind in Kind}


@lru_cache(maxsize=200_000)
def word(text: str) -> Word:
    """The facts of one surface form."""
    script = _script(text)
    read = _SPLIT_YERY.sub("ы", text.lower())
    found = parses(read) if script == "cyrillic" and len(read) <= _LONGEST else ()
    return Word(
        text=text,
        key=_key(text),
        shape=_shape(text),
        script=script,
        parses=found,
        tags=frozenset().union(*(parse.tags for parse in found)),
        normals=frozenset(parse.normal.replace("ё", "е") for parse in found),
    )


def _key(text: str) -> str:
    folded = _SPLIT_YERY.sub("ы", text.lower()).replace("ё", "е")
    return re.sub("[‐‑]", "-", re.sub("[’ʼ`]", "'", folded))


def _shape(text: str) -> str:
    if text.islower():
        return "lower"
    if text.isupper():
        return "upper" if len(text) > 1 else "title"
    return "title" if text.replace("-", "").istitle() or text[:1].isupper() else "mixed"


def _script(text: str) -> str:
    if any("\u0400" <= char <= "\u04ff" for char in text):
        return "cyrillic"
    return "latin" if text[:1].isalpha() and text[:1] < "\u0250" else "other"
