"""What stands beside the names of those who post → the tokens of such names, to hide.

«по мужу Шестопал Инна», «Галка его ждёт», «ваша Бусинка», a name above the hour of a comment, a
signature alone at the end, a woman's patronymic. Hidden here is only what is nobody else's name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import pairwise

from extract.names.words import kind_of
from extract.people.mentions import Surroundings, within
from extract.tokens import MARK, NEWLINE, NUMBER, WORD, Token, Word
from russian import given
from russian.phrases import Hit, word_class
from russian.places import gazetteer
from russian.regions import region_names
from russian.remembered import remembered

_ROW = 3  # words of one name
_BORNE = 100  # bearers of a given name that is an ordinary word too
_PASSED = frozenset(':,«"„“(—–-')
_STOPS = frozenset(".!?…;\n")
_BESIDE_WAITING = word_class("pointers", "beside_waiting")
_CLOSING = word_class("pointers", "closing")
_FOND = ("ка", "ша", "ся")  # a nickname, whatever the word is else
_WRITES = word_class("pointers", "writes")
_HE_OR_SHE = ["(", "а", ")"]  # «Тарас Б. писал(а):»
_LONGEST_AUTHOR = 6  # tokens
_BY_NAME = word_class("pointers", "byname")
_NAMES = frozenset(("Patr", "Name"))
_STAMP = 10  # tokens of a line that is the hour of a comment
_AGO = frozenset(("назад", "вчера", "сегодня"))
_QUOTED = frozenset('«"„“')
_PARTED = re.compile(r"(?<!\w)(?:[^\W\d_][_.*·~ ]){2,}[^\W\d_](?!\w)")
_REVERSED = re.compile(r"(?<!\w)[а-яё]{2,}[А-ЯЁ](?!\w)")


def posters(around: Surroundings, signs: Sequence[Hit]) -> Iterator[int]:
    """Tokens that are names of posters; `signs` are the hits of `russian/poster_frames.tsv`."""
    for hit in signs:
        if hit.value in ("after", "small"):
            yield from _behind(around, hit)
        elif hit.value == "before":
            yield from _opening(around, hit)
        else:
            yield from _waiting(around, hit)
    yield from authors(around)
    yield from _signature(around)
    yield from _kins_initials(around)
    yield from _women(around)


def disguised(folded: str) -> list[tuple[int, int]]:
    """Given names spelt letter by letter or backwards: «З_а_л_и_н_а», «ялоП»."""
    parted = [(m.span(), re.sub(r"[\W_]", "", m.group())) for m in _PARTED.finditer(folded)]
    turned = [(m.span(), m.group()[::-1]) for m in _REVERSED.finditer(folded)]
    return [span for span, name in parted + turned if _is_listed(name)]


def _behind(around: Surroundings, hit: Hit) -> Iterator[int]:
    """One to three capitalised words behind a phrase; a given name in small letters."""
    tokens = around.tokens
    at = _past(tokens, hit.end)
    if hit.value == "small" and at == hit.end < len(tokens) and _is_listed(tokens[at].text):
        yield at
        return
    for place in range(at, min(at + _ROW, len(tokens))):
        if not _may_name(tokens[place]):
            break
        yield place


def _past(tokens: Sequence[Token], at: int) -> int:
    """The first token behind marks that may stand before a name."""
    while at < len(tokens) and tokens[at].text in _PASSED:
        at += 1
    return at


def _opening(around: Surroundings, hit: Hit) -> Iterator[int]:
    """«Майя из Майкопа — это я»: who opens the sentence; «Журавушка (подпись)»: right before."""
    tokens = around.tokens
    start = around.layout.sentence(hit.start).start
    if start < hit.start and (_is_borne(tokens[start].text) or not _is_known(tokens[start])):
        yield from (start,) if _may_name(tokens[start]) else ()
    at = hit.start - 1
    while at >= start and tokens[at].text in _PASSED:
        at -= 1
    if at > start and _may_name(tokens[at]):
        yield at


def _waiting(around: Surroundings, hit: Hit) -> Iterator[int]:
    """Who waits: «Галка его ждёт», «очень ждёт его Журавушка»."""
    tokens = around.tokens
    sentence = around.layout.sentence(hit.start)
    at, words = hit.start - 1, 0
    while at >= sentence.start and tokens[at].key in _BESIDE_WAITING:
        at, words = at - 1, words + 1
    if at >= sentence.start and _may_name(tokens[at]):
        animate = any("anim" in p.tags and p.pos == "NOUN" for p in tokens[at].word.parses)
        if not _is_known(tokens[at]) or _is_borne(tokens[at].text) or (words and animate):
            yield at
    at = hit.end
    while at < sentence.end and tokens[at].key in _BESIDE_WAITING:
        at += 1
    if hit.end < at < sentence.end and _may_name(tokens[at]):
        yield at


def authors(around: Surroundings) -> Iterator[int]:
    """Names of who wrote a comment, as the page of a forum or a network sets them."""
    yield from _above_hours(around)
    tokens = around.tokens
    for line in around.layout.lines:
        for at in range(line.start + 1, min(line.end, line.start + _LONGEST_AUTHOR)):
            if (
                tokens[at].key in _WRITES
                and [t.text for t in tokens[at + 1 : at + 4]] == _HE_OR_SHE
            ):
                yield from (one for one in range(line.start, at) if tokens[one].kind is WORD)


def _above_hours(around: Surroundings) -> Iterator[int]:
    """One to three words on the line above the hour of a comment."""
    tokens, lines = around.tokens, around.layout.lines
    for line, below in pairwise(lines):
        short = line.end - line.start <= 2 * _ROW and below.end - below.start <= _STAMP
        if not short or not _is_hour(tokens[below.start : below.end]):
            continue
        words = [at for at in range(line.start, line.end) if tokens[at].kind is WORD]
        labelled = any(token.text == ":" for token in tokens[line.start : line.end])
        if 1 <= len(words) <= _ROW and not labelled:
            yield from (at for at in words if _is_title(tokens[at]))


def _is_hour(stamp: Sequence[Token]) -> bool:
    """«12 ноября 2024 в 18:03», «вчера в 9:15», «3 часа назад»."""
    clock = any(
        mark.text == ":" and before.kind is NUMBER and after.kind is NUMBER
        for before, mark, after in zip(stamp, stamp[1:], stamp[2:], strict=False)
    )
    short = sum(token.kind is WORD for token in stamp) <= _ROW
    return short and (clock or any(token.key in _AGO for token in stamp))


def _signature(around: Surroundings) -> Iterator[int]:
    """One capitalised word alone in the last sentence: «… правильно! Снежка»."""
    tokens, layout = around.tokens, around.layout
    at = around.last_word
    if at <= 0 or any(hit.start <= at < hit.end for hit in around.hits):
        return
    sentence = layout.sentence(at)
    others = [
        place
        for place in range(sentence.start, sentence.end)
        if tokens[place].kind not in (MARK, NEWLINE) and not within(around.contacts, place)
    ]
    if others == [at] and sentence.start > 0 and _may_name(tokens[at]) and _is_title(tokens[at]):
        word = tokens[at].word
        fond = word.key.endswith(_FOND) or any(
            p.pos == "NOUN" and "sing" in p.tags and p.case == "nomn" for p in word.parses
        )
        fond = fond and word.key[-1] in "ая"
        if (fond or not _is_known(tokens[at])) and _CLOSING.isdisjoint({word.key, *word.normals}):
            yield at


def _kins_initials(around: Surroundings) -> Iterator[int]:
    """«Тётка А. К.», «жена Н.»: letters that close a post behind a word of kinship."""
    tokens, at = around.tokens, around.last_word
    letters = []
    while at >= 0 and (tokens[at].text == "." or _is_initial(tokens[at])):
        letters += [at] if _is_initial(tokens[at]) else []
        at -= 1
    if letters and at in around.kin:
        yield from letters


def _is_initial(token: Token) -> bool:
    return len(token.text) == 1 and token.kind is WORD and token.text.isupper()


def _women(around: Surroundings) -> Iterator[int]:
    """Women's patronymics and the given names no word of the language shares, in any letters."""
    for at, token in enumerate(around.tokens):
        word = token.word
        if not _NAMES.isdisjoint(word.tags) and len(word.key) >= _ROW and _is_a_womans(word):
            other = _is_sign(around.tokens, at) or token.key in gazetteer()
            yield from () if other else (at,)


@remembered
def _is_a_womans(word: Word) -> bool:
    """Is a form a woman's given name or patronymic, and nothing else?"""
    known = [parse.tags for parse in word.parses if parse.known]
    return bool(known) and all("femn" in tags and not _NAMES.isdisjoint(tags) for tags in known)


def _is_sign(tokens: Sequence[Token], at: int) -> bool:
    """Is the word quoted or a call sign: «позывной: Фаня», тату «Вера»?"""
    before = at - 1
    while before >= 0 and tokens[before].text in _PASSED:
        before -= 1
    quoted = at > 0 and tokens[at - 1].text in _QUOTED
    return quoted or (before >= 0 and tokens[before].key in _BY_NAME)


def _may_name(token: Token) -> bool:
    """A capitalised word that is unknown, a noun or a given name, and no kin, rank or place."""
    if not _is_capital(token) or kind_of(token.text):
        return False
    if _is_borne(token.text):
        return True
    parses = token.word.parses
    if _is_place(token) or any(parse.known and "Geox" in parse.tags for parse in parses):
        return False
    return not _is_known(token) or (_is_title(token) and any(p.pos == "NOUN" for p in parses))


def _is_place(token: Token) -> bool:
    """A town, a region, or two with a hyphen between («Работино-Вербовое»)."""
    parts = [token.key, *token.key.split("-")]
    return any(part in gazetteer() or part in region_names() for part in parts)


def _is_known(token: Token) -> bool:
    """Does a dictionary know the word, and not only as a name?"""
    return any(p.known and p.tags.isdisjoint(("Name", "Patr")) for p in token.word.parses)


def _is_borne(name: str) -> bool:
    found = given.known(name)
    return found is not None and found.bearers >= _BORNE


def _is_listed(name: str) -> bool:
    return len(name) > _ROW and given.known(name) is not None


def _is_capital(token: Token) -> bool:
    return token.kind is WORD and token.word.shape != "lower" and len(token.text) >= _ROW


def _is_title(token: Token) -> bool:
    return token.word.shape in ("title", "mixed")
