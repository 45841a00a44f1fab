"""A word among its neighbours → is it a part of a place's name, and so of nobody's?"""

from __future__ import annotations

from collections.abc import Sequence

from extract.names.words import is_place_pair, kind_of
from extract.peek import text_at
from extract.tokens import Token

_REGIONAL = ("ская", "ской", "скую", "ский", "ского", "ском", "цкая", "цкой", "цкую")


def in_place(tokens: Sequence[Token], place: int) -> bool:
    """Is the word a part of a place's name: «Часов Яр», «Курской области», «гор. Курск»?"""
    text = tokens[place].text
    cut = len(text) > 1 and text_at(tokens, place + 1) == "." and kind_of(text) == "abbr"
    return cut or _in_place_pair(tokens, place) or _of_region(tokens, place)


def _of_region(tokens: Sequence[Token], place: int) -> bool:
    """«Курской области»: an adjective before a word of region is nobody's name."""
    if not tokens[place].key.endswith(_REGIONAL) or place + 1 >= len(tokens):
        return False
    return kind_of(tokens[place + 1].text) == "region"


def _in_place_pair(tokens: Sequence[Token], place: int) -> bool:
    key = tokens[place].key
    after = place + 1 < len(tokens) and is_place_pair(key, tokens[place + 1].key)
    return after or (place > 0 and is_place_pair(tokens[place - 1].key, key))
