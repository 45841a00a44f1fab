"""Tokens from a known name on → the place it is, where it is meant as one."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.peek import key_at, text_at
from extract.places.looks import Look, is_word, look_at
from extract.places.spans import (
    BIG,
    CITY,
    TOWN,
    VILLAGE,
    Called,
    PlaceSpan,
    capitalised,
    located,
    make_span,
    marker_before,
    preposition_before,
    region_span,
)
from extract.tokens import WORD, Token
from russian import places as names
from russian import regions as subjects
from russian.places import Reading
from russian.regions import Region

_CLOSED = frozenset(',.;:()!?/—–-\n»«"…→|>[]#•*+&')
_CLIPPED = 3  # letters of a first word that may have its point: «Мин. Воды»
_SHORTEST_UNKNOWN = 2  # letters of a name no list knows
_SHORTEST = 4  # letters of a name that needs no capital
_QUOTES = frozenset('«"“„')
_LIKE_SURNAMES = ("ино", "ово", "ево", "ин", "ов", "ев")
_ADJECTIVAL = ("ое", "ая", "ий", "ой", "ый", "ые", "ие", "нов")


def several_words(tokens: Sequence[Token], at: int, look: Look) -> PlaceSpan | None:
    """«Вышнего Волочка», «Марий Эл»: the longest name of several words from `at`."""
    beginnings = names.beginnings()
    for reading in look.readings:
        for parts in beginnings.get(reading.key, ()):
            end = _matches(tokens, at, parts)
            if not end:
                continue
            shapes = {tokens[place].word.shape for place in range(at, end)}
            if shapes == {"lower"} and not preposition_before(tokens, at):
                continue
            key = " ".join(parts)
            region = subjects.region_names().get(key)
            if region is not None:
                return region_span(tokens, at, end, region, marked=True)
            return _place(tokens, (at, end), Reading(key, reading.case), "")
    return None


def _matches(tokens: Sequence[Token], at: int, parts: tuple[str, ...]) -> int:
    """One past the last token of a name of several words, or 0."""
    place = at + 1
    for part in parts[1:]:
        if text_at(tokens, place) in (".", "-") and len(parts[0]) <= _CLIPPED:
            place += 1
        follows = look_at(text_at(tokens, place)) if place < len(tokens) else None
        unlike = follows is None or all(reading.key != part for reading in follows.readings)
        if unlike and key_at(tokens, place) != part:
            return 0
        place += 1
    return place


def one_word(
    tokens: Sequence[Token], at: int, look: Look, found: Sequence[PlaceSpan]
) -> PlaceSpan | None:
    """A region's or a town's name of one word at `at`, where it is meant as one."""
    gazetteer, regions = names.gazetteer(), subjects.region_names()
    marker = marker_before(tokens, at)
    if marker == "street":
        return None
    for reading in look.readings:
        region = regions.get(reading.key)
        if region is not None and _is_region(tokens, at, look, region):
            return region_span(tokens, at, at + 1, region, marked=False)
    options = [reading for reading in look.readings if reading.key in gazetteer]
    if not options:
        return None
    preposition = preposition_before(tokens, at)
    options.sort(key=lambda r: (_misfit(r.case, preposition, marker), -_weight(r.key)))
    beside = bool(found) and found[-1].last == at
    small = tokens[at].word.shape == "lower" and look.common  # «ст. стрелок» is no Стрелки
    for reading in options:
        sure = marker and not (small and reading.case != "nomn")
        if sure or _accepted(_Candidate(tokens, at, look, reading, preposition, beside)):
            return _place(tokens, (at, at + 1), reading, marker)
    return None


def _weight(key: str) -> int:
    entries = names.gazetteer()[key]
    return entries[0].population + 2_000 * any(entry.listed for entry in entries)


def _misfit(case: str, preposition: str, marker: str) -> int:
    """0 where the case is one the preposition takes."""
    if case == "oblq":
        return 0 if preposition else 1
    if not preposition:
        return int(case != "nomn") if not marker else 0
    if preposition in ("из", "от", "до", "из-под", "у", "около", "возле", "с", "со", "з"):
        return int(case not in ("gent", "nomn") or (case == "nomn" and preposition == "под"))
    if preposition in ("под", "за", "между"):
        return int(case not in ("ablt", "accs", "nomn"))
    if preposition in ("в", "во", "на", "о", "об"):
        return int(case not in ("loct", "accs", "datv", "nomn"))
    return 0


def _is_region(tokens: Sequence[Token], at: int, look: Look, region: Region) -> bool:
    shape = tokens[at].word.shape
    if region.capitals:
        return shape == "upper" or (shape == "title" and len(tokens[at].text) > 2)
    if look.common and shape == "lower":
        return False
    return shape != "lower" or not look.common


class _Candidate(NamedTuple):
    """A word that could be a place, and what bears on whether it is meant as one."""

    tokens: Sequence[Token]
    at: int
    look: Look
    reading: Reading
    preposition: str
    beside: bool  # right after another place

    @property
    def people(self) -> int:
        return names.gazetteer()[self.reading.key][0].population

    @property
    def listed(self) -> bool:
        return any(entry.listed for entry in names.gazetteer()[self.reading.key])

    @property
    def ordinary(self) -> bool:
        title = self.tokens[self.at].word.shape == "title"
        return self.look.common and not (self.look.known_place and title)


def _accepted(one: _Candidate) -> bool:
    """Is a word that could be a place meant as one here?"""
    if one.tokens[one.at].word.shape in ("lower", "mixed"):
        return _accepted_small(one)
    if _modifies(one) or (one.preposition == "на" and not one.listed):
        return False
    if one.preposition:
        return _accepted_after(one)
    if one.reading.case != "nomn":
        return _owned(one)
    return _accepted_bare(one)


def _accepted_small(one: _Candidate) -> bool:
    """Without a capital: «стоял под суджей», «с бугуруслана»."""
    look = one.look
    if look.common or look.personal or len(one.reading.key) < _SHORTEST or _modifies(one):
        return False
    known = look.known_place
    if one.preposition == "на" and not one.listed:
        return False
    return (known or one.people >= TOWN or one.listed) and (
        bool(one.preposition) or known or one.people >= BIG
    )


def _accepted_after(one: _Candidate) -> bool:
    """With a capital, after a preposition."""
    look = one.look
    if look.personal and not look.known_place:
        towns = one.people >= TOWN or one.listed
        fought_over = one.listed and one.preposition in ("у", "возле", "около", "за")
        return fought_over or (towns and one.preposition in ("в", "из", "под", "из-под"))
    if one.ordinary and one.tokens[one.at].word.shape == "upper":
        return one.people >= BIG or one.listed
    return one.people >= VILLAGE or one.listed or not one.ordinary


def _modifies(one: _Candidate) -> bool:
    """«в Ивановское училище», «на украинском языке»: an adjective, not a name in -ское."""
    token, following = one.tokens[one.at], one.at + 1
    if not one.reading.key.endswith(_ADJECTIVAL):
        return False
    if one.look.stem and token.word.shape == "lower":
        return True
    after = one.tokens[following] if following < len(one.tokens) else None
    if after is None or after.kind is not WORD or after.word.shape != "lower":
        return False
    adjective = bool(one.look.stem) or any(parse.pos == "ADJF" for parse in token.word.parses)
    parses = after.word.parses
    return adjective and bool(parses) and parses[0].pos == "NOUN"


def _owned(one: _Candidate) -> bool:
    """«военкомат Чадана», «жители Пскова», «Балашова Саратовской обл.»"""
    owner = one.tokens[one.at - 1] if one.at else None
    dweller = owner is not None and is_word("dweller", owner.key)
    personal = one.look.personal and not dweller
    if one.ordinary or personal or one.reading.case not in ("gent", "oblq"):
        return False
    if owner is None or owner.kind is not WORD or owner.word.shape == "upper":
        return False
    if one.at > 1 and one.tokens[one.at - 2].text in _QUOTES:
        return False  # газета «Голос Терека»
    if one.reading.key.endswith(_LIKE_SURNAMES) and is_word("district", owner.key):
        return False  # «глава района Клепинина»
    if owner.word.shape == "title" and not _is_plain_noun(owner):
        return False  # «Администрация Вязьмы», but not «Иван Вязьмы»
    return any(parse.pos == "NOUN" for parse in owner.word.parses)


def _is_plain_noun(token: Token) -> bool:
    return bool(token.word.parses) and all(
        parse.known and parse.tags.isdisjoint(("Name", "Surn", "Patr", "Geox"))
        for parse in token.word.parses
    )


def _accepted_bare(one: _Candidate) -> bool:
    """Is a nominative without preposition a place? It must stand apart, or beside another place."""
    tokens, at, look = one.tokens, one.at, one.look
    before, after = text_at(tokens, at - 1), text_at(tokens, at + 1)
    left = before in _CLOSED or before.isdecimal() or at == 0 or one.beside
    right = after in _CLOSED or after.isdecimal() or at + 1 == len(tokens)
    apart = left and (right or located(tokens, at + 1))
    opening = at == 0 or before in ".!?\n…"
    if look.common and opening and not apart:
        return False
    if one.ordinary:
        titled = one.beside and before[-2:].lower() in ("ая", "ое", "ий", "ые")  # «Омская Нива»
        fits = one.people >= BIG or one.listed
        fits = fits or (one.beside and one.people >= VILLAGE and not titled)
        inside = at > 0 and not opening and tokens[at - 1].word.shape == "lower"
        return fits and not _sign(tokens, at) and (apart or (inside and one.listed))
    if look.personal:
        known = one.people >= BIG or one.beside or (look.known_place and one.people > TOWN)
        known = known or (one.listed and before == ",")
        return apart and known
    if _beside_a_name(tokens, at) and not apart:
        return look.known_place and one.people >= TOWN
    return one.people >= VILLAGE or one.listed or look.known_place or apart


def _sign(tokens: Sequence[Token], at: int) -> bool:
    return any(key_at(tokens, at - step).startswith(("позывн", "позивн")) for step in range(1, 4))


def _beside_a_name(tokens: Sequence[Token], at: int) -> bool:
    for place in (at - 1, at + 1):
        if 0 <= place < len(tokens):
            item = tokens[place].word
            if item.shape in ("title", "upper") and not item.tags.isdisjoint(("Name", "Patr")):
                return True
    return False


def _place(
    tokens: Sequence[Token], where: tuple[int, int], reading: Reading, marker: str
) -> PlaceSpan:
    at, end = where
    key, case = reading
    entries = names.gazetteer()[key]
    meant = names.meant(entries)
    front = meant.front if meant is not None else any(entry.front for entry in entries)
    if meant is None or meant.population < CITY:
        front = front or any(entry.listed for entry in entries)
    name = (meant or entries[0]).name
    if end == at + 1 and case == "nomn" and tokens[at].word.script == "cyrillic":
        own = capitalised(tokens[at].text)
        name = own if "ё" in own.lower() and own.lower().replace("ё", "е") == key else name
    called = Called(
        name,
        "village" if marker == "village" else "town",
        meant.region if meant else None,
        entries,
        tuple(dict.fromkeys(entry.region for entry in entries)),
        case,
        marked=bool(marker_before(tokens, at)),
        front=front,
    )
    return make_span(tokens, at, end, called)


def marked_pair(tokens: Sequence[Token], at: int) -> PlaceSpan | None:
    """«д. Новые Чебенки»: an adjective and its noun that no list knows as one name."""
    first = tokens[at].word
    if marker_before(tokens, at) != "village" or not any(p.pos == "ADJF" for p in first.parses):
        return None
    span = unknown(tokens, at)
    return span if span is not None and span.last == at + 2 else None


def unknown(tokens: Sequence[Token], at: int) -> PlaceSpan | None:
    """A name after «с.», «пос.», «станица» that no list knows: kept as it stands."""
    marker = marker_before(tokens, at)
    if marker not in ("town", "village") or len(tokens[at].text) < _SHORTEST_UNKNOWN:
        return None
    end = at + 1
    first = tokens[at].word
    if any(parse.pos == "ADJF" for parse in first.parses) and end < len(tokens):
        follows = tokens[end].word
        if follows.shape in ("title", "upper") and tokens[end].kind is WORD:
            end += not located(tokens, end) and not _is_large(tokens, end)
    name = " ".join(capitalised(tokens[place].text) for place in range(at, end))
    return make_span(tokens, at, end, Called(name, marker, marked=True))


def _is_large(tokens: Sequence[Token], at: int) -> bool:
    """«СЕЛО КРАСНОЕ ПОКРОВСК»: the second word is a town of its own."""
    look = look_at(text_at(tokens, at))
    known = names.gazetteer()
    people = [known[r.key][0].population for r in look.readings if r.key in known] if look else []
    return max(people, default=0) >= TOWN


def before_its_region(tokens: Sequence[Token], at: int, look: Look) -> PlaceSpan | None:
    """«, Володаровка Астраханская»: an unknown name right before the name of a region."""
    if look.personal or look.common or text_at(tokens, at - 1) not in (",", "(", ";"):
        return None
    if not located(tokens, at + 1) or tokens[at].word.script != "cyrillic":
        return None
    return make_span(tokens, at, at + 1, Called(capitalised(tokens[at].text), "village"))
