"""Parts of a text divided among men → the same, where a word of family turns to one of them.

«Младший 3 июля вышел в эфир», «Сын жив» below a list of two; «А вот моего с 9-го нету самого»
before the name of him who is meant.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extract.dates.parts import is_word
from extract.layout import Layout, Sentence
from extract.tokens import WORD, Token
from russian.phrases import word_class

_Range = tuple[int, int]
_TWO = 2
_OPENING = 3  # words at the head of a sentence that may turn to another man
_TURNS = word_class("pointers", "turns")
_MINE = word_class("pointers", "mine")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """What tells the men of a text apart. `born`: their birth dates, "" where none is told."""

    tokens: Sequence[Token]
    layout: Layout
    starts: Sequence[int]  # where a man is named, in order
    who: Sequence[int]  # his number
    born: Sequence[str]

    def owner(self, sentence: Sentence) -> int | None:
        """The man a sentence without names turns to, None where it turns to nobody."""
        if self._named(sentence):
            return None
        keys = self._opening(sentence)
        if (age := _age_word(keys)) and (told := self._by_age(sentence)):
            return told[age]
        if keys and keys[0] in _TURNS and not _MINE.isdisjoint(keys[1:]):
            return self._next(sentence)
        return None

    def _named(self, sentence: Sentence) -> bool:
        place = bisect_left(self.starts, sentence.start)
        return place < len(self.starts) and self.starts[place] < sentence.end

    def _opening(self, sentence: Sentence) -> list[str]:
        found: list[str] = []
        for at in range(sentence.start, sentence.end):
            if self.tokens[at].kind is WORD:
                found.append(self.tokens[at].key)
                if len(found) == _OPENING:
                    break
        return found

    def _by_age(self, sentence: Sentence) -> Mapping[str, int] | None:
        """Of two men born apart and named before, the elder and the younger."""
        if len(self.born) != _TWO or not all(self.born) or self.born[0] == self.born[1]:
            return None
        if len(set(self.who[: bisect_left(self.starts, sentence.start)])) < _TWO:
            return None  # «Старший дома. Ищем младших: …»
        elder = int(self.born[1] < self.born[0])
        return {"elder": elder, "younger": 1 - elder}

    def _next(self, sentence: Sentence) -> int | None:
        """The man named next, if the one named before is another."""
        place = bisect_left(self.starts, sentence.end)
        if not 0 < place < len(self.starts) or self.who[place] in self.who[:place]:
            return None
        return self.who[place]


def _age_word(keys: Sequence[str]) -> str:
    if any(is_word("younger", key) for key in keys):
        return "younger"
    return "elder" if any(is_word("elder", key) for key in keys) else ""


def without(ranges: Sequence[_Range], start: int, end: int) -> list[_Range]:
    """The ranges less what lies from `start` to `end`."""
    kept: list[_Range] = []
    for low, high in ranges:
        if high <= start or end <= low:
            kept.append((low, high))
            continue
        kept += [piece for piece in ((low, start), (end, high)) if piece[0] < piece[1]]
    return kept


def born(
    number: int, names: Sequence[tuple[int, int, int]], births: Sequence[tuple[int, str]]
) -> str:
    """The first birth date behind one of his names and before the next man's.

    `names`: first token, end and man of each; `births`: first token and date of each.
    """
    for at, (start, _, who) in enumerate(names):
        if who == number:
            stop = next((name[0] for name in names[at + 1 :] if name[2] != who), None)
            for first, value in births:
                if start < first and (stop is None or first < stop):
                    return value
    return ""
