"""A nominative surname → how common it is, and whether it is shaped like a surname."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from dawg import IntDAWG

from russian.given import fold
from russian.inflect import ends
from russian.kept import installed, kept, once

_STRONG = (
    *ends("оеё", "в", ("", "а")),
    *ends("бвгджзклмнпрстфхцчшщ", ("ин",), ("", "а")),
    *ends("цр", ("ын",), ("", "а")),
    *ends("сц", "к", ("ий", "ая")),
    *("енко", "чук", "дзе", "швили", "ян", "янц", "аго", "зода", "заде"),
)
_SHAPE = (
    *ends("оеё", "в", ("", "а")),
    *ends("иы", "н", ("", "а")),
    *ends("сц", "к", ("ий", "ой", "ая")),
    *ends("ая", ("к", "нц", "го")),
    *("енко", "чук", "щук", "юк", "ник", "ич", "ян", "дзе", "швили", "ия", "ыя", "ава", "уа"),
    *("ых", "их", "оглу", "заде", "зода", "зад", "шоев", "пур", "ец", "айло", "ейко", "ба"),
    *("бай", "бек", "оол"),
)
_POSSESSIVE = ("ов", "ев", "ин", "ын")
_OWN = 12  # the count taken for a surname of our own table


def count(name: str) -> int:
    """Bearers of a nominative surname (man's or woman's form, any case) in russiannames."""
    return int(_counts().get(fold(name), 0))


def borne(name: str) -> int:
    """Bearers of a nominative, or of its women's form where those are more."""
    name = fold(name)
    return max(count(name), count(name + "а") if name.endswith(_POSSESSIVE) else 0)


def is_eastern(name: str) -> bool:
    """Whether a nominative is a Korean, Chinese or Vietnamese surname."""
    return fold(name) in _eastern()


@cache
def _eastern() -> frozenset[str]:
    return frozenset(_listed("eastern_surnames.tsv"))


def _listed(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text("utf-8")
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    return [fold(word) for line in lines for word in line.split()]


def shaped(name: str) -> int:
    """How much a nominative looks like a surname by its ending: 0 not, 1 somewhat, 2 surely."""
    name = fold(name)
    if len(name) >= 5 and name.endswith(_STRONG):
        return 2
    return 1 if len(name) >= 4 and name.endswith(_SHAPE) else 0


@once
def _counts() -> IntDAWG:
    """Bearers by folded surname: a word graph takes a twentieth of a dictionary's room and time."""
    content = kept("surnames", _build, "russiannames", ("surnames.py", "surnames.tsv"))
    return IntDAWG().frombytes(content)


def _build() -> bytes:
    import polars  # noqa: PLC0415  needed once

    path = installed("russiannames", "data/surnames.parquet")
    word = polars.col("text").str.to_lowercase().str.replace_all("ё", "е")
    table = (
        polars.read_parquet(path, columns=["text", "count"])
        .with_columns(word)
        .filter(polars.col("text").str.contains(r"^[а-я]{2,}(-[а-я]+)*$"))
        .group_by("text")
        .agg(polars.col("count").sum())
        .filter(polars.col("count") >= 2)
    )
    counts = dict(zip(table["text"], table["count"], strict=True))
    counts |= {name: max(_OWN, counts.get(name, 0)) for name in _listed("surnames.tsv")}
    return bytes(IntDAWG(counts.items()).tobytes())
