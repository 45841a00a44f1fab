"""A word in its text → how its capitals are to be taken."""

from __future__ import annotations

from extract.names.words import Facts, kind_of
from extract.tokens import MARK, NEWLINE, WORD, Token

_OPEN_QUOTES = "«\"'(„“*_[№"
_SENTENCE_GOES_ON = ",:;-–—/&+№|"
_AROUND = 25  # tokens before and after, by which a text without capitals is told


def capital(tokens: list[Token], place: int) -> str:
    """How the word at `place` is written: title, start (of a sentence), caps or lower."""
    shape = tokens[place].word.shape
    if shape == "lower":
        return "small" if _is_small_text(tokens, place) else "lower"
    if shape == "upper" and _caps_line(tokens, place):
        return "caps"
    before = place - 1
    while before >= 0 and tokens[before].text in _OPEN_QUOTES:
        before -= 1
    if before < 0 or tokens[before].kind is NEWLINE:
        return "start"
    token = tokens[before]
    if token.kind is MARK and token.text not in _SENTENCE_GOES_ON:
        abbreviated = before and kind_of(tokens[before - 1].text) not in ("", "role")
        return "title" if abbreviated else "start"
    return "title"


def _is_small_text(tokens: list[Token], place: int) -> bool:
    """Is no word around written with a capital: a text in small letters?"""
    around = tokens[max(0, place - _AROUND) : place + _AROUND]
    return all(token.word.shape == "lower" for token in around if token.kind is WORD)


def _caps_line(tokens: list[Token], place: int) -> bool:
    line = tokens[place].line
    upper = lower = 0
    for at in range(max(0, place - 10), min(len(tokens), place + 11)):
        token = tokens[at]
        if at != place and token.line == line and token.kind is WORD and len(token.text) > 2:
            upper += token.word.shape == "upper"
            lower += token.word.shape != "upper"
    return upper > 2 and upper > 2 * lower


def capital_inside(text: str, found: Facts) -> bool:
    """«ИвановИван», not «РинатоВич» nor «МакСимов», which lists know as one name."""
    if text[1:].islower():
        return False
    whole = (*found.patronymic, *found.surname, *found.given)
    return not any(reading.listed for reading in whole)
