"""Words beside names already told to be relatives' → the tokens of more such names.

«Дети: Самира и Ринас», «Мила и мама просят», «Дугарма, бабай его совсем сдал».
"""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from extract.names.words import kind_of
from extract.people.mentions import Surroundings
from extract.tokens import WORD, Token
from russian import given
from russian.phrases import word_class
from russian.places import gazetteer
from russian.regions import region_names

_AND = word_class("pointers", "row")
_HIS = word_class("pointers", "his") | word_class("pointers", "own")
_BORNE = 100  # bearers of a given name that is an ordinary word too
_LONG = 3  # letters of a name


def in_rows(around: Surroundings, hidden: AbstractSet[int]) -> set[int]:
    """Tokens that may be relatives' names, by the hidden ones and the words of kinship beside."""
    tokens = around.tokens
    anchors = hidden | {
        at
        for hit in around.hits
        if hit.table == "kin" and hit.value in ("seeker", "both")
        for at in (hit.start, hit.end - 1)
    }
    found: set[int] = set()
    waiting = sorted(anchors)
    while waiting:
        at = waiting.pop()
        for step in (-1, 1):
            joint, other = at + step, at + 2 * step
            if not 0 <= other < len(tokens) or tokens[joint].key not in _AND or other in found:
                continue
            named = at in hidden or at in found
            fits = _is_name(tokens[other]) or (named and _is_pet_name(around, other))
            if fits and (named or tokens[joint].text != ","):
                found.add(other)
                waiting.append(other)
    return found | _before_his_kin(around) | _spoken_to(around)


def _spoken_to(around: Surroundings) -> set[int]:
    """«Сказал: „Галка, готовь баню“»: whom a quotation calls by name."""
    tokens = around.tokens
    return {
        at
        for at in range(1, len(tokens) - 1)
        if tokens[at - 1].text in '«„“"' and tokens[at + 1].text == "," and _is_name(tokens[at])
    }


def _before_his_kin(around: Surroundings) -> set[int]:
    """«Дугарма, бабай его …»: a name that opens a sentence, and whose he is behind a comma."""
    tokens = around.tokens
    return {
        sentence.start
        for sentence in around.layout.sentences
        if sentence.end - sentence.start > _LONG
        and tokens[sentence.start + 1].text == ","
        and tokens[sentence.start + 3].key in _HIS
        and _is_name(tokens[sentence.start])
    }


def _is_pet_name(around: Surroundings, at: int) -> bool:
    """«Лилия, Маргаритка и Василёк»: a noun with a capital inside a sentence, and nothing to it."""
    tokens = around.tokens
    token = tokens[at]
    if around.layout.sentence(at).start == at or token.word.shape != "title":
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    ends = after is None or after.kind is not WORD or after.key in _AND
    noun = any(p.pos == "NOUN" and "Geox" not in p.tags for p in token.word.parses)
    return ends and noun and not kind_of(token.text) and not _is_place(token)


def _is_name(token: Token) -> bool:
    """A capitalised word that is a given name, or that no dictionary knows."""
    if token.kind is not WORD or token.word.shape != "title" or len(token.text) < _LONG:
        return False
    name = given.known(token.text)
    if name is not None and name.bearers >= _BORNE and kind_of(token.text) != "kin":
        return True
    if kind_of(token.text):
        return False
    known = any(parse.known and "Name" not in parse.tags for parse in token.word.parses)
    return not known and not _is_place(token)


def _is_place(token: Token) -> bool:
    return token.key in gazetteer() or token.key in region_names()
