"""Names no phrase vouches for, beside words of kinship and contacts → the tokens to hide.

What stands there is nearly always a relative: a word no dictionary knows, a given name in small
letters, a nickname. A word hidden in vain costs little, a relative's name left readable much.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from extract.layout import QUOTE, TITLE
from extract.names.words import facts, kind_of
from extract.people.mentions import Surroundings, within
from extract.private.appositions import beside_kin, speaking
from extract.private.bystander_rows import in_rows
from extract.private.contacts import lead_words
from extract.private.poster_names import posters
from extract.private.spoken_to import spoken_to
from extract.private.unmarked import unmarked
from extract.tokens import MARK, NUMBER, WORD, Token
from russian import given
from russian.phrases import Hit, word_class
from russian.places import gazetteer

_NEAR = 6  # tokens from a contact or a word of kinship
_PLAINLY = 5.0  # weight of a phrase behind which whoever writes is named («меня зовут …»)
_BORNE = 100  # bearers of a given name that is an ordinary word too
_ROW = 3  # words of one name
_OPENS = frozenset(",:—–-(«\"'")
_HONORIFICS = word_class("pointers", "honorific")
_OWN = word_class("pointers", "own")
_HIS = word_class("pointers", "his")
_WRITES = word_class("pointers", "writes")
_POSTER = word_class("pointers", "poster")
_SHORT_LINE = 2  # tokens
_LONGEST_NICK = 5  # tokens of a nickname


class _Text(NamedTuple):
    """What is asked of each word beside."""

    around: Surroundings
    taken: set[int]
    sought: frozenset[str]
    covered: frozenset[int]  # tokens inside a phrase of a table


def bystanders(
    around: Surroundings,
    signs: Sequence[Hit],
    taken: set[int],
    sought: frozenset[str],
    hidden: frozenset[int],
) -> list[int]:
    """Tokens that are names of people around the sought men, none of `taken` or of `sought`.

    `signs`: phrases beside the names of those who post. `hidden`: those of `taken` that are
    told to be others' names.
    """
    covered = frozenset(at for hit in around.hits for at in range(hit.start, hit.end))
    text = _Text(around, taken, sought, covered)
    found = set(_beside(text))
    found |= set(_addressed(text))
    found |= set(_behind_kin(text))
    found |= set(_in_small_letters(text))
    found |= set(_called(text))
    found |= set(_on_lines_beside(text))
    found |= set(posters(around, signs))
    found |= set(spoken_to(around))
    found |= set(unmarked(around))
    found |= set(beside_kin(around))
    found |= set(speaking(around))
    hyphened = [at for at, one in enumerate(around.tokens) if "-" in one.text]
    found |= {at for at in hyphened if _is_honoured(around.tokens[at])}
    found = {at for at in found if _may_be_hidden(text, at)}
    found |= {at for at in in_rows(around, found | hidden) if _may_be_hidden(text, at)}
    return [*found, *_going_on(text, found | hidden)]


def _may_be_hidden(text: _Text, at: int) -> bool:
    return at not in text.taken and text.around.tokens[at].key not in text.sought


def _beside(text: _Text) -> list[int]:
    """Capitalised words no dictionary knows, next to a word of kinship or to a contact."""
    tokens = text.around.tokens
    beside: set[int] = set()
    addressed: set[int] = set()
    for hit in text.around.hits:
        if hit.table == "kin" and hit.value in ("seeker", "both"):
            beside |= _neighbours(tokens, hit.start, hit.end, 1)
        elif hit.table == "kin" and hit.value == "office":
            addressed |= _neighbours(tokens, hit.start, hit.end, 1)
    for start, end in text.around.contacts:
        beside |= _neighbours(tokens, start, end, 2)
        addressed |= _neighbours(tokens, start, end, 1)
    found = []
    for at in beside | addressed:
        token = tokens[at]
        if not _is_capital(token) or at in text.covered:
            continue
        parses = token.word.parses
        inside = at > 0 and tokens[at - 1].kind is WORD
        animate = inside and any("anim" in parse.tags and parse.pos == "NOUN" for parse in parses)
        named = not _is_known(token) or _is_given(token)
        if named or (at in addressed and (animate or _stands_alone(text, at))):
            found.append(at)
    return found


def _is_given(token: Token) -> bool:
    """«Надежда», «Роза»: a given name that is a word too."""
    name = given.known(token.text)
    return name is not None and name.bearers >= _BORNE


def _stands_alone(text: _Text, at: int) -> bool:
    """«… | Бату | 8 900 …»: a noun between marks that is no place and no word of contacts."""
    tokens = text.around.tokens
    before = tokens[at - 1] if at else None
    after = tokens[at + 1] if at + 1 < len(tokens) else None
    alone = all(one is None or one.kind is not WORD for one in (before, after))
    noun = any(parse.pos == "NOUN" for parse in tokens[at].word.parses)
    plain = not kind_of(tokens[at].text) and not lead_words().get(tokens[at].key)
    geox = any("Geox" in parse.tags for parse in tokens[at].word.parses)
    return alone and noun and plain and not geox and tokens[at].key not in gazetteer()


def _is_capital(token: Token) -> bool:
    return token.kind is WORD and token.word.shape != "lower" and len(token.text) >= 3


def _is_known(token: Token) -> bool:
    """Does a dictionary know the word, and not only as a given name?"""
    return any(parse.known and "Name" not in parse.tags for parse in token.word.parses)


def _going_on(text: _Text, found: set[int]) -> list[int]:
    """Unknown words right behind one that is hidden; any other that ends there with a contact."""
    tokens = text.around.tokens
    behind = {at + 1 for at in found if at + 1 < len(tokens)} - found
    reached = {start for start, _ in text.around.contacts}
    named = [at for at in behind if _is_capital(tokens[at]) and _may_be_hidden(text, at)]
    return [
        at
        for at in named
        if not _is_known(tokens[at]) or (at + 1 in reached and not kind_of(tokens[at].text))
    ]


def _behind_kin(text: _Text) -> list[int]:
    """«Мать, Августа Сачинская, просит», «мать срочника Эркемена Кыдыева Айсура»."""
    tokens = text.around.tokens
    found: list[int] = []
    for hit in text.around.hits:
        if hit.table != "kin" or hit.value not in ("seeker", "both"):
            continue
        at = hit.end + (hit.end < len(tokens) and tokens[hit.end].text in _OPENS)
        row: list[int] = []
        while at < len(tokens) and len(row) < _ROW and _is_capital(tokens[at]):
            row.append(at)
            at += 1
        if len(row) > 1 and not any(kind_of(tokens[one].text) == "place" for one in row):
            closed = at >= len(tokens) or tokens[at].kind is not WORD
            unknown = any(not _is_known(tokens[one]) for one in row)
            hers = hit.value == "seeker" or not text.taken.intersection(row)
            found += row if closed and unknown and hers else []
        at = hit.end
        while at < len(tokens) and at - hit.end <= _NEAR and tokens[at].kind is WORD:
            if at in text.taken and at + 1 < len(tokens) and at + 1 not in text.taken:
                last = tokens[at + 1]
                found += [at + 1] if _is_capital(last) and not _is_known(last) else []
            at += 1
    return found


def _called(text: _Text) -> list[int]:
    """«Жанар: помогите найти!», «с уважением Жанар», «семья Жанар»."""
    around, tokens = text.around, text.around.tokens
    found = [
        sentence.start
        for sentence in around.layout.sentences
        if sentence.end - sentence.start > _ROW
        and tokens[sentence.start + 1].text == ":"
        and "impr" in tokens[sentence.start + 2].word.tags
    ]
    surely: list[int] = []
    for hit in around.hits:
        if hit.table == "frames" and hit.value == "seeker":
            at = hit.end + (hit.end < len(tokens) and tokens[hit.end].text in ":,")
            (surely if float(hit.note.split()[1]) >= _PLAINLY else found).append(at)
        elif hit.table == "frames" and hit.value == "hunts":
            found.append(hit.start - 1)
        elif hit.table == "kin" and hit.value in ("seeker", "both"):
            mine = hit.end < len(tokens) and _says_whose(tokens[hit.end])
            surely.append(hit.end + mine)
            surely += [hit.start - 5] if _is_aged(tokens, hit.start) else []
    found += [at for at in surely if at < len(tokens) and not _is_elsewhere(tokens[at])]
    named = [at for at in found if 0 <= at < len(tokens) and _is_capital(tokens[at])]
    sure = set(surely)
    return [at for at in named if at in sure or not _is_known(tokens[at]) or _is_given(tokens[at])]


def _says_whose(token: Token) -> bool:
    """«Сестра его Байрта», «мать наша Зоя»"""
    return token.key in _HIS or not _OWN.isdisjoint(token.word.normals)


def _is_aged(tokens: Sequence[Token], at: int) -> bool:
    """«Тома, 45 лет, жена бойца»: an age between a word and the kinship at `at`."""
    gap = tokens[max(0, at - 4) : at]
    years = len(gap) == 4 and gap[2].key in ("лет", "год", "года") and gap[1].kind is NUMBER
    return years and gap[0].text == "," and gap[3].text in ",-–—"


def _is_elsewhere(token: Token) -> bool:
    """Is the word a place, or one of those that stand beside names and are none?"""
    geox = any("Geox" in parse.tags for parse in token.word.parses)
    return geox or bool(kind_of(token.text)) or token.key in gazetteer()


def _on_lines_beside(text: _Text) -> list[int]:
    """A line of one to three capitalised words above or below a line that is a contact."""
    around, tokens, layout = text.around, text.around.tokens, text.around.layout
    found: list[int] = []
    for start, _ in around.contacts:
        number = layout.line_of[start]
        for other in (number - 1, number + 1):
            if not 0 <= other < len(layout.lines):
                continue
            line = layout.lines[other]
            words = range(line.start, line.end)
            if 1 <= len(words) <= _ROW and all(_is_capital(tokens[at]) for at in words):
                named = [at for at in words if not _is_known(tokens[at]) or _is_given(tokens[at])]
                found += [at for at in named if tokens[at].key not in gazetteer()]
    return found


def _in_small_letters(text: _Text) -> list[int]:
    """«8 900 … умар», «я кум его, лёнька»: given names in small letters right beside."""
    tokens = text.around.tokens
    beside: set[int] = set()
    for start, end in text.around.contacts:
        beside |= _neighbours(tokens, start, end, 1)
    for hit in text.around.hits:
        if hit.table == "kin" and hit.value in ("seeker", "both"):
            beside |= _neighbours(tokens, hit.start, hit.end, 2)
        elif hit.table == "frames" and hit.value == "seeker":
            beside |= {at for at in _neighbours(tokens, hit.start, hit.end, 1) if at >= hit.end}
    small = [at for at in beside if _is_small_given(tokens[at])]
    return [at for at in small if at not in text.covered]


def _is_small_given(token: Token) -> bool:
    """A word in small letters that is a given name and nothing else."""
    if token.kind is not WORD or token.word.shape != "lower" or len(token.text) < 3:
        return False
    found = facts(token.text)
    return found is not None and found.known_given and not (found.common or _is_known(token))


def _is_honoured(token: Token) -> bool:
    """«Дарима-эгэшэ», «Мохира-опа», «Лидка-сестра»."""
    head, dash, tail = token.key.rpartition("-")
    elder = tail in _HONORIFICS or (kind_of(tail) == "kin" and given.known(head) is not None)
    return bool(dash) and token.kind is WORD and elder and len(head) > 2


def _addressed(text: _Text) -> list[int]:
    """Names no phrase vouches for: «Сайаара, посмотрите», «спросить галину», «Света из Н.»."""
    around, tokens, layout = text.around, text.around.tokens, text.around.layout
    found = []
    for sentence in layout.sentences:
        at = sentence.start
        called = at + 2 < sentence.end and tokens[at + 1].text == ","
        if called and _is_capital(tokens[at]) and not _is_known(tokens[at]):
            found += [at] if "impr" in tokens[at + 2].word.tags else []
    asked = [
        hit.end for hit in around.hits if hit.table == "frames" and hit.value in ("seeker", "hunts")
    ]
    named = [at for at in asked if at < len(tokens) and _given_names(tokens[at])]
    again = {name for at in named for name in _given_names(tokens[at])} - text.sought
    if again:
        found += [at for at, token in enumerate(tokens) if again & _given_names(token)]
    return found + _closing(around)


def _closing(around: Surroundings) -> list[int]:
    """The given name that signs: one of at most three words of the last sentence."""
    tokens, layout = around.tokens, around.layout
    at = around.last_word
    last = layout.sentence_of[at] if at > 0 else 0
    if not last:
        return []
    named = _is_capital(tokens[at]) and (not _is_known(tokens[at]) or _is_given(tokens[at]))
    if tokens[at - 1].text == "," and named and not _is_elsewhere(tokens[at]):
        return [at]  # «Пишите в личку, Магомедкамиль»
    closing = layout.sentences[last]
    words = [
        at
        for at in range(closing.start, closing.end)
        if tokens[at].kind is WORD and not within(around.contacts, at)
    ]
    small = _is_small_given(tokens[at]) or _is_given(tokens[at])
    if _is_small(tokens, closing.start) and small:
        return [at]  # «… и слава богу тома»
    if not words or len(words) > _ROW or tokens[words[0]].word.shape != "title":
        return []
    names = [p for p in tokens[words[0]].word.parses if p.known and "Name" in p.tags]
    return words[:1] if names else []


def _is_small(tokens: Sequence[Token], at: int) -> bool:
    """Does a sentence begin in small letters, as all of such a text does?"""
    return tokens[at].kind is WORD and tokens[at].word.shape == "lower"


def _given_names(token: Token) -> frozenset[str]:
    """The given names a word may be a form of, in whatever letters: «звоните свете»."""
    names = (p for p in token.word.parses if p.known and "Name" in p.tags)
    return frozenset(parse.normal.replace("ё", "е") for parse in names)


def _neighbours(tokens: Sequence[Token], start: int, end: int, words: int) -> set[int]:
    found: set[int] = set()
    for step, first in ((1, end), (-1, start - 1)):
        at, seen = first, 0
        while 0 <= at < len(tokens) and seen < words and abs(at - first) < _NEAR:
            token = tokens[at]
            if token.text in "\n.!?;" and token.text:
                break
            if token.kind is WORD:
                found.add(at)
                seen += 1
            at += step
    return found


def nicknames(around: Surroundings) -> Iterable[tuple[int, int]]:
    """Whose words are quoted or who wrote, as token ranges.

    «Цитата (Ник_автора):», «[quote=Nick]», «Автор: Лариса (Выкса) |», «Nick писала:».
    """
    tokens = around.tokens
    for line in around.layout.lines:
        long = line.end - line.start > _SHORT_LINE
        if line.kind is QUOTE and long and tokens[line.start + 1].text == "(":
            yield from _up_to(tokens, line.start + 2, line.end, ")")
        if line.kind is TITLE or not long:
            continue
        first = line.start + (tokens[line.start].text in ">[«")
        if tokens[first].key in _POSTER and tokens[first + 1].text in ":=(-":
            yield from _up_to(tokens, first + 2, line.end, "],;|)\n(")
        for at in range(line.start + 1, min(line.end, line.start + _LONGEST_NICK + 1)):
            if tokens[at].key in _WRITES and at + 1 < line.end and _is_said(tokens, at):
                yield line.start, at
                break


def _is_said(tokens: Sequence[Token], at: int) -> bool:
    """«писал(а):», «писала 3 марта:», «пишет:»: a colon soon after."""
    return any(token.text == ":" for token in tokens[at + 1 : at + 5])


def _up_to(tokens: Sequence[Token], start: int, end: int, stops: str) -> Iterable[tuple[int, int]]:
    """The tokens from `start` to the first of the stops, a nickname's length at most."""
    at = start
    while at < min(end, start + _LONGEST_NICK) and tokens[at].text not in stops:
        if tokens[at].kind not in (WORD, NUMBER, MARK):
            break
        at += 1
    if at > start:
        yield start, at
