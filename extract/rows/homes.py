"""A row's free text → where its man is from, where the rules for posts leave a place open.

In a line of a list a bare place is his home («…, 2004, Муром»), and a town behind the word for his
birth too («род. 9 мая 2002 года в Калуге»).
"""

from __future__ import annotations

import re

from extract.dates.roles import cue
from extract.places import Home, region_of_cell
from extract.reading import Taken

_PART = re.compile(r"[^,;.()\[\]\n·•|—–]+")
_SETTLED = frozenset(("town", "region", "district"))
_SENTENCE_ENDS = frozenset("!?…;\n")
_BACK = 9  # tokens between the word for birth and the place
_PREPOSITIONS = frozenset(("в", "во", "у"))


def home_in(taken: Taken, start: int) -> Home | None:
    """The home that the text from `start` on gives as a bare place or a place of birth."""
    return _born_in(taken, start) or _bare(taken, start)


def _bare(taken: Taken, start: int) -> Home | None:
    """A part of the line that is a place and nothing else."""
    for part in _PART.finditer(taken.folded, start):
        low, high = part.span()
        words = [t for t in taken.tokens if low <= t.start < high and t.text.isalpha()]
        spans = [s for s in taken.facts.places if low <= s.start < high and not s.preposition]
        named = {at for span in spans for at in range(span.start, span.end)}
        if not words or not spans or any(word.start not in named for word in words):
            continue
        home = region_of_cell(part.group())
        if home is not None and home.region and _SETTLED & {span.kind for span in home.spans}:
            return home
    return None


def _born_in(taken: Taken, start: int) -> Home | None:
    for span in taken.facts.places:
        if span.start < start or span.role != "other" or span.preposition not in _PREPOSITIONS:
            continue
        before = taken.tokens[max(0, span.first - _BACK) : span.first]
        ends = [at for at, one in enumerate(before) if one.text in _SENTENCE_ENDS]
        if any(cue(one.text)[0] == "birth" for one in before[ends[-1] + 1 if ends else 0 :]):
            return region_of_cell(span.name)
    return None
