"""Regions and districts: what they are called, alone or by an adjective → ISO 3166-2."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from russian.phrases import rows
from russian.place_letters import skeleton


class Region(NamedTuple):
    """A name of a region. `stem` is an adjective's, `lone` if it may stand without «область»."""

    iso: str
    name: str
    capitals: bool = False  # an abbreviation: capitals only, never inflected
    lone: bool = False


@cache
def region_names() -> dict[str, Region]:
    """Nouns that name a region alone: «бурятия», «янао», «марий эл»."""
    found: dict[str, Region] = {}
    for iso, name, nouns, _, lone in _region_rows():
        for noun in filter(None, nouns.split("|")):
            found[noun.lstrip("!")] = Region(iso, name, noun.startswith("!"), lone == "lone")
    return found


@cache
def region_stems() -> dict[str, Region]:
    """Stems of adjectives that name a region before «область», «край» or alone: «курск»."""
    found: dict[str, Region] = {}
    for iso, name, _, stems, lone in _region_rows():
        for stem in filter(None, stems.split("|")):
            found[stem] = Region(iso, name, lone=lone == "lone")
    return found


@cache
def region_titles() -> dict[str, str]:
    """ISO 3166-2 → name of the region."""
    return {iso: name for iso, name, *_ in _region_rows()}


def _region_rows() -> list[tuple[str, str, str, str, str]]:
    found = []
    for cells in rows("regions"):
        iso, name, nouns, stems, lone = (*cells, "", "", "", "")[:5]
        found.append((iso, name, nouns, stems, lone))
    return found


@cache
def districts() -> dict[str, tuple[str, ...]]:
    """Adjective of a district (nominative, masculine) → regions that have one."""
    found: dict[str, list[str]] = {}
    for iso, adjectives in rows("districts"):
        for adjective in adjectives.split("|"):
            found.setdefault(adjective, []).append(iso)
    return {adjective: tuple(regions) for adjective, regions in found.items()}


@cache
def _district_skeletons() -> dict[str, str]:
    return {skeleton(adjective): adjective for adjective in districts()}


def district_adjective(stem: str) -> str:
    """Nominative of a district's adjective, in Russian: «зіанчурінськ» → зианчуринский."""
    adjective = stem + "ий"
    if adjective in districts():
        return adjective
    return _district_skeletons().get(skeleton(adjective), adjective)


def district_of_english(key: str) -> str | None:
    """«nanaysky» (district) → нанайский, where such a district is known."""
    return _district_skeletons().get(skeleton(key))


@cache
def stem_skeletons() -> dict[str, str]:
    """Shared spellings of the stems → the stems."""
    return {skeleton(stem): stem for stem in region_stems()}


def region_of_adjective(stem: str) -> Region | None:
    """The region of an adjective's stem («курск», «вологодськ», «oryol»), or None."""
    stems = region_stems()
    if stem in stems:
        return stems[stem]
    if stem.isascii() is False and {"і", "ї", "є", "з"}.isdisjoint(stem):
        return None
    plain = stem.replace("ськ", "ск").replace("цьк", "цк")
    for spelling in (plain, plain.replace("зьк", "гск"), plain.replace("зьк", "жск")):
        known = stem_skeletons().get(skeleton(spelling))
        if known:
            return stems[known]
    return None


def region_of_clipped(clipped: str) -> Region | None:
    """«свердл» (обл.), «краснод» (кр.): the one region whose adjective begins so."""
    if len(clipped) < 3:
        return None
    fitting = {r.iso: r for stem, r in region_stems().items() if stem.startswith(clipped)}
    return next(iter(fitting.values())) if len(fitting) == 1 else None
