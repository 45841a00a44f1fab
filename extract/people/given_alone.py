"""Mentions of a short post → a man named by his given name alone gains what is told of him.

«Костя сам позвонил!!!», «Тимофей объявился», «Брата нашли! Амаду!», «Глебка мой, это он»: replies
to a thread that knows who he is. Only where no man of the post has a surname.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.fates.states import CAPTURED, DECEASED, RELEASED, STATES
from extract.layout import QUOTE, TITLE
from extract.people.mentions import SOUGHT, TOLD, Mention, Surroundings, before
from extract.tokens import NUMBER, WORD, Token
from model import Sex
from russian.phrases import Hit, word_class

_NEAR = 6  # tokens between him and what is told
_TOLD = 3.5
_AGAINST = 2.0  # more than this, and he is rather somebody else
_FAMILY_NAME = 1.5  # net weight of a man with a surname who leaves no room for him
_MINE = word_class("pointers", "mine")
_SURELY = frozenset(("", "strong", "hospital", "video", "plain", "named", "mourning"))
_WOUNDS = word_class("pointers", "wound")
_A_SOLDIERS = 2  # things told, not in the call alone, that make a woman of one name a soldier


def weigh_given_alone(found: Sequence[Mention], around: Surroundings) -> None:
    """Add what is told of men without a surname."""
    alone = [mention for mention in found if _may_be_told(mention, around)]
    if not alone or any(one.span.surname and one.net >= _FAMILY_NAME for one in found):
        return
    states = [hit for hit in around.hits if hit.table == "claims" and hit.value in STATES]
    kin = [hit for hit in around.hits if hit.table == "kin" and hit.value != "seeker"]
    for mention in alone:
        if mention.span.sex is Sex.FEMALE:
            told = _of_her(mention, states, around)
        else:
            told = bool(states) and (
                any(_of_him(hit, mention, around) for hit in states)
                or _answers(mention, states, kin, around)
                or _mine(mention, states, around)
                or _wounded(mention, around)
                or _speaks_freed(mention, states, around)
            )
        if told or _awaited(mention, around) or _heads(mention, alone, around):
            mention.add(SOUGHT, _TOLD, TOLD)


def _of_her(mention: Mention, states: Sequence[Hit], around: Surroundings) -> bool:
    """«Зоя нашлась. … контузия», «Оюна — Токмак, больница. Дышит сама»: and no man is told of."""
    if not any(_of_him(hit, mention, around) for hit in states):
        return False
    if any(STATES[hit.value] in (CAPTURED, RELEASED) and hit.note in _SURELY for hit in states):
        return True
    told = {hit.start for hit in states if hit.note != "call"}
    return len(told) >= _A_SOLDIERS or any(map(_is_wound, around.tokens))


def _wounded(mention: Mention, around: Surroundings) -> bool:
    """«У Артура ампутация, лежит в Подольске после обмена»"""
    span, tokens = mention.span, around.tokens
    said = before(tokens, span.start_token).lower() == "у" and span.end_token < len(tokens)
    return said and _is_wound(tokens[span.end_token])


def _is_wound(token: Token) -> bool:
    return not _WOUNDS.isdisjoint(token.word.normals)


def _speaks_freed(mention: Mention, states: Sequence[Hit], around: Surroundings) -> bool:
    """«Савр на связи, обмен вчера подтвердили»: he calls, and more is told of him."""
    end, opens = mention.span.end_token, not _clause_before(mention, around)
    calls = any(hit.note == "call" and hit.start == end for hit in states)
    more = any(hit.note != "call" for hit in states) or any(map(_is_wound, around.tokens))
    return opens and calls and more


def _awaited(mention: Mention, around: Surroundings) -> bool:
    """«По Заурбеку ждём ДНК», «по папе Самвелу сказали ждать ДНК», «по Алихану новостей нет»"""
    span, tokens = mention.span, around.tokens
    at = span.start_token - 1
    at -= at in around.kin
    if span.sex is Sex.FEMALE or at < 0 or tokens[at].key != "по" or "datv" not in span.cases:
        return False
    number, end = around.layout.sentence_of[at], around.layout.sentence(at).end
    none = any(
        hit.table == "claims" and hit.value == "missing" and hit.end > span.start_token
        for hit in around.hits
        if around.layout.sentence_of[hit.start] == number
    )
    return none or any(token.key == "днк" for token in tokens[span.end_token : end])


def _heads(mention: Mention, alone: Sequence[Mention], around: Surroundings) -> bool:
    """«Мхитар. Ереванский номер молчит. … Кто служил с Мхитаром»: all the post is about him."""
    span, tokens = mention.span, around.tokens
    end = span.end_token
    if span.start_token or end >= len(tokens) or tokens[end].text not in ".\n":
        return False
    lost = any(hit.table == "claims" and hit.value == "missing" for hit in around.hits)
    again = sum(one.span.given == span.given for one in alone) > 1
    return lost and again and span.sex is not Sex.FEMALE


def _may_be_told(mention: Mention, around: Surroundings) -> bool:
    span = mention.span
    if span.surname or span.patronymic or not span.given:
        return False
    if span.sex is None and "nomn" not in span.cases:
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
