"""Tokens → written forms of dates: parts as they stand, not yet placed in time.

A form is read at its first token: «14.05.1998», «в ночь с 5 на 6 августа», «шестого числа»,
«две недели», «в прошлый вторник», «95 г.р.».
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

from extract.dates.feasts import feasts, from_feast, without_named
from extract.dates.numbers import LAST_DAY, after_suffix, from_number, with_month
from extract.dates.onward import from_told
from extract.dates.parts import Form, is_word, word_class
from extract.dates.roles import cue, span_word
from extract.dates.timespans import counted, whole_year
from extract.dates.weekdays import from_weekday
from extract.dates.years import DASHES, NEWEST, OLDEST, year_after, year_tail
from extract.peek import key_at, text_at, value_at
from extract.tokens import WORD, Token
from russian.months import month
from russian.numerals import number, numeral
from russian.remembered import remembered
from russian.words import kinds

_WEEK = 7
_LAST_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_TURNS = frozenset(("ему", "ей", "будет", "исполнится", "исполнилось", "стукнет"))
_CENTURY, _OLD_CENTURY = 100, 60  # two figures from 60 on are a year of birth
_TOLD_WITHIN = 7  # tokens from a word of contact to its day
_CELL_ENDS = frozenset((".", ",", "\n", "", "(", ")", ";", "—", "–", "|"))
_ALIKE = frozenset(("тоже", "также"))
_BORN_WITHIN = 5  # tokens from a word of birth to a year in words
_AFTER_DAY = frozenset((",", ".", "\n", "", ")", ";", "!"))
_BEFORE_A_DAY = frozenset(
    (
        *("с", "со", "до", "з", "із"),
        *("был", "была", "было", "звонил", "писал", "написал", "видели"),
    )
)
_WAR_YEARS = range(21, 30)  # «с ноября 24-го»: a year, not a day
_YEARS = frozenset(("года", "год", "году"))
_Reader = Callable[[Sequence[Token], int], Form | None]


def forms(tokens: Sequence[Token]) -> list[Form]:
    """Every date form in order; forms do not overlap."""
    found: list[Form] = []
    past = 0
    for at, token in enumerate(tokens):
        reader = _reader(token.text)
        if reader is None or at < past:
            continue
        form = reader(tokens, at)
        if form is not None:
            if form.weekday is not None and _named_already(tokens, form, found):
                if found and found[-1].shift is not None and found[-1].weekday is None:
                    found[-1] = found[-1]._replace(weekday=form.weekday)
                continue
            if found and _ranges(tokens, found[-1], form):
                found[-1] = found[-1]._replace(vague=True, last=form.last)
                past = form.last
                continue
            found.append(form)
            past = form.last
    return without_named(tokens, found) if any(form.named for form in found) else found


def _ranges(tokens: Sequence[Token], left: Form, right: Form) -> bool:
    """«02.08–05.08», «с 2 по 5 августа»: two days of one range."""
    if left.day is None or right.day is None or right.first != left.last + 1:
        return False
    if left.year and right.year and right.year - left.year > 1:
        return False  # «12.12.2003 — 05.10.2024»: born and died
    return text_at(tokens, left.last) in DASHES or key_at(tokens, left.last) == "по"


def _named_already(tokens: Sequence[Token], form: Form, found: Sequence[Form]) -> bool:
    """«23 сентября, понедельник»: the weekday only repeats the date beside it."""
    near = bool(found) and form.first - found[-1].last <= 2
    if near and (found[-1].day is not None or (found[-1].shift or 0) <= -_WEEK):
        return True
    for at in (form.last, form.last + 1):
        beside = at < len(tokens) and value_at(tokens, at) is not None and from_number(tokens, at)
        if beside and beside.day is not None and beside.shift is None:
            return True
    return any(
        value_at(tokens, at) is not None and month(key_at(tokens, at + 1)) is not None
        for at in (form.last, form.last + 1)
    )


@remembered
def _reader(text: str) -> _Reader | None:
    """Which reader may find a date that begins with this word."""
    if text.isdecimal():
        return from_number if len(text) <= 4 else None
    key = text.lower().replace("ё", "е")
    if key in feasts():
        return _day_or_feast
    if month(key) is not None:
        return _from_month
    said = kinds("time_words", key)
    for name, reader in _READERS:
        if name in said:
            return reader
    return _from_numeral if numeral(key) is not None else None


def _from_month(tokens: Sequence[Token], at: int) -> Form | None:
    """март 2005, августа 6-го, последний день января; a month alone."""
    comma = text_at(tokens, at + 1) == ","
    day = value_at(tokens, at + 1 + comma)
    suffixed = after_suffix(tokens, at + 2 + comma)
    if comma and day is not None and 0 < day <= LAST_DAY and suffixed != at + 3:
        return Form(at, suffixed, month=month(tokens[at].key), day=day)
    if day is not None and 0 < day <= LAST_DAY and after_suffix(tokens, at + 2) != at + 2:
        named = month(tokens[at].key)
        if day in _WAR_YEARS:
            last = after_suffix(tokens, at + 2)
            return Form(at, last, day, named, written="word", short_year=True)
        return Form(at, after_suffix(tokens, at + 2), month=named, day=day)
    behind = _last_day(tokens, at) or _day_behind(tokens, at, at + 1 + comma)
    behind = behind or _american(tokens, at)
    if behind is not None:
        return behind
    if tokens[at].word.script == "latin" and value_at(tokens, at + 1) is None:
        return None
    form = with_month(tokens, at, at, None, "word")
    short = len(tokens[at].text) <= 4 and tokens[at].key not in ("май", "мая", "мае", "март")
    return None if form and form.year is None and short else form


def _last_day(tokens: Sequence[Token], at: int) -> Form | None:
    """«в последний день января»"""
    named = month(tokens[at].key)
    said = key_at(tokens, at - 1) in ("день", "дня") and "последн" in key_at(tokens, at - 2)
    return Form(at, at + 1, month=named, day=_LAST_DAYS[named - 1]) if said and named else None


def _american(tokens: Sequence[Token], at: int) -> Form | None:
    """«Sep 28, 2024»"""
    day, year = value_at(tokens, at + 1), value_at(tokens, at + 3)
    if day is None or year is None or text_at(tokens, at + 2) != ",":
        return None
    if not (0 < day <= LAST_DAY and OLDEST <= year <= NEWEST):
        return None
    return Form(at, at + 4, year, month(tokens[at].key), day, "word")


def _day_behind(tokens: Sequence[Token], at: int, place: int) -> Form | None:
    """«в сентябре, семнадцатого, набрал», «2005, июля 2, призвался»"""
    spoken = number(tokens, place) if numeral(key_at(tokens, place)) else None
    day, end = (spoken.value, spoken.end) if spoken and spoken.ordinal else (None, place)
    turned = place == at + 1 and _year_before(tokens, at)
    opens = text_at(tokens, at - 1) in _CELL_ENDS  # «Февраль 14 в пять утра был на связи»
    if day is None and place == at + 1 and (turned or opens or tokens[at].key[-1] in "ая"):
        day, end = value_at(tokens, place), place + 1
        day = None if day in _WAR_YEARS and not turned else day  # «с октября 22»
    if day is None or not 0 < day <= LAST_DAY:
        return None
    hour = key_at(tokens, end) == "в" and opens
    if not (_day_ends(tokens, end) or (day not in _WAR_YEARS and (hour or _deed(tokens, end)))):
        return None
    return Form(at, end, month=month(tokens[at].key), day=day)


def _year_before(tokens: Sequence[Token], at: int) -> bool:
    """«1989 декабрь 12», «1993 г. июль 19»: the year first, then the month and its day."""
    place = at - 1
    while place >= 0 and (text_at(tokens, place) in ".," or is_word("year", key_at(tokens, place))):
        place -= 1
    year = value_at(tokens, place) if place >= 0 else None
    if year is not None and key_at(tokens, place - 1) == "год" and year < _CENTURY:
        return True  # «год 92 март 1»
    return year is not None and OLDEST <= year <= NEWEST and at - place <= 3


def _deed(tokens: Sequence[Token], at: int) -> bool:
    """«в ноябре девятнадцатого прислал перевод»: a verb of the past right behind the day."""
    if at >= len(tokens) or tokens[at].kind is not WORD:
        return False
    return any(parse.pos == "VERB" and "past" in parse.tags for parse in tokens[at].word.parses)


def _day_ends(tokens: Sequence[Token], at: int) -> bool:
    """«в сентябре двадцатого ему девятнадцать», «в сентябре, семнадцатого, набрал»"""
    return text_at(tokens, at) in _AFTER_DAY or key_at(tokens, at) in _TURNS


def _day_or_feast(tokens: Sequence[Token], at: int) -> Form | None:
    """«на День знаний»; «день» is a span of time too."""
    return from_feast(tokens, at) or _from_unit(tokens, at)


def _from_part(tokens: Sequence[Token], at: int) -> Form | None:
    """начало августа, в последних числах июля, летом 2024: vague."""
    place = at + 1
    while place < at + 3 and is_word("part", key_at(tokens, place)):
        place += 1
    form = with_month(tokens, at, place, None, "word") if place < len(tokens) else None
    if form is not None:
        return form._replace(vague=True)
    if word_class("part", tokens[at].key) == ("season",):
        year, end, _, short = year_after(tokens, at + 1)
        if year is not None:
            return Form(at, end, year, written="word", vague=True, short_year=short)
    return None


def _from_day_word(tokens: Sequence[Token], at: int) -> Form | None:
    shift = word_class("day", tokens[at].key)
    return Form(at, at + 1, written="relative", shift=int(shift[0])) if shift else None


def _from_unit(tokens: Sequence[Token], at: int) -> Form | None:
    """неделю назад, неделю молчит, сутки нет связи."""
    units = ("неделю", "сутки", "недельку", "тиждень", "день", "месяц")
    if tokens[at].key not in units and not (tokens[at].key == "неделя" and span_word(tokens, at)):
        return None
    if numeral(key_at(tokens, at - 1)) is not None or key_at(tokens, at - 1) in (
        "третьи",
        "вторую",
    ):
        return None
    form = counted(tokens, at, at, 1)
    return None if form and form.span and tokens[at].key == "день" else form


def _from_numeral(tokens: Sequence[Token], at: int) -> Form | None:
    """шестого августа, пятого числа, две недели, в две тысячи четвёртом, девяносто пятого года."""
    spoken = number(tokens, at)
    if spoken is None:
        return None
    value, end = spoken.value, spoken.end
    greeting = key_at(tokens, at - 1) == "с" and tokens[end - 1].key.endswith(("ым", "им"))
    if not spoken.ordinal or greeting:  # «с первым сентября!»
        return None if greeting else counted(tokens, at, end, value)
    form = _spoken_day(tokens, at, end, value) if 0 < value <= LAST_DAY else None
    whole = OLDEST <= value <= NEWEST
    if form is None and _OLD_CENTURY <= value < _CENTURY and _stands_for_a_year(tokens, at, end):
        return Form(at, end, value, written="word", marked=True, short_year=True)
    born = key_at(tokens, at - 1) == "рождения" and key_at(tokens, at - 2) in _YEARS
    born = born or (_OLD_CENTURY <= value < _CENTURY and _leads_to_a_year(tokens, at, end))
    if form is None and (whole or (value < _CENTURY and (born or _of_a_year(tokens, end, value)))):
        tail, marked, _ = year_tail(tokens, end)
        marked = marked or born or key_at(tokens, tail) in ("он", "она")
        return Form(at, tail, value, written="word", marked=marked, short_year=not whole)
    return form


def _leads_to_a_year(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«Год восемьдесят девятый», «родился в восемьдесят седьмом»"""
    before = key_at(tokens, at - 1)
    if before == "год":
        return key_at(tokens, end - 1).endswith(("ый", "ий", "ой"))
    return before == "в" and cue(text_at(tokens, at - 2))[0] == "birth"


def _of_a_year(tokens: Sequence[Token], end: int, value: int) -> bool:
    """«девяносто пятый год», not «второй год»."""
    key = key_at(tokens, end)
    return key in _YEARS and (key != "год" or value >= _OLD_CENTURY)


def _stands_for_a_year(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«Аскиз (Хакасия). Девяносто четвёртого.»: all there is of a sentence or a cell."""
    before, after = text_at(tokens, at - 1), text_at(tokens, end)
    genitive = key_at(tokens, end - 1).endswith(("ого", "его"))
    if after not in _CELL_ENDS:
        return False
    alike = before in _ALIKE and genitive  # «тоже девяносто четвёртого»
    return (genitive and before in _CELL_ENDS) or alike or _is_born(tokens, at)


def _is_born(tokens: Sequence[Token], at: int) -> bool:
    """«родился в семьдесят пятом»"""
    in_ = key_at(tokens, at - 1) in ("в", "во")
    return in_ and any(
        cue(text_at(tokens, at - step))[0] == "birth" for step in range(2, _BORN_WITHIN)
    )


def _spoken_day(tokens: Sequence[Token], at: int, end: int, day: int) -> Form | None:
    if key_at(tokens, end) in ("на", "по", "и"):
        second = number(tokens, end + 1) if end + 1 < len(tokens) else None
        if second and second.ordinal and 0 < second.value <= LAST_DAY:
            form = _spoken_day(tokens, at, second.end, second.value)
            return form and form._replace(vague=key_at(tokens, end) == "по")
    form = with_month(tokens, at, end, day, "word") if end < len(tokens) else None
    if form is not None:
        return form
    if key_at(tokens, end) in ("числа", "число", "числом"):
        return Form(at, end + 1, day=day, written="word")
    if day == 3 and key_at(tokens, end) == "дня" and key_at(tokens, at - 1) not in ("с", "до"):
        return Form(at, end + 1, written="relative", shift=-2)
    return Form(at, end, day=day, written="word") if _bare_day(tokens, at, end) else None


def _bare_day(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«был первого», «с двадцать девятого абонент недоступен», «написал шестого в 6 утра»"""
    alone = end >= len(tokens) or tokens[end].kind is not WORD
    alone = alone or key_at(tokens, end) in ("не", "нет", "молчит", "без", "тишина", "ни")
    if key_at(tokens, at - 1) == "на" and key_at(tokens, at - 2) == "ночь":
        return True
    if alone and key_at(tokens, at - 1) in _BEFORE_A_DAY:
        return True
    if not key_at(tokens, end - 1).endswith(("ого", "его")):
        return False
    if key_at(tokens, at - 1) in ("с", "со") and _begins_a_clause(tokens, end):
        return True
    hour = key_at(tokens, end) == "в" and value_at(tokens, end + 1) is not None
    hour = hour or is_word("clockpart", key_at(tokens, end))
    return _contact_told(tokens, at) if alone else hour and _contact_near(tokens, at, end)


def _begins_a_clause(tokens: Sequence[Token], at: int) -> bool:
    """«с двадцать девятого абонент недоступен», not «с первого дня»: no noun the day is of."""
    if at >= len(tokens) or tokens[at].kind is not WORD:
        return False
    parses = tokens[at].word.parses
    return bool(parses) and not any(parse.case == "gent" for parse in parses)


def _contact_near(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«написал шестого в 6 утра», «шестого утром позвонил»"""
    if _contact_told(tokens, at):
        return True
    return any(cue(text_at(tokens, place))[0] == "contact" for place in range(end + 1, end + 5))


def _contact_told(tokens: Sequence[Token], at: int) -> bool:
    """«От Турпала последний голос был первого, Зелима видели в сети третьего»"""
    for place in range(at - 1, max(-1, at - _TOLD_WITHIN), -1):
        if text_at(tokens, place) in ".!?\n,":
            return False
        if cue(tokens[place].text)[0] == "contact":
            return True
    return False


_READERS: tuple[tuple[str, _Reader], ...] = (
    ("part", _from_part),
    ("day", _from_day_word),
    ("weekday", from_weekday),
    ("unit", _from_unit),
    ("onward", from_told),
    ("thatday", from_told),
    ("wholeyear", whole_year),
)
