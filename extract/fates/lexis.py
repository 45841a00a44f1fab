"""The words around one man → which fate they speak of, by weights learned from read posts.

The second reader. Phrases (`russian/claims.tsv`) read what they know; then every word has its say:
a logistic model over the dictionary forms (`russian/fate_words.tsv`, made by
`python -m benchmarks.fates`). It may doubt a death the phrases read, and never calls a man dead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from math import sqrt
from typing import NamedTuple

from extract.fates.states import CAPTURED, DECEASED, FOUND_ALIVE, RELEASED, RETRACTED, SOUGHT
from extract.tokens import MARK, NUMBER, WORD, Token, Word
from model import Claim
from russian.phrases import rows

FATES = (SOUGHT, CAPTURED, RELEASED, FOUND_ALIVE, DECEASED, RETRACTED)  # columns of the table
BIAS = "*"  # the row of what holds before a word is read
_LENGTH = 4.0  # a text of n words weighs each 4/√n …
_FEW = 12  # … and one of fewer no more than so many: a word or two are no ground to go by
_NAMES = frozenset(("Surn", "Name", "Patr", "Geox"))
_TELLING = frozenset("!?")
_NUMBER = "#"
_NOT = frozenset(("не", "ни"))
_REACH = 2  # tokens behind «не» it denies: «не в плену»


class Leaning(NamedTuple):
    """The fate the words speak of most, and the token that says most of it."""

    claim: Claim
    at: int
    word: str


def features(
    tokens: Sequence[Token],
    ranges: Sequence[tuple[int, int]],
    names: Sequence[tuple[int, int]],
) -> dict[str, int]:
    """Dictionary forms in the ranges → the token each was met at first.

    Names and places are left out; the two words behind «не» are counted apart from their own.
    """
    found: dict[str, int] = {}
    named = {at for start, end in names for at in range(start, end)}
    for start, end in ranges:
        denied = -1  # the last token a «не» reaches
        for at in range(start, end):
            if at in named or not (form := _form(tokens[at])):
                continue
            found.setdefault(f"не {form}" if at <= denied else form, at)
            if form in _NOT:
                denied = at + _REACH
    return found


def leaning(found: Mapping[str, int], claim: Claim, trust: float) -> Leaning | None:
    """The fate the words speak of, where it is another than `claim`; None where they agree.

    `trust`: how much is added to the log-probability of `claim`, which the phrases have read.
    """
    table = _weights()
    known = [(at, word, weights) for word, at in found.items() if (weights := table.get(word))]
    if not known:
        return None
    each = share(len(found))
    scores = [
        bias + each * sum(weights[column] for _, _, weights in known)
        for column, bias in enumerate(table[BIAS])
    ]
    best = settled(scores, claim, trust)
    if best is claim:
        return None
    column = FATES.index(best)
    at, word, _ = max(known, key=lambda one: one[2][column])
    return Leaning(best, at, word)


def settled(scores: Sequence[float], claim: Claim, trust: float | None) -> Claim:
    """The fate of the best score once `claim` has its trust; `claim` where that is a death."""
    if trust is None:
        return claim
    trusted = [score + trust * (fate is claim) for score, fate in zip(scores, FATES, strict=True)]
    best = FATES[max(range(len(FATES)), key=trusted.__getitem__)]
    return claim if best is DECEASED else best


def share(words: int) -> float:
    """How much each of so many words weighs."""
    return _LENGTH / sqrt(max(words, _FEW))


def _form(token: Token) -> str | None:
    if token.kind is WORD:
        return _lemma(token.word)
    if token.kind is NUMBER:
        return _NUMBER
    if token.kind is MARK and (token.text in _TELLING or _pictured(token.text)):
        return token.text
    return None


def _lemma(word: Word) -> str | None:
    """The likeliest dictionary form; None for a name or a place."""
    if not word.parses:
        return word.key
    likeliest = word.parses[0]
    if word.shape != "lower" and not _NAMES.isdisjoint(likeliest.tags):
        return None
    return likeliest.normal.replace("ё", "е")


def _pictured(mark: str) -> bool:
    return mark > "\u2300"


@cache
def _weights() -> dict[str, tuple[float, ...]]:
    one: dict[str, float] = {}  # of each figure, which stands there many times
    return {
        word: tuple([one.setdefault(weight, float(weight)) for weight in weights])
        for word, *weights in rows("fate_words")
    }
