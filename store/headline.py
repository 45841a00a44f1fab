"""A tally → the sentence a newsroom would print, in English or Russian."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from store.datasette.labels import counted, day_in_words, label

CATEGORIES = ("conscript", "contract", "mobilised", "volunteer", "unknown")
_WORDS = ("soldiers", "are", "was", "prisoners", "identified", "requests")


def sentence(tally: Mapping[str, Any], language: str = "en") -> str:
    """ "As of 23 August 2024 at least 73 soldiers are missing, …"; always a lower bound."""
    return " ".join(sentences(tally, language))


def sentences(tally: Mapping[str, Any], language: str = "en") -> list[str]:
    """The headline's sentence, then what became of the others, then the categories."""
    day, counts = day_in_words(tally["as_of"], language), tally["by_status"]
    if not tally["total"]:
        return [label("headline.nobody", language, day=day)]
    said = _clause("headline.missing", counts["missing"], language, day=day)
    if counts["captured"]:
        said += ", " + _clause("headline.captured", counts["captured"], language)
    found = [f"{said}.", _others(counts, language), _categories(tally, language)]
    return [one for one in found if one]


def _clause(key: str, number: int, language: str, **values: object) -> str:
    words = {word: counted(f"word.{word}", number, language) for word in _WORDS}
    return label(key, language, n=number, **words, **values)


def _others(counts: Mapping[str, int], language: str) -> str:
    rest = [
        _clause(f"headline.{status}", counts[status], language)
        for status in ("released", "found_alive", "deceased")
        if counts[status]
    ]
    return label("headline.others", language, list=", ".join(rest)) if rest else ""


def _categories(tally: Mapping[str, Any], language: str) -> str:
    items = [
        _category(category, tally["by_category"][category], language)
        for category in CATEGORIES
        if category in tally["by_category"] and category != "unknown"
    ]
    return label("headline.category", language, list="; ".join(items)) if items else ""


def _category(category: str, counts: Mapping[str, int], language: str) -> str:
    key = "headline.category_item" if counts["captured"] else "headline.category_missing"
    return label(
        key,
        language,
        category=label(f"categories.{category}", language),
        missing=counts["missing"],
        captured=counts["captured"],
    )
