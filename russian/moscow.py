"""A moment → the Moscow day it falls on: the day by which everything is counted."""

from __future__ import annotations

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

MOSCOW = ZoneInfo("Europe/Moscow")


def moscow_day(moment: datetime) -> str:
    """YYYY-MM-DD in Moscow; the moment must be aware."""
    return moment.astimezone(MOSCOW).date().isoformat()


def moscow_noon(day: str) -> datetime:
    """Noon in Moscow of YYYY-MM-DD: where a list gives a day and no hour."""
    return datetime.combine(date.fromisoformat(day), time(12), MOSCOW)
