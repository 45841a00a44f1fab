"""Two or three records: one man, different men, or a question for a human."""

from __future__ import annotations

import pytest
from dedupe_people import NOW, person

import dedupe
from model import Judgement, StoredRecord

SON = {"birth_date": "2004-06-11", "home_region": "RU-TVE", "home_place": "Кашин"}
FULL = "Лыткарёв Савва Ильич"


def together(*records: StoredRecord) -> bool:
    resolution = dedupe.resolve(records, (), {}, now=NOW)
    return len(resolution.clusters) == 1


SAME = {
    "full name and date": (person("a", FULL, **SON), person("b", FULL, **SON)),
    "ё or е, a date and its year": (
        person("a", FULL, **SON),
        person("b", "Лыткарев Савва", birth_date="2004", home_region="RU-TVE", source="vk"),
    ),
    "an age that fits the date": (
        person("a", FULL, **SON),
        person("b", "Лыткарёв Савва", age=20, home_region="RU-TVE", source="vk"),
    ),
    "a diminutive of several names": (
        person("a", "Лыткарёв Слава", home_region="RU-TVE", home_place="Кашин"),
        person("b", "Лыткарёв Вячеслав Ильич", **SON, source="vk"),
    ),
    "spellings of one name": (
        person("a", "Лыткарёв Данила Ильич", **SON),
        person("b", "Лыткарёв Даниил Ильич", **SON, source="vk"),
    ),
    "half of a double surname": (
        person("a", "Лыткарёв-Зимин Савва Ильич", **SON),
        person("b", "Зимин Савва", birth_date="2004", home_region="RU-TVE", source="vk"),
    ),
    "initials, years later": (
        person(
            "a", "Лыткарёв С. И.", home_region="RU-TVE", home_place="Кашин", public="2022-11-01"
        ),
        person("b", FULL, **SON, source="vk"),
    ),
    "one wrong year among relatives": (
        person("a", FULL, **SON, unit="97150"),
        person("b", "Лыткарёв Савва", birth_date="2005", home_region="RU-TVE", unit="97150"),
    ),
    "a rare name alone in one channel": (
        person("a", FULL, **SON),
        person("b", "Лыткарёв Савва", claim="found_alive", public="2024-09-10"),
    ),
    "a list row with full name and date": (
        person("a", FULL, **SON),
        person("b", FULL, birth_date="2004-06-11", claim="deceased", source="dead", row=4),
    ),
    "captured, then on the list of the exchange": (
        person("a", FULL, **SON),
        person("b", FULL, birth_date="2004", claim="captured", source="video"),
        person("c", FULL, birth_date="2004", claim="released", source="exchange", row=7),
    ),
    "a village and the district it may lie in, a year off": (
        person("a", FULL, **SON),
        person(
            "b",
            FULL,
            birth_date="2005",
            home_region="RU-TVE",
            home_place="Молоковский район",
            source="vk",
        ),
    ),
    "the two halves of a surname that one post gives whole": (
        person("a", "Лыткарёв-Зимин Савва Ильич", **SON),
        person("b", "Лыткарёв Савва Ильич", **SON, claim="captured", public="2024-08-25"),
        person("c", "Зимин Савва Ильич", **SON, claim="captured", source="video", row=2),
        person("d", "Зимин Савва Ильич", **SON, claim="released", source="exchange", row=5),
    ),
    "initials of a double given name": (
        person("a", "Ондархай Алдын-Херел Олегович", home_region="RU-TY", unit="97150"),
        person("b", "Ондархай А.-Х.", home_region="RU-TY", unit="97150", source="vk"),
    ),
    "a given name, a day of birth and the home, elsewhere": (
        person("a", FULL, **SON, unit="97150"),
        person("b", "- Савва", **SON, unit="97150", source="forum"),
    ),
    "a rare given name and a village, elsewhere": (
        person("a", FULL, **SON),
        person(
            "b",
            "- Савва",
            home_region="RU-TVE",
            home_place="Кашин",
            claim="captured",
            source="vk",
            public="2024-09-30",
        ),
    ),
    "his surname alone and his given name alone beside the whole": (
        person("a", FULL, **SON),
        person(
            "b",
            "Лыткарёв -",
            home_region="RU-TVE",
            home_place="Кашин",
            claim="captured",
            source="vk",
            public="2024-09-30",
        ),
        person("c", "- Савва", home_region="RU-TVE", home_place="Кашин", source="forum"),
    ),
    "a death told by the family and by a list, neither with a patronymic": (
        person("a", "Лыткарёв Савва", **SON),
        person("b", "Лыткарёв Савва", **SON, claim="deceased", public="2024-09-10"),
        person(
            "c",
            "Лыткарёв Савва",
            birth_date="2004",
            home_region="RU-TVE",
            claim="deceased",
            source="dead",
            row=1,
            public="2024-09-14",
        ),
    ),
    "a death taken back by the given name, in the same channel": (
        person("a", "Лыткарёв Савва", **SON, claim="deceased", public="2024-09-10"),
        person(
            "b",
            "- Савва",
            home_region="RU-TVE",
            home_place="Кашин",
            claim="retracted",
            public="2024-09-11",
        ),
    ),
    "a copy of a post": (
        person("a", "Иванов Иван", home_region="RU-TVE"),
        person("b", "Иванов Иван", home_region="RU-TVE", source="vk", copy_of="a"),
    ),
}


@pytest.mark.parametrize("case", SAME)
def test_one_man(case: str) -> None:
    assert together(*SAME[case])


DIFFERENT = {
    "same name, another year": (
        person("a", "Волков Дмитрий Сергеевич", **SON),
        person("b", "Волков Дмитрий Сергеевич", birth_date="1987", home_region="RU-TVE"),
    ),
    "same name and unit, years 2004 and 2005, other regions": (
        person("a", "Волков Дмитрий Сергеевич", **SON, unit="97734"),
        person(
            *("b", "Волков Дмитрий Сергеевич"),
            birth_date="2005", home_region="RU-KEM", unit="97734", source="vk",
        ),
    ),
    "patronymics that differ in few letters": (
        person("a", "Ибрагимов Мурад Казбекович", birth_date="2004", home_region="RU-DA"),
        person("b", "Ибрагимов Мурад Камилович", birth_date="2004", home_region="RU-DA"),
    ),
    "twins": (
        person("a", "Салимзянов Ильнур Рафисович", **SON),
        person("b", "Салимзянов Ильназ Рафисович", **SON, source="vk"),
    ),
    "twins with names a letter apart": (
        person("a", "Салимзянов Данис Рафисович", birth_date="2004", home_region="RU-BA"),
        person("b", "Салимзянов Денис Рафисович", birth_date="2004", home_region="RU-BA"),
    ),
    "father and son": (
        person("a", "Лыткарёв Савва Ильич", **SON),
        person("b", "Лыткарёв Илья Саввич", birth_date="1979", home_region="RU-TVE", source="vk"),
    ),
    "a name alone on a list": (
        person("a", FULL, **SON),
        person("b", FULL, claim="captured", source="video", row=1),
    ),
    "a common name and year on a list": (
        person("a", "Иванов Иван Иванович", birth_date="2005-06-24", home_region="RU-CU"),
        person("b", "Иванов И. И.", claim="deceased", home_region="RU-ME", source="dead", row=1),
    ),
    "a death without the given name": (
        person("a", FULL, **SON),
        person("b", "Лыткарёв -", claim="deceased", home_region="RU-TVE", source="dead", row=1),
    ),
    "the dead man of 2022 and one who phoned in 2024": (
        person("a", "Семёнов Артём Романович", age=30, last_contact="2024-08-01"),
        person(
            *("b", "Семёнов Артём Романович"),
            birth_date="1993", claim="deceased", public="2022-05-11", source="dead", row=2,
        ),
    ),
    "a common surname alone in another channel": (
        person("a", "Немчинов Прохор", birth_date="1999", home_region="RU-TYU"),
        person("b", "Немчинов -", claim="captured", source="video"),
    ),
    "a conscript and a row born thirty-four years ago": (
        person("a", FULL, home_region="RU-TVE", category="conscript"),
        person("b", FULL, birth_date="1990", home_region="RU-TVE", source="x", row=1),
    ),
    "a death by a mistyped surname": (
        person("a", "Лытварёв Савва Ильич", **SON),
        person("b", FULL, birth_date="2004", claim="deceased", source="dead", row=1),
    ),
    "a death without a patronymic, the region alone": (
        person("a", FULL, home_region="RU-TVE", birth_date="2004"),
        person("b", "Лыткарёв Савва", home_region="RU-TVE", claim="deceased", source="x", row=1),
    ),
    "a death of one village, a patronymic on one side": (
        person("a", "Лыткарёв Савва", home_region="RU-TVE", home_place="Молоково"),
        person(
            "b", FULL, birth_date="1993", home_region="RU-TVE", home_place="Молоково",
            claim="deceased", source="dead", row=1,
        ),
    ),
    "a given name and a village, dead": (
        person("a", FULL, **SON),
        person(
            "b", "- Савва", home_region="RU-TVE", home_place="Кашин", claim="deceased", source="vk"
        ),
    ),
    "a given name and a village, on a list": (
        person("a", FULL, **SON),
        person("b", "- Савва", **SON, claim="captured", source="video", row=1),
    ),
    "a given name and a village, another unit": (
        person("a", FULL, **SON, unit="97150"),
        person("b", "- Савва", **SON | {"birth_date": None}, unit="97734", source="vk"),
    ),
    "a given name and the region": (
        person("a", FULL, **SON),
        person("b", "- Савва", home_region="RU-TVE", source="vk"),
    ),
    "two halves of a surname nobody bears whole": (
        person("a", "Лыткарёв Савва Ильич", **SON),
        person("b", "Зимин Савва Ильич", **SON, source="vk"),
    ),
    "two districts, a year off": (
        person("a", FULL, birth_date="2004", home_region="RU-TVE", home_place="Кашинский район"),
        person(
            "b", FULL, birth_date="2005", home_region="RU-TVE", home_place="Молоковский район",
            source="vk",
        ),
    ),
    "a death on a list and a search, the year and the region": (
        person("a", "Лыткарёв Савва", **SON),
        person("b", "Лыткарёв Савва", birth_date="2004", home_region="RU-TVE",
               claim="deceased", source="dead", row=1),
    ),
    "a man and a woman": (
        person("a", "Шило Валентин", birth_date="2004", home_region="RU-TVE"),
        person("b", "Шило Валентина Игоревна", birth_date="2004", home_region="RU-TVE"),
    ),
    "two men of one post": (
        person("a", "Лыткарёв Савва", post="7"),
        person("b", "Лыткарёв Савва", post="7"),
    ),
    "rows of two lists of whom no post speaks": (
        person("a", FULL, birth_date="2004", claim="captured", source="video", row=3),
        person("b", FULL, birth_date="2004", claim="released", source="exchange", row=9),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", DIFFERENT)
def test_different_men(case: str) -> None:
    assert not together(*DIFFERENT[case])


def test_a_bare_name_that_fits_two_men_is_asked() -> None:
    records = (
        person("a", "Волков Дмитрий Сергеевич", birth_date="2004", home_region="RU-VGG"),
        person("b", "Волков Дмитрий Сергеевич", birth_date="1986", home_region="RU-KEM"),
        person("c", "Волков Дмитрий", claim="deceased", public="2024-09-09"),
    )
    resolution = dedupe.resolve(records, (), {}, now=NOW)
    assert len(resolution.clusters) == 3
    assert {d.judgement for d in resolution.review} <= {Judgement.UNSURE}


def test_the_other_of_two_namesakes_is_told_by_elimination() -> None:
    records = (
        person("a", "Лыткарёв Савва", birth_date="2004", home_region="RU-VGG"),
        person("b", "Лыткарёв Савва", birth_date="1986", home_region="RU-KEM"),
        person("c", "Лыткарёв Савва", home_region="RU-VGG", post="9"),
        person("d", "Лыткарёв Савва", post="9"),
    )
    clusters = dedupe.resolve(records, (), {}, now=NOW).clusters.values()
    assert set(clusters) == {("a", "c"), ("b", "d")}


def brothers(claim: str) -> tuple[StoredRecord, ...]:
    """Two brothers sought; one of them told of elsewhere beside the other's given name."""
    elsewhere = {"post": "2", "source": "vk"}
    return (
        person("a", "Ондархай Айдын Олегович", birth_date="2003", post="1"),
        person("b", "Ондархай Аян Олегович", birth_date="2005", post="1"),
        person("c", "Ондархай Аян Олегович", birth_date="2005", claim="captured", **elsewhere),
        person("d", "- Айдын", claim=claim, **elsewhere),
    )


def test_a_brother_without_surname_is_told_by_company() -> None:
    resolution = dedupe.resolve(brothers("sought"), (), {}, now=NOW)
    assert set(resolution.clusters.values()) == {("a", "d"), ("b", "c")}
    assert resolution.decisions[-1].findings[0].comparison == "company"
    apart = dedupe.resolve(brothers("deceased"), (), {}, now=NOW)
    assert set(apart.clusters.values()) == {("a",), ("b", "c"), ("d",)}


def test_two_rows_of_one_list_are_two_men() -> None:
    records = (
        person("a", FULL, **SON),
        person("b", FULL, **SON, claim="released", source="exchange", row=3),
        person(
            "c", "Лыткарёв Савва", home_region="RU-TVE", claim="released", source="exchange", row=4
        ),
    )
    clusters = dedupe.resolve(records, (), {}, now=NOW).clusters.values()
    assert ("a", "b") in clusters


def test_findings_say_why() -> None:
    decision = dedupe.resolve(SAME["full name and date"], (), {}, now=NOW).decisions[0]
    assert decision.judgement is Judgement.SAME
    assert decision.score == pytest.approx(sum(f.weight for f in decision.findings), abs=0.1)
    by_name = {finding.comparison: finding for finding in decision.findings}
    assert by_name["birth"].level == "day"
    assert (by_name["surname"].left, by_name["universe"].level) == ("Лыткарёв", "same_owner")


def test_lists_of_strangers_are_linked_beside_the_persons() -> None:
    links = dedupe.resolve(
        DIFFERENT["rows of two lists of whom no post speaks"], (), {}, now=NOW
    ).list_links
    assert [(link.left, link.right) for link in links] == [("a", "b")]
