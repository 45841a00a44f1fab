"""A word → what it may be of a place: a known name in some case, an adjective, a mark, a head."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.tokens import Token, word
from russian import places as names
from russian import regions as subjects
from russian.demonyms import people
from russian.place_letters import skeleton
from russian.places import Reading
from russian.regions import Region
from russian.remembered import remembered
from russian.transliterate import to_russian
from russian.words import classes, kinds, lookup

_ADJECTIVE = (
    *("ого", "ому", "ими", "ий", "им", "ом", "ая", "ой", "ую", "ое", "ие", "их", "ій", "ої"),
    *("ых", "ым", "ый", "а", "у", "е", "ом"),
)
_UKRAINIAN = "іїєґІЇЄҐ"
_TO_RUSSIAN = str.maketrans("іїєґ", "ииег")
_MARKERS = frozenset(("town", "village"))


def is_word(name: str, key: str) -> bool:
    """Does `key` stand in class `name` of `russian/place_words.tsv`?"""
    return name in kinds("place_words", key)


class Look(NamedTuple):
    """What a word may be, whatever its place; made once per form."""

    readings: tuple[Reading, ...]
    stem: str  # of an adjective in -ский, else ""
    feminine: bool
    capitals: Region | None
    marks: str  # town, village or ""
    head: str  # region, district, direction, office or ""
    country: str
    common: bool  # an ordinary word of the dictionary
    personal: bool  # a name, patronymic or surname
    known_place: bool  # the dictionary knows it as a place
    bare: bool = False  # nothing but a capital: a place only after «с.» or before its region

    @property
    def small(self) -> bool:
        """Can it be a place of one word only with a capital, or behind «с.»?"""
        return self.common and not (self.stem or self.head or self.capitals)


@remembered
def look_at(text: str) -> Look | None:
    """What the form may be; None for the many that have nothing of a place."""
    item = word(text)
    key = item.key
    if item.parses and all(parse.pos == "INTJ" for parse in item.parses):  # «Ура!» is no place
        return None
    if len(key) == 1 and not kinds("place_words", key) & _MARKERS and key not in names.beginnings():
        return None
    readings = names.readings(key)
    if len(key) > 2 and (item.script == "latin" or (not readings and _is_foreign(key))):
        readings = (*readings, *names.foreign_readings(key)) or _inflected_abroad(key)
    if not readings and "-" in key:
        readings = _first_of_two(key)
    stem, feminine = adjective_stem(key)
    if not (readings or stem) and item.shape in ("title", "upper"):
        readings = _respelled(key, item.script)
    region = subjects.region_names().get(key)
    capitals = region if region is not None and region.capitals else None
    said = kinds("place_words", key)
    marks = next((mark for mark in ("town", "village") if mark in said), "")
    head = next((h for h in ("region", "district", "direction", "office") if h in said), "")
    country = lookup(classes("place_words")["country"], key) if "country" in said else None
    if not (readings or stem or capitals or head or country):
        if not (marks or item.shape in ("title", "upper") or people(key)):
            return None
        return Look((), "", False, None, marks, head, "", *_known_as(text), bare=not marks)
    return Look(
        readings, stem, feminine, capitals, marks, head, country[0] if country else "",
        *_known_as(text),
    )  # fmt: skip


@remembered
def ukrainian_look(text: str) -> Look | None:
    """As `look_at`, in a text that is partly Ukrainian: «Сизрань» may be Сызрань, «Шахти» Шахты."""
    look = look_at(text)
    if len(text) < 4 or (look and any(reading.case == "nomn" for reading in look.readings)):
        return look
    readings = names.foreign_readings(word(text).key)
    known = [reading for reading in readings if reading.key in names.gazetteer()]
    if not known and not readings:
        return look
    empty = Look((), "", False, None, "", "", "", *_known_as(text))
    old = look or empty
    return old._replace(readings=(*readings, *old.readings), bare=False)


def is_ukrainian(tokens: Sequence[Token]) -> bool:
    """Is the text Ukrainian, at least in part? «м. Перм» is, by its «м.»."""
    words = [token.text for token in tokens]
    joined = "".join(words)
    if any(letter in joined for letter in _UKRAINIAN):
        return True
    return "м" in words and words[words.index("м") + 1 :][:1] == ["."]


def _is_foreign(key: str) -> bool:
    return not {"і", "ї", "є", "ґ", "'"}.isdisjoint(key) or "ськ" in key or "цьк" in key


def _known_as(text: str) -> tuple[bool, bool, bool]:
    """Whether a form is an ordinary word, a person's name, a place, by the dictionary."""
    common = personal = place = False
    for parse in word(text).parses:
        if not parse.known:
            continue
        if "Geox" in parse.tags:
            place = True
        elif not parse.tags.isdisjoint(("Name", "Surn", "Patr")):
            personal = True
        elif parse.pos == "ADJF" and "-" in text:
            continue
        elif "Orgn" not in parse.tags and "Abbr" not in parse.tags and parse.score > 0.02:
            common = True
    return common, personal, place


def adjective_stem(key: str) -> tuple[str, bool]:
    """The stem of an adjective in -ский, and whether its form is feminine."""
    if not any(letters in key for letters in ("ск", "цк", "ьк")):
        return "", False
    for ending in _ADJECTIVE:
        stem = key[: -len(ending)]
        if (
            key.endswith(ending)
            and stem.endswith(("ск", "цк", "ськ", "цьк", "зьк"))
            and len(stem) > 3
        ):
            return _russian_stem(stem), ending in (
                "ая", "ой", "ую", "ій", "ої", "а", "у"
            )  # fmt: skip
    return "", False


@remembered
def _russian_stem(stem: str) -> str:
    """«іванівськ» → ивановск, «калузьк» → калужск: a stem that a region's adjective has."""
    plain = stem.replace("ськ", "ск").replace("цьк", "цк")
    if not _is_foreign(stem) and not stem.endswith("зьк"):
        return plain
    plain = plain.replace("володимир", "владимир")
    known = subjects.stem_skeletons()
    endings = (("", ""), ("івск", "овск"), ("ївск", "евск"), ("івск", "евск"), ("зьк", "жск"))
    for old, new in (*endings, ("зьк", "гск")):
        bones = skeleton(plain.removesuffix(old) + new) if plain.endswith(old) else ""
        if bones in known:
            return known[bones]
    return plain


def _inflected_abroad(key: str) -> tuple[Reading, ...]:
    """«мешканець Ізбербаша»: a Ukrainian spelling with an ending."""
    if key[-1] not in "ауюяіи" or len(key) < 5:
        return ()
    known = names.gazetteer()
    return tuple(
        reading._replace(case="gent")
        for reading in names.foreign_readings(key[:-1])
        if reading.key in known
    )


def _respelled(key: str, script: str) -> tuple[Reading, ...]:
    """«iz Moskvy», «з Бурятії», «з Карачаєво-Черкесії»: a Russian ending in other letters."""
    if script == "latin":
        return names.readings(to_russian(key).lower()) if len(key) > 3 else ()
    return names.readings(key.translate(_TO_RUSSIAN)) if _is_foreign(key) else ()


def _first_of_two(key: str) -> tuple[Reading, ...]:
    """«Работино-Вербовое»: the first of two places of the front joined by a hyphen."""
    found = names.gazetteer()
    parts = key.split("-")
    readings = [names.readings(part) for part in parts]
    if len(parts) == 2 and all(
        any(reading.key in found and found[reading.key][0].front for reading in part)
        for part in readings
    ):
        return readings[0]
    return ()
