"""A word form → its possible analyses, from pymorphy3's dictionary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import pymorphy3


@dataclass(frozen=True, slots=True)
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


@cache
def parses(word: str) -> tuple[Parse, ...]:
    """Analyses of one lower-case word, likeliest first; empty for no word of Cyrillic letters."""
    if not re.search("[а-яё]", word):
        return ()
    return tuple(
        Parse(
            normal=parse.normal_form,
            pos=parse.tag.POS or "",
            case=parse.tag.case or "",
            number=parse.tag.number or "",
            gender=parse.tag.gender or "",
            tags=frozenset(parse.tag.grammemes),
            score=parse.score,
            known=parse.is_known,
        )
        for parse in analyzer().parse(word)
    )
