"""A phrase of some state, the words of kinship around → is it told of another than this man?"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Collection, Iterator, Sequence

from extract.fates import deaths
from extract.fates.states import DECEASED, FOUND_ALIVE, STATES
from extract.layout import Layout
from extract.tokens import Token, Word
from model import Claim
from russian.phrases import Hit, word_class

_HIS = word_class("pointers", "his")
_I = word_class("pointers", "I")
_OBLIQUE = frozenset(("gent", "datv", "accs"))
_NO_THING = frozenset(("ADJF", "ADVB"))
_BACK = 6  # tokens a word of kinship may stand before the state
_HIM = frozenset(("его", "ее", "него"))
_ENCLOSED = 3  # a name between commas
_COUNTED = 3  # tokens between «один» and the state told of him
_ONE = word_class("pointers", "one")
_TOO = frozenset(("тоже", "также"))
_MINE = word_class("pointers", "mine") | {"нас", "меня"}
_Names = Sequence[tuple[int, int]]


class Around:
    """One text, with its words of kinship in order."""

    def __init__(self, tokens: Sequence[Token], layout: Layout, kin: Sequence[Hit]) -> None:
        self.tokens, self.layout, self.kin = tokens, layout, kin
        self.starts = [hit.start for hit in kin]

    def kin_before(self, hit: Hit) -> Iterator[Hit]:
        """The words of kinship a few tokens before it in its sentence."""
        start = max(self.layout.sentence(hit.start).start, hit.start - _BACK)
        for place in range(bisect_left(self.starts, start), len(self.starts)):
            if self.starts[place] >= hit.start:
                return
            yield self.kin[place]


def of_another(hit: Hit, text: Around, names: _Names, kin: Collection[str]) -> bool:
    """Is the state that of a relative or comrade: «(брат в плену)», «водителя нашли»?

    `names`: the man's mentions; `kin`: words of kinship that mean him.
    """
    state = STATES.get(hit.value)
    if state is DECEASED and deaths.of_another(hit, names, kin, text.tokens, text.layout):
        return True
    if state is not None and _mine_too(hit, names, text):
        return True
    if state is None or hit.note == "video" or _attributive(text.tokens[hit.start].word):
        return False
    if (state is FOUND_ALIVE or hit.note == "home") and _first_person(hit, text):
        return True
    return any(
        _tells_of(one, hit, state, text)
        for one in text.kin_before(hit)
        if one.value != "sought" and one.phrase not in kin
        if not any(one.end <= name[0] < hit.start for name in names)
    )


def _mine_too(hit: Hit, names: _Names, text: Around) -> bool:
    """«Моего тоже так ждали, потом похоронили»: another's own, in a sentence that names nobody."""
    sentence = text.layout.sentence(hit.start)
    if any(sentence.start <= start < sentence.end for start, _ in names):
        return False
    said = [text.tokens[at].key for at in range(sentence.start, hit.start)]
    return any(
        key in _TOO and not _MINE.isdisjoint(said[max(0, at - 2) : at + 2])
        for at, key in enumerate(said)
    )


def womans(hit: Hit, text: Around) -> bool:
    """A word that only a woman or a thing agrees with: «Вернулась», «рация цела»."""
    if hit.end - hit.start > 1 or hit.value not in STATES:
        return False
    parses = [one for one in text.tokens[hit.start].word.parses if one.known]
    return bool(parses) and all(
        one.gender in ("femn", "neut") and one.pos in ("VERB", "ADJS", "PRTS") for one in parses
    )


def of_a_thing(hit: Hit, text: Around) -> bool:
    """«Бушлат вернули», «привезли вещи»: the verb has an object beside it that is no man."""
    tokens = text.tokens
    if hit.end - hit.start > 1 or hit.value not in STATES:
        return False
    if not any(p.number == "plur" and "tran" in p.tags for p in tokens[hit.start].word.parses):
        return False
    sentence = text.layout.sentence(hit.start)
    before, after = hit.start - 1, hit.end
    while after < sentence.end and tokens[after].key in _HIS:
        after += 1  # «привезли его машину»
    behind = after < sentence.end and _is_thing(tokens[after].word)
    return behind or (
        before > sentence.start
        and _is_thing(tokens[before].word)
        and "PREP" not in tokens[before - 1].word.tags
    )


def of_one(hit: Hit, text: Around) -> bool:
    """«Четверо в плену, ещё один умер»: a death of one of them holds not for all."""
    if STATES.get(hit.value) is not DECEASED:
        return False
    start = max(text.layout.sentence(hit.start).start, hit.start - _COUNTED)
    return any(text.tokens[at].key in _ONE for at in range(start, hit.start))


def _is_thing(word: Word) -> bool:
    """A noun without a soul that may stand in the accusative, by its likeliest reading."""
    if not word.parses or word.shape == "title" or not _NO_THING.isdisjoint(word.tags):
        return False  # «хороним дома»
    likeliest = word.parses[0]
    thing = likeliest.known and likeliest.pos == "NOUN" and "inan" in likeliest.tags
    return thing and any(one.case == "accs" for one in word.parses)


def _tells_of(kin: Hit, hit: Hit, state: Claim, text: Around) -> bool:
    """Is it what the word of kinship does or suffers?"""
    between = text.tokens[kin.end : hit.start]
    if len(between) == _ENCLOSED and between[0].text == between[-1].text == ",":
        between = ()  # «второй брат, Коля, вернулся»
    if any(token.text in ",;:—–()" for token in between):
        return False
    if any(token.key in _HIM for token in between):
        return False  # «соседка нашла его в списках той стороны»
    head = text.tokens[kin.end - 1].word
    if hit.note == "call" and any(parse.case == "nomn" for parse in head.parses):
        return True
    if state is not DECEASED:
        return _subject(head)
    found = any("VERB" in token.word.tags for token in text.tokens[kin.end : hit.end])
    governed = kin.start > 0 and text.tokens[kin.start - 1].word.parses[:1]
    if governed and governed[0].pos == "NOUN" and any(p.case == "gent" for p in head.parses):
        return False  # «по заявлению жены объявил умершим»
    return found and any(parse.case == "accs" for parse in head.parses)


def _attributive(word: Word) -> bool:
    """A participle before the name: «мать погибшего сержанта Павла Ильина»."""
    return any(
        parse.pos == "PRTF" and parse.number == "sing" and parse.case in _OBLIQUE
        for parse in word.parses
    )


def _first_person(hit: Hit, text: Around) -> bool:
    """Does the poster speak of himself: «из госпиталя пишу», «я сам в госпитале»?"""
    sentence = text.layout.sentence(hit.start)
    start, end = max(sentence.start, hit.start - 8), min(sentence.end, hit.end + 3)
    after = next((at for at in range(hit.end, end) if text.tokens[at].text in ",;—–"), end)
    return any(
        text.tokens[at].key in _I and (at == start or text.tokens[at - 1].key != "у")
        for at in range(start, after)
    )


def _subject(word: Word) -> bool:
    """Is a word of kinship what does the deed? «матери» is rather «of the mother»."""
    numbers = {parse.number for parse in word.parses if parse.case == "nomn"}
    return "sing" in numbers or (
        bool(numbers) and all(parse.case != "gent" for parse in word.parses)
    )
