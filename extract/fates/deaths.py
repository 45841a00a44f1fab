"""A phrase of death in a text → is it told as a fact, and of this man?

A living man shown as dead is the worst fault of a count, so a death counts only where the sentence
asserts it (no «если», «якобы», «чуть не», «считался») and where nobody else is grammatically the
dead one: the subject of the verb («погиб его командир»), what was buried («похоронили соседа»), to
whom the letter came or the memory is due («вечная память отцу»), the noun of a participle («нёс
погибшего товарища»).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from functools import cache

from extract.layout import Layout
from extract.ordinals import marks
from extract.tokens import MARK, NEWLINE, NUMBER, WORD, Token, Word
from russian.phrases import Hit, rows, word_class

_BOTH = frozenset(("оба", "обоих", "обе"))
_BUT = word_class("pointers", "but")
_HIS = word_class("pointers", "his")
_HE = frozenset(("он", "него", "нему", "ним", "нем"))
_OTHER = frozenset(
    ("второй", "другой", "третий", "один", "кто-то", "чужой", "каждый", "многие", "соседский")
)
_BESIDE = frozenset(("у", "с", "со", "без", "для", "рядом", "вместе", "кроме"))
_STOPS = frozenset(".!?…;:")
_FORMS = frozenset(("PRTF", "ADJF", "PRTS", "ADJS"))
_OBLIQUE = frozenset(("gent", "datv", "accs", "loct"))
_SUBJECT, _DUE = frozenset(("nomn",)), frozenset(("datv",))
_NEAR, _FAR = 4, 12  # tokens looked at after and before the phrase
_OLD, _THIS = "1900", "2014"  # years between are of other wars
_Names = Sequence[tuple[int, int]]


def unasserted(hit: Hit, moods: Sequence[Hit], tokens: Sequence[Token], layout: Layout) -> bool:
    """Does a curb of the same sentence make it no fact?

    A mood or hearsay before it with no «но» between, a mood beside it in its own clause, hearsay
    behind it («погиб, говорят»), a year of another war («погибшего в 1943»).
    """
    after = tokens[hit.end : hit.end + _NEAR]
    if any(token.kind is NUMBER and _OLD <= token.text < _THIS for token in after):
        return True
    sentence = layout.sentence(hit.start)
    for mood in moods:
        if not sentence.start <= mood.start < sentence.end:
            continue
        if hit.start <= mood.start and mood.end <= hit.end:
            continue  # «кто хочет проститься»
        if mood.note == "beside":
            low, high = min(mood.end, hit.end), max(mood.start, hit.start)
            if high - low <= _NEAR and not _breaks(tokens[low:high]):
                return True
        elif mood.start > hit.start:
            if mood.value == "hearsay":
                return True
        elif not any(_is_but(tokens, at) for at in range(mood.end, hit.start)):
            return True
    return False


def turned_at(hits: Sequence[Hit], against: Sequence[Hit], tokens: Sequence[Token]) -> int:
    """The first token of a «но …» after a death behind which he is alive, captive or missing.

    `hits`: deaths; `against`: signs against them. 0 where there is none.
    """
    turned = 0
    for dead in hits:
        for sign in against:
            between = range(dead.end, sign.start)
            turned = max(turned, max((at for at in between if _is_but(tokens, at)), default=0))
    return turned


def of_another(
    hit: Hit, names: _Names, kin: Collection[str], tokens: Sequence[Token], layout: Layout
) -> bool:
    """Is somebody else the dead one? `names`: his mentions; `kin`: words that mean him."""
    return _Clause(hit, names, kin, tokens, layout).of_another()


class _Clause:
    """What stands around one phrase of death."""

    def __init__(
        self,
        hit: Hit,
        names: _Names,
        kin: Collection[str],
        tokens: Sequence[Token],
        layout: Layout,
    ) -> None:
        self.hit, self.kin, self.tokens = hit, kin, tokens
        self.named = {at for start, end in names for at in range(start, end)}
        sentence = layout.sentence(hit.start)
        self.start, self.end = sentence.start, sentence.end

    def of_another(self) -> bool:
        if self._heads():
            return False
        word = self.tokens[self.hit.start].word
        if self.hit.end - self.hit.start == 1:
            if self.hit.value == "dead" and _several(word) and not self._others_named():
                return True
            if _modifies(word):
                return self._modifies_another()
        if self.hit.note == "mourning":
            return self._due_to_another()
        return (not self._has_subject() and self._subject_is_another()) or self._object_is_another()

    def _has_subject(self) -> bool:
        """Has the phrase a subject or object of its own: «тело опознал отец»?"""
        words = [self.tokens[at].word for at in range(self.hit.start, self.hit.end)]
        return any("inan" in word.tags or "tran" in word.tags for word in words) and not any(
            "intr" in word.tags or "PRTS" in word.tags for word in words
        )

    def _heads(self) -> bool:
        """«Погибшие: …», «ПОГИБЛИ» on a line of its own: it holds for those below."""
        alone = self.end == self.hit.end < len(self.tokens) and self.hit.start == self.start
        headed = alone and self.tokens[self.end].kind is NEWLINE
        return headed or any(self.tokens[at].text == ":" for at in range(self.hit.end, self.end))

    def _others_named(self) -> bool:
        """Is a second man named in the sentence: «погибли Ильин и Рыбаков», «оба погибли»?"""
        if any(token.key in _BOTH for token in self.tokens[self.start : self.hit.start]):
            return True
        if any(mark.many for mark in marks(self.tokens, self.start, self.hit.start)):
            return True  # «последние двое погибли»
        return any(
            self.tokens[at].word.shape == "title"
            and not self.tokens[at].word.tags.isdisjoint(("Surn", "Name"))
            and "PREP" not in self.tokens[at].word.tags
            for at in range(self.start, self.end)
            if at not in self.named
        )

    def _modifies_another(self) -> bool:
        """«Нёс погибшего товарища», «забирал двухсотых»; not «матери погибшего Павла Ильина»."""
        for at in range(self.hit.end, min(self.hit.end + _NEAR, self.end)):
            if at in self.named:
                return False
            token = self.tokens[at]
            if token.kind is MARK or token.kind is NEWLINE:
                break
            if _is_person(token.word, _OBLIQUE) and not self._means_him(token.word):
                return not any(
                    place in self.named for place in range(at + 1, min(at + _NEAR, self.end))
                )
        return False

    def _due_to_another(self) -> bool:
        """«Вечная память отцу», «царствие небесное ребятам»."""
        for at in range(self.hit.end, min(self.hit.end + _NEAR, self.end)):
            if at in self.named or self.tokens[at].text in _STOPS:
                return False
            word = self.tokens[at].word
            if _is_person(word, _DUE) and not self._means_him(word):
                return not any(
                    place in self.named and _in_case(self.tokens[place].word, _DUE)
                    for place in range(at + 1, min(at + _NEAR, self.end))
                )
        return False

    def _subject_is_another(self) -> bool:
        """The nearest nominative: left of the verb, else right of it in its own clause."""
        for at in self._leftward():
            if at in self.named:
                if self._aside(at):
                    break
                if self._governed(at):
                    continue
                return self._namesake(at)
            told = self._nominative(at)
            if told is not None:
                return told
        for at in range(self.hit.end, min(self.hit.end + _NEAR, self.end)):
            if at in self.named or self.tokens[at].kind is MARK:
                return at in self.named and self._namesake(at)
            if (told := self._nominative(at)) is not None:
                return told
            if _is_person(self.tokens[at].word, _SUBJECT):
                return self._beside_him()
        return False

    def _leftward(self) -> Iterator[int]:
        """Tokens before the phrase, nearest first, to the start of what it can belong to."""
        low = max(self.start, self.hit.start - _FAR)
        for at in range(self.hit.start - 1, low - 1, -1):
            token = self.tokens[at]
            if _is_but(self.tokens, at) or token.text in _STOPS or "VERB" in token.word.tags:
                return
            yield at

    def _aside(self, at: int) -> bool:
        """Does his name stand aside of the clause: «у Павла погиб брат»?"""
        while at - 1 in self.named:
            at -= 1
        return at > self.start and self.tokens[at - 1].key in _BESIDE

    def _governed(self, at: int) -> bool:
        """«Дядя Шатова погиб»: his name in the genitive behind a word for another."""
        parses = self.tokens[at].word.parses
        if any(one.case == "nomn" and one.gender != "femn" for one in parses):
            return False
        while at - 1 in self.named:
            at -= 1
        return at > self.start and self._nominative(at - 1) is True

    def _namesake(self, at: int) -> bool:
        """«Погиб другой Иванов»."""
        while at - 1 in self.named:
            at -= 1
        return at > self.start and not _OTHER.isdisjoint(self.tokens[at - 1].word.normals)

    def _beside_him(self) -> bool:
        """«У Павла погиб брат»: the subject on the right, his name before the verb."""
        return any(place in self.named and self._aside(place) for place in self._leftward())

    def _nominative(self, at: int) -> bool | None:
        """Of a person in the nominative: is he another? None where it is no such word."""
        word = self.tokens[at].word
        if word.key in _HE:
            return False
        if not _is_person(word, _SUBJECT):
            return None
        before = {self.tokens[place].key for place in range(max(self.start, at - 2), at)}
        if before & _HIS or before & _OTHER:
            return True
        who = _roles().get(word.key) or _role(word)
        if who == "both" and not self._means_him(word):
            return True
        return True if who in ("office", "comrade", "seeker") else None

    def _object_is_another(self) -> bool:
        """«Похоронили моего друга», «соседу пришла похоронка»: not him, none of his family."""
        low, high = max(self.start, self.hit.start - _NEAR), min(self.end, self.hit.end + _NEAR)
        high = high if self.tokens[high - 1].text != "на" else min(self.end, high + 2)
        buried = self.hit.value == "burial" or "хорон" in self.hit.phrase
        letter = "похоронка" in self.hit.phrase or "извещение" in self.hit.phrase
        if not buried and not letter:
            return False
        cases = _DUE if letter else frozenset(("accs", "gent"))
        around = [*range(self.hit.start - 1, low - 1, -1), *range(self.hit.end, high)]
        for at in around:
            if at in self.named:
                return False
        for at in around:
            word = self.tokens[at].word
            if not _is_person(word, cases):
                continue
            who = _role(word)
            if who in ("comrade", "office") or (who == "both" and not self._means_him(word)):
                return True
            if letter and not who:
                return True
            if self._of_another_name(at):
                return True
        return "хорон" in self.hit.phrase and self._told_before()

    def _of_another_name(self, at: int) -> bool:
        """«Старшего, Игоря, предали земле»: a name that is none of his, where his is not."""
        word = self.tokens[at].word
        named = word.shape == "title" and not word.tags.isdisjoint(("Name", "Surn"))
        return named and not any(place in self.named for place in range(self.start, self.end))

    def _told_before(self) -> bool:
        """«Дед не пережил, схоронили»: nobody is named beside the verb, another was before it."""
        for at in range(self.hit.start - 1, self.start - 1, -1):
            if at in self.named:
                return False
            word = self.tokens[at].word
            if _is_person(word, _SUBJECT) and not self._means_him(word):
                return _role(word) in ("both", "seeker", "comrade", "office")
        return False

    def _means_him(self, word: Word) -> bool:
        """A word of kinship that means the sought man: «нашему сыну», «брату»."""
        return any(
            normal in self.kin or _roles().get(normal) == "sought" for normal in word.normals
        )


def _several(word: Word) -> bool:
    """Only of several dead: «погибли», «двухсотых»; not «похоронили», «похороны»."""
    dead = [parse for parse in word.parses if parse.pos in _FORMS or {"intr", "past"} <= parse.tags]
    return bool(dead) and all(parse.number == "plur" for parse in dead)


def _modifies(word: Word) -> bool:
    """A participle or adjective that can only be oblique: «погибшего», not «погибшим»."""
    cases = {parse.case for parse in word.parses if parse.pos in _FORMS}
    return bool(cases) and cases <= _OBLIQUE


def _is_person(word: Word, cases: frozenset[str]) -> bool:
    """Can the word be a living being in one of the cases?"""
    return any(
        parse.case in cases and parse.pos == "NOUN" and "anim" in parse.tags
        for parse in word.parses
    )


def _in_case(word: Word, cases: frozenset[str]) -> bool:
    return any(parse.case in cases for parse in word.parses)


def _is_but(tokens: Sequence[Token], at: int) -> bool:
    """«Но», «а», «однако»; not the initial of «Н. А. Ильин»."""
    initial = at + 1 < len(tokens) and tokens[at + 1].text == "." and len(tokens[at].text) == 1
    return tokens[at].key in _BUT and not initial


def _breaks(between: Sequence[Token]) -> bool:
    return any(token.kind is not WORD and token.text in ",;:—–()" for token in between)


def _role(word: Word) -> str:
    """Who the word says somebody is, by any of its dictionary forms; "" where nobody's."""
    known = _roles()
    return next((known[normal] for normal in word.normals if normal in known), "")


@cache
def _roles() -> dict[str, str]:
    """Word of kinship or comradeship → who it is: `russian/kin.tsv`."""
    return {row[0].lstrip("="): row[1] for row in rows("kin") if " " not in row[0]}
