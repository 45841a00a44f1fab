"""Years of birth and ages, and numbers that are neither → the record of one man."""

from __future__ import annotations

import pytest
from voices import Fields, one_man

# Each line: the post of October 2024, and the fields it must give; None: the field stays empty.
AGES: list[tuple[str, Fields]] = [
    # how long something has lasted is nobody's age
    ("Ищем Козина Лавра, живём в Орле тридцать лет. 43 года ему, контракт.", {"age": 43}),
    ("Пропал муж, Козин Лавр. Женаты двадцать лет. Нет связи с мая.", {"age": None}),
    ("Пропал брат, Козин Лавр. Знаю ему 31 год, не больше. Нет связи.", {"age": 31}),
    ("Пропал Козин Лавр, живёт в Орле, 31 год, контракт. Нет связи с мая.", {"age": 31}),
    ("Ищем: Козин Лавр, 03.04.1981, контракт, до того 20 лет сварщик.", {"age": None}),
    ("Ищем: Козин Лавр, 03.04.1981, 43 года, контракт.", {"age": 43, "birth_date": "1981-04-03"}),
    # whose years they are stands beside them
    ("Пропал дед мой старый, 63 ему, Козин Лавр Ильич, контракт.", {"age": 63}),
    ("Козин Лавр не звонит. Мой ребёнок (ему 44, но он мой ребёнок) пропал.", {"age": 44}),
    ("Бабушка я, 71 год. Ищу внука, Козин Лавр, контракт.", {"age": None}),
    ("Простились с Лавром Козиным, бойцом из Орла. Ему навсегда двадцать два.", {"age": 22}),
    ("Пропал Козин Лавр, 64 года, Орёл.", {"age": 64, "birth_date": None}),
    ("Пропал Козин Лавр, 74 года рождения, Орёл.", {"age": None, "birth_date": "1974"}),
    # years of birth in words and short
    ("Ищем: Козин Лавр. Родился в семьдесят шестом. Не звонит с мая.", {"birth_date": "1976"}),
    ("Ищем: Козин Лавр, тоже девяносто второго, контракт.", {"birth_date": "1992"}),
    ("Ищем: Козин Лавр. Родился в шестом роддоме Орла. Не звонит.", {"birth_date": None}),
    ("Пропал Козин Лавр, из девяносто второго полка, контракт.", {"birth_date": None}),
    ("Козін Лавр, 03 року, місто Саки. Контракт. У полоні.", {"birth_date": "2003"}),
    ("• Козін Лавр, Орел, 1987 — загинув, тіло передано", {"birth_date": "1987"}),
    # years of a school, of a card
    ("Погиб Лавр Козин, выпускник 2002 года. Похоронили в Орле.", {"birth_date": None}),
    ("Изменение в карточке 1990\nКозин Лавр, срочник\nстатус: в плену", {"birth_date": None}),
    ("Погиб Лавр Козин, 2002 года, выпускник лицея.", {"birth_date": "2002"}),
    # a questionnaire with numbered lines
    (
        "Анкета\n1. Кого ищете: мужа\n2. ФИО: Козин Лавр Ильич\n3. Дата рожд.: 3 мая 1993\n"
        "4. Откуда: Орёл\n5. Часть: 92714",
        {"birth_date": "1993-05-03", "unit": "92714"},
    ),
]


@pytest.mark.parametrize(("text", "fields"), AGES)
def test_ages_and_years_of_birth(text: str, fields: Fields) -> None:
    assert one_man(text, fields) == fields
