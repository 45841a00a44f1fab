"""Rows of lists against posts, as real ones are: namesakes, grave lists, archives that differ."""

from __future__ import annotations

from typing import Any

import pytest
from dedupe_people import NOW, person

import dedupe
from model import Judgement, StoredRecord

FULL = "Лыткарёв Савва Ильич"
SON: dict[str, Any] = {
    "birth_date": "2004-06-11",
    "home_region": "RU-TVE",
    "home_place": "Кашин",
}
POST = person("a", FULL, **SON)


def dead(name: str, **said: Any) -> StoredRecord:
    return person("b", name, claim="deceased", source="graves", row=1, public="2024-11-02", **said)


def captive(name: str, **said: Any) -> StoredRecord:
    return person("b", name, claim="captured", source="videos", row=1, public="2024-11-02", **said)


def linked(*records: StoredRecord) -> bool:
    found = dedupe.resolve(records, (), {}, now=NOW)
    return any({"a", "b"} <= set(members) for members in found.clusters.values())


# A name alone, however rare and in whatever spelling, links no row to anyone.
@pytest.mark.parametrize(
    "name",
    [FULL, "Лыткарев Савва Ильич", "ЛЫТКАРЁВ САВВА ИЛЬИЧ", "Лыткарёв Савва", "Лыткарёв С. И.",
     "Ондархай Аян Олегович", "Иванов Иван Иванович"],
)  # fmt: skip
@pytest.mark.parametrize("row", [dead, captive])
def test_a_name_alone_never_links(name: str, row: Any) -> None:
    assert not linked(person("a", name, **SON), row(name))


# 'deceased' needs the full name and one more agreement that does not follow from it.
@pytest.mark.parametrize(
    ("row", "links"),
    [
        (dead(FULL, birth_date="2004-06-11"), True),
        (dead(FULL, birth_date="2004"), True),
        (dead(FULL, home_region="RU-TVE", home_place="Кашин"), True),
        (dead(FULL), False),
        (dead("Лыткарёв Савва", birth_date="2004"), False),
        (dead("Лыткарёв Савва", birth_date="2004-06-11"), True),
        (dead("Лыткарёв С. И.", birth_date="2004", home_region="RU-TVE", home_place="Кашин"), True),
        (dead("Лыткарёв Савва", home_region="RU-TVE"), False),
        (dead("Лыткарёв С. И.", home_region="RU-TVE"), False),
        (dead("Лыткарёв - Ильич", birth_date="2004-06-11"), False),
    ],
)
def test_a_death_needs_the_full_name_and_one_agreement_more(row: StoredRecord, links: bool) -> None:
    assert linked(POST, row) == links


# Namesakes with one digit between them are two men for a list, a question for a human at most.
@pytest.mark.parametrize(
    "said",
    [
        {"birth_date": "2005-06-11"},
        {"birth_date": "2014-06-11"},
        {"birth_date": "2004-06-12"},
        {"birth_date": "2004-07-11"},
        {"birth_date": "1994-06-11"},
    ],
)
@pytest.mark.parametrize("home", [{}, {"home_region": "RU-KEM"}])
def test_namesakes_with_one_digit_between_them(said: dict[str, str], home: dict[str, str]) -> None:
    common = person("a", "Волков Дмитрий Сергеевич", **SON)
    assert not linked(common, dead("Волков Дмитрий Сергеевич", **said, **home))


# Grave lists come through a foreign alphabet and back.
@pytest.mark.parametrize(
    ("post", "row", "links"),
    [
        (FULL, "Литкарев Савва Илич", True),
        ("Щербаков Юрий Ильич", "Шчербаков Юрий Ильич", False),  # two letters off: a human looks
        ("Доржиев Зорикто Баирович", "Доржиев Зорыкто Баирович", True),
        (FULL, "Литвинов Савва Ильич", False),
        ("Юлбарисов Данис Маратович", "Юлбарисов Денис Маратович", False),
    ],
)
def test_grave_lists_in_another_spelling(post: str, row: str, links: bool) -> None:
    there = dead(row, birth_date="2004-06-11", home_region="RU-TVE", home_place="Кашин")
    assert linked(person("a", post, **SON), there) == links


def test_archives_that_disagree_on_the_year_are_left_to_a_human() -> None:
    """One archive says 1999, the other 2000; place and patronymic agree, and so they are asked."""
    seen = person("a", FULL, birth_date="1999", home_region="RU-TVE", home_place="Кашин")
    row = dead(FULL, birth_date="2000", home_region="RU-TVE", home_place="Торжок")
    found = dedupe.resolve((seen, row), (), {}, now=NOW)
    assert len(found.clusters) == 2 or all(
        decision.judgement is Judgement.SAME for decision in found.decisions
    )
    assert found.decisions, "neither forgotten nor decided in silence"


def test_of_two_namesakes_on_one_list_the_nearer_is_taken() -> None:
    rows = (
        person("b", FULL, birth_date="2004", claim="released", source="exchange", row=1),
        person("c", FULL, birth_date="1984", claim="released", source="exchange", row=2),
    )
    found = dedupe.resolve((POST, *rows), (), {}, now=NOW)
    assert set(found.clusters.values()) == {("a", "b"), ("c",)}


# What other posts leave out does not outvote the two that say when he was born.
@pytest.mark.parametrize("born", ["1994-06-11", "2004-06-17", "2004-11-06", "2001"])
def test_posts_that_say_no_birth_do_not_outvote_one_that_does(born: str) -> None:
    told = [person("a", FULL, **SON)]
    told += [
        person(one, FULL, claim="captured", home_region="RU-TVE", public=f"2024-09-0{day}")
        for day, one in enumerate("bcde", start=1)
    ]
    row = person(
        *("z", FULL), birth_date=born, home_region="RU-TVE", home_place="Торжок",
        claim="released", source="exchange", row=1,
    )  # fmt: skip
    found = dedupe.resolve((*told, row), (), {}, now=NOW)
    assert set(found.clusters.values()) == {tuple("abcde"), ("z",)}
