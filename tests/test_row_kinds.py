"""Whose row it is: a soldier's, nobody's, or doubtful."""

from __future__ import annotations

import pytest

from extract import read_row
from model import Claim, ListRow, Reading


def read(**cells: str) -> Reading:
    return read_row(ListRow(source="list", row=1, cells=cells), Claim.DECEASED)


NOBODY = [
    {"name": "Итого погибших", "birth_date": "11"},
    {"name": "ВСЕГО: 45"},
    {"name": "Сумма записей: 11"},
    {"name": "Июль", "birth_date": "Июль"},
    {"name": "Сентябрь 2024 года"},
    {"name": "* по данным школы № 4 — 1989 г.р."},
    {"name": "Список обновлён 30 августа"},
    {"name": "Щёкинский район"},
    {"name": "Тульская область"},
    {"name": "Фамилия Имя Отчество"},
    {"name": "Неизвестный", "home": "Тула"},
    {"text": "Усього 5 осіб"},
    {"text": "Всего 10 имён. Продолжение следует."},
    {"name": "—"},
]


@pytest.mark.parametrize("cells", NOBODY, ids=lambda cells: next(iter(cells.values())))
def test_totals_footnotes_and_headings_are_nobody(cells: dict[str, str]) -> None:
    reading = read(**cells)
    assert (reading.records, reading.doubt) == ((), None)


@pytest.mark.parametrize(
    "cells",
    [
        {"name": "Чатурведи Бхубанешвар"},
        {"name": "Ыйыйы Оолак"},
        {"name": "Август Карл Адольфович"},
        {"name": "Главатских", "birth_date": "1999"},
        {"name": "Энгельс", "birth_date": "1999"},
        {"name": "ТЁ ВИТАЛИЙ"},
        {"name": "Списков Итог Маратович"},
        {"name": "зотов илья ильич"},
        {"name": "Ли К.", "birth_date": "2005"},
        {"name": "Майор Иван Петрович"},
        {"name": "Гражданкин Лука Ильич"},
        {"name": "Зотов Лука", "text": "гражданская жена просит отозваться"},
        {"name": "Зотов Лука", "text": "погиб, спасая мирных жителей"},
        {"name": "Зотов Лука", "category": "мобилизован, до войны учитель"},
        {"name": "Зотова Анна", "category": "военнослужащая (медсестра)"},
        {"name": "Зотов Лука", "text": "дома ждёт ребёнок"},
    ],
    ids=lambda cells: " ".join(cells.values()),
)
def test_a_soldier_with_any_name_is_one(cells: dict[str, str]) -> None:
    assert len(read(**cells).records) == 1


@pytest.mark.parametrize(
    "cells",
    [
        {"name": "Зотова Анна", "category": "мирная жительница"},
        {"name": "Зотова Анна", "category": "гражданское население"},
        {"name": "Зотов Лука", "category": "волонтёр, не военный"},
        {"name": "Зотов Лука (ребёнок, 6 лет)"},
        {"name": "Зотов Лука", "category": "школьник"},
        {"name": "Зотов Лука", "category": "несовершеннолетний"},
        {"name": "Зотова Анна", "text": "мирная жительница Суджи"},
        {"text": "Зотов Лука Ильич, 1957, гражданский"},
    ],
    ids=lambda cells: " ".join(cells.values()),
)
def test_a_civilian_gives_no_record_and_no_name(cells: dict[str, str]) -> None:
    reading = read(**cells)
    assert (reading.records, reading.doubt) == ((), None)
    assert "Зотов" not in reading.text


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"name": "Главатских"}, "no man's"),
        ({"name": "просьба звонить в редакцию"}, "no man's"),
        ({"name": "Зотов Лука", "birth_date": "12.05.2024", "event_date": "20.05.2024"}, "2024"),
        ({"name": "Зотов Лука", "birth_date": "2012", "event_date": "20.05.2024"}, "2012"),
        ({"name": "Зотов Лука", "age": "81"}, "81"),
        ({"name": "Зотов Лука", "struck": "yes"}, "struck out"),
        ({"text": "Зотов Лука Ильич 1990 г.р. Тула. Ким Олег Ли 1991 г.р. Орёл"}, "several men"),
        ({"home": "Тула", "birth_date": "1990"}, "names nobody"),
    ],
)
def test_what_cannot_be_told_waits_for_an_editor(cells: dict[str, str], why: str) -> None:
    reading = read(**cells)
    assert reading.records == ()
    assert reading.doubt is not None
    assert why in reading.doubt.why


@pytest.mark.parametrize(
    ("cells", "unread"),
    [
        ({"event_date": "14.09.2024", "birth_date": "1990"}, ()),
        ({"event_date": "вчера вечером"}, ("event_date",)),
        ({"event_date": "09.2024"}, ("event_date",)),  # no day to count from
        ({"event_date": "—"}, ()),
        ({"birth_date": "44 года"}, ()),
        ({"birth_date": "см. фото", "age": "31"}, ()),
        ({"birth_date": "см. фото", "death_date": "осенью"}, ("birth_date", "death_date")),
    ],
)
def test_cells_without_a_date_where_one_should_be_are_told(
    cells: dict[str, str], unread: tuple[str, ...]
) -> None:
    assert read(name="Зимин Лука Ильич", **cells).unread == unread
