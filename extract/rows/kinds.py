"""A row's cells and what was read of it → is it a soldier's row, no man's, or doubtful?

Totals, footnotes, headings of months and places, and civilians give no record. A man with a strange
name is never dropped in silence: what cannot be told waits for an editor.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import Enum

from extract.rows.dates import plausible
from model import Record
from russian import given
from russian.list_words import is_civilian, is_place, is_total
from russian.months import month
from russian.patronymics import DAUGHTER, SON, patronymic_forms
from russian.places import gazetteer

_WORD = re.compile(r"[^\W\d_]+(?:[-’'ʼ][^\W\d_]+)*")
_BRACKETS = re.compile(r"\(([^)]*)\)")
_LEAST_AGE, _MOST_AGE = 16, 75
_TOLD = ("category", "rank", "claim")  # cells that say what he is
_YEAR = ("год", "года", "г")
_LONGEST = 6  # words of a name
_SMALL = SON | DAUGHTER | {"уулу", "улуу", "заде", "фон", "де", "ибн", "бек"}


class Kind(Enum):
    """Whose row it is."""

    SOLDIER = "soldier"
    NOBODY = "nobody"  # a total, a heading, a civilian
    DOUBTFUL = "doubtful"


def kind_of_row(
    cells: Mapping[str, str], name: str, aside: str, record: Record
) -> tuple[Kind, str]:
    """Whose row it is, and where that is doubtful why.

    `name`: the words his name was read from; `aside`: the whole cell they stand in.
    """
    if _is_civilian(cells, aside, record):
        return Kind.NOBODY, ""
    words = _WORD.findall(name)
    if _heading(words, name, record):
        return Kind.NOBODY, ""
    if not words:
        return (Kind.DOUBTFUL, "names nobody") if _described(record) else (Kind.NOBODY, "")
    if "struck" in cells:
        return Kind.DOUBTFUL, "is struck out"
    if not _is_name(words, record):
        return Kind.DOUBTFUL, "may be no man's"
    return _of_age(record)


def _of_age(record: Record) -> tuple[Kind, str]:
    born, age = record.birth_date, record.age
    if born is not None and not plausible(born, record.event_date):
        return Kind.DOUBTFUL, f"gives {born[:4]} as his year of birth"
    if born is None and age is not None and not _LEAST_AGE <= age <= _MOST_AGE:
        return Kind.DOUBTFUL, f"gives his age as {age}"
    return Kind.SOLDIER, ""


def _described(record: Record) -> bool:
    """Does the row tell of a man beside his name?"""
    return any((record.birth_date, record.age, record.home_region, record.unit))


def _is_civilian(cells: Mapping[str, str], aside: str, record: Record) -> bool:
    said = [cells[name] for name in _TOLD if name in cells]
    said += _BRACKETS.findall(aside)
    if any(is_civilian(text, told=True) for text in said):
        return True
    served = record.category is not None or record.rank is not None
    return not served and is_civilian(cells.get("text", ""), told=False)


def _heading(words: list[str], name: str, record: Record) -> bool:
    """A total, a month, a place that stands alone."""
    if is_total(name):
        return not any(_is_listed(word) for word in words[1:] if word[0].isupper())
    keys = [word.casefold().replace("ё", "е") for word in words]
    if keys and all(month(key) or key in _YEAR for key in keys):
        return len(keys) > 1 or not _described(record)
    if _is_proper(record) or _described(record):
        return False
    return is_place(name) or " ".join(keys) in gazetteer()


def _is_proper(record: Record) -> bool:
    """Is a part of the name a listed given name or a patronymic?"""
    parts = (record.surname, record.given, record.patronymic)
    return any(_is_listed(word) for part in parts if part is not None for word in part.split())


def _is_listed(word: str) -> bool:
    return given.known(word) is not None or bool(patronymic_forms(word.lower()))


def _is_name(words: list[str], record: Record) -> bool:
    """Can these words be a person's name, whoever bears it?"""
    small = [word for word in words if word[0].islower() and word.lower() not in _SMALL]
    if small and (len(small) < len(words) or len(words) > _LONGEST):
        return _is_proper(record) and len(words) - len(small) > 1
    if small:  # all in small letters
        return _is_proper(record)
    return len(words) > 1 or _described(record)
