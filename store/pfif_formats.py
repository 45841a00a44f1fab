"""The text of a PFIF field → what is wrong with its form, or None.

The forms are those of the schema in the specification of PFIF 1.4 (`record_id`, `time`, `email`,
`phone`, `approx_date`, `approx_age`, `country_code`, `status` …); dates must also exist.
"""

from __future__ import annotations

import re
from datetime import date, datetime

STATUSES = (
    "information_sought", "is_note_author", "believed_alive", "believed_missing", "believed_dead",
)  # fmt: skip
_LABEL = r"[A-Za-z0-9]([-A-Za-z0-9]*[A-Za-z0-9])?"
_PATTERNS = {
    "record_id": (rf"{_LABEL}(\.{_LABEL})*/[!-~]+", "a domain, a slash and an id in ASCII"),
    "time": (r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", "a UTC time, yyyy-mm-ddThh:mm:ssZ"),
    "email": (r"[^@\s]+@[^@\s]+", "a mail address"),
    "phone": (r"[-+()\d ]*\d[-+()\d ]*", "a phone number of digits, spaces and - + ( )"),
    "url": (r"https?://[^\s/]\S*", "a URL of http or https"),
    "urls": (r"https?://[^\s/]\S*(\s*\n\s*https?://[^\s/]\S*)*", "URLs, one a line"),
    "sex": (r"female|male|other", "female, male or other"),
    "approx_date": (r"\d{4}(-\d\d(-\d\d)?)?", "yyyy, yyyy-mm or yyyy-mm-dd"),
    "approx_age": (r"\d{1,3}(-\d{1,3})?", "a number, or two of them and a hyphen"),
    "state": (r"[A-Z0-9]{1,3}", "an ISO 3166-2 code without the country, in capitals"),
    "country": (r"[A-Z]{2}", "an ISO 3166-1 code of two capitals"),
    "boolean": (r"true|false", "true or false"),
    "status": ("|".join(STATUSES), "one of " + ", ".join(STATUSES)),
}
_COMPILED = {name: re.compile(pattern, re.ASCII) for name, (pattern, _) in _PATTERNS.items()}


def wrong(form: str, text: str) -> str | None:
    """What is wrong with a filled field of this form; None for nothing. `text` may be anything.

    >>> wrong("approx_date", "2004-13")
    'there is no such day'
    """
    if form == "text":
        return None
    if not _COMPILED[form].fullmatch(text):
        return f"is not {_PATTERNS[form][1]}"
    if form in ("time", "approx_date") and not _exists(text):
        return "there is no such day" if form == "approx_date" else "there is no such time"
    if form == "approx_age" and "-" in text:
        least, most = (int(part) for part in text.split("-"))
        return None if least <= most else "ends before it begins"
    return None


def _exists(text: str) -> bool:
    try:
        if "T" in text:  # fractions of any length: only the seconds matter
            datetime.fromisoformat(f"{text[:19]}+00:00")
        else:
            date.fromisoformat(f"{text}-01-01"[:10])
    except ValueError:
        return False
    return True
