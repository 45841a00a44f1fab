"""Names written part by part in the fields of a flyer → whole names.

«Фамилия: Дёмин / Имя: Павел / Отчество: Сергеевич» is one name.
"""

from __future__ import annotations

from collections.abc import Sequence

from extract.layout import FIELD, Layout
from extract.names import NameSpan

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
