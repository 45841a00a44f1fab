"""A number that may be an age among its words → the birthday told with it: past, today, to come."""

from __future__ import annotations

from collections.abc import Sequence

from extract.dates.parts import is_word
from extract.peek import key_at
from extract.tokens import Token
from russian.months import month

_TURNING = frozenset(("исполняется", "исполнится", "стукнет", "исполнилось"))


def today(tokens: Sequence[Token], at: int) -> bool:
    """«сегодня ему 20», «Сегодня Вадимке 20», «Павлу сегодня 20»."""
    before, earlier = key_at(tokens, at - 1), key_at(tokens, at - 2)
    if earlier == "сегодня" and at > 1:
        return before in ("ему", "ей") or tokens[at - 1].word.shape == "title"
    return before == "сегодня" and at > 1 and dative_name(tokens[at - 2])


def turns_today(tokens: Sequence[Token], at: int) -> bool:
    """«сегодня ему исполняется 23»"""
    return key_at(tokens, at - 1) in _TURNING and today(tokens, at - 1)


def coming_birthday(tokens: Sequence[Token], at: int, end: int) -> bool:
    """«12 сентября будет 20», «завтра день рождения, тридцать будет»."""
    if key_at(tokens, at - 1) in ("будет", "исполнится") and month(key_at(tokens, at - 2)):
        return True
    if key_at(tokens, end) not in ("будет", "исполнится"):
        return False
    before = [key_at(tokens, at - step) for step in range(1, 8)]
    return "рождения" in before or "др" in before


def his_birthday(tokens: Sequence[Token], at: int) -> bool:
    """«Ему завтра — хотя нет, уже в четверг — 19.»"""
    if today(tokens, at):
        return True
    keys = []
    for step in range(1, 11):
        key = key_at(tokens, at - step)
        if key in ("", "\n", ".", "!", "?"):
            break
        keys.append(key)
    return bool({"ему", "ей"} & set(keys)) and any(
        is_word("future", key) and key != "скоро" for key in keys
    )


def dative_name(token: Token) -> bool:
    """Is it a name in the dative: «Рочеву Василию 19»?"""
    if token.word.shape not in ("title", "upper"):
        return False
    return any(
        parse.case == "datv" and not parse.tags.isdisjoint(("Name", "Surn", "Patr"))
        for parse in token.word.parses
    )


def has_turned(tokens: Sequence[Token], at: int, last: int) -> bool:
    """Is a birthday told in the same breath: «исполнилось 20», «19 лет 2 мая исполнилось»?"""
    for step in range(1, 8):
        key = key_at(tokens, at - step)
        if key in ("", "\n", ".", "!", "?"):
            break
        if is_word("agewords", key):
            return True
    if [key_at(tokens, last), key_at(tokens, last + 1)] in (["ему", "было"], ["ей", "было"]):
        return any(month(key_at(tokens, last + step)) for step in (2, 3, 4))
    for step in range(8):
        key = key_at(tokens, last + step)
        if key in ("", "\n", "!", "?"):
            break
        if is_word("agewords", key):
            return True
    return False


def still_coming(tokens: Sequence[Token], at: int, last: int) -> bool:
    """«20 будет в сентябре», «завтра ему 20»: is he not yet so old?"""
    if turns_today(tokens, at):
        return False
    if "через" in (key_at(tokens, at - 2), key_at(tokens, at - 3), key_at(tokens, at - 4)):
        return True  # «через месяц ему 30 лет»
    stop = min(last + 3, len(tokens))
    if key_at(tokens, last) == "," and key_at(tokens, last + 1).isdecimal():
        stop = last  # «ему 18, 19 будет в ноябре»
    around = [*range(max(0, at - 4), at), *range(last, stop)]
    nearest = [at - 1, *range(last, min(last + 2, len(tokens)))]
    if any(key_at(tokens, place) in (".", "!", "\n") for place in range(last, last + 1)):
        around = [place for place in around if place < at]
        nearest = [at - 1, at - 2]
    words = ("будет", "исполнится", "исполняется", "стукнет")
    return any(key_at(tokens, place) in words for place in around) or any(
        key_at(tokens, place) in ("завтра", "послезавтра") for place in nearest
    )
