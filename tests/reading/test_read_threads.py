"""Replies in a thread, lists in one word, news told round a corner → the men and their fates."""

from __future__ import annotations

import pytest
from voices import records

_HE = "Зимин Артём Олегович"
# Each line: what the post must claim of its one man, None where it is about none; the post.
ONE: list[tuple[str | None, str]] = [
    # a given name alone, where no man of the post has a surname
    ("found_alive", "Кирюша сам позвонил!!! Из Самары, из госпиталя. Закройте тему!"),
    ("found_alive", "Платон объявился!!! Сидел в подвале неделю, вывели соседи."),
    ("found_alive", "Сына нашли!!! Фёдора!!! Спасибо газете."),
    ("captured", "Димка мой, похудел, но это он. Спасибо за ссылку на видео, теперь ждём обмена."),
    (
        "found_alive",
        "#5  Разыскиваются » Канск, 1987\nАвтор: Рита\n\nСтанислав в Ростове, госпиталь!",
    ),
    (None, "Антон мой тоже пропадал, сорок дней тишины, явился, щей попросил. Не хороните раньше."),
    (None, "Мужу моему Анатолию здоровья и скорее домой. Ждём тебя, Толенька!"),
    # a title asks for him still when the post under it tells that he is found
    ("found_alive", f"Тема: Пропал {_HE}, Омск\n#6\nНашёлся! В госпитале, позвонил сам."),
    ("released", f"Re: Пропал без вести {_HE}\n\nЕго обменяли сегодня!"),
    ("missing", f"Тема: Пропал {_HE}\n#1\nБрат, ушёл 6 августа. Видели в госпитале? Напишите."),
    # the rooms of a forum seek nobody, and its author writes no novel
    (
        "found_alive",
        f"#3  Разыскиваются » {_HE}, Приморье\nАвтор: zem\n\nЖив, сидит в комендатуре.",
    ),
    ("missing", f"#1  Разыскиваются » Канск\nАвтор: Мама\n\n{_HE}, 1984, не звонит."),
    # another lies in his grave, a burial was a mistake
    ("missing", f"{_HE}, вы его хоронили в 22-м по ошибке. 2 сентября ушел и не вышел. Сын мой."),
    ("captured", f"{_HE}. Мы его похоронили летом. Жив, в лагере, письмо. Кого мы хоронили?"),
    ("found_alive", f"{_HE}. Год назад похоронили цинк. Он позвонил из госпиталя! Чья же могила?"),
    ("deceased", f"{_HE}. Похоронили вчера в Туле. Кого мы потеряли, знает вся улица."),
    ("deceased", f"Суд признал сына, {_HE}, 2005 г. р., умершим с 07.08.2024. Я не согласна."),
    # what was before the silence is no news
    ("missing", f"Племянник мой {_HE}. 2 октября подал голос: горит. И всё. 8 900 000 11 22"),
    ("found_alive", f"{_HE} подал голос! Жив, в лесу был."),
    ("missing", f"{_HE}, который весной вернулся раненый, снова ушёл 20 сентября, ждём."),
    ("released", f"{_HE}, который вернулся из плена в мае, передаёт привет."),
    ("released", f"Он дома, мой мальчик. {_HE}. Сдал плен, как экзамен."),
    # who cares for him writes; a daughter adds a line
    ("found_alive", f"{_HE}? Искали его полтора года?! Он в моей палате. Позовите сестру. Зоя"),
    (
        "found_alive",
        f"Ищем! {_HE}, 1980. Молчал с 9 сентября. Дочь Лада\n\n"
        "ДОПИСЫВАЮ 18 ОКТЯБРЯ: папа лежит в госпитале, ходит сам!",
    ),
    # his trade before the war
    ("deceased", f"Посёлок простился с земляком. Похоронен матрос {_HE}, 27 лет, рыбак."),
    (
        "retracted",
        f"Солдата по имени {_HE} не существует: фото актёра. Пост считать недействительным.",
    ),
]

# Each line: the claims of a list's men in their order; the list.
LISTS: list[tuple[str, str]] = [
    (
        "found_alive missing missing missing",
        "СВОДКА. Кто нашёлся с осени, а кто нет.\n🔹 Бардаш Роман — дом, отпуск\n"
        "🔹 Храпов М. Ю., Барнаул — пропал, ждём\n🔸 Сотников Пётр, Вологда — без движения\n"
        "🔸 Пашин Костя, Северодвинск — мать ждёт, пусто",
    ),
    (
        "released released captured missing",
        "ОБМЕН 14 АВГУСТА, дополняем:\n✅ Козлов Назар, Поронайск\n✅ Яшин Радик\n"
        "⏳ Горелов Алексей — в списках не было, ждёт\n❓ Котов Денис — по слухам погиб, не пишите",
    ),
    (
        "captured missing found_alive deceased",
        "Состояние на вечер:\n1) Сорин Н. А. — в плену\n2) Серов Л. М. — разыскивается\n"
        "3) Лыков Т. — вышел\n4) Обухов Юлий — погиб",
    ),
    (
        "missing missing missing",
        "Кого спрашивают родные. Формат: имя, возраст, дом, последний день.\n"
        "А. Хубиев, 22, Алагир, 11 октября\nВиктор Котов, 35, Пенза, 14 октября\n"
        "Илья Ким, 31, Корсаков, 12 октября",
    ),
]


@pytest.mark.parametrize(("claim", "text"), ONE)
def test_one_man(claim: str | None, text: str) -> None:
    assert [one["status"] for one in records(text)] == ([] if claim is None else [claim])


@pytest.mark.parametrize(("claims", "text"), LISTS)
def test_lists(claims: str, text: str) -> None:
    assert [one["status"] for one in records(text)] == claims.split()


def test_the_name_he_was_hidden_under_is_not_his() -> None:
    (man,) = records("Гриша сам позвонил!!! Год был под чужой фамилией, Пашков. Сидит, чай пьёт.")
    assert (man["surname"], man["given"]) == (None, "Григорий")
