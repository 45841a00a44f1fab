"""Names told in any order and form → his name."""

from __future__ import annotations

import pytest
from voices import Fields, one_man

# Each line: the post, and the fields it must give; None says the field must stay empty.
NAMES: list[tuple[str, Fields]] = [
    (
        "Оля К. Ищу мужа Зимина Артёма, 2004, Тула, нет связи с 1 октября.",
        {"surname": "Зимин"},
    ),
    (
        "Ishchu brata. Zimin Elnur Tofik ogly, 1996 g.r., Tula. Net svyazi s 1 oktyabrya.",
        {"surname": "Зимин", "given": "Эльнур", "patronymic": "Тофик оглы"},
    ),
    (
        "Салом. Акам Каримов Жасур, 1995 год, Наманган. Нет связи с 1 октября.",
        {"surname": "Каримов", "given": "Жасур"},
    ),
    (
        "Мой Виталька, Нестеренко, молчит с воскресенья.",
        {"surname": "Нестеренко", "given": "Виталий"},
    ),
    (
        "Кромешный Илларион, 41 год, не выходит на связь.",
        {"surname": "Кромешный", "given": "Илларион"},
    ),
    ("Комиссия подтвердила гибель Тузова М.И.", {"surname": "Тузов", "given": "М."}),
    ("Косих Ніл Гордійович, 24 роки. Полонений.", {"surname": "Косых", "patronymic": "Гордеевич"}),
    ("Заболотний Мстислав, 31 рік, здався під Курахово.", {"surname": "Заболотный"}),
    (
        "Ищем: Сэротэтто Едэйне, 2001 г.р., Ямал, контракт. Тел. 8 900 000 11 22",
        {"surname": "Сэротэтто", "given": "Едэйне"},
    ),
    (
        "Propal Sleptsov Aiaal, 1998 g.r., Yakutia. 8 900 000 11 22",
        {"surname": "Слепцов", "given": "Айаал"},
    ),
    (
        "Кто знает семью Ивченко? Их сын Рома на видео с пленными.",
        {"surname": "Ивченко", "given": "Роман"},
    ),
    (
        "Мой Борисов Айаан, 26 лет, Вилюйск, контракт. Не звонит.",
        {"surname": "Борисов", "given": "Айаан"},
    ),
    (
        "Зайцев Сергей Юрьевич, Боровичи, 1992. Прощаемся в субботу.",
        {"surname": "Зайцев", "patronymic": "Юрьевич"},
    ),
]


@pytest.mark.parametrize(("text", "fields"), NAMES)
def test_names(text: str, fields: Fields) -> None:
    assert one_man(text, fields) == fields
