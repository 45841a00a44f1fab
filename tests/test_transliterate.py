"""Latin and Ukrainian spellings → Russian letters."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from russian.transliterate import from_father, to_russian


@pytest.mark.parametrize(
    ("latin", "russian"),
    [
        ("Dorjiev", "Доржиев"), ("Zorigto", "Зорикто"), ("Bairovich", "Баирович"),
        ("Jegorow", "Егоров"), ("Ertschim", "Эрчим"), ("Yegorov", "Егоров"),
        ("Semyonovich", "Семёнович"), ("Ilchuk-Bardin", "Ильчук-Бардин"),
        ("SHAPOVALOV", "ШАПОВАЛОВ"), ("ILIA", "ИЛЬЯ"), ("VALEREVICH", "ВАЛЕРЬЕВИЧ"),
        ("Kuzmin", "Кузьмин"), ("Lukyanenko", "Лукьяненко"), ("Iljin", "Ильин"),
        ("Solovyov", "Соловьёв"), ("Grigoryev", "Григорьев"), ("Vasiliev", "Васильев"),
        ("Khvorostov", "Хворостов"), ("Schmidt", "Шмидт"), ("Schewtschenko", "Шевченко"),
        ("Oorzhak", "Ооржак"), ("Fominykh", "Фоминых"), ("Chernyh", "Черных"),
        ("Ilyich", "Ильич"), ("Yuryevna", "Юрьевна"), ("Dubiago", "Дубяго"),
        ("Golubiatnikov", "Голубятников"), ("Shcherban", "Щербань"), ("Tsoi", "Цой"),
        ("Zhigulin", "Жигулин"), ("Abubakarov", "Абубакаров"), ("Nikolayevich", "Николаевич"),
        ("Aleksandr", "Александр"), ("Sergei", "Сергей"), ("Fyodor", "Фёдор"),
        ("Eshkinin", "Эшкинин"), ("Efimov", "Ефимов"),
    ],
)  # fmt: skip
def test_latin(latin: str, russian: str) -> None:
    assert to_russian(latin) == russian


@pytest.mark.parametrize(
    ("ukrainian", "russian"),
    [
        ("Білостоцька", "Белостоцкая"), ("Біда", "Беда"), ("Міронов", "Миронов"),
        ("Микита", "Никита"), ("Тимофій", "Тимофей"), ("Якович", "Яковлевич"),
        ("Бадмайович", "Бадмаевич"), ("Хлєбніков", "Хлебников"), ("Фоміних", "Фоминых"),
        ("Кузьмін", "Кузьмин"), ("Андрій", "Андрей"), ("Вікторович", "Викторович"),
        ("Дмитрович", "Дмитриевич"), ("Костянтинович", "Константинович"),
        ("Аркадійович", "Аркадьевич"), ("Юрійович", "Юрьевич"), ("Ілліч", "Ильич"),
        ("Миколаївна", "Николаевна"), ("Плетньов", "Плетнёв"), ("Соловйов", "Соловьёв"),
        ("ТУРЛИБАЄВ", "ТУРЛЫБАЕВ"), ("Вишневський", "Вишневский"), ("Зорікто", "Зорикто"),
        ("Езен", "Эзен"), ("Федір", "Фёдор"), ("Хворостінін-Бей", "Хворостинин-Бей"),
        ("Сулімов", "Сулимов"), ("Гринюк", "Гринюк"), ("Валеріу", "Валериу"),
        ("Єрхан", "Эрхан"), ("Начин", "Начын"), ("Єзір", "Эзир"), ("Єгор", "Егор"),
    ],
)  # fmt: skip
def test_ukrainian(ukrainian: str, russian: str) -> None:
    assert to_russian(ukrainian, True) == russian


def test_ukrainian_everywhere() -> None:
    assert [to_russian(word) for word in ("Микита", "Дмитро", "Плетньов")] == [
        "Никита", "Дмитрий", "Плетнёв",
    ]  # fmt: skip


@pytest.mark.parametrize("word", ["Иванов", "Данило", "Кирило", "Ёжиков", "Кызыл-оолович", ""])
def test_russian_stays(word: str) -> None:
    assert to_russian(word) == word


@pytest.mark.parametrize(
    ("father", "woman", "patronymic"),
    [
        ("Иван", False, "иванович"), ("Юрий", False, "юрьевич"), ("Дмитрий", False, "дмитриевич"),
        ("Андрей", True, "андреевна"), ("Илья", True, "ильинична"), ("Никита", False, "никитич"),
        ("Яков", False, "яковлевич"), ("Лев", True, "львовна"), ("Игорь", False, "игоревич"),
        ("Павел", False, "павлович"), ("Бадма", False, "бадмаевич"),
    ],
)  # fmt: skip
def test_from_father(father: str, woman: bool, patronymic: str) -> None:
    assert from_father(father, woman) == patronymic


@given(st.text(max_size=60), st.booleans())
def test_never_raises(word: str, ukrainian: bool) -> None:
    assert isinstance(to_russian(word, ukrainian), str)
