"""Tokens → ages stated in a post: «19 лет», «20-летний», «ему 25», «двадцать годочков», «19 р.»."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from extract.dates.birthdays import (
    coming_birthday,
    dative_name,
    has_turned,
    his_birthday,
    still_coming,
    today,
    turns_today,
)
from extract.dates.parts import by_an_applicant, is_word
from extract.peek import key_at, text_at, touches
from extract.private.bare_numbers import bare_age
from extract.tokens import NUMBER, Token
from russian.months import month
from russian.numerals import number, numeral
from russian.remembered import remembered

YOUNGEST, OLDEST = 17, 75
_CORRECTIONS = frozenset(("есть", "вернее", "точнее", "нет", "извините", "ой"))
_PRECEDING = frozenset(("в", "с", "до", "после", "за", "через", "на", "к", "+", "№", "/", ":"))
_CLOSERS = frozenset(",.;:)!?…\n—–(-")
_WAS = frozenset(("будет", "было", "был"))
_HIS = frozenset(("ему", "ей", "самому", "самой", "йому", "возраст", "age", "вік"))
_TO_HIM = frozenset(("ему", "ей", "йому"))
_SOON = frozenset(
    ("было", "будет", "всего", "всего-то", "уже", "скоро", "завтра", "навсегда", "вечно")
)
_EACH = frozenset(("обоим", "всем", "каждому", "троим", "им", "нам"))
_IN_A_ROW = frozenset(("и", ","))
_OFF = 2  # years an age may differ from what the year of birth makes it
_NO_YEARS = range(30, 46)  # «42 г.»: a man of 1942 is too old, one of 2042 not born
_AFTER_CELL = _CLOSERS | {"", "/", "|", "•"}
_CELLS = frozenset("/|•·┃│")
_ROW = 12  # tokens of a row of ages
_NAMED = 2  # tokens of a name and a mark before a cell
_LIVED = 4  # tokens between «живём», «женаты» and how long
_WAR_YEARS = range(22, 30)
_OWN = frozenset(("моему", "нашему"))
_ONLY = frozenset(("всего", "всего-то", "уже", "только", "лишь", "сейчас"))


class AgeSpan(NamedTuple):
    """One age as stated. `doubtful`: about, or a range. `turned`: it names a birthday."""

    start: int
    end: int
    first: int
    last: int  # one past the last token
    value: int
    doubtful: bool = False
    turned: bool = False
    others: bool = False  # of the one who writes, a wife, a child
    corrected: bool = False  # a later age in the same sentence takes its place
    coming: bool = False  # «20 будет в сентябре»: he is not yet


def find_ages(tokens: Sequence[Token]) -> list[AgeSpan]:
    """Every age of a grown man (17–75) in order, other people's marked."""
    found: list[AgeSpan] = []
    past = 0
    for at, token in enumerate(tokens):
        if at < past or not _may_begin(token.text):
            continue
        span = _read(tokens, at) or (_said_again(tokens, at, found[-1]) if found else None)
        if span is not None:
            if found and _takes_back(tokens, found[-1].last, span.first):
                found[-1] = found[-1]._replace(corrected=True)
            found.append(span)
            past = span.last
    return found


def choose_age(
    ages: Sequence[AgeSpan], segment: tuple[int, int], likely: int | None = None
) -> AgeSpan | None:
    """The age stated of the person whose text is `segment` (offsets), or None for a guess.

    `likely`: what his year of birth makes it; one that is years off is another's, or no age.
    """
    start, end = segment
    own = [
        age
        for age in ages
        if start <= age.start < end
        and not (age.others or age.doubtful or age.corrected or age.coming)
    ]
    if likely is not None:
        own = [age for age in own if abs(age.value - likely) <= _OFF]
    return own[0] if own else None


@remembered
def _may_begin(text: str) -> bool:
    if text.isdecimal():
        return len(text) == 2 and YOUNGEST <= int(text) <= OLDEST
    key = text.lower().replace("ё", "е")
    word = numeral(key)
    return (word is not None and not word.ordinal and 0 < word.value < 100) or (
        key.endswith(("летний", "летнего", "летнему", "летним", "летнем", "летняя", "летней"))
    )


def _read(tokens: Sequence[Token], at: int) -> AgeSpan | None:
    text = tokens[at].text
    if text.isdecimal():
        value, end = int(text), at + 1
    elif "летн" in tokens[at].key:
        return _one_word(tokens, at)
    else:
        spoken = number(tokens, at)
        if spoken is None or spoken.ordinal or not YOUNGEST <= spoken.value <= OLDEST:
            return None
        value, end = spoken.value, spoken.end
    last = _unit_end(tokens, end, text)
    if last is None and text.isdecimal() and _row_of_ages(tokens, end):
        return _span(tokens, at, end, value)
    if last is None:
        last = end if _stands_as_age(tokens, at, end) else None
    if last is None or _not_age(tokens, at, last):
        return None
    return _span(tokens, at, last, value)


def _row_of_ages(tokens: Sequence[Token], at: int) -> bool:
    """«22 и 25 лет», «19, 20 и 22 года»: an age whose unit stands behind the last of them."""
    place = at
    while key_at(tokens, place) in _IN_A_ROW and place - at < _ROW:
        text = text_at(tokens, place + 1)
        if not _may_begin(text) or not text.isdecimal():
            return False
        place += 2
    return place > at and is_word("years", key_at(tokens, place))


def _said_again(tokens: Sequence[Token], at: int, earlier: AgeSpan) -> AgeSpan | None:
    """«ему 27... то есть 25»"""
    text = tokens[at].text
    if not text.isdecimal() or not _takes_back(tokens, earlier.last, at):
        return None
    closed = at + 1 >= len(tokens) or key_at(tokens, at + 1) in _CLOSERS
    return _span(tokens, at, at + 1, int(text)) if closed else None


def _span(tokens: Sequence[Token], at: int, last: int, value: int) -> AgeSpan:
    before = key_at(tokens, at - 1)
    earlier = key_at(tokens, at - 2)
    ranged = before in ("-", "–", "—", "или", "то") and earlier.isdecimal() and len(earlier) < 4
    return AgeSpan(
        start=tokens[at].start,
        end=tokens[last - 1].end,
        first=at,
        last=last,
        value=value,
        doubtful=ranged or is_word("rough", before) or _follows_rough(tokens, at),
        turned=has_turned(tokens, at, last)
        or his_birthday(tokens, at)
        or key_at(tokens, last) == "сегодня",
        others=_of_others(tokens, at, last),
        coming=still_coming(tokens, at, last)
        or (his_birthday(tokens, at) and not (today(tokens, at) or turns_today(tokens, at))),
    )


def _follows_rough(tokens: Sequence[Token], at: int) -> bool:
    return key_at(tokens, at - 1) in ("~", "за", "под", "от") or key_at(tokens, at - 2) == "где"


def _one_word(tokens: Sequence[Token], at: int) -> AgeSpan | None:
    """девятнадцатилетний: the number is the front of the word, in the genitive."""
    front = tokens[at].key.split("летн")[0]
    for cut in range(len(front), 2, -1):
        word = numeral(front[:cut])
        if word is not None and not word.ordinal:
            rest = numeral(front[cut:]) if front[cut:] else None
            value = word.value + (rest.value if rest and word.value >= 20 else 0)
            return _span(tokens, at, at + 1, value) if YOUNGEST <= value <= OLDEST else None
    return None


def _unit_end(tokens: Sequence[Token], at: int, text: str) -> int | None:
    """One past «лет», «-летний», «года», «р.» after a number, or None."""
    place = at
    while key_at(tokens, place) in ("-", "–", "и", "ти", "полных", "полный", "один"):
        place += 1
        if place - at > 3:
            return None
    key = key_at(tokens, place)
    if is_word("years", key):
        return place + 1
    if place > at and key in _CLOSERS and key_at(tokens, place - 1) == "полных":
        return place
    if key == "y" and key_at(tokens, place + 2) == "o":
        return place + 3
    if key in ("год", "года") and (place == at or "полн" in key_at(tokens, place - 1)):
        return place + 1 if _agrees(text, key) and not _is_year(tokens, place) else None
    ukrainian = key in ("р", "рік", "роки") and key_at(tokens, place + 1) != "н"
    clipped = key == "л" and text_at(tokens, place + 1) in (".", ",", ")")  # «20 л.»
    clipped = clipped or (key == "г" and _no_year(text, tokens, place))
    return place + 1 if (ukrainian or clipped) and place == at and text[-1:] != "" else None


def _no_year(text: str, tokens: Sequence[Token], at: int) -> bool:
    """«Нерчинск, 42 г.»: nobody who serves was born in such a year."""
    after = key_at(tokens, at + 2) if key_at(tokens, at + 1) == "." else key_at(tokens, at + 1)
    return text.isdecimal() and int(text) in _NO_YEARS and after in _AFTER_CELL


def _agrees(text: str, key: str) -> bool:
    """«21 год», «22 года»; «88 год» is a year."""
    if not text.isdecimal():
        return True
    unit = int(text) % 10
    return unit == 1 if key == "год" else unit in (2, 3, 4)


def _is_year(tokens: Sequence[Token], at: int) -> bool:
    return key_at(tokens, at + 1) in ("рождения", "рожд", "р")


def _stands_as_age(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«ему 25», «исполнилось 20», «20 исполнилось», «Рочеву Василию 19,»."""
    before, after = key_at(tokens, at - 1), key_at(tokens, end)
    if (
        _in_a_cell(tokens, at)
        or _his(tokens, end)
        or (is_word("agewords", before) and before not in _WAS)
    ):
        return True
    if is_word("agewords", after) and after not in _WAS:
        return at == 0 or tokens[at - 1].kind is not NUMBER
    closed = end >= len(tokens) or after in _CLOSERS or after in ("будет", "было", "и", "а")
    if not closed or month(after) is not None:
        return False
    earlier = key_at(tokens, at - 2)
    told_day = today(tokens, at) or coming_birthday(tokens, at, end)
    labelled = before == ":" and earlier in ("возраст", "вік", "age", "лет")
    told = before in _SOON and earlier in ("ему", "ей", "йому", "было", "будет")
    told = told or (before == "было" and at > 1 and dative_name(tokens[at - 2]))
    between = before in _OWN or before in _ONLY  # «сыну моему двадцать», «парню всего 26»
    borne = is_word("bearer", earlier if between else before)
    each = before == "по" and earlier in _EACH  # «обоим по девятнадцать»
    if (
        each
        or labelled
        or told
        or told_day
        or before in _HIS
        or borne
        or _whole_sentence(tokens, at, end)
    ):
        return True
    named = at > 0 and (tokens[at].text.isdecimal() or end - at <= 2)
    if named and bare_age(tokens, at, end):
        return True
    return named and (dative_name(tokens[at - 1]) or his_birthday(tokens, at))


def _whole_sentence(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«Бармин Ростислав. Сорок три. Няндома.»: a number in words that is a sentence."""
    spelt = not tokens[at].text.isdecimal() and key_at(tokens, end) in (".", "!", "\n")
    return spelt and key_at(tokens, at - 1) in (".", "!", "\n")


def _his(tokens: Sequence[Token], end: int) -> bool:
    """«22 ему», «девятнадцать ему стукнуло»: whose years they are stands after them."""
    then = key_at(tokens, end + 1)
    ends = then in _CLOSERS or then in ("но", "а", "и")
    ends = ends or (is_word("agewords", then) and then not in _WAS)
    ends = ends or (then.isdecimal() and month(key_at(tokens, end + 2)) is not None)
    return key_at(tokens, end) in _HIS and ends


def _not_age(tokens: Sequence[Token], at: int, last: int) -> bool:
    before, after = key_at(tokens, at - 1), key_at(tokens, last)
    celled = before == "/" and _in_a_cell(tokens, at)
    if not celled and before in _PRECEDING and "летн" not in key_at(tokens, last - 1):
        return before != ":" or key_at(tokens, at - 2) not in ("возраст", "вік", "лет", "age")
    if before.isdecimal() and tokens[at - 1].line == tokens[at].line:
        return True
    if (
        month(before)
        and key_at(tokens, last - 1) in ("год", "года")
        and tokens[at].text.isdecimal()
    ):
        return int(tokens[at].text) in _WAR_YEARS  # «мобилизован в сентябре 22 года»
    if is_word("notage", after) and key_at(tokens, last - 1) not in ("летний",):
        return True
    if not is_word("years", key_at(tokens, last - 1)):
        return False
    return _how_long(tokens, at) or _worked_so_long(tokens, last)


def _worked_so_long(tokens: Sequence[Token], at: int) -> bool:
    """«20 лет на заводе отработал»"""
    for token in tokens[at : at + _LIVED]:
        if token.key in _CLOSERS:
            return False
        if is_word("lasts", token.key):
            return True
    return False


def _in_a_cell(tokens: Sequence[Token], at: int) -> bool:
    """«Орлов Саша / 36 / Кимры», «Орлов Саша. 36. Мобилизован»: a cell, a sentence to itself."""
    before, after = text_at(tokens, at - 1), text_at(tokens, at + 1)
    if not tokens[at].text.isdecimal() or touches(tokens, at) or at < _NAMED:
        return False
    if before == "." == after:
        return "Name" in tokens[at - 2].word.tags
    beyond = text_at(tokens, at - 2) + text_at(tokens, at + 2)
    return before in _CELLS and after in _CELLS and not any(map(str.isdecimal, beyond))


def _how_long(tokens: Sequence[Token], at: int) -> bool:
    """«живём в Анапе двадцать лет», «женаты 20 лет»: how long it has been so, no age."""
    for step in range(1, _LIVED + 1):
        key = key_at(tokens, at - step)
        if key in _CLOSERS or key in _TO_HIM or key in ("", "и", "а"):
            return False
        if is_word("lasts", key):
            return True
    return False


def _of_others(tokens: Sequence[Token], at: int, last: int) -> bool:
    hers = key_at(tokens, at - 1) == "ей" and _of_her(tokens, at - 2)
    if not hers and not _TO_HIM.isdisjoint((key_at(tokens, at - 1), key_at(tokens, last))):
        return False  # «мой ребёнок (ему 44)», «дед старый, 64 ему»
    row = key_at(tokens, at - 2) in _IN_A_ROW and is_word("other", key_at(tokens, at - 4))
    row = row and is_word("bearer", key_at(tokens, at - 1))  # «дочери 18, сыну 20»
    mother = key_at(tokens, at - 1) == "," and is_word("her", key_at(tokens, at - 2))
    if (
        hers
        or row
        or mother
        or is_word("asker", key_at(tokens, last))
        or by_an_applicant(tokens, at)
    ):
        return True  # «семьдесят два года мне»
    if key_at(tokens, at - 1) in _OWN and is_word("bearer", key_at(tokens, at - 2)):
        return False  # «ребёнку моему двадцать пять»
    place = _past_row(tokens, at)
    for step in range(1, 4):
        key = key_at(tokens, place - step)
        if key in ("", "\n", ".", "!", "?", ",", ";"):
            return False
        if is_word("other", key):
            return True
    return False


def _past_row(tokens: Sequence[Token], at: int) -> int:
    """Before the numbers in a row that end here: «двое детей: 7 и 18 лет»."""
    place = at
    while (
        at - place < _ROW
        and key_at(tokens, place - 1) in _IN_A_ROW
        and key_at(tokens, place - 2).isdecimal()
    ):
        place -= 2
    return place - (place < at and key_at(tokens, place - 1) in (":", "("))


def _of_her(tokens: Sequence[Token], at: int) -> bool:
    """«с мамой, ей 61 год»: a woman of the family is told right before."""
    place = at - (key_at(tokens, at) in (",", "(", "—", "–", "-"))
    return is_word("other", key_at(tokens, place)) or is_word("her", key_at(tokens, place))


def _takes_back(tokens: Sequence[Token], start: int, end: int) -> bool:
    """«ему 27... то есть 25»"""
    between = {tokens[place].key for place in range(start, end)}
    return end - start <= 8 and not between.isdisjoint(_CORRECTIONS)
