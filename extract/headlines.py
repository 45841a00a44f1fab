"""Names a sentence is about by its shape alone → weights for being the sought man.

«И снова Мельничук. С апреля молчит.»: a sentence of a bare surname is about him. «… погиб. А Ваня
жив», «Про Марата ничего»: a given name set against a man told of before is another of them.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.mentions import SOUGHT, Mention, Surroundings
from extract.states import STATES
from extract.tokens import WORD
from model import Sex
from russian.phrases import Hit, word_class

_HEADLINE = word_class("pointers", "headline")
_BUT = word_class("pointers", "but")
_ABOUT = word_class("pointers", "about")
_BEHIND = 7  # tokens between a given name and what is told of it
_FATES = frozenset((*STATES, "missing", "again"))
_ALONE, _AGAINST = 2.0, 2.5


def weigh_headlines(found: Sequence[Mention], around: Surroundings) -> None:
    """Add what the shape of their sentences says of names that are only a part of one."""
    for number, mention in enumerate(found):
        span = mention.span
        if span.patronymic or span.sex is Sex.FEMALE:
            continue
        if span.given is None and span.surname and _alone(mention, around):
            mention.add(SOUGHT, _ALONE, "a sentence to himself")
        elif span.surname is None and span.given and number and _set_against(mention, around):
            mention.add(SOUGHT, _AGAINST, "set against another")


def _alone(mention: Mention, around: Surroundings) -> bool:
    """Is there nothing in his sentence but his surname and words such as «и снова наш»?"""
    span = mention.span
    sentence = around.layout.sentence(span.start_token)
    words = [
        token
        for at, token in enumerate(around.tokens[sentence.start : sentence.end], sentence.start)
        if token.kind is WORD and not span.start_token <= at < span.end_token
    ]
    return bool(words) and all(token.key in _HEADLINE for token in words)


def _set_against(mention: Mention, around: Surroundings) -> bool:
    """«А Ваня всё молчит», «Про Марата ничего»: right behind the turn, a fate behind the name."""
    span, tokens = mention.span, around.tokens
    sentence = around.layout.sentence(span.start_token)
    before = [token for token in tokens[sentence.start : span.start_token] if token.kind is WORD]
    if not before or len(before) > 2:
        return False
    turns = before[0].key in _BUT and len(before) == 1 and "nomn" in span.cases
    if not turns and before[-1].key not in _ABOUT:
        return False
    end = min(span.end_token + _BEHIND, sentence.end)
    told = (hit for at in range(span.end_token, end) for hit in around.hits_at(at))
    return any(_tells(hit, missing=not turns) for hit in told)


def _tells(hit: Hit, *, missing: bool) -> bool:
    if hit.table != "claims" or hit.note == "weak":
        return False
    return hit.value == "missing" if missing else hit.value in _FATES
