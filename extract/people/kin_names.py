"""A name of two words behind a word of kinship → two given names, where it names two people.

«Отец Зоригта Бато», «мама Саввы Регина», «через сестру Эммы Карину»: whose relative, then he.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.names import NameSpan
from extract.names.rows import order
from extract.names.spans import cases_of, written
from extract.names.surname_words import Reading
from extract.names.words import facts, kind_of
from extract.tokens import Token
from model import Sex
from russian import given
from russian.inflect import FEMALE, bits

_TWO = ("sg", "gs")  # a surname and a given name, in either order
_GENITIVE = bits("m", "gent") | bits("f", "gent")


def two_people(name: NameSpan, tokens: Sequence[Token]) -> list[NameSpan]:
    """The name as it is, or the two given names that it is."""
    first, last = name.start_token, name.end_token - 1
    if last - first != 1 or not first or order(name) not in _TWO:
        return [name]
    kin = tokens[first - 1]
    if kind_of(kin.text) != "kin":
        return [name]
    cases = {parse.case for parse in kin.word.parses if parse.pos == "NOUN"}
    whose, who = _listed(tokens[first]), _listed(tokens[last])
    if whose is None or who is None or not whose.mask & _GENITIVE:
        return [name]
    if not cases.isdisjoint(cases_of(whose.mask)) or cases.isdisjoint(cases_of(who.mask)):
        return [name]
    return [_alone(name, tokens, first, whose), _alone(name, tokens, last, who)]


def _listed(token: Token) -> Reading | None:
    """What a form is as a given name of the lists."""
    found = facts(token.text)
    return next((one for one in found.given if one.listed), None) if found else None


def _alone(name: NameSpan, tokens: Sequence[Token], at: int, reading: Reading) -> NameSpan:
    sex = Sex.FEMALE if reading.mask & FEMALE else Sex.MALE
    cases = cases_of(reading.mask)
    return name._replace(
        start_token=at,
        end_token=at + 1,
        start=tokens[at].start,
        end=tokens[at].end,
        surname=None,
        given=given.write_out(written(reading.name), sex),
        sex=sex,
        cases=cases,
        case=next(iter(cases)) if len(cases) == 1 else "",
        weak=True,
        as_written=written(reading.name),
        as_form=tokens[at].text,
        parts=(("g", at, at + 1),),
    )
