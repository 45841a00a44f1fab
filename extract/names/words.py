"""One word form → what it may be as part of a person's name. Made once per form, then looked up."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from math import log2
from pathlib import Path

import russian
from extract.names.surname_words import Doubt, Reading, known_parses, surname_readings
from extract.tokens import Word
from extract.tokens import word as word_of
from model import Sex
from russian import given, patronymics, surnames
from russian.inflect import (
    ANY,
    FEMALE,
    MALE,
    PLURAL,
    Form,
    given_forms,
    stem_of_given,
    surname_forms,
)
from russian.morphology import Parse
from russian.patronymics import patronymic_forms
from russian.phrases import rows
from russian.places import gazetteer
from russian.remembered import remembered
from russian.transliterate import is_ukrainian, to_russian

_WORD_CLASSES = frozenset(
    ("VERB", "INFN", "PREP", "CONJ", "PRCL", "INTJ", "NPRO", "NUMR", "ADVB", "COMP", "PRED")
)
_LITTLE = frozenset(("PREP", "CONJ", "PRCL", "NPRO"))
_PROPER_TAGS = frozenset(("Name", "Surn", "Patr", "Geox"))
_NAME_TAGS = frozenset(("Name", "Surn", "Patr"))
_FREQUENT = 4.0  # worth of a given name of some five hundred bearers that is also a word
_VERB_TOO = 1.0  # worth of a name of our own table that is a verb too: «Нарек», «Давит»
_NAMED = 300  # bearers that make a form of a listed word a given name
_FAMILY = 12  # bearers that make a form of a listed word a surname
_HYPHENS = 2  # the most of a name; «Мель-ни-чен-ко» is spelt out
_SHORTEST = 6  # letters of an abbreviation at most
_UNKNOWN = 1.0  # worth of a surname in small letters that is no word of the dictionary
_MOST = 8  # readings kept of one role


@dataclass(frozen=True, slots=True, eq=False)
class Facts:
    """What a form may be; empty tuples where it cannot. One object a form, known by identity."""

    surname: tuple[Reading, ...]
    given: tuple[Reading, ...]
    patronymic: tuple[Reading, ...]
    initial: str  # «И» for a single capital letter
    short: str  # lower-case letters of a possible abbreviation («ник», «юр»)
    common: bool  # an ordinary word of the dictionary
    place: bool  # a place's name of the dictionary
    mostly_common: bool  # oftener an ordinary word than a name
    known_given: bool  # a listed given name
    shape: str
    latin: bool
    ordinary: bool = False  # an ordinary word in one of its readings: «зубов»


@cache
def _listed_words() -> dict[str, str]:
    """Lower-case word, ё as е → kind (kin, role, place)."""
    table: dict[str, str] = {}
    path = Path(russian.__file__).with_name("name_words.tsv")
    for line in path.read_text("utf-8").splitlines():
        if line and not line.startswith("#"):
            kind, words = line.split("\t")
            for word in words.split() if kind != "pair" else ():
                table.setdefault(given.fold(word), kind)
    for word in (cells[0].removeprefix("=") for cells in rows("kin") if cells[0][0] == "="):
        if not given.known(word):
            table.setdefault(word, "kin")
    return table


@cache
def _pairs() -> tuple[tuple[str, str], ...]:
    path = Path(russian.__file__).with_name("name_words.tsv")
    lines = [line for line in path.read_text("utf-8").splitlines() if line.startswith("pair\t")]
    pairs = [pair.split("+") for line in lines for pair in line.split("\t")[1].split()]
    return tuple((first, second) for first, second in pairs)


_NO_ADJECTIVES = ("часов", "марий", "инна")  # the first words of such pairs that are none


def is_place_pair(first: str, second: str) -> bool:
    """Whether two words (keys) are one place's name: «Часов Яр», «Великих Лук»."""
    beginning = _pairs_of(first)
    return bool(beginning) and any(
        second.startswith(two) and len(second) <= len(two) + 3 for two in beginning
    )


@remembered
def _pairs_of(first: str) -> tuple[str, ...]:
    """The second words of places' names that a first word (key) may begin."""
    said = [parse.pos for parse in known_parses(first) if parse.known]
    if said and "ADJF" not in said and not first.startswith(_NO_ADJECTIVES):
        return ()  # «Беляк Ярик»
    return tuple(
        two for one, two in _pairs() if first.startswith(one) and len(first) <= len(one) + 4
    )


@remembered
def kind_of(text: str) -> str:
    """Whether a form is of a listed word: kin, role, place, or "" for none."""
    table = _listed_words()
    low = given.fold(text)
    if "ё" in text and _is_only_a_name(text.lower()):
        return ""  # «Тёма», which is no «тема»
    if low in table:
        return table[low]
    head, dash, _ = low.partition("-")
    if dash and len(head) > 2 and table.get(head) == "kin":
        return "kin"
    for parse in known_parses(low):
        if parse.known and parse.pos != "PREP" and (found := table.get(given.fold(parse.normal))):
            return found
    return ""


def _is_only_a_name(low: str) -> bool:
    known = [parse.tags for parse in known_parses(low) if parse.known]
    return bool(known) and all("Name" in tags for tags in known)


def facts(text: str, ukrainian: bool = False) -> Facts | None:
    """The facts of a surface form; None where it can be no part of a name."""
    return _ukrainian_facts(text) if ukrainian else _russian_facts(text)


@remembered
def _ukrainian_facts(text: str) -> Facts | None:
    return _facts_of(text, ukrainian=True)


@remembered
def _russian_facts(text: str) -> Facts | None:
    return _facts_of(text, ukrainian=False)


def _facts_of(text: str, *, ukrainian: bool) -> Facts | None:
    word = word_of(text)
    latin = word.script == "latin"
    if word.script == "other" or len(text) > 40 or text.count("-") > _HYPHENS:
        return None
    if len(text) == 1:
        letter = to_russian(text, ukrainian=not latin)
        return initials(letter.upper(), latin=latin) if text.isupper() else None
    if _COMPOUND.fullmatch(text):
        return initials(text.replace("-", ".-"))
    if bare := _without_tail(text):
        return facts(bare, ukrainian)
    if latin or ukrainian or is_ukrainian(text):
        return _foreign(text, latin)
    low = text.lower().translate(_TURKIC) if _TURKIC_LETTER.search(text) else word.text.lower()
    return _facts(word, low, latin=False)


def _without_tail(text: str) -> str | None:
    """«Уткин-младший», «Лёшка-то», «Рахимбаевтың»: the name before its tail; None for no tail."""
    if "-" in text:
        head, _, tail = text.rpartition("-")
        return head if len(head) > _LEAST_HEAD and _TAIL.fullmatch(tail.lower()) else None
    match = _OF_HIS.fullmatch(text)
    if match is None or surnames.shaped(match[1].lower()) < _SHAPED:
        return None
    low = text.lower()
    word = surnames.count(low) or any(parse.known for parse in known_parses(low))
    return None if word or _patronymic(low) else match[1]  # «Баторовны» are sisters


_TAIL = re.compile("(?:младш|старш)(?:ий|его|ему|им|ем)|мл|то|та|ка")
_OF_HIS = re.compile("([А-ЯЁа-яё]{4,}[ое]в)(?:[дт]ы[нң]?|ду[нң]?|нын|ның|ны)")  # Turkic cases
_LEAST_HEAD = 2  # letters
_SHAPED = 2  # of a shape that only surnames have
_TURKIC = str.maketrans("әөүұҡқғҙҫһҳңҗўӣӯҷ", "эоууккгзсххнжуиуж")
_TURKIC_LETTER = re.compile("[әөүұҡқғҙҫһҳңҗўӣӯҷ]", re.IGNORECASE)


def _is_stopped(text: str, low: str) -> bool:
    """A word of kinship, rank, calendar …; but «Хуторов», «Солдатов» are surnames."""
    from_there = low.endswith(_FROM_THERE) and len(low) > _LEAST_TOWN and low[:-3] in gazetteer()
    if from_there or low.startswith(_MOUTH):
        return True
    kind = kind_of(text) or (low != text.lower() and kind_of(low))
    if low.endswith("-уулу") or not (kind or (_REGION.search(low) and not _many_bear(low))):
        return False
    if kind == "abbr" and text.istitle() and given.known(low):
        return False  # «Петросян Гор», not «гор. Курск»
    if given.fold(low) in _listed_words() or (text.islower() and surnames.count(low) < _FAMILY):
        return True
    if low.endswith(_OF_MANY) and len(low) > _SHORT_STEM:
        return False  # «Ногайцев Рамазан», though the genitive of ногайцы
    known = given.known(low)  # «Августа», though a form of август
    return surnames.count(low) < _FAMILY and (known is None or known.bearers < _NAMED)


def _many_bear(low: str) -> bool:
    """«Гущину», and no «Белгородщину»"""
    return any(surnames.count(form.nominative) >= _FAMILY for form in surname_forms(low))


_MOUTH = "усть-"  # of a river: «Усть-Белая» is a village
_FROM_THERE = ("дан", "ден", "тан", "тен", "нан", "нен")  # Turkic: «Нурлан Карагандадан»
_LEAST_TOWN = 7  # letters
_OF_MANY = ("ов", "ев")
_SHORT_STEM = 6  # letters
_REGION = re.compile("(?:щин|ччин)[аиыеуюойі]{1,2}$")


_COMPOUND = re.compile("[А-ЯЁ]-[А-ЯЁ]")  # «А-Х.» of Алдын-Херел


@remembered
def shortened(text: str) -> Facts | None:
    """A patronymic cut short where the letters left are a word of the language: «Вас.»."""
    low = text.lower()
    if len(low) > _SHORTEST or patronymics.written_out(low) is None:
        return None
    return Facts((), (), (), "", low, True, False, True, False, "title", False)


@cache
def initials(letters: str, *, latin: bool = False) -> Facts:
    """An initial, or those of a double given name («А.-Х»)."""
    return Facts((), (), (), letters, "", False, False, False, False, "title", latin)


def _foreign(text: str, latin: bool) -> Facts | None:
    """A Latin or Ukrainian form: read as the Russian one; only where it then is a name."""
    low = to_russian(text.lower().translate(_TURKIC), ukrainian=not latin)
    found = _facts(word_of(text), low, latin=latin)
    if found is None or kind_of(text):
        return None
    return found


def _facts(word: Word, low: str, *, latin: bool) -> Facts | None:
    known = [parse for parse in known_parses(low) if parse.known]
    named = [parse for parse in known if not parse.tags.isdisjoint(_NAME_TAGS)]
    place = any("Geox" in parse.tags for parse in known)
    common = bool(known) and not named and not place
    patronymic = _patronymic(low)
    given_name = _given(low, common=common)
    plain = word.shape == "lower" or latin
    if plain and common and not (latin or given_name or patronymic):
        return None  # most words of a text
    closed = common and all(parse.pos in _WORD_CLASSES for parse in known)
    little = any(parse.pos in _LITTLE for parse in known)
    if closed or little:
        least = _VERB_TOO if _is_past(known) and word.shape != "lower" else _FREQUENT
        given_name = () if little else tuple(one for one in given_name if one.worth >= least)
    known_given = any(reading.worth >= 1.5 for reading in given_name)
    doubt = Doubt(common, place and not named, closed, bool(given_name))
    surname = () if plain and common and not latin else surname_readings(low, doubt)
    if plain:
        least = 2.0 if latin else 3.0 if known else _UNKNOWN
        least = max(least, _FREQUENT) if common else least
        surname = tuple(one for one in surname if one.worth >= least)
        given_name = tuple(one for one in given_name if one.worth >= 2.0 or latin)
    elif not closed and not little:
        given_name += _loose(low, given_name, doubtful=place or common)
    if not (surname or given_name or patronymic) or _is_stopped(word.text, low):
        return None
    ordinary = sum(parse.score for parse in known if not parse.tags & _PROPER_TAGS)
    return Facts(
        _best(surname), _best(given_name), patronymic, "", low if len(low) <= _SHORTEST else "",
        common or bool(kind_of(word.text)), place, ordinary > 0.65, known_given, word.shape, latin,
        bool(ordinary) or (low.endswith(_OF_MANY) and kind_of(low[:-2]) != ""),
    )  # fmt: skip


def _is_past(known: list[Parse]) -> bool:
    """Is the word only a verb, of no form in which one is told what to do?"""
    return all(parse.pos == "VERB" and "impr" not in parse.tags for parse in known)


def _best(readings: tuple[Reading, ...]) -> tuple[Reading, ...]:
    return tuple(sorted(readings, key=lambda reading: -reading.worth)[:_MOST])


_FLEETING = frozenset(("лев", "лёв"))  # «Льва»: «Лёва» is no form of it


def _given(low: str, *, common: bool) -> tuple[Reading, ...]:
    if not given.begun(stem_of_given(low)):
        return ()
    readings: list[Reading] = []
    forms = given_forms(low)
    if given.known(low) and all(form.nominative != low for form in forms):
        forms = (*forms, Form(low, MALE | FEMALE))  # «Чодураа»: of a shape no ending has
    for form in forms:
        facts_of = given.known(form.nominative)
        if facts_of is None or (
            form.nominative in _FLEETING
            and low.startswith(form.nominative)
            and low != form.nominative
        ):
            continue
        mask = form.mask & ~PLURAL
        if facts_of.sex is not None:
            mask &= MALE if facts_of.sex is Sex.MALE else FEMALE
        if mask:
            worth = 1.0 + log2(facts_of.bearers + 1) * 0.45 - 2.0 * common
            readings.append(Reading(form.nominative, mask, worth, listed=True))
    return tuple(readings)


def _loose(low: str, listed: tuple[Reading, ...], *, doubtful: bool) -> tuple[Reading, ...]:
    """Readings of a word no list has: it may be a given name of any people."""
    have = {reading.name for reading in listed}
    readings: list[Reading] = []
    for form in given_forms(low):
        mask = form.mask & ~PLURAL
        if form.nominative in have or len(form.nominative) < 2 or not mask:
            continue
        worth = (-3.0 if doubtful else -0.5) - 0.4 * (form.nominative != low)
        if low.endswith(_STILL_ENDINGS) and form.nominative == low:
            worth -= 0.3
        readings.append(Reading(form.nominative, mask, worth - 1.0 * bool(listed)))
    return tuple(readings)


_STILL_ENDINGS = ("о", "е", "у", "ю", "ы", "и", "ом", "ем", "ой", "ей")


def _patronymic(low: str) -> tuple[Reading, ...]:
    if "-" in low and (whole := patronymics.contracted(low)):  # «Вас-ч»
        return (Reading(whole, ANY & ~(FEMALE if whole.endswith("ч") else MALE), 3.0, True),)
    readings: list[Reading] = []
    for spoken in patronymic_forms(low):
        form = spoken._replace(nominative=patronymics.in_full(spoken.nominative))
        bearers = patronymics.count(form.nominative)
        shaped = len(form.nominative) >= 6 and _PATRONYMIC_SHAPE.search(form.nominative)
        if not bearers and not shaped and "-" not in low and not _is_glued(low):
            continue
        worth = 3.0 + min(3.0, log2(bearers + 1) * 0.4)
        family = surnames.count(form.nominative)
        rather_family = (family > 40 and bearers < 40) or (family and not bearers)
        if rather_family and given.known(_FATHERS.sub("", form.nominative)) is None:
            worth -= 3.0  # but «Аланович» is of Алан
        if single := form.mask & ~PLURAL:
            readings.append(Reading(form.nominative, single, worth, bearers > 0))
        if several := form.mask & PLURAL:  # «Баировичи» may be a sister and a brother too
            mask = several >> 6 if single else several >> 12 | several >> 6
            readings.append(Reading(form.nominative, mask, worth - 1.5, bearers > 0, True))
    return tuple(readings)


def _is_glued(low: str) -> bool:
    """«Маратулы»: a father's name and the word for a son or daughter."""
    father = patronymics.father_of(low)
    return father is not None and given.known(father) is not None


_FATHERS = re.compile("(?:ович|овна)$")
_PATRONYMIC_SHAPE = re.compile("(?:[оеё]вич|[оеё]вна)$")
