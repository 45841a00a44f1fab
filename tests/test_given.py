"""Short forms → full names, and what the lists of given names know."""

from __future__ import annotations

from pathlib import Path

import pytest

import russian
from model import Sex
from russian.given import begun, fold, full_names, known, write_out
from russian.inflect import case_forms, given_forms, stem_of_given


@pytest.mark.parametrize(
    ("short", "full"),
    [
        ("Тоха", {"Антон"}),
        ("тоха", {"Антон"}),
        ("Валя", {"Валентин", "Валентина", "Валерий"}),
        ("Рус", {"Руслан", "Рустам", "Рустем"}),
        ("Лёха", {"Алексей"}),
        ("Леха", {"Алексей"}),
        ("Сережа", {"Сергей"}),
        ("Пашка", {"Павел"}),
        ("Настя", {"Анастасия"}),
        ("Илья", {"Илья"}),
        ("Баясхалан", {"Баясхалан"}),
    ],
)
def test_full_names(short: str, full: set[str]) -> None:
    assert full_names(short) == full


@pytest.mark.parametrize(
    ("name", "sex", "written"),
    [
        ("Федя", None, "Фёдор"),
        ("Артурик", None, "Артур"),
        ("Валя", None, "Валя"),
        ("Валя", Sex.MALE, "Валя"),
        ("Женя", Sex.MALE, "Евгений"),
        ("Арсаланчик", None, "Арсалан"),
        ("Саша", Sex.FEMALE, "Александра"),
        ("Рус", Sex.MALE, "Рус"),
        ("Тамир", Sex.MALE, "Тамир"),
    ],
)
def test_write_out(name: str, sex: Sex | None, written: str) -> None:
    assert write_out(name, sex) == written


@pytest.mark.parametrize(
    ("name", "sex"),
    [
        ("Иван", Sex.MALE),
        ("Вера", Sex.FEMALE),
        ("Эрдэм", Sex.MALE),
        ("Туйаара", Sex.FEMALE),
        ("Дилшод", Sex.MALE),
        ("Саша", None),
        ("Фидан", None),
    ],
)
def test_sex(name: str, sex: Sex | None) -> None:
    facts = known(name)
    assert facts is not None
    assert facts.sex is sex


@pytest.mark.parametrize("word", ["Курск", "сказал", "Рядовой"])
def test_unknown(word: str) -> None:
    assert known(word) is None


def test_diminutives_table() -> None:
    """No form stands twice, and every full name is a listed one."""
    path = Path(russian.__file__).with_name("diminutives.tsv")
    lines = [line for line in path.read_text("utf-8").splitlines() if not line.startswith("#")]
    assert len(lines) >= 400
    forms = [line.split("\t")[0] for line in lines]
    assert len(forms) == len(set(forms))
    for line in lines:
        _, full = line.split("\t")
        for name in full.split("|"):
            facts = known(name)
            assert facts is not None, name


@pytest.mark.parametrize(
    "name",
    [
        *("иван", "илья", "лев", "павел", "пётр", "пётра", "любовь", "алексей", "игорь", "никита"),
        *(
            "гульназ",
            "айсылу",
            "ян",
            "ия",
            "дмитрий",
            "мария",
            "отец",
            "фёдор",
            "салават",
            "рэнцэн",
        ),
    ],
)
def test_a_names_forms_begin_as_it_does(name: str) -> None:
    """No form is passed over: each begins with the letters by which names are looked for."""
    forms = [
        form
        for form in case_forms(name)
        if name in {fold(one.nominative) for one in given_forms(form)} | {name}
    ]
    assert forms
    if known(name):
        assert all(begun(stem_of_given(form)) for form in forms)


def test_no_name_begins_so() -> None:
    assert not begun(stem_of_given("щщщщ" + "ому"))
