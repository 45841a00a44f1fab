"""«Фамилия: Ким / Имя: Роман / Отчество: Ильич» → one name, whatever the words are."""

from __future__ import annotations

from extract.name_spans import NameSpan, written
from extract.name_words import facts
from extract.tokens import WORD, Token
from model import Sex
from russian import given as given_names

_LABELS = {"фамилия": "s", "имя": "g", "отчество": "p", "прізвище": "s", "ім'я": "g"}
_LONGEST = 8  # tokens from one label to the next


def labelled(tokens: list[Token], ukrainian: bool) -> list[NameSpan]:
    """Names given part by part behind labels, each at least of two parts."""
    labels = [place for place, token in enumerate(tokens) if token.key in _LABELS]
    if len(labels) < 2:
        return []
    groups: list[dict[str, int]] = []
    last = -_LONGEST
    for place in labels:
        at = place + 1
        if at + 1 >= len(tokens) or tokens[at].text not in ":-–—" or not _word(tokens[at + 1]):
            continue
        role = _LABELS[tokens[place].key]
        if not groups or place - last > _LONGEST or role in groups[-1]:
            groups.append({})
        groups[-1][role] = at + 1
        last = place
    return [_span(group, tokens, ukrainian) for group in groups if len(group) > 1]


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
