"""A time as a page prints it → an aware moment, in the page's own zone where it names none."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, datetime, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from scraper.worded_dates import worded

MOSCOW = "Europe/Moscow"  # what Russian pages mean where they do not say

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-−])(\d{1,2})(?::?(\d{2}))?", re.I)
_NUMERIC = re.compile(
    r"(\d{1,2})[./](\d{1,2})[./](\d{4}|\d{2})\D{0,6}(\d{1,2}):(\d{2})(?::(\d{2}))?"
)
_ISO = re.compile(
    r"\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?\s*(?:Z|[+-]\d\d:?\d\d)?)?"
)
_LONGEST = 60  # letters of a date in words
_UNIX = re.compile(r"\d{9,10}(?:\.\d+)?")


def zone_of(name: str) -> tzinfo:
    """A zone by name ("Asia/Irkutsk") or offset ("+08:00", "UTC+8"). Raises ValueError."""
    offset = _OFFSET.fullmatch(name.strip())
    if offset:
        span = timedelta(hours=int(offset[2]), minutes=int(offset[3] or 0))
        return timezone(span if offset[1] == "+" else -span)
    try:
        return ZoneInfo(name.strip())
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no time zone") from error


def moment(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """The moment `text` names: ISO, Unix seconds, 23.08.2024 21:44, «23 августа 2024, 21:44»,
    «вчера в 9:05» (counted from `now`). None where it names none."""
    text = re.sub(r" (?=[Z+-])", "", " ".join(text.split()))
    try:
        if _ISO.fullmatch(text):
            return _aware(datetime.fromisoformat(text.replace(",", ".")), zone)
        if _UNIX.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC).astimezone(zone)
        if numeric := _NUMERIC.search(text):
            day, month, year, hour, minute, second = (int(part or 0) for part in numeric.groups())
            year += 2000 if year < 100 else 0
            return datetime(year, month, day, hour, minute, second, tzinfo=zone)
    except (ValueError, OverflowError):
        return None
    if not text or len(text) > _LONGEST:
        return None
    return worded(text, zone) or _parsed(text, zone, now)


def _aware(when: datetime, zone: tzinfo) -> datetime:
    """In the offset it names; +00:00 is how servers print any time, so it says nothing of place."""
    if when.tzinfo is None:
        return when.replace(tzinfo=zone)
    return when if when.utcoffset() else when.astimezone(zone)


def _parsed(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """Relative words and the rest, by dateparser; a date without day, month and year is none."""
    from dateparser import DateDataParser  # noqa: PLC0415  slow to import, 8 MB, seldom needed

    local = now.astimezone(zone).replace(tzinfo=None)
    parser = DateDataParser(
        languages=["ru", "uk", "en"],
        settings={"DATE_ORDER": "DMY", "RELATIVE_BASE": local, "PREFER_DATES_FROM": "past"},
    )
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        data = parser.get_date_data(text)
    if data.date_obj is None or data.period not in ("day", "time"):
        return None
    return _aware(data.date_obj, zone)
