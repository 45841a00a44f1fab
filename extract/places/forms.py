"""Tokens → places named in a post: what they are called and where they may lie."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from extract.peek import key_at, text_at
from extract.places.looks import (
    Look,
    adjective_stem,
    is_ukrainian,
    is_word,
    look_at,
    ukrainian_look,
)
from extract.places.names import before_its_region, marked_pair, one_word, several_words, unknown
from extract.places.spans import (
    BIG,
    LARGE,
    TOWN,
    Called,
    PlaceSpan,
    capitalised,
    has_front,
    headed,
    make_span,
    marker_before,
    region_span,
)
from extract.tokens import WORD, Token
from russian import places as names
from russian import regions as subjects
from russian.demonyms import people
from russian.places import Entry
from russian.regions import Region, region_titles
from russian.words import kinds

_WHENCE_AFTER = frozenset((",", ".", "(", ":", "он", "наш", "мой", "сам", "—", "-", "\n"))
_WHENCE_BEFORE = frozenset((",", ".", "!", ")", ";", "\n", "", "—", "-", "он", "сам"))
_BEFORE_UNKNOWN = frozenset((".", ",", "(", ";", "#"))
_OPENS = frozenset(".!?…\n")
_BY_NAME = frozenset(("позывной", "позывным", "позывного", "кличка", "прозвище", "погоняло"))
_OF_TOWNS = ("ска", "цка", "ску", "цку")  # «из Смоленска»
_HIS = ("ский", "ского", "скому", "ским", "ском", "цкий", "цкого", "цкому", "цким")
_TOWNLET = 3_000  # inhabitants of a place whose adjective is told beside a man's name
_MARKED = frozenset(("town", "village"))
_ENGLISH_HEADS = frozenset(("oblast", "krai", "kray", "region", "district", "raion"))


def named(
    tokens: Sequence[Token], taken: Collection[int] = (), *, ukrainian: bool = False
) -> list[PlaceSpan]:
    """Every place in order, without role or chain. `taken` are tokens of people's names."""
    found: list[PlaceSpan] = []
    past = 0
    ukrainian = ukrainian or is_ukrainian(tokens)
    for at, token in enumerate(tokens):
        if token.kind is not WORD or at < past or at in taken:
            continue
        look = look_at(token.text)
        if look is None or key_at(tokens, at - 1) in _BY_NAME:
            continue  # «позывной Крым»
        if ukrainian and token.word.shape != "lower":
            look = ukrainian_look(token.text) or look
        if look.bare and not _worth_a_look(tokens, at):
            continue
        span = _read(tokens, at, look, found) or _townsman(tokens, at, look, taken)
        if span is not None:
            if found and found[-1].last > span.first:
                found.pop()
            found.append(span)
            past = span.last
    return found


def _townsman(
    tokens: Sequence[Token], at: int, look: Look, taken: Collection[int]
) -> PlaceSpan | None:
    """«Глеб Вотинцев можгинский», «наш туринский Лев»: a town's adjective beside a man's name."""
    if not look.stem or not tokens[at].key.endswith(_HIS) or tokens[at].word.shape != "lower":
        return None
    if (at - 1 not in taken and at + 1 not in taken) or is_word("generic", look.stem):
        return None
    place = names.place_of_adjective(look.stem, front=False)
    entries = names.gazetteer()[place] if place else ()
    meant = names.meant(entries)
    if meant is None or meant.region not in region_titles() or meant.population < _TOWNLET:
        return None
    called = Called(meant.name, "adjective", meant.region, entries, (meant.region,))
    return make_span(tokens, at, at + 1, called)


def _worth_a_look(tokens: Sequence[Token], at: int) -> bool:
    """May an unknown name be a place here: after «с.», after a comma, before «Oblast»?"""
    before = text_at(tokens, at - 1)
    if before in _BEFORE_UNKNOWN or not kinds("place_words", before).isdisjoint(_MARKED):
        return True
    known = key_at(tokens, at + 1) in _ENGLISH_HEADS
    return known or people(tokens[at].key) is not None


def _read(
    tokens: Sequence[Token], at: int, look: Look, found: Sequence[PlaceSpan]
) -> PlaceSpan | None:
    """The place that begins at `at`: an adjective's, a country, a known name, an unknown one."""
    word = tokens[at].word
    if word.shape == "lower" and look.small and not marker_before(tokens, at):
        return several_words(tokens, at, look) or _of_the_people(tokens, at)
    capital = word.shape in ("title", "upper")
    span = _before_head(tokens, at, look.head, found) if look.head else None
    if span is None and text_at(tokens, at - 1) == "#":
        span = _hashtag(tokens, at)
    if span is None and look.stem and (not marker_before(tokens, at) or headed(tokens, at)):
        span = _of_its_region(tokens, at, look, found) or _of_a_school(tokens, at, look)
        span = span or _from_adjective(tokens, at, look)
    if span is None and word.script == "latin" and key_at(tokens, at + 1) in _ENGLISH_HEADS:
        return several_words(tokens, at, look) or _english(tokens, at)
    if span is None and look.country and capital:
        return make_span(tokens, at, at + 1, Called(word.text, "country", regions=(look.country,)))
    if span is None and look.readings:
        span = several_words(tokens, at, look) or marked_pair(tokens, at)
        span = span or one_word(tokens, at, look, found)
    if span is None and look.capitals is not None and word.shape == "upper":
        return region_span(tokens, at, at + 1, look.capitals, marked=False)
    if span is None and (look.common or look.bare):
        span = _of_the_people(tokens, at)
    if span is None and capital:
        return unknown(tokens, at) or before_its_region(tokens, at, look)
    return span


def _hashtag(tokens: Sequence[Token], at: int) -> PlaceSpan | None:
    """#Курскаяобласть"""
    if not tokens[at].key.endswith("область"):
        return None
    stem, _ = adjective_stem(tokens[at].key.removesuffix("область"))
    region = subjects.region_of_adjective(stem)
    return region_span(tokens, at, at + 1, region, marked=True) if region else None


def _before_head(
    tokens: Sequence[Token], at: int, head: str, found: Sequence[PlaceSpan]
) -> PlaceSpan | None:
    """«Свердл. обл.», «Краснод. кр.»: a clipped adjective before its noun; «область Курская»."""
    if head != "region" or (found and found[-1].last >= at):
        return None
    place = at - 1
    if text_at(tokens, place) == "." and place:
        place -= 1
        region = subjects.region_of_clipped(key_at(tokens, place))
        if region is not None:
            return region_span(tokens, place, at + 1, region, marked=True)
    after = look_at(text_at(tokens, at + 1)) if at + 1 < len(tokens) else None
    if after is not None and after.stem and after.feminine:
        region = subjects.region_of_adjective(after.stem)
        if region is not None and key_at(tokens, at + 2) not in ("район", "р-н"):
            return region_span(tokens, at, at + 2, region, marked=True)
    return None


def _english(tokens: Sequence[Token], at: int) -> PlaceSpan | None:
    """«Oryol Oblast», «Primorsky Krai», «Nanaysky District»."""
    key, head = tokens[at].key, key_at(tokens, at + 1)
    if head in ("district", "raion"):
        adjective = subjects.district_of_english(key)
        return _district(tokens, at, at + 1, adjective.removesuffix("ий")) if adjective else None
    region = names.region_of_english(key)
    return region_span(tokens, at, at + 2, region, marked=True) if region else None


def _from_adjective(tokens: Sequence[Token], at: int, look: Look) -> PlaceSpan | None:
    """«Курская обл.», «в Курской», «Еравнинский район», «Суджанское направление»."""
    place = at + 1
    while text_at(tokens, place) == "-" or is_word("between", key_at(tokens, place)):
        place += 1
    follows = look_at(text_at(tokens, place)) if place < len(tokens) else None
    head = follows.head if follows is not None else ""
    region = subjects.region_of_adjective(look.stem)
    if head == "region" and region is not None and not _is_district(tokens, place, region):
        clipped = text_at(tokens, place + 1) == "." and len(text_at(tokens, place)) < 5
        return region_span(tokens, at, place + 1 + clipped, region, marked=True)
    if is_word("generic", look.stem):
        return None
    if head == "district" or key_at(tokens, place) == "округ":
        return _district(tokens, at, place, look.stem)
    lone = region is not None and region.lone and look.feminine and head == ""
    lone = lone and not (look.readings and tokens[at].key.endswith(_OF_TOWNS))
    if region is not None and lone and _may_stand_alone(tokens, at):
        return region_span(tokens, at, at + 1, region, marked=False)
    if head in ("direction", "office"):
        return _direction(tokens, at, place, look.stem, head)
    alone = "alone" if tokens[at].key.endswith("ое") else "adjective"
    passed = look.readings and not (alone == "adjective" and _says_whence(tokens, at))
    return None if passed else _direction(tokens, at, at, look.stem, alone)


def _of_its_region(
    tokens: Sequence[Token], at: int, look: Look, found: Sequence[PlaceSpan]
) -> PlaceSpan | None:
    """«из Сокола вологодского»: a region's adjective right behind a town that lies in it."""
    if not found or found[-1].last != at or not tokens[at].key.endswith(("ского", "цкого", "ском")):
        return None
    region = subjects.region_of_adjective(look.stem)
    if region is None or region.iso not in found[-1].regions:
        return None
    follows = look_at(text_at(tokens, at + 1)) if at + 1 < len(tokens) else None
    if follows is not None and follows.head:
        return None
    return region_span(tokens, at, at + 1, region, marked=False)


def _of_a_school(tokens: Sequence[Token], at: int, look: Look) -> PlaceSpan | None:
    """«Страница Чульманской школы», «Вытегорская администрация сообщила»"""
    if tokens[at].word.shape == "lower" or not is_word("school", key_at(tokens, at + 1)):
        return None
    if is_word("everywhere", look.stem) or is_word("generic", look.stem):
        return None
    return _direction(tokens, at, at + 1, look.stem, "office")


def _is_district(tokens: Sequence[Token], place: int, region: Region) -> bool:
    return key_at(tokens, place).startswith("округ") and "округ" not in region.name


def _may_stand_alone(tokens: Sequence[Token], at: int) -> bool:
    token = tokens[at]
    before, after = key_at(tokens, at - 1), tokens[at + 1] if at + 1 < len(tokens) else None
    if token.word.shape == "lower" and not (
        is_word("at", before)
        or is_word("from", before)
        or "/" in (before, text_at(tokens, at + 1))
        or before == "#"
    ):
        return False
    if after is None or after.kind is not WORD:
        return True
    if after.word.shape in ("title", "upper") and token.word.shape != "upper":
        return "Name" not in after.word.tags
    parses = after.word.parses
    return not (parses and parses[0].pos == "NOUN" and parses[0].gender == "femn")


def as_district(tokens: Sequence[Token]) -> PlaceSpan | None:
    """«Еравнинский» alone in the cell of a list: a district."""
    at = next((at for at, token in enumerate(tokens) if token.kind is WORD), None)
    look = look_at(tokens[at].text) if at is not None else None
    if at is None or look is None or not look.stem:
        return None
    return _district(tokens, at, at, look.stem)


def _district(tokens: Sequence[Token], at: int, head: int, stem: str) -> PlaceSpan:
    adjective = subjects.district_adjective(stem)
    noun = next(
        (noun for noun in ("улус", "кожуун", "округ") if key_at(tokens, head).startswith(noun)),
        "район",
    )
    regions = subjects.districts().get(adjective, ())
    entries: tuple[Entry, ...] = ()
    town = None
    if not regions:
        town = _town_of_district(stem)
        entries = names.gazetteer().get(town or "", ())
        regions = tuple(dict.fromkeys(entry.region for entry in entries))
    meant = names.meant(entries) if entries else None
    region = regions[0] if len(regions) == 1 else meant.region if meant else None
    front = bool(meant and meant.front) or names.place_of_adjective(stem, front=True) is not None
    called = Called(
        f"{capitalised(adjective)} {noun}",
        "district",
        region,
        regions=regions,
        marked=True,
        front=front and any(map(has_front, (region,) if region else regions)),
    )
    return make_span(tokens, at, head + 1, called)


def _town_of_district(stem: str) -> str | None:
    """The town a district is named for: at the front, unless only a hamlet there has its name."""
    known = names.gazetteer()
    front = names.place_of_adjective(stem, front=True)
    plain = names.place_of_adjective(stem, front=False)
    if front is None or plain is None:
        return front or plain
    listed = any(entry.listed for entry in known[front])
    return front if listed or known[plain][0].population < TOWN else plain


def _of_a_man(tokens: Sequence[Token], at: int) -> bool:
    """Does a name follow: «камышинскому Волкову»?"""
    return at < len(tokens) and tokens[at].word.shape in ("title", "upper")


def _says_whence(tokens: Sequence[Token], at: int) -> bool:
    """«26 лет, ижевский, контракт», «сам он таганрогский»: an adjective that stands alone."""
    token = tokens[at]
    before, after = text_at(tokens, at - 1), text_at(tokens, at + 1)
    opens = at == 0 or before in _OPENS
    opened = opens or before in _WHENCE_AFTER or key_at(tokens, at - 1) in _WHENCE_AFTER
    small = token.word.shape == "lower" or opens
    ours = token.key.endswith(("ские", "цкие")) and key_at(tokens, at - 1) in ("мы", "сами", "все")
    whence = ours or (token.key.endswith(("ский", "цкий", "тверской", "костромской")) and opened)
    return whence and small and after in _WHENCE_BEFORE


def _of_the_people(tokens: Sequence[Token], at: int) -> PlaceSpan | None:
    """«уфимец», «18-летний череповчанин»"""
    named = people(tokens[at].key)
    if named is None:
        return None
    closed = text_at(tokens, at + 1) in _WHENCE_BEFORE
    opens = at == 0 or text_at(tokens, at - 1) in _OPENS
    if tokens[at].word.shape != "lower" and not (closed or opens):
        return None
    place, region = named
    kind = "adjective" if place else "people"
    called = Called(place or region_titles()[region], kind, region, regions=(region,))
    return make_span(tokens, at, at + 1, called)


def _direction(
    tokens: Sequence[Token], at: int, head: int, stem: str, kind: str
) -> PlaceSpan | None:
    """«Авдеевское направление» → Авдеевка; «камышинскому» → Камышин."""
    place = names.place_of_adjective(stem, front=kind in ("direction", "alone"))
    region = subjects.region_of_adjective(stem)
    if kind == "adjective" and region is not None and _says_whence(tokens, at):
        lies = place is not None and any(
            e.region == region.iso for e in names.gazetteer()[place][:1]
        )
        if not lies:
            called = Called(region.name, "people", region.iso, regions=(region.iso,))
            return make_span(tokens, at, at + 1, called)
    if place is None:
        return None
    entries = names.gazetteer()[place]
    lower = tokens[at].word.shape == "lower"
    if kind == "alone" and lower:
        return None
    if kind == "adjective" and entries[0].region[:2] != "RU":
        return None
    if kind == "adjective" and not _says_whence(tokens, at):
        fellow = is_word("fellow", key_at(tokens, head + 1))
        least = BIG if fellow else LARGE if lower else TOWN
        if not (fellow or _of_a_man(tokens, head + 1)) or entries[0].population < least:
            return None
    if kind in ("direction", "alone"):
        entries = tuple(sorted(entries, key=lambda entry: not entry.front))
    meant = entries[0] if kind in ("direction", "alone") else names.meant(entries)
    what = {"office": "office", "alone": "direction"}.get(kind, kind)
    called = Called(
        (meant or entries[0]).name,
        what,
        meant.region if meant else None,
        entries,
        tuple(dict.fromkeys(entry.region for entry in entries)),
        front=what == "direction",
    )
    return make_span(tokens, at, head + 1, called)
