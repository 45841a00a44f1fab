"""Words of kinship, of speech and of the sought man's surname → the tokens of names beside them.

«Бабушка у него там Хасия», «Рада, наша сестра», «с Климом, дядей», «Зейнеп эже плачет», «Роза
пишет», «Марфушка пляши!», «Августе Бадмаевой вручили».
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from extract.names.words import facts, kind_of
from extract.people.mentions import Surroundings
from extract.people.person import Person
from extract.people.sameness import agree, plain
from extract.tokens import WORD, Token
from russian import given
from russian.inflect import given_forms
from russian.phrases import Hit, word_class
from russian.places import gazetteer
from russian.regions import region_names
from russian.remembered import remembered

_SHORTEST = 3  # letters of a name
_VOWELS = "аяойьеиыую"
_BORNE = 100  # bearers of a name that is an ordinary word or a place too
_PASSED = 5  # tokens between a word of kinship and the name of whom it is said
_MARKS = frozenset(',:—–-("«')
_OWN = word_class("pointers", "own")
_HIS = word_class("pointers", "his") | _OWN
_OPENING = 5  # tokens a name and a town take before what is said
_BETWEEN = _HIS | word_class("pointers", "beside_kin")
_HONORIFICS = word_class("pointers", "honorific")
_SPEAKS = word_class("pointers", "speaks") | word_class("pointers", "writes")
_DEAR = frozenset(("дорогой", "милый", "любимый", "уважаемый", "родной"))
_PRAISED = word_class("pointers", "praised")
_NOUNS = frozenset(("NOUN", "ADJS"))
_PLACING = frozenset(("в", "во", "на", "из", "под", "от", "до"))


def beside_kin(around: Surroundings) -> Iterator[int]:
    """Names on either side of a word of kinship; who is sought is for the caller to leave out."""
    tokens = around.tokens
    for hit in around.hits:
        if hit.table != "kin" or hit.value not in ("seeker", "both"):
            continue
        at = _behind(around, hit.end)
        if (
            at is not None
            and _is_title(tokens[at])
            and (_is_name(tokens[at]) or _is_odd(around, at))
        ):
            yield at
        at = _before(around, hit.start)
        if at is not None and _heads(around, at, hit):
            yield at


def speaking(around: Surroundings) -> Iterator[int]:
    """Names that open a sentence before what they say, or are called; elders' names."""
    tokens = around.tokens
    for sentence in around.layout.sentences:
        at = sentence.start
        if at + 1 >= len(tokens) or not _is_title(tokens[at]):
            continue
        after = tokens[at + 1]
        listed = given.known(tokens[at].key) is not None and _is_borne(tokens[at].key)
        says = after.key in _SPEAKS and (listed or _is_name(tokens[at]))
        told = listed and "impr" in after.word.tags
        signs = after.text == ":" and _speaks_of_himself(around, at)
        signs = signs or (at == 0 and _begins(tokens))
        if says or told or signs or (listed and after.text == "!" and not _is_noun(tokens[at])):
            yield at
    last = len(tokens) - 1
    for at, token in enumerate(tokens):
        if token.word.shape != "title":
            continue
        elder = at < last and tokens[at + 1].key in _HONORIFICS
        called = at > 0 and not _DEAR.isdisjoint(tokens[at - 1].word.normals)
        if elder or (called and _is_one(tokens[at - 1])):
            yield from (at,) if _is_title(token) and _is_name(token) else ()


def _begins(tokens: Sequence[Token]) -> bool:
    """«Ландыш. Мой Айдар …», «Слава, Канск. Пишу сюда …»: who writes says so before all else."""
    end = next((at for at, token in enumerate(tokens[:_OPENING]) if token.text == "."), 0)
    if not 0 < end < len(tokens) - 1 or given.known(tokens[0].key) is None:
        return False
    behind = tokens[end + 1]
    mine = not _OWN.isdisjoint(behind.word.normals) or "1per" in behind.word.tags
    return mine and (end == 1 or tokens[1].text == ",")


def _speaks_of_himself(around: Surroundings, at: int) -> bool:
    """«Бурый: я видел его»: an adjective for a name, as of one man, before what he says."""
    tokens = around.tokens
    first = at + 2 < len(tokens) and tokens[at + 2].key == "я"
    return first and any(
        parse.pos == "ADJF" and parse.gender == "masc" and parse.case == "nomn"
        for parse in tokens[at].word.parses
    )


def _is_one(token: Token) -> bool:
    """«Дорогая», not «дорогие»"""
    return any(parse.number == "sing" for parse in token.word.parses)


def _is_noun(token: Token) -> bool:
    """«Слава!», «Вера!»: a noun in the nominative too"""
    return any(
        parse.pos == "NOUN" and parse.case == "nomn" and "Name" not in parse.tags
        for parse in token.word.parses
    )


def beside_surname(
    around: Surroundings, subjects: Sequence[Person], taken: AbstractSet[int]
) -> Iterator[int]:
    """«Августе Бадмаевой»: a word beside a sought man's surname that is none of his names.

    `taken`: tokens of names that were read.
    """
    tokens = around.tokens
    words = [word for p in subjects if p.surname for word in plain(p.surname).split("-")]
    surnames = {word.rstrip(_VOWELS) for word in words if len(word) > _SHORTEST}
    given_names = [p.given for p in subjects if p.given]
    heads = {word[:_SHORTEST] for word in surnames}
    for at, token in enumerate(tokens if surnames else ()):
        if token.key[:_SHORTEST] not in heads or at in taken or not _is_title(token):
            continue
        if not _is_form(token.key, surnames):
            continue
        for beside in (at - 1, at + 1):
            if not 0 <= beside < len(tokens) or beside in taken:
                continue
            other = tokens[beside]
            if _is_title(other) and not (
                _is_form(other.key, surnames) or _is_one_of(other.key, given_names)
            ):
                begins = around.layout.sentence(beside).start == beside
                if _is_name(other) or (not begins and _is_plain_noun(other)):
                    yield beside


def _behind(around: Surroundings, at: int) -> int | None:
    """The first word behind that is none of those which may stand between."""
    tokens, marks = around.tokens, 0
    for place in range(at, min(at + _PASSED, len(tokens))):
        token = tokens[place]
        if token.text in _MARKS:
            marks += 1
        elif token.kind is not WORD:
            return None
        elif token.key not in _BETWEEN and _HIS.isdisjoint(token.word.normals):
            return place if marks < 2 + (tokens[place - 1].text == "(") else None
    return None


def _before(around: Surroundings, at: int) -> int | None:
    """The word before, where «наша», «его» or one mark stand between at most."""
    tokens, place = around.tokens, at - 1
    while place > 0 and tokens[place].key in _HIS | {"родная", "родной"}:
        place -= 1
    while place > 0 and not _HIS.isdisjoint(tokens[place].word.normals):
        place -= 1
    if place > 0 and tokens[place].text in _MARKS and tokens[place].text != ":":
        place -= 1
    return place if place >= 0 and tokens[place].kind is WORD else None


def _heads(around: Surroundings, at: int, hit: Hit) -> bool:
    """Is the word the relative's name before the word of kinship: «Хасия, жена, ждёт»?

    A given name is; another only where no verb, town or phrase of a table stands there: «лежит в
    Бурденко, жена у него», «Соболезнования семье».
    """
    tokens = around.tokens
    token = tokens[at]
    if not _is_title(token) or token.key in _PRAISED:
        return False
    if _is_borne(token.key):
        return True
    placed = at > 0 and tokens[at - 1].key in _PLACING
    foreign = token.word.script != "cyrillic" or token.word.ukrainian
    if placed or foreign or around.hits_at(at):
        return False
    if around.layout.sentence(at).start != at:
        return _is_name(token) or _is_odd(around, at)
    return _opens(around, at, hit)


def _opens(around: Surroundings, at: int, hit: Hit) -> bool:
    """Is it a name that opens a sentence: «Хасия, жена, ждёт», «Патам, жена, ждёт»?"""
    tokens, end = around.tokens, hit.end
    token, apart = tokens[at], tokens[at + 1].text == ","
    while end < len(tokens) and tokens[end].key in _HIS:
        end += 1
    closed = end >= len(tokens) or tokens[end].kind is not WORD
    if not _is_known(token):
        return (closed or not apart) and _is_name(token)
    cases = {parse.case for parse in tokens[hit.end - 1].word.parses if parse.pos == "NOUN"}
    parses = token.word.parses
    declined = all(parse.pos == "NOUN" and parse.case not in cases for parse in parses)
    return apart and closed and "nomn" in cases and declined and _is_plain_noun(token)


def _is_odd(around: Surroundings, at: int) -> bool:
    """«Тётя: Патам», «сестра Рада»: a plain noun with a capital inside a sentence."""
    token = around.tokens[at]
    inside = around.layout.sentence(at).start != at
    return inside and token.key not in _PRAISED and _is_plain_noun(token)


def _is_title(token: Token) -> bool:
    return token.kind is WORD and token.word.shape == "title" and len(token.text) >= _SHORTEST


def _is_name(token: Token) -> bool:
    """A given name in some case, a place's too («Хасан»); or a word of no dictionary."""
    if _is_borne(token.key):
        return True
    if kind_of(token.text) or token.key in gazetteer() or token.key in region_names():
        return False
    found = facts(token.text)
    named = found is not None and found.known_given and not found.place
    return named or not _is_known(token)


def _is_known(token: Token) -> bool:
    """Does a dictionary know the word, and not only as a given name?"""
    return any(parse.known and "Name" not in parse.tags for parse in token.word.parses)


@remembered
def _is_borne(key: str) -> bool:
    """Is a form of a given name that many bear?"""
    if kind_of(key) == "kin":
        return False
    names = (given.known(form.nominative) for form in given_forms(key))
    return any(name is not None and name.bearers >= _BORNE for name in names)


def _is_plain_noun(token: Token) -> bool:
    """«Рада», «Патам»: a noun and nothing that stands beside names; no place."""
    if kind_of(token.text) or token.key in gazetteer() or token.key in region_names():
        return False
    parses = token.word.parses
    return all(parse.pos in _NOUNS and "Geox" not in parse.tags for parse in parses)


def _is_one_of(key: str, names: Sequence[str]) -> bool:
    """Is the word a form of one of these given names, or a short one: «Мухина Стёпы»?"""
    forms = {form.nominative for form in given_forms(key)} | {key}
    return any(agree(form, name) for form in forms for name in names)


def _is_form(key: str, stems: AbstractSet[str]) -> bool:
    return any(key[:cut] in stems for cut in range(max(_SHORTEST, len(key) - 3), len(key) + 1))
