"""Persons as PFIF 1.4 and FollowTheMoney: what leaves, and what may not."""

from __future__ import annotations

from typing import Any

import pytest
from defusedxml import ElementTree

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


def test_ftm_says_who_and_nothing_of_his_fate() -> None:
    (entity,) = interchange.ftm([{**person("reported"), "patronymic": None}])
    assert entity == {
        "id": "p1",
        "schema": "Person",
        "properties": {
            "name": ["Зимин Артём"], "lastName": ["Зимин"], "firstName": ["Артём"],
            "birthDate": ["2004-03"], "gender": ["male"], "country": ["ru"],
        },
    }  # fmt: skip
