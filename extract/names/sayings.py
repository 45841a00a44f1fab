"""A patronymic with its word, a name in pieces → whole names.

«отчество Нарминович», «Азат! Ишмухаметов!», «Мельниченко. Богдан Игоревич», «Инга, жена
Караченцева»: what stands around a single word says which part of a name it is.
"""

from __future__ import annotations

from itertools import zip_longest

from extract.names.spans import NameSpan, cases_of, together, written
from extract.names.words import facts, kind_of
from extract.tokens import WORD, Token
from model import Sex
from russian.inflect import MALE
from russian.patronymics import in_full, patronymic_forms
from russian.phrases import word_class

_OWN = word_class("pointers", "own")
_WORDS = ("отчеств", "отчевств", "отчесвт", "отчевст")
_SHORT = frozenset(("отч",))
_FATHERLY = ("батюшк", "батьков")
_AHEAD = 5  # tokens from the word to the patronymic
_PIECES = 8  # tokens between a surname said as a sentence and the rest of the name
_FIRST = 6  # tokens in which a text that calls a man's name begins
_TOGETHER = word_class("pointers", "together")
_THEY = frozenset(("они", "мы"))
_LEAST_FAMILY = 4  # letters of a surname in the plural
_HALF = 2  # words of a sentence that is half a name
_STOPS = frozenset(".!?…:\n")
_FAMILY = ("фамили",)
_ENDS = frozenset(".,!)\n")
_NOT_HIS = frozenset(("нее", "ней", "меня", "моя"))
_SMALL = frozenset(("NPRO", "PREP", "ADJF", "PRCL"))
_HE = word_class("pointers", "told_of")
_WRITTEN = word_class("pointers", "written")
_SHAPE = ("вич", "вича", "вичу", "вичем", "вна", "вны", "вне", "вной", "ич", "ична")


def complete(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The names with what is said of their parts."""
    said = [at for at, token in enumerate(tokens) if token.key[:3] == "отч"]
    said = [at for at in said if _says_patronymic(tokens[at])]
    if said:
        spans = _patronymics(spans, tokens, said)
    if not spans:
        return spans
    spans = _families(spans, tokens)
    spans = [_surname_said(span, tokens) for span in _in_pieces(spans, tokens)]
    return [_of_husband(place, spans, tokens) for place in range(len(spans))]


def _says_patronymic(token: Token) -> bool:
    return token.key.startswith(_WORDS) or token.key in _SHORT


def _patronymics(spans: list[NameSpan], tokens: list[Token], said: list[int]) -> list[NameSpan]:
    """Words behind «отчество» are patronymics, whatever they look like."""
    by_start = {span.start_token: span for span in spans if span.weak}
    taken = {at for span in spans for at in range(span.start_token, span.end_token)}
    made: dict[int, NameSpan] = {}
    for word in said:
        for at in range(word + 1, min(len(tokens), word + 1 + _AHEAD)):
            if tokens[at].text in "\n.;!?" or kind_of(tokens[at].text) == "kin":
                break
            low = tokens[at].text.lower()
            free = at not in taken or at in by_start
            if tokens[at].kind is WORD and free and low.rstrip("ь").endswith(_SHAPE):
                made[at] = _patronymic(at, low, tokens)
                break
    kept = [span for span in spans if span.start_token not in made]
    return sorted([*kept, *made.values()], key=lambda span: span.start_token)


def _patronymic(at: int, low: str, tokens: list[Token]) -> NameSpan:
    forms = patronymic_forms(low)
    name = in_full(forms[0].nominative) if forms else low
    return NameSpan(
        start_token=at,
        end_token=at + 1,
        start=tokens[at].start,
        end=tokens[at].end,
        surname=None,
        given=None,
        patronymic=written(name),
        sex=Sex.FEMALE if name.endswith("на") else Sex.MALE,
        cases=frozenset(("nomn",)),
        case="nomn",
        weak=True,
        said=True,
        as_form=tokens[at].text,
        parts=(("p", at, at + 1),),
    )


def _in_pieces(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Азат! Ишмухаметов!», «Мельниченко. Мель-ни-чен-ко. Богдан Игоревич.»."""
    kept: list[NameSpan] = []
    for span, then in zip_longest(spans, spans[1:]):
        last = kept[-1] if kept else None
        halves = last is not None and _two_sentences(last, span, then, tokens)
        if last is not None and (halves or _is_piece(last, span, tokens)):
            kept[-1] = together(last, span)
            continue
        kept.append(span)
    return kept


def _is_piece(first: NameSpan, second: NameSpan, tokens: list[Token]) -> bool:
    between = tokens[first.end_token : second.start_token]
    if not 1 <= len(between) <= _PIECES or not first.weak or second.sex is Sex.FEMALE:
        return False
    if _is_apposed(first, second, tokens):
        return True
    if "nomn" not in first.cases & second.cases:
        return False
    calls = len(between) == 1 and between[0].text == "!" and first.start_token < _FIRST
    if calls:
        return bool(first.given) != bool(second.given) and bool(first.surname or second.surname)
    begins = first.start_token == 0 or tokens[first.start_token - 1].kind is not WORD
    whole = bool(second.given and second.patronymic) and not second.surname
    if begins and len(between) == 1 and between[0].text == ",":  # «Узел, Аким Ильич»
        return whole and bool(first.surname) and not first.given
    dotted = between[0].text == "." and between[-1].text in ".\n"
    spelt = all(token.kind is not WORD or _is_spelt(token, first) for token in between)
    return begins and dotted and spelt and whole and bool(first.surname) and not first.given


def _two_sentences(
    first: NameSpan, second: NameSpan, then: NameSpan | None, tokens: list[Token]
) -> bool:
    """«Захар наш. Онопко.», «Жаргал. Дамдинов.»: either half of a name is a whole sentence.

    `then`: the next name, which may be the whole one: «Миша. Узлов. Михаил Андреевич.»
    """
    if first.end_token == second.start_token or second.sex is Sex.FEMALE or not first.weak:
        return False
    if then is not None and then.patronymic and then.start_token - second.end_token < _HALF:
        return False
    halves = bool(first.given) != bool(second.given) and bool(first.surname) != bool(second.surname)
    whole = halves and second.weak and not (first.patronymic or second.patronymic)
    if not whole or not first.cases & second.cases or first.sex is Sex.FEMALE:
        return False
    *own, mark = tokens[first.end_token : second.start_token]
    begins = first.start_token == 0 or tokens[first.start_token - 1].text in _STOPS
    after = tokens[second.end_token].text if second.end_token < len(tokens) else "."
    said = all(not _OWN.isdisjoint(token.word.normals) for token in own)
    return begins and said and len(own) < _HALF and mark.text in ".!" and after in _STOPS


def _is_apposed(first: NameSpan, second: NameSpan, tokens: list[Token]) -> bool:
    """«Мой Виталька, Нестеренко, молчит»: his given name, and his surname set off by commas."""
    between = tokens[first.end_token : second.start_token]
    marks = "".join(["," if token.text == "," else "w" for token in between])
    if marks not in (",", "w,", ",w,") or first.cases.isdisjoint(second.cases):
        return False
    beside = [*tokens[max(0, first.start_token - 1) : first.start_token], *between]
    own = any(not _OWN.isdisjoint(token.word.normals) for token in beside)
    own = own and (marks == "," or any(not _OWN.isdisjoint(t.word.normals) for t in between))
    after = tokens[second.end_token].text if second.end_token < len(tokens) else "."
    mans = first.sex is not Sex.FEMALE and not (second.given or second.patronymic)
    return own and mans and bool(first.given and second.surname) and after in ",.(!\n"


def _surname_said(span: NameSpan, tokens: list[Token]) -> NameSpan:
    """«Фамилия у него Кайсин», «Нуриевым пишется», «Любимцев он»: a surname told as one."""
    if not span.weak or span.surname is None or span.plural or span.said:
        return span
    said = _told_before(span, tokens) or _told_behind(span, tokens)
    return span._replace(said=True) if said else span


def _families(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«оба Сычи», «трое Гуриных», «Рудаковы они»: the surname of all who are named."""
    told = [at for at, token in enumerate(tokens) if token.key in _TOGETHER]
    if not told:
        return spans
    single = {span.start_token: span for span in spans if span.weak}
    taken = {at for span in spans for at in range(span.start_token, span.end_token)}
    made: dict[int, NameSpan] = {}
    for word in told:
        after = word + 1 + (word + 1 < len(tokens) and tokens[word + 1].key in _TOGETHER)
        for at in (after, word - 1):
            free = 0 <= at < len(tokens) and (at in single or at not in taken)
            if free and (at == after or tokens[word].key in _THEY):
                family = _family(tokens, at)
                made |= {at: family} if family else {}
    kept = [span for span in spans if span.start_token not in made]
    return sorted([*kept, *made.values()], key=lambda span: span.start_token) if made else spans


def _family(tokens: list[Token], at: int) -> NameSpan | None:
    """The surname in the plural that a capitalised word is."""
    token = tokens[at]
    if token.kind is not WORD or token.word.shape != "title" or len(token.text) < _LEAST_FAMILY:
        return None
    found = facts(token.text)
    forms = [one for one in found.surname if one.plural] if found else []
    best = max(forms, key=lambda one: one.worth, default=None)
    if best is None or found is None or found.patronymic:
        return None
    if found.given and found.given[0].worth > best.worth:
        return None
    cases = cases_of(best.mask)
    return NameSpan(
        start_token=at,
        end_token=at + 1,
        start=token.start,
        end=token.end,
        surname=written(best.name),
        given=None,
        patronymic=None,
        sex=None,
        cases=cases,
        case=next(iter(cases)) if len(cases) == 1 else "",
        weak=True,
        plural=True,
        said=True,
        as_form=token.text,
        parts=(("s", at, at + 1),),
    )


def _told_before(span: NameSpan, tokens: list[Token]) -> bool:
    """Does «фамилия» stand before, with nothing between but «у него», «короткая», marks?"""
    for token in reversed(tokens[max(0, span.start_token - _AHEAD) : span.start_token]):
        if token.key.startswith(_FAMILY):
            return True
        small = token.kind is not WORD or not token.word.tags.isdisjoint(_SMALL)
        if not small or token.text in ".!;\n" or token.key in _NOT_HIS:
            return False
    return False


def _told_behind(span: NameSpan, tokens: list[Token]) -> bool:
    """Does «(его) фамилия», «пишется» or a lone «он» stand behind?"""
    keys = [token.key for token in tokens[span.end_token : span.end_token + 2]]
    if not keys:
        return False
    if keys[0] in _HE and "nomn" in span.cases:
        return keys[-1].startswith(_FAMILY) or keys[-1] in _ENDS or len(keys) == 1
    if "nomn" in span.cases and keys[0].startswith(_FAMILY):
        return True
    return "ablt" in span.cases and keys[0] in _WRITTEN


def _is_spelt(token: Token, name: NameSpan) -> bool:
    """«Мель-ни-чен-ко»: the word of before, in syllables."""
    return token.key.replace("-", "") == (name.surname or "").lower().replace("ё", "е")


def _of_husband(place: int, spans: list[NameSpan], tokens: list[Token]) -> NameSpan:
    """«Инга, жена Караченцева»: behind her own name and «жена» stands her husband's."""
    span = spans[place]
    start = span.start_token
    if place == 0 or not span.weak or not span.surname or span.sex is Sex.MALE:
        return span
    wife = spans[place - 1]
    near = start - wife.end_token == 2 and tokens[start - 2].text in ",-–—"
    if (
        not (near and wife.sex is Sex.FEMALE and wife.given)
        or kind_of(tokens[start - 1].text) != "kin"
    ):
        return span
    found = facts(span.as_form)
    for reading in found.surname if found else ():
        if reading.mask & MALE & ~1 and reading.name != span.surname.lower():
            return span._replace(
                surname=written(reading.name), sex=Sex.MALE, cases=frozenset(("gent",)), case="gent"
            )
    return span
