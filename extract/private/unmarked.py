"""Tokens of a text → names no word beside vouches for: a capital inside a sentence tells them.

«созвон ведёт Рада», «что с Любой?», «Кать, всё норм», «Злата его не увидела», «это опять лариса»,
«Закрываем. Бурый».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extract.names.words import facts, kind_of
from extract.people.mentions import Surroundings
from extract.tokens import WORD, Token
from extract.tokens import word as word_of
from model import Sex
from russian import given
from russian.phrases import word_class
from russian.places import gazetteer
from russian.regions import region_names
from russian.remembered import remembered

_SHORTEST = 3  # letters of a name
_BORNE = 100  # bearers of a name cut short or in an oblique case
_RARE = 40  # bearers of a name that is the subject of a woman's verb
_NEAR = 4  # tokens from a name to the verb of what she did
_WHOLE_ENDS = {"ой": "а", "ою": "а", "ей": "я", "у": "а", "ю": "я", "ы": "а", "и": "я", "е": "а"}
_AFTER_NOUN = frozenset(("NOUN", "ADJF", "NUMR"))
_SPEAKS = frozenset(("1per", "2per", "impr"))
_I = frozenset(("я", "мы", "у", "мне", "нам", "ты"))
_PRAISED = word_class("pointers", "praised")
_NAMED_FOR = word_class("pointers", "named_for") | word_class("pointers", "byname")


def unmarked(around: Surroundings) -> Iterator[int]:
    """Tokens that are such names; who is sought is for the caller to leave out."""
    yield from _with_capitals(around)
    yield from _doers(around)
    yield from _signed(around)


def _with_capitals(around: Surroundings) -> Iterator[int]:
    tokens, layout = around.tokens, around.layout
    for at, token in enumerate(tokens):
        if token.kind is not WORD or token.word.shape != "title" or len(token.text) < _SHORTEST:
            continue
        if not _may_name(token.text):
            continue
        begins = layout.sentence(at).start == at or tokens[at - 1].text in '«"„“:('
        if _is_called(tokens, at, begins=begins) or (not begins and _is_inside(tokens, at)):
            yield at


@remembered
def _may_name(text: str) -> bool:
    """Is a form a given name of the lists, one cut short, or one that is a pronoun too?"""
    found, word = facts(text), word_of(text)
    return (found is not None and found.known_given) or "Apro" in word.tags or _is_cut(word.key)


@remembered
def _is_cut(key: str) -> bool:
    """Is a word a short given name without its ending: «кать», «маш»?"""
    if key[-1] in "аяоеиыуюэ" or given.known(key) is not None:
        return False
    soft = key.endswith("ь")
    whole = given.known(key.removesuffix("ь") + "я") if soft else given.known(key + "а")
    return whole is not None and whole.short


def _is_inside(tokens: Sequence[Token], at: int) -> bool:
    """Is a capitalised word inside a sentence a given name in some case, and no place's?"""
    token, before = tokens[at], tokens[at - 1]
    if before.kind is not WORD and before.text not in ",—–-":
        return False
    if before.key in _NAMED_FOR or kind_of(before.text) == "place" or _is_place(token):
        return False
    if at + 1 < len(tokens) and tokens[at + 1].key in _PRAISED:
        return False  # «и Слава Богу»
    found = facts(token.text)
    if found is not None and found.known_given:
        return not found.place and not kind_of(token.text)
    return _is_declined(tokens, at)


def _is_declined(tokens: Sequence[Token], at: int) -> bool:
    """«что с Любой?»: a form of a woman's name that is a little word too, with no noun behind."""
    token = tokens[at]
    if "Apro" not in token.word.tags:
        return False
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is not None and any(parse.pos in _AFTER_NOUN for parse in after.word.parses):
        return False
    for end, whole in _WHOLE_ENDS.items():
        name = given.known(token.key.removesuffix(end) + whole) if token.key.endswith(end) else None
        if name is not None and name.sex is Sex.FEMALE and name.bearers >= _BORNE:
            return True
    return False


def _is_called(tokens: Sequence[Token], at: int, *, begins: bool) -> bool:
    """«Кать все норм», «Маш еду», «ответь, Вань»: a short name without its ending."""
    token = tokens[at]
    if not _is_cut(token.key) or _is_place(token) or kind_of(token.text):
        return False
    if all("Name" in parse.tags for parse in token.word.parses if parse.known):
        return any(parse.known for parse in token.word.parses) or _is_spoken(tokens, at)
    return begins and _is_spoken(tokens, at)


def _is_spoken(tokens: Sequence[Token], at: int) -> bool:
    """Does a comma, an order or what «я» does stand right behind?"""
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    if after is None:
        return False
    spoken = after.key in _I or bool(after.word.tags & _SPEAKS)
    return after.text in ",!" or spoken


def _doers(around: Surroundings) -> Iterator[int]:
    """«Злата его не увидела», «Рая узнала голос»: a woman's name opens what she did."""
    tokens, layout = around.tokens, around.layout
    for sentence in layout.sentences:
        first = tokens[sentence.start]
        name = given.known(first.key) if first.word.shape == "title" else None
        if name is None or name.sex is not Sex.FEMALE or name.bearers < _RARE:
            continue
        for token in tokens[sentence.start + 1 : min(sentence.start + 1 + _NEAR, sentence.end)]:
            if token.kind is not WORD:
                break
            if {"femn", "past"} <= token.word.tags and not kind_of(first.text):
                yield sentence.start
                break


def _signed(around: Surroundings) -> Iterator[int]:
    """«Закрываем. Бурый»: an adjective alone behind the last full stop is who wrote."""
    tokens, layout, at = around.tokens, around.layout, around.last_word
    if at != len(tokens) - 1 or at <= 0 or layout.sentence(at).start != at:
        return
    word = tokens[at].word
    named = any(p.pos == "ADJF" and (p.case, p.number) == ("nomn", "sing") for p in word.parses)
    told = any(hit.start <= at < hit.end for hit in around.hits)
    if named and not told and word.shape == "title" and "Apro" not in word.tags:
        yield at


def _is_place(token: Token) -> bool:
    return token.key in gazetteer() or token.key in region_names()
