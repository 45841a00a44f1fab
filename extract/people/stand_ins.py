"""Names and words of family → the words that stand for one man later: «Сын звонил 2-го, муж 5-го».

A noun that introduced one of several men («мой муж Котов Иван», «брат — Зимин») means him where it
opens a clause behind his name; «младший», «старший» mean one of two men born apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from extract.dates.parts import is_word
from extract.tokens import WORD, Token

Name = tuple[int, int, int]  # start, end, person
_JOINTS = frozenset("—–-:,")
_OPENS = frozenset((".", "!", "?", ";", ",", "…", "\n", "(", "—", "–", "а", "и", "но"))
_MINE = frozenset(("мой", "моя", "наш", "наша", "же"))
_TWO = 2


def stand_ins(names: Sequence[Name], tokens: Sequence[Token], born: Sequence[str]) -> list[Name]:
    """Where a noun or an adjective stands for a man named before. `born`: their birth dates."""
    called = _called(names, tokens)
    first = {who: start for start, _, who in reversed(names)}
    ages = _ages(first, born)
    if len(called) < _TWO and not ages:
        return []
    starts = {start for start, _, _ in names}
    return [
        (at, at + 1, who)
        for at, who in _words(tokens, called, ages)
        if at > first[who] and at + 1 not in starts and _opens(tokens, at)
    ]


def _words(
    tokens: Sequence[Token], called: Mapping[str, int], ages: Mapping[str, int]
) -> Iterator[tuple[int, int]]:
    """Every word that may stand for a man, with the man."""
    for at, token in enumerate(tokens):
        if token.kind is not WORD:
            continue
        who = called.get(token.key)
        for kind, one in ages.items() if who is None else ():
            if is_word(kind, token.key) and token.key.endswith("ий"):
                who = one
        if who is not None:
            yield at, who


def _called(names: Sequence[Name], tokens: Sequence[Token]) -> dict[str, int]:
    """Nouns in the nominative that introduced one man each."""
    found: dict[str, set[int]] = {}
    for start, _, person in names:
        at = start - 1
        while at >= 0 and tokens[at].text in _JOINTS:
            at -= 1
        if at < 0 or tokens[at].kind is not WORD:
            continue
        for parse in tokens[at].word.parses[:2]:
            if parse.pos == "NOUN" and "anim" in parse.tags:
                found.setdefault(parse.normal.replace("ё", "е"), set()).add(person)
    return {key: people.pop() for key, people in found.items() if len(people) == 1}


def _ages(first: Mapping[int, int], born: Sequence[str]) -> dict[str, int]:
    """The elder and the younger of two men born apart."""
    if len(born) != _TWO or len(first) != _TWO or not all(born) or born[0] == born[1]:
        return {}
    elder = int(born[1] < born[0])
    return {"elder": elder, "younger": 1 - elder}


def _opens(tokens: Sequence[Token], at: int) -> bool:
    """Does the word open a clause?"""
    before = at - 1
    while before >= 0 and tokens[before].key in _MINE:
        before -= 1
    return before < 0 or tokens[before].key in _OPENS
