"""Tokens and lines → what a card says a man was before: it says nothing of what he is now.

«прежняя метка: нет на связи / новая метка: найден», «статус: ищем → в плену», «было: плен, стало:
дома».
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.layout import Layout, Line
from extract.tokens import Token
from russian.phrases import word_class

_FORMER = word_class("pointers", "former")
_MARKS = word_class("pointers", "mark")
_NOW = word_class("pointers", "now")
_ARROWS = frozenset("→➡⇒➔⟶")
_LABEL = 3  # tokens from the first word of a label to its colon


def former(tokens: Sequence[Token], layout: Layout) -> list[tuple[int, int]]:
    """Token ranges that tell what a card said before."""
    heads = [at for at, token in enumerate(tokens) if token.key in _FORMER]
    found = [one for at in heads if (one := _labelled(tokens, layout.line(at), at))]
    arrows = [at for at, token in enumerate(tokens) if token.text[0] in _ARROWS]
    return found + [(_value(tokens, layout.line(at), at), at) for at in arrows]


def _labelled(tokens: Sequence[Token], line: Line, at: int) -> tuple[int, int] | None:
    """What stands behind the label of which `at` is the first word, down to the new one."""
    label = tokens[at : min(at + _LABEL, line.end)]
    colon = next((place for place, token in enumerate(label) if token.text in ":—–-"), 0)
    if not colon or not _is_label(label[:colon]):
        return None
    start = at + colon + 1
    ends = (place for place in range(start, line.end) if tokens[place].key in _NOW)
    return start, next(ends, line.end)


def _is_label(label: Sequence[Token]) -> bool:
    """«было», «прежний статус»: nothing but the word, and what a card calls its mark."""
    return all(token.key in _MARKS for token in label[1:])


def _value(tokens: Sequence[Token], line: Line, arrow: int) -> int:
    """Where the value before an arrow begins: behind its label, or at the head of the line."""
    colons = [place for place in range(line.start, arrow) if tokens[place].text == ":"]
    return colons[-1] + 1 if colons else line.start
