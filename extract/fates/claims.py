"""Phrases in the part of a text that speaks of one man → what is claimed of him.

Order of judgement: what a curb takes away (a wish, a hearsay, a list he is not in) is gone; words
about another person are gone; an addition (UPD) outweighs what stands above it; words beside his
name outweigh words elsewhere; at equal weight a death, then a return, captivity, a sign of life.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from extract.fates.cards import former
from extract.fates.curbs import Cover, curbs_by_sentence, questions, quoted
from extract.fates.deaths import turned_at
from extract.fates.legends import UNSETTLED, legend
from extract.fates.lexis import features, leaning
from extract.fates.others import Around, of_a_thing, of_another, of_one, womans
from extract.fates.pleas import ASKS, PLEAS, plea_of, under_plea
from extract.fates.sieve import Sieve
from extract.fates.states import (
    CAPTURED,
    DECEASED,
    FOUND_ALIVE,
    PROOFS,
    RANK,
    RELEASED,
    RETRACTED,
    SOUGHT,
    STATES,
    STRENGTH,
    TOLD,
    enough,
    found,
    freed,
    of_captivity,
    state_of,
)
from extract.fates.tellings import Telling, update_at
from extract.fates.verdicts import Scope, Verdict
from extract.fates.withdrawals import WITHDRAWN, ending
from extract.layout import TEXT, TITLE, Layout
from extract.tokens import WORD, Token
from model import Claim, Sex
from russian.phrases import Hit, word_class

_FACTS = frozenset(("court_absent", "court_dead", "burial", "dna", "awol")) | WITHDRAWN
# How much the phrases' verdict weighs against the words' (log-probability): measured author by
# author on texts no phrase was mended for (`python -m benchmarks.fates`).
_TRUST = {CAPTURED: 2.0, RELEASED: 1.5, FOUND_ALIVE: 1.5, DECEASED: 3.0, RETRACTED: 3.0}
_TRUST_PLEA = (
    (ASKS, 2.25),
    (1.0, 1.5),
    (0.0, 0.75),
)  # of a search, by how strongly he is asked for
_ASKED = 1.25  # less of any other fate where he is asked for, or called missing, too
_TRUST_DENIED = 4.5  # of a search whose words name a fate only to deny, hope or fear it
_BUT = word_class("pointers", "but")
_SURE = frozenset(("strong", "video", "plain", "hospital"))
_RETURNS = (RELEASED, CAPTURED)
_SEEN = frozenset(("video", "plain", "weak"))  # how a face on a video is told of
_PROVED, _MISSING = 3.0, 2.5  # a plea above the second asks for him or calls him missing
_BODY = word_class("pointers", "body")
_HEADING = 4  # words of a heading without a colon
_ENDS = frozenset(".?…,;")
_CONTENT = 8  # tokens between «что», «о» and the state they introduce
_THAT = word_class("pointers", "that")
_HINTED = 1.0  # the least weight of words that claim a state
_Said = tuple[Claim, tuple[int, int], str]  # claim, tokens, phrase


class Reader:
    """The claims of one text, read once and asked for each man."""

    def __init__(
        self, tokens: Sequence[Token], layout: Layout, hits: Sequence[Hit], telling: Telling
    ) -> None:
        self.tokens = tokens
        self.layout = layout
        self.telling = telling
        self.people = Around(tokens, layout, [hit for hit in hits if hit.table == "kin"])
        self.quoted = quoted(tokens)
        found = [hit for hit in hits if hit.table == "claims"]
        self.reported = [hit for hit in found if hit.value == "reported"]
        self.legend = legend(tokens, layout, found, lambda hit: hit.value in STATES)
        before = Cover(former(tokens, layout))
        found = [
            h for h in found if not self.legend.holds(h) and not before.touches(h.start, h.end)
        ]
        self.curbs = curbs_by_sentence(found, layout)
        self.hits = Sieve(
            tokens=tokens,
            layout=layout,
            exchange=telling.exchange,
            curbs=self.curbs,
            moods=[hit for hit in found if hit.value in ("unreal", "hearsay")],
            quoted=self.quoted,
            questions=questions(tokens, layout),
        ).kept(found)
        self.starts = [hit.start for hit in self.hits]
        kept = set(self.hits)
        self.denied = [
            hit.start
            for hit in found
            if hit.value == "scam" or (hit.value in STATES and hit not in kept)
        ]
        self.update_at = update_at(tokens, layout)
        self.captivity = telling.exchange or of_captivity(self.hits)

    def verdict(self, scope: Scope) -> Verdict:
        """The claim for one man."""
        read = self.by_phrases(scope)
        if scope.listed or read.updated or self.telling.captions or self.telling.exchange:
            return read
        said = leaning(
            features(self.tokens, scope.own, scope.names), read.claim, self.trust_in(read, scope)
        )
        if said is None:
            return read
        claim = SOUGHT if said.claim is RETRACTED and self.telling.edited else said.claim
        added = self.telling.edited and read.plea >= ASKS
        at = (said.at, said.at + 1)
        return replace(read, claim=claim, at=at, rule=f"words: {said.word}", updated=added)

    def trust_in(self, read: Verdict, scope: Scope) -> float:
        """How much what the phrases read weighs against the words."""
        if read.claim is not SOUGHT:
            return _TRUST[read.claim] - _ASKED * (read.plea >= _PROVED)
        plea = read.plea
        if plea >= ASKS:  # a title stays as it was when he is found
            told = self._within(scope.own) + self._within(scope.shared)
            plea = plea_of([hit for hit in told if hit.value != "again" and not self._titular(hit)])
        asked = next(trust for least, trust in _TRUST_PLEA if plea >= least)
        denied = any(start <= at < end for start, end in scope.own for at in self.denied)
        return max(asked, _TRUST_DENIED) if denied else asked

    def by_phrases(self, scope: Scope) -> Verdict:
        """What the phrases say."""
        own = [hit for hit in self._within(scope.own) if not self._others(hit, scope)]
        shared = [hit for hit in self._within(scope.shared) if not self._others(hit, scope)]
        shared = [hit for hit in shared if not of_one(hit, self.people)]
        facts = tuple(sorted({h.value for h in own if h.value in _FACTS}))
        plea = plea_of([hit for hit in own + shared if hit.value != "again"])
        if any(curb == "hearsay" for _, curb in self._curbed(scope.own)):
            facts = (*facts, "hearsay_death")
        if self.update_at is not None and not scope.listed:
            start, end = self.update_at
            later = [hit for hit in own + shared if start <= hit.start < end]
            if not scope.shared:  # «ДОПИСЫВАЮ: папа лежит в госпитале»: there is no other man
                later += [
                    hit
                    for hit in self._within([(start, end)])
                    if STATES.get(hit.value, DECEASED) is not DECEASED and hit not in later
                ]
            if (said := self._state(later, scope, plea=0.0)) is not None:
                return Verdict(said[0], plea, facts, said[1], said[2], updated=True)
        if (taken := self._retracted(own)) is not None:
            claim, facts = ending(facts, own, self.tokens, edited=self.telling.edited)
            return Verdict(claim, 0.0, facts, (taken.start, taken.end), taken.phrase)
        own = self._sifted(self._without_mistakes(own), scope)
        if (marked := self._marked(scope, own)) is not None:
            return Verdict(marked[0], plea, facts, marked[1], marked[2])
        titular = [hit for hit in own if self._titular(hit)]
        asked = plea_of([hit for hit in own if hit not in titular])
        asked = max(asked, TOLD * any(hit.value == "missing" for hit in titular))
        said = self._state(own, scope, plea=asked, least=self._least(own, scope))
        if scope.listed:
            shared = self._under_heading(shared, scope)
        asks = any(h.value in PLEAS for h in own) or (scope.listed and self._unsettled(scope))
        if said is None and scope.shared and not asks:
            said = self._state(shared, scope, plea=0.0, least=2.5)
        said = self._by_telling(said, own, scope)
        if said is None:
            return Verdict(SOUGHT, plea, facts)
        return Verdict(said[0], plea, facts, said[1], said[2])

    def _titular(self, hit: Hit) -> bool:
        """«Тема: ищу Лобова», «Тема: пропал Лобов»: the title stays when he is found."""
        return hit.value in PLEAS and self.layout.line(hit.start).kind is TITLE

    def _least(self, own: Sequence[Hit], scope: Scope) -> float:
        """How much must be said of him: little will do where the post asks for nobody."""
        asked = plea_of(own) or self.telling.reach or scope.listed
        return TOLD if asked else _HINTED

    def _by_telling(self, said: _Said | None, own: Sequence[Hit], scope: Scope) -> _Said | None:
        """What an exchange in figures or the captions of the other side say of everyone named."""
        if scope.listed and self._unsettled(scope):
            return said
        stays = any(hit.value in ("stays", "again") and hit.note != "weak" for hit in own)
        open_ = self._open(own, scope) if said is None else said[0] is not DECEASED
        if self.telling.exchange and open_ and not stays:
            return RELEASED, said[1] if said else scope.names[0], "exchange in figures"
        sought = any(hit.value == "missing" and hit.note != "weak" for hit in own)
        if said is None and self.telling.captions and not sought:
            return CAPTURED, scope.names[0], "captions of the other side"
        return said

    def _open(self, own: Sequence[Hit], scope: Scope) -> bool:
        """May the exchange have freed him? Not where his own sentences call him missing."""
        alone = sum(end - start for start, end in scope.own) == len(self.tokens)
        return plea_of(own) < (ASKS if alone or scope.listed else _MISSING)

    def _without_mistakes(self, own: Sequence[Hit]) -> list[Hit]:
        """Without the deaths a sentence takes back: «сообщение, что он погиб, ошибочно. Он жив»."""
        wrong = {self.layout.sentence_of[h.start] for h in own if h.value == "retracted"}
        return [
            hit
            for hit in own
            if STATES.get(hit.value) is not DECEASED
            or self.layout.sentence_of[hit.start] not in wrong
        ]

    def _sifted(self, own: Sequence[Hit], scope: Scope) -> list[Hit]:
        """Without a death the family doubts, a likeness on a video, an exchange that left him."""
        doubted = any(hit.value == "doubt" for hit in own)
        turned = self._turned(own)
        if any(hit.value == "doubt" and hit.note == "grave" for hit in own):
            own = [hit for hit in own if STATES.get(hit.value) is not DECEASED]
        mourned = any(h.note == "mourning" or h.value in PROOFS for h in own)
        stays = any(hit.value == "stays" for hit in own)
        scammed = any(hit.value == "scam" for hit in own) and plea_of(own) > _MISSING
        curbs = {curb for _, curb in self._curbed(scope.own)}
        return [
            hit
            for hit in own
            if not (hit.value == "dead" and doubted and not mourned)
            and not (STATES.get(hit.value) is DECEASED and hit.start < turned)
            and not (stays and hit.note in ("event", "context", "home"))
            and not (hit.value == "captured" and (scammed or self._of_a_body(hit, scope)))
            and not ("likeness" in curbs and hit.note in _SEEN and not scope.listed)
        ]

    def _of_a_body(self, hit: Hit, scope: Scope) -> bool:
        """«Тело не отдают. Опознали по фото»: it is no face on a video."""
        if not hit.phrase.startswith("опозна") or hit.note != "video":
            return False
        return any(
            token.key in _BODY for start, end in scope.own for token in self.tokens[start:end]
        )

    def _turned(self, own: Sequence[Hit]) -> int:
        """Where «Но мы увидели его живым» begins: a death told before it is none."""
        deaths = [hit for hit in own if STATES.get(hit.value) is DECEASED]
        against = [
            hit
            for hit in own
            if STATES.get(hit.value, DECEASED) is not DECEASED
            or (hit.value == "missing" and hit.note != "weak")
        ]
        return turned_at(deaths, against, self.tokens)

    def _marked(self, scope: Scope, own: Sequence[Hit]) -> _Said | None:
        """What the sign at the head of his line says by the legend of the list."""
        if not scope.listed or not self.legend.meaning:
            return None
        line = self.layout.line(scope.names[0][0])
        signs = [at for at in range(line.start, line.end) if self._explained(at)]
        if len(signs) != 1:
            return None
        hit = self.legend.meaning[self.tokens[signs[0]].text]
        if hit is None and any(one.value in STATES and one.note == "strong" for one in own):
            return None  # «⚫ погиб», where the legend says «⚫ нет больше»
        claim = STATES[hit.value] if hit else Claim.SOUGHT
        where = (hit.start, hit.end) if hit else (signs[0], signs[0] + 1)
        return claim, where, hit.phrase if hit else "sign of the legend"

    def _explained(self, at: int) -> bool:
        return self.tokens[at].text in self.legend.meaning

    def _unsettled(self, scope: Scope) -> bool:
        """«❓ Котов Борис — по слухам …»: a heading above does not hold for his line."""
        line = self.layout.line(scope.names[0][0])
        return self.tokens[line.start].text[:1] in UNSETTLED

    def _within(self, ranges: Sequence[tuple[int, int]]) -> list[Hit]:
        places: set[int] = set()
        for start, end in ranges:
            places.update(range(bisect_left(self.starts, start), bisect_left(self.starts, end)))
        return [self.hits[place] for place in sorted(places)]

    def _others(self, hit: Hit, scope: Scope) -> bool:
        if scope.sex is Sex.MALE and womans(hit, self.people):
            return True
        return of_a_thing(hit, self.people) or of_another(hit, self.people, scope.names, scope.kin)

    def _curbed(self, ranges: Sequence[tuple[int, int]]) -> set[tuple[int, str]]:
        seen = set()
        for start, end in ranges:
            if start < end:
                low, high = self.layout.sentence_of[start], self.layout.sentence_of[end - 1]
                if high - low <= 200:
                    for number in range(low, high + 1):
                        seen |= {(number, curb) for curb in self.curbs.get(number, ())}
        return seen

    def _retracted(self, own: Sequence[Hit]) -> Hit | None:
        taken = [hit for hit in own if hit.value == "retracted"]
        if not taken:
            return None
        strong = [hit for hit in taken if hit.note in ("strong", "list")]
        if not strong and len(taken) < 2:
            return None
        sentences = {self.layout.sentence_of[hit.start] for hit in taken}
        for hit in own:
            state = STATES.get(hit.value)
            if state in (None, DECEASED) or self.quoted.touches(hit.start, hit.end):
                continue
            if any(
                told.end <= hit.start < self.layout.sentence(told.start).end
                for told in self.reported
            ):
                continue
            if self._is_content(hit, taken):
                continue
            apart = self.layout.sentence_of[hit.start] not in sentences
            listed = all(one.note == "list" for one in taken)
            apart = apart or (hit.note == "hospital" and hit.start > taken[0].end)
            if hit.note in _SURE and (apart or listed or hit.end <= taken[0].start):
                return None
        return (strong or taken)[0]

    def _is_content(self, hit: Hit, taken: Sequence[Hit]) -> bool:
        """Is the state what is taken back: «то, что он в плену, оказалось неправдой»?"""
        start = max(self.layout.sentence(hit.start).start, hit.start - _CONTENT)
        said = any(token.key in _THAT for token in self.tokens[start : hit.start])
        end = self.layout.sentence(hit.start).end
        return said and any(hit.end <= one.start < end for one in taken)

    def _state(
        self, hits: Sequence[Hit], scope: Scope, *, plea: float, least: float = 2.0
    ) -> _Said | None:
        """The weightiest state; None where nothing is claimed or the search outweighs it."""
        weights: dict[Claim, tuple[float, Hit]] = {}
        captivity = (
            self.captivity
            if not scope.listed
            else of_captivity(hits) or self.telling.exchange or self._came_back(hits)
        )
        named = {self.layout.sentence_of[name[0]] for name in scope.names}
        own = [*scope.own]
        for hit in hits:
            state = state_of(hit, captivity=captivity)
            if state is None:
                continue
            beside = self.layout.sentence_of[hit.start] in named
            if scope.listed:
                beside = self._heads(hit) or any(start <= hit.start < end for start, end in own)
            weight = STRENGTH.get(hit.note, 1.0) + (1.5 if beside else 0.0)
            if weight > weights.get(state, (0.0, hit))[0]:
                weights[state] = (weight, hit)
        if not scope.listed:
            weights = under_plea(weights, hits, plea)
        if weights.get(Claim.DECEASED, (0.0, None))[0] >= _PROVED:  # «ДНК совпала … едет домой»
            weights = {s: w for s, w in weights.items() if w[1].note != "home"}
        ranked = [s for s in RANK if s in weights and weights[s][0] >= enough(s, least)]
        if not ranked:
            return None
        state = max(ranked, key=lambda s: (weights[s][0], -RANK.index(s)))
        if state is CAPTURED and freed(weights):
            state = RELEASED
        if state is FOUND_ALIVE:  # alive says nothing against the others
            others = (DECEASED, RELEASED, CAPTURED) if found(weights[state][1]) else _RETURNS
            state = next((s for s in others if s in ranked), state)
        hit = weights[state][1]
        return state, (hit.start, hit.end), hit.phrase

    def _under_heading(self, shared: list[Hit], scope: Scope) -> list[Hit]:
        """Of what holds for several, the nearest heading above his line, where it says anything."""
        line = min(self.layout.line_of[name[0]] for name in scope.names)
        above = [
            self.layout.line_of[hit.start]
            for hit in shared
            if self._heads(hit) and self.layout.line_of[hit.start] < line
        ]
        if not above:
            return shared
        kept = [hit for hit in shared if self.layout.line_of[hit.start] == max(above)]
        states = any(hit.value in STATES for hit in kept)
        return kept if states or any(hit.value in PLEAS for hit in kept) else shared

    def _came_back(self, hits: Sequence[Hit]) -> bool:
        """«Вернулись 24 мая:» above a list: several who come back together were exchanged."""
        return any(
            hit.note == "home"
            and self._heads(hit)
            and any(p.number == "plur" for p in self.tokens[hit.start].word.parses)
            for hit in hits
        )

    def _heads(self, hit: Hit) -> bool:
        """Does it stand in a heading: a line that ends in a colon, or «ПОГИБЛИ» above others?"""
        line = self.layout.line(hit.start)
        if line.end == line.start:
            return False
        last = self.tokens[line.end - 1]
        few = sum(one.kind is WORD for one in self.tokens[line.start : line.end]) <= _HEADING
        below = line.end < len(self.tokens) and few and last.text not in _ENDS
        return last.text == ":" or (below and line.kind is TEXT)
