"""Tokens and phrases of a post → how it tells: of an exchange, with an addition, in captions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import NamedTuple

from extract.layout import Layout
from extract.tokens import Token
from russian.phrases import Hit, word_class

_UPDATES = word_class("pointers", "update")
_EXCHANGE = re.compile(r"(?:^|[\n.!?])\W{0,3}обмен ?[!.]")
_AGAINST = r" ?(?:на|/|[xх×]|-на-) ?"
_MAY_SWAP = re.compile(rf"\d{_AGAINST}\d", re.IGNORECASE)
_SWAP = re.compile(  # and no date: «03/03/2000»
    rf"(?<![\d/])(\d{{1,4}}){_AGAINST}\1(?!\d|/\d)", re.IGNORECASE
)
_TITLE = re.compile(  # of the post a comment stands under: what it tells is not told of him
    r"\b(?:коммент|ответ)\w* (?:к|на|под) (?:запис|пост|новост|публикац)[^\n]*", re.IGNORECASE
)
_BACK = re.compile(  # «Наши курсанты вернулись! 103 человека», «Вернулись наши! Из 103 — трое …»
    r"(?<!не )\b(?:вернулись|вернули|возвращены)(?: [а-яё]+){0,2}\W{1,3}(?:из )?\d{2,3}\b"
    r"(?! ?(?:лет|год|сут|дн|мин|час|янв|фев|мар|апр|ма|июн|июл|авг|сен|окт|ноя|дек|[.:]\d))"
)
_COUNTED = re.compile(r"\b(?:вчера|сегодня)\W{1,3}\d{3}(?:[.!]+(?=\s|$)|\n)")  # «Вчера 175.»
_DIGITS = re.compile(r"\d+")


class Telling(NamedTuple):
    """How a text tells."""

    edited: bool  # it has been changed since it was published
    captions: bool  # in the other side's language: the men shown are captive
    exchange: bool  # of an exchange in figures: «115 на 115»
    reach: bool = False  # it says whom to call


def update_at(tokens: Sequence[Token], layout: Layout) -> tuple[int, int] | None:
    """The tokens of an addition (UPD …): its line at the head of the post, else all below."""
    for at, token in enumerate(tokens):
        if token.key in _UPDATES:
            line = layout.line(at)
            if at > 8:
                return at, len(tokens)
            return (at, line.end) if line.end < len(tokens) else None
    return None


def exchanged(folded: str, hits: Sequence[Hit] = ()) -> bool:
    """Does the text tell of an exchange: in figures («115 на 115») or as what took place?"""
    titles = [hit for hit in hits if hit.note == "title"]
    told = any(
        hit.table == "claims"
        and hit.note == "event"
        and not any(title.start <= hit.start < title.end for title in titles)
        for hit in hits
    )
    folded = _TITLE.sub(" ", folded) if titles else folded
    swapped = _MAY_SWAP.search(folded) is not None and any(
        _SWAP.match(folded, run.start()) for run in _DIGITS.finditer(folded)
    )
    if told or swapped:
        return True
    lowered = folded.lower()
    if _COUNTED.search(lowered):
        return True
    if ("вернули" in lowered or "возвращены" in lowered) and _BACK.search(lowered):
        return True
    return "обмен" in lowered and _EXCHANGE.search(lowered) is not None
