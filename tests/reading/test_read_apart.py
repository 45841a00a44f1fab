"""Posts with several men and a fate each → each man's own status."""

from __future__ import annotations

import pytest
from voices import records

# Each line: the post of October 2024, and surname and status of each man in its order.
SENTENCES: list[tuple[str, str]] = [
    # a new clause before a name is his who is named in it
    (
        "Вернули Павла Зимина, тело Бориса Котова вернули, Якова Громова держат в плену.",
        "Зимин released, Котов deceased, Громов captured",
    ),
    (
        "Артёма Зимина взяли в плен под Работино, ищем Бориса Котова из того же расчёта.",
        "Зимин captured, Котов missing",
    ),
    (
        "Зимин Артём, 30 лет, погиб в мае, а про Бориса Котова ни слуху ни духу.",
        "Зимин deceased, Котов missing",
    ),
    ("Погиб Зимин Артём, Котов Борис ранен, он в госпитале.", "Зимин deceased, Котов found_alive"),
    # names in a row share it; «и» closes the row
    (
        "Артёма Зимина и Бориса Котова взяли в плен, Якова Громова похоронили.",
        "Зимин captured, Котов captured, Громов deceased",
    ),
    (
        "Похоронили Артёма Зимина и Бориса Котова, Яков Громов в плену.",
        "Зимин deceased, Котов deceased, Громов captured",
    ),
    (
        "Артём Зимин с Борисом Котовым нашлись в госпитале. Яков Громов пропал.",
        "Зимин found_alive, Котов found_alive, Громов missing",
    ),
    # surnames alone, a clause and a fate for each; the first clause is no heading
    (
        "Гладуна похоронили в мае, Шестака держат в плену, Магдеева ищем.",
        "Гладун deceased, Шестак captured, Магдеев missing",
    ),
    # what stands before a row in apposition holds for all
    (
        "Расчёт сидит в плену, стрелка Зуева О., сапёра Бочарова К., связиста Кныша А. показали "
        "рядом.",
        "Зуев captured, Бочаров captured, Кныш captured",
    ),
    # a name behind a preposition opens no clause of its own
    (
        "Пропал Зимин Артём, контракт, ехал в одной машине с Котовым Борисом, оба не отвечают.",
        "Зимин missing, Котов missing",
    ),
]


@pytest.mark.parametrize(("text", "fates"), SENTENCES)
def test_a_fate_each(text: str, fates: str) -> None:
    assert ", ".join(f"{one['surname']} {one['status']}" for one in records(text)) == fates


LISTS: list[tuple[str, str]] = [
    # words that claim a state only where they stand alone: a heading, a cell, a legend
    (
        "Ранены:\nЗимин Артём, Тула\nКотов Борис Ильич, Псков\n\nИщем:\nГромов Яков, Чита",
        "Зимин found_alive, Котов found_alive, Громов missing",
    ),
    (
        "ПОГИБЛИ\nЗимин Артём, Тула\nКотов Борис Ильич, Псков\n\nПРОПАЛИ\nГромов Яков, Чита",
        "Зимин deceased, Котов deceased, Громов missing",
    ),
    (
        "Ищем:\n— Громов Яков, Чита\nУшли навсегда:\n— Зимин Артём, Тула\nЗахвачены:\n"
        "— Котов Борис, Псков",
        "Громов missing, Зимин deceased, Котов captured",
    ),
    (
        "Сводка\nЗимин Артём (Тула) • ранен, Курск\nКотов Борис (Псков) • ищем\n"
        "Громов Яков — отозвался",
        "Зимин found_alive, Котов missing, Громов found_alive",
    ),
    (
        "🟢 вышли, 🔴 не вышли на связь\n🟢 Зимин Артём, Тула\n🔴 Котов Борис Ильич, Псков\n"
        "🔴 Громов Яков, Чита\n🟢 Серов Лука, Омск",
        "Зимин found_alive, Котов missing, Громов missing, Серов found_alive",
    ),
    # what a heading asks for is no signature below it
    ("Погибли:\nЗимин Артём, Тула\nИщем:\nКотов Борис, Чита", "Зимин deceased, Котов missing"),
    # an exchange told in one row frees no other
    (
        "Новости недели\nЗимин Артём — большой обмен 14.12\nКотов Борис — плен\n"
        "Громов Яков — без перемен",
        "Зимин released, Котов captured, Громов missing",
    ),
    (
        "Обмен 300 на 300.\n1. Зимин Артём, дома\n2. Котов Борис, по-прежнему без вести",
        "Зимин released, Котов missing",
    ),
    # one of those counted in a heading is not all of them
    (
        "Трое в плену, ещё один умер от ран.\n• Зимин Артём\n• Котов Борис\n• (умер) Громов Яков",
        "Зимин captured, Котов captured, Громов deceased",
    ),
    # circles of all colours are one row; a heading at the head of an item holds for all in it
    (
        "Сверка\n🔵 плен: Зимин Артём, Котов Борис (Тула)\n⚫️ погиб: Громов Яков\n"
        "🟡 ищем: Серов Лука, Белов Ян",
        "Зимин captured, Котов captured, Громов deceased, Серов missing, Белов missing",
    ),
    ("Ищут жёны.\nЗимин Артём, Тула\nПишите жене:\nКотовой Анне, Чита", "Зимин missing"),
]


@pytest.mark.parametrize(("text", "fates"), LISTS)
def test_a_fate_each_in_a_list(text: str, fates: str) -> None:
    assert ", ".join(f"{one['surname']} {one['status']}" for one in records(text)) == fates


BY_PLACE: list[tuple[str, str]] = [
    (
        "Служили вместе Зимин Артём и Котов Борис. Первый в плену, второй пропал без вести.",
        "Зимин captured, Котов missing",
    ),
    (
        "Просим не путать Артёма Зимина и Бориса Котова: в плену показали первого, а не второго.",
        "Зимин captured, Котов missing",
    ),
    (
        "На посту были Зимин Артём, Котов Борис, Громов Яков. Последние двое погибли, а первого "
        "никто не видел.",
        "Зимин missing, Котов deceased, Громов deceased",
    ),
    (
        "Артёма Зимина, Бориса Лепёхина и Якова Громова считали пропавшими. Лепёхин нашёлся в "
        "госпитале, двое других остаются без вести.",
        "Зимин missing, Лепёхин found_alive, Громов missing",
    ),
    (
        "Зимин Артём и Котов Борис ушли вместе. Второй раз набираем штаб, там молчат. Ищем обоих.",
        "Зимин missing, Котов missing",
    ),
    (
        "В плен в мае попали Зимин Артём, Котов Борис, Громов Яков. Всех обменяли, кроме Котова.",
        "Зимин released, Котов captured, Громов released",
    ),
    (
        "Нет вестей от Якова Громова. Артём Зимин и Борис Котов служили в одном взводе. "
        "Оба погибли 3 октября.",
        "Громов missing, Зимин deceased, Котов deceased",
    ),
]


@pytest.mark.parametrize(("text", "fates"), BY_PLACE)
def test_men_told_of_by_their_place(text: str, fates: str) -> None:
    assert ", ".join(f"{one['surname']} {one['status']}" for one in records(text)) == fates


MENS_GENITIVE: list[tuple[str, str]] = [
    # a woman is no subject of a verb of several: the surname is a man's in the accusative
    ("Гордеева взяли в плен под Суджей, видео есть.", "Гордеев captured"),
    ("Зубова Т. (ищем)\nРязанова Б. -> нашли живым", "Зубов missing, Рязанов found_alive"),
    ("ПЛЕН: Балыкина Н., Хвощёва П. (взяли в мае)", "Балыкин captured, Хвощёв captured"),
    (
        "Ищем троих\n1. Тохтарова Ильяса\n2. Гордеева Р.\n3. Рязанова Т.",
        "Тохтаров missing, Гордеев missing, Рязанов missing",
    ),
]


@pytest.mark.parametrize(("text", "fates"), MENS_GENITIVE)
def test_a_mans_surname_as_an_object(text: str, fates: str) -> None:
    assert ", ".join(f"{one['surname']} {one['status']}" for one in records(text)) == fates
