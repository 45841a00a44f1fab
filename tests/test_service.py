"""Category, unit, rank and call sign, as relatives write them."""

from __future__ import annotations

import pytest

from extract.service import choose, choose_category, find_service
from extract.text import clean, fold
from extract.tokens import tokenize
from russian.ranks import rank

CATEGORIES = [
    ("сын срочник", "conscript"),
    ("Срочница? Нет. Срочник.", "conscript"),
    ("служит срочную", "conscript"),
    ("СРОЧНАЯ СЛУЖБА", "conscript"),
    ("Срочка. 97150.", "conscript"),
    ("на срочной с июня", "conscript"),
    ("ср. служба, в/ч 98871", "conscript"),
    ("солдат по призыву", "conscript"),
    ("военнослужащий по призыву", "conscript"),
    ("Служит по призыву, был в Рыльске", "conscript"),
    ("строковик, 19 років", "conscript"),
    ("солдатик-срочник", "conscript"),
    ("Srochnik, Sudzha", "conscript"),
    ("контрактник", "contract"),
    ("служил по контракту", "contract"),
    ("подписал контракт в мае", "contract"),
    ("Контрач.", "contract"),
    ("контрабас с лета", "contract"),
    ("младший сержант контрактной службы", "contract"),
    ("Kontrakt s oktyabrya", "contract"),
    ("мобилизован 27 сентября", "mobilised"),
    ("мобилизовали его прямо с работы", "mobilised"),
    ("мобилизованный, Чувашия", "mobilised"),
    ("Воронеж, моб., 2 ноября", "mobilised"),
    ("мобик", "mobilised"),
    ("мобілізований", "mobilised"),
    ("доброволец", "volunteer"),
    ("сам пошёл доброволец", "volunteer"),
    ("воюет в БАРС-3", "volunteer"),
    ("отряд добровольцев", "volunteer"),
    ("добробат", "volunteer"),
    ("Мой муж срочник. В бумагах теперь контрактник задним числом", "conscript"),
    ("Сын после срочки выжил, а в октябре подписал контракт", "contract"),
    ("мобилизован по ошибке, отпустили, пошёл доброволец", "volunteer"),
    ("Он не срочник", None),
    ("НЕ ПУТАТЬ со срочником из Левашей", None),
    ("призван 5 декабря 2023", None),
    ("призывная комиссия", None),
    ("срочников туда не посылают", None),
    ("моб. 8 900 000 84 23", None),
    ("моб. тел. 8 900 000 84 23", None),
    ("срочно нужна помощь", None),
]


@pytest.mark.parametrize(("text", "category"), CATEGORIES)
def test_category(text: str, category: str | None) -> None:
    folded = fold(clean(text))
    chosen = choose_category(find_service(tokenize(folded)), (0, len(folded) + 1))
    assert (chosen.value if chosen else None) == category


UNITS = [
    ("в/ч 94 016", "94016"),
    ("Часть 9-7-3-3-5.", "97335"),
    ("часть девять один пять пять девять. Звонил", "91559"),
    ("часть 94 0167", None),
    ("в/ч 97734", "97734"),
    ("в.ч.98244", "98244"),
    ("В/Ч: 97150", "97150"),
    ("вч 92719", "92719"),
    ("ВЧ № 92719", "92719"),
    ("войсковая часть 12345", "12345"),
    ("служит в войсковой части № 12345", "12345"),
    ("Часть 97150.", "97150"),
    ("в/ч 91882-Б", "91882"),
    ("в/ч 98Z44 (98244)", "98244"),
    ("в/ч 9O266", "90266"),
    ("v/ch 92719", "92719"),
    ("військова частина 96620", "96620"),
    ("Кто с 90266 отзовитесь", "90266"),
    ("Срочник 97734. Без связи", "97734"),
    ("тоже 97150, тоже Мурманская", "97150"),
    ("Девушки, кто из 98871?", "98871"),
    ("п/п 04321", "04321"),
    ("в/ч 1234", None),
    ("307-я дивизия", None),
    ("собрано 41200 руб", None),
    ("оплата 210000", None),
    ("карта 2200 0000 0000 1998", None),
    ("89000006241", None),
    ("8 900 00006 24", None),
    ("@konstantin_12345", None),
    ("выплата 50000", None),
]


@pytest.mark.parametrize(("text", "unit"), UNITS)
def test_unit(text: str, unit: str | None) -> None:
    folded = fold(clean(text))
    chosen = choose(find_service(tokenize(folded)), "unit", (0, len(folded) + 1))
    assert (chosen.value if chosen else None) == unit


RANKS = [
    ("рядовой Петров", "рядовой"),
    ("простились с рядовым Тамиром", "рядовой"),
    ("гв. ст. сержант", "старший сержант"),
    ("гвардии старший сержант", "старший сержант"),
    ("мл.сержант", "младший сержант"),
    ("мл. сержанту", "младший сержант"),
    ("мол. сержант", "младший сержант"),
    ("ст. с-т", "старший сержант"),
    ("гвардии ефрейтор", "ефрейтор"),
    ("пр-к", "прапорщик"),
    ("старшина медслужбы", "старшина"),
    ("старшего лейтенанта", "старший лейтенант"),
    ("ст. л-т", "старший лейтенант"),
    ("старший матрос", "старший матрос"),
    ("капитан-лейтенант", "капитан-лейтенант"),
    ("майору Иванову", "майор"),
    ("подполковник", "подполковник"),
    ("єфрейтор", "ефрейтор"),
    ("ряд. Петров", "рядовой"),
    ("кто служил рядом", None),
    ("рядовой состав", None),
    ("Командир роты (ст. лейтенант Бобров)", None),
    ("сообщил его старшина", None),
]


@pytest.mark.parametrize(("text", "name"), RANKS)
def test_rank(text: str, name: str | None) -> None:
    folded = fold(clean(text))
    chosen = choose(find_service(tokenize(folded)), "rank", (0, len(folded) + 1))
    assert (chosen.value if chosen else None) == name


def test_a_rank_says_where_it_ends() -> None:
    read = rank(tokenize("ст. сержант Бобров"), 0)
    assert read is not None
    assert (read.name, read.end) == ("старший сержант", 3)


SIGNS = [
    ("позывной Конь", "Конь"),
    ("позывной «Гном»", "Гном"),
    ("Позывной “Степь”.", "Степь"),
    ('позывной: "Белый Лис"', "Белый Лис"),
    ("с позывным Лис ушёл", "Лис"),
    ("позывной у него Граф", "Граф"),
    ("позивний Хорт", "Хорт"),
    ("позывной не знаю", None),
    ("позывного нет. Иванов", None),
]


@pytest.mark.parametrize(("text", "sign"), SIGNS)
def test_call_sign(text: str, sign: str | None) -> None:
    folded = fold(clean(text))
    chosen = choose(find_service(tokenize(folded)), "call_sign", (0, len(folded) + 1))
    assert (chosen.value if chosen else None) == sign


def test_spans_stand_where_they_were_read() -> None:
    text = "срочник, в/ч 97734, рядовой, позывной Конь"
    read = {span.field: text[span.start : span.end] for span in find_service(tokenize(text))}
    assert read == {
        "category": "срочник",
        "unit": "в/ч 97734",
        "rank": "рядовой",
        "call_sign": "Конь",
    }
