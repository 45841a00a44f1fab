"""Persons of a text → the same, where a part of a name told apart is given to the man it is of.

A patronymic said afterwards, a surname and a given name in two sentences, a family's name in a
title, the surname of a father or a namesake.
"""

from __future__ import annotations

from extract.names import NameSpan
from extract.people.kin_surnames import is_father, name_after_others
from extract.people.mentions import OFFICE, SOUGHT
from extract.people.person import Person
from model import Sex
from russian.given import known

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_COUNTED = 1.5  # net weight of a man a post is about
_WOMANLY = ("ва", "на", "ая", "яя")  # ends of surnames that a man's would lack
_OBLIQUE_ENDS = ("ова", "ева", "ёва", "ина", "ына")  # a woman's nominative, a man's accusative
_LEAST_WED = -2.0  # net weight of a given name and patronymic that go with a surname
_LEAST_LONE = -3.0  # net weight of a patronymic alone that is his
_FAR = 120  # tokens between a man and the patronymic said of him
_NEAR = 20  # tokens between a given name and the surname that belongs to it
_LEAST_OF_FAMILY = -1.0  # net weight of one of a family
_ANOTHER = 2.0  # net weight of a man of another surname who leaves no room for a family's
_LEAST_TOLD = -2.5  # net weight of a given name whose surname is told
_TOLD = 2.0  # weight of the man whose surname is told
_FAMILY = 2  # men of one family
_OF_FAMILY = 3.0  # weight of a given name whose surname is told of all


def join_parts(found: list[Person]) -> None:
    """Give each part of a name that was told apart to its man; `found` changes in place."""
    _name_family(found)
    _give_surname(found)
    _wed(found)
    _give_patronymic(found)
    _give_lone_patronymic(found)
    name_after_others(found)


def _give_patronymic(found: list[Person]) -> None:
    """«Хубиев Ахмат, 2003. Отчество Шамилевич»: it is that of the one man it fits."""
    told = [p for p in found if p.patronymic and p.given is None]
    for said in [p for p in told if all(m.span.said or _shared(m.span) for m in p.mentions)]:
        at = said.named[0][0]
        free = [
            p
            for p in found
            if p.given
            and _lacks(p.patronymic, said.patronymic)
            and not p.initials
            and (None in (p.sex, said.sex) or p.sex is said.sex)
            if p.net > 0 and abs(p.named[0][0] - at) < _FAR
        ]
        free = [p for p in free if p.named[0][0] < at] or free
        if not free:
            continue
        several = any(mention.span.plural for mention in said.mentions)  # «оба Эдуардовичи»
        owner = max(free, key=lambda p: (p.surname is not None, p.net))
        for one in free if several else [owner]:
            one.patronymic = said.patronymic
        owner.mentions += said.mentions
        found.remove(said)


def _give_lone_patronymic(found: list[Person]) -> None:
    """«Назар пропал в марте. Вячеславович, 1990»: of the one man named it can be nobody else's."""
    lone = [
        p
        for p in found
        if p.patronymic and p.given is None and p.surname is None and p.sex is not _WOMAN
        if p.net > _LEAST_LONE and any(_in_papers(m.span) for m in p.mentions)
    ]
    if len(lone) != 1:
        return
    men = [p for p in found if p.given and p.patronymic is None and p.net > 0 and not p.initials]
    men = [p for p in men if not is_father(p, lone[0].patronymic or "")]
    if len(men) != 1 or men[0].sex is _WOMAN or men[0].excluded:
        return
    if abs(men[0].named[0][0] - lone[0].named[0][0]) < _FAR:
        men[0].patronymic = lone[0].patronymic
        men[0].mentions += lone[0].mentions
        found.remove(lone[0])


def _in_papers(span: NameSpan) -> bool:
    """«Вячеславович», not «Михалыч» nor «у Петровича»"""
    return "nomn" in span.cases and span.as_form.lower().endswith("вич")


def _lacks(has: str | None, said: str | None) -> bool:
    """Has he no patronymic, or the same in the words of home («Алишер угли», «Алишерович»)?"""
    return has is None or (" " in has and said is not None and has[:3] == said[:3])


def _shared(span: NameSpan) -> bool:
    return span.plural and span.patronymic is not None and not (span.given or span.surname)


def _wed(found: list[Person]) -> None:
    """A surname alone and a given name alone, one of each and both asked for, are one man."""
    surnames = [p for p in found if p.given is None and p.patronymic is None and p.net >= 0]
    surnames = [p for p in surnames if p.net > 0] or surnames
    givens = [
        p
        for p in found
        if p.surname is None and p.given and p.sex is not _WOMAN
        if p.net > (_LEAST_WED if p.patronymic else -1)
    ]
    givens = [p for p in givens if p.net > 0] or givens  # «Эрика вашего видел … назвался Сергеем»
    whole = any(p.surname and p.given and p.net > 0 for p in found)
    if len(surnames) != 1 or len(givens) != 1 or surnames[0].only_quoted or surnames[0].alias:
        return
    apart = abs(surnames[0].named[0][0] - givens[0].named[0][0])
    if not whole or (apart < _NEAR and givens[0].sought > 2):
        _as_a_mans(surnames[0], givens[0])
        for mention in givens[0].mentions:
            surnames[0].take(mention)
        surnames[0].mentions[0].add(SOUGHT, 1.5, "full name")
        found.remove(givens[0])


def _give_surname(found: list[Person]) -> None:
    """«Помогите Джамалу. … Нуриевым пишется»: a surname told as one is the nameless man's."""
    told = [p for p in found if p.given is None and p.surname and _is_told(p)]
    whole = any(p.surname and p.given and p.net > 0 and not p.initials for p in found)
    if whole or len(told) != 1 or told[0].only_quoted or told[0].alias:
        return
    said, at = told[0], told[0].named[0][0]
    men = [
        p
        for p in found
        if p.given and p.surname is None and p.sex is not _WOMAN and not p.initials
        if p.net > _LEAST_TOLD and abs(p.named[0][0] - at) < _FAR and not p.excluded
    ]
    if not men:
        return
    owner = max(men, key=lambda p: (p.patronymic is not None, p.named[0][0] < at, p.net))
    for mention in said.mentions:
        owner.take(mention)
    owner.mentions[0].add(SOUGHT, _TOLD, "full name")
    found.remove(said)


def _is_told(person: Person) -> bool:
    mentions = person.mentions
    others = any(mention.span.plural or OFFICE in mention.scores for mention in mentions)
    return not others and any(mention.span.said for mention in mentions)


def _name_family(found: list[Person]) -> None:
    """«Тема: отец и сын Нечай … Богдан вернулся, Тимофея нет»: a title's surname is theirs."""
    titled = [p for p in found if p.given is None and (_in_title_alone(p) or _plural(p))]
    if len(titled) != 1:
        return
    said = any(mention.span.said for mention in titled[0].mentions)  # «оба Сычи»
    others = [p for p in found if p.surname and p.given and p.surname != titled[0].surname]
    if any(p.net > (_ANOTHER if said else 0) for p in (others if said else _whole(found))):
        return
    least = _LEAST_TOLD if said else _LEAST_OF_FAMILY
    sons = [p for p in found if p not in titled and p.sex is not _WOMAN and p.net > least]
    sons = [p for p in sons if _given_alone(p)]
    if len(sons) < (1 if said else _FAMILY):
        return
    for person in sons:
        person.given = person.given or person.surname  # «Богдан» is a surname too
        person.surname = titled[0].surname
        person.mentions[0].add(SOUGHT, _OF_FAMILY, "full name")
    found.remove(titled[0])


def _given_alone(person: Person) -> bool:
    """Has he a given name and no surname, or one word that may be either?"""
    if person.surname is None:
        return person.given is not None
    return person.given is None and known(person.surname) is not None


def _whole(found: list[Person]) -> list[Person]:
    return [p for p in found if p.surname and p.given]


def _plural(person: Person) -> bool:
    """«По братьям Долгополовым»"""
    return bool(person.surname) and all(m.span.plural for m in person.mentions)


def _in_title_alone(person: Person) -> bool:
    return bool(person.surname) and all(m.why.get(SOUGHT) == "title" for m in person.mentions)


def _as_a_mans(owner: Person, given: Person) -> None:
    """«Щеглова нашли! Матвей сам вышел»: a form read as a woman's is a man's accusative."""
    womanly = owner.surname is not None and owner.surname.endswith(_OBLIQUE_ENDS)
    if owner.surname and womanly and owner.sex is _WOMAN and given.sex is _MAN:
        owner.surname, owner.sex = owner.surname[:-1], _MAN
