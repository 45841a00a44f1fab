"""A PFIF 1.2–1.4 feed or file: persons and their notes → rows of a list.

What the notes say decides the claim of each row. Authors' names, phones and mails, profile links
and photographs are never read.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from xml.etree.ElementTree import Element  # the type only; parsing is defusedxml's

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import ParseError, fromstring

from model import Batch, Claim, ListRow, Source, SourceChanged
from russian.note_claims import claim_of_note
from scraper import moments, origin, readers, tables
from scraper.client import Fetcher
from scraper.large import Content, digest

KEYS: Mapping[str, type] = {"page_size": int}  # ask for so many persons at a time, by `skip`

_CELLS = {  # our field → PFIF's, the first that is filled
    "name": ("full_name",),
    "surname": ("family_name", "last_name"),
    "given": ("given_name", "first_name"),
    "alternate_names": ("alternate_names",),
    "sex": ("sex",),
    "birth_date": ("date_of_birth",),
    "age": ("age",),
    "home_place": ("home_city", "home_neighborhood"),
    "text": ("description", "other"),
    "url": ("source_url",),
}
_NAMED = ("name", "surname", "given", "alternate_names")
_MOST_PAGES = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Note:
    """What one note says of one person."""

    person: str
    status: str
    text: str
    source_date: str


def faults(source: Source) -> Iterable[str]:
    """What the strict reading of the TOML file cannot see by itself."""
    if source.columns:
        yield "columns: PFIF has its own names for everything; leave the key out"
    if "page_size" in source.options and int(source.options["page_size"]) < 1:
        yield "page_size must be at least 1"


async def collect(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> AsyncGenerator[Batch, None]:
    """The whole register as one batch; nothing but the cursor where it is unchanged."""
    documents, kept = await _documents(source, fetcher, cursor)
    if not documents:
        yield Batch(source=source.name, cursor=cursor)
        return
    now = fetcher.now()
    try:
        size = sum(map(len, documents)) if origin.local_path(source) is None else 0
        rows = await readers.parse(fetcher, source.url, size, read, source, documents, now)
    except SourceChanged as changed:
        fetcher.suspect(str(changed))
        raise
    yield tables.whole_list(source, kept, rows)


async def _documents(
    source: Source, fetcher: Fetcher, cursor: Mapping[str, object]
) -> tuple[list[Content], Mapping[str, object]]:
    """The documents of the feed and the cursor to keep; none where nothing changed."""
    if "page_size" not in source.options or origin.local_path(source) is not None:
        page = await origin.whole(source, fetcher, cursor)
        return ([page.content], page.cursor) if page else ([], cursor)
    documents = await _paged(source, fetcher)
    mark = sha256("".join(map(digest, documents)).encode()).hexdigest()
    kept = {"reading": origin.fingerprint(source), "sha256": mark}
    if all(cursor.get(key) == value for key, value in kept.items()):
        origin.mark_unchanged(fetcher)
        return [], cursor
    return documents, kept


async def _paged(source: Source, fetcher: Fetcher) -> list[Content]:
    """Every page of the feed, by `skip`, until one has fewer persons than asked for."""
    size = int(source.options["page_size"])
    documents: list[Content] = []
    while len(documents) < _MOST_PAGES:
        params = {"skip": len(documents) * size, "max_results": size}
        response = await fetcher.get(source.url, params=params, conditional=False)
        if response.content in documents:
            raise fetcher.changed(source.url, "the feed repeats a page: does it know `skip`?")
        documents.append(response.content)
        if await origin.parsed(source, fetcher, _count, response.content) < size:
            break
    return documents


def _count(source: Source, content: bytes) -> int:
    return sum(_tag(element) == "person" for element in _document(source, content).iter())


def read(source: Source, documents: Sequence[bytes], now: datetime) -> tuple[ListRow, ...]:
    """The persons of a feed in document order, from 1. Expired ones keep their number only.

    Raises SourceChanged for anything but PFIF, and for XML that declares entities.
    """
    roots = [_document(source, document) for document in documents]
    notes = _notes(roots)
    persons = [element for root in roots for element in root.iter() if _tag(element) == "person"]
    if not persons:
        raise SourceChanged(f"{source.name}: {source.url}: no person records: is it PFIF?")
    rows = (_row(source, at, person, notes, now) for at, person in enumerate(persons, start=1))
    kept = tuple(row for row in rows if row is not None)
    least = max(source.expect.min_rows or 0, 1)
    if len(kept) < least:
        raise SourceChanged(f"{source.name}: {len(kept)} rows, at least {least} expected")
    return kept


def _document(source: Source, content: bytes) -> Element:
    try:
        root: Element = fromstring(content.strip(), forbid_dtd=False)
    except DefusedXmlException as error:
        raise SourceChanged(f"{source.name}: {source.url}: XML entities are refused") from error
    except (ParseError, ValueError, LookupError) as error:
        position = getattr(error, "position", None)
        place = f", line {position[0]}" if position else ""
        raise SourceChanged(f"{source.name}: {source.url}: not XML, or cut short{place}") from error
    return root


def _row(
    source: Source, number: int, person: Element, notes: Mapping[str, Sequence[Note]], now: datetime
) -> ListRow | None:
    told = _fields(person)
    cells = {
        field: value
        for field, names in _CELLS.items()
        if (value := next((told[name] for name in names if told.get(name)), ""))
    }
    if not any(field in cells for field in _NAMED) or _expired(told, now):
        return None
    if not tables.passes(source, told.get):
        return None
    if " " in cells.get("given", ""):
        cells["given_patronymic"] = cells.pop("given")
    cells |= _home(told)
    record = told.get("person_record_id", "")
    latest = max(
        (note for note in reversed(notes.get(record, [])) if note.status),
        key=_freshness,
        default=None,
    )
    claim = _claim(source, latest)
    day = latest.source_date if latest else told.get("source_date") or told.get("entry_date", "")
    cells["event_date"] = _moscow_day(day)
    return ListRow(
        source=source.name,
        row=number,
        cells={field: value for field, value in cells.items() if value},
        claim=claim,
        external_id=record or None,
    )


def _freshness(note: Note) -> tuple[datetime, bool]:
    """By time; of two notes of one moment the one that brings news (and of those the last)."""
    when = _instant(note.source_date) or datetime.min.replace(tzinfo=UTC)
    return when, note.status not in ("information_sought", "believed_missing")


def _claim(source: Source, note: Note | None) -> Claim | None:
    """What the latest note asserts; without a note, what the list does."""
    if note is None:
        return source.claim or Claim.SOUGHT
    if note.status == "believed_dead":
        return Claim.DECEASED
    if note.status == "is_note_author":
        return Claim.FOUND_ALIVE
    if note.status != "believed_alive":
        return Claim.SOUGHT  # information_sought, believed_missing: no news
    told = claim_of_note(note.text)
    if told is None and source.claim in (Claim.CAPTURED, Claim.RELEASED):
        return source.claim
    return told or Claim.FOUND_ALIVE


def _home(told: Mapping[str, str]) -> dict[str, str]:
    """The home region as an ISO 3166-2 code where the state is given as one; else as it stands."""
    state, country = told.get("home_state", ""), told.get("home_country", "").upper()
    if re.fullmatch(r"[A-Za-z0-9]{1,3}", state) and re.fullmatch(r"[A-Z]{2}", country or "RU"):
        state = f"{country or 'RU'}-{state.upper()}"
    home = {"home_region": state} if state else {}
    return home | ({"home_country": country} if country else {})


def _notes(roots: Iterable[Element]) -> dict[str, list[Note]]:
    """All notes by the person they are about: within a person, or beside the persons."""
    notes: dict[str, list[Note]] = {}
    for root in roots:
        owner = {
            id(note): _fields(person).get("person_record_id", "")
            for person in root.iter()
            if _tag(person) == "person"
            for note in person.iter()
            if _tag(note) == "note"
        }
        for element in root.iter():
            if _tag(element) == "note":
                told = _fields(element)
                person = told.get("person_record_id") or owner.get(id(element), "")
                notes.setdefault(person, []).append(_note(person, told))
    return notes


def _note(person: str, told: Mapping[str, str]) -> Note:
    status = told.get("status") or told.get("found", "")
    return Note(
        person=person,
        status=status.strip().lower(),
        text=told.get("text", ""),
        source_date=told.get("source_date") or told.get("entry_date", ""),
    )


def _fields(element: Element) -> dict[str, str]:
    """The element's own leaves by bare name; a name given several times is joined by line ends."""
    told: dict[str, str] = {}
    for child in element:
        value = (child.text or "").strip()
        if value and len(child) == 0:
            name = _tag(child)
            told[name] = f"{told[name]}\n{value}" if name in told else value
    return told


def _tag(element: Element) -> str:
    """The bare name: with any PFIF namespace, or none."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""


def _expired(told: Mapping[str, str], now: datetime) -> bool:
    expiry = _instant(told.get("expiry_date", ""))
    return expiry is not None and expiry <= now


def _instant(text: str) -> datetime | None:
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        return None
    return when if when.tzinfo else when.replace(tzinfo=UTC)


def _moscow_day(text: str) -> str:
    """The Moscow day of a UTC time; a date or anything else as it stands."""
    when = _instant(text) if "T" in text else None
    return when.astimezone(moments.zone_of(moments.MOSCOW)).date().isoformat() if when else text
