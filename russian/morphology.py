"""A word form → its possible analyses, from pymorphy3's dictionary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from operator import attrgetter

import pymorphy3
from pymorphy3.tagset import OpencorporaTag

from russian.kept import once
from russian.remembered import remembered

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


@once
def analyzer() -> pymorphy3.MorphAnalyzer:
    """The one shared analyser (about 15 MB, loaded on first use)."""
    return pymorphy3.MorphAnalyzer(lang="ru")


@remembered
def parses(word: str) -> tuple[Parse, ...]:
    """Analyses of one lower-case word, likeliest first; empty for no word of Cyrillic letters."""
    if not _CYRILLIC.search(word) or max(word) > _LAST:
        return ()
    if len(word) == 1:  # it may be an initial too
        found = analyzer().parse(word)
        return tuple([_parse(one, known=one.is_known) for one in found])
    return _listed(word) or tuple([_parse(one, known=False) for one in analyzer().parse(word)])


def _parse(found: pymorphy3.analyzer.Parse, *, known: bool) -> Parse:
    return Parse(found.normal_form, *_tagged(found.tag), found.score, known)


def _listed(word: str) -> tuple[Parse, ...]:
    """What `analyzer().parse` gives for a word of the dictionary, without all it asks of others."""
    known = analyzer().dictionary.words.similar_items(word, analyzer().char_substitutes)
    scores = analyzer().prob_estimator.p_t_given_w
    scored = scores.has_keys_with_prefix(f"{word}:")
    found = []
    for fixed, places in known:
        for place in places:
            front, back, beginning, ending, tag, tagged = _rule(*place)
            normal = beginning + fixed[front : len(fixed) - back] + ending
            score = scores.prob(word, tag) if scored else 0.0
            found.append(Parse(normal, *tagged, score, True))
    if any(parse.score for parse in found):
        found.sort(key=_score, reverse=True)
    else:
        for parse in found:
            parse.score = 1.0 / len(found)
    return tuple(found)


_score = attrgetter("score")


@cache
def _rule(paradigm: int, index: int) -> tuple[int, int, str, str, str, _Tagged]:
    """How a form becomes its nominative (letters to cut and to add at both ends), and its tag."""
    known = analyzer().dictionary
    row = known.paradigms[paradigm]  # suffixes, tags and prefixes of its forms
    forms = len(row) // 3
    tag = known.gramtab[row[forms + index]]
    return (
        len(known.paradigm_prefixes[row[2 * forms + index]]),
        len(known.suffixes[row[index]]),
        known.paradigm_prefixes[row[2 * forms]],
        known.suffixes[row[0]],
        str(tag),
        _tagged(tag),
    )


_Tagged = tuple[str, str, str, str, frozenset[str]]


@remembered
def _tagged(tag: OpencorporaTag) -> _Tagged:
    """Part of speech, case, number, gender and all grammemes: some hundreds of tags in all.

    As plain strings: pymorphy's own look each other up in all grammemes when they are compared.
    """
    return (
        str(tag.POS or ""),
        str(tag.case or ""),
        str(tag.number or ""),
        str(tag.gender or ""),
        frozenset(tag.grammemes),
    )
