"""The fields of a flyer → whole names; is a list of lines one man's flyer?

«Фамилия: Дёмин / Имя: Павел / Отчество: Сергеевич» is one name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from extract.layout import FIELD, ITEM, Layout, Line
from extract.names import NameSpan
from extract.tokens import Token

_FEW = 2  # lines too few for a list of fields
_LABEL = 10  # tokens a field of a list may take for its label
_ORDER = ("surname", "given", "patronymic")


def joined_fields(names: Sequence[NameSpan], layout: Layout) -> list[NameSpan]:
    """The names with parts from neighbouring fields put together; the first keeps its place."""
    result: list[NameSpan] = []
    last_line = -9
    for name in names:
        number = layout.line_of[name.start_token]
        line = layout.lines[number]
        label = line.label if line.kind is FIELD else ""
        if label in _ORDER and result and number - last_line <= 2 and _free(result[-1], label):
            part = _part(name, label)
            if part:
                result[-1] = _with(result[-1], label, part)
                last_line = number
                continue
        result.append(name)
        last_line = number if label in _ORDER else -9
    return result


def _with(name: NameSpan, label: str, part: str) -> NameSpan:
    if label == "surname":
        return name._replace(weak=False, surname=part)
    if label == "given":
        return name._replace(weak=False, given=part)
    return name._replace(weak=False, patronymic=part)


def _free(name: NameSpan, label: str) -> bool:
    return getattr(name, label) is None


def _part(name: NameSpan, label: str) -> str | None:
    parts = [part for part in (name.surname, name.given, name.patronymic) if part]
    return getattr(name, label) or (parts[0] if len(parts) == 1 else None)


def one_mans(lines: Mapping[int, int], layout: Layout, tokens: Sequence[Token]) -> bool:
    """Is what looks like a list a flyer, or the questions and answers of a conversation?"""
    asked = any(
        line.kind is ITEM and tokens[line.end - 1].text == "?" and tokens[line.start].text in "-–—"
        for line in layout.lines
        if line.start < line.end
    )
    return _flyer(lines, layout, tokens) or asked


def _flyer(lines: Mapping[int, int], layout: Layout, tokens: Sequence[Token]) -> bool:
    """A row of marks with one man's facts: his name is in the first, or behind a field's label."""
    items = [at for at, line in enumerate(layout.lines) if line.kind is ITEM]
    if len(items) <= _FEW:
        return False
    return list(lines) == items[:1] or all(_is_field(layout.lines[at], tokens) for at in items)


def _is_field(line: Line, tokens: Sequence[Token]) -> bool:
    """«3. Дата рожд.: 30 июля 1993»"""
    return any(token.text == ":" for token in tokens[line.body : line.body + _LABEL])
