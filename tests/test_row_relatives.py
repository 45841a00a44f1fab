"""Relatives in every cell of a list's row, often of his own surname: none can be read."""

from __future__ import annotations

import pytest

from extract import read_row
from model import Claim, ListRow

# column <TAB> what stands in it <TAB> words that must not be left. His name has its own column, but
# where the column is `name`, or `text` that begins with it.
CASES = """\
text	Заявитель: Шилова Марина Юрьевна	Марина
text	ищет Марина Шилова	Марина
text	контактное лицо — Зуев Семён Ильич	Семён
text	жена: Шилова Анфиса	Анфиса
text	супруга Анфиса Шилова (Зуева)	Анфиса
text	дочки Милана и Ева	Милана Ева
text	сын Матвей, 3 года	Матвей
text	тёща Роза Абрамовна Кац ждёт звонка	Роза Абрамовна Кац
text	оставили трое детей: Лиза, Глеб, Фрол	Лиза Глеб Фрол
text	мама Шилова А. П.	А. П.
text	обратилась сестра, Шилова-Кац Инна	Инна
text	родители Пётр и Нина Шиловы	Нина
text	Мать — Шилова Нина, отец — Шилов Пётр Ильич	Нина
text	дядя Коля из Омска	Коля
text	крёстный Арсен Шилов	Арсен
text	отчим Зиновий	Зиновий
text	бабушка Агафья, +7 900 000 88 77	Агафья 900
text	невеста Стефания Лис	Стефания
text	двоюродный брат Эльдар Шилов опознал	Эльдар
text	опознала мама, Шилова Роксана	Роксана
text	сообщил односельчанин Фома Кузьмич	Фома
text	волонтёр Инга Ру	Инга
text	командир Гром, зам. Пахомов Илья	Пахомов
text	со слов матери Шиловой Дины	Дины
text	Шилова Дина (мать)	Дина
text	мать: ДИНА ШИЛОВА	ДИНА
text	мама шилова дина	дина
text	жене Дине Шиловой сообщили	Дине
text	вдова, Дина Шилова	Дина
text	осталась дочь Дина 2 г.	Дина
text	Его ждут: мама Дина, папа Яков, сестра Лея	Дина Яков Лея
text	дружина Олена Шилова	Олена
text	мати Ганна Шилова	Ганна
text	batko Ostap Shilov	Ostap
text	wife Arina Shilova, mother Dina	Arina Dina
text	contact: Arina Shilova	Arina
home	Омск, мать Дина Шилова	Дина
home	Омск (сестра Дина)	Дина
home	Омск; жене Дине	Дине
home	у бабушки Агафьи Шиловой в Омске	Агафьи
unit	55441, со слов мамы Дины Шиловой	Дины
unit	жена Дина знает	Дина
category	контракт (жена Дина Шилова)	Дина
category	мобилизован, брат Эльдар Шилов тоже	Эльдар
claim	в плену, сообщил брат Эльдар Шилов	Эльдар
claim	погиб, опознал Зуев Семён	Семён
name	Шилов Иван Петрович мама Шилова Дина	Дина
name	Шилов Иван Петрович / Шилова Дина (мать)	Дина
name	Шилов Иван, ищет брат Эльдар	Эльдар
name	Шилов Иван Петрович (заявитель Кац Роза)	Роза
text	Шилов Иван Петрович, 1990, Омск. Мама Шилова Дина	Дина
text	Шилов Иван Петрович, 1990, Омск. Ищет Дина	Дина
text	Шилов Иван Петрович, 1990, Омск. Брат Эльдар Шилов, 89000001122	Эльдар 8900
text	Шилов Иван Петрович, 1990, Омск. Тел. 8 900 000 11 22 Дина	Дина 900
birth_date	1990 (со слов Дины Шиловой)	Дины
event_date	12.05.2024 добавила Дина Шилова	Дина
rank	рядовой, отец Яков	Яков
patronymic	Петрович (мать Дина)	Дина
death_date	12.05.2024, сообщила вдова Дина	Дина
"""


@pytest.mark.parametrize("case", CASES.splitlines())
def test_no_relative_can_be_read(case: str) -> None:
    column, said, private = case.split("\t")
    cells = {column: said}
    if column == "patronymic":
        cells |= {"surname": "Шилов", "given": "Иван"}
    elif column != "name" and not said.startswith("Шилов Иван"):
        cells |= {"name": "Шилов Иван Петрович"}
    reading = read_row(ListRow(source="list", row=1, cells=cells), Claim.CAPTURED)
    kept = reading.text + (reading.doubt.why if reading.doubt else "")
    assert [word for word in private.split() if word in kept] == []
    assert "Шилов Иван" in kept.replace(" · ", " ")
