"""regions.tsv, regions_abroad.tsv → the names of regions, and where each stands on the tile map."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from store.datasette.labels import label


@dataclass(frozen=True, slots=True, kw_only=True)
class Region:
    """One region by its ISO 3166-2 code; `column` and `row` are its tile's place, from 0."""

    code: str
    column: int
    row: int
    en: str
    ru: str

    @property
    def short(self) -> str:
        """The code without its country: BU of RU-BU; letters where the code has digits."""
        last = self.code.partition("-")[2]
        return self.en[:3].upper() if last.isdigit() else last


@cache
def regions() -> Mapping[str, Region]:
    """Every region that has a tile, by its code."""
    return {
        row["code"]: Region(
            code=row["code"], column=int(row["column"]), row=int(row["row"]), en=row["en"],
            ru=row["ru"],
        )
        for row in _rows("regions.tsv")
    }  # fmt: skip


@cache
def _abroad() -> Mapping[str, Mapping[str, str]]:
    """Countries by two letters, and their regions by code."""
    return {row["code"]: row for row in _rows("regions_abroad.tsv")}


def _rows(name: str) -> list[dict[str, str]]:
    with Path(__file__).with_name(name).open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def region_name(code: str, language: str) -> str:
    """A region in English or Russian, with its country where that is another one.

    The code itself where the tables have none; "not stated" for "unknown".
    """
    if code == "unknown":
        return label("word.unknown", language)
    if (here := regions().get(code)) is not None:
        return here.ru if language == "ru" else here.en
    abroad, country = _abroad(), code.partition("-")[0]
    if code == country or country not in abroad:
        return abroad[code][language] if code in abroad else code
    place = abroad[code][language] if code in abroad else code
    return f"{place}, {abroad[country][language]}"
