"""Runs of units → the likeliest division into names, by agreement in case and sex."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import NamedTuple

from extract.names.surname_words import Reading
from extract.names.units import GIVEN, INITIAL, PATRONYMIC, SURNAME, Unit
from extract.names.words import Facts
from russian.inflect import ANY, FEMALE, MALE, NOMINATIVE, PLURAL
from russian.patronymics import KYRGYZ_SON, written_out
from russian.places import gazetteer
from russian.remembered import FORMS
from russian.surnames import is_eastern

# Orders in which a name's parts stand, with what each order is worth by itself.
# s surname, g given name, p patronymic, i initial of given name or patronymic, f of surname.
_PATTERNS = (
    ("sgp", 6.0), ("gps", 6.0), ("gsp", 3.0), ("sggp", 5.0), ("ggps", 4.5),
    ("sgg", 3.0), ("sgi", 3.0), ("sii", 5.0), ("iis", 5.0), ("gpf", 4.5),
    ("sg", 1.5), ("gs", 1.3), ("gp", 4.0), ("sip", 5.0), ("si", 1.5), ("is", 1.5), ("gf", 1.0),
    ("sp", 2.5),
)  # fmt: skip
_LONGEST = max(len(pattern) for pattern, _ in _PATTERNS)
_ROLES = {"s": SURNAME, "g": GIVEN, "p": PATRONYMIC, "i": INITIAL, "f": INITIAL}
_CAPITALS = {"title": 1.5, "start": 0.8, "caps": 0.2, "small": -0.2, "lower": -0.5}
# The least a name of several words must be worth, and one of a single given name or surname.
_LEAST = {"title": 3.5, "start": 4.5, "caps": 6.0, "small": 6.0, "lower": 9.5}
_LEAST_GIVEN = {"title": 2.0, "start": 2.5, "caps": 3.5, "small": 5.2, "lower": 9.0}
_NEVER = ("caps", "lower")  # how no patronymic stands alone
_KIN_SAYS = {"title": 4.0, "start": 4.0, "caps": 4.0, "small": 2.2, "lower": 6.0}
_LEAST_SURNAME = {"title": 3.0, "start": 4.0, "caps": 5.5, "small": 5.0, "lower": 99.0}
_SINGULAR = MALE | FEMALE
_RIVALS = 4  # readings of one stretch that the context may choose among
_SHORT = 5  # letters a syllable of an eastern name may have
_FREQUENT = 6.0  # worth of a given name of some thousands of bearers
_NEAR = 1.5  # what the case called for by the word before is worth
_ADJECTIVE = re.compile(r"(?:ий|ый|ой|ая|яя)$")
_QUALITY = re.compile(r"(?<![сц]к)(?:ий|ый)$")  # an adjective that is of no place


_POSSESSIVE = re.compile(r"[оеё]в$")
_LEAST_POSSESSIVE = 4.5
_LISTED = 2.6  # worth of a listed surname beside a given name no list has
_RARELY = 4.0  # worth of a given name of a hundred bearers
_RARE = 2.5  # worth of a given name of few bearers
_SURE = 7.0  # worth of a surname of hundreds of bearers that is also some form of a place


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """A stretch of units read as one name."""

    pattern: str
    readings: tuple[Reading, ...]
    mask: int
    score: float


def divide(run: list[Unit]) -> list[tuple[Found, list[Unit]]]:
    """The names in a run, in order: dynamic programming from the right over all patterns."""
    size = len(run)
    if size == 1:
        found = _family(run[0]) or _alone(run[0])
        return [(found, run)] if found else []
    best: list[tuple[float, int, Found | None]] = [(0.0, 0, None)] * (size + 1)
    for at in range(size - 1, -1, -1):
        choice: tuple[float, int, Found | None] = (best[at + 1][0], at + 1, None)
        for found in _candidates(run, at):
            end = at + len(found.pattern)
            total = found.score + best[end][0]
            if total > choice[0]:
                choice = (total, end, found)
        best[at] = choice
    names = []
    at = 0
    while at < size:
        _, end, found = best[at]
        if found is not None:
            names.append((found, run[at:end]))
        at = end
    return names


def _candidates(run: list[Unit], at: int) -> list[Found]:
    candidates = []
    for pattern, bonus in _fitting_patterns(
        tuple([unit.roles for unit in run[at : at + _LONGEST]])
    ):
        units = run[at : at + len(pattern)]
        if not _may_stand(pattern, units) or (at and _takes(run[at - 1], pattern)):
            continue
        words = tuple([unit.facts for unit in units])
        rivals = _rivals(pattern, words, tuple([unit.capital for unit in units]), bonus)
        if rivals:
            candidates.append(_fitting(rivals, units[0].expected))
    if found := _alone(run[at]):
        candidates.append(found)
    return candidates


@cache
def _fitting_patterns(roles: tuple[int, ...]) -> tuple[tuple[str, float], ...]:
    """The patterns, and their worth, that units of these roles may stand in from the first on."""
    return tuple(
        (pattern, bonus)
        for pattern, bonus in _PATTERNS
        if len(pattern) <= len(roles)
        and all(_ROLES[role] & has for role, has in zip(pattern, roles, strict=False))
    )


def _rather_given(unit: Unit) -> bool:
    known = unit.facts.known_given and unit.facts.given and unit.facts.surname
    return bool(known) and unit.facts.given[0].worth > unit.facts.surname[0].worth


def _may_stand(pattern: str, units: list[Unit]) -> bool:
    """Initials need their dots (or each other), and asides stand only after a given name."""
    for place, unit in enumerate(units):
        if unit.aside[1] and place and pattern[:place].count("g") == 0 and pattern[place] != "g":
            return False
    if pattern == "sgg":  # «Пак Ен Сун», «Нгуен Ван Хай»
        return _is_eastern(units)
    if pattern == "si" and _rather_given(units[0]):
        return False  # «Марина К.», «Роман К.»: a given name and the surname's first letter
    if pattern in ("si", "is", "sgi", "sip", "gf", "gpf"):
        return all(unit.dotted or not unit.facts.initial for unit in units)
    if pattern in ("sii", "iis"):
        bare = [unit for unit in units if unit.facts.initial and not unit.dotted]
        return not bare or (pattern == "sii" and len(bare) == 2)
    return True


def _is_eastern(units: list[Unit]) -> bool:
    """A Korean, Chinese or Vietnamese surname and two short words."""
    short = all(0 < len(unit.facts.short) <= _SHORT and not unit.dotted for unit in units[1:-1])
    short = short and 0 < len(units[-1].facts.short) <= _SHORT
    return short and any(is_eastern(reading.name) for reading in units[0].facts.surname)


def _takes(before: Unit, pattern: str) -> bool:
    """The initial after a given name is his patronymic's, not the start of another name."""
    return pattern[0] == "i" and before.facts.known_given


def _fitting(rivals: tuple[Found, ...], expected: int) -> Found:
    if not expected:
        return rivals[0]
    return max(rivals, key=lambda found: found.score + _NEAR * bool(found.mask & expected))


@lru_cache(maxsize=FORMS)
def _rivals(
    pattern: str, words: tuple[Facts, ...], capitals: tuple[str, ...], bonus: float
) -> tuple[Found, ...]:
    """The best readings of the words that agree in case and sex, best first."""
    partial: list[tuple[float, int, tuple[Reading, ...]]] = [(bonus, ANY, ())]
    for role, word in zip(pattern, words, strict=True):
        partial = [
            (worth + option.worth, mask & option.mask, (*chosen, option))
            for worth, mask, chosen in partial
            for option in _options(role, word)
            if mask & option.mask
        ]
    extra = sum(_CAPITALS[capital] for capital in capitals)
    found = [
        Found(
            pattern,
            chosen,
            mask,
            worth + extra + _preference(mask) - _swap(pattern, chosen, words) - _of_many(chosen),
        )
        for worth, mask, chosen in partial
        if len(pattern) > 2 or _is_pair(pattern, chosen, words)
    ]
    least = max(_LEAST[capital] for capital in capitals)
    found = [one for one in found if one.score >= least]
    found.sort(key=lambda one: -one.score)
    return tuple(found[:_RIVALS])


def _swap(pattern: str, chosen: tuple[Reading, ...], words: tuple[Facts, ...]) -> float:
    """What speaks against «Вану Сергею» as Вано of the surname Сергей: the better given name."""
    if pattern not in ("sg", "gs"):
        return 0.0
    place = pattern.index("g")
    other = words[1 - place].given
    better = other[0].worth - chosen[place].worth if other else 0.0
    frequent = bool(other) and other[0].worth >= _FREQUENT
    return 2.0 * better if better > 1 and frequent else 0.0


def _of_many(chosen: tuple[Reading, ...]) -> float:
    """What speaks against the plural of Польский in «Польских Игоря Валерьяновича»: he is one."""
    several = [reading.plural for reading in chosen]
    return 2.0 if len(several) > 2 and any(several) and not several[-1] and several[0] else 0.0


def _is_pair(pattern: str, chosen: tuple[Reading, ...], words: tuple[Facts, ...]) -> bool:
    """Two words alone are a name only if one of them is surely a part of one."""
    if pattern[1] in "pf":
        sure = pattern == "sp" and chosen[1].listed and not words[0].known_given
        whole = pattern == "gp" and bool(words[1].patronymic)
        surnamed = chosen[1].name.rpartition("-")[2] in KYRGYZ_SON  # «Тимур Эркинбек уулу»
        likely = whole or (chosen[0].listed and (sure or pattern != "sp"))  # «Юдаков Никитич»
        return likely and not surnamed
    if pattern in ("is", "si"):
        surname = chosen[pattern.index("s")]
        return surname.listed or (pattern == "si" and surname.worth > 0)
    place = pattern.index("g")
    given, surname, word = chosen[place], chosen[1 - place], words[1 - place]
    family = words[place].surname  # «Смирновых Алексеев»: two surnames, no name
    if family and family[0].listed and family[0].worth >= _SURE and given.worth < _RARE:
        return False
    if given.listed:
        if word.known_given and surname.worth < 1.5:  # not «отец Рината Ильдус»
            return bool(word.given[0].mask & given.mask)
        return not (word.place and not surname.listed) and not (word.common and surname.worth < -3)
    lies = (word.place and surname.worth < _SURE) or words[place].place
    doubtful = lies or word.common or words[place].common
    sure = surname.listed or not _ADJECTIVE.search(surname.name)
    return not doubtful and surname.worth >= (_LISTED if surname.listed else 3.0) and sure


def _preference(mask: int) -> float:
    man = 0.3 * bool(mask & MALE)  # most names in these texts are men's
    return man + (0.6 if mask & NOMINATIVE & ~PLURAL else 0.0)


def _options(role: str, word: Facts) -> tuple[Reading, ...]:
    if role == "s":
        return word.surname
    if role == "g":
        return word.given
    if role in "if":
        return (Reading(word.initial, _SINGULAR, 0.0),)
    if word.patronymic:
        return word.patronymic
    man, woman = written_out(word.short), written_out(word.short, woman=True)
    pairs = ((man, MALE), (woman, FEMALE))
    return tuple(Reading(name, mask, 1.0) for name, mask in pairs if name)


def _alone(unit: Unit) -> Found | None:
    """A name of one word, where the word or what stands before it leaves little doubt."""
    before = _Before(unit.near, unit.before_place, unit.after_place_word, unit.said_surname)
    return _of_one_word(unit.facts, unit.capital, unit.kin, unit.expected, before)


class _Before(NamedTuple):
    """What stands beside a word, as of a Unit."""

    near: bool
    before_place: bool
    after_place_word: bool
    said_surname: bool


@lru_cache(maxsize=FORMS)
def _of_one_word(
    word: Facts, capital: str, kin: bool, expected: int, before: _Before
) -> Found | None:
    if capital == "start" and word.mostly_common and not before.near:
        return None
    capitalised = capital in ("title", "start")
    given, surname = _best(word.given, expected), _best(word.surname, expected)
    patronymic = word.patronymic[0] if word.patronymic and capital not in _NEVER else None
    if patronymic and patronymic.worth >= 4 and not word.place:
        return Found("p", (patronymic,), patronymic.mask, 0.4)
    likelier = given and (not surname or given.worth + 0.5 + 3.5 * kin >= surname.worth)
    if given and likelier and _is_given(given, word, capital, near=before.near):
        return Found("g", (given,), given.mask, 0.5 + given.worth * 0.1)
    if surname and _surely(surname, word, capital, before, kin=kin):
        return Found("s", (surname,), surname.mask, 0.5 + surname.worth * 0.05)
    if patronymic or not (capitalised and kin and given) or word.common or word.place:
        return Found("p", (patronymic,), patronymic.mask, 0.4) if patronymic else None
    quality = surname is not None and _QUALITY.search(surname.name)  # «сержант Ольховатый»
    part, reading = ("s", surname) if quality and surname else ("g", given)
    return Found(part, (reading,), reading.mask, 0.3)


def _is_given(given: Reading, word: Facts, capital: str, *, near: bool) -> bool:
    """Whether a word alone may be taken for a given name."""
    if not given.listed:
        return False
    least = _LEAST_GIVEN[capital]
    if word.mostly_common and not given.mask & NOMINATIVE and given.worth < _RARELY:
        return False  # «Сын, Седой Юрий»: the instrumental of a rare Седа
    if near:
        return given.worth >= least - _KIN_SAYS[capital]
    doubtful = word.common or (word.place and given.worth < 4.7)
    doubtful = doubtful or (capital == "small" and word.ordinary)  # «вера в лучшее»
    return given.worth >= least and not doubtful


def _surely(surname: Reading, word: Facts, capital: str, before: _Before, *, kin: bool) -> bool:
    """Whether a word alone may be taken for a surname."""
    if before.said_surname and capital not in ("lower", "small"):
        return True
    if before.before_place or before.after_place_word:
        return False
    if word.place and (surname.worth < _SURE or surname.name in gazetteer()):
        return False
    if word.common:  # «что стало с Тузовым»: a word in the plural, but for its capital
        sure = capital == "title" and surname.listed and _POSSESSIVE.search(surname.name)
        return bool(sure) and surname.worth >= _LEAST_POSSESSIVE
    if (capital in ("small", "caps") and word.ordinary) or (
        _ADJECTIVE.search(surname.name) and not surname.listed
    ):
        return False
    unlisted = not word.known_given and not word.mostly_common  # «Мелконов, Таганрог.»
    plain = unlisted and capital == "start" and _POSSESSIVE.search(surname.name)
    return surname.worth >= _LEAST_SURNAME["title" if plain else capital] - kin


def _family(unit: Unit) -> Found | None:
    """«Гайсины.»: the plural of a surname that is a whole sentence."""
    if not unit.dotted or unit.capital not in ("start", "title") or unit.facts.common:
        return None
    for one in unit.facts.surname:
        if one.plural and one.mask & NOMINATIVE and one.worth >= _LEAST_SURNAME["title"]:
            return Found("s", (one,), one.mask, 1.0)
    return None


def _best(readings: tuple[Reading, ...], expected: int) -> Reading | None:
    def fit(reading: Reading) -> float:
        called = _NEAR * bool(expected and reading.mask & expected)
        return reading.worth + called + _preference(reading.mask)

    return max(readings, key=fit, default=None)
