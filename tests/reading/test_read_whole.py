"""Whole posts → whose search they start, spans, edits; no text makes reading fail."""

from __future__ import annotations

from io import StringIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from whole import reading

from cli.explaining import explained
from extract.reading import status


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("Ищу мужа Зимин Артём Валерьевич, 1990, Тула, контракт. 8 900 000 10 20", True),
        ("Зимин Артём, 1990, Тула. С 5 мая не звонит. Жена Нина 8 900 000 10 20", True),
        ("Список без связи:\n1. Зимин Артём, Тула\n2. Жуков Глеб, Орёл", True),
        ("Зимин Артём нашёлся, в госпитале!", False),
        ("По сверке на вечер:\n1. Зимин Артём — плен, есть видео\n2. Жуков Глеб — плен", False),
        ("Жуков Глеб нашёлся, звонил. Зимина Артёма ищем дальше", False),
        ("Наш Зимин Артём, 1990, Тула, на видео в плену. Куда писать? Жена 8 900 000 10 20", True),
    ],
)
def test_asks(text: str, asked: bool) -> None:
    records = reading(text).records
    assert records
    assert all(record.asks is asked for record in records if record.surname != "Жуков" or not asked)


def test_spans_point_at_the_words_they_were_read_from() -> None:
    made = reading(
        "Ищу мужа Зимина Артёма, 1990 г.р., г. Тула, в/ч 54321. Жена Нина 8 900 000 10 20"
    )
    (record,) = made.records
    read_from = {span.field: made.text[span.start : span.end] for span in record.spans}
    assert read_from["name"] == "Зимина Артёма"
    assert "54321" in read_from["unit"]
    assert "1990" in read_from["birth_date"]


def test_spans_move_with_what_is_hidden_before_them() -> None:
    made = reading("Я Нина Котова, 8 900 000 10 20. Ищу мужа: Зимин Артём, 1990 г.р., в/ч 54321")
    (record,) = made.records
    assert all(0 <= span.start < span.end <= len(made.text) for span in record.spans)
    unit = next(span for span in record.spans if span.field == "unit")
    assert "54321" in made.text[unit.start : unit.end]


def test_an_edit_that_takes_a_report_back_leaves_him_sought() -> None:
    text = "UPD: ошибка, это не он! Простите. Зимина Артёма продолжаем искать"
    edited = reading(text, edited="2024-10-20T15:00:00+03:00")
    assert [status(one.claim) for one in edited.records] == ["missing"]
    assert [status(one.claim) for one in reading(text).records] == ["retracted"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n\n",
        "Ищу",
        "8" * 5000,
        "(" * 5000,
        "Иванов " * 2000,
        "1. \n2. \n3. ",
        "ФИО:\nФамилия:\nИмя:",
        "«»«»«»",
        "\u200b\u0301\u202e Иванов \ufeff Иван",
        "И" + "\u0301" * 3000,
        "@" * 3000,
        "ул. " * 2000,
    ],
)
def test_odd_texts_are_read(text: str) -> None:
    reading(text)


_WORDS = st.sampled_from(
    [
        "Ищу",
        "мужа",
        "Иванов",
        "Иван",
        "Петрович",
        "мама",
        "Анна",
        "8",
        "900",
        "000",
        "11",
        "22",
        "@nick_00",
        "в/ч",
        "12345",
        "плен",
        "погиб",
        "1.",
        "\n",
        "-",
        "«",
        "»",
        "(",
        ")",
        ",",
        ".",
        ":",
        "UPD",
        "не",
        "нашёлся",
        "06.08.2024",
        "г.р.",
        "ул.",
        "д.",
        "5",
        "кв.",
        "Курск",
        "і",
        "ї",
        "ы",
        "ё",
    ]
)


@settings(max_examples=300, deadline=None)
@given(st.lists(_WORDS, max_size=60).map(" ".join))
def test_never_raises_on_the_words_of_the_genre(text: str) -> None:
    made = reading(text)
    assert "8 900 000 11 22" not in made.text
    for record in made.records:
        assert all(0 <= span.start < span.end <= len(made.text) for span in record.spans)


@settings(max_examples=300, deadline=None)
@given(st.text(max_size=300))
def test_never_raises_on_any_text(text: str) -> None:
    reading(text)


@pytest.mark.slow
@settings(max_examples=100_000, deadline=None)
@given(st.text(max_size=200))
def test_never_raises_on_a_hundred_thousand_texts(text: str) -> None:
    reading(text)


def test_explained_shows_the_text_and_every_rule() -> None:
    made = reading("Ищу мужа Зимина Артёма, 1990 г.р., в/ч 54321. Жена Нина 8 900 000 10 20")
    console = Console(width=160, record=True, file=StringIO())
    console.print(explained(made))
    shown = console.export_text()
    assert "Зимина Артёма" in shown
    assert "[телефон]" in shown
    assert "54321" in shown
    assert "sought, asked for" in shown
