"""Words → places: the gazetteer, and how the names of places change by case.

Names are keyed in lower case with ё as е. A form leads to the nominatives it may come from by
`place_endings.tsv`; only known names count, so one table serves every declension.
"""

from __future__ import annotations

import gzip
import marshal
import re
from collections.abc import Sequence
from functools import cache, lru_cache
from pathlib import Path
from sys import intern
from typing import NamedTuple, cast

from russian.kept import kept, once
from russian.phrases import rows
from russian.place_letters import skeleton
from russian.regions import Region, region_names, region_stems, region_titles, stem_skeletons
from russian.remembered import FORMS, remembered
from russian.words import kinds

DOMINANCE = 2.5  # how many times more populous a place must be to be meant without its region
ABROAD = 5  # a place abroad weighs as one this many times smaller
_CITY = 100_000
_JOINED = 10_000  # inhabitants of a town of two words that has an adjective in one
_HAMLET = 400  # inhabitants taken for a rival whose number is unknown
_VILLAGE = 1_000  # inhabitants taken for a village of villages.tsv
_LAND = "-"  # of villages.tsv
_SOFTENED = {"ж": "г", "ш": "х", "ч": "к"}
_VOWELS = "аеёиоуыэюя"
_LEAST_CHANGED = 4  # letters
_UKRAINIAN_ADJECTIVE = ("і", "а", "е")  # «Великі», «Велика», «Велике»
_OLD_NAME = 10  # an old or second name weighs as a place this many times smaller
_WAR = frozenset(
    "UA-14 UA-09 UA-63 UA-65 UA-23 UA-59 UA-12 UA-48 UA-32 UA-74 UA-30 UA-53".split()  # noqa: SIM905
)
_VOWELS = "аеиоуыэюя"
_NOUN_ENDINGS = (*("", "а", "я", "о", "е", "ы", "и", "ь", "й", "ка", "ки", "ое", "ий", "ая", "ье"),)


class Entry(NamedTuple):
    """One place of a name."""

    name: str  # nominative, with ё where known
    region: str  # ISO 3166-2
    population: int  # 0 unknown
    front: bool  # where the fighting has been since 2022
    listed: bool = False  # named in front_places.tsv
    district: bool = False


class Reading(NamedTuple):
    """A known nominative a form may come from, and its case there."""

    key: str
    case: str


_TABLES = (
    *("gazetteer.tsv.gz", "front_places.tsv", "towns.tsv", "villages.tsv", "regions.tsv"),
    *("places.py", "regions.py", "place_letters.py"),
)


@once
def gazetteer() -> dict[str, tuple[Entry, ...]]:
    """Every known name → the places of that name, the weightiest first."""
    known = marshal.loads(kept("gazetteer", _build, tables=_TABLES))  # noqa: S302  our own
    return {key: tuple([Entry(*entry) for entry in entries]) for key, entries in known.items()}


def _build() -> bytes:
    found: dict[str, list[Entry]] = {}
    path = Path(__file__).with_name("gazetteer.tsv.gz")
    for line in gzip.decompress(path.read_bytes()).decode().splitlines():
        names, iso, inhabitants, latitude, longitude = line.split("\t")
        iso = intern(iso)  # kept once, and so loaded once
        population = int(inhabitants)
        front = _in_the_war(iso, names, float(latitude), float(longitude))
        for which, name in enumerate(names.split("|")):
            weight = population // _OLD_NAME if which else population
            found.setdefault(_key(name), []).append(Entry(name, iso, weight, front))
    for iso, names in rows("front_places"):
        for name in names.split("|"):
            entries = found.setdefault(_key(name), [])
            entries[:] = [
                e._replace(front=True, listed=True) if e.region == iso else e for e in entries
            ]
            if not any(e.region == iso for e in entries):
                entries.append(Entry(name, iso, 0, front=True, listed=True))
    for iso, names in rows("villages"):
        for name in names.split("|"):
            if iso == _LAND:
                found.pop(_key(name), None)
            else:
                found.setdefault(_key(name), []).append(Entry(name, iso, _VILLAGE, front=False))
    for form, name, iso in rows("towns"):
        entries = found.setdefault(form.lstrip("!"), [])
        weight = max(
            (e.population for e in found.get(_key(name), ()) if e.region == iso), default=0
        )
        entries[:] = [e for e in entries if e.region != iso]
        entries.append(Entry(name, iso, weight or 20_000, front=False))
    return marshal.dumps(
        {
            key: [tuple(entry) for entry in sorted(entries, key=lambda e: -e.population)]
            for key, entries in found.items()
        }
    )


def _in_the_war(iso: str, names: str, latitude: float, longitude: float) -> bool:
    """By region in Ukraine; in Kursk, Belgorod and Bryansk regions by nearness of the border."""
    if iso in _WAR:
        return True
    if iso == "RU-KRS":
        return latitude < 51.72 and longitude < 36.0 and not names.startswith("Курск")
    if iso == "RU-BEL":
        return latitude < 50.75 and longitude < 37.3 and not names.startswith(("Белгород", "Строи"))
    return iso == "RU-BRY" and latitude < 52.6


def _key(name: str) -> str:
    return name.lower().replace("ё", "е")


@once
def _words() -> frozenset[str]:
    """Every word that stands in a name of several words, and every one-word name."""
    found: set[str] = set()
    for key in (*gazetteer(), *region_names()):
        found.update(key.split(" "))
        if "-" in key:
            found.add(key)
    return frozenset(found)


def is_district(name: str) -> bool:
    """Is it a district, as «Аскинский район», and no place within one?"""
    before, _, last = _key(name).rpartition(" ")
    return bool(before) and "district" in kinds("place_words", last)


@once
def beginnings() -> dict[str, tuple[tuple[str, ...], ...]]:
    """First word → names of several words that begin with it, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for key in (*gazetteer(), *region_names()):
        words = tuple(key.split(" "))
        if len(words) > 1:
            found.setdefault(words[0], []).append(words)
    return {first: tuple(sorted(names, key=len, reverse=True)) for first, names in found.items()}


@cache
def _endings() -> dict[str, tuple[tuple[str, str], ...]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for form, nominative, case in rows("place_endings"):
        found.setdefault(form.strip("0"), []).append((nominative.strip("0"), case))
    return {form: tuple(entries) for form, entries in found.items()}


@remembered
def readings(key: str) -> tuple[Reading, ...]:
    """The known names (or words of names) that `key` may be a form of, its own form first."""
    found: dict[str, str] = {}
    known, fixed = _words(), _never_inflected()
    if key in known:
        found[key] = "nomn"
    for nominative, case in _stripped(key):
        if nominative not in known or nominative in found or nominative in fixed:
            continue
        if _long_enough(nominative):
            found[nominative] = case
    if "-" in key:
        for nominative, case in _hyphened(key, known):
            found.setdefault(nominative, case)
    return tuple(Reading(nominative, case) for nominative, case in found.items())


def _long_enough(name: str) -> bool:
    """Two letters are a name only of a city (Ош) or within one (Часов Яр)."""
    if len(name) > 2:
        return True
    entries = gazetteer().get(name)
    return entries is None or entries[0].population > _CITY or name in _later_words()


@once
def _later_words() -> frozenset[str]:
    return frozenset(
        word for names in beginnings().values() for words in names for word in words[1:]
    )


@cache
def _never_inflected() -> frozenset[str]:
    return frozenset(form[1:] for form, *_ in rows("towns") if form.startswith("!"))


def _stripped(key: str) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    endings = _endings()
    for size in range(min(3, len(key) - 2) + 1):
        ending, stem = key[len(key) - size :], key[: len(key) - size]
        for nominative, case in endings.get(ending, ()):
            found.append((stem + nominative, case))
            if nominative in ("", "ь") and size:
                found.extend((fuller + nominative, case) for fuller in _fuller(stem))
            elif not ending and nominative in ("ы", "и"):
                found.extend((shorter + nominative, case) for shorter in _shorter(stem))
    return found


def _fuller(stem: str) -> list[str]:
    """торжк → торжок, ельц → елец, орл → орел: the vowel that the nominative has."""
    if len(stem) < 3 or stem[-1] in _VOWELS or (stem[-2] in _VOWELS and stem[-2] != "й"):
        return []
    head = stem[:-2] if stem[-2] in "ьй" else stem[:-1]
    return [f"{head}е{stem[-1]}", f"{head}о{stem[-1]}", f"{stem[:-1]}е{stem[-1]}"]


def _shorter(stem: str) -> list[str]:
    """ливен → ливн, валуек → валуйк: the vowel that only the genitive plural has."""
    if len(stem) < 4 or stem[-2] not in "ео":
        return []
    return [stem[:-2] + stem[-1], f"{stem[:-2]}й{stem[-1]}", f"{stem[:-2]}ь{stem[-1]}"]


def _hyphened(key: str, known: frozenset[str]) -> list[tuple[str, str]]:
    """ростове-на-дону, петропавловске-камчатском: the first part changes too."""
    head, _, tail = key.partition("-")
    found = []
    for first, case in _stripped(head):
        if f"{first}-{tail}" in known:
            found.append((f"{first}-{tail}", case))
        for last, again in _stripped(tail):
            if again == case and f"{first}-{last}" in known:
                found.append((f"{first}-{last}", case))
    return found


@once
def _skeletons() -> dict[str, tuple[str, ...]]:
    """The spelling that all letters share → the names of places that have it."""
    content = kept("skeletons", _build_skeletons, tables=_TABLES)
    found = cast(dict[str, tuple[str, ...]], marshal.loads(content))  # noqa: S302  our own
    same = {key: key for key in gazetteer()}  # one copy of a name is enough
    return {bones: tuple([same.get(key, key) for key in keys]) for bones, keys in found.items()}


def _build_skeletons() -> bytes:
    found: dict[str, list[str]] = {}
    for key in (*gazetteer(), *region_names(), *sorted(_words().difference(gazetteer()))):
        found.setdefault(skeleton(key), []).append(key)
    return marshal.dumps({bones: tuple(keys) for bones, keys in found.items()})


@remembered
def foreign_readings(key: str) -> tuple[Reading, ...]:
    """Known names that a Ukrainian or Latin spelling stands for, the weightiest first."""
    bones = skeleton(key)
    keys = _skeletons().get(bones, ())
    if not keys and bones.endswith(("ив", "ивка")):
        keys = _skeletons().get(re.sub("ив(?=ка$|$)", "ов", bones), ())
    found = gazetteer()
    if key.endswith(_UKRAINIAN_ADJECTIVE):
        for ending in ("ие", "ая", "ое"):
            more = _skeletons().get(skeleton(key[:-1] + ending), ())
            keys = (*keys, *(name for name in more if name.endswith(ending)))
    ordered = sorted(keys, key=lambda k: -found[k][0].population if k in found else -(10**9))
    return tuple(Reading(key, "nomn") for key in ordered)


def region_of_english(key: str) -> Region | None:
    """«oryol» (oblast), «primorsky» (krai): by the adjective, else by the town it is named for."""
    bones = skeleton(key)
    for spelling in (bones, bones + "ск", bones.removesuffix("и")):
        stem = stem_skeletons().get(spelling)
        if stem:
            return region_stems()[stem]
    for reading in foreign_readings(key):
        for entry in gazetteer().get(reading.key, ())[:1]:
            return Region(entry.region, region_titles().get(entry.region, entry.name))
    return None


@once
def _front_stems() -> dict[str, str]:
    """Adjective stems of places at the front, for «Суджанское направление» → суджа."""
    found: dict[str, str] = {}
    weights: dict[str, int] = {}
    for key, entries in gazetteer().items():
        front = [e for e in entries if e.front]
        if not front or (" " in key and not front[0].listed):
            continue
        weight = max(e.population + 3000 * e.listed for e in front)
        for stem in adjective_stems(key):
            if weight > weights.get(stem, -1):
                found[stem], weights[stem] = key, weight
    return found


@once
def _joined_stems() -> dict[str, str]:
    """Adjective stems of towns of two words: «великолукск» → великие луки."""
    found: dict[str, str] = {}
    for key, entries in sorted(gazetteer().items(), key=lambda item: item[1][0].population):
        town = entries[0].population >= _JOINED and entries[0].region.startswith("RU")
        if " " in key and town and key.split(" ")[0][-2:] in ("ый", "ий", "ая", "ое", "ые", "ие"):
            found.update(dict.fromkeys(adjective_stems(key), key))
    return found


def adjective_stems(key: str) -> list[str]:
    """Stems an adjective of the place may have: суджа → суджанск, авдеевка → авдеевск."""
    joined = re.sub(r"(?:ый|ий|ая|ое|ые|ие) ", "о", key).replace(" ", "")
    base = joined.rstrip("ьй")
    if base[-1] in _VOWELS:
        base = base[:-1].rstrip("ьй")
    stems = [base] if base.endswith(("ск", "цк")) else []
    if base.endswith("ск") and joined.endswith(("ое", "ая", "ий")):
        stems.append(base)
    endings = ("ск", "инск", "анск", "янск", "овск", "евск", "енск")
    stems += [base + ending for ending in endings]
    if base.endswith("к"):
        stems += [base[:-1] + "ск", base[:-1] + "ецк", base[:-1] + "цк"]
    if base.endswith("ц"):
        stems += [base[:-1] + "цк", base[:-2] + "ецк"]
    if base.endswith(("г", "ж")):
        stems.append(base[:-1] + "жск")
    return stems


@lru_cache(maxsize=FORMS)
def place_of_adjective(stem: str, *, front: bool) -> str | None:
    """The name a town's adjective is made of: «златоустовск» → златоуст, «суджанск» → суджа."""
    if front:
        return _front_stems().get(stem)
    if not stem.endswith(("ск", "цк")):
        return None
    if stem in (joined := _joined_stems()):
        return joined[stem]
    bases = [stem, stem[:-2]] if stem.endswith("ск") else [stem[:-1], stem[:-2] + "к"]
    for suffix in ("инск", "анск", "янск", "овск", "евск", "енск"):
        if stem.endswith(suffix) and len(stem) > len(suffix) + 2:
            bases.append(stem[: -len(suffix)])
    return _likeliest(bases) or _likeliest(_before_change(bases[-1]))


def _likeliest(bases: Sequence[str]) -> str | None:
    """The most populous place that one of the beginnings is of."""
    best, weight = None, 0
    names = gazetteer()
    for base in bases:
        for ending in _NOUN_ENDINGS:
            entries = names.get(base + ending)
            if entries and entries[0].population > weight and not entries[0].front:
                best, weight = base + ending, entries[0].population
    return best


def _before_change(base: str) -> list[str]:
    """кинешем → кинешм(а), кондопож → кондопог(а): what the adjective's letters were."""
    found = []
    if len(base) > _LEAST_CHANGED and base[-2] in "ео" and base[-1] not in _VOWELS:
        found.append(base[:-2] + base[-1])
    if base[-1:] in _SOFTENED:
        found.append(base[:-1] + _SOFTENED[base[-1]])
    return found


def meant(entries: tuple[Entry, ...]) -> Entry | None:
    """The place meant where no region is named: the only one, or the far more populous one."""
    if not entries:
        return None
    if len(entries) == 1 or all(entry.region == entries[0].region for entry in entries):
        return entries[0]
    first, *rest = sorted(entries, key=_weight, reverse=True)
    rivals = [_weight(entry) for entry in rest if entry.region != first.region]
    return first if _weight(first) >= DOMINANCE * max(*rivals, _HAMLET) else None


def _weight(entry: Entry) -> float:
    abroad = not entry.region.startswith("RU") and entry.region not in ("UA-43", "UA-40")
    return entry.population / ABROAD if abroad else entry.population
