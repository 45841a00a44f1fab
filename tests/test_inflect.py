"""A form → its nominatives, a nominative → its forms, and the way there and back."""

from __future__ import annotations

import pytest

from russian.inflect import CASES, all_forms, bits, feminine, given_forms, surname_forms
from russian.patronymics import patronymic_forms, written_out


def nominatives(form: str, part: str, who: str, case: str) -> set[str]:
    forms = {"s": surname_forms, "g": given_forms, "p": patronymic_forms}[part](form)
    return {name.nominative for name in forms if name.mask & bits(who, case)}


@pytest.mark.parametrize(
    ("form", "part", "who", "case", "nominative"),
    [
        ("иванова", "s", "m", "gent", "иванов"),
        ("коломийцем", "s", "m", "ablt", "коломиец"),
        ("каримзода", "s", "m", "datv", "каримзода"),
        ("исаевы", "s", "p", "nomn", "исаев"),
        ("иванова", "s", "f", "nomn", "иванова"),
        ("ивановой", "s", "f", "datv", "иванова"),
        ("ивановых", "s", "p", "gent", "иванов"),
        ("петровы", "s", "p", "nomn", "петров"),
        ("шмидту", "s", "m", "datv", "шмидт"),
        ("шмидт", "s", "f", "datv", "шмидт"),
        ("достоевского", "s", "m", "accs", "достоевский"),
        ("чайковской", "s", "f", "gent", "чайковская"),
        ("толстым", "s", "m", "ablt", "толстой"),
        ("седых", "s", "m", "datv", "седых"),
        ("лукьяненку", "s", "m", "accs", "лукьяненко"),
        ("лукьяненко", "s", "f", "ablt", "лукьяненко"),
        ("мельника-сороку", "s", "m", "accs", "мельник-сорока"),
        ("кара-сала", "s", "m", "gent", "кара-сал"),
        ("стрельца", "s", "m", "gent", "стрелец"),
        ("щербаня", "s", "m", "gent", "щербань"),
        ("тё", "s", "m", "loct", "тё"),
        ("льва", "g", "m", "gent", "лев"),
        ("петром", "g", "m", "ablt", "пётр"),
        ("павлу", "g", "m", "datv", "павел"),
        ("илью", "g", "m", "accs", "илья"),
        ("юрии", "g", "m", "loct", "юрий"),
        ("марии", "g", "f", "datv", "мария"),
        ("гузели", "g", "f", "gent", "гузель"),
        ("любви", "g", "f", "datv", "любовь"),
        ("ильича", "p", "m", "gent", "ильич"),
        ("рафисовичи", "p", "p", "nomn", "рафисович"),
        ("никитичны", "p", "f", "gent", "никитична"),
        ("рашид-оглы", "p", "m", "datv", "рашид-оглы"),
    ],
)
def test_nominative(form: str, part: str, who: str, case: str, nominative: str) -> None:
    assert nominative in nominatives(form, part, who, case)


@pytest.mark.parametrize(
    ("name", "part", "woman", "forms"),
    [
        ("Иванов", "s", False, "иванов иванова иванову иванова ивановым иванове"),
        ("Иванова", "s", True, "иванова ивановой ивановой иванову ивановой ивановой"),
        ("Шмидт", "s", True, "шмидт шмидт шмидт шмидт шмидт шмидт"),
        ("Стрелец", "s", False, "стрелец стрельца стрельцу стрельца стрельцом стрельце"),
        ("Мельник-Сорока", "s", False,
         "мельник-сорока мельника-сороки мельнику-сороке мельника-сороку мельником-сорокой"
         " мельнике-сороке"),
        ("Лев", "g", False, "лев льва льву льва львом льве"),
        ("Пётр", "g", False, "пётр петра петру петра петром петре"),
        ("Миша", "g", False, "миша миши мише мишу мишей мише"),
        ("Юрий", "g", False, "юрий юрия юрию юрия юрием юрии"),
        ("Гульшат", "g", True, "гульшат гульшат гульшат гульшат гульшат гульшат"),
    ],
)  # fmt: skip
def test_all_forms(name: str, part: str, woman: bool, forms: str) -> None:
    assert all_forms(name, part, woman=woman) == tuple(forms.split())


@pytest.mark.parametrize("woman", [False, True])
@pytest.mark.parametrize("part", ["s", "g"])
def test_there_and_back(part: str, woman: bool) -> None:
    names = {
        ("s", False): "Крапивин Шмидт Донской Горький Рыжий Белый Щербань Гайдай Сорока Заря Пак"
        " Седых Шевченко Тё Саркисян Монгуш Кравец Стрелец Кузьмич Березин-Ланской",
        ("s", True): "Крапивина Шмидт Донская Горькая Сорока Щербань Седых Шевченко Саркисян",
        ("g", False): "Иван Андрей Игорь Илья Никита Лев Павел Пётр Юрий Айдын Санал Миша Дмитрий",
        ("g", True): "Анна Мария Любовь Гузель Гульшат Соня Туйаара Айгуль Лейла",
    }[part, woman]
    for name in names.split():
        for case, form in zip(CASES, all_forms(name, part, woman=woman), strict=True):
            found = nominatives(form, part, "f" if woman else "m", case)
            assert name.lower() in found, (name, case, form)


@pytest.mark.parametrize(
    ("man", "woman"),
    [("Хамитов", "Хамитова"), ("Вышинский", "Вышинская"), ("Толстой", "Толстая"), ("Пак", "Пак")],
)
def test_feminine(man: str, woman: str) -> None:
    assert feminine(man) == woman


@pytest.mark.parametrize(
    ("short", "woman", "full"),
    [
        ("Ник", False, "николаевич"),
        ("Юр", False, "юрьевич"),
        ("Ник", True, "николаевна"),
        ("А", False, None),
    ],
)
def test_written_out(short: str, woman: bool, full: str | None) -> None:
    assert written_out(short, woman) == full
