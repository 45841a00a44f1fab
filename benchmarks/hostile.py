"""Texts made to be slow → seconds to read each at several lengths, and how time grows with length.

    python -m benchmarks.hostile [NAME …]        # 4, 8 and 16 thousand characters, and 64 thousand

A text is cut at `extract.text.LIMIT` characters, so that the last column is that of the cut text,
cleaning of the whole aside. Growth of 2 is linear.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime

import extract
from model import Post

LENGTHS = (4_096, 8_192, 16_384, 65_536)
_RUSSIAN = "абвгдежзийклмнопрстуфхцчшщыьэюя"
_ENDINGS = ("ов", "ин", "ский", "енко", "ова", "ина", "ову", "ым")
_NOW = datetime(2024, 8, 20, tzinfo=UTC)
Maker = Callable[[int], str]


def _again(text: str) -> Maker:
    return lambda size: (text * (size // len(text) + 1))[:size]


def _distinct(make: Callable[[random.Random], str]) -> Maker:
    def text(size: int) -> str:
        chance = random.Random(3)
        words: list[str] = []
        while size > 0:
            words.append(make(chance))
            size -= len(words[-1]) + 1
        return " ".join(words)

    return text


def _word(chance: random.Random, least: int = 3, most: int = 10, letters: str = _RUSSIAN) -> str:
    return "".join(chance.choices(letters, k=chance.randint(least, most)))


def _title(chance: random.Random, least: int = 3, most: int = 10, letters: str = _RUSSIAN) -> str:
    return _word(chance, least, most, letters).capitalize()


TEXTS: dict[str, Maker] = {
    "distinct words": _distinct(_word),
    "distinct capitalised words": _distinct(_title),
    "distinct surnames": _distinct(lambda r: _title(r) + r.choice(_ENDINGS)),
    "distinct surnames, commas": _distinct(lambda r: _title(r) + "ов,"),
    "distinct words in capitals": _distinct(lambda r: _word(r).upper()),
    "distinct short words": _distinct(lambda r: _title(r, 2, 3)),
    "distinct Latin words": _distinct(lambda r: _title(r, 3, 10, "abcdefghijklmnopqrstuvwxyz")),
    "distinct long Latin words": _distinct(lambda r: _title(r, 10, 24, "shcyeiouaj")),
    "distinct Ukrainian words": _distinct(lambda r: _title(r, 4, 12, "абвгдежиіїєклмнопрст")),
    "distinct long Ukrainian words": _distinct(lambda r: _title(r, 10, 24, "иіеїєн")),
    "distinct words of two scripts": _distinct(lambda r: _word(r, 3, 8, "аеорсaeopc0оО3З")),
    "distinct words with hyphens": _distinct(lambda r: "-".join(_title(r, 2, 5) for _ in range(6))),
    "distinct words run together": _distinct(lambda r: "".join(_title(r, 3, 5) for _ in range(8))),
    "distinct Arabic words": _distinct(lambda r: _word(r, 3, 8, "ابتثجحخدذرزسش")),
    "distinct hashtags": _distinct(lambda r: "#" + _word(r)),
    "distinct villages": _distinct(lambda r: "с. " + _title(r, 4, 8)),
    "distinct districts": _distinct(lambda r: _title(r, 3, 6) + "ский район"),
    "distinct mothers": _distinct(lambda r: "мама " + _title(r, 4, 8)),
    "distinct full names": _distinct(lambda r: _title(r, 4, 7) + "ов Иван Петрович"),
    "a list of full names": _distinct(lambda r: f"\n1. {_title(r, 4, 7)}ов Иван Ильич, 20 лет"),
    "distinct men sought": _distinct(
        lambda r: f"Ищу сына {_title(r, 4, 7)}ова Ивана, пропал 5 августа под Суджей."
    ),
    "distinct phones": _distinct(lambda r: "8900" + _word(r, 7, 7, "0123456789")),
    "distinct odd phones": _distinct(lambda r: "+" + _word(r, 24, 24, "0123456789-() ")),
    "distinct dates": _distinct(lambda r: f"{r.randint(1, 28)}.{r.randint(1, 12):02}.2004"),
    "distinct units": _distinct(lambda r: f"в/ч {r.randint(10_000, 99_999)}"),
    "random characters": lambda size: "".join(
        map(chr, random.Random(3).choices(range(32, 0xD7FF), k=size))
    ),
    "one word": _again("ы"),
    "one Latin word": _again("a"),
    "one word with hyphens": _again("ов-"),
    "one word in capitals": _again("ИвановПетр"),
    "one number": _again("7"),
    "eights in words": _again("восемь "),
    "numbers in words and marks": _again("сорок семь. "),
    "numbers run together": _again("восемьсемьсотсемьдесят"),
    "letters of numbers apart": _again("в о с е м ь "),
    "tails of phones": _again("8 900 000 00 00, 11-11, "),
    "digits on lines": _again("8\n"),
    "dots and dogs": _again("а точка б собака "),
    "parts of hosts": _again("a.b-"),
    "Cyrillic handles": _again("ая_1"),
    "who waits": _again("его ждёт Лиса "),
    "comments": _again("Анна\n12:00\n"),
    "letters and bars": _again("а_"),
    "one mail address": lambda size: _again("a.")(size - 2) + "@b",
    "brothers": _again("Иванов Иван, Олег и Пётр, "),
    "one surname again": _again("Иванов "),
    "one surname in a list": _again("Иванов, "),
    "one given name again": _again("Иван и "),
    "one full name again": _again("ИВАНОВ ИВАН ИВАНОВИЧ "),
    "initials": _again("И. В. "),
    "letters apart": _again("И В А Н О В  "),
    "oglu": _again("Али оглы "),
    "hyphens between names": _again("Иванов - Петров "),
    "names and brackets": _again("Иван ("),
    "names and quotation marks": _again('Иванов "'),
    "names and line ends": _again("Иванов\nПётр\n"),
    "fields": _again("Фамилия: Иванов\nИмя: Пётр\n"),
    "son": _again("сын "),
    "searches for sons": _again("ищу сына "),
    "not": _again("не "),
    "none in": _again("нет в "),
    "in captivity": _again("Иванов в плену, "),
    "a brother in captivity": _again("брат Иван в плену; "),
    "dead": _again("погиб "),
    "an exchange": _again("115 на 115 "),
    "additions": _again("UPD "),
    "questions": _again("Где он? "),
    "towns": _again("г. Курск, "),
    "streets": _again("ул. "),
    "ages": _again("ему 25 лет, "),
    "days of August": _again("5 августа "),
    "days in words": _again("пятого на шестого "),
    "weeks": _again("2 недели и "),
    "numbers in words": _again("восемь девятьсот "),
    "digits apart": _again("8 9 "),
    "digits and marks": _again("1-2."),
    "telephones without numbers": _again("тел "),
    "passports": _again("паспорт 1 "),
    "spoken mail": _again("a собака b точка "),
    "handles": _again("@"),
    "links": _again("t.me/abc "),
    "underscores": _again("a_"),
    "call signs": _again("позывной "),
    "brackets": _again("("),
    "quotation marks": _again("«"),
    "commas": _again(","),
    "full stops": _again("."),
    "letters and full stops": _again("а."),
    "line ends": _again("\n"),
    "dashes": _again("-"),
    "zero width": _again("и\u200b"),
    "combining marks": _again("и\u0301"),
    "one letter, many marks": lambda size: "и" + "\u0301" * (size - 1),
    "right to left": _again("\u202eשלום "),
    "ligatures": _again("\ufdfa"),
    "full width": _again("８"),
    "emoji": _again("🙏😭"),
}


def seconds(text: str) -> float:
    """How long one reading takes, of processor time."""
    post = Post(source="s", external_id="1", posted_at=_NOW, text=text)
    started = time.process_time()
    extract.read(post)
    return time.process_time() - started


def main() -> None:
    seconds("Ищу сына Иванова Ивана, Ivanov, Іванов, г. Курск")  # the tables are read
    print(f"{'':<32}" + "".join(f"{length:>9,}" for length in LENGTHS) + "   growth")
    worst = 0.0
    for name in sys.argv[1:] or TEXTS:
        taken = [seconds(TEXTS[name](length)) for length in LENGTHS]
        worst = max(worst, *taken)
        growth = taken[2] / max(taken[1], 1e-6)
        print(f"{name:<32}" + "".join(f"{one:9.3f}" for one in taken) + f"{growth:9.1f}")
    print(f"{'the slowest':<32}{worst:9.3f} s")


if __name__ == "__main__":
    main()
