"""Persons as PFIF 1.4 and FollowTheMoney: what leaves, and what may not."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml import ElementTree
from followthemoney import model

from store import interchange

PFIF = {"p": interchange.NAMESPACE}


def person(evidence: str, status: str = "deceased", *, retracted: bool = False) -> dict[str, Any]:
    return {
        "person_id": "p1", "surname": "Зимин", "given": "Артём", "patronymic": "Олегович",
        "birth_date": "2004-03", "sex": "male", "home_region": "RU-UD", "home_place": "Глазов",
        "sought_from": "2024-08-10",
        "events": [{
            "status": status, "date": "2024-09-01", "evidence": evidence, "retracted": retracted,
        }],
    }  # fmt: skip


def statuses(man: dict[str, Any]) -> list[str]:
    root = ElementTree.fromstring(interchange.pfif([man]))
    return [note.text for note in root.findall("p:person/p:note/p:status", PFIF)]


@pytest.mark.parametrize(
    ("man", "expected"),
    [
        (person("reported"), ["information_sought"]),
        (person("corroborated"), ["information_sought"]),
        (person("confirmed"), ["information_sought", "believed_dead"]),
        (person("confirmed", retracted=True), ["information_sought"]),
        (person("confirmed", "captured"), ["information_sought", "believed_alive"]),
        ({**person("confirmed"), "sought_from": None}, ["believed_dead"]),
        ({**person("reported"), "sought_from": None}, []),
    ],
)
def test_a_status_leaves_only_when_confirmed(man: dict[str, Any], expected: list[str]) -> None:
    assert statuses(man) == expected


def test_pfif_fields_stand_in_order() -> None:
    root = ElementTree.fromstring(interchange.pfif([person("reported")]))
    found = [(child.tag.partition("}")[2], child.text) for child in root[0] if len(child) == 0]
    assert found == [
        ("person_record_id", "rollcall.invalid/p1"),
        ("entry_date", "2024-09-01T00:00:00Z"), ("source_date", "2024-09-01T00:00:00Z"),
        ("full_name", "Зимин Артём Олегович"), ("given_name", "Артём Олегович"),
        ("family_name", "Зимин"), ("sex", "male"), ("date_of_birth", "2004-03"),
        ("home_city", "Глазов"), ("home_state", "UD"), ("home_country", "RU"),
    ]  # fmt: skip


def test_ftm_says_who_and_what_two_editors_confirmed() -> None:
    person_of, *events = interchange.ftm([{**person("confirmed"), "patronymic": None}])
    assert person_of == {
        "id": "p1",
        "schema": "Person",
        "properties": {
            "name": ["Зимин Артём"], "lastName": ["Зимин"], "firstName": ["Артём"],
            "birthDate": ["2004-03"], "gender": ["male"], "country": ["ru"], "address": ["Глазов"],
        },
    }  # fmt: skip
    assert [event["id"] for event in events] == ["p1-sought-2024-08-10", "p1-deceased-2024-09-01"]
    assert len(list(interchange.ftm([person("reported")]))) == 2  # himself, and that he is sought


@pytest.mark.parametrize("born", [None, "1999", "2004-03", "2004-03-11"])
@pytest.mark.parametrize("home", [None, "RU-UD", "UA-43"])
def test_the_library_takes_every_entity_as_it_is(born: str | None, home: str | None) -> None:
    """Nothing is cleaned away, no property is unknown, every link leads to an entity."""
    statuses = ("captured", "found_alive", "released", "deceased")
    told = [person("confirmed", status)["events"][0] for status in statuses]
    man = {**person("confirmed"), "birth_date": born, "home_region": home, "events": told}
    entities = list(interchange.ftm([man]))
    ids = {str(entity["id"]) for entity in entities}
    assert len(ids) == len(entities) == 6
    for entity in entities:
        proxy = model.get_proxy(entity, cleaned=False)
        proxy.schema.validate(entity)
        given = entity["properties"]
        assert isinstance(given, dict)
        assert {name: sorted(proxy.get(name)) for name in given} == given
        assert proxy.schema.is_a("Person") or set(proxy.get("involved")) <= ids
        assert proxy.caption
    assert list(interchange.ftm([man])) == entities


def test_what_is_told_of_one_day_stands_in_the_order_of_the_tally() -> None:
    day = {"date": "2024-08-10", "evidence": "confirmed", "retracted": False}
    events = [{**day, "status": status} for status in ("deceased", "released", "captured")]
    man = {**person("confirmed"), "events": events}
    assert statuses(man) == [
        "information_sought", "believed_alive", "believed_alive", "believed_dead",
    ]  # fmt: skip
    ids = [str(entity["id"]) for entity in interchange.ftm([man])][1:]
    assert [one.split("-")[1] for one in ids] == ["sought", "captured", "released", "deceased"]
