"""Hits and layout → what the signs of a list mean: «⚪ тишина, 🟡 плен, 🟢 живой, ⚫ 200»."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from extract.layout import Layout, Line
from extract.tokens import Token, is_symbol
from russian.phrases import Hit

UNSETTLED = frozenset("❓❔⏳⌛❗🔎🔍")  # before a man of whom a heading's news is not known
_LEAST = 4  # two signs explained, two used
_CLAUSE = 4  # tokens of a legend a sign may have


@dataclass(frozen=True, slots=True, kw_only=True)
class Legend:
    """Signs with the phrase that explains each (None: he is missing), and where they stand."""

    meaning: Mapping[str, Hit | None]
    start: int = 0
    end: int = 0

    def holds(self, hit: Hit) -> bool:
        """Does the phrase stand in the legend, and so speak of no man?"""
        return self.start <= hit.start < self.end


NO_LEGEND = Legend(meaning={})


def legend(
    tokens: Sequence[Token],
    layout: Layout,
    hits: Sequence[Hit],
    tells: Callable[[Hit], bool],
) -> Legend:
    """The legend of a list; `tells`: does a phrase name a state (captive, alive, dead)?"""
    signs_at = [at for at, token in enumerate(tokens) if is_symbol(token)]
    if len(signs_at) < _LEAST:
        return NO_LEGEND
    for line in layout.lines:
        signs = [at for at in range(line.start, line.end) if is_symbol(tokens[at])]
        if len(signs) < 2 or not _used(tokens, layout, line, signs):
            continue
        meaning = {}
        for at, after in zip(signs, [*signs[1:], line.end], strict=True):
            stop = min(after, at + 1 + _CLAUSE)
            meaning[tokens[at].text] = _explained(at, stop, after, hits, tells)
        if any(meaning.values()):
            return Legend(meaning=meaning, start=signs[0], end=line.end)
    return NO_LEGEND


def _explained(
    at: int, stop: int, after: int, hits: Sequence[Hit], tells: Callable[[Hit], bool]
) -> Hit | None:
    """The state a sign means; none where the words take it back: «🔴 не вышли на связь»."""
    here = [hit for hit in hits if at < hit.start < stop and hit.end <= after]
    voids = [hit for hit in here if hit.value == "void"]
    return next(
        (
            hit
            for hit in here
            if tells(hit) and not any(v.start <= hit.start < v.end for v in voids)
        ),
        None,
    )


def _used(tokens: Sequence[Token], layout: Layout, own: Line, signs: Sequence[int]) -> bool:
    known = {tokens[at].text for at in signs}
    others = [line for line in layout.lines if line is not own]
    marked = sum(
        any(tokens[at].text in known for at in range(line.start, line.end)) for line in others
    )
    return len(known) > 1 and marked > 1
