"""«Гущина», a woman's nominative or a man's genitive → a man's, where the words around say so."""

from __future__ import annotations

from collections.abc import Container, Sequence

from extract.names.rows import order
from extract.names.spans import NameSpan, written
from extract.names.words import facts, kind_of
from extract.tokens import NUMBER, WORD, Token
from model import Sex
from russian import given as given_names
from russian.given import fold
from russian.inflect import MALE, bits
from russian.morphology import Parse

CLIPPED = ("si", "sii", "is", "iis")  # a surname and initials
_CLIPPED_OR_ALONE = (*CLIPPED, "s")
_APPOSED = 6  # tokens between the noun a name explains and the name
_SENTENCE = 8  # tokens in which the verb stands whose object a name is
_HIS = frozenset(("моего", "нашего", "вашего", "твоего", "своего"))
_ENDS = frozenset(".!?\n")
_GENITIVE = bits("m", "gent accs")
_OBLIQUE = frozenset(("gent", "accs"))
_RE_READ = (*CLIPPED, "s", "sg", "gs")
_POINTING = frozenset("()→>-–—,:") | {"->"}
_VERB = 4  # tokens in which the verb follows whose object a name is
_AND = frozenset(("и", "да", "та", "й"))
_STOPS = frozenset(".!?…")
_BETWEEN = 12  # tokens between two names of a row


def men_in(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The names with those read as men's that a word or a row of names beside them shows to be."""
    if not any(span.sex is Sex.FEMALE for span in spans):
        return spans
    read = [_read_anew(span, tokens) if span.sex is Sex.FEMALE else span for span in spans]
    for places in (range(1, len(read)), range(len(read) - 2, -1, -1)):
        for at in places:
            other = read[at - 1] if places.step > 0 else read[at + 1]
            if _agrees_in_row(read[at], other, tokens):
                read[at] = _as_mans_whole(read[at], tokens)
    return read


def _read_anew(span: NameSpan, tokens: list[Token]) -> NameSpan:
    if "nomn" not in span.cases:
        return span
    if order(span) == "g":
        return _given_as_mans(span) if _is_done_to(span, tokens) else span
    if order(span) in _RE_READ and _is_done_to(span, tokens):
        return _as_mans_whole(span, tokens)
    return as_mans(span, tokens, None) if _may_be_mans(span) and _is_mans(span, tokens) else span


def _is_done_to(span: NameSpan, tokens: list[Token]) -> bool:
    """«Яна вытащили!», «Гурина В. → ищут»: beside a verb of several she could only be its object.

    Those who act may stand between: «Валентина Ким родные узнали».
    """
    if _hers(span, tokens):
        return False
    marks = _POINTING if span.surname else ()
    for at in range(span.end_token, min(span.end_token + _VERB, len(tokens))):
        if tokens[at].text in marks:
            continue
        parses = [parse for parse in tokens[at].word.parses if parse.known]
        verbs = [parse for parse in parses if parse.pos == "VERB" and _acts_in_plural(parse)]
        if any(span.surname or "past" in parse.tags for parse in verbs):
            return True
        if not marks or not any(p.number == "plur" and p.case == "nomn" for p in parses):
            return False
    return False


def _hers(span: NameSpan, tokens: list[Token]) -> bool:
    """«жена и дочь Гурина ждут»"""
    if not span.start_token or kind_of(tokens[span.start_token - 1].text) != "kin":
        return False
    said = [parse for parse in tokens[span.start_token - 1].word.parses if parse.known]
    return any(parse.gender == "femn" and parse.case == "nomn" for parse in said)


def _acts_in_plural(parse: Parse) -> bool:
    """«взяли», «ищут», «ищем»"""
    told = "past" in parse.tags or not {"3per", "1per"}.isdisjoint(parse.tags)
    return parse.number == "plur" and "tran" in parse.tags and told


def _agrees_in_row(span: NameSpan, other: NameSpan, tokens: list[Token]) -> bool:
    """«Ивана Лоськова и Вилена Гурина»: names in a row stand in one case."""
    hers = span.sex is Sex.FEMALE and "nomn" in span.cases and order(span) in _RE_READ
    if not hers or other.sex is not Sex.MALE or not other.cases or not other.cases <= _OBLIQUE:
        return False
    if mothers(span, tokens):
        return False
    first, second = sorted((span, other), key=lambda one: one.start_token)
    return _in_row(tokens[first.end_token : second.start_token])


def _in_row(between: Sequence[Token]) -> bool:
    """Nothing but marks, numbers, «и», short brackets and men's nouns in the same case?"""
    depth = 0
    for at, token in enumerate(between):
        depth += (token.text == "(") - (token.text == ")")
        joins = token.kind is not WORD or depth or token.key in _AND or _mans_noun(token)
        numbered = token.text == "." and at > 0 and between[at - 1].kind is NUMBER
        if (token.text in _STOPS and not numbered) or not joins:
            return False
    return 0 < len(between) <= _BETWEEN


def _mans_noun(token: Token) -> bool:
    """«наводчика Бочарова», «мехвода Гурина»"""
    return any(
        parse.pos == "NOUN" and parse.gender == "masc" and parse.case in _OBLIQUE
        for parse in token.word.parses
        if "anim" in parse.tags
    )


def _as_mans_whole(span: NameSpan, tokens: list[Token]) -> NameSpan:
    """The surname, and a given name in full, in the genitive of a man; as it was if either is none.

    «Вилена Шаяхметова» is Вилен, «Анна Гурина» stays a woman's.
    """
    man = as_mans(span, tokens, None)
    place = next((first for role, first, _ in span.parts if role == "g"), None)
    if man is span or place is None:
        return man
    found = facts(tokens[place].text)
    for reading in found.given if found else ():
        if reading.mask & _GENITIVE & MALE and reading.listed:
            given = given_names.write_out(written(reading.name), Sex.MALE)
            return man._replace(given=given, as_written=written(reading.name))
    return span


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
