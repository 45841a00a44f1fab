"""The date of a feed's entry, as feeds really write it → an aware moment."""

from __future__ import annotations

import re
from datetime import datetime, timedelta, tzinfo

from scraper.moments import moment
from scraper.worded_dates import worded

_YEAR = re.compile(r"\b(?:19|20)\d\d(?!\d)")


def feed_moment(text: str, zone: tzinfo, now: datetime) -> datetime | None:
    """The moment a feed's date names; `zone` where it names none, or only UTC.

    None for what is no date, and for dates before 2000 or after tomorrow, which no entry has.
    """
    text = " ".join(text.split())[:80]
    found = worded(text, zone)
    if found is None and (_YEAR.search(text) or text.isdecimal()):  # "yesterday" is no date here
        found = moment(text, zone, now)
    if found is None or found.year < 2000 or found > now + timedelta(days=1):
        return None
    return found
