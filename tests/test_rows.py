"""Cells of a list's row, in the forms lists use → its record and one safe line."""

from __future__ import annotations

import pytest

from extract import read_row
from model import Claim, ListRow, Record, Sex


def row(claim: Claim | None = None, **cells: str) -> tuple[str, Record]:
    read = read_row(ListRow(source="list", row=1, cells=cells, claim=claim), Claim.CAPTURED)
    return read.text, read.records[0] if read.records else Record()


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"name": "Зимин Артём Олегович"}, ("Зимин", "Артём", "Олегович")),
        ({"name": "ЗИМИН АРТЁМ ОЛЕГОВИЧ"}, ("Зимин", "Артём", "Олегович")),
        ({"name": "Зимина Артёма Олеговича"}, ("Зимин", "Артём", "Олегович")),
        ({"name": "Зиминым Артёмом"}, ("Зимин", "Артём", None)),
        ({"name": "Полозков Микита"}, ("Полозков", "Никита", None)),
        ({"name": "Zimin Artem Olegovich"}, ("Зимин", "Артём", "Олегович")),
        ({"surname": "Зимин", "given": "Артём", "patronymic": "Олегович"},
         ("Зимин", "Артём", "Олегович")),
        ({"surname": "Зимин", "given_patronymic": "Артём Олегович"},
         ("Зимин", "Артём", "Олегович")),
        ({"name": "Зимин Артём Олегович, мать Фаина Саввична"}, ("Зимин", "Артём", "Олегович")),
        ({"text": "Магомедов М. М., 1991 г.р. (Хасавюрт)"}, ("Магомедов", "М.", "М.")),
        ({"text": "12. Зимин Артём Олегович — 2004"}, ("Зимин", "Артём", "Олегович")),
        ({"surname": "Chapogir", "given": "Fedor", "alternate_names": "Чапогір Федір Спиридонович"},
         ("Чапогир", "Фёдор", "Спиридонович")),
    ],
)  # fmt: skip
def test_name(cells: dict[str, str], expected: tuple[str | None, ...]) -> None:
    record = row(**cells)[1]
    assert (record.surname, record.given, record.patronymic) == expected


@pytest.mark.parametrize(
    ("cells", "birth", "age"),
    [
        ({"birth_date": "11.03.2005"}, "2005-03-11", None),
        ({"birth_date": "2005-03-11"}, "2005-03-11", None),
        ({"birth_date": "2005"}, "2005", None),
        ({"birth_date": "11.03.05"}, "2005-03-11", None),
        ({"birth_date": "март 2005"}, "2005-03", None),
        ({"birth_date": "11 марта 2005 г."}, "2005-03-11", None),
        ({"age": "44 года"}, None, 44),
        ({"age": "19"}, None, 19),
        ({"age": "2004 г.р."}, "2004", None),
        ({"age": "11.03.2005"}, "2005-03-11", None),
        ({"text": "Зимин Артём, 1991 г.р."}, "1991", None),
        ({"text": "Зимин Артём, 91 г.р."}, "1991", None),
        ({"birth_date": "нет данных"}, None, None),
        ({"birth_date": "31.02.2005"}, "2005", None),
    ],
)
def test_birth(cells: dict[str, str], birth: str | None, age: int | None) -> None:
    record = row(**{"name": "Зимин Артём", **cells} if "text" not in cells else cells)[1]
    assert (record.birth_date, record.age) == (birth, age)


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("24 августа 2024 года (115)", "2024-08-24"),
        ("Обмен 14 сентября 2024", "2024-09-14"),
        ("10.08.24", "2024-08-10"),
        ("10.08.2024", "2024-08-10"),
        ("2024-08-10", "2024-08-10"),
        ("август 2024", None),
        ("", None),
    ],
)
def test_event_date(cell: str, day: str | None) -> None:
    assert row(name="Зимин Артём", event_date=cell)[1].event_date == day


def test_claim_is_the_rows_own_before_the_lists() -> None:
    assert row(name="Зимин Артём")[1].claim is Claim.CAPTURED
    assert row(Claim.DECEASED, name="Зимин Артём")[1].claim is Claim.DECEASED


def test_a_row_is_no_search() -> None:
    assert not row(Claim.SOUGHT, name="Зимин Артём")[1].asks


def test_service_and_sex() -> None:
    record = row(
        name="Зимина Анна", sex="female", rank="мл. сержант", category="контракт", unit="в/ч 54321"
    )[1]
    assert (record.sex, record.rank, record.unit) == (Sex.FEMALE, "младший сержант", "54321")
    assert record.category == "contract"


def test_home() -> None:
    record = row(name="Зимин Артём", home="г. Тула, Тульская обл.")[1]
    assert (record.home_region, record.home_place) == ("RU-TUL", "Тула")
    assert row(name="Зимин Артём", home_region="RU-KYA")[1].home_region == "RU-KYA"


def test_line_is_safe() -> None:
    text, record = row(
        text="Зимин Артём, 1990. Мать Нина, 8 900 000 11 22", url="https://lists.example/1"
    )
    assert record.surname == "Зимин"
    assert "Зимин Артём" in text
    assert "Нина" not in text
    assert "900" not in text
    assert "lists.example" not in text


def test_an_empty_row_is_read() -> None:
    text, record = row()
    assert text == ""
    assert record.surname is None


@pytest.mark.parametrize(
    ("cells", "place", "region"),
    [
        ({"home_region": "RU-KLU", "home_place": "Калуга"}, "Калуга", "RU-KLU"),
        ({"home_region": "RU-KLU"}, None, "RU-KLU"),
        ({"home_region": "Калужская область", "home_place": "Калуга"}, "Калуга", "RU-KLU"),
    ],
)
def test_the_code_of_a_region_is_no_part_of_the_place(
    cells: dict[str, str], place: str | None, region: str
) -> None:
    row = ListRow(source="list", row=1, cells={"name": "Пробный Лука Ильич", **cells})
    (record,) = read_row(row, Claim.CAPTURED).records
    assert (record.home_place, record.home_region) == (place, region)


@pytest.mark.parametrize(
    ("name", "line"),
    [
        ("Зимин Артём (мать Фаина Саввична, 8 900 000 11 22)", "Зимин Артём"),
        ("Зимин Артём, жена Фаина", "Зимин Артём"),
        ("Зимин Артём; Сестра — Фаина", "Зимин Артём"),
        ("ЗИМИН АРТЁМ / ЖЕНЕ ФАИНЕ", "ЗИМИН АРТЁМ"),
        ("Зимин Артём жена Фаина", "Зимин Артём"),
        ("Зимин Артём (Калуга)", "Зимин Артём (Калуга)"),
        ("Дедов Артём", "Дедов Артём"),
        ("Батька Артём", "Батька Артём"),
    ],
)
def test_a_cell_ends_where_it_turns_to_a_relative(name: str, line: str) -> None:
    assert row(name=name)[0] == line
    assert row(name="Зимин Артём", home=name)[0] == f"Зимин Артём · {line}"
