"""A phrase of a fate among words of kinship → is it that of a relative, a comrade, the poster?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence

from extract.deaths import of_another
from extract.layout import Layout
from extract.states import DECEASED, FOUND_ALIVE, STATES
from extract.tokens import Token, Word
from extract.verdicts import Scope
from model import Claim
from russian.phrases import Hit, word_class

_I = word_class("pointers", "I")
_OBLIQUE = frozenset(("gent", "datv", "accs"))


class Whose:
    """The words of kinship of one text, asked whose a fate is."""

    def __init__(self, tokens: Sequence[Token], layout: Layout, hits: Sequence[Hit]) -> None:
        self.tokens = tokens
        self.layout = layout
        self.kin_hits = [hit for hit in hits if hit.table == "kin"]
        self.kin_starts = [hit.start for hit in self.kin_hits]

    def of_another(self, hit: Hit, scope: Scope) -> bool:
        """Is the state that of a relative or comrade: «(брат в плену)», «водителя нашли»?"""
        state = STATES.get(hit.value)
        if state is DECEASED and of_another(hit, scope.names, scope.kin, self.tokens, self.layout):
            return True
        if state is None or hit.note == "video" or self._attributive(hit):
            return False
        if state is FOUND_ALIVE and self._first_person(hit):
            return True
        start = max(self.layout.sentence(hit.start).start, hit.start - 6)
        place = bisect_left(self.kin_starts, start)
        while place < len(self.kin_starts) and self.kin_starts[place] < hit.start:
            kin = self.kin_hits[place]
            place += 1
            if kin.value == "sought" or kin.phrase in scope.kin:
                continue
            between = self.tokens[kin.end : hit.start]
            if any(token.text in ",;:—–()" for token in between):
                continue
            if any(kin.end <= name[0] < hit.start for name in scope.names):
                continue
            head = self.tokens[kin.end - 1].word
            cases = {parse.case for parse in head.parses}
            if hit.note == "call" and "nomn" in cases:
                return True
            if _does(state, head, self.tokens[kin.end : hit.end]):
                return True
        return False

    def _attributive(self, hit: Hit) -> bool:
        """A participle before the name: «мать погибшего сержанта Павла Ильина»."""
        return any(
            parse.pos == "PRTF" and parse.number == "sing" and parse.case in _OBLIQUE
            for parse in self.tokens[hit.start].word.parses
        )

    def _first_person(self, hit: Hit) -> bool:
        """Does the poster speak of himself: «из госпиталя пишу», «я сам в госпитале»?"""
        sentence = self.layout.sentence(hit.start)
        start, end = max(sentence.start, hit.start - 8), min(sentence.end, hit.end + 3)
        after = next((at for at in range(hit.end, end) if self.tokens[at].text in ",;—–"), end)
        return any(token.key in _I for token in self.tokens[start:after])


def _subject(word: Word) -> bool:
    """Is a word of kinship what does the deed? «матери» is rather «of the mother»."""
    numbers = {parse.number for parse in word.parses if parse.case == "nomn"}
    return "sing" in numbers or (
        bool(numbers) and all(parse.case != "gent" for parse in word.parses)
    )


def _does(state: Claim, head: Word, behind: Sequence[Token]) -> bool:
    """Does the word of kinship do the deed; of a death, is it what was found dead?"""
    if state is not DECEASED:
        return _subject(head)
    accusative = any(parse.case == "accs" for parse in head.parses)
    return accusative and any("VERB" in token.word.tags for token in behind)
