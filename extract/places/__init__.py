"""Tokens → places of a post with their roles (home, seen …), and the choice of two of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from typing import NamedTuple

from extract.places.chains import joint_of, moved, of_one_region, people_of, this_one
from extract.places.forms import as_district, named
from extract.places.looks import is_ukrainian
from extract.places.roles import at_war, common_role, of_dossier, role_of
from extract.places.spans import PlaceSpan
from extract.text import clean, fold
from extract.tokens import WORD, Token, tokenize
from russian import regions as subjects
from russian.transliterate import to_russian

__all__ = [
    "Home",
    "LastSeen",
    "PlaceSpan",
    "choose_home",
    "choose_last_seen",
    "find_places",
    "region_of_cell",
]

_PARTS = re.compile(r"[,;/()]+")
_CODE = re.compile(r"(?:([A-Z]{2})-)?([A-Z]{2,3}|\d{2})")
_LONGEST_CHAIN = 8  # names in one address
_LONGEST_NAME = 3  # words
_TWO = 2
_ON_A_PAR = frozenset(("/", "и", "–", "-", "—", "под"))
_HOMES = {"home": 3.0, "office": 1.8, "origin": 1.6, "family": 1.9, "buried": 1.5, "born": 1.0}
_NARROW = ("town", "village", "district", "office", "adjective")
_HIS = (
    "",
    "home",
    "origin",
    "from",
    "buried",
)  # roles of a place that may tell where his village is
_HOME_IS_TOLD = 1.0
_WIDTH = {
    "country": 5,
    "region": 4,
    "adjective": 3,
    "direction": 2,
    "district": 2,
    "office": 1,
    "town": 1,
}


class Home(NamedTuple):
    """Where a man lives or was called up from."""

    place: str | None
    region: str | None
    spans: tuple[PlaceSpan, ...]
    rule: str


class LastSeen(NamedTuple):
    """Where he was last."""

    place: str
    span: PlaceSpan
    rule: str


def find_places(tokens: Sequence[Token], taken: Collection[int] = ()) -> list[PlaceSpan]:
    """Every place in order, with its role and chain. `taken` are tokens of people's names."""
    return told(tokens, named(tokens, taken))


def told(tokens: Sequence[Token], found: Sequence[PlaceSpan]) -> list[PlaceSpan]:
    """The spans with chains, regions of their chain, and roles."""
    chains: list[list[PlaceSpan]] = []
    for span in (this_one(tokens, span) if len(span.regions) > 1 else span for span in found):
        joint = joint_of(tokens, chains[-1][-1], span) if chains else None
        if joint is None or len(chains[-1]) >= _LONGEST_CHAIN:
            came = bool(chains) and moved(tokens, chains[-1][-1], span)
            chains.append([span._replace(joint="→") if came else span])
        else:
            chains[-1].append(span._replace(joint=joint))
    result: list[PlaceSpan] = []
    for number, chain in enumerate(chains):
        spans = of_one_region(chain) if len(chain) > 1 else chain
        role = common_role(spans, [role_of(tokens, span) for span in spans])
        if role in ("", "seen") and all(map(at_war, spans)):
            lone = len(spans) == 1 and spans[0].kind == "region" and is_ukrainian(tokens)
            role = "home" if of_dossier(tokens, spans, foreign=lone) else role
        result.extend(span._replace(chain=number, role=role) for span in spans)
    return result


def choose_home(places: Sequence[PlaceSpan], segment: tuple[int, int]) -> Home | None:
    """Home of the person whose text is `segment` (offsets): call-up and living before birth."""
    start, end = segment
    here = [span for span in places if start <= span.start < end]
    best: tuple[float, list[PlaceSpan]] | None = None
    for chain in _chains(here):
        score = _home_score(chain)
        if score > 0 and (best is None or score > best[0]):
            best = (score, chain)
    if best is None:
        return None
    chain = best[1]
    place = _narrowest([span for span in chain if span.kind in _NARROW])
    region = _told_elsewhere(here, place, chain)
    region = region or _region_of(chain, place) or _region_from_others(here, place, chain)
    return Home(place.name if place else None, region, tuple(chain), f"home: {chain[0].role}")


def choose_last_seen(places: Sequence[PlaceSpan], segment: tuple[int, int]) -> LastSeen | None:
    """The place where the person of `segment` (offsets) was last, the narrowest given."""
    start, end = segment
    chains = _chains([span for span in places if start <= span.start < end])
    found = [c for c in chains if any(span.role == "seen" for span in c)]
    if not found:
        homes = [c for c in chains if _home_score(c) >= _HOME_IS_TOLD]
        found = [c for c in chains if not c[0].role and all(at_war(s) for s in c)]
        if not [c for c in homes if c not in found]:
            return None
    best: tuple[tuple[int, int, int, int], PlaceSpan] | None = None
    for chain in found:
        span = _narrowest([span for span in chain if span.kind != "country"])
        if span is None:
            continue
        told_so = bool(chain[0].preposition) or chain[0].kind == "direction"
        rank = (not span.hashtag, -_WIDTH.get(span.kind, 1), told_so, span.start)
        if best is None or rank > best[0]:
            best = (rank, span)
    if best is None:
        return None
    return LastSeen(best[1].name, best[1], f"seen: {best[1].kind}")


def region_of_cell(text: str, default: str | None = None) -> Home | None:
    """Home from a cell of a list: «м. Сиктивкар, Комі», «Еравнинский, Ширинга», «Oryol Oblast».

    Every place in a cell is home; a lone adjective is a district. `default` is the region (ISO
    3166-2) of a regional list; None where the cell names nothing.
    """
    code = _CODE.fullmatch(text.strip())
    if code:
        iso = f"RU-{code[2]}" if code[1] is None else code[0]
        if iso in subjects.region_titles():
            return Home(None, iso, (), "code of a region")
    chain: list[PlaceSpan] = []
    offset = 0
    for part in _PARTS.split(text):
        tokens = tokenize(fold(clean(part)))
        found = [span for span in named(tokens) if span.kind not in ("adjective", "people")]
        found = found or [s for s in named(tokens, ukrainian=True) if s.kind == "town"]
        chain += found or _of_a_bare_part(tokens, offset)
        offset += len(part) + 1
    if not chain:
        return None
    spans = of_one_region(chain)
    place = _narrowest([s for s in spans if s.kind in ("town", "village", "district", "office")])
    region = _region_of(spans, place)
    if default is not None and not any(span.kind == "region" for span in spans):
        region = default
    return Home(place.name if place else None, region, tuple(spans), "cell")


def _of_a_bare_part(tokens: Sequence[Token], offset: int) -> list[PlaceSpan]:
    """A part of a cell that no list knows: an adjective is a district, a name a village."""
    words = [token for token in tokens if token.kind is WORD]
    if not words or len(words) > _LONGEST_NAME or not words[0].text[:1].isupper():
        return []
    district = as_district(tokens)
    if district is not None:
        return [district]
    name = " ".join(to_russian(token.text) for token in words)
    return [
        PlaceSpan(
            start=offset, end=offset + words[-1].end, first=0, last=len(tokens), name=name,
            kind="village",
        )
    ]  # fmt: skip


def _chains(spans: Sequence[PlaceSpan]) -> list[list[PlaceSpan]]:
    found: dict[int, list[PlaceSpan]] = {}
    for span in spans:
        found.setdefault(span.chain, []).append(span)
    return list(found.values())


def _home_score(chain: Sequence[PlaceSpan]) -> float:
    role = chain[0].role
    if role == "seen":
        return 0.0
    if role == "other":
        return 0.0
    if all(span.hashtag for span in chain):
        return 0.3
    if all(span.kind in ("adjective", "people", "country") for span in chain):
        return 0.2
    score = _HOMES.get(role, 2.1)
    if all(span.kind == "district" and span.region is None for span in chain):
        score -= 0.5  # «Екатеринбург. … в военкомате Верх-Исетского района»: a part of a city
    if role == "from":
        score = 1.7 if all(at_war(span) for span in chain) else 2.05
    if all(span.kind in ("region", "country") for span in chain):
        score -= 0.9 if all(at_war(span) for span in chain) else 0.5
    score += 0.3 * (chain[0].joint == "→")
    score += 0.05 * any(span.kind in ("town", "village") for span in chain)
    return score + 0.2 * (len(chain) > 1) + 0.1 * any(span.marked for span in chain)


def _narrowest(chain: Sequence[PlaceSpan]) -> PlaceSpan | None:
    """The narrowest of an address; of two on a par the first."""
    best: PlaceSpan | None = None
    for span in chain:
        if best is None:
            best = span
            continue
        wider, narrower = _WIDTH.get(best.kind, 1), _WIDTH.get(span.kind, 1)
        if span.joint == "→":
            best = span
            continue
        on_a_par = span.joint in _ON_A_PAR and narrower == wider
        if narrower < wider or (narrower == wider and not on_a_par and _lies_in(span, best)):
            best = span
    return best


def _lies_in(span: PlaceSpan, other: PlaceSpan) -> bool:
    """«Белгород, Муром»: is it a village of the town named before it?"""
    if span.kind == "village" and other.kind == "town":
        return True
    mine, others = people_of(span), people_of(other)
    return bool(span.region and span.region == other.region) and others > 8 * max(mine, 400)


def _region_of(chain: Sequence[PlaceSpan], place: PlaceSpan | None) -> str | None:
    named = [span.region for span in chain if span.kind == "region" and span.region]
    if named:
        return named[0]
    if place is not None and place.region:
        return place.region
    found = [span.region for span in chain if span.region]
    return found[0] if found else None


def _told_elsewhere(
    here: Sequence[PlaceSpan], place: PlaceSpan | None, chain: Sequence[PlaceSpan]
) -> str | None:
    """«Белогорск (Къарасувбазар), Крым»: of towns of one name, the one in the region named."""
    if place is None or len(place.regions) < _TWO or any(s.kind == "region" for s in chain):
        return None
    named = {
        span.region
        for span in here
        if span.kind in ("region", "district")
        and span.region in place.regions
        and span.role in _HIS
    }
    return next(iter(named)) if len(named) == 1 else None


def _region_from_others(
    here: Sequence[PlaceSpan], place: PlaceSpan | None, chain: Sequence[PlaceSpan]
) -> str | None:
    """A region named elsewhere in his text, where the place may lie in it."""
    for span in here:
        if span.region and span.kind in ("region", "adjective", "district") and span not in chain:
            fits = place is None or not place.regions or span.region in place.regions
            if fits and span.role != "other" and not (span.role == "seen" and span.front):
                return span.region
    if place is None or place.kind != "village" or place.regions:
        return None
    towns = (s for s in here if s.kind == "town" and s.region and not (s.front or s.preposition))
    return next((s.region for s in towns if s.role in _HIS), None)
