"""A lower-case form → the surnames it may be of, with the cases it may stand in and their worth."""

from __future__ import annotations

import re
from collections.abc import Iterator
from math import log2
from typing import NamedTuple

from russian import given, surnames
from russian.inflect import ANY, CASES, FEMALE, MALE, NOMINATIVE, PLURAL, Form, bits, surname_forms
from russian.morphology import Parse, parses

MALE_NOMINATIVE = 1
_OWN = 40  # bearers a given name has at least that our own table lists
_HALF = 2
_NO_NOUN = 2.0  # what speaks against a surname where the form is of another noun
_BORNE = 5  # bearers that make a name a listed one
_LEAST_OF_WORD = 20  # bearers of a surname that is a verb or an adverb too
_VOWELS = "аеёиоуыэюя"
_EASTERN = 4.0  # worth of a surname of one syllable that stays as it is
_IRREGULAR = 100  # bearers of a surname whose stem changes by no rule of endings.tsv


class Reading(NamedTuple):
    """One nominative a form may come from, the cases (see russian.inflect), and its worth."""

    name: str  # lower case
    mask: int
    worth: float
    listed: bool = False  # in the lists of given names, or a surname with bearers or a sure shape
    plural: bool = False  # of several people: «Ахметзяновы»


class Doubt(NamedTuple):
    """What a form is besides: a word, a place, a word of the closed classes, a given name."""

    common: bool
    place: bool
    closed: bool
    given: bool


def surname_readings(low: str, doubt: Doubt) -> tuple[Reading, ...]:
    """The surnames a lower-case form may be of; `doubt` says what else it may be."""
    readings: list[Reading] = []
    nouns = _nouns(low) if doubt.common else frozenset()
    georgian = _GEORGIAN.search(low) is not None
    for form in (*surname_forms(low), *_irregular(low)):
        bearers = surnames.borne(form.nominative)
        if doubt.closed and bearers < _LEAST_OF_WORD:
            continue
        if georgian and not bearers and form.nominative != low:
            continue
        readings += _readings(form, low, bearers, _worth(form, low, doubt, bearers, nouns))
    if surnames.is_eastern(low) and low[-1] in _VOWELS and not (doubt.closed or doubt.common):
        readings.append(Reading(low, MALE | FEMALE, _EASTERN, True))  # «ищем Пя Ивана»
    if georgian:  # «ищем Квирквелия Зураба»
        still = (MALE | FEMALE) & ~NOMINATIVE
        readings += [one._replace(mask=still) for one in readings if one.name == low][:1]
    return tuple(readings)


def _worth(form: Form, low: str, doubt: Doubt, bearers: int, nouns: frozenset[str]) -> float:
    """How likely the form is that surname; `nouns`: what else the dictionary has it of."""
    shape = _shape(form.nominative)
    worth = _surname_worth(low, form, bearers, shape)
    worth -= _doubts(doubt, bearers, sure=shape == 2 and form.nominative == low)
    if low.endswith("ой") and form.nominative != low:
        worth -= 1.0
    if nouns and form.nominative != low and form.nominative not in nouns and bearers < _IRREGULAR:
        worth -= _NO_NOUN  # «Печку» is of Печка, not of Печко
    return worth


def _readings(form: Form, low: str, bearers: int, worth: float) -> Iterator[Reading]:
    """One form as a man's, a woman's, a surname that stays as it is, or several people's."""
    name, single = form.nominative, form.mask & ~PLURAL
    listed = bearers >= _BORNE or (_shape(name) == 2 and not _ADJECTIVE.search(name))
    if "-" in low:
        listed = any(surnames.count(part) >= _LEAST_OF_WORD for part in name.split("-"))
    if single & MALE and single & FEMALE and name.endswith("ина"):
        hers = surnames.count(name[:-1]) * _HALF > surnames.count(name)  # Гущин's sister's
        yield Reading(name, single & MALE, worth - (4.0 if hers else 1.5), listed)  # «Калина Иван»
        single &= FEMALE
    if single:
        yield Reading(name, single, worth, listed)
        if name == low and single == MALE_NOMINATIVE | FEMALE:
            # many leave a rare surname as it is: «Монгуш Айдына»
            yield Reading(low, MALE & ~NOMINATIVE, worth - 2.5, listed)
    elif form.mask & PLURAL and listed:
        both = form.mask >> 12 | form.mask >> 6
        yield Reading(name, both, worth - 1.5, listed, plural=True)


def _shape(name: str) -> int:
    return 0 if _is_borne(name) else surnames.shaped(name)


def _is_borne(name: str) -> bool:
    """Is it a given name of our own table or of some bearers: «Севастьян», «Лукьян»?"""
    known = given.known(name)
    return known is not None and known.bearers >= _OWN and not known.short


_GEORGIAN = re.compile("[а-я]{3}ия$")


def _nouns(low: str) -> frozenset[str]:
    """The nominatives of the nouns an oblique form of the dictionary is of."""
    nouns = [p for p in known_parses(low) if p.known and p.pos == "NOUN" and p.number == "sing"]
    if any(parse.normal == low for parse in nouns):
        return frozenset()
    return frozenset([parse.normal for parse in nouns])


def _irregular(low: str) -> tuple[Form, ...]:
    """«Зайцу»: the dictionary's own nominative, where it is a surname and no ending tells it."""
    found = []
    for parse in known_parses(low):
        stem = parse.normal[:-2]
        if parse.pos != "NOUN" or parse.number != "sing" or parse.case not in CASES or not stem:
            continue
        if parse.gender == "femn":
            continue
        if parse.normal == low or low.startswith(parse.normal[:-1]) or not low.startswith(stem[:2]):
            continue
        if surnames.count(parse.normal) >= (_BORNE if "anim" in parse.tags else _IRREGULAR):
            found.append(Form(parse.normal, bits("m", parse.case)))
    return tuple(found)


def _doubts(doubt: Doubt, bearers: int, *, sure: bool) -> float:
    """What speaks against a surname that is a word, a place or a given name too."""
    less = 0.0
    if doubt.common:
        less += 1.0 if sure else 4.0 if bearers < 20 else 2.0
    if doubt.place:
        less += 2.5
    if doubt.given and bearers < 5:
        less += 1.5
    return less


def _surname_worth(low: str, form: Form, bearers: int, shape: int) -> float:
    worth = log2(bearers + 1) * 0.6 + shape * 1.5
    same = form.nominative == low
    if "-" in low:
        whole = form.nominative.partition("-")[0] == low.partition("-")[0]
        worth = max(worth, _double_worth(form.nominative) + 0.2 * whole)
        worth -= 2.0 * (whole and not same and _HERS.search(low.partition("-")[0]) is not None)
    if same and form.mask & NOMINATIVE:
        worth += 0.5
    if same and form.mask == ANY:
        if _STILL_SURE.search(low):
            return worth + 1.0
        return worth - (_STILL_ODD if low.endswith(_CASE_ENDINGS) else 1.0)
    return worth if bearers or shape or same else worth - 0.5


_HERS = re.compile("[оеё]ва$|ина$")  # «Рогова-Ланского» is of Рогов-Ланской
_ADJECTIVE = re.compile(r"(?:ий|ый|ой|ая|яя)$")
_CASE_ENDINGS = ("у", "ю", "е", "и")  # «Костырику» is rather of Костырик than still
_STILL_ODD = 1.7
_STILL_SURE = re.compile(r"(?:[иы]х|ко|[ая]го|[ая]ну|еску)$")


def _double_worth(name: str) -> float:
    parts = name.split("-")
    return sum(log2(surnames.count(part) + 1) * 0.3 + surnames.shaped(part) * 0.7 for part in parts)


def known_parses(low: str) -> tuple[Parse, ...]:
    """The dictionary's analyses of a lower-case form of Russian letters; none for any other."""
    return parses(low) if _RUSSIAN.fullmatch(low) else ()


_RUSSIAN = re.compile("[а-яё-]+")
