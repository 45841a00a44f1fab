"""A stretch of tokens read as a name → its parts in the nominative, sex and cases."""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

from extract.names.patterns import Found
from extract.names.units import Unit
from extract.tokens import Token
from model import Sex
from russian import given as given_names
from russian.inflect import CASES, FEMALE, MALE, PLURAL, feminine
from russian.patronymics import DAUGHTER, SON
from russian.remembered import remembered

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_SMALL = SON | DAUGHTER | {"уулу", "заде"}  # parts of names written small


class NameSpan(NamedTuple):
    """One person's name. Parts are nominative, in Russian letters; None where not in the text."""

    start_token: int
    end_token: int  # exclusive
    start: int  # characters of the clean text
    end: int
    surname: str | None
    given: str | None  # a diminutive that can be one name only is written out
    patronymic: str | None
    sex: Sex | None
    cases: frozenset[str]  # in which the phrase may stand; CASES of russian.inflect
    case: str  # the one of `cases`, or "" where there are several
    initials: bool = False  # a part is only an initial
    latin: bool = False
    weak: bool = False  # a surname, given name or patronymic by itself
    plural: bool = False  # the surname or patronymic is of several people
    said: bool = False  # a patronymic alone, with the word for one beside it
    shared: bool = False  # the surname or patronymic stands by another's name
    score: float = 0.0
    as_written: str = ""  # the given name in the nominative as it stands in the text
    as_form: str = ""  # the surface of a name of one word
    aside: str = ""  # another given name in brackets inside or after this one
    parts: tuple[tuple[str, int, int], ...] = ()  # (s, g, p, i or f; first token; end token)


def together(first: NameSpan, second: NameSpan) -> NameSpan:
    """A given name and a surname that stand apart, as one span."""
    given, family = (first, second) if first.given else (second, first)
    return given._replace(
        start_token=first.start_token,
        end_token=second.end_token,
        start=first.start,
        end=second.end,
        surname=family.surname,
        weak=False,
        as_form="",
        parts=(*first.parts, *second.parts),
    )


class _Told(NamedTuple):
    """What a name says by itself, wherever it stands."""

    surname: str | None
    given: str | None
    patronymic: str | None
    as_written: str
    sex: Sex | None
    cases: frozenset[str]
    plural: bool


def span_of(found: Found, units: list[Unit], tokens: list[Token]) -> NameSpan:
    """The span of one name found in these units."""
    told = _told(found)
    first, end = units[0].first, units[-1].end
    if units[-1].dotted and not units[-1].facts.initial and found.pattern[-1] == "p":
        end += not units[-1].facts.patronymic
    return NameSpan(
        start_token=first,
        end_token=end,
        start=tokens[first].start,
        end=tokens[end - 1].end,
        surname=told.surname,
        given=told.given,
        patronymic=told.patronymic,
        sex=told.sex,
        cases=told.cases,
        case=next(iter(told.cases)) if len(told.cases) == 1 else "",
        initials="i" in found.pattern or "f" in found.pattern,
        latin=any(unit.facts.latin for unit in units),
        weak=len(units) == 1,
        plural=told.plural,
        score=found.score,
        as_written=told.as_written,
        as_form=tokens[first].text if len(units) == 1 else "",
        parts=tuple(
            [(role, unit.first, unit.end) for role, unit in zip(found.pattern, units, strict=True)]
        ),
    )


@remembered
def _told(found: Found) -> _Told:
    surname, given, patronymic = _parts(found)
    sex = _sex(found.mask)
    full = given_names.write_out(given, sex) if given and given[-1] != "." else given
    plural = any(reading.plural for reading in found.readings)
    return _Told(surname, full, patronymic, given or "", sex, cases_of(found.mask), plural)


def _parts(found: Found) -> tuple[str | None, str | None, str | None]:
    parts: dict[str, list[str]] = {"s": [], "g": [], "p": []}
    for role, reading in zip(found.pattern, found.readings, strict=True):
        if role == "i":
            parts["p" if parts["g"] else "g"].append(reading.name.upper() + ".")
        elif role == "f":
            parts["s"].append(reading.name.upper() + ".")
        else:
            woman = reading.plural and role == "s" and not found.mask & MALE
            parts[role].append(written(feminine(reading.name) if woman else reading.name))
    return (
        " ".join(parts["s"]) or None,
        "-".join(parts["g"]) or None,
        " ".join(parts["p"]) or None,
    )


def written(name: str) -> str:
    """A lower-case nominative with its capitals: «Ильчук-Бардин», «Рашид оглы», «Кызыл-оолович»."""
    head, dash, tail = name.rpartition("-")
    if dash and tail in _SMALL - {"заде"}:
        return f"{written(head)} {tail}"
    if dash and (tail in _SMALL or tail.startswith("оол")):
        return f"{written(head)}-{tail}"
    return "-".join(part[:1].upper() + part[1:] for part in name.split("-"))


def _sex(mask: int) -> Sex | None:
    if mask & FEMALE and not mask & MALE:
        return _WOMAN
    return _MAN if mask & MALE and not mask & FEMALE else None


@cache
def cases_of(mask: int) -> frozenset[str]:
    """The cases of a mask, of men, women and several together."""
    together = mask & MALE | (mask & FEMALE) >> 6 | (mask & PLURAL) >> 12
    return frozenset(case for place, case in enumerate(CASES) if together >> place & 1)
