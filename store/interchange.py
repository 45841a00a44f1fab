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
_STATUS = {
    "captured": ("believed_alive", "В плену"),
    "released": ("believed_alive", "Вернулся по обмену"),
    "found_alive": ("believed_alive", "Найден живым"),
    "deceased": ("believed_dead", "Погиб"),
}
_SOUGHT = ("information_sought", "Разыскивается")
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
    if person["sought_from"]:
        yield (person["sought_from"], *_SOUGHT)
    for event in person["events"]:
        if _may_leave(event):
            yield (event["date"], *_STATUS[event["status"]])


def _may_leave(event: Person) -> bool:
    confirmed = event["evidence"] == Evidence.CONFIRMED.value and not event["retracted"]
    return confirmed and event["status"] in _STATUS


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
    """One FollowTheMoney `Person` entity a man: id, schema, and properties as lists of strings."""
    for person in persons:
        country = (person["home_region"] or "").partition("-")[0].lower()
        properties = {
            "name": _full_name(person),
            "lastName": person["surname"],
            "firstName": person["given"],
            "fatherName": person["patronymic"],
            "birthDate": person["birth_date"],
            "gender": person["sex"],
            "country": country,
        }
        yield {
            "id": person["person_id"],
            "schema": "Person",
            "properties": {key: [value] for key, value in properties.items() if value},
        }
