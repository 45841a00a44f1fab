"""Folded text → tokens: words with their analyses, numbers, marks, line ends."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from enum import StrEnum

from russian.morphology import Parse, parses
from russian.remembered import Remembered, remembered
from russian.transliterate import is_ukrainian

_LINK = (
    r"https?://\S{1,400}|(?:t\.me|vk\.com|ok\.ru|wa\.me)/\S{1,400}"
    r"|(?<![\w.+-])[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64}){1,8}|@\w+"
)
_WORD = r"[^\W\d_]+(?:[-‐‑'’ʼ`][^\W\d_]+)*"
_REST = rf"{_WORD}|\d+|\n|[^\w\s]|_"
_TOKEN, _UNLINKED = re.compile(f"{_LINK}|{_REST}"), re.compile(_REST)
_IS_WORD = re.compile(_WORD)
_LINK_MARKS = ("@", "://", ".me/", ".com/", ".ru/")  # without one of these there is no link
_SPLIT_YERY = re.compile("ь[іi]")  # ы as a scanner reads it: РАЗЬІСКИВАЕТСЯ
_CYRILLIC = re.compile("[\u0400-\u04ff]")
_MARKS = str.maketrans("‐‑’ʼ`", "--'''")  # hyphens and apostrophes unified
_LONGEST = 40  # letters; no word is longer


class Kind(StrEnum):
    """What a token is."""

    WORD = "word"
    NUMBER = "number"
    LINK = "link"
    MARK = "mark"
    NEWLINE = "newline"


WORD, NUMBER, LINK, MARK, NEWLINE = Kind  # a name is looked up ten times as fast as an attribute


# Words and tokens are made and read by the thousand: slots are read five times as fast as the
# fields of a NamedTuple, and not being frozen makes them as cheap to make.
@dataclass(slots=True, eq=False)
class Word:
    """What is known of a surface form, whatever its place; made once per form."""

    text: str
    key: str  # lower case, ё as е, apostrophes and hyphens unified
    shape: str  # title, upper, lower, mixed
    script: str  # cyrillic, latin, other
    parses: tuple[Parse, ...]  # of the form with its own ё
    tags: frozenset[str]  # union of the grammemes of all parses
    normals: frozenset[str]  # dictionary forms of all parses, ё as е
    ukrainian: bool  # has letters or spellings that Russian lacks


@dataclass(slots=True, eq=False)
class Token:
    """One token; offsets are into the folded, and so the clean, text."""

    word: Word
    kind: Kind
    start: int
    end: int
    line: int  # 0-based
    text: str  # the folded surface
    key: str  # lower case, ё as е


def tokenize(folded: str) -> list[Token]:
    """Tokens in order. White space other than line ends is not a token."""
    tokens: list[Token] = []
    add, known, find = tokens.append, _known, folded.find
    end = line = 0
    linked = any(mark in folded for mark in _LINK_MARKS)
    for text in (_TOKEN if linked else _UNLINKED).findall(folded):
        item, kind = known[text]
        start = find(text, end)  # nothing but white space lies between
        end = start + len(text)
        add(Token(item, kind, start, end, line, text, item.key))
        if text == "\n":
            line += 1
    return tokens


def _kind(text: str) -> Kind:
    """What a token is, its text alone tells."""
    if text == "\n":
        return NEWLINE
    if text.isdecimal():
        return NUMBER
    if _IS_WORD.fullmatch(text):
        return WORD
    return MARK if len(text) == 1 else LINK


_NONE: frozenset[str] = frozenset()
_unions: dict[frozenset[str], frozenset[str]] = {}  # each takes a KB, and most words share theirs


@remembered
def word(text: str) -> Word:
    """The facts of one surface form."""
    script = _script(text)
    read = text.lower()
    if "ь" in read:
        read = _SPLIT_YERY.sub("ы", read)
    found = parses(read) if script == "cyrillic" and len(read) <= _LONGEST else ()
    tags = frozenset().union(*[parse.tags for parse in found])
    return Word(
        text=text,
        key=_key(read),
        shape=_shape(text),
        script=script,
        parses=found,
        tags=_unions.setdefault(tags, tags),
        normals=frozenset([parse.normal.replace("ё", "е") for parse in found]) or _NONE,
        ukrainian=is_ukrainian(text),
    )


_known: Remembered[str, tuple[Word, Kind]] = Remembered(lambda text: (word(text), _kind(text)))


def _key(read: str) -> str:
    folded = read.replace("ё", "е")
    return folded if folded.isalpha() else folded.translate(_MARKS)


def _shape(text: str) -> str:
    if text.islower():
        return "lower"
    if text.isupper():
        return "upper" if len(text) > 1 else "title"
    return "title" if text.replace("-", "").istitle() or text[:1].isupper() else "mixed"


def _script(text: str) -> str:
    if _CYRILLIC.search(text):
        return "cyrillic"
    return "latin" if text[:1].isalpha() and text[:1] < "\u0250" else "other"


def is_symbol(token: Token) -> bool:
    """Is it a sign that may stand for a word: «✅», «🟢», «+»?"""
    return token.kind is MARK and _symbol(token.text)


@remembered
def _symbol(text: str) -> bool:
    return unicodedata.category(text[0]) in ("So", "Sk") or text in "+*✓?"
