"""A time as a page prints it → an aware moment, in the page's own zone where it names none."""

from __future__ import annotations

import re
import warnings
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from russian.months import month
from scraper.worded_dates import worded

MOSCOW = "Europe/Moscow"  # what Russian pages mean where they do not say

_OFFSET = re.compile(r"(?:UTC|GMT)?\s*([+-−])(\d{1,2})(?::?(\d{2}))?", re.I)
_CLOCK = (
    r"(?P<hour>\d{1,2}):(?P<minute>\d\d)(?::(?P<second>\d\d))?(?!\d)(?:\s*(?P<half>[ap])\.?m\b)?"
)
_AT = r"(?:[\s,.:»–—-]{0,4}(?:\b(?:в|о|об|at)\s)?\s*)"
_AMONG = tuple(  # a time among other words: «Добавлено: Пн Авг 12, 2024 9:41 pm», «Вчера в 23:59»
    re.compile(f"{day}{_AT}{_CLOCK}", re.IGNORECASE)
    for day in (
        r"(?<!\d)(?P<year>\d{4})[./-](?P<month>\d\d)[./-](?P<day>\d\d)T?",
        r"(?<!\d)(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4}|\d\d)(?:\D{0,6}?)",
        r"(?<!\d)(?P<day>\d{1,2})[\s.-]+(?P<name>[^\W\d_]{3,12})\.?[\s,.-]+(?P<year>\d{4})"
        r"(?:\s*г(?:ода|\.)?)?",
        r"\b(?P<name>[^\W\d_]{3,12})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})",
        r"\b(?P<ago>сегодня|вчера|позавчера|сьогодні|вчора|today|yesterday)",
    )
)
_ZONE = re.compile(
    r"[\s(]*(?:UTC|GMT)([+-](?:0?\d|1[0-4])(?::?[0-5]\d)?)?(?![\w+-])", re.IGNORECASE
)
_NOW = re.compile(r"только что|сейчас|щойно|just now|now", re.IGNORECASE)
_AGO = {"вчера": 1, "вчора": 1, "yesterday": 1, "позавчера": 2}
_LOOKED = 400  # letters among which a time is looked for
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
    «вчера в 9:05» (counted from `now`), the first where it stands among other words. None where
    it names none."""
    text = re.sub(r" (?=[Z+-])", "", " ".join(text.split()))
    try:
        if _ISO.fullmatch(text):
            return _aware(datetime.fromisoformat(text.replace(",", ".")), zone)
        if _UNIX.fullmatch(text):
            return datetime.fromtimestamp(float(text), UTC).astimezone(zone)
    except (ValueError, OverflowError):
        return None
    if len(text) <= _LONGEST and (found := worded(text, zone)):
        return found
    if among := [told for form in _AMONG if (told := form.search(text, 0, _LOOKED))]:
        return _told_among(min(among, key=lambda one: one.start()), zone, now)
    return _parsed(text, zone, now) if 0 < len(text) <= _LONGEST else None


def _told_among(found: re.Match[str], zone: tzinfo, now: datetime) -> datetime | None:
    """A time among other words, in the zone that stands behind it: «21:44 UTC», «(UTC+7)»."""
    behind = _ZONE.match(found.string, found.end())
    if behind is None:
        return _said(found, zone, now)
    told = _said(found, zone_of(behind[1] or "+00:00"), now)
    return told and _aware(told, zone)


def _said(found: re.Match[str], zone: tzinfo, now: datetime) -> datetime | None:
    """The moment of a day and an hour found among other words; None where there is no such."""
    parts = found.groupdict()
    hour = int(parts["hour"])
    if half := parts["half"]:
        hour = hour % 12 + (12 if half in "pP" else 0)
    try:
        clock = time(hour, int(parts["minute"]), int(parts["second"] or 0))
        if ago := parts.get("ago"):
            day = now.astimezone(zone).date() - timedelta(days=_AGO.get(ago.lower(), 0))
        else:
            name = parts.get("name")
            number = month(name.lower().replace("ё", "е")) if name else int(parts["month"])
            year = int(parts["year"])
            day = date(year + (2000 if year < 100 else 0), number or 0, int(parts["day"]))
    except ValueError:
        return None
    return datetime.combine(day, clock, zone)


def _aware(when: datetime, zone: tzinfo) -> datetime:
    """In the offset it names; +00:00 is how servers print any time, so it says nothing of place."""
    if when.tzinfo is None:
        return when.replace(tzinfo=zone)
    return when if when.utcoffset() else when.astimezone(zone)


def _parsed(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """Relative words and the rest, by dateparser; a date without day, month and year is none."""
    if _NOW.fullmatch(text):
        return now.astimezone(zone)
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
