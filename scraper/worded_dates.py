"""A date in words, «23 авг 2024, 21:44 MSK» → an aware moment, in the zone it names."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta, timezone, tzinfo

from russian.months import month

_WORDED = re.compile(
    r"(?:[^\W\d_]+\.?,?\s+)?(?P<day>\d{1,2})[\s.-]+(?P<month>[^\W\d_]{3,12})\.?[\s.,-]+"
    r"(?P<year>\d{4}|\d\d)(?:\s*г(?:ода|\.)?)?,?\s+(?:(?:в|at)\s+)?(?P<hour>\d{1,2}):"
    r"(?P<minute>\d\d)(?::(?P<second>\d\d)(?:\.\d+)?)?(?!\d|\s*(?i:[ap]\.?m\b))\s*(?P<zone>\S.*)?"
)
_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+−-])(\d{1,2}):?(\d\d)?\b")
_MOSCOW_PLUS = re.compile(r"(?:MSK|МСК)\s*([+−-]\d{1,2})\b")
# Abbreviations that mean one offset in feeds from here; feedparser takes MSK for UTC.
_ZONES = {
    "UTC": 0, "GMT": 0, "UT": 0, "Z": 0, "MSK": 3, "МСК": 3, "MSD": 4, "EET": 2, "EEST": 3,
    "SAMT": 4, "YEKT": 5, "OMST": 6, "NOVT": 7, "KRAT": 7, "IRKT": 8, "YAKT": 9, "VLAT": 10,
    "MAGT": 11, "PETT": 12,
    "EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7,
}  # fmt: skip


def worded(text: str, zone: tzinfo) -> datetime | None:
    """The moment of a date of day, month in letters, year and hour; `zone` where it names none, or
    only UTC. None for any other."""
    parts = _WORDED.fullmatch(text)
    number = month(parts["month"].lower().replace("ё", "е")) if parts else None
    if parts is None or number is None:
        return None
    year = int(parts["year"]) + (2000 if len(parts["year"]) == 2 else 0)
    clock = (int(parts["hour"]), int(parts["minute"]), int(parts["second"] or 0))
    try:
        named = _zone(parts["zone"] or "", zone)
        when = datetime(year, number, int(parts["day"]), *clock, tzinfo=named)
        return when if when.utcoffset() else when.astimezone(zone)
    except (ValueError, OverflowError):
        return None


def _zone(text: str, zone: tzinfo) -> tzinfo:
    """The zone after a date; an unknown abbreviation says no more than none."""
    if found := _OFFSET.match(text):
        span = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return timezone(span if found[1] == "+" else -span)
    if found := _MOSCOW_PLUS.match(text):
        return timezone(timedelta(hours=3 + int(found[1].replace("−", "-"))))
    hours = _ZONES.get(re.split(r"[\s(;]", text.upper(), maxsplit=1)[0])
    if hours is None:
        return zone
    return timezone(timedelta(hours=hours)) if hours else UTC
