"""regions.tsv → the names of regions, and where each stands on the tile map."""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path


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
    """Every region of the table by its code."""
    with Path(__file__).with_name("regions.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        return {
            row["code"]: Region(
                code=row["code"], column=int(row["column"]), row=int(row["row"]), en=row["en"],
                ru=row["ru"],
            )
            for row in rows
        }  # fmt: skip


def region_name(code: str, language: str) -> str | None:
    """The region's name in English or Russian; None where the table has no such code."""
    found = regions().get(code)
    return None if found is None else found.ru if language == "ru" else found.en
