"""Contacts and names of private persons → nothing of them stays; the rest does."""

from __future__ import annotations

from datetime import datetime

import pytest

from extract import read
from extract.private.contacts import Contact, Secret, contacts, leftover
from extract.private.redaction import DROPPED, redact
from extract.text import clean, fold
from model import Post


def kept(text: str) -> str:
    posted = datetime.fromisoformat("2024-10-20T12:00:00+03:00")
    return read(Post(source="t", external_id="1", posted_at=posted, text=text)).text


def hidden(text: str) -> list[tuple[str, str]]:
    cleaned = clean(text)
    return [(one.kind.value, cleaned[one.start : one.end]) for one in contacts(fold(cleaned))]


PHONES = [
    "8 900 000 11 22",
    "8(900)000-11-22",
    "+7 900 000-11-22",
    "+79000001122",
    "89000001122",
    "8900 000 11 22",
    "8-900-000-11-22",
    "8.900.000.11.22",
    "8 (900) 000 11 22",
    "+7(900)0001122",
    "7 900 000 11 22",
    "900 000 11 22",
    "8 9OO OOO 11 22",
    "8 900 0OO ll 22",
    "8 9оо ооо 11 22",
    "8\u00a0900\u00a0000\u00a011\u00a022",
    "8\u200b900\u200b000\u200b11\u200b22",
    "８ ９００ ０００ １１ ２２",
    "+380 00 000 00 12",
    "+998 90 000 00 12",
    "+996 (550) 00-00-12",
    "восемь девятьсот ноль ноль ноль ноль один один два два",
    "восемь девятьсот три нуля семьдесят семь ноль четыре",
    "восемь девятьсот, три нуля, пятьдесят, сорок пять",
    "8 900 000 3 три 3 три",
    "8 900 000 ноль-ноль девяносто",
    "Восемь, девятьсот, ноль ноль ноль, одиннадцать, двадцать два",
]


@pytest.mark.parametrize("phone", PHONES)
def test_phone_is_hidden_whole(phone: str) -> None:
    assert hidden(f"Ищу мужа, звоните {phone} в любое время")[0] == (
        "телефон",
        clean(phone).removesuffix("\n"),
    )


@pytest.mark.parametrize(
    ("text", "kind", "secret"),
    [
        ("пишите @anna_ishchet_00", "контакт", "@anna_ishchet_00"),
        ("t.me/anna_ishchet_00", "контакт", "t.me/anna_ishchet_00"),
        ("мой вк vk.com/id000111222", "контакт", "vk.com/id000111222"),
        ("https://ok.ru/profile/000111", "контакт", "https://ok.ru/profile/000111"),
        ("почта anna.kotova@mail.example", "контакт", "anna.kotova@mail.example"),
        (
            "anna.kotova собака mail точка example",
            "контакт",
            "anna.kotova собака mail точка example",
        ),
        ("тг anna_kotova77", "контакт", "anna_kotova77"),
        ("инста: anna.kotova77", "контакт", "anna.kotova77"),
        ("Лена, в телеграме anna.kotova77", "контакт", "anna.kotova77"),
        ("отвечу anna_kotova_00, Лена", "контакт", "anna_kotova_00"),
        ("карта 2200 0000 0000 1234", "карта", "2200 0000 0000 1234"),
        ("карта 2200000000001234", "карта", "2200000000001234"),
        ("СНИЛС 000-000-000 12", "документ", "000-000-000 12"),
        ("паспорт 1234 567890", "документ", "1234 567890"),
        ("жетон А-123456", "документ", "А-123456"),
        ("тел. домашний 0-00-17", "телефон", "0-00-17"),
        ("живём: ул. Вымышленная, д. 17, кв. 4", "адрес", "ул. Вымышленная, д. 17, кв. 4"),
        ("ул. Вымышленная 17-4", "адрес", "ул. Вымышленная 17-4"),
    ],
)
def test_contact_is_hidden_whole(text: str, kind: str, secret: str) -> None:
    assert (kind, secret) in hidden(text)


@pytest.mark.parametrize(
    "text",
    [
        "родился 06.08.2004, пропал 06.08.2024 в 02:10",
        "2004-08-06 и 2024-08-06",
        "в/ч 97150, в/ч 98244 (98244)",
        "с 5 на 6 августа 2024 года",
        "обмен 115 на 115, потом 1000×1000",
        "собрано 1 900 000 рублей",
        "рост 183, вес 74, размер 50-4",
        "горячая линия 8-800-000-00-00",
        "д. Новые Чебенки, 2003 г.р.",
        "в морге на Пирогова",
        "служил в 2022-2024 годах",
    ],
)
def test_innocent_digits_stay(text: str) -> None:
    assert hidden(text) == []
    assert not leftover(fold(clean(text)))


@pytest.mark.parametrize(
    ("text", "gone", "stays"),
    [
        ("Ищу мужа Зимина Артёма. Жена Настя", ["Настя"], ["Зимина Артёма"]),
        ("Зимин Артём, 1990. Звоните маме Гульнаре 8 900 000 11 22", ["Гульнаре"], ["Зимин"]),
        ("Я Рамин, ищу брата: Зимин Артём, 1990", ["Рамин"], ["Зимин"]),
        ("Меня зовут Ольга Котова. Пропал сын Котов Глеб, 2004", ["Ольга"], ["Котов Глеб"]),
        ("Пропал Зимин Артём, 1990. Мать Зимина Нина", ["Нина"], ["Зимин Артём"]),
        (
            "Передаёт привет жене Насте: жив. Зимин Артём, плен. Настя, держись",
            ["Насте", "Настя"],
            [],
        ),
        ("Пропал Зимин Артём. С уважением, Котов П. Р., сосед", ["Котов"], ["Зимин"]),
        (
            "Зимин Артём Олегович, 1990, нет связи. Отец Олег 8 900 000 11 22",
            ["Олег"],
            ["Олегович"],
        ),
        ("Нет связи: Зимин Артём. Рядом был командир Бобров", ["Бобров"], ["Зимин"]),
        ("Продам берцы. Звоните Котову Сергею 8 900 000 11 22", ["Котову", "Сергею"], ["берцы"]),
        ("Пропал Зимин Артём, 1990. Супруга Нармин, пишите ей", ["Нармин"], ["Зимин"]),
        ("Ищу: Зимин Артём, 1990. У него бабушка Пак Ен Сун", ["Пак", "Сун"], ["Зимин"]),
        ("Пропал Зимин Артём, 1990. Дети: Айно 9, Ваня 5", ["Ваня"], ["Зимин"]),
        ("Анна Зимина я, ищу брата. Зимин Артём, 1990", ["Анна"], ["Зимин Артём"]),
        ("ищу мужа Зимина Артёма, 1990. звоните свете. света", ["свете", "света"], ["Зимина"]),
        ("Зимин Артём нашёлся! Сайаара, посмотрите в личке.", ["Сайаара"], ["Зимин"]),
        ("Пропал Зимин Артём, 1990. Пишет фельдшер Майя Ринтувги", ["Майя", "Ринтувги"], ["Зимин"]),
        ("Цитата (Котов_отец): «где они»\nПропал Зимин Артём, 1990", ["Котов_отец"], ["Зимин"]),
    ],
)
def test_names(text: str, gone: list[str], stays: list[str]) -> None:
    safe = kept(text)
    words = safe.replace("[имя]", " ").replace(".", " ").replace(",", " ").replace(":", " ").split()
    assert [name for name in gone if name in words] == []
    assert all(name in safe for name in stays)


def test_a_line_with_a_number_nobody_knows_is_dropped() -> None:
    text = "Ищу мужа Зимин Артём, 1990\nзаявка 1234567 принята\nжду"
    assert kept(text).split("\n") == ["Ищу мужа Зимин Артём, 1990", DROPPED, "жду"]


def test_of_a_long_line_only_the_unsafe_sentence_is_dropped() -> None:
    text = "Ищу: Зимин Артём, 1990. Наша заявка 1234567 принята. Ждём вестей."
    assert kept(text) == f"Ищу: Зимин Артём, 1990. {DROPPED}Ждём вестей."


def test_places_move_with_the_cuts() -> None:
    text = "звоните 89000001122 срочно"
    redacted = redact(text, text, [Contact(Secret.PHONE, 8, 19)])
    assert redacted.text == "звоните [телефон] срочно"
    start, end = redacted.moved(20, 26) or (0, 0)
    assert redacted.text[start:end] == "срочно"
    assert redacted.moved(10, 22) is None
    assert redacted.moved(0, 7) == (0, 7)


def test_text_is_capped() -> None:
    assert len(kept("слово " * 20_000)) <= 16_384


@pytest.mark.parametrize(
    "text",
    [
        "Автор: Vesna_v_Saratove | 02.03.2023 22:41\nИщем: Зимин Артём. Не звонит.",
        "Зимин Артём, 2004. Дети: Самира и Ринас. Не звонит. Гульшат, 8 900 000 11 22",
        "[quote=Nick]Стояли у Снагости.[/quote]\nИщем: Зимин Артём, 2004, Тула.",
        "Мила и мама просят: Зимин Артём, 2004, без вести. 8 900 000 11 22",
    ],
)
def test_marks_of_what_was_hidden_stay_as_they_are(text: str) -> None:
    once = kept(text)
    assert kept(once) == once


@pytest.mark.parametrize(
    ("text", "relative"),
    [
        ("Дугарма, бабай его совсем сдал. Ищем: Зимин Артём. 8 900 000 11 22", "Дугарма"),
        ("Ищем: Зимин Артём, 2004. Дети: Самира и Ринас. Не звонит.", "Ринас"),
        ("Зимин Артём без вести. Мила и мама просят не распространять.", "Мила"),
    ],
)
def test_names_beside_relatives_go(text: str, relative: str) -> None:
    assert relative not in kept(text)
