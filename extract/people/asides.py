"""Names and phrases of a text → is it one that stands aside and speaks of nobody's fate?

In a field's label, in the rooms of a forum above a title, behind «позывной», away from any name.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.layout import FIELD, ITEM, TITLE, Layout
from extract.names import NameSpan
from extract.names.words import kind_of
from extract.tokens import MARK, NUMBER, Token
from russian.phrases import Hit, word_class
from russian.places import gazetteer

_PARTS = 2  # a surname and a given name
_DASHES, _MARKS = frozenset("—–-"), frozenset("—–-:,")
_CLOSES = frozenset(",.;!(\n")
_BY_NAME = word_class("pointers", "byname")
_SERVES = frozenset(("контракт", "срочник", "контрактник", "мобилизован", "доброволец"))
_AGED = frozenset(("г", "р", "гр", "год", "года", "лет"))  # end of an age or a year of birth
_HEAD = 4  # tokens of an item that may stand before its name


def call_sign(name: NameSpan, tokens: Sequence[Token]) -> bool:
    """«позывной Гудвин», «двоих Алексеев»: one word behind a word for these is nobody's name."""
    if name.end_token - name.start_token > 1:
        return False
    at = name.start_token - 1
    while at >= 0 and tokens[at].text in ':«"“—–-':
        at -= 1
    return at >= 0 and tokens[at].key in _BY_NAME


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


def is_home(name: NameSpan, tokens: Sequence[Token], names: Sequence[NameSpan]) -> bool:
    """«Арсланов Динар, 1998, Салават, контракт»: a town that bears a man's name."""
    at = name.start_token
    listed = name.weak and at and tokens[at - 1].text == ","
    if listed and any(one.given and one.surname and one.end_token == at - 1 for one in names):
        return _in_place_cell(name, tokens)
    if (
        not (listed and name.given)
        or name.end_token >= len(tokens)
        or tokens[name.end_token].text not in ",.("
    ):
        return False
    before = any(one.surname and one.given and one.end_token < at for one in names)
    last = tokens[at - 3] if tokens[at - 2].text == "." else tokens[at - 2]
    aged = (
        last.kind is NUMBER
        or last.key in _AGED
        or last.key in _SERVES
        or tokens[name.end_token].text == "("
    )
    return before and aged and tokens[at].key in gazetteer()


def _in_place_cell(name: NameSpan, tokens: Sequence[Token]) -> bool:
    """«Гейкер Вова, Найхин, Нанайский район», «Утц Роберт, Маркс, 1983»: right behind a name."""
    after = tokens[name.end_token : name.end_token + 4]
    closed = bool(after) and after[0].text in ",.("
    headed = any(kind_of(token.text) in ("region", "place") for token in after[1:])
    return closed and (headed or tokens[name.start_token].key in gazetteer())


def without_homes(
    names: Sequence[NameSpan], tokens: Sequence[Token], layout: Layout
) -> list[NameSpan]:
    """«6) Тырышкин Пётр, Тяжин 🔵»: the cell behind the name of an item is where he is from."""
    kept: list[NameSpan] = []
    for name in names:
        if not (kept and _is_cell(name, kept[-1], tokens, layout)):
            kept.append(name)
    return kept


def _is_cell(name: NameSpan, before: NameSpan, tokens: Sequence[Token], layout: Layout) -> bool:
    line = layout.line(name.start_token)
    alone = name.weak and name.surname is not None and name.end_token < line.end
    if not alone or line.kind is not ITEM or before.start_token - line.body > _HEAD:
        return False
    whole = (
        before.surname is not None and before.given is not None and before.start_token >= line.body
    )
    next_to = name.start_token - before.end_token == 1 and tokens[before.end_token].text == ","
    return whole and next_to and tokens[name.end_token].kind is MARK


def in_place(hit: Hit, names: Sequence[NameSpan], tokens: Sequence[Token]) -> bool:
    """«Галушко у них», «У них: …»: some phrases tell a fate only beside a name or as a heading."""
    if hit.note == "cell":
        return _a_cell(hit, tokens)
    if hit.note != "named" or (hit.end < len(tokens) and tokens[hit.end].text == ":"):
        return True
    return any(name.end_token == hit.start or name.start_token == hit.end for name in names)


def _a_cell(hit: Hit, tokens: Sequence[Token]) -> bool:
    """«Молодцов Т. — вышел», «Бардаш Роман — дом, отпуск», «мать ждёт, пусто»."""
    opens = hit.start > 0 and tokens[hit.start - 1].text in (
        _DASHES if hit.value == "alive" else _MARKS
    )
    return opens and (hit.end >= len(tokens) or tokens[hit.end].text in _CLOSES)


def aside(hit: Hit, layout: Layout) -> bool:
    """«Разыскиваются » Вологда», «Автор: …»: the rooms of a forum, the label of a writer."""
    line = layout.line(hit.start)
    if hit.start >= line.body:
        return False
    writer = hit.value == "fiction" and hit.end - hit.start == 1
    return line.kind is TITLE or (line.kind is FIELD and writer)
