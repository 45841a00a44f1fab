"""A row's words → is it a total or heading, a civilian's, a soldier's?"""

from __future__ import annotations

import re
from functools import cache

from russian.phrases import rows

_WORD = re.compile(r"[^\W_]+|№")
_PART = re.compile(r"[,;.()\[\]·|\n—–]")
_Phrase = tuple[str, ...]


def is_total(text: str) -> bool:
    """Does it begin as a sum, a footnote, a heading of a list: «Итого:», «* по данным школы»?"""
    words = tuple(_words(text)[:4])
    return any(words[: len(said)] == said for said in _said("total"))


def is_place(text: str) -> bool:
    """Does a word of it say that it names a place: «Саратовская область»?"""
    return any((word,) in _said("place") for word in _words(text))


def is_civilian(text: str, *, told: bool) -> bool:
    """Does a part of the text say that he is no soldier: «мирная жительница», «ребёнок, 6 лет»?

    `told`: the text is there to say what he is; else a part must say nothing more.
    """
    if told and any(_holds(_words(text), said) for said in _said("soldier")):
        denied = [said for said in _said("civilian") if said[0] in ("не", "невоенн")]
        return any(_holds(_words(text), said) for said in denied)
    return any(
        _begins(words, said) and (told or len(said) > 1 or len(words) == 1)
        for words in map(_words, _PART.split(text))
        for said in (*_said("civilian"), *(_said("~civilian") if told else ()))
    )


def _holds(words: list[str], said: _Phrase) -> bool:
    return any(_begins(words[at:], said) for at in range(len(words)))


def _begins(words: list[str], said: _Phrase) -> bool:
    return len(words) >= len(said) and all(
        word == part[1:] if part.startswith("=") else word.startswith(part)
        for word, part in zip(words, said, strict=False)
    )


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold().replace("ё", "е"))


@cache
def _said(kind: str) -> tuple[_Phrase, ...]:
    """The phrases of a kind, as beginnings of words; «~civilian»: those marked so."""
    marked = kind.startswith("~")
    found = (
        cells[1].replace("ё", "е") for cells in rows("list_words") if cells[0] == kind.strip("~")
    )
    return tuple(
        tuple(said.lstrip("~").split()) for said in found if said.startswith("~") is marked
    )
