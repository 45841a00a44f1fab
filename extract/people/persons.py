"""Weighed mentions → the persons of a text, and which of them the post is about."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.names import NameSpan
from extract.people.mentions import NAMESAKE, SEEKER, SOUGHT, Mention
from extract.people.sameness import agree, fuller, plain, same_surname
from model import Sex
from russian.given import full_names, known

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_LEAST = 3.0  # net weight a man with a surname needs
_LEAST_TOPICAL = 1.5  # the same where the post tells of a fate
_WOMANLY = ("ва", "на", "ая", "яя")  # ends of surnames that a man's would lack
_OBLIQUE_ENDS = ("ова", "ева", "ёва", "ина", "ына")  # a woman's nominative, a man's accusative
_COMPARED = 60  # persons a name is compared with, the latest
_LEAST_WED = -2.0  # net weight of a given name and patronymic that go with a surname
_SEEKS = 4.0  # weight at which a name is rather a relative's
_FAR = 120  # tokens between a man and the patronymic said of him
_NEAR = 20  # tokens between a given name and the surname that belongs to it
_FAR_BEHIND = 7.0  # a man this much less likely than another is named in passing
_LEAST_BROTHER = 2.0  # a given name alone, beside a full name («Ильнура ищем дальше»)
_FAMILY = 2  # men of one family
_LEAST_GIVEN = 2.0  # a man with a given name alone


@dataclass(slots=True)
class Person:
    """Mentions of one man."""

    mentions: list[Mention] = field(default_factory=list)
    surname: str | None = None
    given: str | None = None
    patronymic: str | None = None
    sex: Sex | None = None
    excluded: bool = False  # the text says outright that he is not the one

    def take(self, mention: Mention) -> None:
        """Add a mention; fuller parts of the name take the place of initials and short forms."""
        span = mention.span
        self.mentions.append(mention)
        self.excluded = self.excluded or mention.excluded
        if self.surname is None or (span.surname and len(span.surname) > len(self.surname) + 2):
            self.surname = span.surname or self.surname
        if span.surname or not self.initials or self._spelt_out(mention):
            self.given = fuller(self.given, span.given)
            self.patronymic = fuller(self.patronymic, span.patronymic)
        self.sex = self.sex or span.sex

    def _spelt_out(self, mention: Mention) -> bool:
        """Does a name without a surname say what his initial stands for?"""
        given = mention.span.given
        same = bool(given and self.given and given[0] == self.given[0] and given[-1] != ".")
        at = mention.span.start_token
        beside = any(abs(at - end) <= 2 or abs(start - at) <= 2 for start, end in self.named[:-1])
        whole = mention.span.patronymic is not None
        return same and (whole or beside) and mention.against < _SEEKS

    @property
    def initials(self) -> bool:
        """Is his given name only an initial?"""
        return bool(self.given and self.given.endswith("."))

    @property
    def net(self) -> float:
        """The weight for being the man the post is about."""
        if len(self.mentions) == 1:
            return self.mentions[0].net
        ordered = sorted([mention.net for mention in self.mentions], reverse=True)
        return ordered[0] + sum(max(0.0, min(2.0, net * 0.3)) for net in ordered[1:3])

    @property
    def sought(self) -> float:
        """The greatest weight any mention has for him."""
        return max(mention.sought for mention in self.mentions)

    @property
    def asked_for(self) -> bool:
        """Does a verb of searching or losing stand right beside one of his mentions?"""
        return any(mention.loudest.get(SOUGHT, 0.0) > 2.0 for mention in self.mentions)

    @property
    def dated(self) -> bool:
        """Does a birth date, a list or a field vouch for him?"""
        return any(mention.vouched for mention in self.mentions)

    @property
    def free(self) -> bool:
        """Is his whole name subject or object of a sentence?"""
        return any(mention.free for mention in self.mentions)

    @property
    def only_quoted(self) -> bool:
        """Is he a bare surname in quotation marks: how somebody misspells it, a nickname?"""
        return self.given is None and all(mention.quoted for mention in self.mentions)

    @property
    def alias(self) -> bool:
        """«под чужой фамилией, Пашков»"""
        return all(NAMESAKE in mention.why for mention in self.mentions)

    @property
    def named(self) -> tuple[tuple[int, int], ...]:
        """Token ranges of his mentions."""
        return tuple((m.span.start_token, m.span.end_token) for m in self.mentions)


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
        )
        if person is None and not odd:
            person = _home(mention.span, found, mention.span.start_token)
            if person is not None and mention.dated and any(m.dated for m in person.mentions):
                person = None  # «Матвеев Илья 2004 … Матвеев Илья (второй!) 2005»
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
    _name_family(found)
    _wed(found)
    _give_patronymic(found)
    _name_after_namesakes(found)
    _name_after_father(found)
    for person in found:
        person.mentions.sort(key=lambda mention: mention.span.start_token)
        _unsign(person)
    found.sort(key=lambda person: person.mentions[0].span.start_token)
    return found


def _unsign(person: Person) -> None:
    """«Отвоевался наш Фарид. … Мухаметшин Фарид.»: who was told of before signs nothing."""
    first, *later = person.mentions
    if person.sex is _WOMAN or first.against >= _SEEKS - 1 or first.span.initials:
        return
    for mention in later:
        if mention.why.get(SEEKER) == "signature" and mention.span.surname and mention.span.given:
            mention.scores[SEEKER] -= mention.loudest[SEEKER]


def _give_patronymic(found: list[Person]) -> None:
    """«Хубиев Ахмат, 2003. Отчество Шамилевич»: it is that of the one man it fits."""
    for said in [p for p in found if all(m.span.said or _shared(m.span) for m in p.mentions)]:
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


def _name_family(found: list[Person]) -> None:
    """«Тема: отец и сын Нечай … Богдан вернулся, Тимофея нет»: a title's surname is theirs."""
    titled = [p for p in found if p.given is None and (_in_title_alone(p) or _plural(p))]
    sons = [p for p in found if p not in titled and p.sex is not _WOMAN and p.net > -1]
    sons = [p for p in sons if p.surname is None or (p.given is None and known(p.surname))]
    named = any(p.surname and p.given and p.net > 0 for p in found)
    if len(titled) != 1 or len(sons) < _FAMILY or named:
        return
    for person in sons:
        person.given = person.given or person.surname  # «Богдан» is a surname too
        person.surname = titled[0].surname
        person.mentions[0].add(SOUGHT, 1.5, "full name")
    found.remove(titled[0])


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


def _name_after_namesakes(found: Sequence[Person]) -> None:
    """«Щербань Виктор 1969 года — другой человек. Наш Витя …»: a namesake lends the surname."""
    for other in found:
        if not other.excluded or not other.surname:
            continue
        for person in found:
            if person.surname is None and person.given and agree(person.given, other.given):
                person.surname = other.surname
                if len(full_names(person.given)) > 1 or person.given != other.given:
                    person.given = other.given


def _name_after_father(found: Sequence[Person]) -> None:
    """«Пропал сын Мурата Байчорова, Алим», «Вера Цыбуленко ищет брата Назара»."""
    nameless = [p for p in found if p.surname is None and p.given and p.asked_for]
    if len(nameless) != 1 or any(p.surname and p.net >= _LEAST_TOPICAL for p in found):
        return
    for other in found:
        why = {mention.why.get(SEEKER, "") for mention in other.mentions}
        father = any(reason.startswith("his ") for reason in why)
        sister = any("=ищет" in reason for reason in why)
        neutral = other.surname and not plain(other.surname).endswith(_WOMANLY)
        family = any("семья" in reason for reason in why)
        if other.surname and (father or (sister and neutral) or family):
            nameless[0].surname = other.surname
            return


def subjects(
    found: Sequence[Person], *, asking: bool, topical: bool, contact: bool
) -> list[Person]:
    """The persons a post is about; empty where it is about none.

    `topical`: the post tells of a fate; `asking`: it asks for someone; `contact`: it says whom to
    call. Where it does none of these, only a list, a birth date or the place of a whole name makes
    it a record.
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
        and p.sex is not _WOMAN
        and p.net >= (_LEAST_GIVEN if not chosen else _LEAST_BROTHER)
        and not (chosen and any(mention.against >= _SEEKS for mention in p.mentions))
        and p.asked_for
    ][:2]
    chosen = [p for p in chosen if not _misspelt(p, chosen)]
    chosen.sort(key=lambda p: p.mentions[0].span.start_token)
    another = (_a_relative, _a_wife, _closes_anothers)
    chosen = [p for p in chosen if not any(is_so(p, chosen) for is_so in another)]
    best = max((p.net for p in chosen), default=0.0)
    chosen = [p for p in chosen if p.net >= min(_LEAST, best - _FAR_BEHIND)]
    if not chosen and asking:
        likely = [
            p
            for p in found
            if p.surname and p.given and p.net >= 1.0 and not p.excluded and p.sex is not _WOMAN
        ]
        chosen = sorted(likely, key=lambda p: -p.net)[:1]
    return chosen


def _misspelt(person: Person, chosen: Sequence[Person]) -> bool:
    """«в части писали „Котов Джахангир“»: a quoted spelling of one who is named."""
    quoted = not person.dated and all(mention.quoted for mention in person.mentions)
    return quoted and any(p is not person and p.surname == person.surname for p in chosen)


def _a_relative(person: Person, chosen: Sequence[Person]) -> bool:
    """Initials beside a word of kinship, where another of the surname is named in full."""
    if not person.initials or all(m.scores.get(SEEKER, 0) < 4 for m in person.mentions):
        return False
    return any(one is not person and one.surname == person.surname for one in chosen)


def _closes_anothers(person: Person, chosen: Sequence[Person]) -> bool:
    """«Мой сын Савватий живой! … Перелыгин Фёдор, Приморье»: the father signs with his name."""
    alone = all(mention.why.get(SOUGHT) == "stands by itself" for mention in person.mentions)
    his = [p for p in chosen if p.surname is None and p.asked_for]
    last = alone and not person.dated and person is chosen[-1]
    return last and any(not agree(p.given, person.given) for p in his)


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
