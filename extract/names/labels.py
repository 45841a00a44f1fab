"""«Фамилия: Ким / Имя, отчество: Роман Ильич» → one name, whatever the words are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from extract.names.spans import NameSpan, written
from extract.names.words import facts
from extract.tokens import WORD, Token
from model import Sex
from russian import given as given_names

_LABELS = {"фамилия": "s", "имя": "g", "отчество": "p", "прізвище": "s", "ім'я": "g"}
_LABELS |= {"фам": "s", "отч": "p", "по-батькові": "p", "surname": "s", "patronymic": "p"}
_BETWEEN = frozenset((",", "/", "и", "&", "+", "."))
_LONGEST = 8  # tokens from one label to the next


class _Field(NamedTuple):
    """Labels that stand together and the words behind them, one for each."""

    first: int
    roles: str
    values: tuple[int, ...]


def labelled(tokens: list[Token], ukrainian: bool) -> list[NameSpan]:
    """Names given part by part behind labels, each at least of two parts."""
    if _LABELS.keys().isdisjoint([token.key for token in tokens]):
        return []
    groups: list[dict[str, int]] = []
    last = -_LONGEST
    for field in _fields(tokens):
        fresh = not groups or field.first - last > _LONGEST
        if fresh or any(role in groups[-1] for role in field.roles):
            groups.append({})
        groups[-1] |= dict(zip(field.roles, field.values, strict=False))
        last = field.values[-1]
    return [_span(group, tokens, ukrainian) for group in groups if len(group) > 1]


def _fields(tokens: list[Token]) -> Iterator[_Field]:
    at = 0
    while at < len(tokens):
        first, roles = at, ""
        while at < len(tokens) and (role := _LABELS.get(tokens[at].key)) and role not in roles:
            roles += role
            at += 1
            while at + 1 < len(tokens) and tokens[at].key in _BETWEEN:
                at += 1
        if not roles:
            at += 1
            continue
        marked = at < len(tokens) and tokens[at].text in ":-–—="
        at += marked
        words = _values(tokens, at, len(roles))
        if words and (marked or tokens[first].word.shape != "lower"):
            yield _Field(first, roles, words)
            at = words[-1] + 1


def _values(tokens: list[Token], at: int, most: int) -> tuple[int, ...]:
    """Capitalised words in a row, as many as there are labels, or one fewer."""
    found: list[int] = []
    while at < len(tokens) and len(found) < most and _word(tokens[at]):
        if tokens[at].key in _LABELS:
            break
        found.append(at)
        at += 1
    return tuple(found)


def _word(token: Token) -> bool:
    return token.kind is WORD and token.word.shape != "lower"


def _span(group: dict[str, int], tokens: list[Token], ukrainian: bool) -> NameSpan:
    parts = {role: _part(role, tokens[place], ukrainian) for role, place in group.items()}
    first, end = min(group.values()), max(group.values()) + 1
    patronymic = parts.get("p")
    facts_of = given_names.known(parts.get("g") or "")
    sex = facts_of.sex if facts_of else None
    if patronymic:
        sex = Sex.FEMALE if patronymic.endswith(("на", "кызы")) else Sex.MALE
    return NameSpan(
        start_token=first,
        end_token=end,
        start=tokens[first].start,
        end=tokens[end - 1].end,
        surname=parts.get("s"),
        given=given_names.write_out(parts["g"], sex) if "g" in parts else None,
        patronymic=patronymic,
        sex=sex,
        cases=frozenset(("nomn",)),
        case="nomn",
        score=20.0,
        as_written=parts.get("g", ""),
        parts=tuple((role, place, place + 1) for role, place in group.items()),
    )


def _part(role: str, token: Token, ukrainian: bool) -> str:
    found = facts(token.text, ukrainian)
    by_role = {"s": found.surname, "g": found.given, "p": found.patronymic} if found else {}
    options = by_role.get(role, ())
    nominative = next((one.name for one in options if one.mask & 0b1000001), None)
    return written(nominative or token.text.lower())
