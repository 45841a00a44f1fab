"""A word for the people of a place, in any case → the place and its region (ISO 3166-2)."""

from __future__ import annotations

from typing import NamedTuple

from russian.places import gazetteer, meant, place_of_adjective
from russian.regions import region_titles
from russian.remembered import remembered
from russian.words import lookup, table

_LEAST = 20_000  # inhabitants of a town whose people are told by rule alone
_CASES = ("", "а", "у", "ом", "е", "ы", "ей", "ов", "ам", "ами", "ах", "и", "ем", "ев")
_SHORTEST = 3  # letters left of the town's name


class People(NamedTuple):
    """Whose people they are. `place` is None where only the region is told."""

    place: str | None
    region: str


@remembered
def people(key: str) -> People | None:
    """«череповчанин», «бугульминцы», «дагестанец» (lower case, ё as е), or None."""
    found = lookup(table("demonyms"), key)
    if found is not None:
        return People(None if found[0] == "-" else found[0], found[1])
    return _by_rule(key)


def _by_rule(key: str) -> People | None:
    """The adjective that shares the word's stem: «бугульминцы» → бугульминск(ий) → Бугульма."""
    for stem in _stems(key):
        for adjective in (stem + "ск", stem[:-1] + "ск" if stem.endswith("с") else ""):
            place = place_of_adjective(adjective, front=False) if adjective else None
            town = meant(gazetteer()[place]) if place else None
            if town is not None and town.population >= _LEAST and town.region in region_titles():
                return People(town.name, town.region)
    return None


def _stems(key: str) -> list[str]:
    found = []
    for ending in _CASES:
        if ending and not key.endswith(ending):
            continue
        base = key[: len(key) - len(ending)]
        if ending == "" and base.endswith("ец"):
            found.append(base[:-2])
        elif ending and base.endswith("ц"):
            found.append(base[:-1])
        for suffix in ("чанин", "янин", "чан", "ян"):
            plural = len(suffix) < 4
            if base.endswith(suffix) and plural == (ending in ("е", "", "ам", "ами", "ах")):
                found.append(base[: -len(suffix)])
    return [stem for stem in found if len(stem) >= _SHORTEST]
