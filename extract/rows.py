"""A list row's cells → one redacted line of text and the row's record.

Cells are in any of the forms lists use: «44 года» and «11.03.2005» in one column, Ukrainian or
Latin names, «24 августа 2024 года (115)», a whole row as free text. What a cell does not say
is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import NamedTuple

from extract.contacts import Contact, Secret, contacts
from extract.name_cells import parse_name_cell
from extract.name_words import kind_of
from extract.names import find_names
from extract.places import choose_home, find_places, region_of_cell
from extract.redaction import redact
from extract.service import choose, choose_category, find_service
from extract.text import clean, fold
from extract.tokens import tokenize
from model import Category, Claim, ListRow, Record, Sex
from russian.given import known
from russian.months import month

Parts = tuple[str | None, str | None, str | None]
_DAY = re.compile(r"(?<!\d)(\d{1,2})[./\-](\d{1,2})[./\-](\d{4}|\d{2})(?!\d)")
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)-(\d{1,2})(?:-(\d{1,2}))?(?!\d)")
_WORDED = re.compile(r"(?<!\d)(?:(\d{1,2})(?:-?г?о)? )?([^\W\d_]{3,10})\.? ((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)'?(\d\d) ?(?:г\.? ?р|р\.? ?н|года? рожд)", re.IGNORECASE)
_AGE = re.compile(r"(?<!\d)(\d\d)(?!\d)")
_ISO_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_HEAD = re.compile(r"^[\s\d.)№#*•–—-]*([^,;:(\d\n]+)")
_NOT_FIRST = re.compile(r"(?<=\S)(?:\s*(?P<mark>[,;(/—–])\s*|\s+)(?P<word>[^\W\d_]{3,})\b")
_LATER = datetime(2100, 1, 1, tzinfo=UTC)
_SHOWN = (
    "name", "surname", "given", "patronymic", "given_patronymic", "birth_date", "age", "rank",
    "category", "unit", "home", "home_place", "home_region", "death_date", "event_date", "text",
)  # fmt: skip
_OF_HIM = frozenset(
    ("name", "surname", "given", "patronymic", "given_patronymic", "alternate_names", "home",
     "home_place")
)  # fmt: skip
_FEMALE = ("f", "ж", "female", "woman")
_MALE = ("m", "м", "ч", "male", "man")


class _Home(NamedTuple):
    place: str | None
    region: str | None


def read_row(row: ListRow, source_claim: Claim, region: str | None = None) -> tuple[str, Record]:
    """The row's redacted line and its record; the claim is the row's own, else the list's.

    `region`: ISO 3166-2 of a list that is one region's, for rows that name only a district.
    """
    cells = {name: clean(text).strip() for name, text in row.cells.items() if text.strip()}
    cells = {name: _his_own(said) if name in _OF_HIM else said for name, said in cells.items()}
    surname, given, patronymic = _name(cells)
    event = _day(cells.get("event_date", ""))
    birth, age = _birth(cells)
    home = _home(cells, region)
    record = Record(
        surname=surname,
        given=given,
        patronymic=patronymic,
        birth_date=birth,
        age=age,
        sex=_sex(cells.get("sex", "")),
        home_region=home.region,
        home_place=home.place,
        claim=row.claim or source_claim,
        event_date=event if event and len(event) == 10 else None,
    )
    record = _with_service(record, cells)
    return _line(cells, record), record


def _his_own(cell: str) -> str:
    """A cell up to where it turns to a relative: «Зимин Лука Ильич (мать …)», «… Ильич, жена …»."""
    for word in _NOT_FIRST.finditer(cell):
        apart = word["mark"] is not None
        if (apart or word["word"].islower()) and kind_of(word["word"]) == "kin":
            return cell[: word.start()].rstrip(" ,;(/—–-")
    return cell


def _name(cells: Mapping[str, str]) -> Parts:
    if "name" in cells:
        parts = _nominative(parse_name_cell(cells["name"]), cells["name"])
    elif "surname" in cells or "given" in cells or "given_patronymic" in cells:
        parts = _name_from_columns(cells)
    else:
        head = _HEAD.match(cells.get("text", ""))
        parts = parse_name_cell(head.group(1)) if head else (None, None, None)
    return _filled_up(parts, cells.get("alternate_names", ""))


def _nominative(parts: Parts, cell: str) -> Parts:
    """The name out of its case, where a list keeps that of a sentence: «Жукова Петра Львовича»."""
    if parts[1] is None or known(parts[1]):
        return parts
    found = find_names(tokenize(fold(cell)))
    if len(found) != 1 or not (found[0].surname and found[0].given and known(found[0].given)):
        return parts
    return found[0].surname, found[0].given, found[0].patronymic


def _name_from_columns(cells: Mapping[str, str]) -> Parts:
    surname = parse_name_cell(cells["surname"], "s")[0] if "surname" in cells else None
    if "given_patronymic" in cells:
        _, given, patronymic = parse_name_cell(cells["given_patronymic"], "gp")
    else:
        given = parse_name_cell(cells["given"], "g")[1] if "given" in cells else None
        patronymic = None
    if "patronymic" in cells:
        patronymic = parse_name_cell(cells["patronymic"], "p")[2]
    return surname, given, patronymic


def _filled_up(parts: Parts, alternate: str) -> Parts:
    """What the list's other spelling of the same name adds."""
    if not alternate or None not in parts:
        return parts
    other = parse_name_cell(re.split("[;\n/]", alternate)[0])
    return (parts[0] or other[0], parts[1] or other[1], parts[2] or other[2])


def _birth(cells: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Date and age, from whichever cell holds either."""
    born: str | None = None
    age: int | None = None
    for name in ("birth_date", "age", "text"):
        text = fold(cells.get(name, ""))
        if not text or (name == "text" and (born or age)):
            continue
        if name == "text":
            text = _HEAD.sub("", text, count=1)
        said = _day(text) or _short_year(text)
        if said:
            born = born if born and len(born) >= len(said) else said
        elif (match := _AGE.search(text)) and name != "text":
            age = int(match.group(1))
    return born, age


def _short_year(text: str) -> str | None:
    match = _SHORT_YEAR.search(text)
    if not match:
        return None
    year = int(match.group(1))
    return str(1900 + year if year > 30 else 2000 + year)


def _day(text: str) -> str | None:
    """The date a cell holds, as precise as it is: YYYY, YYYY-MM or YYYY-MM-DD."""
    text = fold(text)
    if match := _ISO.search(text):
        return _written(match.group(1), match.group(2), match.group(3))
    if match := _DAY.search(text):
        return _written(_century(match.group(3)), match.group(2), match.group(1))
    for match in _WORDED.finditer(text.lower().replace("ё", "е")):
        number = month(match.group(2))
        if number:
            return _written(match.group(3), str(number), match.group(1))
    match = _YEAR.search(text)
    return match.group(1) if match else None


def _century(year: str) -> str:
    if len(year) == 4:
        return year
    return f"19{year}" if int(year) > 30 else f"20{year}"


def _written(year: str, number: str, day: str | None) -> str | None:
    try:
        made = date(int(year), int(number), int(day or 1))
    except ValueError:
        return year if 1900 <= int(year) <= _LATER.year else None
    return made.isoformat() if day else made.isoformat()[:7]


def _home(cells: Mapping[str, str], region: str | None) -> _Home:
    """Where he is from. A region given by its code (RU-KLU) is no word of the place's name."""
    coded = cells.get("home_region", "").strip()
    if _ISO_REGION.fullmatch(coded):
        known = region_of_cell(coded, None)
        if known is not None and known.region == coded:
            others = {name: cell for name, cell in cells.items() if name != "home_region"}
            return _Home(_home(others, coded).place, coded)
    said = ", ".join(cells[name] for name in ("home_region", "home", "home_place") if name in cells)
    if said:
        home = region_of_cell(said, region)
    else:
        rest = _HEAD.sub("", cells.get("text", ""), count=1)
        home = choose_home(find_places(tokenize(fold(rest))), (0, len(rest) + 1)) if rest else None
    return _Home(home.place, home.region) if home else _Home(None, region)


def _sex(text: str) -> Sex | None:
    word = text.lower()
    if word.startswith(_FEMALE):
        return Sex.FEMALE
    return Sex.MALE if word.startswith(_MALE) else None


def _with_service(record: Record, cells: Mapping[str, str]) -> Record:
    said = ". ".join(cells[name] for name in ("category", "rank", "text") if name in cells)
    unit = re.search(r"(?<!\d)\d{5}(?!\d)", cells.get("unit", ""))
    if not said:
        return replace(record, unit=unit.group() if unit else None)
    spans = find_service(tokenize(fold(said)))
    whole = (0, len(said) + 1)
    category, rank = choose_category(spans, whole), choose(spans, "rank", whole)
    other = choose(spans, "unit", whole)
    return replace(
        record,
        category=Category(category.value) if category else None,
        rank=rank.value if rank else None,
        unit=unit.group() if unit else other.value if other else None,
    )


def _line(cells: Mapping[str, str], record: Record) -> str:
    """The row as one line, without contacts and without anyone else's name."""
    text = " · ".join(" ".join(cells[name].split()) for name in _SHOWN if name in cells)
    folded = fold(text)
    hidden = list(contacts(folded))
    if "text" in cells:
        mine = {part.lower() for part in (record.surname, record.given, record.patronymic) if part}
        for span in find_names(tokenize(folded)):
            named = {part.lower() for part in (span.surname, span.given) if part}
            if not named & mine:
                hidden.append(Contact(Secret.NAME, span.start, span.end))
    return redact(text, folded, hidden).text
