"""The phrases of a man's parts → whether the request for him is itself taken back."""

from __future__ import annotations

from collections.abc import Sequence

from extract.fates.pleas import PLEAS
from extract.fates.states import RETRACTED, SOUGHT
from extract.fates.verdicts import Verdict
from extract.tokens import Token
from model import Claim
from russian.phrases import Hit

WITHDRAWN = frozenset(("request_withdrawn", "post_withdrawn"))
CORRECTION = "taken_back"
Facts = tuple[str, ...]


def facts_beside(said: Verdict) -> Facts:
    """The facts of a verdict; one that takes nothing back ends no search either."""
    return said.facts if said.claim is RETRACTED else _without(said.facts)


def ending(
    facts: Facts, own: Sequence[Hit], tokens: Sequence[Token], *, edited: bool
) -> tuple[Claim, Facts]:
    """The claim and facts of a retraction; «ищем дальше, пост снимаю» ends no search.

    An `edited` search stays one: it takes back what was told of him.
    """
    if edited:
        return SOUGHT, (*_without(facts), CORRECTION)
    return RETRACTED, _without(facts) if _sought_on(own, tokens) else facts


def _sought_on(own: Sequence[Hit], tokens: Sequence[Token]) -> bool:
    """«Ищем дальше»; but not «больше не ищем», «никуда не пропадал»."""
    pleas = [hit.start for hit in own if hit.value in PLEAS or hit.value == "again"]
    return any(not at or tokens[at - 1].key != "не" for at in pleas)


def _without(facts: Facts) -> Facts:
    return tuple(fact for fact in facts if fact not in WITHDRAWN)
