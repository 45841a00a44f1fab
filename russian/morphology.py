"""A word form → its possible analyses, from pymorphy3's dictionary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache

import pymorphy3
from pymorphy3.tagset import OpencorporaTag

_REMEMBERED = 200_000  # words
_LAST = "\uffff"  # some letters beyond have no names in unicodedata; pymorphy asks for them
_CYRILLIC = re.compile("[а-яё]")


@dataclass(slots=True, eq=False)  # made by the thousand: frozen, it costs four times as much
class Parse:
    """One analysis of a word form. `tags` are OpenCorpora grammemes (Surn, Name, Patr, Geox …)."""

    normal: str  # dictionary form, lower case
    pos: str  # NOUN, ADJF, VERB, PREP …; "" where unknown
    case: str  # nomn gent datv accs ablt loct …; "" where none
    number: str  # sing, plur or ""
    gender: str  # masc, femn, neut or ""
    tags: frozenset[str]
    score: float
    known: bool  # in the dictionary, not predicted from its ending


@cache
def analyzer() -> pymorphy3.MorphAnalyzer:
    """The one shared analyser (about 15 MB, loaded on first use)."""
    return pymorphy3.MorphAnalyzer(lang="ru")


@lru_cache(maxsize=_REMEMBERED)
def parses(word: str) -> tuple[Parse, ...]:
    """Analyses of one lower-case word, likeliest first; empty for no word of Cyrillic letters."""
    if not _CYRILLIC.search(word) or max(word) > _LAST:
        return ()
    return tuple(
        [
            Parse(parse.normal_form, *_tagged(parse.tag), parse.score, parse.is_known)
            for parse in analyzer().parse(word)
        ]
    )


@lru_cache(maxsize=20_000)
def _tagged(tag: OpencorporaTag) -> tuple[str, str, str, str, frozenset[str]]:
    """Part of speech, case, number, gender and all grammemes: some hundreds of tags in all."""
    return (
        tag.POS or "",
        tag.case or "",
        tag.number or "",
        tag.gender or "",
        frozenset(tag.grammemes),
    )
