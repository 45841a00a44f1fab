"""Places of a post: the nominative, the region, home against the place he was last."""

from __future__ import annotations

import pytest

from extract.places import choose_home, choose_last_seen, find_places, region_of_cell
from extract.text import clean, fold
from extract.tokens import tokenize
from russian import places as names
from russian.phrases import rows
from russian.regions import region_titles


def _read(text: str) -> tuple[str | None, str | None, str | None]:
    folded = fold(clean(text))
    found = find_places(tokenize(folded))
    whole = (0, len(folded) + 1)
    home, seen = choose_home(found, whole), choose_last_seen(found, whole)
    return (
        home.place if home else None,
        home.region if home else None,
        seen.place if seen else None,
    )


HOMES = [
    ("Ладогин, 27 років, Іванівська область.", None, "RU-IVA"),
    ("Ладогин вернулся в Серпухов", "Серпухов", "RU-MOS"),
    ("Мин. Воды. Ладогин Руслан", "Минеральные Воды", "RU-STA"),
    ("Ладогин в госпитале, Белгород", None, None),
    ("Администрация Вязьмы сообщает", "Вязьма", "RU-SMO"),
    ("сын из Златоуста", "Златоуст", "RU-CHE"),
    ("Мы живём в Пскове", "Псков", "RU-PSK"),
    ("сам с Магадана он", "Магадан", "RU-MAG"),
    ("камышинскому Волкову передайте", "Камышин", "RU-VGG"),
    ("Шалинский р-н, Чечня", "Шалинский район", "RU-CE"),
    ("Бурятия, Еравнинский район, с. Ширинга", "Ширинга", "RU-BU"),
    ("г. Вышний Волочёк", "Вышний Волочёк", "RU-TVE"),
    ("из Вышнего Волочка", "Вышний Волочёк", "RU-TVE"),
    ("родом из Набережных Челнов", "Набережные Челны", "RU-TA"),
    ("из Великих Лук", "Великие Луки", "RU-PSK"),
    ("живёт в Ростове-на-Дону", "Ростов-на-Дону", "RU-ROS"),
    ("призван из Петропавловска-Камчатского", "Петропавловск-Камчатский", "RU-KAM"),
    ("Нарьян-Мар, контракт", "Нарьян-Мар", "RU-NEN"),
    ("Питер, 1990", "Санкт-Петербург", "RU-SPE"),
    ("СПб", "Санкт-Петербург", "RU-SPE"),
    ("из Ельца", "Елец", "RU-LIP"),
    ("она из Ливен", "Ливны", "RU-ORL"),
    ("из Апатитов", "Апатиты", "RU-MUR"),
    ("из Торжка", "Торжок", "RU-TVE"),
    ("уроженец г. Кашина Тверской области", "Кашин", "RU-TVE"),
    ("КАЛУЖСКАЯ ОБЛАСТЬ Г. ОБНИНСК", "Обнинск", "RU-KLU"),
    ("Свердл. обл., моб.", None, "RU-SVE"),
    ("Краснод. кр., Тихорецк", "Тихорецк", "RU-KDA"),
    ("ЯНАО", None, "RU-YAN"),
    ("ХМАО, Сургут", "Сургут", "RU-KHM"),
    ("Башкирия, г. Сибай", "Сибай", "RU-BA"),
    ("ЧР, с. Ведено", "Ведено", "RU-CE"),
    ("РСО-Алания, Дигора", "Дигора", "RU-SE"),
    ("Марий Эл", None, "RU-ME"),
    ("Респ. Коми, Ухта", "Ухта", "RU-KO"),
    ("Забайкалье, пос. Агинское", "Агинское", "RU-ZAB"),
    ("ст. Староминская Краснодарский край", "Староминская", "RU-KDA"),
    ("аал Доможаков, Усть-Абаканский р-н, Хакасия", "Доможаков", "RU-KK"),
    ("д. Новые Чебенки, Зианчуринский район, Башкортостан", "Новые Чебенки", "RU-BA"),
    ("с. Найхин Хабаровский край", "Найхин", "RU-KHA"),
    ("Томпонский улус, п. Хандыга", "Хандыга", "RU-SA"),
    ("Козловка, Чувашия", "Козловка", "RU-CU"),
    ("Кировская область, г. Киров", "Киров", "RU-KIR"),
    ("родился в Джанкое, призван из Симферополя", "Симферополь", "UA-43"),
    ("Родилась в Дербенте, живёт в Астрахани", "Астрахань", "RU-AST"),
    ("уроженец Львовской обл., живёт в г. Апшеронск", "Апшеронск", "RU-KDA"),
    ("Родом он из Невинномысска, призвали из Ростова-на-Дону.", "Ростов-на-Дону", "RU-ROS"),
    ("Севастополь, срочник", "Севастополь", "UA-40"),
    ("гражданин Таджикистана, Хатлонская обл, г. Бохтар", "Бохтар", "TJ-KT"),
    ("Кыргызстан, Ош", "Ош", "KG-GO"),
    ("Бишкек, контракт", "Бишкек", "KG-GB"),
    ("Узбекистан, Самарканд", "Самарканд", "UZ-SA"),
    ("Казахстан, г. Актобе", "Актобе", "KZ-15"),
    ("Молдова, г. Бельцы", "Бельцы", "MD-BA"),
    ("Ереван, контракт", "Ереван", "AM-ER"),
    ("Тирасполь", "Тирасполь", "MD-SN"),
    ("Гомель, Беларусь", "Гомель", "BY-HO"),
    ("Вологодська обл.", None, "RU-VLG"),
    ("м. Сиктивкар, Республіка Комі", "Сыктывкар", "RU-KO"),
    ("м. Сизрань", "Сызрань", "RU-SAM"),
    ("Oryol Oblast, Livny", "Ливны", "RU-ORL"),
    ("Kyren (Buryatia)", "Кырен", "RU-BU"),
    ("Yakutia, Namcy", "Намцы", "RU-SA"),
    ("Самарская", None, "RU-SAM"),
    ("жители Пскова", "Псков", "RU-PSK"),
    ("Республика Алтай, с. Каракол", "Каракол", "RU-AL"),
    ("Алтайский край, Рубцовск", "Рубцовск", "RU-ALT"),
    ("Подмосковье, Клин", "Клин", "RU-MOS"),
    ("сам он из Сизябска", "Сизябск", "RU-KO"),
    ("живёт в Зигазе", "Зигаза", "RU-BA"),
    ("призван из Усть-Белой", "Усть-Белая", "RU-CHU"),
    ("Черноярский район", "Черноярский район", "RU-AST"),
    ("Правдинский муниципальный округ", "Правдинский округ", "RU-KGD"),
    ("из Лев-Толстовского района", "Лев-Толстовский район", "RU-LIP"),
    ("Холмский район", "Холмский район", None),
    ("Новгородская область, Холмский район", "Холмский район", "RU-NGR"),
    ("ул. Ленина 5", None, None),
    ("не звонил, ровно неделю молчит", None, None),
    ("позывной Сокол, победа будет за нами", None, None),
    ("в Бурденко лежит, госпиталь в Москве", None, None),
]


@pytest.mark.parametrize(("text", "place", "region"), HOMES)
def test_home(text: str, place: str | None, region: str | None) -> None:
    assert _read(text)[:2] == (place, region)


SEEN = [
    ("стоял под Суджей", "Суджа"),
    ("стоял под суджей", "Суджа"),
    ("Суджанское направление", "Суджа"),
    ("на Авдеевском направлении", "Авдеевка"),
    ("пропал в Курской области", "Курская область"),
    ("служил в Курской", "Курская область"),
    ("звонил из-под Сватово", "Сватово"),
    ("под Сватовым ни слуху ни духу", "Сватово"),
    ("пропал под Часовым Яром", "Часов Яр"),
    ("у Черкасского Поречного", "Черкасское Поречное"),
    ("в районе Коренево", "Коренево"),
    ("место: с. Гуево, Суджанский р-н", "Гуево"),
    ("Суджанский р-н, с. Гуево", "Гуево"),
    ("стоял в Тёткино", "Тёткино"),
    ("ушёл под Мартыновку за водой", "Мартыновка"),
    ("пропал под Ворожбой/Новой Сечью", "Ворожба"),
    ("бои в Угледаре, там и пропал", "Угледар"),
    ("последний раз на связи в Волчанске", "Волчанск"),
    ("служил в Белгородской (Грайворон)", "Грайворон"),
    ("попал в окружение под Балаклеей", "Балаклея"),
    ("Срочная служба, Курская обл.", "Курская область"),
    ("#Курскаяобласть #срочники", "Курская область"),
    ("Работино, пропал 5 августа", "Работино"),
    ("пропал в Торецке", "Торецк"),
    ("отходили на Мартыновку", "Мартыновка"),
    ("Из Покровска не выходит на связь", "Покровск"),
    ("поранений под Кременной", "Кременная"),
    ("Суджанський напрямок", "Суджа"),
    ("задание в районе Великой Новосёлки", "Великая Новосёлка"),
    ("срочник, Брянская обл, Суземка, пропал", "Суземка"),
    ("сын из Златоуста, 20 лет", None),
    ("лежит в госпитале в Ростове", None),
]


@pytest.mark.parametrize(("text", "place"), SEEN)
def test_last_seen(text: str, place: str | None) -> None:
    assert _read(text)[2] == place


BOTH = [
    ("Из Саранска, Мордовия. Пропал под Суджей", "Саранск", "RU-MO", "Суджа"),
    ("Призван из Ижмы, служил в Курской области", "Ижма", "RU-KO", "Курская область"),
    ("Южно-Сахалинск → служил в Белгородской (Грайворон)", "Южно-Сахалинск", "RU-SAK", "Грайворон"),
    ("Шадринск, контракт. Бахмут, 5 мая пропал", "Шадринск", "RU-KGN", "Бахмут"),
    ("Курск, завод, потом призвали, служил под Суджей", "Курск", "RU-KRS", "Суджа"),
    ("г. Донецк Ростовской области, пропал под Авдеевкой", "Донецк", "RU-ROS", "Авдеевка"),
    ("родом с Красного Луча, ЛНР, пропал под Лиманом", "Красный Луч", "UA-09", "Лиман"),
]


@pytest.mark.parametrize(("text", "place", "region", "seen"), BOTH)
def test_home_and_last_seen(text: str, place: str, region: str, seen: str) -> None:
    assert _read(text) == (place, region, seen)


CELLS = [
    ("м. Сиктивкар, Комі", None, "Сыктывкар", "RU-KO"),
    ("Еравнинский, Ширинга", "RU-BU", "Ширинга", "RU-BU"),
    ("Иволгинский", "RU-BU", "Иволгинский район", "RU-BU"),
    ("Oryol Oblast, Livny", None, "Ливны", "RU-ORL"),
    ("Khabarovsk Krai, Nanaysky District", None, "Нанайский район", "RU-KHA"),
    ("St. Petersburg", None, "Санкт-Петербург", "RU-SPE"),
    ("Moscow Oblast, Klin", None, "Клин", "RU-MOS"),
    ("KYA", None, None, "RU-KYA"),
    ("RU-OMS", None, None, "RU-OMS"),
    ("м. Перм", None, "Пермь", "RU-PER"),
    ("м. Шахти", None, "Шахты", "RU-ROS"),
    ("Рязанська обл.", None, None, "RU-RYA"),
    ("Amur Oblast", None, None, "RU-AMU"),
    ("ЧР", None, None, "RU-CE"),
    ("Липецкая область", None, None, "RU-LIP"),
]


@pytest.mark.parametrize(("cell", "default", "place", "region"), CELLS)
def test_cell(cell: str, default: str | None, place: str | None, region: str) -> None:
    home = region_of_cell(cell, default)
    assert home is not None
    assert (home.place, home.region) == (place, region)


@pytest.mark.parametrize("cell", ["", "—", "без даних"])
def test_a_cell_that_says_nothing(cell: str) -> None:
    assert region_of_cell(cell) is None


@pytest.mark.parametrize(
    ("form", "name"),
    [
        ("суджей", "суджа"),
        ("валуйках", "валуйки"),
        ("златоустом", "златоуст"),
        ("гуляйполем", "гуляйполе"),
        ("химках", "химки"),
        ("иркутском", "иркутск"),
        ("йошкар-оле", "йошкар-ола"),
    ],
)
def test_a_form_leads_to_its_nominative(form: str, name: str) -> None:
    assert name in [reading.key for reading in names.readings(form)]


def test_every_subject_of_the_federation_is_named() -> None:
    titles = region_titles()
    assert len([iso for iso in titles if iso.startswith("RU-")]) == 83
    assert {"UA-40", "UA-43"} <= titles.keys()
    for iso, title in titles.items():
        if title.endswith(("область", "край")) and iso.startswith("RU-"):
            assert _read(title)[1] == iso


def test_namesakes_need_their_region() -> None:
    assert names.meant(names.gazetteer()["ивановка"]) is None
    kazan = names.meant(names.gazetteer()["казань"])
    assert kazan is not None
    assert kazan.region == "RU-TA"


def test_a_village_of_the_table_lies_in_one_region_and_has_no_namesake() -> None:
    villages = [
        (iso, name) for iso, told in rows("villages") if iso != "-" for name in told.split("|")
    ]
    assert len({name for _, name in villages}) == len(villages) > 1_900
    for iso, name in villages:
        entries = names.gazetteer()[name.lower().replace("ё", "е")]
        assert {entry.region for entry in entries} == {iso}, name
