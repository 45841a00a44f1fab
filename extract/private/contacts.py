"""Clean text and its folded twin → where private contacts stand: phones, links, cards, addresses.

Digits are first read as meant (О as 0, З as 3), dates and sums are set aside, then what is left is
told by its shape; `phonenumbers` is asked for what no pattern knows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from extract.private import disguises, handles, number_tails, spoken_numbers
from russian.phrases import rows


class Secret(StrEnum):
    """What a hidden piece of text was; its replacement is the value in brackets."""

    PHONE = "телефон"
    CONTACT = "контакт"
    CARD = "карта"
    DOCUMENT = "документ"
    ADDRESS = "адрес"
    NAME = "имя"
    NUMBER = "число"


class Contact(NamedTuple):
    """A private contact; offsets are into the clean text."""

    kind: Secret
    start: int
    end: int


_GAP = r"[ ().,\-‐‑–—_/\\*·•]{0,3}"
_PHONE = re.compile(rf"(?<![\w+])(?:\+ ?\(?|\()?[78]\)?(?:{_GAP}\d){{10}}(?!\d)")
_SHORT_MOBILE = re.compile(rf"(?<![\w+.,])\(?9\d\d\)?(?:{_GAP}\d){{7}}(?!\d)")
_ABROAD = re.compile(rf"(?<![\w+])(?:\+|00)(?:{_GAP}\d){{9,14}}(?!\d)")
_HOTLINE = re.compile(rf"(?<![\w+])\+?[78]{_GAP}800(?:{_GAP}\d){{7}}(?!\d)")
_CARD = re.compile(r"(?<!\d)(?:\d{4}[ \-]?){3}\d{4}(?:[ \-]?\d{1,3})?(?!\d)")
_ACCOUNT = re.compile(r"(?<!\d)\d{20}(?!\d)|(?<!\w)[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){3,7}(?!\w)")
_SNILS = re.compile(r"(?<!\d)\d{3}[- ]\d{3}[- ]\d{3}[- ]\d{2}(?!\d)")
_PASSPORT = re.compile(
    r"(?:паспорт\w{0,3}|сери[яию]|удостоверени\w|билет\w{0,2}|снилс|инн|полис\w?)"
    r"[^\n\d]{0,20}(\d[\d №Nсерияноми.\-]{4,20}\d)",
    re.IGNORECASE,
)
_TAG_NUMBER = re.compile(r"(?<!\w)[А-ЯA-Z]{1,2}[- ]?\d{6}(?!\d)")
_DATE = re.compile(
    r"(?<!\d)(?:0?[1-9]|[12]\d|3[01])[./\-](?:0?[1-9]|1[0-2])[./\-](?:(?:19|20)\d\d|\d\d)(?!\d)"
    r"|(?<!\d)(?:19|20)\d\d[./\-](?:0?[1-9]|1[0-2])[./\-](?:0?[1-9]|[12]\d|3[01])(?!\d)"
)
_YEARS = re.compile(r"(?<!\d)(?:19|20)\d\d ?[-–—/] ?(?:19|20)?\d\d(?!\d)")
_CLOCK = re.compile(r"(?<!\d)[0-2]?\d[:.]\d\d(?::\d\d)?(?!\d)")
_SUM = re.compile(
    r"(?<!\d)\d{1,3}(?:[ .]?\d{3}){1,3} ?(?:₽|руб|р\.|тыс|тенге|грн|\$|€|человек|чел\b|жител)",
    re.IGNORECASE,
)
_NICKNAME = re.compile(
    r"[ :—–\-]{1,3}((?:live:)?[A-Za-z][\w.]{3,40}|(?=[^\W\d_]{1,30}[\d_])[^\W\d_][\w.\-]{3,40})"
)
_LOCAL_PHONE = re.compile(r"[^\n\d@]{0,14}?(\(?\d[\d() \-–—]{2,14}\d)(?!\d|\.\d)")
_STREET = re.compile(
    r"(?<![\w])(?:ул(?:\.|ица|ице|ицы|(?= [^\W\d]))|пр(?:\.|-т|-кт|осп\.|оспект\w?)"
    r"|пер(?:\.|еулок|еулке|(?=(?-i: [А-ЯЁ])))"
    r"|мкр(?:\.|(?!\w))|микрорайон\w?|б(?:-р|ульвар\w?)|ш(?:\.|оссе)|наб(?:\.|ережная)"
    r"|пл(?:\.|ощадь)|проезд\w?|тупик\w?|квартал\w?|аллея)"
    r"[ ,]{0,2}(?:[\w\-\"«».]{1,30}[ ,]{1,2}){0,3}?[\w\-\"«».]{0,30}?[ ,]{0,2}"
    r"(?:д(?:\.|ом)?[ ]?)?\d{1,3}(?!\d|[ -]?(?:лет|год|январ|феврал|март|апрел|ма[яй]|июн|июл"
    r"|август|сентябр|октябр|ноябр|декабр))"
    r"(?:[ ,]{0,2}(?:[а-яa-z](?!\w)|[-/]\s?\d{1,4}\w?|к(?:орп|в)?\.? ?\d{1,4}"
    r"|кв(?:артира)?\.? ?\d{1,4}|стр\.? ?\d{1,3}|подъезд \d{1,2})){0,4}",
    re.IGNORECASE,
)
_STREET_MARKS = (
    "ул.", " ул ", "\nул ", " пер ", "\nпер ", "улиц",
    "пр.", "пр-", "проспект", "просп.", "пер.", "переул", "мкр", "микрор", "б-р",
    "бульвар", "ш.", "шоссе", "наб", "пл.", "площад", "проезд", "тупик", "квартал", "аллея",
)  # fmt: skip
_AT_HOME = re.compile(  # «адрес для писем: Коминтерна 7-12»
    r"(?<![\w\[])адрес(?:\w{0,2})(?!\w)[^\n\d.!?]{0,30}?"
    r"((?-i:[А-ЯЁ])[^\W\d_]{2,30}(?:[ -][^\W\d_]{2,30})?,? ?\d{1,3}[а-я]?"
    r"(?!\w|[ -]?(?:лет|год|г\b|км|мес))(?:[ ,]{0,2}(?:[-/]\s?\d{1,4}|кв\.? ?\d{1,4}))?)",
    re.IGNORECASE,
)
_HOUSE = re.compile(
    r"(?<!\w)(?:д(?:\.|ом) ?\d{1,4}\w?[ ,]{1,3}(?:корп\.? ?\d+[ ,]{1,3})?)?"
    r"(?:кв\.?|квартира) ?\d{1,4}(?!\d)",
    re.IGNORECASE,
)
_RUN = re.compile(r"\d(?:[ ().\-–—_/*]{0,2}\d){6,60}")
_CANDIDATE = re.compile(r"[+(]?\d(?:[ ().,\-‐‑–—_/\\*·•]{0,3}\d){6,80}")
_UNIT = re.compile(r"[вВ][ ./]?[чЧ][^\n\d]{0,6}\d\w{4}(?!\d)(?: ?\(\d{5}\))?")
_SHAPES = (
    (Secret.CARD, _ACCOUNT),
    (Secret.CARD, _CARD),
    (Secret.DOCUMENT, _SNILS),
    (Secret.PHONE, _PHONE),
    (Secret.PHONE, _ABROAD),
)
_WORD = re.compile(r"[^\W\d_]+|\d+")
_DIGITS = re.compile(r"\d+")
_DATE_DIGITS = 8
_LEAST_DIGITS = 7  # of a telephone
_ROUNDS = 3  # contacts written together without a space
_TOWN_NUMBER = 7  # characters of «2-12-34», which is a number behind «тел.» and no date
_PAPER_STEMS = ("паспорт", "сери", "удостов", "билет", "снилс", "полис")


def contacts(text: str) -> list[Contact]:
    """Private contacts in folded text (offsets hold for the clean text), in order, no overlaps."""
    found = _found(text)
    for _ in range(_ROUNDS):
        if not any(_touches(text, one) for one in found):
            break  # nothing hides behind another: «89000000000t.me/masha»
        more = _found(_masked(text, [(one.start, one.end) for one in found], " "))
        if not more:
            break
        found = merged(found + more)
    return found


def _touches(text: str, one: Contact) -> bool:
    before, after = text[one.start - 1 : one.start], text[one.end : one.end + 1]
    return _is_inside(before) or _is_inside(after) or before == "@" or after == "@"


def _found(text: str) -> list[Contact]:
    lowered = text.lower()
    if len(lowered) != len(text):  # a rare letter that is two in lower case
        lowered = "".join(char.lower()[:1] for char in text)
    found = [Contact(Secret.CONTACT, *span) for span in handles.handles(text, lowered)]
    digits = _DIGITS.findall(text)
    if digits:
        found += _numbered(text, lowered, digits)
    words = _WORD.findall(lowered)
    found += [Contact(Secret.PHONE, *span) for span in disguises.numbers(text, lowered)]
    told = spoken_numbers.told(lowered, words)
    found += [Contact(Secret.PHONE, row.start, row.end) for row in told.phones]
    found = merged(found + _led(text, lowered, words))
    phones = [(one.start, one.end) for one in found if one.kind is Secret.PHONE]
    rests = number_tails.tails(text, lowered, phones, told.rests) if phones else []
    return merged(found + [Contact(Secret.PHONE, *span) for span in rests])


def _numbered(text: str, lowered: str, digits: Sequence[str]) -> list[Contact]:
    """`digits`: the runs of digits in the text; without enough of them no pattern is tried."""
    long_, tagged = sum(map(len, digits)) >= _LEAST_DIGITS, max(map(len, digits)) >= 6
    papers = handles.holds(lowered, _PAPER_STEMS)
    street, flat = handles.holds(lowered, _STREET_MARKS), "кв" in lowered
    home = "адрес" in lowered
    if not (long_ or tagged or papers or street or flat or home):
        return []
    found: list[Contact] = []
    text = _masked(text, [match.span() for match in _UNIT.finditer(text)])
    for run in _CANDIDATE.finditer(text) if long_ else ():
        found += _in_run(text, run.start(), run.end())
    if papers:
        numbers = [m for m in _PASSPORT.finditer(text) if not _DATE.search(m.group(1))]
        found += [Contact(Secret.DOCUMENT, *m.span(1)) for m in numbers]
    if tagged:
        found += [Contact(Secret.DOCUMENT, *m.span()) for m in _TAG_NUMBER.finditer(text)]
    if street:
        found += [Contact(Secret.ADDRESS, *m.span()) for m in _STREET.finditer(text)]
    if home:
        found += [Contact(Secret.ADDRESS, *m.span(1)) for m in _AT_HOME.finditer(text)]
    if flat:
        found += [Contact(Secret.ADDRESS, *m.span()) for m in _HOUSE.finditer(text)]
    return found


def _in_run(text: str, start: int, end: int) -> list[Contact]:
    """The private numbers in one run of digits and separators."""
    shift = max(0, start - 2)
    run = text[shift : end + 12]
    if _DATE.fullmatch(text, start, end) and sum(map(len, _DIGITS.findall(run))) <= _DATE_DIGITS:
        return []
    if "800" in run:
        run = _masked(run, [match.span() for match in _HOTLINE.finditer(run)])
    found = []
    for kind, pattern in _SHAPES:
        spans = [m.span() for m in pattern.finditer(run) if not _is_dated(m.group())]
        found += [Contact(kind, *span) for span in spans]
        run = _masked(run, spans)
    if sum(map(len, _DIGITS.findall(run))) < _LEAST_DIGITS:
        return [Contact(c.kind, c.start + shift, c.end + shift) for c in found]
    run = _masked(run, [m.span() for p in (_DATE, _YEARS, _CLOCK, _SUM) for m in p.finditer(run)])
    found += [Contact(Secret.PHONE, *m.span()) for m in _SHORT_MOBILE.finditer(run)]
    run = _masked(run, [contact[1:] for contact in found])
    if _RUN.search(run):
        found += _others(run)
    return [Contact(c.kind, c.start + shift, c.end + shift) for c in found]


def _is_dated(number: str) -> bool:
    """Is there a date in it, and no code in brackets («8 (38822) 2-12-34»)?"""
    return "(" not in number[:3] and _DATE.search(number) is not None


def _others(text: str) -> list[Contact]:
    """What only phonenumbers knows: foreign numbers without a plus and odd groupings."""
    import phonenumbers  # noqa: PLC0415  most posts have no such number

    found = []
    for region in ("RU", "UA"):
        for match in phonenumbers.PhoneNumberMatcher(text, region):
            if sum(map(str.isdigit, match.raw_string)) >= 9:
                found.append(Contact(Secret.PHONE, match.start, match.end))
    return found


def leftover(text: str) -> bool:
    """Does a run of seven digits or more remain that is no date, hour, sum or hotline?"""
    runs = [match.span() for match in _RUN.finditer(text)]
    if "800" not in text and all(_DATE.fullmatch(text, *run) for run in runs):
        return False  # nothing but dates
    masked = text
    for pattern in (_HOTLINE, _DATE, _YEARS, _CLOCK, _SUM, _UNIT):
        masked = _masked(masked, [match.span() for match in pattern.finditer(masked)], "\x00")
    return _RUN.search(masked) is not None


def _led(text: str, lowered: str, words: Sequence[str]) -> list[Contact]:
    """What only the word before tells: «тел. 0-00-17», «тг maria_00»."""
    leads = lead_words()
    found = []
    for lead in _leading().keys() & set(words):
        for word in _leading()[lead]:
            for end in _ends_of(word, lowered):
                if leads[word] == "handle":
                    follows = _NICKNAME.match(text, end)
                    if follows:
                        found.append(Contact(Secret.CONTACT, *follows.span(1)))
                elif leads[word] == "phone":
                    follows = _LOCAL_PHONE.match(text, end)
                    if follows and _is_local(follows.group(1)):
                        found.append(Contact(Secret.PHONE, *follows.span(1)))
    return found


def _ends_of(word: str, text: str) -> Iterator[int]:
    """Where the word ends each time it stands whole in the text."""
    at = text.find(word)
    while at >= 0:
        end = at + len(word)
        if not (_is_inside(text[at - 1 : at]) or _is_inside(text[end : end + 1])):
            yield end
        at = text.find(word, end)


def _is_inside(char: str) -> bool:
    return char.isalnum() or char == "_"


def _is_local(number: str) -> bool:
    digits = sum(map(str.isdigit, number))
    date = _DATE.fullmatch(number) if "-" in number else _DATE.search(number)
    hyphened = date is not None and len(number) <= _TOWN_NUMBER and "-" in number
    return digits >= 5 and (not date or hyphened) and (digits != 5 or "-" in number)


@cache
def _leading() -> dict[str, list[str]]:
    """The letters up to the first mark → the words that begin so and lead to a contact."""
    found: dict[str, list[str]] = {}
    for word in lead_words():
        found.setdefault(_WORD.findall(word)[0], []).append(word)
    return found


@cache
def lead_words() -> dict[str, str]:
    """Word → what it leads to: `russian/contact_words.tsv`."""
    return {row[0]: row[1] for row in rows("contact_words")}


def merged(found: list[Contact]) -> list[Contact]:
    """In order, overlapping ones made one (the kind of the longest)."""
    result: list[Contact] = []
    for contact in sorted(found, key=lambda c: (c.start, -c.end)):
        if result and contact.start < result[-1].end:
            last = result[-1]
            kind = (
                last.kind if last.end - last.start >= contact.end - contact.start else contact.kind
            )
            result[-1] = Contact(kind, last.start, max(last.end, contact.end))
        elif contact.end > contact.start:
            result.append(contact)
    return result


def _masked(text: str, spans: list[tuple[int, int]], fill: str = "|") -> str:
    if not spans:
        return text
    pieces, at = [], 0
    for start, end in sorted(spans):
        if start >= at:
            pieces += [text[at:start], fill * (end - start)]
            at = end
    return "".join([*pieces, text[at:]])
