"""«Гущина», a woman's nominative or a man's genitive → a man's, where the words around say so."""

from __future__ import annotations

from collections.abc import Collection, Container

from extract.names.rows import order
from extract.names.spans import NameSpan, written
from extract.names.words import facts, kind_of
from extract.tokens import NEWLINE, NUMBER, WORD, Token, is_symbol
from model import Sex
from russian import given as given_names
from russian.given import fold
from russian.inflect import MALE, bits

CLIPPED = ("si", "sii", "is", "iis")  # a surname and initials
_CLIPPED_OR_ALONE = (*CLIPPED, "s")
_APPOSED = 6  # tokens between the noun a name explains and the name
_SENTENCE = 8  # tokens in which the verb stands whose object a name is
_HIS = frozenset(("моего", "нашего", "вашего", "твоего", "своего"))
_ENDS = frozenset(".!?\n")
_NEAR = 4  # tokens from a name to the verb whose object it is
_AND = frozenset((",", "и", "/", "|", ";", ")", "•", "-", "—"))
_GENITIVE = bits("m", "gent accs")


def men_in(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The names with those read as men's that a word beside them shows to be."""
    found = [_read_anew(span, tokens) if span.sex is Sex.FEMALE else span for span in spans]
    for step in (1, -1):  # from the man before, then from the man behind
        found = _in_his_case(found[::step], tokens, step)[::step]
    return found


def _in_his_case(spans: list[NameSpan], tokens: list[Token], step: int) -> list[NameSpan]:
    """«Балыкина Н., Хвощева П. (взяли)»: in one row with a man named as an object."""
    found = spans[:1]
    for span in spans[1:]:
        last = found[-1]
        object_ = last.sex is Sex.MALE and "accs" in last.cases and "nomn" not in last.cases
        first, second = (last, span) if step > 0 else (span, last)
        gap = tokens[first.end_token : second.start_token]
        fits = object_ and _may_be_mans(span) and _in_row(gap)
        found.append(as_mans(span, tokens, None) if fits else span)
    return found


def _in_row(gap: list[Token]) -> bool:
    """Is there nothing but marks between two names: «, », «⏎3. », «) | »?"""
    return all(
        token.kind in (NUMBER, NEWLINE)
        or token.key in _AND
        or is_symbol(token)
        or (token.text == "." and at > 0 and gap[at - 1].kind is NUMBER)
        for at, token in enumerate(gap)
    )


def _read_anew(span: NameSpan, tokens: list[Token]) -> NameSpan:
    if order(span) == "g" and "nomn" in span.cases:
        return _given_as_mans(span) if _is_done_to(span, tokens) else span
    return as_mans(span, tokens, None) if _may_be_mans(span) and _is_mans(span, tokens) else span


def _is_done_to(span: NameSpan, tokens: list[Token]) -> bool:
    """«Яна вытащили!»: beside a verb of several who act she could only be its object."""
    return span.end_token < len(tokens) and _of_several(tokens[span.end_token], ("past",))


def _of_several(token: Token, tenses: Collection[str]) -> bool:
    return any(
        parse.known and parse.number == "plur" and "tran" in parse.tags
        for parse in token.word.parses
        if parse.pos == "VERB" and not parse.tags.isdisjoint(tenses)
    )


def _they_do_to(span: NameSpan, tokens: list[Token]) -> bool:
    """«Гущина взяли в плен», «Гущина А. (ищем)»: no woman is the subject of such a verb.

    Unless two women are: «Гущина и Рябова ищут мужей».
    """
    before = tokens[span.start_token - 1] if span.start_token else None
    if before is not None and before.key in ("и", "с"):
        return False
    at = span.end_token
    while at < len(tokens) and (tokens[at].text in "(—–->:" or "ADVB" in tokens[at].word.tags):
        at += 1
    near = at < min(len(tokens), span.end_token + _NEAR)
    return near and _of_several(tokens[at], ("past", "pres"))


def _given_as_mans(span: NameSpan) -> NameSpan:
    found = facts(span.as_form)
    for reading in found.given if found else ():
        if reading.mask & _GENITIVE and reading.listed:
            given = given_names.write_out(written(reading.name), Sex.MALE)
            cases = frozenset(("gent", "accs"))
            return span._replace(given=given, sex=Sex.MALE, cases=cases, case="")
    return span


def _may_be_mans(span: NameSpan) -> bool:
    hers = span.sex is Sex.FEMALE and span.surname is not None
    return hers and order(span) in _CLIPPED_OR_ALONE and "nomn" in span.cases


def _is_mans(span: NameSpan, tokens: list[Token]) -> bool:
    if mothers(span, tokens):
        return False
    after = tokens[span.end_token] if span.end_token < len(tokens) else None
    if after is not None and after.key in _HIS:
        return True
    if _they_do_to(span, tokens):
        return True
    return _behind_mans_word(span, tokens) or (order(span) == "s" and _is_object(span, tokens))


def as_mans(span: NameSpan, tokens: list[Token], known: Container[str] | None) -> NameSpan:
    """«Гущина С. ищут … Серёга Гущин»: as a man's in the genitive, if it is one of the known."""
    at = next((first for role, first, _ in span.parts if role == "s"), span.start_token)
    found = facts(tokens[at].text)
    for reading in found.surname if found else ():
        fits = known is None or fold(reading.name) in known
        if reading.mask & (_GENITIVE if known is None else MALE) and fits:
            return span._replace(
                surname=written(reading.name),
                sex=Sex.MALE,
                cases=frozenset(("gent", "accs")),
                case="",
            )
    return span


def mothers(span: NameSpan, tokens: list[Token]) -> bool:
    """«Вдовина Н. (мать): разыскиваю сына»: a woman's word of kinship in brackets behind."""
    inside = tokens[span.end_token : span.end_token + 2]
    if len(inside) < 2 or inside[0].text != "(" or kind_of(inside[1].text) != "kin":
        return False
    return any(parse.known and parse.gender == "femn" for parse in inside[1].word.parses)


def _behind_mans_word(span: NameSpan, tokens: list[Token]) -> bool:
    """«признал умершим военнослужащего Н. А. Гущина»: a man's noun in the genitive before it."""
    for token in reversed(tokens[max(0, span.start_token - _APPOSED) : span.start_token]):
        parses = [parse for parse in token.word.parses if parse.known and "anim" in parse.tags]
        if any(parse.gender == "masc" and parse.case in ("gent", "accs") for parse in parses):
            return True
        woman = any(parse.gender == "femn" for parse in parses)
        if token.text in _ENDS or (woman and kind_of(token.text) == "kin"):
            break
    return False


def _is_object(span: NameSpan, tokens: list[Token]) -> bool:
    """«Кто видел в автобусе Гущина?»: behind a verb whose object he is, before no woman's verb."""
    after = tokens[span.end_token] if span.end_token < len(tokens) else None
    if after is not None and "VERB" in after.word.tags and "femn" in after.word.tags:
        return False
    for token in reversed(tokens[max(0, span.start_token - _SENTENCE) : span.start_token]):
        if token.text in _ENDS or token.text in ",:;":
            return False
        verbs = [parse for parse in token.word.parses if parse.pos in ("VERB", "INFN", "GRND")]
        if token.kind is WORD and verbs and verbs[0].known:
            return "tran" in verbs[0].tags and verbs[0].gender != "femn"
    return False
