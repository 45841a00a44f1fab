"""Persons of a text → the same, where the surname of one is told by another's.

A namesake who is not the one sought, a father, a mother or a wife lends the nameless man his.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.people.mentions import SEEKER, SOUGHT
from extract.people.person import Person
from extract.people.sameness import agree, plain
from model import Sex
from russian.given import full_names
from russian.inflect import masculine
from russian.transliterate import from_father

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_COUNTED = 1.5  # net weight of a man a post is about
_LEAST_SON = -1.0  # net weight of a man whose father's surname is his
_CALLED = 2.0  # weight of a man whose surname his father's tells


def name_after_others(found: Sequence[Person]) -> None:
    """Give the men without a surname that of a namesake, a father or whoever seeks them."""
    _name_after_namesakes(found)
    _name_after_patronymic(found)
    _name_after_kin(found)


def _name_after_namesakes(found: Sequence[Person]) -> None:
    """«Щербань Виктор 1969 года — другой человек. Наш Витя …»: a namesake lends the surname."""
    for other in found:
        if not (other.excluded and other.surname and other.given):
            continue
        for person in found:
            if person.surname is None and person.given and agree(person.given, other.given):
                person.surname = other.surname
                if len(full_names(person.given)) > 1 or person.given != other.given:
                    person.given = other.given


def _name_after_patronymic(found: Sequence[Person]) -> None:
    """«Андрей Данилов нашёл сына. Савва Андреевич жив»: his patronymic names his father."""
    for person in found:
        bare = person.surname is None and person.given and person.sex is not _WOMAN
        if not bare or person.patronymic is None or person.net < _LEAST_SON:
            continue
        fathers = [p for p in found if p.surname and is_father(p, person.patronymic)]
        if len(fathers) == 1:
            person.surname = fathers[0].surname
            person.mentions[0].add(SOUGHT, _CALLED, "full name")


def is_father(person: Person, patronymic: str) -> bool:
    """Is the patronymic that of his son?"""
    if person.given is None or person.initials or person.sex is _WOMAN:
        return False
    return from_father(plain(person.given)) == plain(patronymic)


def _name_after_kin(found: Sequence[Person]) -> None:
    """«Пропал сын Мурата Байчорова, Алим», «Вера Цыбуленко ищет брата Назара»."""
    nameless = [p for p in found if p.surname is None and p.given and p.asked_for]
    if len(nameless) != 1 or any(p.surname and p.net >= _COUNTED for p in found):
        return
    for other in found:
        why = {mention.why.get(SEEKER, "") for mention in other.mentions}
        father = any(reason.startswith("his ") for reason in why)
        seeks = any("=ищет" in reason for reason in why)
        family = any("семья" in reason for reason in why)
        if other.surname and (father or seeks or family):
            name = masculine(other.surname) if other.sex is _WOMAN else other.surname
            nameless[0].surname = name
            return
