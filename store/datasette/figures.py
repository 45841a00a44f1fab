"""A figure of a page → the address of the men behind it; a parameter → what it may be."""

from __future__ import annotations

from urllib.parse import urlencode

from model import Category, Evidence
from store.counted import STATUSES
from store.datasette.labels import label
from store.datasette.regions import region_name, regions


def path_of_men(**asked: str | None) -> str:
    """The address of the men behind a figure; «total» and «all» ask for everyone."""
    named = {name: said for name, said in asked.items() if said and said not in ("total", "all")}
    return f"/rollcall/counted_men?{urlencode(named)}"


def choices(parameter: str, language: str) -> dict[str, str]:
    """What a parameter of a question may be → how it is called; empty where it is free text."""
    everyone = {"": label("word.all", language)}
    if parameter == "evidence":
        return {level: label(f"evidence.{level}", language) for level in Evidence}
    if parameter == "status":
        return everyone | {name: label(f"statuses.{name}", language) for name in STATUSES}
    if parameter == "category":
        names = (*Category, "unknown")
        return everyone | {name: label(f"categories.{name}", language) for name in names}
    if parameter == "region":
        return everyone | {code: region_name(code, language) for code in (*regions(), "unknown")}
    return {}
