"""A whole post → its records as one line, its redacted text, and what can still be read in it."""

from __future__ import annotations

import re
from datetime import datetime

from extract import read
from extract.reading import status
from model import Post, Reading

Case = tuple[str, str, tuple[str, ...]]  # the post; its records; strings that must be hidden


def reading(
    text: str, posted: str = "2024-10-20T12:00:00+03:00", edited: str | None = None
) -> Reading:
    return read(
        Post(
            source="test",
            external_id="1",
            posted_at=datetime.fromisoformat(posted),
            text=text,
            edited_at=datetime.fromisoformat(edited) if edited else None,
        )
    )


def told(text: str) -> str:
    """The records as one line: surname, given name, patronymic and status of each, sorted."""
    return "; ".join(
        sorted(
            f"{one.surname or '-'} {one.given or '-'} {one.patronymic or '-'}: {status(one.claim)}"
            for one in reading(text).records
        )
    )


def readable(secret: str, text: str) -> bool:
    digits = re.sub(r"\D", "", secret)
    if len(digits) >= 7:
        return digits[-7:] in re.sub(r"\D", "", text)
    return re.search(rf"(?<!\w){re.escape(secret.lower())}(?!\w)", text.lower()) is not None


def agrees(text: str, records: str, secrets: tuple[str, ...]) -> None:
    """The post gives these records, hides these strings and keeps the sought men's names."""
    assert told(text) == "; ".join(sorted(filter(None, records.split("; "))))
    kept = reading(text).text
    assert [secret for secret in secrets if readable(secret, kept)] == []
    for record in reading(text).records:
        if record.surname and record.surname[:4].lower() in text.lower():
            assert record.surname[:4].lower() in kept.lower()


def stays(text: str) -> None:
    """What was redacted is read to the same text again."""
    once = reading(text).text
    assert reading(once).text == once
