"""Weighed mentions → the persons of a text, and which of them the post is about."""

from __future__ import annotations

from collections.abc import Sequence

from extract.names import NameSpan
from extract.people.joining import join_parts
from extract.people.mentions import SEEKER, SOUGHT, Mention
from extract.people.person import SEEKS, Person
from extract.people.sameness import agree, plain, same_surname
from model import Sex

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_LEAST = 3.0  # net weight a man with a surname needs
_LEAST_TOPICAL = 1.5  # the same where the post tells of a fate
_STANDS = ("stands by itself", "a sentence to himself")  # why a mention is weighed, and no more
_ROW = "list item"  # why a mention heads a row of a list
_COMPARED = 60  # persons a name is compared with, the latest
_FAR_BEHIND = 7.0  # a man this much less likely than another is named in passing
_LEAST_BROTHER = 2.0  # a given name alone, beside a full name («Ильнура ищем дальше»)
_LEAST_GIVEN = 2.0  # a man with a given name alone


def persons(mentions: Sequence[Mention]) -> list[Person]:
    """Mentions put together by name, in order of first appearance."""
    found: list[Person] = []
    homes: dict[int, Person] = {}
    for mention in sorted(mentions, key=_fullness):
        person: Person | None = homes.get(mention.after) if mention.after is not None else None
        if person is not None:
            person.mentions.append(mention)  # «Слепцов Айсен Петрович (Айка)»: by-name
            continue
        apart = mention.against >= 5 and mention.sought < 1
        mother = apart and mention.span.patronymic and not mention.span.surname
        odd = (
            mother
            or mention.excluded
            or mention.apart
            or (mention.span.initials and mention.against >= 4)
            or mention.writes
            or (mention.span.plural and mention.span.said)  # «оба Сычи»
            or (mention.span.plural and mention.against >= SEEKS - 1)  # «отец и мать Сычи»
        )
        if person is None and not odd:
            person = _home(mention.span, found, mention.span.start_token)
            if person is not None and mention.dated and any(m.dated for m in person.mentions):
                person = None  # «Матвеев Илья 2004 … Матвеев Илья (второй!) 2005»
            if person is not None and _another_row(mention, person):
                person = None  # «— Слепцов Айсен: … — Слепцов А. Г.: …»
            if person is not None and person.initials and mention.signs:
                person = None  # «наш Мальков М. М. … Муся Малькова»
        if person is None and not odd and (namesake := _by_given(mention.span, found)):
            namesake.mentions.append(mention)  # «Демьян Лукашин … про Демьяна»
            continue
        if person is None:
            person = Person()
            found.append(person)
        person.take(mention)
        homes[mention.span.end_token] = person
    join_parts(found)
    for person in found:
        person.mentions.sort(key=lambda mention: mention.span.start_token)
        _unsign(person)
    found.sort(key=lambda person: person.mentions[0].span.start_token)
    return found


def _another_row(mention: Mention, person: Person) -> bool:
    """Does each head a row of its own of a list, and not by the same name?"""
    rows = [one for one in (mention, *person.mentions) if one.why.get(SOUGHT) == _ROW]
    if len(rows) <= 1 or rows[0] is not mention:
        return False
    span = mention.span
    short = bool(span.given and span.given.endswith(".")) or person.initials
    return short and (span.given, span.patronymic) != (person.given, person.patronymic)


def _unsign(person: Person) -> None:
    """«Отвоевался наш Фарид. … Мухаметшин Фарид.»: who was told of before signs nothing."""
    first, *later = person.mentions
    if person.sex is _WOMAN or first.against >= SEEKS - 1 or first.span.initials:
        return
    for mention in later:
        if mention.why.get(SEEKER) == "signature" and mention.span.surname and mention.span.given:
            mention.scores[SEEKER] -= mention.loudest[SEEKER]


def subjects(
    found: Sequence[Person], *, asking: bool, topical: bool, contact: bool, serves: bool
) -> list[Person]:
    """The persons a post is about; empty where it is about none.

    `topical`: the post tells of a fate; `asking`: it asks for someone; `contact`: it says whom to
    call; `serves`: how somebody serves. Where it does none of these, only a list, a birth date or
    the place of a whole name makes it a record.
    """
    least = _LEAST_TOPICAL if topical else _LEAST
    chosen = [
        p
        for p in found
        if p.surname and not p.excluded and not p.only_quoted
        if p.net >= least or (p.free and p.net >= _LEAST_TOPICAL)
        if topical or contact or p.dated or p.given
    ]
    chosen += [
        p
        for p in found
        if not p.surname
        and p.given
        and not p.excluded
        and (p.sex is not _WOMAN or p.told)
        and p.net >= (_LEAST_GIVEN if not chosen else _LEAST_BROTHER)
        and not (chosen and any(mention.against >= SEEKS for mention in p.mentions))
        and (p.asked_for if not chosen else p.asked_for_by_word)
    ][:2]
    chosen = [p for p in chosen if not _misspelt(p, chosen)]
    chosen.sort(key=lambda p: p.mentions[0].span.start_token)
    another = (_a_relative, _a_wife, _signs_short, _closes_anothers, _told_as_kin)
    chosen = [p for p in chosen if not any(is_so(p, chosen) for is_so in another)]
    chosen = [p for p in chosen if not _signs_beside(p, found)]
    best = max((p.net for p in chosen), default=0.0)
    chosen = [p for p in chosen if p.net >= min(_LEAST, best - _FAR_BEHIND)]
    if not chosen and serves:
        chosen = [p for p in found if _herself(p, found)]
    if not chosen and asking:
        likely = [
            p
            for p in found
            if p.surname and p.given and p.net >= 1.0 and not p.excluded and p.sex is not _WOMAN
        ]
        chosen = sorted(likely, key=lambda p: -p.net)[:1]
    return chosen


def _herself(person: Person, found: Sequence[Person]) -> bool:
    """«Девушка наша — Хабирова Айгуль Ринатовна, 04.08.1998, медсестра»: and no man is named."""
    whole = person.surname and person.given and person.patronymic and not person.initials
    if person.sex is not _WOMAN or not whole or not person.born or person.excluded:
        return False
    return all(p is person or (not p.surname and p.sex is _WOMAN) for p in found)


def _misspelt(person: Person, chosen: Sequence[Person]) -> bool:
    """«в части писали „Котов Джахангир“»: a quoted spelling of one who is named."""
    quoted = not person.dated and all(mention.quoted for mention in person.mentions)
    return quoted and any(p is not person and p.surname == person.surname for p in chosen)


def _a_relative(person: Person, chosen: Sequence[Person]) -> bool:
    """Initials beside a word of kinship, where another of the surname is named in full."""
    if not person.initials or all(m.scores.get(SEEKER, 0) < 4 for m in person.mentions):
        return False
    return any(one is not person and one.surname == person.surname for one in chosen)


def _signs_beside(person: Person, found: Sequence[Person]) -> bool:
    """A woman's name that only stands there, beside a man of her surname: «… Варвара Колесова»."""
    alone = all(mention.why.get(SOUGHT) in _STANDS for mention in person.mentions)
    return alone and _a_wife(person, [p for p in found if p is not person and not p.excluded])


def _signs_short(person: Person, chosen: Sequence[Person]) -> bool:
    """«Рыжов Анатолий Юрьевич … Рыжова О.»: initials of another, and his surname as hers."""
    if not person.initials or person.dated or not person.surname or not person.given:
        return False
    ends = person.mentions[0].span.cases
    return "nomn" not in ends and any(
        one is not person
        and one.surname == person.surname
        and one.given
        and not one.initials
        and one.given[0] != person.given[0]
        for one in chosen
    )


def _closes_anothers(person: Person, chosen: Sequence[Person]) -> bool:
    """«Мой сын Савватий живой! … Перелыгин Фёдор, Приморье»: the father signs with his name."""
    alone = all(mention.why.get(SOUGHT) == "stands by itself" for mention in person.mentions)
    his = [p for p in chosen if p.surname is None and p.asked_for]
    last = alone and not person.dated and person is chosen[-1]
    return last and any(not agree(p.given, person.given) for p in his)


def _told_as_kin(person: Person, chosen: Sequence[Person]) -> bool:
    """«Ищу сына … Отец Пичугин Аркадий Львович, 1969»: a verb asks for another alone."""
    if not all(mention.kin for mention in person.mentions):
        return False
    others = [p for p in chosen if not any(mention.kin for mention in p.mentions)]
    loudest = max((_loudest(p) for p in others), default=0.0)
    asked = any(p.asked_for and p.named[0] < person.named[0] for p in others) or loudest > SEEKS
    return asked and (_loudest(person) < SEEKS or _loudest(person) == SEEKS < loudest)


def _loudest(person: Person) -> float:
    return max(mention.loudest.get(SOUGHT, 0.0) for mention in person.mentions)


def _a_wife(person: Person, chosen: Sequence[Person]) -> bool:
    """A woman no date vouches for, beside a man of her surname."""
    if person.sex is not _WOMAN or person.dated or not person.surname:
        return False
    mine = plain(person.surname).removesuffix("а").removesuffix("ая")
    return any(
        one.sex is _MAN and one.surname and plain(one.surname).startswith(mine[:-1])
        for one in chosen
    )


def _fullness(mention: Mention) -> tuple[int, int]:
    span = mention.span
    signed = mention.why.get(SEEKER) == "signature"
    whole = span.surname is not None and span.given is not None and not (span.initials or signed)
    rank = 1 if whole else 2 if span.surname else 3
    return (0 if whole and span.patronymic else rank, span.start_token)


def _home(span: NameSpan, found: Sequence[Person], at: int) -> Person | None:
    fitting = [
        person for person in found[-_COMPARED:] if not person.excluded and _fits(span, person)
    ]
    if not fitting:
        return None
    if len(fitting) == 1:
        return fitting[0]
    if span.surname and not span.given:
        return fitting[0] if span.patronymic is None else None
    before = [p for p in fitting if p.mentions[0].span.start_token < at]
    return max(before or fitting, key=lambda p: p.mentions[0].span.start_token)


def _by_given(span: NameSpan, found: Sequence[Person]) -> Person | None:
    """The one man whose given name a word read as a bare surname is."""
    if span.surname is None or span.given or span.patronymic:
        return None
    same = [p for p in found if p.surname and p.given and plain(p.given) == plain(span.surname)]
    return same[0] if len(same) == 1 else None


def _fits(span: NameSpan, person: Person) -> bool:
    if span.sex and person.sex and span.sex is not person.sex:
        return False
    if span.surname and person.surname:
        if not same_surname(span.surname, person.surname, alone=span.given is None):
            return False
    elif (span.surname and not span.given) or (
        not span.surname and (not span.given or not person.given)
    ):
        return False
    short = bool(span.surname) and agree(span.as_written, person.given)  # «Витя Май» of Виталий
    return (agree(span.given, person.given) or short) and (
        agree(span.patronymic, person.patronymic, loose=bool(span.surname) or person.initials)
        if span.patronymic and person.patronymic
        else True
    )
