"""A cell of a list with a day, or a row's text → the day as precise as it stands; a birth date.

«14 сентября 2024 года», «пятого апреля 2023 г.», «22.II.1994», «09.1990», «9 5 2023», «1999/03/12»,
«September 14, 2024». What says more than it can mean («31.02.2005») gives what can be true.
"""

from __future__ import annotations

import re
from datetime import date

from extract.text import fold
from extract.tokens import tokenize
from russian.months import month
from russian.numerals import number, numeral

_LAST_YEAR = 2100
_YOUNGEST, _OLDEST = 16, 75  # years from a soldier's birth to what the row tells
_NEVER_SINCE = 2012  # born later, nobody serves yet
_BEFORE_ALL = 1930
_LATEST_DAY = date(2026, 12, 31)
_ROMAN = {
    "I": 1, "II": 2, "III": 3, "IV": 4, "V": 5, "VI": 6, "VII": 7, "VIII": 8, "IX": 9, "X": 10,
    "XI": 11, "XII": 12,
}  # fmt: skip
_CYRILLIC_ROMAN = str.maketrans("ІХУ", "IXV")
_DAY = re.compile(r"(?<![\d.])(\d{1,2})[./\-](\d{1,2})[./\-](\d{4}|\d{2})(?!\d)")
_PARTS = re.compile(r"(\d{1,2})[\s,]+(\d{1,2})[\s,]+((?:19|20)\d\d)")  # three cells put together
_SPELT = re.compile("(?:ого|его|ое|ье|ий)(?![а-яё])|тысяч")  # how a spelt number may end
_ISO = re.compile(r"(?<!\d)((?:19|20)\d\d)[-/.](\d{1,2})(?:[-/.](\d{1,2}))?(?!\d)")
_IN_ROMAN = re.compile(
    r"(?<!\d)(\d{1,2})[ ./\-]{1,2}([IVXІХУ]{1,4})[ ./\-]{1,2}(\d{4}|\d{2})(?!\d)"
)
_ROMAN_YEAR = re.compile(r"(?<!\w)([IVXІХУ]{1,4})[ ./\-]{1,2}((?:19|20)\d\d)(?!\d)")
_MONTH_YEAR = re.compile(r"(?<![\d.])(0?[1-9]|1[0-2])[./\-]((?:19|20)\d\d)(?!\d)")
_WORDED = re.compile(
    r"(?<!\d)(?:[«\"“„]?(\d{1,2})[»\"”]?(?:-?г?о)?,? )?([^\W\d_]{3,10})[.,]? ((?:19|20)\d\d)(?!\d)"
)
_ENGLISH = re.compile(r"(?<![^\W_])([a-z]{3,9})\.? (\d{1,2})(?:st|nd|rd|th)?,? ((?:19|20)\d\d)")
_YEAR = re.compile(r"(?<!\d)((?:19|20)\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"(?<!\d)'?(\d\d) ?(?:г\.? ?р|р\.? ?н|года? рожд)", re.IGNORECASE)
_AT_HEAD = re.compile(  # «Ильин Пётр, (12.03.1999) …», «… 1986 г.р.», «… 2004 — 2024»
    r"^[\s,;:.(\[—–-]*(?:род\.?\s*|р\.\s*)?"
    r"(\d[\d./\-]*\d(?=[\s,;.)\]—–-]|$)|\d{1,2} [^\W\d_]{3,9} \d{4}"
    r"|\d{1,2}[ ./-][IVX]{1,4}[ ./-]\d{2,4})"
)


def day(text: str) -> str | None:
    """The date a cell holds, as precise as it is: YYYY, YYYY-MM or YYYY-MM-DD."""
    folded = _spelt_out(fold(text))
    return _in_roman(text) or _in_figures(folded) or _in_words(folded) or _of_a_month(folded)


def _spelt_out(text: str) -> str:
    """«пятого апреля две тысячи двадцать третьего года» with its numbers in figures."""
    if not _SPELT.search(text.lower()):
        return text
    tokens, pieces, at = tokenize(text), [], 0
    while at < len(tokens):
        spoken = number(tokens, at) if numeral(tokens[at].key) else None
        pieces.append(str(spoken.value) if spoken else tokens[at].text)
        at = spoken.end if spoken else at + 1
    return " ".join(pieces)


def _in_roman(text: str) -> str | None:
    match = _IN_ROMAN.search(text)
    if match and (number := _ROMAN.get(match.group(2).translate(_CYRILLIC_ROMAN))):
        return _written(_century(match.group(3)), number, match.group(1))
    match = _ROMAN_YEAR.search(text)
    number = _ROMAN.get(match.group(1).translate(_CYRILLIC_ROMAN)) if match else None
    return _written(match.group(2), number, None) if match and number else None


def _in_figures(text: str) -> str | None:
    if match := _ISO.search(text):
        return _written(match.group(1), int(match.group(2)), match.group(3))
    if match := _DAY.search(text):
        return _written(_century(match.group(3)), int(match.group(2)), match.group(1))
    if match := _PARTS.fullmatch(text.strip()):
        return _written(match.group(3), int(match.group(2)), match.group(1))
    return None


def _in_words(text: str) -> str | None:
    lowered = text.lower().replace("ё", "е")
    if (match := _ENGLISH.search(lowered)) and (number := month(match.group(1))):
        return _written(match.group(3), number, match.group(2))
    for match in _WORDED.finditer(lowered):
        if number := month(match.group(2)):
            return _written(match.group(3), number, match.group(1))
    return None


def _of_a_month(text: str) -> str | None:
    if match := _MONTH_YEAR.search(text):
        return _written(match.group(2), int(match.group(1)), None)
    match = _YEAR.search(text)
    return match.group(1) if match else None


def short_year(text: str) -> str | None:
    """«91 г.р.» as a year."""
    match = _SHORT_YEAR.search(text)
    return _century(match.group(1)) if match else None


def born_at_head(text: str, event: str | None) -> str | None:
    """The bare date that a line gives right behind a name, where a soldier can be born then."""
    match = _AT_HEAD.match(fold(text))
    told = (day(match.group(1)) or short_year(text[: match.end() + 12])) if match else None
    return told if told and plausible(told, event) else None


def plausible(born: str, event: str | None) -> bool:
    """Can one born then be a soldier on the day of the event (any YYYY…; None: not told)?"""
    year = int(born[:4])
    if event is None:
        return _BEFORE_ALL < year < _NEVER_SINCE
    return _YOUNGEST <= int(event[:4]) - year <= _OLDEST


def _century(year: str) -> str:
    if len(year) == 4:
        return year
    return f"19{year}" if int(year) > 30 else f"20{year}"


def _written(year: str, number: int, day_: str | None) -> str | None:
    try:
        made = date(int(year), number, int(day_ or 1))
    except ValueError:
        return year if 1900 <= int(year) <= _LAST_YEAR else None
    return made.isoformat() if day_ else made.isoformat()[:7]
