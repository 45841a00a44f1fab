"""All phrases of a text → those no curb takes away: not negated, voided, hoped, heard, quoted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from extract.fates.curbs import Cover, dated_before, negated, of_before
from extract.fates.deaths import unasserted
from extract.fates.states import CAPTURED, DECEASED, FOUND_ALIVE, RELEASED, STATES
from extract.layout import Layout
from extract.tokens import NUMBER, WORD, Token
from model import Claim
from russian.phrases import Hit

_FREE = frozenset(("missing", "again", "retracted"))  # a void takes none of these away
_NEVER = frozenset(("void", "past", "hearsay", "hope", "likeness", "unreal", "none"))
_COVERING: dict[str, Callable[[Hit], bool]] = {  # phrases that take away what they touch
    "void": lambda hit: hit.value in ("void", "past"),
    "over": lambda hit: hit.note == "over",
    "stays": lambda hit: hit.value == "stays",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Sieve:
    """What stands in one text that takes claims away."""

    tokens: Sequence[Token]
    layout: Layout
    exchange: bool  # it tells of an exchange in figures
    curbs: Mapping[int, frozenset[str]]  # sentence → hearsay, hope, likeness
    moods: Sequence[Hit]  # what makes a death unreal
    quoted: Cover
    questions: frozenset[int]  # sentences

    def kept(self, found: Sequence[Hit]) -> list[Hit]:
        """Hits no curb takes away, in order; of those that begin together the longest first."""
        covers = {
            name: Cover([(hit.start, hit.end) for hit in found if said(hit)])
            for name, said in _COVERING.items()
        }
        filmed = {self.layout.sentence_of[hit.start] for hit in found if hit.note == "video"}
        return [
            hit
            for hit in sorted(found, key=lambda hit: (hit.start, -hit.end))
            if hit.value not in _NEVER
            and not self._voided(hit, covers)
            and not self._of_old(hit, filmed=self.layout.sentence_of[hit.start] in filmed)
            and not self._unsaid(hit, STATES.get(hit.value), covers["stays"])
        ]

    def _voided(self, hit: Hit, covers: Mapping[str, Cover]) -> bool:
        """Does a phrase around it, or a «не» before it, take it away?"""
        if hit.note == "none" or (hit.note == "number" and not self._bare_number(hit)):
            return True
        if covers["over"].curbs(hit.start, hit.end):
            return True
        if hit.value in _FREE:
            return False
        covered = hit.note != "grave" and covers["void"].curbs(hit.start, hit.end)
        return covered or negated(self.tokens, hit)

    def _of_old(self, hit: Hit, *, filmed: bool) -> bool:
        """A call of the past, a return told to tell him by, a face on a video that is no body."""
        if hit.note == "call":
            return dated_before(self.tokens, self.layout, hit)
        if hit.note == "identified":
            return filmed or self.exchange
        return hit.note == "home" and of_before(self.tokens, self.layout, hit)

    def _unsaid(self, hit: Hit, state: Claim | None, stays: Cover) -> bool:
        """Does its sentence only hope, hear, ask or quote what it says?"""
        sentence = self.layout.sentence_of[hit.start]
        curbs = self.curbs.get(sentence, frozenset())
        if state is DECEASED and unasserted(hit, self.moods, self.tokens, self.layout):
            return True
        if state is FOUND_ALIVE and not curbs.isdisjoint(("hope", "hearsay")):
            return True
        if state is RELEASED and stays.curbs(hit.start, hit.end):
            return True
        if state is CAPTURED:
            return "likeness" in curbs or (hit.note == "plain" and "hearsay" in curbs)
        if state and sentence in self.questions:
            return True
        said = state or hit.value == "seek"
        return bool(said) and self.quoted.touches(hit.start, hit.end)

    def _bare_number(self, hit: Hit) -> bool:
        """«К сожалению, 200.», not «за 200 тысяч»."""
        before = self.tokens[hit.start - 1] if hit.start else None
        after = self.tokens[hit.end] if hit.end < len(self.tokens) else None
        measured = after is not None and after.kind in (WORD, NUMBER)
        priced = before is not None and (before.kind is NUMBER or "PREP" in before.word.tags)
        return not measured and not priced
