"""A claim and everything said of its person → how well it is supported, and since which day."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from typing import Protocol, Self

from model import Claim, Evidence, StoredRecord

EDITORS = 2  # different ones, to confirm


class Statement(Protocol):
    """One claim of one record on one Moscow day."""

    @property
    def record(self) -> StoredRecord:
        """The record that says it."""

    @property
    def claim(self) -> Claim:
        """What it says."""

    @property
    def day(self) -> str:
        """When: YYYY-MM-DD."""


@dataclass(frozen=True, slots=True)
class Support:
    """All that is said of one person, and which editors vouch for which record."""

    said: tuple[Statement, ...]
    approved: Mapping[str, Set[str]]

    @classmethod
    def of(cls, said: Sequence[Statement], approved: Mapping[str, Set[str]]) -> Self:
        """The support that a person's statements give each other."""
        return cls(tuple(said), approved)


def evidence_of(one: Statement, until: str, support: Support) -> tuple[Evidence, str | None]:
    """The level of a claim that stood until a day, and the day from which it was corroborated."""
    alike = [
        other for other in support.said if other.claim is one.claim and one.day <= other.day < until
    ]
    days = [other.day for other in alike if independent(one.record, other.record)]
    if one.record.row is not None:
        days += [
            max(one.day, other.day)
            for other in support.said
            if independent(one.record, other.record) and same_papers(one.record, other.record)
        ]
    editors = {
        editor for other in alike for editor in support.approved.get(other.record.record_id, ())
    }
    since = min(days, default=None)
    if len(editors) >= EDITORS:
        return Evidence.CONFIRMED, since
    return (Evidence.REPORTED, None) if since is None else (Evidence.CORROBORATED, since)


def independent(one: StoredRecord, other: StoredRecord) -> bool:
    """Two sources of different owners, neither a copy of the other or of a third.

    A forward speaks for the channel it comes from. Which of our sources that is cannot be told, so
    it is independent only of a forward from another channel. What a source told in a flood that
    nobody has reviewed supports nothing.
    """
    if one.owner == other.owner or one.held or other.held:
        return False
    if (one.forwarded_from is None) != (other.forwarded_from is None) and not (
        one.row is not None or other.row is not None
    ):
        return False
    if one.forwarded_from is not None and one.forwarded_from == other.forwarded_from:
        return False
    return not ({one.record_id, one.copy_of} & {other.record_id, other.copy_of}) - {None}


def same_papers(one: StoredRecord, other: StoredRecord) -> bool:
    """Do both give the same surname, given name, patronymic and full birth date?"""
    left, right = _papers(one), _papers(other)
    return left is not None and left == right


def _papers(stored: StoredRecord) -> tuple[str, ...] | None:
    record = stored.record
    parts = (record.surname, record.given, record.patronymic, record.birth_date)
    if not all(parts) or len(record.birth_date or "") != len("YYYY-MM-DD"):
        return None
    names = [(part or "").lower().replace("ё", "е") for part in parts]
    return None if any(name.endswith(".") or len(name) == 1 for name in names) else tuple(names)
