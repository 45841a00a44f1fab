"""A word among its neighbours → is it, or may it be, a place's name?"""

from __future__ import annotations

from collections.abc import Sequence

from extract.names.words import Facts, is_place_pair, kind_of
from extract.peek import text_at
from extract.tokens import Token
from russian.inflect import bits
from russian.phrases import word_class

_REGIONAL = ("ская", "ской", "скую", "ский", "ского", "ском", "цкая", "цкой", "цкую")
_PLACE_PREPOSITIONS = frozenset(
    "в во на под из из-под близ возле около через до біля під поблизу коло недалеко".split()  # noqa: SIM905
)
_PAPERS = word_class("pointers", "paper")
_LIVING = bits("m", "gent accs")  # an accusative only men have


def in_place(tokens: Sequence[Token], place: int) -> bool:
    """Is the word a part of a place's name: «Часов Яр», «Курской области», «гор. Курск»?"""
    text = tokens[place].text
    cut = len(text) > 1 and text_at(tokens, place + 1) == "." and kind_of(text) == "abbr"
    return cut or _in_place_pair(tokens, place) or of_region(tokens, place)


def of_region(tokens: Sequence[Token], place: int) -> bool:
    """«Курской области»: an adjective before a word of region is nobody's name."""
    if not tokens[place].key.endswith(_REGIONAL) or place + 1 >= len(tokens):
        return False
    return kind_of(tokens[place + 1].text) == "region"


def _in_place_pair(tokens: Sequence[Token], place: int) -> bool:
    key = tokens[place].key
    after = place + 1 < len(tokens) and is_place_pair(key, tokens[place + 1].key)
    return after or (place > 0 and is_place_pair(tokens[place - 1].key, key))


def after_preposition(tokens: Sequence[Token], place: int, found: Facts) -> bool:
    """«в Орле», «под Лысенко»; but «запрос на Орлюка»: a place would stay as it is behind it."""
    key = tokens[place - 1].key if place else ""
    if key not in _PLACE_PREPOSITIONS:
        return False
    living = found.surname and not found.surname[0].mask & ~_LIVING
    paper = place > 1 and not _PAPERS.isdisjoint(tokens[place - 2].word.normals)
    return not (living and key == "на" and paper)
