"""Names of a text → more of them: surnames that only what is said behind them shows.

«Зима умер», «Молодцов наш сидел …», «Гейдт жив!», «Ковша больше не разыскиваем»: at the head of a
sentence a capital tells nothing; that the sentence is a man's does.
"""

from __future__ import annotations

from extract.names.common_surnames import common_surnames
from extract.names.spans import NameSpan, written
from extract.names.words import Facts, facts, kind_of
from extract.tokens import NEWLINE, WORD, Token
from model import Sex
from russian.inflect import MALE, bits
from russian.morphology import Parse
from russian.phrases import word_class

_FATES = word_class("pointers", "fates")
_OWN = word_class("pointers", "ours")
_BEYOND = word_class("pointers", "nolonger")
_SOUGHT = ("ищ", "ищит", "разыск", "жд")
_NOUNS = ("NOUN", "NUMR")  # «Сорока»
_ENDS = frozenset(".!?…:\n")
_BORNE = 20  # bearers that make a word a surname
_NOMINATIVE = bits("m", "nomn")
_OBJECT = bits("m", "gent accs")


def predicated(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The names and the surnames that stand alone at the head of a sentence about a man.

    Only where no man is named in full: then the text is of him, and needs no such help.
    """
    if any(span.surname and span.given for span in spans):
        return spans
    taken = {at for span in spans for at in range(span.start_token, span.end_token)}
    added = []
    for at, token in enumerate(tokens[:-1]):
        if token.kind is not WORD or at in taken or token.word.shape != "title":
            continue
        if at and tokens[at - 1].text not in _ENDS and tokens[at - 1].kind is not NEWLINE:
            continue
        if kind_of(token.text) or token.word.script != "cyrillic" or len(token.text) < _LEAST:
            continue
        if (name := _subject(tokens, at)) or (name := _object(tokens, at)):
            added.append(_lone(name, tokens, at))
    return sorted([*spans, *added], key=lambda span: span.start_token) if added else spans


_LEAST = 3  # letters of such a surname


def _subject(tokens: list[Token], at: int) -> str | None:
    """The surname of whom a man's predicate right behind the word is told."""
    end = at + 1
    own = tokens[end].key in _OWN
    end += own
    if end >= len(tokens) or tokens[end].kind is not WORD or not _of_a_man(tokens[end]):
        return None
    fate = tokens[end].key in _FATES
    parses = _nouns(tokens[at])
    if any(parse.case == "nomn" and _may_do(parse.gender, parse.number) for parse in parses):
        return None
    if not parses:
        return _unlisted(facts(tokens[at].text), _NOMINATIVE) if fate or own else None
    if not (fate or own) or any(parse.pos not in _NOUNS for parse in parses):
        return None
    return _borne(tokens[at].text, _NOMINATIVE)


def _nouns(token: Token) -> list[Parse]:
    """What the word is in the dictionary, but for a surname."""
    return [parse for parse in token.word.parses if parse.known and "Surn" not in parse.tags]


def _of_a_man(token: Token) -> bool:
    """Is the word a verb of the past or a short adjective told of one man?"""
    if token.key in _FATES:
        return True
    return any(
        parse.known and parse.gender == "masc" and parse.number == "sing" and "intr" in parse.tags
        for parse in token.word.parses
        if parse.pos == "VERB"
    )


def _may_do(gender: str, number: str) -> bool:
    """May a noun of the dictionary be what is told of?"""
    return number == "sing" and gender in ("masc", "", "ms-f")


def _object(tokens: list[Token], at: int) -> str | None:
    """«Ковша больше не разыскиваем»: the surname of whom nobody looks for any longer."""
    end = at + 1 + (tokens[at + 1].key in _BEYOND)
    if end + 1 >= len(tokens) or tokens[end].key != "не":
        return None
    if not tokens[end + 1].key.startswith(_SOUGHT):
        return None
    parses = _nouns(tokens[at])
    if not parses:
        return _unlisted(facts(tokens[at].text), _OBJECT)
    nouns = all(parse.pos in _NOUNS for parse in parses)
    return _borne(tokens[at].text, _OBJECT) if nouns else None


def _unlisted(found: Facts | None, mask: int) -> str | None:
    """The surname a word of no dictionary may be in these cases of a man's."""
    if found is None or found.known_given or found.place:
        return None
    fitting = [one for one in found.surname if one.mask & mask & MALE and not one.plural]
    best = max(fitting, key=lambda one: one.worth, default=None)
    return best.name if best is not None and best.worth > 0 else None


def _borne(text: str, mask: int) -> str | None:
    """The surname of many that a word of the dictionary may be in these cases of a man's."""
    fitting = [one for one in common_surnames(text) if one.mask & mask and one.bearers >= _BORNE]
    best = max(fitting, key=lambda one: one.bearers, default=None)
    return best.name if best is not None else None


def _lone(name: str, tokens: list[Token], at: int) -> NameSpan:
    return NameSpan(
        start_token=at,
        end_token=at + 1,
        start=tokens[at].start,
        end=tokens[at].end,
        surname=written(name),
        given=None,
        patronymic=None,
        sex=Sex.MALE,
        cases=frozenset(("nomn",)),
        case="nomn",
        weak=True,
        as_form=tokens[at].text,
        parts=(("s", at, at + 1),),
    )
