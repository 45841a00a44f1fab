"""The words around each named man → the odds that the post is about him, by learned weights.

The second reader. Rules say who is sought (`roles`, `persons.subjects`); then every word of the
post and of the sentences that name him has its say, and how he is named: a logistic model over
dictionary forms (`russian/sought_words.tsv`, made by `python -m benchmarks.sought --write`). It
takes away whom the rules chose for want of better, and adds nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from typing import NamedTuple

from extract.fates.lexis import features, share
from extract.layout import Layout
from extract.people.mentions import Surroundings
from extract.people.person import Person
from model import Sex
from russian.phrases import rows

SIGN = "="  # begins the rows of how a man is named
BIAS = "*"  # the row of what holds before anything is seen
# How much the rules' word weighs against the odds (log-odds): measured author by author on texts
# no rule was mended for (`python -m benchmarks.sought`).
_TRUST, _TRUST_PLACE = 2.4, 1.0
FEW = 2  # men a post is about, of whom each is weighed: a list is the rules' alone
_MOST_PEOPLE, _MOST_MENTIONS = 8, 3
_WEIGHT = 4.0  # rules' weights are counted in fours
_MALE, _FEMALE = Sex.MALE, Sex.FEMALE


class Seen(NamedTuple):
    """What stands around one man: words of the post, of his sentences, and how he is named."""

    post: Mapping[str, int]
    sentences: Mapping[str, int]
    signs: Mapping[str, float]


def seen(
    people: Sequence[Person], around: Surroundings, asked: Sequence[Person], *, serves: bool
) -> list[Seen]:
    """For each asked of the people of a post. `serves`: it names a unit or how somebody serves."""
    tokens, layout = around.tokens, around.layout
    named = sorted(span for person in people for span in person.named)
    post = features(tokens, [(0, len(tokens))], named)
    first = max(people, key=lambda person: person.net, default=None)
    found = []
    for person in asked:
        told = sorted({_sentence(start, layout) for start, _ in person.named})
        signs = _signs(person, people) | _told(person, around)
        signs |= {"likeliest": float(person is first), "serves": float(serves)}
        found.append(Seen(post, features(tokens, told, named), signs))
    return found


def odds(one: Seen) -> float:
    """The logarithm of the odds that the post is about him."""
    table = _weights()
    total = table[BIAS][0]
    for words, column in ((one.post, 0), (one.sentences, 1)):
        each = share(len(words))
        total += each * sum(table[word][column] for word in words if word in table)
    return total + sum(table[SIGN + name][0] * value for name, value in one.signs.items())


def trust(person: Person, *, told: bool) -> float:
    """How much the rules' word for him weighs. `told`: the post asks for somebody or tells of one.

    A whole name in a post that does neither has only its place for it, which is little.
    """
    return _TRUST_PLACE if person.surname and person.given and not told else _TRUST


def doubted(
    chosen: Sequence[Person],
    people: Sequence[Person],
    around: Surroundings,
    *,
    serves: bool,
    told: bool,
) -> list[Person]:
    """Those of the chosen whom the words do not speak against too strongly."""
    if not 0 < len(chosen) <= FEW:
        return list(chosen)
    open_ = [p for p in chosen if not p.dated]
    weighed = zip(open_, seen(people, around, open_, serves=serves), strict=True) if open_ else ()
    against = {id(p) for p, one in weighed if odds(one) + trust(p, told=told) < 0}
    return [p for p in chosen if id(p) not in against]


def _sentence(at: int, layout: Layout) -> tuple[int, int]:
    sentence = layout.sentence(at)
    return sentence.start, sentence.end


def _signs(person: Person, people: Sequence[Person]) -> dict[str, float]:
    first = person.mentions[0]
    held = {
        "surname": person.surname,
        "given": person.given,
        "patronymic": person.patronymic,
        "initials": person.initials,
        "male": person.sex is _MALE,
        "female": person.sex is _FEMALE,
        "dated": person.dated,
        "free": person.free,
        "weak": first.span.weak,
        "nominative": "nomn" in first.span.cases,
        "quoted": first.quoted,
        "excluded": person.excluded,
        "alone": len(people) == 1,
        "first": person is people[0],
        "last": person is people[-1],
    }
    counted = {
        "mentions": min(_MOST_MENTIONS, len(person.mentions)) / _WEIGHT,
        "people": min(_MOST_PEOPLE, len(people)) / _WEIGHT,
    }
    return {name: 1.0 for name, holds in held.items() if holds} | counted


def _told(person: Person, around: Surroundings) -> dict[str, float]:
    """What rules found beside him."""
    held = {
        "fate": any(around.layout.sentence_of[at] in around.fates for at, _ in person.named),
        "asked": person.asked_for,
        "contact": bool(around.contacts),
    }
    return {name: 1.0 for name, holds in held.items() if holds}


@cache
def _weights() -> dict[str, tuple[float, float]]:
    one: dict[str, float] = {}  # of each figure, which stands there many times
    return {
        word: (one.setdefault(post, float(post)), one.setdefault(told, float(told)))
        for word, post, told in rows("sought_words")
    }
