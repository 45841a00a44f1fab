"""An ordinary word → the surnames it may be beside a given name: «Гость», «Разгуляй», «Литва»."""

from __future__ import annotations

from typing import NamedTuple

from extract.tokens import Token, word
from russian import surnames
from russian.inflect import CASES, FEMALE, MALE, bits, surname_forms
from russian.morphology import Parse
from russian.phrases import word_class
from russian.remembered import remembered

_FOND = word_class("pointers", "fond")
_NEUTER = ("ое", "ее")
_BORNE = 5  # bearers that make a form of a surname one


class Common(NamedTuple):
    """A surname a word may be, its cases as bits, and its bearers."""

    name: str
    mask: int
    bearers: int
    odd: bool = False  # a place or what one is told to do: «Литва», «Разгуляй»
    told: bool = False  # what one is told to do
    thing: bool = False  # a noun of nobody, or an adjective


@remembered
def common_surnames(text: str) -> tuple[Common, ...]:
    """Surnames an ordinary word may be: its dictionary form, or a form of a listed surname."""
    low = text.lower()
    parses = [parse for parse in word(text).parses if parse.known]
    if odd := _odd(low, parses):
        return odd
    found: dict[str, int] = {}
    for parse in parses:
        noun = parse.pos == "NOUN" and parse.number == "sing" and "Geox" not in parse.tags
        if noun and parse.case in CASES:
            if parse.normal.endswith("ость") and len(parse.normal) > 6:
                continue  # «радость», «новость»: no one's name
            if parse.gender == "neut" and parse.normal.endswith(_NEUTER):
                continue  # «сладкое»: «Сладкого» is a man's
            mask = bits("m", parse.case) | bits("f", parse.case)
            if parse.case == "gent" and parse.gender == "masc":
                mask |= bits("m", "accs")  # «Лоскута» of a man, though a thing is «лоскут»
            found[parse.normal] = found.get(parse.normal, 0) | mask
            still = low == parse.normal and parse.case == "nomn"
            if still:  # a woman's, and a rare one, stays as it is
                found[parse.normal] |= FEMALE
        elif _adjectival(parse):
            found[parse.normal] = found.get(parse.normal, 0) | bits("m", parse.case or "nomn")
    for form in surname_forms(low):
        if surnames.count(form.nominative) >= _BORNE:
            found[form.nominative] = found.get(form.nominative, 0) | form.mask
    if surnames.is_eastern(low):
        found[low] = found.get(low, 0) | MALE | FEMALE
    thing = not any("anim" in parse.tags for parse in parses if parse.pos == "NOUN")
    return tuple(
        Common(name, mask, surnames.count(name), thing=thing) for name, mask in found.items()
    )


def _odd(low: str, parses: list[Parse]) -> tuple[Common, ...]:
    """«Литва Тит», «Разгуляй Федот»: a place, or what one is told to do, in the nominative."""
    nouns = [parse for parse in parses if parse.pos == "NOUN"]
    places = [parse for parse in nouns if "Geox" in parse.tags]
    if places and places == nouns:
        found = {p.normal for p in places if p.normal == low and p.number == "sing"}
    else:
        told = any(parse.pos == "VERB" and "impr" in parse.tags for parse in parses)
        found = {low} if told and not nouns and low.endswith("й") else set()
        if not found:
            return ()
    told = not places
    return tuple(Common(name, MALE & 1, surnames.count(name), True, told) for name in found)


def is_quality(token: Token) -> bool:
    """May the word be an adjective that a man bears as his surname: «Кромешный»?"""
    return any(parse.known and _adjectival(parse) for parse in token.word.parses)


def _adjectival(parse: Parse) -> bool:
    """«Кромешный Илларион»: an adjective of one thing, and none that is said of a dear man."""
    plain = parse.pos == "ADJF" and parse.gender == "masc" and parse.number == "sing"
    quality = {"Apro", "Anum", "Poss", "Geox", "Supr"}.isdisjoint(parse.tags)
    return plain and quality and parse.case in CASES and parse.normal not in _FOND
