"""A given name → how common it is, its sex, and the full names a short form may stand for."""

from __future__ import annotations

import marshal
from bisect import bisect_left
from pathlib import Path
from typing import NamedTuple, cast

from model import Sex
from russian.kept import installed, kept, once
from russian.remembered import remembered

_SHORT = 1000  # and for a short form: few are in papers, all are in speech
_OWN = 40  # the count taken for a name of our own table
_FONDLED = 150  # bearers of a full name whose fond forms are made by rule
_CONSONANTS = "бвгджзклмнпрстфхцчшщ"
_BEYOND = "\uffff"  # sorts behind every letter
_CLIPPED = 2  # letters an abbreviation keeps at least
_SHARE = 0.8  # of the bearers whose name begins so: below it an abbreviation stays as it is
_LEAST = 3  # bearers in russiannames; rarer entries are mostly misprints


class Known(NamedTuple):
    """What is known of a nominative given name."""

    bearers: int  # in russiannames; at least _OWN for names of our own table
    sex: Sex | None  # None: borne by both
    short: bool  # a diminutive


def fold(name: str) -> str:
    """Lower case, ё as е."""
    return name.lower().replace("ё", "е")


def known(name: str) -> Known | None:
    """The facts of a nominative given name or diminutive, any letter case; None if not listed."""
    return _names().get(fold(name))


def full_names(name: str) -> frozenset[str]:
    """Canonical full names a given name may stand for, title case; {name} if no short form."""
    return frozenset(_short().get(fold(name), (name,)))


@remembered
def from_abbreviation(short: str) -> str | None:
    """The one given name an abbreviation («Григ», «Дм») stands for, lower case; None if several."""
    beginning = fold(short)
    if len(beginning) < _CLIPPED or beginning[-1] not in _CONSONANTS or known(beginning):
        return None
    order = _in_order()
    low = bisect_left(order, beginning)
    found = order[low : bisect_left(order, beginning + _BEYOND, low)]
    counts = {name: _names()[name].bearers for name in found}
    best = max(found, key=counts.__getitem__, default=None)
    return best if best and counts[best] >= _SHARE * sum(counts.values()) else None


def begun(letters: str) -> bool:
    """Does a listed name begin with these letters (lower case)?"""
    order = _all_in_order()
    at = bisect_left(order, fold(letters))
    return at < len(order) and order[at].startswith(fold(letters))


@once
def _all_in_order() -> list[str]:
    return sorted(_names())


@once
def _in_order() -> list[str]:
    return sorted(name for name, facts in _names().items() if not facts.short)


def write_out(name: str, sex: Sex | None = None) -> str:
    """A diminutive as the one full name it can be (of that sex, if known), else the name itself."""
    full = full_names(name)
    if len(full) > 1 and sex is not None:
        full = frozenset(one for one in full if (facts := known(one)) and facts.sex in (sex, None))
    return next(iter(full)) if len(full) == 1 else name


@once
def _short() -> dict[str, tuple[str, ...]]:
    table = {}
    for line in _lines("diminutives.tsv"):
        form, full = line.split("\t")
        table[fold(form)] = tuple(full.split("|"))
    listed = _package_names()
    taken = {name for name, *_ in listed}
    for name, bearers, sex in listed:
        if bearers >= _FONDLED and sex is not None:
            for form in _fond(name, sex):
                if form not in taken:
                    table.setdefault(form, (name.capitalize(),))
    for name in _own_names(Sex.MALE):
        if name[-1] in _CONSONANTS:
            table.setdefault(fold(name) + "чик", (name,))  # «Лаврик» may be a surname
    return table


def _own_names(sex: Sex) -> list[str]:
    """The names of our own table that one sex alone bears."""
    letter = {Sex.MALE: "m", Sex.FEMALE: "f"}[sex]
    lines = [line.split("\t") for line in _lines("given_names.tsv")]
    return [name for row in lines if row[0] == letter for name in row[1].split()]


def _fond(name: str, sex: Sex) -> list[str]:
    """What a full name becomes at home: Ашотик, Русланчик, Маринка, Ксеничка."""
    if sex is Sex.MALE:
        return [name + "чик", name + "ик"] if name[-1] in _CONSONANTS else []
    return [name[:-1] + "ка", name[:-1] + "очка"] if name.endswith(("на", "ла", "ра")) else []


@once
def _names() -> dict[str, Known]:
    names = {name: Known(count, sex, False) for name, count, sex in _package_names()}
    for line in _lines("given_names.tsv"):
        sex_letter, listed = line.split("\t")
        sex = {"m": Sex.MALE, "f": Sex.FEMALE, "u": None}[sex_letter]
        for name in listed.split():
            old = names.get(fold(name))
            agreed = sex if old is None or old.sex is sex or old.bearers < _OWN else None
            names[fold(name)] = Known(max(_OWN, old.bearers if old else 0), agreed, False)
    for form, full in _short().items():
        sexes = {names[fold(one)].sex for one in full if fold(one) in names}
        old = names.get(form)
        sex = sexes.pop() if len(sexes) == 1 else None
        names[form] = Known(max(_SHORT, old.bearers if old else 0), sex, True)
    return names


@once
def _package_names() -> list[tuple[str, int, Sex | None]]:
    content = kept("given", _build, "russiannames", ("given.py",))
    table = cast(list[tuple[str, int, int, int]], marshal.loads(content))  # noqa: S302  our own
    return [(text, count, _sex(men, women)) for text, count, men, women in table]


def _build() -> bytes:
    import polars  # noqa: PLC0415  needed once

    path = installed("russiannames", "data/names.parquet")
    word = polars.col("text").str.to_lowercase().str.replace_all("ё", "е")
    table = (
        polars.read_parquet(path, columns=["text", "count", "gender"])
        .with_columns(word)
        .filter(polars.col("text").str.contains(r"^[а-я]{2,}(-[а-я]+)*$"))
        .group_by("text")
        .agg(
            polars.col("count").sum(),
            polars.col("count").filter(polars.col("gender") == "m").sum().alias("m"),
            polars.col("count").filter(polars.col("gender") == "f").sum().alias("f"),
        )
        .filter((polars.col("count") >= _LEAST) & (polars.col("m") + polars.col("f") > 0))
    )
    return marshal.dumps(table.sort("text").rows())


def _sex(men: int, women: int) -> Sex | None:
    if men > 4 * women:
        return Sex.MALE
    return Sex.FEMALE if women > 4 * men else None


def _lines(name: str) -> list[str]:
    text = Path(__file__).with_name(name).read_text("utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
