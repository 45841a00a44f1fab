"""500 invented posts, each with a relative's number, handle or name in some disguise, and no other.

A canary is told by `needles`: strings that must not be found in any byte on disk, and for numbers
the bare digits, which must not be found however they are separated.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator
from dataclasses import dataclass

SURNAMES = [
    "Зимин",
    "Крутицын",
    "Ветошкин",
    "Полозков",
    "Сухоруков",
    "Запольский",
    "Берестов",
    "Грачёв",
    "Кожемякин",
    "Лобанов",
    "Мухин",
    "Неверов",
    "Опарин",
    "Пахомов",
    "Рябов",
    "Савосин",
    "Тетерин",
    "Усольцев",
    "Фирсов",
    "Хомутов",
    "Чернов",
    "Шубин",
    "Щеглов",
    "Юшков",
]
GIVEN = [
    "Артём",
    "Лука",
    "Тихон",
    "Назар",
    "Егор",
    "Захар",
    "Матвей",
    "Степан",
    "Глеб",
    "Родион",
    "Семён",
    "Фёдор",
    "Кирилл",
    "Остап",
]
FATHERS = [
    "Олегович",
    "Ильич",
    "Савельевич",
    "Львович",
    "Игоревич",
    "Петрович",
    "Романович",
    "Андреевич",
    "Денисович",
]
WOMEN = [
    "Пелагея",
    "Клавдия",
    "Агния",
    "Евдокия",
    "Зинаида",
    "Ираида",
    "Капитолина",
    "Лукерья",
    "Милица",
    "Неонила",
    "Прасковья",
    "Рогнеда",
    "Серафима",
    "Таисия",
    "Устинья",
    "Фаина",
    "Харитина",
    "Элеонора",
    "Алевтина",
    "Василиса",
]
HER_FATHERS = [
    "Тимофеевна",
    "Порфирьевна",
    "Елизаровна",
    "Никаноровна",
    "Касьяновна",
    "Лаврентьевна",
    "Мефодьевна",
    "Прохоровна",
    "Силантьевна",
    "Феоктистовна",
    "Архиповна",
    "Гордеевна",
    "Ефимовна",
]
TOWNS = [
    "Калуга",
    "Саратов",
    "Пермь",
    "Омск",
    "Тула",
    "Псков",
    "Чита",
    "Орёл",
    "Уфа",
    "Казань",
    "Самара",
    "Рязань",
]
DIGITS = ("ноль", "один", "два", "три", "четыре", "пять", "шесть", "семь", "восемь", "девять")
FULLWIDTH = str.maketrans("0123456789", "０１２３４５６７８９")
KEYCAPS = {str(n): f"{n}\ufe0f\u20e3" for n in range(10)}


@dataclass(frozen=True, kw_only=True)
class Canary:
    """One secret and the post that holds it."""

    post: dict[str, str]
    kind: str
    needles: tuple[str, ...]
    digits: str = ""


def _phone(draw: random.Random) -> str:
    return f"900{draw.randrange(10**7):07d}"


def _grouped(n: str) -> str:
    return f"8 ({n[:3]}) {n[3:6]}-{n[6:8]}-{n[8:]}"


PHONES: dict[str, Callable[[str], str]] = {
    "plain": lambda n: f"8{n}",
    "grouped": _grouped,
    "plus": lambda n: f"+7 {n[:3]} {n[3:6]} {n[6:8]} {n[8:]}",
    "dots": lambda n: f"8.{n[:3]}.{n[3:6]}.{n[6:8]}.{n[8:]}",
    "spaced": lambda n: " ".join(f"8{n}"),
    "letters": lambda n: _grouped(n).replace("0", "О").replace("3", "З"),
    "latin letters": lambda n: _grouped(n).replace("0", "O").replace("1", "l"),
    "words": lambda n: " ".join(DIGITS[int(d)] for d in f"8{n}"),
    "fullwidth": lambda n: f"8{n}".translate(FULLWIDTH),
    "keycaps": lambda n: "".join(KEYCAPS[d] for d in f"8{n}"),
    "zero width": lambda n: "\u200b".join(f"8{n}"),
    "lines": lambda n: f"8 {n[:3]}\n{n[3:6]} {n[6:8]} {n[8:]}",
    "slashes": lambda n: f"8/{n[:3]}/{n[3:6]}/{n[6:]}",
    "stars": lambda n: f"8*{n[:3]}*{n[3:6]}*{n[6:8]}*{n[8:]}",
    "whatsapp": lambda n: f"wa.me/7{n}",
}
HANDLES: dict[str, Callable[[str], str]] = {
    "at": lambda name: f"@{name}",
    "t.me": lambda name: f"https://t.me/{name}",
    "t me": lambda name: f"t me/{name}",
    "vk": lambda name: f"vk.com/{name}",
    "in words": lambda name: f"телеграм {name}",
    "mail": lambda name: f"{name}@mail.example",
    "mail spaced": lambda name: f"{name} собака mail точка example",
}
NAMES: dict[str, str] = {
    "mother": "Мама, {given} {father}.",
    "write to": "Пишите жене, её зовут {given} {father}.",
    "call": "Звонить: {given} {father} (тётя).",
    "sign": "С уважением, {given} {father}",
    "grandmother": "Растила его бабушка {given} {father}, она не встаёт.",
    "capitals": "МАТЬ {GIVEN} {FATHER} ЖДЁТ",
    "lower": "если что узнаете, скажите сестре, {low} {lowfather} зовут",
    "initials": "Сестра — {given} {father}, тел. у админа.",
}


def canaries(count: int = 500, seed: int = 1) -> Iterator[Canary]:
    """`count` canaries, the same for a seed: numbers, handles and names in turn."""
    draw = random.Random(seed)  # noqa: S311  seeded on purpose
    kinds = [*(("phone", k) for k in PHONES), *(("handle", k) for k in HANDLES),
             *(("name", k) for k in NAMES)]  # fmt: skip
    used = set[tuple[str, str]]()
    for number in range(count):
        group, kind = kinds[number % len(kinds)]
        man = f"{draw.choice(SURNAMES)} {draw.choice(GIVEN)} {draw.choice(FATHERS)}"
        needles: tuple[str, ...]
        digits = ""
        if group == "phone":
            digits = _phone(draw)
            told = f"Тел. {PHONES[kind](digits)}"
            needles = (PHONES[kind](digits),)
        elif group == "handle":
            name = f"vesna_{draw.randrange(10**6):06d}"
            told = f"Связь: {HANDLES[kind](name)}"
            needles = (name,)
        else:
            pair = draw.choice([(w, f) for w in WOMEN for f in HER_FATHERS if (w, f) not in used])
            used.add(pair)
            told = NAMES[kind].format(
                given=pair[0], father=pair[1], GIVEN=pair[0].upper(), FATHER=pair[1].upper(),
                low=pair[0].lower(), lowfather=pair[1].lower(),
            )  # fmt: skip
            needles = (f"{pair[0]} {pair[1]}",)
        text = (
            f"Ищу сына! {man}, {draw.randrange(1, 29):02}.{draw.randrange(1, 13):02}."
            f"{draw.randrange(1985, 2006)} г.р., {draw.choice(TOWNS)}, "
            f"в/ч {draw.randrange(10**4, 10**5)}."
            f" Нет связи с {draw.randrange(1, 28)} августа. {told}"
        )
        day = draw.randrange(1, 29)
        post = {
            "post_id": f"c{number}", "posted_at": f"2024-08-{day:02}T10:00:00+03:00", "text": text,
        }  # fmt: skip
        yield Canary(post=post, kind=f"{group}: {kind}", needles=needles, digits=digits)


def lines(chosen: list[Canary]) -> str:
    """The posts as JSON lines."""
    return "".join(json.dumps(c.post, ensure_ascii=False) + "\n" for c in chosen)
