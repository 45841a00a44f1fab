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
        ({"name": "З.-Б. А. Тхагапсов"}, ("Тхагапсов", "З.-Б.", "А.")),
        ({"name": "Зимин Григ. Серг."}, ("Зимин", "Григорий", "Сергеевич")),
        ({"name": "Shevyrny Ayas"}, ("Шевырный", "Аяс", None)),
        ({"name": "Шевирьов Олексій"}, ("Шевырёв", "Алексей", None)),
        ({"name": "Щербань Кирило", "home": "Ростовська обл."}, ("Щербань", "Кирилл", None)),
        ({"text": "исправлено: Зимин Артём Олегович, 2004"}, ("Зимин", "Артём", "Олегович")),
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
        ({"birth_date": "22.II.1994"}, "1994-02-22", None),
        ({"birth_date": "14 ІХ 2001"}, "2001-09-14", None),
        ({"birth_date": "двадцать второго мая 1993 г."}, "1993-05-22", None),
        (
            {"birth_date": "третье июня тысяча девятьсот девяносто восьмого года"},
            "1998-06-03",
            None,
        ),
        ({"birth_date": "9 5 2001"}, "2001-05-09", None),
        ({"birth_date": "9, 5, 2001"}, "2001-05-09", None),
        ({"name": "Зимин Артём Ильич (1991)"}, "1991", None),
        ({"name": "Зимин Артём Ильич (12.03.1991)"}, "1991-03-12", None),
        ({"birth_date": "V.1990"}, "1990-05", None),
        ({"birth_date": "09.1990"}, "1990-09", None),
        ({"birth_date": "«20» декабря 2004 года"}, "2004-12-20", None),
        ({"birth_date": "1999/03/12"}, "1999-03-12", None),
        ({"birth_date": "April 14th, 1988"}, "1988-04-14", None),
        ({"birth_date": "30 Nov 2003"}, "2003-11-30", None),
        ({"text": "Зимин Артём, 24 года, Тула"}, None, 24),
        ({"text": "Зимин Артём (1990), Тула. Есть и другой, 1971 г.р."}, "1990", None),
        ({"text": "Зимин Артём, 09.09.05, Тула"}, "2005-09-09", None),
        ({"text": "Зимин Артём, пропал 06.08.2024"}, None, None),
        ({"text": "Зимин Артём, видео от 12.08.2024"}, None, None),
        ({"text": "Зимин Артём, мобилизован в сентябре 2022 года"}, None, None),
    ],
)
def test_birth(cells: dict[str, str], birth: str | None, age: int | None) -> None:
    record = row(**{"name": "Зимин Артём", **cells} if "text" not in cells else cells)[1]
    assert (record.birth_date, record.age) == (birth, age)


@pytest.mark.parametrize(
    ("note", "birth", "age"),
    [
        ("1986 г.р. Якутия. Погиб 12.03.2024. Добавлен: 15.04.2024", "1986", None),
        ("18.02.1980 — 30.06.2024. г. Новороссийск", "1980-02-18", None),
        ("род. 9 мая 2002 года в Калуге. Погиб в июле 2024 г.", "2002-05-09", None),
        ("* 12.11.2003 † 08.2024", "2003-11-12", None),
        ("1991–2024. Медик", "1991", None),
        ("1974. Доброволец", "1974", None),
        ("В возрасте 26 лет. Погиб 3 мая 2024", None, 26),
        ("Последний звонок 5 августа 2024. Добавлен 12.09.2024", None, None),
        ("обменян 14.09.2024", None, None),
        ("Погиб 08.08.2024, похоронен 20.08.2024", None, None),
    ],
)
def test_birth_in_a_note(note: str, birth: str | None, age: int | None) -> None:
    record = read_row(
        ListRow(source="list", row=1, cells={"name": "Зимин Артём", "text": note}), Claim.SOUGHT
    ).records[0]
    assert (record.birth_date, record.age) == (birth, age)


@pytest.mark.parametrize(
    ("note", "region"),
    [
        ("род. 9 мая 2002 года в Калуге. Погиб в июле 2024 г.", "RU-KLU"),
        ("1991–2024. Медик. Уфа. Добавлена: 02.08.2024", "RU-BA"),
        ("Родился в 1985 году в Шадринске Курганской области. Погиб под Суджей.", "RU-KGN"),
        ("2004, Муром;", "RU-VLA"),
        ("погиб под Суджей", None),
    ],
)
def test_home_in_a_note(note: str, region: str | None) -> None:
    assert row(name="Зимин Артём", text=note)[1].home_region == region


@pytest.mark.parametrize(
    ("cells", "rank"),
    [
        ({"name": "лейтенант Зимин Артём Ильич"}, "лейтенант"),
        ({"name": "гв. рядовой Зимин Артём Ильич"}, "рядовой"),
        ({"name": "Зимин Артём Ильич, мл. сержант"}, "младший сержант"),
        ({"text": "7) ст. сержант Зимин Артём Ильич, 1990, Тула"}, "старший сержант"),
        ({"text": "рядовой Зимин Артём Ильич — 1990"}, "рядовой"),
    ],
)
def test_a_rank_is_no_part_of_the_name(cells: dict[str, str], rank: str) -> None:
    record = row(**cells)[1]
    assert (record.surname, record.given, record.patronymic) == ("Зимин", "Артём", "Ильич")
    assert record.rank == rank


@pytest.mark.parametrize(
    ("note", "names"),
    [
        ("Мама Виолетта Зимина подтвердила", "Виолетта"),
        ("Справки у брата: Вилен Зимин", "Вилен"),
        ("Брат Георг Зимин, тг @invented_zimin", "Георг"),
        ("Благодарит отец Прохор Зимин", "Прохор"),
        ("сосед, попросил дед Еремей Зимин", "Еремей"),
        ("1974. Брат Зимина Андрея (пропал в 2023). Тверь", "Андрея"),
        ("Воспитала бабушка, Зимина Зоя Карповна.", "Зоя Карповна"),
        ("Помним. Мама, жена Ольга, сын Тимофей", "Ольга Тимофей"),
        ("мать Ефросинья Зимина, 8-900-000-77-01", "Ефросинья 900"),
        ("Контакт: Зимина Нина, 8 900 000 66 01", "Нина 900"),
        ("father: Boris Zimin", "Boris"),
    ],
)
def test_a_relative_of_his_surname_stays_nowhere(note: str, names: str) -> None:
    text, record = row(name="Зимин Артём", text=note)
    assert record.surname == "Зимин"
    assert text.startswith("Зимин Артём · ")
    assert not [name for name in names.split() if name in text]


@pytest.mark.parametrize(
    ("cell", "day"),
    [
        ("24 августа 2024 года (115)", "2024-08-24"),
        ("September 14, 2024", "2024-09-14"),
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
