"""Tokens from a number on → the year it is: «2005 г.р.», «95 г.р.», «88-го года», «год 92»."""

from __future__ import annotations

from collections.abc import Sequence

from extract.dates.parts import Form, by_an_applicant, is_word
from extract.peek import key_at, text_at, touches, value_at
from extract.private.bare_numbers import bare_year
from extract.tokens import Token
from russian.numerals import number, numeral

_YEAR_SUFFIXES = frozenset(("го", "м", "й", "ый", "ом", "ого", "x"))
DASHES = frozenset("-–—")
OLDEST, NEWEST = 1925, 2035
_AGE = 65  # up to here «64 года» is rather an age than a year of birth
_LIVES = 2022  # «1995–2024»: the first year of a life that ended in this war
_CENTURY = 100
_OLD_CENTURY = 60  # two digits that are a year of birth without a word for it
_AGES_TOO = range(60, 67)  # two figures that may be a year of birth, and an age men serve at
_COUNTED = {"год": (1,), "года": (2, 3, 4)}  # last figures that agree with the word, counted
_OF_YEARS = frozenset(("й", "ый", "го"))
_CLOSED = frozenset(("", "\n", ".", ",", ";", ")"))
_CLOSED_OR_SET_OFF = _CLOSED | {"—", "–", "|"}


def year_after(tokens: Sequence[Token], at: int) -> tuple[int | None, int, bool, bool]:
    """A year at `at` (or past a comma): the year, one past it, marked as birth, two digits."""
    place = at + 1 if text_at(tokens, at) == "," else at
    text = text_at(tokens, place)
    if text.isdecimal() and not text_at(tokens, place + 1).startswith(":"):
        tail, marked, is_year = year_tail(tokens, place + 1)
        if len(text) == 4 and OLDEST <= int(text) <= NEWEST:
            return int(text), tail, marked, False
        if len(text) == 2 and place == at and (is_year or _stands_for_year(tokens, place)):
            return int(text), tail, marked, True
    spoken = number(tokens, place) if numeral(key_at(tokens, place)) else None
    if spoken and spoken.ordinal and _OLD_CENTURY <= spoken.value < _CENTURY:
        tail, marked, _ = year_tail(tokens, spoken.end)
        return spoken.value, tail, marked, True
    if spoken and spoken.ordinal and OLDEST <= spoken.value <= NEWEST:
        tail, marked, _ = year_tail(tokens, spoken.end)
        return spoken.value, tail, marked, False
    return None, at, False, False


def _stands_for_year(tokens: Sequence[Token], at: int) -> bool:
    """«3 мая 88»: two figures that close a day and are no hour, no sum."""
    closed = key_at(tokens, at + 1) in _CLOSED_OR_SET_OFF or (
        at + 1 < len(tokens) and "VERB" in tokens[at + 1].word.tags  # «11 июня 95 пропал»
    )
    return int(tokens[at].text) >= _OLD_CENTURY and closed and touches(tokens, at) is False


def year_tail(tokens: Sequence[Token], at: int) -> tuple[int, bool, bool]:
    """What follows a year: one past it, whether it marks a birth, whether it makes a year."""
    place = at
    if text_at(tokens, place) in DASHES and key_at(tokens, place + 1) in _YEAR_SUFFIXES:
        place += 2
    elif key_at(tokens, place) in _YEAR_SUFFIXES and touches(tokens, place):
        place += 1
    stood = place
    bracket = text_at(tokens, place) == "(" and key_at(tokens, place + 1) in ("г", "гр")
    place += bracket
    key = key_at(tokens, place)
    if key in ("г-р", "гр", "рн", "гр-р", "грр"):
        return place + 1, True, True
    if not is_word("year", key):
        birth = key in ("рождения", "рожд", "рожден", "рождён", "born", "род")
        return (place + birth, birth, place > at or birth)
    place += 1
    while text_at(tokens, place) in (".", "/", "-", ",", "\\") and place - stood < 4:
        place += 1
    key = key_at(tokens, place)
    if key in ("р", "рн", "рождения", "рожд", "род", "рожден", "народження", "н", "нар", "p"):
        return place + 1, True, True
    return stood + 1, False, True


def bare_or_marked(tokens: Sequence[Token], at: int) -> Form | None:
    """2005 г.р., 95 г.р., 88-го года, 1994; not part of «2010–2011»."""
    text = tokens[at].text
    if len(text) not in (2, 4):
        return None
    value = int(text)
    tail, marked, is_year = year_tail(tokens, at + 1)
    if len(text) == 4:
        if not OLDEST <= value <= NEWEST or not _stands_alone(tokens, at):
            return None
        return Form(at, tail, value, marked=marked)
    if not marked and bare_year(tokens, at):
        return Form(at, tail, value, marked=True, short_year=True)
    guess = key_at(tokens, at - 1) == "или" and value_at(tokens, at - 2) is not None
    guess = guess or is_word("other", key_at(tokens, at - 1))  # «мне 71 год»
    guess = guess or by_an_applicant(tokens, at)
    led = key_at(tokens, at - 1) == "год" or is_word("bornin", key_at(tokens, at - 2))
    led = led and key_at(tokens, at - 1) in ("год", "в") and value >= _OLD_CENTURY  # «год 92»
    if guess or not (is_year or led or key_at(tokens, at - 1) == "'"):
        return None  # «86 или 87 г.» is no year
    known = marked or led or _short_year(tokens, at, value, text)
    return Form(at, tail, value, marked=marked or led, short_year=True) if known else None


def _short_year(tokens: Sequence[Token], at: int, value: int, text: str) -> bool:
    """Is «95 г», «88-го года», «05 г» a year, and not an age or a town after an age?"""
    place = at + 1
    key = key_at(tokens, place)
    suffixed = text_at(tokens, place) in DASHES or (
        key in _YEAR_SUFFIXES and touches(tokens, place)
    )
    if suffixed:
        follows = key_at(tokens, place + 1 + (text_at(tokens, place) in DASHES))
        suffix = place + (text_at(tokens, place) in DASHES)
        closed = key_at(tokens, suffix + 1) in _CLOSED and key_at(tokens, suffix) in _OF_YEARS
        if closed and value >= _OLD_CENTURY:
            return True  # «Вязьма, 90-й»
        return key == "м" or key_at(tokens, place + 1) == "м" or follows.startswith("г")
    aged = key in _COUNTED and value in _AGES_TOO and value % 10 in _COUNTED[key]
    if aged or key == "года":  # «61 год, доброволец», «64 года»: an age
        counted = value <= _AGE and value % 10 in (2, 3, 4) and not 11 < value < 15
        return not aged and (text[0] == "0" or not counted)
    if key in ("року", "році"):
        return text[0] == "0" or value > _AGE
    if key in ("г", "год", "году"):
        after = tokens[place + 2] if place + 2 < len(tokens) else None
        town = (
            text_at(tokens, place + 1) == "." and after is not None and after.word.shape == "title"
        )
        return text[0] == "0" or value >= 60 or not (town or key == "год")
    return False


def _stands_alone(tokens: Sequence[Token], at: int) -> bool:
    after, before = text_at(tokens, at + 1), text_at(tokens, at - 1)
    if before.isdecimal() and tokens[at - 1].line == tokens[at].line and len(before) > 1:
        return False
    if after in "-–—/" and after and touches(tokens, at + 1):
        beyond = text_at(tokens, at + 2)
        life = beyond.isdecimal() and int(text_at(tokens, at)) < _LIVES <= int(beyond) <= NEWEST
        return life or not beyond.isdecimal()
    if is_word("money", key_at(tokens, at + 1)):
        return False
    if key_at(tokens, at + 1) == "или" and text_at(tokens, at + 2).isdecimal():
        return False
    if before == "или" and text_at(tokens, at - 2).isdecimal():
        return False
    return not (before in ("-", "–", "—") and text_at(tokens, at - 2).isdecimal())
