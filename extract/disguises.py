"""Folded text → telephones and links written so that no program should see them.

«восемь девятьсот три нуля …», «+7 (900) ООО-18-66», «8~900~000~12~34», «вк точка ком слеш masha»:
the pieces that stand for digits are put in a row, and the row is told by its length.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import pairwise
from typing import NamedTuple

from russian.phrases import rows

_OPENING = frozenset(("7", "8", "+7"))  # digits a number told half in words begins with
_WORD = re.compile(r"[^\W\d_]+(?:['’ʼ][^\W\d_]+)*|\d+")
_ALIKE = re.compile("[оoзбliі]{1,4}")  # letters that are written for digits
_ALIKE_DIGITS = str.maketrans("оoзбliі", "0036111")
_ALIKE_BESIDE = re.compile(
    r"\d(?:[ ().\-–—]{0,3}[оoзбliі]{2,4}(?![^\W\d_])|(?<![^\W_]\d)\d{0,2}[liі])"
)
_SEVEN_OR_EIGHT = re.compile("[78]")
_FILLERS = frozenset(("и", "потом", "затем", "далее", "дальше", "опять", "снова", "тире", "пробел"))
_APART = 4  # characters between two pieces
_WHOLE = 11  # digits of a telephone with its 7 or 8
_NEAR = 60  # characters from one telephone to the rest or the next of it
_LONGEST_PIECE = 4  # digits of a piece written in digits, between pieces in words
_SAME_MARKS = re.compile(
    r"(?<![\w+])\+?[78](?P<mark>[^\w\s+]{1,3})(?!800)\d{3}(?P=mark)\d{1,3}(?:(?P=mark)\d{1,4}){1,4}(?!\d)"
)
_BROKEN = re.compile(
    r"(?<![\w+])\+?[78](?:[ ().\-]{0,3}\d){3,8} ?\n ?\d(?:[ ().\-]{0,3}\d){1,6}(?!\d)"
)
_MIXED = re.compile(  # digits and letters like digits, in any mix: «8 (900) О9l-83-05»
    r"(?<![\w+])\+?[78](?:[ ().\-–—]{0,3}[\dоoзбliі]){10}(?![^\W_])"
)
_LEAST_DIGITS = 5  # of the eleven
_PARTED_LINK = re.compile(  # «t me/masha», «vk . com / masha»
    r"(?<!\w)(?:t|т|vk|вк|wa|ok|ок) {0,2}[., ] {0,2}(?:me|com|ru) {0,2}/ {0,2}[\w.\-]{3,40}"
)
_PARTED_MARKS = ("me/", "me /", "com/", "com /", "ru/", "ru /")
_SITE = r"(?:вк|vk|вконтакте|т|t|тг|tg|ок|ok|инстаграм\w?|instagram|ва|wa)"
_DOT = r" {0,2}(?:\.|,|точка|тчк|dot|\(точка\)|\[\.\]|\(\.\)) {0,2}"
_SLASH = r" {0,2}(?:/|\\|слеш|слэш|слешь|slash|дробь|палочка) {0,2}"
_SPELT_LINK = re.compile(
    rf"(?<![\w@]){_SITE}{_DOT}(?:ком|com|ми|ме|me|ру|ru){_SLASH}(?:\w+{_SLASH})?"
    r"[\w.\-]+(?: (?:нижнее |ноль|один|два|три)\w*){0,4}"
)
_SPELT_HANDLE = re.compile(
    r"(?<!\w)(?:тг|tg|телег\w{1,4}|телеграм\w{0,2}|инст\w{0,8}|вк|ник\w{0,2}|пишите|писать)"
    r"[^\w\n]{1,3}(?:собака|собачка|эт)[^\w\n]{1,3}"
    r"(\w+(?:[ _](?:ноль|нуль|один|два|три|нижнее|\d)\w*){0,5})"
)
_LINK_MARKS = ("слеш", "слэш", "slash", "собак", "т.м", "т .", "t .", "вк.", "точка", "дробь", "\\")


class _Piece(NamedTuple):
    """A word or number that stands for digits; offsets are into the text."""

    start: int
    end: int
    digits: str


def numbers(text: str, lowered: str, words: Sequence[str]) -> list[tuple[int, int]]:
    """Where disguised telephones stand; `words`: the letters and digits of the text in runs."""
    opening = [match.start() for match in _SEVEN_OR_EIGHT.finditer(text)]
    starts = [at - (text[at - 1 : at] == "+") for at in opening]
    found = [m.span() for m in _opened(_SAME_MARKS, text, starts) if _digits(m.group()) == _WHOLE]
    found += [m.span() for m in _opened(_MIXED, lowered, starts) if _is_mixed(m.group())]
    if "\n" in text:
        found += [m.span() for m in _opened(_BROKEN, text, starts) if _digits(m.group()) == _WHOLE]
    if _may_be_dictated(words) or _ALIKE_BESIDE.search(lowered):
        found += _spoken(re.sub("[’ʼ]", "'", lowered.replace("ё", "е")))
    return found


def _opened(pattern: re.Pattern[str], text: str, starts: Sequence[int]) -> Iterator[re.Match[str]]:
    """What `finditer` finds of a pattern that begins with +7, 7 or 8, tried where one stands."""
    end = 0
    for start in starts:
        if start >= end and (match := pattern.match(text, start)):
            end = match.end()
            yield match


def _is_mixed(run: str) -> bool:
    return _digits(run) >= _LEAST_DIGITS and any(map(str.isalpha, run))


def links(lowered: str) -> list[tuple[int, int]]:
    """Where links and handles told in words stand."""
    parted = []
    if any(mark in lowered for mark in _PARTED_MARKS):
        parted = [match.span() for match in _PARTED_LINK.finditer(lowered)]
    if not any(mark in lowered for mark in _LINK_MARKS):
        return parted
    spelt = [match.span() for match in _SPELT_LINK.finditer(lowered)]
    return parted + spelt + [match.span(1) for match in _SPELT_HANDLE.finditer(lowered)]


def _digits(text: str) -> int:
    return sum(map(str.isdecimal, text))


def _may_be_dictated(words: Sequence[str]) -> bool:
    """Does a number follow one said in words, or one said in words an opening 7 or 8?"""
    said = said_digits()
    glued = any(map(_is_glued, words)) if max(map(len, words), default=0) > _LEAST_GLUED else False
    if glued or said.keys().isdisjoint(words):
        return glued
    return any(
        (word in said or word in _OPENING) and (after in said or after.isdecimal())
        for word, after in pairwise(words)
    )


def _is_glued(word: str) -> bool:
    return len(word) > _LEAST_GLUED and bool(_parted(word))


_LEAST_GLUED = 12  # letters of several numbers written as one word


@cache
def _parted(word: str) -> str:
    """«восемьдевятьсот» → 8900; "" where the word is not made of numbers."""
    said = said_digits()
    if word in said:
        return said[word]
    if len(word) > _WHOLE * _LEAST_GLUED or not word.startswith(_beginnings()):
        return ""
    for end in range(min(len(word) - 1, 14), 2, -1):
        if word[:end] in said and (rest := _parted(word[end:])):
            return said[word[:end]] + rest
    return ""


@cache
def _beginnings() -> tuple[str, ...]:
    return tuple({word[:3] for word in said_digits()})


@cache
def said_digits() -> dict[str, str]:
    """Number word → its digits, from `russian/contact_words.tsv`."""
    table = [row for row in rows("contact_words") if row[1] == "digits"]
    return {row[0]: row[2] if len(row) > 2 else "" for row in table}


def _value(word: str) -> str | None:
    said = said_digits().get(word)
    return said if said is not None else _parted(word) or None


def _spoken(lowered: str) -> list[tuple[int, int]]:
    """Numbers said in words, whole or mixed with digits: «восемь девятьсот ноль ноль …»."""
    found: list[tuple[int, int]] = []
    run: list[_Piece] = []
    for match in [*_WORD.finditer(lowered), None]:
        word = match.group() if match else ""
        said = _value(word) if match else None
        piece = _piece(match.start(), word, said, bool(run)) if match else None
        if piece and run and piece.start - run[-1].end <= _APART:
            run.append(piece)
            continue
        if match and run and word in _FILLERS and match.start() - run[-1].end <= _APART:
            run.append(_Piece(match.start(), match.end(), ""))
            continue
        _close(lowered, run, found)
        opens = match is not None and (said is not None or word in _OPENING)
        run = [_Piece(match.start(), match.end(), said or word)] if match and opens else []
        if run and said == "":
            run = [_Piece(run[0].start, run[0].end, "")]
    return found


def _piece(start: int, word: str, said: str | None, goes_on: bool) -> _Piece | None:
    if said is not None:
        return _Piece(start, start + len(word), said)
    if not goes_on:
        return None
    if word.isdecimal() and len(word) <= _LONGEST_PIECE:
        return _Piece(start, start + len(word), word)
    if _ALIKE.fullmatch(word):
        return _Piece(start, start + len(word), word.translate(_ALIKE_DIGITS))
    return None


def _close(text: str, run: list[_Piece], found: list[tuple[int, int]]) -> None:
    """Keep the run if it is a telephone, without what only looks like digits at its end."""
    while run and not run[-1].digits:
        run.pop()
    while run and _is_alike(text, run[-1]) and _count(run[:-1]) >= _WHOLE:
        run.pop()
    if not run or not any(text[one.start : one.end].isalpha() for one in run):
        return
    said = [one for one in run if _value(text[one.start : one.end]) is not None]
    if _dictated(text, run, said, found[-1][1] if found else None):
        found.append((run[0].start, run[-1].end))


def _is_alike(text: str, piece: _Piece) -> bool:
    word = text[piece.start : piece.end]
    return bool(_ALIKE.fullmatch(word)) and _value(word) is None


def _count(run: Iterable[_Piece]) -> int:
    return sum(len(one.digits) for one in run)


def _dictated(text: str, run: Sequence[_Piece], said: Sequence[_Piece], after: int | None) -> bool:
    """Is a run of pieces a telephone? `after`: where the one before it ends, if there is one."""
    digits = _count(run)
    if not said:  # digits and letters like digits
        return digits in (_WHOLE, _WHOLE + 1)
    if text[run[0].start : run[0].end].isdecimal():
        return digits >= 9
    near = after is not None and run[0].start - after <= _NEAR
    return (len(run) >= 5 and digits >= 7) or (len(run) >= 2 and near) or digits >= 10
