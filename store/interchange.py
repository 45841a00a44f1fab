"""Exported persons → PFIF 1.4 and FollowTheMoney, the forms tracing and research tools exchange.

Both name people to the outside, so a status leaves only where two editors confirmed it: any
other man is `information_sought`, or has no note at all if nobody asked for him.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from xml.etree import ElementTree

from model import Evidence

NAMESPACE = "http://zesty.ca/pfif/1.4"
DOMAIN = "rollcall.invalid"  # PFIF ids are "domain/local"; a receiver puts its own in place
_TEXT = {  # in the order of the tally's rule: on one day the later outranks
    "sought": "Разыскивается", "captured": "В плену", "found_alive": "Найден живым",
    "released": "Вернулся по обмену", "deceased": "Погиб",
}  # fmt: skip
_PFIF_STATUS = {
    "sought": "information_sought", "captured": "believed_alive", "found_alive": "believed_alive",
    "released": "believed_alive", "deceased": "believed_dead",
}  # fmt: skip
Person = dict[str, Any]


def pfif(persons: Iterable[Person]) -> bytes:
    """One PFIF 1.4 document of all persons. Tags stand in the order of the specification."""
    ElementTree.register_namespace("pfif", NAMESPACE)
    root = ElementTree.Element(f"{{{NAMESPACE}}}pfif")
    for person in persons:
        _pfif_person(root, person)
    ElementTree.indent(root)
    document: bytes = ElementTree.tostring(root, encoding="utf-8", xml_declaration=True)
    return document + b"\n"


def _pfif_person(root: ElementTree.Element, person: Person) -> None:
    element = ElementTree.SubElement(root, f"{{{NAMESPACE}}}person")
    record_id = f"{DOMAIN}/{person['person_id']}"
    country, _, state = (person["home_region"] or "").partition("-")
    given = [person["given"], person["patronymic"]]
    days = [event["date"] for event in person["events"]]
    _fields(
        element,
        person_record_id=record_id,
        entry_date=_moment(max(days, default=None)),
        source_date=_moment(min(days, default=None)),
        full_name=_full_name(person) or "—",
        given_name=" ".join(part for part in given if part),
        family_name=person["surname"],
        sex=person["sex"],
        date_of_birth=person["birth_date"],
        home_city=person["home_place"],
        home_state=state,
        home_country=country,
    )
    for number, (day, status, text) in enumerate(_notes(person), start=1):
        note = ElementTree.SubElement(element, f"{{{NAMESPACE}}}note")
        _fields(
            note,
            note_record_id=f"{record_id}.{number}",
            person_record_id=record_id,
            entry_date=_moment(day),
            author_name="rollcall",
            source_date=_moment(day),
            status=status,
            text=text,
        )


def _notes(person: Person) -> Iterator[tuple[str, str, str]]:
    """(day, PFIF status, text) of each note."""
    for day, status, text in _told(person):
        yield day, _PFIF_STATUS[status], text


def _told(person: Person) -> list[tuple[str, str, str]]:
    """(day, status, text) of all that may be said of a man, by day; the graver later on one day."""
    told = {(person["sought_from"], "sought")} if person["sought_from"] else set()
    told |= {(event["date"], event["status"]) for event in person["events"] if _may_leave(event)}
    ranks = list(_TEXT)
    return sorted(
        ((day, status, _TEXT[status]) for day, status in told),
        key=lambda one: (one[0], ranks.index(one[1])),
    )


def _may_leave(event: Person) -> bool:
    confirmed = event["evidence"] == Evidence.CONFIRMED.value and not event["retracted"]
    return confirmed and event["status"] in _TEXT


def _moment(day: str | None) -> str:
    return f"{day or '1970-01-01'}T00:00:00Z"


def _full_name(person: Person) -> str:
    parts = (person["surname"], person["given"], person["patronymic"])
    return " ".join(part for part in parts if part)


def _fields(element: ElementTree.Element, **values: str | None) -> None:
    for tag, value in values.items():
        if value:
            ElementTree.SubElement(element, f"{{{NAMESPACE}}}{tag}").text = value


def ftm(persons: Iterable[Person]) -> Iterator[dict[str, object]]:
    """FollowTheMoney: a `Person` a man, and an `Event` for each thing that may be said of him.

    Shape: id, schema, and properties as lists of strings. An event's id is that of the man with the
    status and the day, so that two exports of one history give the same ids.
    """
    for person in persons:
        person_id = person["person_id"]
        country = (person["home_region"] or "").partition("-")[0].lower()
        yield _entity(
            "Person", person_id, name=_full_name(person), lastName=person["surname"],
            firstName=person["given"], fatherName=person["patronymic"],
            birthDate=person["birth_date"], gender=person["sex"], country=country,
            address=person["home_place"],
        )  # fmt: skip
        for day, status, text in _told(person):
            yield _entity(
                "Event", f"{person_id}-{status}-{day}", name=text, keywords=status, date=day,
                involved=person_id,
            )  # fmt: skip


def _entity(schema: str, entity_id: str, **properties: str | None) -> dict[str, object]:
    filled = {key: [value] for key, value in properties.items() if value}
    return {"id": entity_id, "schema": schema, "properties": filled}
