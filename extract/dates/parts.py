"""What a written date is made of: its form, and the words that make one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.tokens import Token
from russian.words import classes, kinds, lookup

_APPLIES = 6  # tokens between who writes and his age
_SENTENCE_ENDS = frozenset((".", "!", "?", "\n", ";", "…"))
_HIS = frozenset(("ему", "ей", "самому", "сын", "сына", "внук", "внука", "муж", "мужа", "брат"))


class Form(NamedTuple):
    """A date as written: parts that stand in the text, None where they do not."""

    first: int  # first token
    last: int  # one past the last token
    year: int | None = None
    month: int | None = None
    day: int | None = None
    written: str = "numeric"  # numeric, word, relative
    marked: bool = False  # «г.р.», «года рождения» stand in it
    vague: bool = False  # a range, a part of a month
    shift: int | None = None  # days from the post
    weekday: int | None = None  # 1 Monday … 7 Sunday
    short_year: bool = False  # two digits: the century is to be found
    months: int = 0  # months back from the post: «ровно месяц»
    span: bool = False  # «две недели»: a date only beside words of silence
    named: bool = False  # called by its feast
    feast: tuple[str, ...] = ()  # the days of a feast that moves, year by year
    weeks: int | None = None  # a weekday of the week so many before this
    onward: int | None = None  # days from the day told before
    years_back: int = 0  # «25 октября прошлого года»
    plus: int = 0  # days from the day it names: «за день до Покрова»


def word_class(name: str, key: str) -> tuple[str, ...] | None:
    """The values of `key` in class `name` of `russian/time_words.tsv`."""
    return lookup(classes("time_words")[name], key)


def is_word(name: str, key: str) -> bool:
    """Does `key` stand in class `name` of `russian/time_words.tsv`?"""
    return name in kinds("time_words", key)


def by_an_applicant(tokens: Sequence[Token], at: int) -> bool:
    """«Пенсионер обращается, 71 год», «бабушка я, 80 лет»: the number tells of who writes."""
    for place in range(at - 1, max(-1, at - _APPLIES), -1):
        key = tokens[place].key
        if key in _SENTENCE_ENDS:
            return False
        if is_word("applicant", key):
            return True
        if "Name" in tokens[place].word.tags or key in _HIS:
            return False
    return False
