"""Names found by what they look like → more of them, where a row or a call shows a name stands.

«Не дождались: Хворостов, Долгих», «— Харючи Едэйко, ЯНАО», «Ищем: Сэротэтто Едэйне, 2001».
"""

from __future__ import annotations

from extract.names.patterns import Found
from extract.names.spans import NameSpan, span_of
from extract.names.units import Unit
from extract.names.words import facts
from extract.tokens import NEWLINE, WORD, Token
from russian import surnames
from russian.inflect import MALE
from russian.phrases import word_class

_AND = frozenset(("и", "да", "та", "й", ",", "/", "&"))
_LISTED_LEAST = 20  # bearers a word must have to be a surname by its neighbours alone
_CALLS = word_class("pointers", "calls")
_ROW_MARKS = frozenset((",", "(", "—", "–", "-", "|", "\n", ":"))


def fill(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The names with those that only their place shows."""
    return _fill_rows(_fill_lists(spans, tokens), tokens)


def order(span: NameSpan) -> str:
    """The order its parts stand in: "sgp", "gs", …"""
    return "".join([role for role, _, _ in span.parts])


def _fill_lists(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Не дождались: Хворостов, Долгих, Гринюк»: a word among surnames in a list is one."""
    lone = [span.start_token for span in spans if order(span) == "s"]
    if not lone:
        return spans
    taken = {at for span in spans for at in range(span.start_token, span.end_token)}
    added = []
    while lone:
        at = lone.pop()
        for comma, place in ((at - 1, at - 2), (at + 1, at + 2)):
            if not 0 <= place < len(tokens) or place in taken or tokens[comma].key not in _AND:
                continue
            if ends_item(tokens, place + (place - comma)) and (
                new := _listed_surname(tokens, place)
            ):
                added += new
                taken.add(place)
                lone.append(place)
    return sorted([*spans, *added], key=lambda span: span.start_token) if added else spans


def _fill_rows(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«— Харючи Едэйко, ЯНАО»: two words no list knows, at the head of a line as names are."""
    taken = {at for span in spans for at in range(span.start_token, span.end_token)}
    heads = [at for at in _heads(tokens) if at + 1 < len(tokens)]
    if not any(at in taken for at in heads):
        heads = []
    added = [one for at in heads if at not in taken for one in _lone(tokens, at)]
    taken |= {at for span in added for at in range(span.start_token, span.end_token)}
    heads += _called(tokens)
    added += [
        span for at in heads if taken.isdisjoint((at, at + 1)) and (span := _unlisted(tokens, at))
    ]
    return sorted([*spans, *added], key=lambda span: span.start_token) if added else spans


def _called(tokens: list[Token]) -> list[int]:
    """Words right behind «ищем», «ФИО:», «пропал»: «Ищем: Сэротэтто Едэйне, 2001»."""
    found = []
    for call in [at for at, token in enumerate(tokens) if token.key in _CALLS]:
        at = call + 1 + (call + 1 < len(tokens) and tokens[call + 1].text in ":—–-")
        if at + 1 < len(tokens) and tokens[at].kind is WORD:
            found.append(at)
    return found


def _lone(tokens: list[Token], at: int) -> list[NameSpan]:
    """«— Пак: тишина»: a surname alone at the head of a line."""
    after = tokens[at + 1].text if at + 1 < len(tokens) else "\n"
    marked = at > 0 and tokens[at - 1].kind is not NEWLINE
    return _listed_surname(tokens, at) if marked and after in _ROW_MARKS else []


def _heads(tokens: list[Token]) -> list[int]:
    """The first words of the lines, past their marks and numbers."""
    found, opened = [], True
    for at, token in enumerate(tokens):
        if token.kind is NEWLINE:
            opened = True
        elif opened and token.kind is WORD:
            found.append(at)
            opened = False
    return found


def _unlisted(tokens: list[Token], at: int) -> NameSpan | None:
    """Surname and given name of a man of a people whose names no list has."""
    beyond = tokens[at + 2] if at + 2 < len(tokens) else None
    if beyond is not None and beyond.text not in _ROW_MARKS:
        return None
    words = [facts(token.text) if token.kind is WORD else None for token in tokens[at : at + 2]]
    first, second = words
    if first is None or second is None or not first.surname or not second.given:
        return None
    if any(one.common or one.place or one.shape != "title" for one in (first, second)):
        return None
    surname, given = first.surname[0], second.given[0]
    both = surname.mask & given.mask & MALE
    if not both & 1:
        return None
    units = [
        Unit(one, at + step, at + step + 1, "title", 1 + step, *(False,) * 5, 0)
        for step, one in enumerate((first, second))
    ]
    return span_of(Found("sg", (surname, given), both, 0.5), units, tokens)


def ends_item(tokens: list[Token], beyond: int) -> bool:
    """Does a mark, «и» or the end of the text stand there?"""
    inside = 0 <= beyond < len(tokens)
    return not inside or tokens[beyond].kind is not WORD or tokens[beyond].key == "и"


def _listed_surname(tokens: list[Token], place: int) -> list[NameSpan]:
    token = tokens[place]
    found = facts(token.text) if token.kind is WORD else None
    if found is None or not found.surname or found.shape == "lower" or found.place:
        return []
    reading = found.surname[0]
    if surnames.count(reading.name) < _LISTED_LEAST and surnames.shaped(reading.name) < 2:
        return []
    unit = Unit(found, place, place + 1, "title", 1, *(False,) * 5, 0)
    return [span_of(Found("s", (reading,), reading.mask, 0.5), [unit], tokens)]
