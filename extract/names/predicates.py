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
_SURE = 4.0  # worth of a surname that only its shape shows to be one
_BORNE = 20  # bearers that make a word a surname
_NOMINATIVE = bits("m", "nomn")
_OBJECT = bits("m", "gent accs")


def predicated(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The names and the surnames that stand alone at the head of a sentence about a man.

    Where a man is named in full the text is of him; then only what heads a row behind a colon.
    """
    whole = any(span.surname and span.given for span in spans)
    if whole and not any(token.text == ":" for token in tokens):
        return spans
    taken = {at for span in spans for at in range(span.start_token, span.end_token)}
    added = []
    for at, token in enumerate(tokens[:-1]):
        if whole and (not at or tokens[at - 1].text != ":"):
            continue
        if token.kind is not WORD or at in taken or token.word.shape != "title":
            continue
        if at and tokens[at - 1].text not in _ENDS and tokens[at - 1].kind is not NEWLINE:
            continue
        if kind_of(token.text) or token.word.script != "cyrillic" or len(token.text) < _LEAST:
            continue
        alone = not whole and (_subject(tokens, at) or _object(tokens, at) or _called(tokens, at))
        name = alone or (_in_row(tokens, at) if whole else None)
        if name:
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


def _in_row(tokens: list[Token], at: int) -> str | None:
    """«В автобусе: Рукомойников рыжий с Ивделя, Гуров Ян», «Дома: Гладких (Куртамыш)»."""
    parses = _nouns(tokens[at])
    if not parses or any(parse.case == "nomn" or parse.number != "plur" for parse in parses):
        return None
    after = tokens[at + 1]
    told = any(
        parse.pos == "ADJF" and parse.gender == "masc" and parse.case == "nomn"
        for parse in after.word.parses
        if parse.known
    )
    if not told and after.text not in "(\n":
        return None
    name = _borne(tokens[at].text, _NOMINATIVE)
    return name or _unlisted(facts(tokens[at].text), _NOMINATIVE, least=_SURE)


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


def _called(tokens: list[Token], at: int) -> str | None:
    """«Бероева зовут Сослан»: the surname of a word of no dictionary whose given name follows."""
    if tokens[at + 1].key != "зовут" or _nouns(tokens[at]) or at + 2 >= len(tokens):
        return None
    given = facts(tokens[at + 2].text)
    named = given is not None and given.known_given and tokens[at + 2].word.shape == "title"
    return _unlisted(facts(tokens[at].text), _OBJECT) if named else None


def _unlisted(found: Facts | None, mask: int, least: float = 0.0) -> str | None:
    """The surname a word of no dictionary may be in these cases of a man's."""
    if found is None or found.known_given or found.place:
        return None
    fitting = [one for one in found.surname if one.mask & mask & MALE and not one.plural]
    best = max(fitting, key=lambda one: one.worth, default=None)
    return best.name if best is not None and best.worth > least else None


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
