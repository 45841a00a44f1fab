"""A list's cell with a person's name → surname, given name and patronymic in Russian letters."""

from __future__ import annotations

import re

from extract.names.spans import written
from extract.text import clean, fold
from model import Sex
from russian import given as given_names
from russian import surnames
from russian.inflect import NOMINATIVE
from russian.patronymics import DAUGHTER, SON, patronymic_forms, written_out
from russian.transliterate import is_ukrainian, to_russian

Parts = tuple[str | None, str | None, str | None]
_NOT_NAME = re.compile(r"\([^)]*\)|\[[^\]]*\]|[\d№*•]+\s*[.)]?|\bр\.\s?[нр]\.?|\bг\.\s?р\.?")
_DOUBLE = re.compile(r"([^\W\d_])\.?-([^\W\d_])\.")
_WORD = re.compile(r"[^\W\d_]\.?-[^\W\d_]\.|[^\W\d_]+(?:[-’'ʼ][^\W\d_]+)*\.?")


def parse_name_cell(text: str, order_hint: str | None = None, *, ukrainian: bool = False) -> Parts:
    """The parts of the one name a cell holds, nominative as it stands; None where there is none.

    `order_hint` is the order of the parts where the list's columns tell it: "sgp" (the default),
    "gps", "gp", "g", "s" or "p". Latin and Ukrainian spellings, capitals, initials and
    «оглы», «кызы», «уулу» are understood. `ukrainian`: the list is in Ukrainian, though the name
    may have no letter of its own («Кирило»).
    """
    words = _words(fold(clean(text)), ukrainian)
    if not words:
        return None, None, None
    order = order_hint or _order(words)
    parts: dict[str, list[str]] = {"s": [], "g": [], "p": []}
    for role, word in _assigned(words, order):
        parts[role].append(word)
    return (
        " ".join(parts["s"]) or None,
        " ".join(parts["g"]) or None,
        " ".join(parts["p"]) or None,
    )


def _words(text: str, ukrainian: bool) -> list[str]:
    """Words in Russian letters with their capitals; particles are joined to what they follow."""
    found = _WORD.findall(_NOT_NAME.sub(" ", text))
    ukrainian = ukrainian or any(is_ukrainian(word) for word in found)
    words: list[str] = []
    for word in found:
        dotted = word.endswith(".")
        low = to_russian(word.rstrip(".").lower(), ukrainian)
        if initials := _DOUBLE.fullmatch(word):  # «З.-Б.»
            words.append(f"{initials[1].upper()}.-{initials[2].upper()}.")
        elif (low in SON or low in DAUGHTER or low in ("уулу", "улуу")) and words:
            words[-1] += " " + low
        elif len(low) == 1 or dotted:
            words.append(low.capitalize() + ".")
        else:
            words.append(written(low))
    return words


def _order(words: list[str]) -> str:
    """Surname first, unless the words say otherwise."""
    patronymics = [place for place, word in enumerate(words) if _is_patronymic(word)]
    if len(words) == 1:
        return "g" if _given_worth(words[0]) > _surname_worth(words[0]) else "s"
    if words[0].endswith(".") and not words[-1].endswith("."):
        return "gps" if len(words) > 2 else "gs"
    if patronymics and len(words) >= 3 and patronymics[-1] == len(words) - 2:
        return "gps"
    if patronymics and len(words) == 2 and patronymics[-1] == 1 and _given_worth(words[0]) > 2:
        return "gp" if _surname_worth(words[0]) < _given_worth(words[0]) else "sgp"
    if len(words) == 2 and not words[1].endswith("."):
        straight = _surname_worth(words[0]) + _given_worth(words[1])
        turned = _given_worth(words[0]) + _surname_worth(words[1])
        return "gs" if turned > straight + 1 else "sg"
    return "sgp"


def _is_patronymic(word: str) -> bool:
    tail = re.split("[ -]", word.lower())[-1]
    if tail in SON or tail in DAUGHTER:
        return True
    forms = patronymic_forms(word.lower())
    return bool(forms) and bool(forms[0].mask & NOMINATIVE)


def _given_worth(word: str) -> float:
    facts = given_names.known(word)
    return 1 + min(3.0, facts.bearers / 100) if facts else 0.0


def _surname_worth(word: str) -> float:
    return min(2.0, surnames.count(word) / 20) + surnames.shaped(word)


def _assigned(words: list[str], order: str) -> list[tuple[str, str]]:
    if len(order) == 1:
        return [(order, _whole(order, word)) for word in words]
    if len(words) < len(order) and not _is_patronymic(words[-1]) and not words[-1].endswith("."):
        order = order.replace("p", "")
    roles = list(order[: len(words)])
    while len(roles) < len(words):  # a double given name, or more words than the order knows
        roles.insert(roles.index("g") + 1 if "g" in roles else len(roles), "g")
    pairs = list(zip(roles, words, strict=True))
    woman = any(role == "g" and _is_a_womans(word) for role, word in pairs)
    return [(role, _whole(role, word, woman=woman)) for role, word in pairs]


def _is_a_womans(given: str) -> bool:
    facts = given_names.known(given)
    return facts is not None and facts.sex is Sex.FEMALE


def _whole(role: str, word: str, *, woman: bool = False) -> str:
    """«Ник.» as a patronymic is Николаевич or Николаевна, «Григ.» as a given name Григорий."""
    if role == "g" and word.endswith(".") and len(word) > 2 and "-" not in word:
        name = given_names.from_abbreviation(word.rstrip("."))
        return written(name) if name else word
    if role == "p" and word.endswith(".") and len(word) > 2:
        full = written_out(word.rstrip("."), woman=woman)
        return written(full) if full else word
    return word
