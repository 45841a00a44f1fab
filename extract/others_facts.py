"""Facts of a text → the same without ages and births told right behind a bystander's name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import NamedTuple

from extract.assemble import Facts
from extract.dates.ages import AgeSpan
from extract.people.mentions import Surroundings
from extract.people.person import Person
from extract.tokens import MARK
from model import Sex

_REACH = 6  # tokens between a name and an age told of it
_BETWEEN = frozenset(
    ("у", "него", "нас", "меня", "уже", "тоже", "сейчас", "наш", "наша", "мой", "моя", "его")
)
_PRONOUNS = {"ему": Sex.MALE, "ей": Sex.FEMALE}


class _Name(NamedTuple):
    end: int  # one past its last token
    sex: Sex | None


def without_others(
    facts: Facts, people: Sequence[Person], chosen: Sequence[Person], around: Surroundings
) -> Facts:
    """The facts but for a bystander's years: «Эйно, папа, 64 года», «Мама Ольга, ей 71»."""
    if not facts.ages or len(people) == len(chosen):
        return facts
    sought = {id(one) for one in chosen}
    others = [
        _Name(mention.span.end_token, mention.span.sex)
        for one in people
        if id(one) not in sought
        for mention in one.mentions
        if mention.span.given and "nomn" in mention.span.cases
    ]
    ages = [age for age in facts.ages if not any(_beside(name, age, around) for name in others)]
    return replace(facts, ages=ages)


def _beside(name: _Name, span: AgeSpan, around: Surroundings) -> bool:
    if not 0 <= span.first - name.end <= _REACH:
        return False
    return all(_passes(at, name, around) for at in range(name.end, span.first))


def _passes(at: int, name: _Name, around: Surroundings) -> bool:
    """May the token stand between a name and its age: a mark, kinship, «у него», «ей»?"""
    token = around.tokens[at]
    if token.kind is MARK:
        return token.text not in "!?…."
    if token.key in _PRONOUNS:
        return name.sex is None or name.sex is _PRONOUNS[token.key]
    return at in around.kin or token.key in _BETWEEN or "ADJF" in token.word.tags
