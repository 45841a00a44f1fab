"""Short notations of invented people for the tests of `dedupe`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from model import Category, Claim, Decision, Judgement, Record, StoredRecord

NOW = datetime(2025, 7, 1, tzinfo=UTC)
CATEGORIES = {str(category): category for category in Category}


def person(record_id: str, name: str, **said: Any) -> StoredRecord:
    """A post's record, or with `row=` a list's: person("a", "Лыков Савва", birth_date="2004").

    The name is surname, given, patronymic; "-" stands for a part not given. `public` is the day.
    """
    surname, given, *patronymic = [None if part == "-" else part for part in name.split(maxsplit=2)]
    day = said.pop("public", "2024-08-20")
    source, row = said.pop("source", "channel"), said.pop("row", None)
    post, copy_of = said.pop("post", record_id), said.pop("copy_of", None)
    said["category"] = CATEGORIES.get(said.get("category", ""))
    said["claim"] = Claim(said.get("claim", "sought"))
    at = datetime.fromisoformat(f"{day}T12:00:00+03:00")
    return StoredRecord(
        record_id=record_id,
        record=Record(surname=surname, given=given, patronymic=(patronymic or [None])[0], **said),
        source=source,
        owner=source,
        external_id=str(row) if row else post,
        row=row,
        public_at=at,
        learned_at=at,
        copy_of=copy_of,
    )


def decided(left: str, right: str, judgement: str, minute: int = 0) -> Decision:
    """An editor's decision on two records."""
    first, second = sorted((left, right))
    return Decision(
        left=first,
        right=second,
        judgement=Judgement(judgement),
        score=None,
        by="editor",
        at=NOW.replace(minute=minute),
    )
