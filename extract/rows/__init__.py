"""A list row's cells → one redacted line of text and the row's record.

Cells are in any of the forms lists use: «44 года» and «11.03.2005» in one column, Ukrainian or
Latin names, «24 августа 2024 года (115)», a whole row as free text. What a cell does not say
is None.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import NamedTuple

from extract.names import find_names
from extract.names.cells import parse_name_cell
from extract.names.words import kind_of
from extract.places import region_of_cell
from extract.private.contacts import contacts
from extract.private.redaction import redact
from extract.rows.claims import BLANK, RowClaim, asserted_in, claim_of_cell, claim_of_row
from extract.rows.dates import born_at_head, day, plausible, short_year
from extract.rows.heads import Head, head_of, without_rank
from extract.rows.homes import home_in
from extract.rows.kinds import Kind, kind_of_row
from extract.rows.text import Line, Name
from extract.service import choose, choose_category, find_service
from extract.text import clean, fold
from extract.tokens import tokenize
from extract.version import VERSION
from model import Category, Claim, Doubt, ListRow, Reading, Record, Sex
from russian import surnames
from russian.given import known
from russian.months import month
from russian.ranks import rank

_BEHIND_NAME = re.compile(r"\(([^()]*(?:19|20)\d\d[^()\d]*)\)\s*$")  # «Зимин Лука (1991)»
_AGE = re.compile(r"(?<!\d)(\d\d)(?!\d)")
_LONG_WORD = re.compile(r"[^\W\d_]{3,}")
_UKRAINIAN = re.compile("[іїєґ]|[сц]ьк", re.IGNORECASE)
_ISO_REGION = re.compile(r"[A-Z]{2}-[A-Z0-9]{1,3}")
_NOT_FIRST = re.compile(r"(?<=\S)(?:\s*(?P<mark>[,;(/—–])\s*|\s+)(?P<word>[^\W\d_]{3,})\b")
_UNDATED = datetime(2026, 6, 1, 9, tzinfo=UTC)  # of a row that was public nobody says when
_NAMED = ("name", "surname", "given", "patronymic", "given_patronymic")
_SHOWN = (
    *_NAMED, "birth_date", "age", "rank", "category", "unit", "home", "home_place",
    "home_region", "claim", "death_date", "event_date", "text",
)  # fmt: skip
_OF_HIM = frozenset((*_NAMED, "alternate_names", "home", "home_place"))
_PLAIN = ("birth_date", "age", "unit", "rank", "category", "claim", "death_date", "event_date")
_CAPITAL = re.compile(r"(?<=[\s:(])[А-ЯЁІЇЄҐA-Z][^\W\d_]{2,}")
_ASIDE = re.compile(r"[^(/;\[]*\w[^(/;\[]*(?=[(/;\[])")
_FEMALE = ("f", "ж", "female", "woman")
_MALE = ("m", "м", "ч", "male", "man")


class _Home(NamedTuple):
    place: str | None
    region: str | None


def read_row(row: ListRow, source_claim: Claim, region: str | None = None) -> Reading:
    """The row's redacted line and its one record; none where it is no soldier's, or doubtful.

    The claim is the row's own, else the list's. `region`: ISO 3166-2 of a list that is one
    region's, for rows that name only a district. What is doubtful is told in the reading.
    """
    read = _Row(row, source_claim, region)
    kind, why = kind_of_row(read.cells, read.head.text, row.cells.get("name", ""), read.record)
    if kind is Kind.NOBODY:
        return Reading(text=read.safe(of_him=False), records=(), extractor=VERSION)
    claim = read.claim
    record = replace(read.record, claim=claim.claim)
    several = "names several men" if read.names_several else None
    doubt = why or several or claim.doubt
    return Reading(
        text=read.safe(),
        records=() if doubt else (record,),
        extractor=VERSION,
        doubt=Doubt(why=doubt, record=record) if doubt else None,
        unread=read.unread,
    )


class _Row:
    """One row: its cells, the words its man's name stands in, and what is read of it."""

    def __init__(self, row: ListRow, source_claim: Claim, region: str | None) -> None:
        cells = {name: clean(text).strip() for name, text in row.cells.items() if text.strip()}
        cells = {n: _his_own(said) if n in _OF_HIM else said for n, said in cells.items()}
        self.row, self.cells, self.default = row, cells, source_claim
        self.text = cells.get("text", "")
        columns = [cells[name] for name in _NAMED if name in cells]
        self.in_text = not columns
        told = without_rank(cells["name"]).rank if "name" in cells else None
        self.head = head_of(self.text) if self.in_text else Head(" ".join(columns), 0, told)
        self.name = _name(cells, self.head.text if self.in_text else "")
        event = day(cells.get("event_date", ""))
        self.event = event if event and len(event) == 10 else None
        when = self.event or day(cells.get("death_date", "")) or ""
        self.day = datetime.fromisoformat(f"{when}T09:00+00:00") if len(when) == 10 else _UNDATED
        self.captive = source_claim in (Claim.CAPTURED, Claim.RELEASED)
        self.told = self._told_line()
        self.record = self._record(region)

    @property
    def claim(self) -> RowClaim:
        """What the row claims of him."""
        status = self._status()
        if status is not None and status.doubt is not None:
            return status
        stated = status.claim if status else self.row.claim or self.default
        if self.told is None:
            return RowClaim(stated)
        if self.told.dead_and_alive:
            return RowClaim(stated, "its text calls him dead and says that he lives")
        return claim_of_row(stated, asserted_in(self.told), by_cell=status is not None)

    @property
    def unread(self) -> tuple[str, ...]:
        """Columns that hold something, and no date: of an event, no whole day, of birth no age."""
        born, age = _in_cells(self.cells)
        read = {
            "event_date": self.event is not None,
            "birth_date": bool(born or age),
            "death_date": day(self.cells.get("death_date", "")) is not None,
        }
        return tuple(
            name for name, well in read.items()
            if not well and not BLANK.fullmatch(self.cells.get(name, ""))
        )  # fmt: skip

    @property
    def names_several(self) -> bool:
        """Does a row that is one line name more men than one?"""
        return self.in_text and self.told is not None and self.told.names_several

    def _status(self) -> RowClaim | None:
        """What the row's own column says; None where it says nothing."""
        if "claim" not in self.cells:
            return None
        if self.row.claim is not None:
            return RowClaim(self.row.claim)
        return claim_of_cell(self._line_of(self.cells["claim"]), self.cells["claim"])

    def _line_of(self, words: str) -> Line:
        """His name, and words that are said of him."""
        name = " ".join(part for part in self.name if part)
        return Line(f"{name} — {words}", (0, len(name)), self.name, self.day, self.captive)

    def _told_line(self) -> Line | None:
        """The row's free text behind his name."""
        if not self.text or not any(self.name):
            return None
        if self.in_text:
            return Line(self.text, self.head.span, self.name, self.day, self.captive)
        name = " ".join(part for part in self.name if part)
        return Line(f"{name}. {self.text}", (0, len(name)), self.name, self.day, self.captive)

    def _record(self, region: str | None) -> Record:
        surname, given, patronymic = self.name
        said = self.told.said[0] if self.told and self.told.said else Record()
        born, age = self._birth(said)
        home = _home(self.cells, region, self._home_told(said))
        made = Record(
            surname=surname, given=given, patronymic=patronymic, birth_date=born, age=age,
            sex=_sex(self.cells.get("sex", "")), home_region=home.region, home_place=home.place,
            event_date=self.event,
        )  # fmt: skip
        made = _with_service(made, self.cells)
        return replace(made, rank=made.rank or self.head.rank)

    def _home_told(self, said: Record) -> _Home:
        """Where the text says he is from."""
        if self.told is None or said.home_region or said.home_place:
            return _Home(said.home_place, said.home_region)
        home = home_in(self.told.taken, self.told.head[1])
        return _Home(home.place, home.region) if home else _Home(None, None)

    def _birth(self, said: Record) -> tuple[str | None, int | None]:
        """Date and age from whichever cell holds either, else from the text."""
        born, age = _in_cells(self.cells)
        if born or age:
            return born, age
        behind = self.text[self.head.span[1] :] if self.in_text else self.text
        near = self.event or self.day.date().isoformat()
        born = born_at_head(behind, near)
        if born is None and said.birth_date and plausible(said.birth_date, near):
            born = said.birth_date
        return born, None if born else said.age

    def safe(self, *, of_him: bool = True) -> str:
        """The row as one line, without contacts and anyone else's name; or without any name."""
        shown = [(n, " ".join(self.cells[n].split())) for n in _SHOWN if n in self.cells]
        text = " · ".join(said for _, said in shown)
        if not of_him:
            return Line(text, (0, 0), (None, None, None), self.day).safe()
        if self.text or any(map(_of_kin, _LONG_WORD.findall(text))) or self._says_more():
            return Line(text, self._head_in(text, shown), self.name, self.day).safe()
        folded = fold(text)
        return redact(text, folded, contacts(folded)).text

    def _says_more(self) -> bool:
        """May a cell for a date, a status or his name hold another's name: «добавила Дина Ш.»?"""
        asides = [said[match.end() :] for said in (self.cells.get("name", ""),)
                  if (match := _ASIDE.match(said))]  # fmt: skip
        told = [said for name, said in self.cells.items() if name in _PLAIN] + asides
        return any(not month(word.lower()) for said in told for word in _CAPITAL.findall(said))

    def _head_in(self, text: str, shown: Sequence[tuple[str, str]]) -> tuple[int, int]:
        """Where his name stands in the row's line."""
        if not self.in_text:
            named = " · ".join(said for name, said in shown if name in _NAMED)
            aside = _ASIDE.match(named)
            return 0, aside.end() if aside else len(named)
        offset = len(text) - len(shown[-1][1]) if shown else 0
        at = text.find(self.head.text, offset) if self.head.text else -1
        return (at, at + len(self.head.text)) if at >= 0 else (0, 0)


def _of_kin(word: str) -> bool:
    """Is it a word of kinship, and no surname («Дедов», «Батька»)?"""
    return kind_of(word) == "kin" and (word.islower() or not surnames.count(word.lower()))


def _his_own(cell: str) -> str:
    """A cell up to where it turns to a relative: «Зимин Лука Ильич (мать …)», «… Ильич, жена …»."""
    for word in _NOT_FIRST.finditer(cell):
        apart = word["mark"] is not None
        turned = kind_of(word["word"]) == "kin" and rank(tokenize(word["word"]), 0) is None
        if turned and (apart or word["word"].islower()):
            return cell[: word.start()].rstrip(" ,;(/—–-")
    return cell


def _name(cells: Mapping[str, str], head: str) -> Name:
    ukrainian = any(_UKRAINIAN.search(cell) for cell in cells.values())
    if "name" in cells:
        said = without_rank(cells["name"]).text
        parts = _nominative(parse_name_cell(said, ukrainian=ukrainian), said)
    elif "surname" in cells or "given" in cells or "given_patronymic" in cells:
        parts = _name_from_columns(cells, ukrainian=ukrainian)
    else:
        parts = parse_name_cell(head, ukrainian=ukrainian)
    return _filled_up(parts, cells.get("alternate_names", ""))


def _nominative(parts: Name, cell: str) -> Name:
    """The name out of its case, where a list keeps that of a sentence: «Жукова Петра Львовича»."""
    if parts[1] is None or parts[1].endswith(".") or known(parts[1]):
        return parts
    found = find_names(tokenize(fold(cell)))
    if len(found) != 1 or not (found[0].surname and found[0].given and known(found[0].given)):
        return parts
    return found[0].surname, found[0].given, found[0].patronymic


def _name_from_columns(cells: Mapping[str, str], *, ukrainian: bool) -> Name:
    def part(column: str, order: str) -> Name:
        said = cells.get(column, "")
        return parse_name_cell(said, order, ukrainian=ukrainian) if said else (None, None, None)

    _, given, patronymic = part("given_patronymic", "gp")
    given = given if "given_patronymic" in cells else part("given", "g")[1]
    patronymic = part("patronymic", "p")[2] if "patronymic" in cells else patronymic
    return part("surname", "s")[0], given, patronymic


def _filled_up(parts: Name, alternate: str) -> Name:
    """What the list's other spelling of the same name adds."""
    if not alternate or None not in parts:
        return parts
    other = parse_name_cell(re.split("[;\n/]", alternate)[0])
    return (parts[0] or other[0], parts[1] or other[1], parts[2] or other[2])


def _in_cells(cells: Mapping[str, str]) -> tuple[str | None, int | None]:
    """Birth date and age, from whichever column holds either."""
    born: str | None = None
    age: int | None = None
    for name in ("birth_date", "age"):
        text = cells.get(name, "")
        said = day(text) or short_year(fold(text))
        if said:
            born = born if born and len(born) >= len(said) else said
        elif match := _AGE.search(fold(text)):
            age = int(match.group(1))
    if not (born or age) and (match := _BEHIND_NAME.search(cells.get("name", ""))):
        born = day(match.group(1))
    return born, age


def _home(cells: Mapping[str, str], region: str | None, told: _Home) -> _Home:
    """Where he is from. A region given by its code (RU-KLU) is no word of the place's name."""
    coded = cells.get("home_region", "").strip()
    if _ISO_REGION.fullmatch(coded):
        known = region_of_cell(coded, None)
        if known is not None and known.region == coded:
            others = {name: cell for name, cell in cells.items() if name != "home_region"}
            return _Home(_home(others, coded, told).place, coded)
    said = ", ".join(cells[name] for name in ("home_region", "home", "home_place") if name in cells)
    if not said:
        return _Home(told.place, told.region or region)
    home = region_of_cell(said, region)
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
    category, grade = choose_category(spans, whole), choose(spans, "rank", whole)
    other = choose(spans, "unit", whole)
    return replace(
        record,
        category=Category(category.value) if category else None,
        rank=grade.value if grade else None,
        unit=unit.group() if unit else other.value if other else None,
    )
