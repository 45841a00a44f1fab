"""What archives and relatives do to one man's name and birth: linked, left to a human, or apart.

Whatever the verdict, nobody is called dead whose row was not linked.
"""

from __future__ import annotations

from typing import Any

import pytest
from dedupe_people import NOW, person

import dedupe
from dedupe.describe import describe
from model import Claim, StoredRecord

HOME = {"home_region": "RU-TVE", "home_place": "Кашин"}
BORN = {"birth_date": "1996-05-14"}
FULL = "Лыткарёв Савва Ильич"


def post(name: str, **said: Any) -> StoredRecord:
    return person(said.pop("id", "a"), name, **said)


def row(name: str, **said: Any) -> StoredRecord:
    """A row of a list of the dead that came out later."""
    said = {"claim": "deceased", "source": "dead", "row": 4, "public": "2025-03-01"} | said
    return person(said.pop("id", "b"), name, **said)


CASES: dict[str, tuple[str, StoredRecord, StoredRecord]] = {
    # one soldier, two archives
    "year off by one, another spelling, the same village": (
        "review",
        post("Щербаков Савва Ильич", birth_date="1996", **HOME),
        row("Щербакоф Савва Ильич", birth_date="1995", **HOME),
    ),
    "a post, and a grave with the year off by one": (
        "linked",
        post(FULL, birth_date="1996", **HOME),
        row(FULL, birth_date="1995", **HOME),
    ),
    "a post, and a grave with the year off by one and no home": (
        "review",
        post(FULL, birth_date="1996", **HOME),
        row(FULL, birth_date="1995"),
    ),
    "digits of the day changed places": (
        "linked",
        post(FULL, birth_date="1996-05-12", **HOME),
        row(FULL, birth_date="1996-05-21", home_region="RU-TVE"),
    ),
    "the day before the month, as clerks write": (
        "linked",
        post(FULL, birth_date="1996-05-04", **HOME),
        row(FULL, birth_date="1996-04-05", home_region="RU-TVE"),
    ),
    # other alphabets
    "through Latin and back": (
        "linked",
        post("Хрущёв Юрий Евгеньевич", **BORN, **HOME),
        row("Хрущев Юрий Евгениевич", **BORN),
    ),
    "through Ukrainian": (
        "linked",
        post("Гончаров Никита Сергеевич", **BORN, **HOME),
        row("Гончаров Микита Сергійович", **BORN),
    ),
    "two letters lost on the way": (
        "review",
        post("Щербаков Савва Ильич", **BORN, **HOME),
        row("Шчербаков Савва Ильич", **BORN),
    ),
    # namesakes
    "one digit of the year between two namesakes": (
        "apart",
        post("Иванов Сергей Петрович", birth_date="1986-05-14", home_region="RU-MOS"),
        row("Иванов Сергей Петрович", birth_date="1996-05-14", home_region="RU-KYA"),
    ),
    "one digit of the day between two namesakes of one region": (
        "review",
        post("Иванов Сергей Петрович", birth_date="1996-05-14", home_region="RU-MOS"),
        row("Иванов Сергей Петрович", birth_date="1996-05-15"),
    ),
    # one family
    "father and son of one name": (
        "apart",
        post("Лыткарёв Иван Иванович", birth_date="2001-02-03", **HOME),
        row("Лыткарёв Иван Иванович", birth_date="1974-02-03", **HOME),
    ),
    "father and son, no birth of the father": (
        "apart",
        post("Лыткарёв Иван Петрович", birth_date="2001-02-03", **HOME),
        row("Лыткарёв Пётр Иванович", **HOME),
    ),
    "brothers a letter apart": (
        "review",
        post("Лыткарёв Данис Маратович", birth_date="2001-02-03", **HOME),
        row("Лыткарёв Денис Маратович", birth_date="2001", **HOME),
    ),
    "brothers of one initial": (
        "apart",
        post("Лыткарёв Савва Ильич", birth_date="2001-02-03", **HOME),
        row("Лыткарёв Семён Ильич", birth_date="1999", **HOME),
    ),
    "twins": (
        "apart",
        post("Лыткарёв Ильнур Ренатович", birth_date="2001-02-03", **HOME),
        row("Лыткарёв Ильназ Ренатович", birth_date="2001-02-03", **HOME),
    ),
    # how names are put
    "half of a double surname, the date whole": (
        "linked",
        post("Березин-Ланской Филипп Львович", **BORN, **HOME),
        row("Ланской Филипп Львович", **BORN),
    ),
    "half of a double surname, the year alone": (
        "review",
        post("Березин-Ланской Филипп Львович", birth_date="1996", **HOME),
        row("Ланской Филипп Львович", birth_date="1996"),
    ),
    "a woman under her maiden name": (
        "apart",
        post("Лазарева Кристина Олеговна", sex=None, **BORN, **HOME),
        row("Тихомирова Кристина Олеговна", **BORN, **HOME),
    ),
    "only initials, a village and a unit": (
        "linked",
        post(FULL, **BORN, **HOME, unit="97150"),
        row("Лыткарёв С. И.", **HOME, unit="97150"),
    ),
    "only initials and a region": (
        "review",
        post(FULL, **BORN, **HOME),
        row("Лыткарёв С. И.", home_region="RU-TVE"),
    ),
    "a name alone": ("review", post(FULL, **BORN, **HOME), row(FULL)),
}


def verdict(one: StoredRecord, other: StoredRecord) -> str:
    resolution = dedupe.resolve((one, other), (), {}, now=NOW)
    if len(resolution.clusters) == 1:
        return "linked"
    return "review" if resolution.review else "apart"


@pytest.mark.parametrize("case", CASES)
def test_archives(case: str) -> None:
    expected, one, other = CASES[case]
    assert verdict(one, other) == expected


@pytest.mark.parametrize("case", [case for case in CASES if CASES[case][0] != "linked"])
def test_nobody_is_called_dead_by_a_row_that_is_not_his(case: str) -> None:
    _, one, other = CASES[case]
    resolution = dedupe.resolve((one, other), (), {}, now=NOW)
    by_id = {record.record_id: record for record in (one, other)}
    for person_id, members in resolution.clusters.items():
        told = [by_id[member] for member in members]
        events = describe(person_id, told).events
        assert all(record.record.claim is Claim.DECEASED for record in told) or not any(
            event.status == "deceased" for event in events
        )
