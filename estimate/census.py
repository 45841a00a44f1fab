"""men_by_region.tsv → men of 16–61.5 years of a region at the census of 2021."""

from __future__ import annotations

import csv
from functools import cache
from pathlib import Path


@cache
def _men() -> dict[str, int]:
    with Path(__file__).with_name("men_by_region.tsv").open(encoding="utf-8", newline="") as lines:
        stated = (line for line in lines if not line.startswith("#"))
        return {row["region"]: int(row["men"]) for row in csv.DictReader(stated, delimiter="\t")}


def men_of_region(code: str) -> int | None:
    """Men of 16–61.5 years in the region of an ISO 3166-2 code; None: not in the census table."""
    return _men().get(code)


def all_regions() -> tuple[str, ...]:
    """The codes of every region in the table."""
    return tuple(_men())
