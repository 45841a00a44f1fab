"""The word before a name → kinship or a number, and the cases it lets the name stand in."""

from __future__ import annotations

from functools import cache

from extract.names.words import kind_of
from extract.tokens import LINK, NUMBER, WORD, Token, word
from russian.inflect import FEMALE, MALE, NOMINATIVE, bits
from russian.phrases import rows, word_class
from russian.remembered import remembered

_BEFORE_NAMES = "«\"'(„“*_[№-–—:,"
_OF_WHOM = word_class("pointers", "ofwhom")
_OBLIQUE = (MALE | FEMALE) & ~NOMINATIVE


def said_before(tokens: list[Token], place: int) -> tuple[bool, bool, int]:
    """Is kinship or rank said just before; a number; the cases the word before calls for."""
    before = place - 1
    if before >= 0 and tokens[before].text in _BEFORE_NAMES:
        if tokens[before].text in ",-–—":
            word = tokens[before - 1].text if before else ""
            return kind_of(word) == "kin", False, 0
        before -= 1
    if before < 0:
        return False, False, 0
    token = tokens[before]
    if token.kind is not WORD:
        return False, token.kind in (NUMBER, LINK), 0
    return kind_of(token.text) == "kin", False, _calls_for(token.text)


@cache
def _prepositions() -> dict[str, str]:
    """Preposition → the cases of a name behind it."""
    return {row[0]: row[1] for row in rows("prepositions")}


@remembered
def _calls_for(text: str) -> int:
    """Bits of the cases (and sex) that a name after this word may be expected in."""
    parses = [parse for parse in word(text).parses if parse.known]
    if not parses:
        return 0
    if parses[0].pos == "PREP":
        cases = _prepositions().get(word(text).key)
        return bits("m", cases) | bits("f", cases) if cases else _OBLIQUE
    if parses[0].pos in ("VERB", "INFN", "GRND"):
        return bits("m", "gent accs") | bits("f", "gent accs") if "tran" in parses[0].tags else 0
    found = 0
    for parse in parses:
        if parse.pos not in ("NOUN", "ADJF", "NPRO") or parse.number != "sing" or not parse.case:
            continue
        if parse.pos == "NOUN" and kind_of(text) != "kin":
            return bits("m", "gent") if not _OF_WHOM.isdisjoint(word(text).normals) else 0
        who = {"masc": "m", "femn": "f"}.get(parse.gender)
        if who and parse.case in ("nomn", "gent", "datv", "accs", "ablt", "loct"):
            found |= bits(who, parse.case)
    return found
