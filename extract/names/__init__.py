"""Tokens → every person's name among them, written in the nominative in Russian letters."""

from __future__ import annotations

from extract.names.labels import labelled
from extract.names.links import link
from extract.names.neighbours import adopt
from extract.names.patterns import divide
from extract.names.predicates import predicated
from extract.names.sayings import complete
from extract.names.spans import NameSpan, span_of
from extract.names.units import runs
from extract.tokens import Token
from russian.transliterate import is_russian

__all__ = ["NameSpan", "find_names", "is_ukrainian_text"]


def find_names(tokens: list[Token]) -> list[NameSpan]:
    """Every name in the text, in order, none overlapping another."""
    ukrainian = is_ukrainian_text(tokens)
    found = runs(tokens, ukrainian)
    spans = [span_of(name, units, tokens) for run in found for name, units in divide(run)]
    for whole in labelled(tokens, ukrainian):
        spans = [span for span in spans if not _overlap(span, whole)] + [whole]
    spans.sort(key=lambda span: span.start_token)
    return link(complete(predicated(adopt(spans, tokens), tokens), tokens), tokens)


def _overlap(one: NameSpan, other: NameSpan) -> bool:
    return one.start_token < other.end_token and other.start_token < one.end_token


def is_ukrainian_text(tokens: list[Token]) -> bool:
    """Whether letters that Russian lacks, and few that Ukrainian lacks, show it to be Ukrainian."""
    ukrainian = sum([token.word.ukrainian for token in tokens])
    return ukrainian > 0 and ukrainian > sum(is_russian(token.text) for token in tokens)
