"""A place as named, and the marks and prepositions that stand around its name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.peek import key_at, text_at
from extract.places.looks import adjective_stem, look_at
from extract.tokens import WORD, Token
from russian import places as names
from russian import regions as subjects
from russian.places import Entry
from russian.regions import Region
from russian.words import kinds

_LONGEST_MARK = 4  # letters of a mark with a point: «г.», «дер.», «ст-ц.»
_MARKERS = frozenset(("street", "town", "village"))
_PREPOSITIONS = frozenset(("from", "at", "near"))
_BEFORE_A_NAME = frozenset((".", "«", '"', "“"))
_LONE_PREPOSITIONS = frozenset(("с", "а", "м", "в", "к", "у", "о", "р", "s"))  # marks only with «.»
CITY, LARGE, BIG, TOWN, VILLAGE = 150_000, 40_000, 20_000, 3_000, 500  # inhabitants


class PlaceSpan(NamedTuple):
    """One place as named. `region` is ISO 3166-2 where the name alone tells it.

    kind: region, district, town, village, direction, country, adjective, people.
    """

    start: int
    end: int
    first: int  # first token, marks such as «г.» not counted
    last: int  # one past the last token
    name: str  # nominative, bare
    kind: str
    region: str | None = None
    entries: tuple[Entry, ...] = ()  # places of that name
    regions: tuple[str, ...] = ()  # regions it may lie in, () if unknown
    preposition: str = ""
    case: str = ""
    marked: bool = False  # «г.», «с.», «область» stand beside it
    front: bool = False  # lies where the fighting is
    hashtag: bool = False
    role: str = ""  # home, office, origin, born, seen, other; "" unknown
    chain: int = 0  # spans of one address share it
    joint: str = ""  # what stands between it and the one before it in its chain


class Called(NamedTuple):
    """How a place is called, and where it may lie."""

    name: str
    kind: str
    region: str | None = None
    entries: tuple[Entry, ...] = ()
    regions: tuple[str, ...] = ()
    case: str = ""
    marked: bool = False
    front: bool = False


def make_span(tokens: Sequence[Token], first: int, last: int, called: Called) -> PlaceSpan:
    """The span of tokens `first` to `last` (excluded), with the preposition before it."""
    return PlaceSpan(
        start=tokens[first].start,
        end=tokens[last - 1].end,
        first=first,
        last=last,
        name=called.name,
        kind=called.kind,
        region=called.region,
        entries=called.entries,
        regions=called.regions,
        preposition=preposition_before(tokens, first),
        case=called.case,
        marked=called.marked,
        front=called.front,
        hashtag=text_at(tokens, first - 1) == "#",
    )


def region_span(
    tokens: Sequence[Token], at: int, end: int, region: Region, *, marked: bool
) -> PlaceSpan:
    """A region named by tokens `at` to `end`."""
    called = Called(
        region.name,
        "region",
        region.iso,
        regions=(region.iso,),
        marked=marked,
        front=has_front(region.iso),
    )
    return make_span(tokens, at, end, called)


def has_front(region: str) -> bool:
    """Has there been fighting in the region since 2022?"""
    return region in ("RU-KRS", "RU-BEL", "RU-BRY") or (
        region.startswith("UA-") and region not in ("UA-43", "UA-40")
    )


def capitalised(text: str) -> str:
    """«КИРОВ», «киров» → «Киров»; «НА» within a name stays small."""
    if text.isupper() or text.islower():
        return "-".join(
            part if part in ("на", "де") else part[:1].upper() + part[1:]
            for part in text.lower().split("-")
        )
    return text[:1].upper() + text[1:]


def marker_before(tokens: Sequence[Token], at: int) -> str:
    """town, village or street where such a word stands before the name, else ""."""
    before = at - 1
    dotted = before >= 0 and tokens[before].text == "."
    before -= dotted
    key = key_at(tokens, before)
    classes = kinds("place_words", key)
    if classes.isdisjoint(_MARKERS) or before < 0:
        return ""
    if dotted and len(key) > _LONGEST_MARK:
        return ""  # «… со всего города. Светлая память»
    ordinal = key == "м" and text_at(tokens, before - 1) in ("-", "–")  # «в 22-м. Сам …»
    if ordinal or "street" in classes:
        return "" if ordinal else "street"
    lone = key in _LONE_PREPOSITIONS or (len(key) == 1 and key not in "гпдх")
    dated = key == "г" and text_at(tokens, before - 1).isdecimal() and not _town_here(tokens, at)
    if dated or (lone and not dotted):
        return ""
    initial = dotted and len(key) == 1 and tokens[before].word.shape != "lower" and key != "г"
    if initial and tokens[at].word.shape != "upper":
        return ""
    return "town" if "town" in classes else "village"


def _town_here(tokens: Sequence[Token], at: int) -> bool:
    """«21.04.2005 г.Казань»: the «г.» after a year is a town's where a known town follows."""
    look = look_at(text_at(tokens, at))
    gazetteer = names.gazetteer()
    keys = [reading.key for reading in look.readings] if look else []
    return any(gazetteer[key][0].population >= TOWN for key in keys if key in gazetteer)


def preposition_before(tokens: Sequence[Token], at: int) -> str:
    """The preposition before the name, words such as «г.», «район» passed over."""
    place = at - 1
    for _ in range(3):
        if place < 0:
            return ""
        key = tokens[place].key
        if key in _BEFORE_A_NAME:
            place -= 1
            continue
        classes = kinds("place_words", key)
        if not classes:
            return ""
        if "own" in classes:
            place -= 1
            continue
        dotted = text_at(tokens, place + 1) == "."
        if not dotted and not classes.isdisjoint(_PREPOSITIONS):
            if key == "районе" and adjective_stem(key_at(tokens, place - 1))[0]:
                return ""
            return "из-под" if key == "под" and key_at(tokens, place - 1) == "из" else key
        if "town" not in classes and "village" not in classes:
            return ""
        place -= 1
    return ""


def headed(tokens: Sequence[Token], at: int) -> bool:
    """Does «район», «область» follow the adjective?"""
    follows = look_at(text_at(tokens, at + 1))
    return follows is not None and follows.head in ("region", "district")


def located(tokens: Sequence[Token], at: int) -> bool:
    """Does an adjective of a region or district follow: «Балашов Саратовской обл.»?"""
    if at >= len(tokens) or tokens[at].kind is not WORD:
        return False
    look = look_at(tokens[at].text)
    if look is None:
        return False
    if look.stem:
        return headed(tokens, at) or subjects.region_of_adjective(look.stem) is not None
    return any(reading.key in subjects.region_names() for reading in look.readings)
