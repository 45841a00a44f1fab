"""A number of two digits between marks, beside a name → a year of birth, an age, or neither.

Lists and flyers leave the words away: «Ворошнин Павел Ильич 91», «Гук Семён — 03 — Чита»,
«Тарас Гуменюк, 34, из Лангепаса», «Волобуев Георгий (41)».
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.peek import text_at, touches
from extract.tokens import MARK, NEWLINE, NUMBER, WORD, Token
from russian.numerals import numeral
from russian.words import kinds

_YOUNGEST, _OLDEST = 17, 65  # an age that stands without a word for it
_FIRST_YEAR, _LAST_YEAR = 66, 9  # «66» … «99», «00» … «09»
_REACH = 10  # tokens the name may stand before
_OPENS = frozenset(",(|/—–-•;:")
_CLOSES = frozenset(",)|/—–-•;.\n!…")
_NAMES = frozenset(("Name", "Patr", "Surn"))


def bare_year(tokens: Sequence[Token], at: int) -> bool:
    """Is the number at `at` the year of birth of the man named before it?"""
    text = text_at(tokens, at)
    old = int(text) >= _FIRST_YEAR or (text[0] == "0" and int(text) <= _LAST_YEAR)
    return old and _between_marks(tokens, at, at + 1, after_word=True)


def bare_age(tokens: Sequence[Token], at: int, end: int) -> bool:
    """Is the number of tokens `at` to `end` the age of the man named before it?"""
    text = text_at(tokens, at)
    fits = _YOUNGEST <= int(text) <= _OLDEST if text.isdecimal() else True
    return fits and _between_marks(tokens, at, end)


def _between_marks(
    tokens: Sequence[Token], at: int, after: int, *, after_word: bool = False
) -> bool:
    before = at - 1
    if after < len(tokens) and (tokens[after].text not in _CLOSES or _goes_on(tokens, after)):
        return False
    while before > 0 and tokens[before].kind is MARK and tokens[before - 1].kind is MARK:
        before -= 1
    if before < 1:
        return False
    if tokens[before].text in _OPENS:
        spaced = tokens[before].text in ",(" or not touches(tokens, at)
        named = before - 1
    else:
        spaced = after_word and _names_a_man(tokens[before])
        named = before
    counted = any(numeral(tokens[place].key) for place in (named, after + 1) if place < len(tokens))
    if counted or not spaced or tokens[named].kind is NUMBER:
        return False
    return _named(tokens, named, small=not after_word and _is_small(tokens, named))


def _names_a_man(token: Token) -> bool:
    """A word of a name, by the dictionary or by its hyphen and capital: «Ай-Херел 04»."""
    double = "-" in token.text and token.word.shape == "title"
    return double or not _NAMES.isdisjoint(token.word.tags)


def _goes_on(tokens: Sequence[Token], at: int) -> bool:
    """Is the mark after the number part of a longer number: «22-03», «3, 4»?"""
    if tokens[at].text in "-–" and touches(tokens, at):
        return True
    follows = tokens[at + 1] if at + 1 < len(tokens) else None
    if follows is None or follows.kind is not NUMBER:
        return False
    return touches(tokens, at + 1) or tokens[at].text in "-/"


def _is_small(tokens: Sequence[Token], at: int) -> bool:
    words = [token for token in tokens[max(0, at - _REACH) : at + 1] if token.kind is WORD]
    return all(token.word.shape == "lower" for token in words)


def _named(tokens: Sequence[Token], at: int, *, small: bool) -> bool:
    """Does a name stand before in the same line, and no word for a house or a unit between?

    `small`: it may be in small letters, as the text around is.
    """
    titles = words = 0
    for place in range(at, max(-1, at - _REACH), -1):
        token = tokens[place]
        if token.kind is NEWLINE:
            return titles > 1 and titles == words  # «Мичил Слепцов, 24»: no list knows him
        if "address" in kinds("time_words", token.key):
            return False
        capital = token.kind is WORD and (token.word.shape in ("title", "upper") or small)
        titles, words = titles + capital, words + (token.kind is WORD)
        if capital and not _NAMES.isdisjoint(token.word.tags):
            return True
    return False
