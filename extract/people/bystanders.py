"""Weighed mentions → what kinship, brotherhood and the one who writes tell against a name beside.

«Старший Марсель тоже там, дозвонились», «отец Зоригта Бато звонил», «пишите мне, Ромке Гвоздю».
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.dates.parts import is_word
from extract.people.mentions import COMRADE, SEEKER, Mention, Surroundings
from extract.people.relatives import weigh_relatives
from extract.tokens import WORD
from model import Sex
from russian.numerals import numeral
from russian.phrases import word_class

_WEIGHT = 6.0
_SAFE = word_class("pointers", "safe")
_BROTHERS = frozenset(("брат", "брата", "сын", "братья", "братьев", "сына"))
_ASKED = frozenset(("missing", "seek", "again", "captured", "dead", "burial", "dna"))
_CLAUSE = 14  # tokens in which it is told that a brother is safe
_TURNS = frozenset((".", "!", "?", "\n", ";"))
_BUT = frozenset(("а", "но", "зато"))
_HUNTS = frozenset(("ищет", "разыскивает"))
_OURS = frozenset(("наш", "мой"))
_VERB_WITHIN = 8  # tokens from «ищет» to the name
_ME = frozenset(("мне", "мной"))


def weigh_bystanders(found: Sequence[Mention], around: Surroundings) -> None:
    """Add what speaks against each name."""
    for mention in found:
        if mention.span.sex is Sex.FEMALE or not mention.span.given:
            continue
        if _is_me(mention, around):
            mention.add(SEEKER, _WEIGHT, "мне")
        elif _father_of(mention, around):
            mention.add(SEEKER, _WEIGHT, "kin of him")
        elif _seeks(mention, around) or _signing_father(mention, found, around):
            mention.add(SEEKER, _WEIGHT + mention.sought, "he seeks")
        elif _safe_brother(mention, around) and _another_is_sought(mention, found):
            mention.add(COMRADE, _WEIGHT + mention.sought, "a brother who is safe")
    weigh_relatives(found, around)


def _is_me(mention: Mention, around: Surroundings) -> bool:
    """«пишите жене или мне, Ромке Гвоздю»"""
    at, tokens = mention.span.start_token, around.tokens
    said = at > 1 and tokens[at - 1].text in ",(" and tokens[at - 2].key in _ME
    return said and not mention.span.cases.isdisjoint(("datv", "ablt"))


def _father_of(mention: Mention, around: Surroundings) -> bool:
    """«Отец Зоригта Бато звонил командиру»: kin of one named in the genitive right before him."""
    at, tokens = mention.span.start_token, around.tokens
    if at < 2 or at - 2 not in around.kin or "nomn" not in mention.span.cases:
        return False
    between = tokens[at - 1].word
    return between.shape == "title" and any(
        parse.case == "gent" and "Name" in parse.tags for parse in between.parses
    )


def _seeks(mention: Mention, around: Surroundings) -> bool:
    """«Ищет муж, Паньшин Тимур», «ищет брата наш Карп Дзусов»: he is the verb's subject."""
    at, tokens = mention.span.start_token, around.tokens
    if not mention.span.surname or "nomn" not in mention.span.cases:
        return False
    for verb in range(at - 2, max(-1, at - _VERB_WITHIN), -1):
        if tokens[verb].text in _TURNS:
            return False
        if tokens[verb].key in _HUNTS:
            mans = any(_is_a_man(place, around, "nomn") for place in range(verb + 1, at))
            ours = tokens[at - 1].key in _OURS
            asked = any(_is_a_man(place, around, "accs") for place in range(verb + 1, at))
            return mans or (ours and asked)
    return False


def _is_a_man(at: int, around: Surroundings, case: str) -> bool:
    """Is the token a word of a man's kinship in the case: «муж», «брата»?"""
    parses = around.tokens[at].word.parses if at in around.kin else ()
    return any(parse.case == case and parse.gender == "masc" for parse in parses)


def _signing_father(mention: Mention, found: Sequence[Mention], around: Surroundings) -> bool:
    """«Отец Пичугин Аркадий Львович, 1969 г.р., тел …» below a son of his surname."""
    at, tokens = mention.span.start_token, around.tokens
    if not mention.span.surname or at < 1 or not _is_a_man(at - 1, around, "nomn"):
        return False
    opens = at < 2 or tokens[at - 2].text in _TURNS
    low, high = mention.span.end_token, mention.span.end_token + _CLAUSE
    reached = any(low <= start < high for start, _ in around.contacts)
    son = any(
        one.span.surname == mention.span.surname and one.span.given != mention.span.given
        for one in found
        if one.span.given and one.sought > mention.against
    )
    return opens and reached and son


def _safe_brother(mention: Mention, around: Surroundings) -> bool:
    """«Старший Марсель тоже там, дозвонились», «Старший брат Али служит в другой части»."""
    at, tokens = mention.span.start_token, around.tokens
    before = at - 1
    while before >= 0 and (tokens[before].key in _BROTHERS or tokens[before].text in ",—–-("):
        before -= 1
    told = before >= 0 and (
        is_word("elder", tokens[before].key)
        or is_word("younger", tokens[before].key)
        or (before < at - 1 and numeral(tokens[before].key) is not None)
    )
    return told and _told_safe(mention.span.end_token, around)


def _another_is_sought(mention: Mention, found: Sequence[Mention]) -> bool:
    return any(
        one.net > 0 and one.span.given not in (None, mention.span.given)
        for one in found
        if one.span.sex is not Sex.FEMALE and (one.span.surname or one.net > 2)
    )


def _told_safe(at: int, around: Surroundings) -> bool:
    """Do the words behind say that he is at home, serves, is a boy; and none that he is missing?"""
    end = min(at + _CLAUSE, len(around.tokens))
    for place in range(at, end):
        token = around.tokens[place]
        if token.text in _TURNS or token.key in _BUT:
            break
        if any(hit.table == "claims" and hit.value in _ASKED for hit in around.hits_at(place)):
            return False
        if token.kind is WORD and token.key in _SAFE:
            return True
    return False
