"""Tokens → the five digits of a unit that is written in pieces or in words."""

from __future__ import annotations

from collections.abc import Sequence

from extract.tokens import NUMBER, WORD, Token
from russian.numerals import number, numeral

UNIT_DIGITS = 5
_TEN = 10


def spelt(tokens: Sequence[Token], at: int) -> tuple[int, str] | None:
    """One past five digits in pieces, and the digits: «94 016», «9-7-3-3-5», «девять один…»,
    «восемьдесят одна тысяча сто сорок»."""
    digits, place = "", at
    while place < len(tokens) and len(digits) < UNIT_DIGITS and place < at + 2 * UNIT_DIGITS:
        token = tokens[place]
        said = number(tokens, place) if token.kind is WORD else None
        if token.kind is NUMBER and len(token.text) < UNIT_DIGITS - 1:
            digits += token.text
        elif said is not None and place == at and 10_000 <= said.value < 100_000:
            digits, place = str(said.value), said.end - 1  # «восемьдесят одна тысяча сто сорок»
        elif said is not None and not said.ordinal and 0 <= said.value < 1000:
            digits, place = _with_zero(tokens, digits + str(said.value), said.end)
        elif place == at and (whole := _hyphened(token.key)):
            digits = whole
        elif token.text not in ("-", "–") or not digits:
            break
        place += 1
    more = place < len(tokens) and tokens[place].kind is NUMBER
    return (place, digits) if len(digits) == UNIT_DIGITS and not more else None


def _with_zero(tokens: Sequence[Token], digits: str, at: int) -> tuple[str, int]:
    """«девяносто шесть семьсот | ноль один»: the hundreds end in 01; and the last token read."""
    if len(digits) == UNIT_DIGITS and digits.endswith("00") and at < len(tokens):
        unit = number(tokens, at + 1) if tokens[at].key in ("ноль", "нуль") else None
        if unit is not None and 0 < unit.value < _TEN and unit.end == at + 2:
            return f"{digits[:-1]}{unit.value}", at + 1
    return digits, at - 1


def _hyphened(key: str) -> str:
    """«девять-два-ноль-шесть-три» as digits, "" where it is no number."""
    said = [numeral(part) for part in key.split("-")] if "-" in key else []
    if any(one is None or one.ordinal or one.value > 9 for one in said):
        return ""
    return "".join(str(one.value) for one in said if one is not None)
