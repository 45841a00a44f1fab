"""Words that may be a man's name or a town's → which they are: «Салават», «Урал», «Маркс».

A town in the cell of a list gives its place to no man; a man named again gives his to no town.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.layout import ITEM, Layout
from extract.names import NameSpan
from extract.names.words import kind_of
from extract.tokens import MARK, NUMBER, Token
from russian.places import gazetteer

_SERVES = frozenset(("контракт", "срочник", "контрактник", "мобилизован", "доброволец"))
_HEAD = 4  # tokens of an item that may stand before its name
_AGED = frozenset(("г", "р", "гр", "год", "года", "лет"))  # end of an age or a year of birth


def tokens_of(names: Sequence[NameSpan], tokens: Sequence[Token]) -> set[int]:
    """The tokens of men's names, also of a given name told again: «Урал это имя, не река»."""
    taken = {
        at
        for name in names
        if name.given or name.patronymic
        for at in range(name.start_token, name.end_token)
    }
    given = {name.given.lower().replace("ё", "е") for name in names if name.given and name.surname}
    again = {
        at
        for at, token in enumerate(tokens)
        if token.key in given and "PREP" not in tokens[at - 1].word.tags and _starts(tokens, at)
    }
    return taken | again


def _starts(tokens: Sequence[Token], at: int) -> bool:
    """Does a word stand right behind, as a verb does behind its subject: «Урал в отпуске»?"""
    begins = at == 0 or tokens[at - 1].text in ".!?,)\n…"
    return begins and at + 1 < len(tokens) and tokens[at + 1].word.shape == "lower"


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
