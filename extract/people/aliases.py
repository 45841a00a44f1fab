"""Two names side by side → does one tell the other: «он же …», «в миру …», «(по паспорту …)»?"""

from __future__ import annotations

from collections.abc import Sequence
from difflib import SequenceMatcher

from extract.names import NameSpan
from extract.people.sameness import agree
from extract.tokens import Token

_ALSO = (
    ["в", "миру"],
    ["он", "же"],
    ["она", "же"],
    ["on", "zhe"],
    ["по", "паспорту"],
    ["в", "паспорте"],
)
_PAPERS = frozenset(("паспорт", "военник", "билет", "документ", "контракт", "свидетельство"))
_STOPS = frozenset(".!?\n")
_SAID = 6  # tokens from the word for a paper to the name it has
_LIKE = 0.6  # of the letters of two spellings of one name
_ALIAS = 4  # tokens between a name and the other name of the same man
_FURTHER = 16  # the same where their given names agree


def patronymic_of(left: NameSpan, right: NameSpan) -> bool:
    """«Ярцев Денис (Денис Максимович)»"""
    told = bool(right.patronymic and right.given and left.given) and not left.patronymic
    return told and agree(left.given, right.given)


def by_passport(tokens: Sequence[Token], at: int) -> bool:
    """«Кызласов Арчын (Артур по паспорту)»"""
    said = [token.key for token in tokens[at : at + 2]]
    return said in (["по", "паспорту"], ["по", "документам"], ["в", "паспорте"])


def also(tokens: Sequence[Token], left: NameSpan, right: NameSpan) -> bool:
    """«Schneider Waldemar, он же Шнайдер Владимир Генрихович»: one man, named better behind."""
    between = tokens[left.end_token : right.start_token]
    fuller = bool(right.surname) and (bool(right.patronymic) or not left.patronymic)
    if not fuller or [token.key for token in between[-2:]] not in _ALSO:
        return False
    return len(between) <= _ALIAS or (len(between) <= _FURTHER and agree(left.given, right.given))


def by_papers(tokens: Sequence[Token], left: NameSpan, right: NameSpan) -> bool:
    """«Худойназаров Фарход … В паспорте его написали ХУДАЙНАЗАРОВ ФАРХАД»: as a paper has him."""
    if right.patronymic and not left.patronymic:
        return False
    first = max(left.end_token, right.start_token - _SAID)
    between = tokens[first : right.start_token]
    at = next((n for n, t in enumerate(between) if not _PAPERS.isdisjoint(t.word.normals)), None)
    if at is None or any(token.text in _STOPS for token in between[at:]):
        return False
    pairs = ((left.surname, right.surname), (left.given, right.given))
    said = [(one, other) for one, other in pairs if one and other]
    return bool(said) and all(_alike(one, other) for one, other in said)


def _alike(one: str, other: str) -> bool:
    return SequenceMatcher(None, one.lower(), other.lower()).ratio() >= _LIKE
