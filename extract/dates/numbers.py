"""Tokens from a number on → the date it begins: «14.05.1998», «5–6 августа», «95 г.р.», «6-го»."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from extract.dates.parts import Form, is_word, word_class
from extract.dates.timespans import span_of_time
from extract.dates.years import DASHES, NEWEST, OLDEST, bare_or_marked, year_after, year_tail
from extract.peek import key_at, text_at, touches, value_at
from extract.tokens import WORD, Token
from russian.months import month

_SUFFIXES = frozenset(("го", "ого", "е", "ое", "х", "г", "th", "st", "nd", "rd", "go", "е", "му"))
_JOINED_LATER = frozenset(("на", "и", ",", "та", "й"))
_JOINED_VAGUE = frozenset(("-", "–", "—", "/", "по", "или", "до"))
_SEPARATORS = frozenset((".", "/", "-", ",", "–"))
_YEARS_AGO = {"прошлого": 1, "позапрошлого": 2}
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
    if joint in ("с", "по") and value_at(tokens, place + 1) is None:
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
    vague = not later and not _by_night(tokens, at, place + 2)
    form = _day_month(tokens, place + 1) or _day_dot_month(tokens, place + 1)
    if form is None or (form.year is not None and form.marked):
        return None
    return form._replace(first=at, vague=vague, day=None if vague else form.day)


def _by_night(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«ночью 6–7 ноября», «6–7 ноября, в ночь»"""
    keys = [key_at(tokens, step) for step in (at - 2, at - 1, *range(end, end + 4))]
    return any(key in ("ночь", "ночью", "ночи") for key in keys)


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
    ago = _YEARS_AGO.get(key_at(tokens, end), 0) if key_at(tokens, end + 1) == "года" else 0
    if ago:
        return Form(at, end + 2, None, named, day, written, years_back=ago)
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
    *(
        _full,
        _range,
        _day_month,
        _month_year,
        _day_dot_month,
        bare_or_marked,
        _day_only,
        span_of_time,
    ),
)
_READERS_OF_YEARS = (_full, bare_or_marked, span_of_time)  # of a number that can be no day
