"""Datetimes ↔ the store's UTC text of one width; ids as hashes that hold no names."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

from russian.moscow import moscow_day, moscow_noon

__all__ = ["make_id", "moment", "moscow_day", "moscow_noon", "stamp", "stamp_or_none"]


def stamp(moment: datetime) -> str:
    """UTC text of one width, so that text order is time order: 2024-08-23T12:00:00.000000Z."""
    # strftime drops leading zeros of years before 1000 and is slower than this
    plain = moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds")
    return f"{plain}Z"


def stamp_or_none(moment: datetime | None) -> str | None:
    """`stamp`, or None for None."""
    return None if moment is None else stamp(moment)


def moment(text: str) -> datetime:
    """The aware datetime of a stamp."""
    return datetime.fromisoformat(text)


def make_id(*parts: object) -> str:
    """A 16-digit hexadecimal id of the parts: stable, and without a name in it."""
    joined = "\x1f".join(str(part) for part in parts)
    return hashlib.blake2b(joined.encode(), digest_size=8).hexdigest()
