"""Who is spoken to, or did what a woman's verb tells → the tokens of names no phrase vouches for.

«Гульзада, никого мы не теряли», «…так и писали, Алин.», «Абидат нашла», «Составила Марта».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extract.layout import TITLE
from extract.names.words import facts, kind_of
from extract.people.mentions import Surroundings
from extract.tokens import WORD, Token
from model import Sex
from russian import given
from russian.inflect import bits
from russian.places import gazetteer
from russian.regions import region_names

_SHORTEST = 3  # letters of a name
_ENDS = frozenset(".!?…\n)")
_YOU = frozenset(("ты", "тебя", "тебе", "вы", "вас", "вам", "ваш", "ваша", "твой", "твоя", "твоих"))
_SPOKEN = frozenset(("2per", "impr"))
_BORNE = 100  # bearers of a name that is a month or a rank too
_DATIVE = bits("m", "datv") | bits("f", "datv")
_REACH = 8  # tokens behind a name in which «ты» or an order shows that he is spoken to


def spoken_to(around: Surroundings) -> Iterator[int]:
    """Tokens that are such names; who is sought is for the caller to leave out."""
    tokens = around.tokens
    for sentence in around.layout.sentences:
        at = sentence.start
        if at + 2 >= sentence.end or around.layout.line(at).kind is TITLE:
            continue
        if "impr" in tokens[at + 1].word.tags and _in_dative(tokens[at]):
            yield at
        if tokens[at + 1].text == "," and _is_name(tokens[at]) and _addressed(tokens, at):
            yield at
    for at, token in enumerate(tokens):
        if token.text == "," and at + 1 < len(tokens) and _is_cut(tokens, at + 1):
            yield at + 1
    told = [at for at, token in enumerate(tokens) if "femn" in token.word.tags]
    for at in told:
        if not _is_hers(tokens[at]):
            continue
        if at + 1 < len(tokens) and _is_womans(tokens[at + 1]):
            yield at + 1
        if at and _opens(around, at - 1) and _is_strange(tokens[at - 1]):
            yield at - 1


def _addressed(tokens: Sequence[Token], at: int) -> bool:
    """Is a second person or an order there: «Афоня, у тебя …»; or does a woman's name open all?"""
    after = tokens[at + 2 : at + 2 + _REACH]
    spoken = any(token.key in _YOU or token.word.tags & _SPOKEN for token in after)
    return spoken or (at == 0 and _is_womans(tokens[at]))


def _in_dative(token: Token) -> bool:
    """«Верушке передайте»"""
    found = facts(token.text) if _is_capital(token) else None
    return found is not None and any(one.listed and one.mask & _DATIVE for one in found.given[:2])


def _opens(around: Surroundings, at: int) -> bool:
    return around.layout.sentence(at).start == at


def _is_cut(tokens: Sequence[Token], at: int) -> bool:
    """«…, Алин.», «…, Маш!»: a woman's name called, without its ending."""
    after = tokens[at + 1].text if at + 1 < len(tokens) else "\n"
    key = tokens[at].key
    if (
        not _is_capital(tokens[at])
        or after not in _ENDS
        or given.known(key) is not None
        or len(key) < _SHORTEST
    ):
        return False
    whole = given.known(key.removesuffix("ь") + ("я" if key.endswith("ь") else "а"))
    return whole is not None and whole.sex is not Sex.MALE


def _is_hers(token: Token) -> bool:
    """A verb of a woman's doing: «нашла», «передала»."""
    return any(
        parse.pos == "VERB" and parse.gender == "femn" and parse.number == "sing"
        for parse in token.word.parses[:1]
    )


def _is_womans(token: Token) -> bool:
    known = given.known(token.key) if _is_capital(token) else None
    if known is None or known.sex is not Sex.FEMALE:
        return False
    return known.bearers >= _BORNE or not kind_of(token.text)


def _is_name(token: Token) -> bool:
    return _is_capital(token) and (given.known(token.key) is not None or _is_strange(token))


def _is_strange(token: Token) -> bool:
    """A capitalised word of no dictionary that is no place."""
    if not _is_capital(token) or kind_of(token.text) or token.word.script != "cyrillic":
        return False
    place = token.key in gazetteer() or token.key in region_names()
    return not place and not any(parse.known for parse in token.word.parses)


def _is_capital(token: Token) -> bool:
    return token.kind is WORD and token.word.shape != "lower" and len(token.text) >= _SHORTEST
