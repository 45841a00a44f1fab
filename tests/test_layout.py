"""Tokens → lines and sentences of the right kinds."""

from __future__ import annotations

import pytest

from extract.layout import lay_out
from extract.text import clean, fold
from extract.tokens import tokenize


def kinds(text: str) -> list[str]:
    return [line.kind.value for line in lay_out(tokenize(fold(clean(text)))).lines]


def sentences(text: str) -> list[str]:
    folded = fold(clean(text))
    tokens = tokenize(folded)
    return [
        folded[tokens[one.start].start : tokens[one.end - 1].end]
        for one in lay_out(tokens).sentences
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Список:\n1. Зимин А.\n2. Котов Б.", ["field", "item", "item"]),
        ("1) Зимин\n2) Котов", ["item", "item"]),
        ("1 Зимин Артём\n2 Котов Глеб", ["item", "item"]),
        ("№1 Зимин\n№2 Котов", ["item", "item"]),
        ("а) Зимин\nб) Котов", ["item", "item"]),
        ("• Зимин\n• Котов\nвсе срочники", ["item", "item", "text"]),
        ("— Зимин\n— Котов", ["item", "item"]),
        ("▪️Зимин\n▪️Котов", ["item", "item"]),
        ("👤 Зимин\n🎂 1990", ["text", "text"]),  # a flyer, not a list
        ("15.03.2023 убыл\n02.04.2023 ранен", ["text", "text"]),
        ("2 июля ушёл\n3 июля пропал", ["text", "text"]),
        ("ФИО: Зимин Артём\nТел: 8", ["field", "field"]),
        ("Сообщение #3\nТема: пропал муж\n\nтекст", ["stamp", "title", "blank", "text"]),
        ("Цитата (Котов): «где»\nмой тоже", ["quote", "text"]),
        ("#Курск #срочники", ["tags"]),
        ("#ищем Зимин Артём", ["text"]),
    ],
)
def test_line_kinds(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Пропал муж. Ищу.", ["Пропал муж.", "Ищу."]),
        ("1990 г.р., г. Тула, мл. сержант", ["1990 г.р., г. Тула, мл. сержант"]),
        ("Зимин А.Р. пропал", ["Зимин А.Р. пропал"]),
        ("с 06.08.2024. Мама", ["с 06.08.2024.", "Мама"]),
        ("Жив!!! Спасибо", ["Жив!!!", "Спасибо"]),
        ("Поэтому я. Брат: Зимин", ["Поэтому я.", "Брат: Зимин"]),
        ("А; Б; В", ["А;", "Б;", "В"]),
        ("первая\nвторая", ["первая", "вторая"]),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert sentences(text) == expected


@pytest.mark.parametrize(
    ("raw", "folded"),
    [
        ("С0ЛДАТ", "СОЛДАТ"),
        ("Исл@м", "Ислам"),
        ("З1.О5.2ОО5", "31.05.2005"),
        ("8 9OO OOO З1", "8 900 000 31"),
        ("б августа", "6 августа"),
        ("В/Ч97150 в/ч97150", "В/Ч97150 в/ч97150"),
        ("@nick_00 mail@mail.example", "@nick_00 mail@mail.example"),
        ("2004г. 22м", "2004г. 22м"),
    ],
)
def test_look_alikes(raw: str, folded: str) -> None:
    assert fold(clean(raw)) == folded
    assert len(fold(clean(raw))) == len(clean(raw))
