"""Names and phrases of a text → is it one that stands aside and speaks of nobody's fate?

In a field's label, in the rooms of a forum above a title, behind «позывной», away from any name.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.layout import FIELD, TITLE, Layout
from extract.names import NameSpan
from extract.tokens import NEWLINE, Token, is_symbol
from russian.phrases import Hit, word_class

_PARTS = 2  # a surname and a given name
_DASHES, _MARKS = frozenset("—–-•|"), frozenset("—–-•|:,")
_HEADED = frozenset(":,;.(\n")  # behind a heading, behind the word that explains a sign
_CLOSES = frozenset(",.;!(\n")
_LIGHT = frozenset((",", "я", "мы", "наш", "нашего", "мой", "моего", "же", "уже", "наконец"))
_BY_NAME = word_class("pointers", "byname")
_PRAISED = word_class("pointers", "praised")


def call_sign(name: NameSpan, tokens: Sequence[Token]) -> bool:
    """«позывной Гудвин», «двоих Алексеев»: one word behind a word for these is nobody's name.

    Behind a number and a colon those counted are named: «пришло на троих: Пак, Югай». Nor does
    «Слава Богу» name anybody.
    """
    if name.end_token - name.start_token > 1:
        return False
    if name.end_token < len(tokens) and tokens[name.end_token].key in _PRAISED:
        return True
    at = name.start_token - 1
    while at >= 0 and tokens[at].text in ':«"“—–-':
        at -= 1
    if at < 0 or tokens[at].key not in _BY_NAME:
        return False
    family = name.plural and name.said  # «трое Гуриных»
    counted = family or tokens[at + 1].text == ":"
    return not (counted and "NUMR" in tokens[at].word.tags)


def over_preposition(name: NameSpan, tokens: Sequence[Token]) -> NameSpan:
    """«По Роме нет ничего»: the preposition that begins a sentence is no surname."""
    first = tokens[name.start_token]
    governed = name.surname is not None and name.given is not None and "nomn" not in name.cases
    spelt = len(first.text) == 1  # «С И Д О Р О В А»
    if not governed or spelt or len(name.parts) < _PARTS or "PREP" not in first.word.tags:
        return name
    start = name.start_token + 1
    return name._replace(
        start_token=start,
        start=tokens[start].start,
        surname=None,
        parts=name.parts[1:],
        weak=True,
    )


def in_a_label(name: NameSpan, layout: Layout) -> bool:
    """«Туган көне: 12.03.2001»: the label of a date, not a man called Туган."""
    line = layout.line(name.start_token)
    return line.label == "other" and name.start_token < line.body


def in_place(hit: Hit, names: Sequence[NameSpan], tokens: Sequence[Token]) -> bool:
    """«Галушко у них», «нашла я Толика», «У них: …»: some phrases count only beside a name."""
    if hit.note == "cell":
        return _a_cell(hit, tokens)
    if hit.note != "named" or (hit.end < len(tokens) and tokens[hit.end].text == ":"):
        return True
    low, high = hit.start, hit.end
    while low > 0 and tokens[low - 1].key in _LIGHT:
        low -= 1
    while high < len(tokens) and tokens[high].key in _LIGHT:
        high += 1
    return any(
        low <= name.end_token <= hit.start or hit.end <= name.start_token <= high for name in names
    )


def _a_cell(hit: Hit, tokens: Sequence[Token]) -> bool:
    """«Молодцов Т. — вышел», «Бардаш Роман — дом, отпуск», «🟢 вышел», «Ранены:»."""
    after = tokens[hit.end].text if hit.end < len(tokens) else "\n"
    if _opens_line(tokens, hit.start):
        return after in _HEADED
    opens = tokens[hit.start - 1].text in (_DASHES if hit.value == "alive" else _MARKS)
    return opens and after in _CLOSES


def _opens_line(tokens: Sequence[Token], at: int) -> bool:
    """Is it a heading's first word, or the word that explains a sign?"""
    return at == 0 or tokens[at - 1].kind is NEWLINE or is_symbol(tokens[at - 1])


def aside(hit: Hit, layout: Layout) -> bool:
    """«Разыскиваются » Вологда», «Автор: …»: the rooms of a forum, the label of a writer."""
    line = layout.line(hit.start)
    if hit.start >= line.body:
        return False
    writer = hit.value == "fiction" and hit.end - hit.start == 1
    return line.kind is TITLE or (line.kind is FIELD and writer)
