"""Mentions of a short post → a man named by his given name alone gains what is told of him.

«Костя сам позвонил!!!», «Тимофей объявился», «Брата нашли! Амаду!», «Глебка мой, это он»: replies
to a thread that knows who he is. Only where no man of the post has a surname.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.fates.states import DECEASED, STATES
from extract.layout import QUOTE, TITLE
from extract.people.mentions import SOUGHT, Mention, Surroundings, before
from extract.tokens import NUMBER, WORD, Token
from model import Sex
from russian.phrases import Hit, word_class

_NEAR = 6  # tokens between him and what is told
_TOLD = 3.5
_AGAINST = 2.0  # more than this, and he is rather somebody else
_FAMILY_NAME = 1.5  # net weight of a man with a surname who leaves no room for him
_MINE = word_class("pointers", "mine")
_SURELY = frozenset(("", "strong", "hospital", "video", "plain", "named", "mourning"))


def weigh_given_alone(found: Sequence[Mention], around: Surroundings) -> None:
    """Add what is told of men without a surname."""
    alone = [mention for mention in found if _may_be_told(mention, around)]
    if not alone or any(one.span.surname and one.net >= _FAMILY_NAME for one in found):
        return
    states = [hit for hit in around.hits if hit.table == "claims" and hit.value in STATES]
    kin = [hit for hit in around.hits if hit.table == "kin" and hit.value != "seeker"]
    for mention in alone if states else ():
        told = [hit for hit in states if _of_him(hit, mention, around)]
        if told or _answers(mention, states, kin, around) or _mine(mention, states, around):
            mention.add(SOUGHT, _TOLD, "told of him")


def _may_be_told(mention: Mention, around: Surroundings) -> bool:
    span = mention.span
    if span.surname or span.patronymic or not span.given or span.sex is not Sex.MALE:
        return False
    kind = around.layout.line(span.start_token).kind
    return kind not in (TITLE, QUOTE) and mention.against <= _AGAINST and not mention.quoted


def _of_him(hit: Hit, mention: Mention, around: Surroundings) -> bool:
    """Is he what the state is told of: beside it in its sentence, in the right case?"""
    span, layout = mention.span, around.layout
    if layout.sentence_of[hit.start] != layout.sentence_of[span.start_token]:
        return False
    first, last = min(hit.end, span.end_token), max(hit.start, span.start_token)
    if last - first > _NEAR or around.kin & set(range(first, last)):
        return False
    if hit.note == "call":
        keys = {token.key for token in around.tokens[max(0, span.start_token - 2) : hit.end + 1]}
        return hit.start >= span.end_token and (not _MINE.isdisjoint(keys) or "сам" in keys)
    opens = all(
        token.kind not in (WORD, NUMBER) or token.key in _MINE
        for token in _clause_before(mention, around)
    )
    return hit.note in _SURELY and (opens or hit.end <= span.start_token)


def _clause_before(mention: Mention, around: Surroundings) -> Sequence[Token]:
    """The tokens of his sentence before him, from a colon on: «передайте всем: Азат вышел»."""
    at = mention.span.start_token
    if before(around.tokens, at) == ":":
        return ()
    return around.tokens[around.layout.sentence(at).start : at]


def _answers(
    mention: Mention, states: Sequence[Hit], kin: Sequence[Hit], around: Surroundings
) -> bool:
    """«Брата нашли!!! Амаду!!!»: a sentence that only names whom the one before told of."""
    layout, at = around.layout, mention.span.start_token
    sentence = layout.sentence(at)
    words = [t for t in around.tokens[sentence.start : sentence.end] if t.kind is WORD]
    if len(words) != mention.span.end_token - at:
        return False
    before = layout.sentence_of[at] - 1
    return all(any(layout.sentence_of[h.start] == before for h in hits) for hits in (states, kin))


def _mine(mention: Mention, states: Sequence[Hit], around: Surroundings) -> bool:
    """«Глебка мой худой, но это он», «наш Витька в плену»"""
    layout, at = around.layout, mention.span.start_token
    beside = (at - 1, mention.span.end_token)
    if not any(0 <= n < len(around.tokens) and around.tokens[n].key in _MINE for n in beside):
        return False
    sentence = layout.sentence(at)
    keys = [token.key for token in around.tokens[sentence.start : sentence.end]]
    if ("это", "он") in pairwise(keys):
        return True
    here = [hit for hit in states if layout.sentence_of[hit.start] == layout.sentence_of[at]]
    return any(hit.note in _SURELY and STATES[hit.value] is not DECEASED for hit in here)
