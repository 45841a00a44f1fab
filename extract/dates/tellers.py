"""A word of contact among its words → is it another who calls, writes or tells, and not he?"""

from __future__ import annotations

from collections.abc import Sequence

from extract.dates.parts import is_word
from extract.peek import key_at
from extract.tokens import Token

_ENDS = frozenset("!?…;\n.")
_BEFORE, _BEHIND = 6, 3  # tokens between a verb and who speaks
_SAID = frozenset(("сказал", "крикнул", "шепнул", "бросил", "вытащил", "вынес", "вывез", "спас"))
_CALLED = frozenset(
    ("позвонил", "звонил", "написал", "писал", "перезвонил", "отписался", "передал")
)
_THEY = frozenset(("позвонили", "звонили", "написали", "передали"))
_US = frozenset(("мне", "нам", "маме", "жене", "матери", "родителям"))
_OF_US = _US | {"из"}  # «позвонили нам», «позвонили из части»
_TALKED = frozenset(("говорил", "говорила", "разговаривал", "разговаривала", "общалась", "общался"))
_SENT = frozenset(
    (
        *("писала", "написала", "звонила", "позвонила", "набирала", "отправила", "перевела"),
        *("отправляла", "послала", "скинула"),
    )
)
_TO_HIM = frozenset(("ему", "сыну", "мужу", "брату", "ей"))
_TO_OFFICES = frozenset(("в", "на"))  # «позвонила в часть», «писала на горячую линию»
_FROM_HIM = frozenset(("него", "нее", "сына", "мужа", "брата", "папы", "отца", "внука", "него"))
_CAME = frozenset(("пришло", "пришла", "пришел", "дошло"))
_HEARD = frozenset(
    ("сказал", "сказала", "рассказал", "рассказала", "говорил", "сообщил", "позвонил", "написал")
)
_RUMOUR_WITHIN = 8
_ASKED_WITHIN = 7
_SAW_WITHIN = 12
_WITH_HIM = frozenset(
    ("ним", "ней", "его", "моего", "моим", "нашего", "нашим", "ее", "мужа", "сына")
)


def another_speaks(tokens: Sequence[Token], at: int) -> bool:
    """«8-го командир сказал», «8 мая позвонил чужой человек», «мне позвонили», «писала ему»?"""
    text = tokens[at].key
    if text in _SAID:
        return _teller_before(tokens, at, _BEFORE)
    if text in _CALLED and _saw_him(tokens, at):
        return False  # «позвонил его друг: видел, как он перевязывал руку»
    if text in _CALLED:
        return _teller_before(tokens, at, _BEHIND) or _teller_behind(tokens, at)
    if text in _THEY:
        return key_at(tokens, at - 1) in _US or key_at(tokens, at + 1) in _OF_US
    if text in _SENT:
        beside = (key_at(tokens, at - 1), key_at(tokens, at + 1))
        return not _TO_HIM.isdisjoint(beside)
    return text in _TALKED and key_at(tokens, at + 1) == "с" and _teller(tokens, at + 2)


def to_an_office(tokens: Sequence[Token], at: int) -> bool:
    """«15 ноября позвонила в часть», «писали на горячую линию»: the family asks."""
    asks = tokens[at].key in _SENT or tokens[at].key in _THEY
    return asks and key_at(tokens, at + 1) in _TO_OFFICES


def _teller(tokens: Sequence[Token], at: int) -> bool:
    return is_word("teller", key_at(tokens, at))


def _teller_before(tokens: Sequence[Token], at: int, reach: int) -> bool:
    for place in range(at - 1, max(-1, at - reach - 1), -1):
        if tokens[place].text in _ENDS or (reach == _BEHIND and tokens[place].text == ","):
            return False
        if _teller(tokens, place) and (reach == _BEFORE or _is_subject(tokens[place])):
            return True
    return False


def _teller_behind(tokens: Sequence[Token], at: int) -> bool:
    """«позвонил чужой человек», «написал его командир», not «позвонил другу»"""
    for place in range(at + 1, min(at + 1 + _BEHIND, len(tokens))):
        if tokens[place].text in _ENDS or tokens[place].text in ",«:":
            return False
        if _teller(tokens, place) and _is_subject(tokens[place]):
            return True
    return False


def _is_subject(token: Token) -> bool:
    return any(parse.case == "nomn" for parse in token.word.parses)


def rumour(tokens: Sequence[Token], first: int, at: int) -> bool:
    """«вчера какой-то парень сказал, что …», «сослуживец 8 ноября написал»: a day others told it.

    `first`: the first token of the day; `at`: one past the last.
    """
    said, told = False, _told_before(tokens, first)
    for place in range(at, min(at + _RUMOUR_WITHIN, len(tokens))):
        token = tokens[place]
        if token.text in _ENDS or token.text in ",«:":
            break
        if token.key in _WITH_HIM and tokens[place - 1].key == "с":
            return False  # «7-го с ним говорил друг»
        told = told or (_teller(tokens, place) and _is_subject(token))
        said = said or token.key in _HEARD
        if token.key in _THEY and another_speaks(tokens, place):
            return True
    return said and told and not _saw_him(tokens, at)


def _told_before(tokens: Sequence[Token], first: int) -> bool:
    """«Сослуживец | 8 ноября написал»"""
    for place in range(first - 1, max(-1, first - 3), -1):
        if tokens[place].text in _ENDS or tokens[place].text == ",":
            return False
        if _teller(tokens, place):
            return _is_subject(tokens[place])
    return False


def _saw_him(tokens: Sequence[Token], at: int) -> bool:
    """Does he who tells it say in the same sentence that he saw him?"""
    for place in range(at, min(at + _SAW_WITHIN, len(tokens))):
        if tokens[place].text in _ENDS:
            return False
        if tokens[place].key.startswith("видел"):
            return tokens[place - 1].key != "не"
    return False


def asked_of_others(tokens: Sequence[Token], at: int) -> bool:
    """«Кто 5 ноября был под Угледаром?», «у кого парни стояли …»: a day others are asked about."""
    for place in range(at - 1, max(-1, at - _ASKED_WITHIN), -1):
        if tokens[place].text in _ENDS or tokens[place].key in _WITH_HIM:
            return False
        if tokens[place].key in ("кто", "кого"):
            return not any(token.key in _WITH_HIM for token in tokens[at : at + _ASKED_WITHIN])
    return False


def came_from_him(tokens: Sequence[Token], at: int) -> bool:
    """«30 сентября пришло от него письмо», not «письмо от него датировано маем, пришло вчера»"""
    if tokens[at].key not in _CAME:
        return False
    if any(token.key.startswith("датир") for token in tokens[max(0, at - 8) : at + 6]):
        return False
    for place in range(max(1, at - 5), min(at + 6, len(tokens))):
        if tokens[place - 1].key == "от" and tokens[place].key in _FROM_HIM:
            return True
    return False
