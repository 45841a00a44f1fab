"""Tokens from a number on → the date it begins: «14.05.1998», «5–6 августа», «95 г.р.», «6-го»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from extract.dates.parts import Form, by_an_applicant, is_word, word_class
from extract.dates.timespans import span_of_time
from extract.peek import key_at, text_at, touches, value_at
from extract.private.bare_numbers import bare_year
from extract.tokens import WORD, Token
from russian.months import month
from russian.numerals import number, numeral

_SUFFIXES = frozenset(("го", "ого", "е", "ое", "х", "г", "th", "st", "nd", "rd", "go", "е", "му"))
_YEAR_SUFFIXES = frozenset(("го", "м", "й", "ый", "ом", "ого", "x"))
_JOINED_LATER = frozenset(("на", "и", ",", "та", "й"))
_JOINED_VAGUE = frozenset(("-", "–", "—", "/", "по", "или", "до"))
DASHES = frozenset("-–—")
_SEPARATORS = frozenset((".", "/", "-", ",", "–"))
OLDEST, NEWEST = 1925, 2035
_AGE = 65  # up to here «64 года» is rather an age than a year of birth
_LIVES = 2022  # «1995–2024»: the first year of a life that ended in this war
_CENTURY = 100
_OLD_CENTURY = 60  # two digits that are a year of birth without a word for it
_AGES_TOO = range(60, 67)  # two figures that may be a year of birth, and an age men serve at
_COUNTED = {"год": (1,), "года": (2, 3, 4)}  # last figures that agree with the word, counted
_OF_YEARS = frozenset(("й", "ый", "го"))
_CLOSED = frozenset(("", "\n", ".", ",", ";", ")"))
_CLOSED_OR_SET_OFF = _CLOSED | {"—", "–", "|"}
LAST_DAY, _LAST_MONTH = 31, 12


def from_number(tokens: Sequence[Token], at: int) -> Form | None:
    """The date, year, day or span of days that the number at `at` begins."""
    if _inside_a_chain(tokens, at):
        return None
    for read in _READERS if int(tokens[at].text) <= LAST_DAY else _READERS_OF_YEARS:
        form = read(tokens, at)
        if form is not None:
            return form
    return None


def _inside_a_chain(tokens: Sequence[Token], at: int) -> bool:
    """Is this number a later piece of a phone, a card, a fraction: «900-22-05», «№ 12»?"""
    if not at:
        return False
    before = tokens[at - 1].text
    if touches(tokens, at) and before in "+-/.:@#_" and text_at(tokens, at - 2).isdecimal():
        return touches(tokens, at - 1)
    if len(before) == 4 and before.isdecimal() and OLDEST <= int(before) <= NEWEST:
        named = month(key_at(tokens, at + 1)) is not None  # «1980 30 апреля»
        return not named and tokens[at - 1].line == tokens[at].line
    return before in "№+" or (
        before.isdecimal() and len(before) >= 3 and tokens[at - 1].line == tokens[at].line
    )


def _full(tokens: Sequence[Token], at: int) -> Form | None:
    """14.05.1998, 06/12/04, 2005-01-30, 14 05 1998."""
    first, separator = tokens[at].text, text_at(tokens, at + 1)
    if separator.isdecimal():
        return _spaced(tokens, at)
    if separator not in _SEPARATORS:
        return None
    second, third = _month_text(tokens, at + 2), text_at(tokens, at + 4)
    alike = text_at(tokens, at + 3) == separator or second != text_at(tokens, at + 2)
    if not alike:
        return None
    digits = second.isdecimal() and third.isdecimal() and len(second) <= 2
    if not digits or (len(third) not in (2, 4) and len(first) != 4):
        return None
    tight = all(touches(tokens, place) for place in range(at + 1, at + 5))
    chained = text_at(tokens, at + 5) in ("-", "/") and touches(tokens, at + 5)
    chained = chained and text_at(tokens, at + 6).isdecimal()
    if chained or (not tight and (len(third) != 4 or separator != ".")):
        return None
    year, last = (first, third) if len(first) == 4 else (third, first)
    return _dated(tokens, (at, at + 5), year, (second, last))


def _month_text(tokens: Sequence[Token], at: int) -> str:
    """The number of a month, Roman figures as well: «1.IX.2005»."""
    text = text_at(tokens, at)
    roman = word_class("roman", tokens[at].key) if text and not text.isdecimal() else None
    return roman[0] if roman else text


def _spaced(tokens: Sequence[Token], at: int) -> Form | None:
    first, second, third = (text_at(tokens, at + step) for step in range(3))
    alone = len(third) == 2 and text_at(tokens, at - 1) in ("", "\n")
    alone = alone and text_at(tokens, at + 3) in ("", "\n") and len(first) == 2
    if len(first) > 2 or len(second) != 2 or not third.isdecimal():
        return None
    if len(third) != 4 and not alone:
        return None
    if text_at(tokens, at - 1).isdecimal() or text_at(tokens, at + 3).isdecimal():
        return None
    return _dated(tokens, (at, at + 3), third, (second, first))


def _dated(
    tokens: Sequence[Token], where: tuple[int, int], year: str, rest: tuple[str, str]
) -> Form | None:
    """A full date from its year and its other two numbers, month first unless it cannot be."""
    middle, day = int(rest[0]), int(rest[1])
    if middle > _LAST_MONTH >= day:
        middle, day = day, middle
    whole, short = int(year), len(year) == 2
    if not short and not OLDEST <= whole <= NEWEST:
        return None
    if not _exists(2000 if short else whole, middle, day):
        return None
    tail, marked, _ = year_tail(tokens, where[1])
    last = tail if marked else where[1]
    return Form(where[0], last, whole, middle, day, marked=marked, short_year=short)


def _exists(year: int, middle: int, day: int) -> bool:
    try:
        date(year, middle, day)
    except ValueError:
        return False
    return True


def _range(tokens: Sequence[Token], at: int) -> Form | None:
    """5–6 августа, с 5 на 6 августа, 1 и 2 мая, 5–8.08."""
    first = value_at(tokens, at)
    place = after_suffix(tokens, at + 1)
    joint = key_at(tokens, place)
    if joint in ("с", "по"):
        place, joint = place + 1, key_at(tokens, place + 1)
    later, vague = joint in _JOINED_LATER, joint in _JOINED_VAGUE
    if first is None or not (later or vague):
        return None
    second = value_at(tokens, place + 1)
    if second is None:
        return None
    if not 0 < first <= LAST_DAY or not 0 < second <= LAST_DAY:
        return None
    later = later and key_at(tokens, at - 1) != "между"
    vague = not later
    form = _day_month(tokens, place + 1) or _day_dot_month(tokens, place + 1)
    if form is None or (form.year is not None and form.marked):
        return None
    return form._replace(first=at, vague=vague, day=None if vague else form.day)


def after_suffix(tokens: Sequence[Token], at: int) -> int:
    """Past «-го», «го», «-е» after a number."""
    place = at + 1 if text_at(tokens, at) in DASHES and touches(tokens, at) else at
    if key_at(tokens, place) in _SUFFIXES and touches(tokens, place):
        return place + 1
    return at


def _day_month(tokens: Sequence[Token], at: int) -> Form | None:
    """9 сентября 1991 года, 5-го августа, 6 авг."""
    day = value_at(tokens, at)
    if day is None or not 0 < day <= LAST_DAY or len(tokens[at].text) > 2:
        return None
    place = after_suffix(tokens, at + 1)
    if key_at(tokens, place) in ("числа", "of"):
        place += 1
    return with_month(tokens, at, place, day, "numeric")


def with_month(
    tokens: Sequence[Token], at: int, place: int, day: int | None, written: str
) -> Form | None:
    """A day already read, the month at `place`, perhaps a year after it."""
    named = month(key_at(tokens, place))
    if named is None or (day is not None and not _exists(2000, named, day)):
        return None
    if tokens[place].line != tokens[at].line:
        return None
    end = place + 1
    if text_at(tokens, end) == "." and touches(tokens, end) and _is_clipped(tokens, place):
        end += 1
    year, last, marked, short = year_after(tokens, end)
    if year is None:
        last = end if text_at(tokens, end - 1) != "." or value_at(tokens, end) else end - 1
        marked = _marked_here(tokens, last)
    return Form(at, last, year, named, day, written, marked=marked, short_year=short)


def _is_clipped(tokens: Sequence[Token], at: int) -> bool:
    """«авг.», «сент.»"""
    key = key_at(tokens, at)
    return key[-1] in "вмнлргтпк" and key not in ("март", "август", "маем")


def _marked_here(tokens: Sequence[Token], at: int) -> bool:
    return key_at(tokens, at) in ("рождения", "рожд", "г.р", "др")


def year_after(tokens: Sequence[Token], at: int) -> tuple[int | None, int, bool, bool]:
    """A year at `at` (or past a comma): the year, one past it, marked as birth, two digits."""
    place = at + 1 if text_at(tokens, at) == "," else at
    text = text_at(tokens, place)
    if text.isdecimal() and not text_at(tokens, place + 1).startswith(":"):
        tail, marked, is_year = year_tail(tokens, place + 1)
        if len(text) == 4 and OLDEST <= int(text) <= NEWEST:
            return int(text), tail, marked, False
        if len(text) == 2 and place == at and (is_year or _stands_for_year(tokens, place)):
            return int(text), tail, marked, True
    spoken = number(tokens, place) if numeral(key_at(tokens, place)) else None
    if spoken and spoken.ordinal and _OLD_CENTURY <= spoken.value < _CENTURY:
        tail, marked, _ = year_tail(tokens, spoken.end)
        return spoken.value, tail, marked, True
    if spoken and spoken.ordinal and OLDEST <= spoken.value <= NEWEST:
        tail, marked, _ = year_tail(tokens, spoken.end)
        return spoken.value, tail, marked, False
    return None, at, False, False


def _stands_for_year(tokens: Sequence[Token], at: int) -> bool:
    """«3 мая 88»: two figures that close a day and are no hour, no sum."""
    closed = key_at(tokens, at + 1) in _CLOSED_OR_SET_OFF
    return int(tokens[at].text) >= _OLD_CENTURY and closed and touches(tokens, at) is False


def year_tail(tokens: Sequence[Token], at: int) -> tuple[int, bool, bool]:
    """What follows a year: one past it, whether it marks a birth, whether it makes a year."""
    place = at
    if text_at(tokens, place) in DASHES and key_at(tokens, place + 1) in _YEAR_SUFFIXES:
        place += 2
    elif key_at(tokens, place) in _YEAR_SUFFIXES and touches(tokens, place):
        place += 1
    stood = place
    bracket = text_at(tokens, place) == "(" and key_at(tokens, place + 1) in ("г", "гр")
    place += bracket
    key = key_at(tokens, place)
    if key in ("г-р", "гр", "рн", "гр-р", "грр"):
        return place + 1, True, True
    if not is_word("year", key):
        birth = key in ("рождения", "рожд", "рожден", "рождён", "born", "род")
        return (place + birth, birth, place > at or birth)
    place += 1
    while text_at(tokens, place) in (".", "/", "-", ",", "\\") and place - stood < 4:
        place += 1
    key = key_at(tokens, place)
    if key in ("р", "рн", "рождения", "рожд", "род", "рожден", "народження", "н", "нар", "p"):
        return place + 1, True, True
    return stood + 1, False, True


def _day_dot_month(tokens: Sequence[Token], at: int) -> Form | None:
    """6.08, 24.02; not the time «в 22.10», not the size «2.5»."""
    separator = text_at(tokens, at + 1)
    if separator not in (".", "/"):
        return None
    day, month_ = value_at(tokens, at), _month_text(tokens, at + 2)
    if day is None or not month_.isdecimal():
        return None
    named = int(month_) if len(month_) <= 2 else 0
    tight = touches(tokens, at + 1) and touches(tokens, at + 2)
    if not tight or not 0 < named <= _LAST_MONTH or not _exists(2000, named, day):
        return None
    before, after = key_at(tokens, at - 1), key_at(tokens, at + 3)
    if (
        len(month_) != 2
        and month_ == tokens[at + 2].text
        and (separator == "/" or before not in ("с", "от", "до"))
    ):
        return None
    measured = is_word("clock", after) or is_word("money", after) or is_word("notdate", before)
    if measured or (after == "." and text_at(tokens, at + 4).isdecimal()):
        return None
    return Form(at, at + 3, month=named, day=day)


def _month_year(tokens: Sequence[Token], at: int) -> Form | None:
    """02.2005, 11.1998 г.р.; not part of a longer number."""
    if text_at(tokens, at + 1) not in "./":
        return None
    named, year = value_at(tokens, at), value_at(tokens, at + 2)
    if named is None or year is None:
        return None
    tight = touches(tokens, at + 1) and touches(tokens, at + 2) and len(tokens[at].text) == 2
    if not tight or not 0 < named <= _LAST_MONTH or not OLDEST <= year <= NEWEST:
        return None
    tail, marked, _ = year_tail(tokens, at + 3)
    return Form(at, tail, year, named, marked=marked)


def _year(tokens: Sequence[Token], at: int) -> Form | None:
    """2005 г.р., 95 г.р., 88-го года, 1994; not part of «2010–2011»."""
    text = tokens[at].text
    if len(text) not in (2, 4):
        return None
    value = int(text)
    tail, marked, is_year = year_tail(tokens, at + 1)
    if len(text) == 4:
        if not OLDEST <= value <= NEWEST or not _stands_alone(tokens, at):
            return None
        return Form(at, tail, value, marked=marked)
    if not marked and bare_year(tokens, at):
        return Form(at, tail, value, marked=True, short_year=True)
    guess = key_at(tokens, at - 1) == "или" and value_at(tokens, at - 2) is not None
    guess = guess or is_word("other", key_at(tokens, at - 1))  # «мне 71 год»
    guess = guess or by_an_applicant(tokens, at)
    led = key_at(tokens, at - 1) == "год" and value >= _OLD_CENTURY  # «год 92»
    if guess or not (is_year or led or key_at(tokens, at - 1) == "'"):
        return None  # «86 или 87 г.» is no year
    known = marked or led or _short_year(tokens, at, value, text)
    return Form(at, tail, value, marked=marked or led, short_year=True) if known else None


def _short_year(tokens: Sequence[Token], at: int, value: int, text: str) -> bool:
    """Is «95 г», «88-го года», «05 г» a year, and not an age or a town after an age?"""
    place = at + 1
    key = key_at(tokens, place)
    suffixed = text_at(tokens, place) in DASHES or (
        key in _YEAR_SUFFIXES and touches(tokens, place)
    )
    if suffixed:
        follows = key_at(tokens, place + 1 + (text_at(tokens, place) in DASHES))
        suffix = place + (text_at(tokens, place) in DASHES)
        closed = key_at(tokens, suffix + 1) in _CLOSED and key_at(tokens, suffix) in _OF_YEARS
        if closed and value >= _OLD_CENTURY:
            return True  # «Вязьма, 90-й»
        return key == "м" or key_at(tokens, place + 1) == "м" or follows.startswith("г")
    aged = key in _COUNTED and value in _AGES_TOO and value % 10 in _COUNTED[key]
    if aged or key == "года":  # «61 год, доброволец», «64 года»: an age
        counted = value <= _AGE and value % 10 in (2, 3, 4) and not 11 < value < 15
        return not aged and (text[0] == "0" or not counted)
    if key in ("року", "році"):
        return text[0] == "0" or value > _AGE
    if key in ("г", "год", "году"):
        after = tokens[place + 2] if place + 2 < len(tokens) else None
        town = (
            text_at(tokens, place + 1) == "." and after is not None and after.word.shape == "title"
        )
        return text[0] == "0" or value >= 60 or not (town or key == "год")
    return False


def _stands_alone(tokens: Sequence[Token], at: int) -> bool:
    after, before = text_at(tokens, at + 1), text_at(tokens, at - 1)
    if before.isdecimal() and tokens[at - 1].line == tokens[at].line and len(before) > 1:
        return False
    if after in "-–—/" and after and touches(tokens, at + 1):
        beyond = text_at(tokens, at + 2)
        life = beyond.isdecimal() and int(text_at(tokens, at)) < _LIVES <= int(beyond) <= NEWEST
        return life or not beyond.isdecimal()
    if is_word("money", key_at(tokens, at + 1)):
        return False
    if key_at(tokens, at + 1) == "или" and text_at(tokens, at + 2).isdecimal():
        return False
    if before == "или" and text_at(tokens, at - 2).isdecimal():
        return False
    return not (before in ("-", "–", "—") and text_at(tokens, at - 2).isdecimal())


def _day_only(tokens: Sequence[Token], at: int) -> Form | None:
    """6-го, с 15-го, 7 числа, 29 числа."""
    day = value_at(tokens, at)
    if day is None or not 0 < day <= LAST_DAY or len(tokens[at].text) > 2:
        return None
    place = after_suffix(tokens, at + 1)
    key = key_at(tokens, place)
    if key in ("числа", "число", "числ", "числом"):
        return Form(at, place + 1, day=day)
    if place == at + 1 and is_word("clockpart", key_at(tokens, at - 1)) and _says(tokens, place):
        return Form(at, place, day=day)
    if place == at + 1 or key_at(tokens, place - 1) not in ("го", "е", "ого", "ое", "go", "th"):
        return None
    if place < len(tokens) and _is_owned(tokens[place]):
        return None
    return Form(at, place, day=day)


def _says(tokens: Sequence[Token], at: int) -> bool:
    """«вечером 5 писал»"""
    return at < len(tokens) and any(parse.pos == "VERB" for parse in tokens[at].word.parses)


def _is_owned(token: Token) -> bool:
    """Does this noun own the number before it: «72-го полка», «5-го класса»?"""
    if token.kind is not WORD or is_word("clock", token.key) or token.key in ("дня", "обеда"):
        return False
    parses = token.word.parses
    return bool(parses) and parses[0].pos == "NOUN" and parses[0].case == "gent"


_READERS: tuple[Callable[[Sequence[Token], int], Form | None], ...] = (
    *(_full, _range, _day_month, _month_year, _day_dot_month, _year, _day_only, span_of_time),
)
_READERS_OF_YEARS = (_full, _year, span_of_time)  # of a number that can be no day
