"""Words that are a sought man's surname as his women bear it → those that are theirs.

«Найдите моего! Шмонова», «дочка Жданова», «паникёрша я, Филимонова», «от семьи Дашковых». The form
is his genitive too («нет вестей от Жданова»): it is hers where it signs, or behind a word for her.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from extract.people.mentions import Surroundings
from extract.people.person import Person
from extract.people.sameness import plain
from extract.tokens import NUMBER, WORD, Token
from model import Sex
from russian.inflect import PLURAL, feminine, surname_forms
from russian.phrases import word_class

_LONGEST = 4  # words of a sentence that signs: «Стрелкова, его старшая дочь»
_WRITES = word_class("pointers", "speaks") | word_class("pointers", "writes")
_I = "я"
_VOWELS = "аяойьеиыую"
_ENDING = 2  # letters a case adds
_INITIAL = 2  # tokens of «Н.»
_BEGIN = 3  # letters a surname and its forms share
_FAMILY = ("семь", "семей")
_PARENTS = frozenset(("родители", "родителей", "родителям", "родня", "супруги"))


def hers(
    found: Iterable[Person], subjects: Sequence[Person], around: Surroundings
) -> frozenset[int]:
    """Tokens of such words, where his own surname stands elsewhere in the text.

    `found`: everyone named, of whom `subjects` are sought.
    """
    surnames = {plain(one.surname) for one in subjects if one.surname and one.sex is not Sex.FEMALE}
    women = {
        at
        for person in (found if surnames else ())
        if person.sex is Sex.FEMALE and all(person is not one for one in subjects)
        for start, end in person.named
        for at in range(start, end)
    }
    private: set[int] = set()
    for surname in surnames:
        form, head = plain(feminine(surname)), surname[:_BEGIN]
        near = [at for at, token in enumerate(around.tokens) if token.key[:_BEGIN] == head]
        many = set(_families(surname, near, around))
        if not _stands(surname, form, [around.tokens[at] for at in near if at not in many]):
            continue
        private |= many
        if form != surname:
            private |= set(_hers(form, near, around))
            private |= {at for at in women if around.tokens[at].key == form}
    return frozenset(private)


def _stands(surname: str, form: str, near: Iterable[Token]) -> bool:
    """Does his own surname stand in the text, in a case that is not `form`?"""
    stem, longest = surname.rstrip(_VOWELS), len(surname) + _ENDING
    return any(
        token.key.startswith(stem) and len(token.key) <= longest and token.key != form
        for token in near
    )


def _hers(form: str, near: Sequence[int], around: Surroundings) -> Iterator[int]:
    tokens = around.tokens
    for at in near:
        if tokens[at].key != form or tokens[at].word.shape == "lower":
            continue
        sentence = around.layout.sentence(at)
        begins = at - _INITIAL if _is_initial(tokens, at - _INITIAL) else at
        if _is_told(around, at) or (begins == sentence.start and _signs(around, at)):
            yield at


def _is_initial(tokens: Sequence[Token], at: int) -> bool:
    """«Н. Филимонова»"""
    return at >= 0 and len(tokens[at].text) == 1 and tokens[at + 1].text == "."


def _is_told(around: Surroundings, at: int) -> bool:
    """«дочка Жданова» at the end, «я, Жданова», «… просит Жданова»."""
    tokens = around.tokens
    before = at - 1
    before -= before > 0 and tokens[before].text in ",—–-"
    if before < 0:
        return False
    word = tokens[before].word
    ends = at + 1 >= around.layout.sentence(at).end or tokens[at + 1].kind is not WORD
    if word.key == _I:
        return True
    if before in around.kin and ends and at + 1 >= len(tokens):
        return any((p.case, p.gender) == ("nomn", "femn") for p in word.parses)
    if at + 1 >= len(tokens) and _is_idle(around, before):
        return True
    return ends and (word.key in _WRITES or _is_her_verb(tokens[before]))


def _families(surname: str, near: Sequence[int], around: Surroundings) -> Iterator[int]:
    """«семья Лисицыных», «от семьи Дашковых», «… Ямпольские» at the end: forms of many."""
    tokens = around.tokens
    for at in near:
        token = tokens[at]
        if token.kind is not WORD or not at:
            continue
        before = tokens[at - 1].key
        family = before.startswith(_FAMILY) or before in _PARENTS or at == around.last_word
        if family and any(
            form.nominative == surname and not form.mask & ~PLURAL
            for form in surname_forms(token.key)
        ):
            yield at


def _is_idle(around: Surroundings, at: int) -> bool:
    """«… не спит Филимонова»: what she does, and no verb of the tables, closes the text."""
    parse = around.tokens[at].word.parses[0] if around.tokens[at].word.parses else None
    doing = parse is not None and {"3per", "sing"} <= parse.tags
    return doing and not any(hit.start <= at < hit.end for hit in around.hits)


def _is_her_verb(token: Token) -> bool:
    parse = token.word.parses[0] if token.word.parses else None
    return parse is not None and parse.pos == "VERB" and parse.gender == "femn"


def _signs(around: Surroundings, at: int) -> bool:
    """«… простите. Филимонова, Майкоп»: opens the last sentence, which is short and has no date."""
    tokens = around.tokens
    sentence = around.layout.sentence(at)
    rest = tokens[at + 1 : sentence.end]
    last = sentence.end >= len(tokens) or around.last_word < sentence.end
    words = sum(token.kind is WORD for token in rest)
    apart = not rest or rest[0].kind is not WORD
    dated = any(token.kind is NUMBER for token in rest)
    return at > 0 and last and apart and words <= _LONGEST and not dated
