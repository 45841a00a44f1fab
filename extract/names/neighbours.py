"""A given name and an ordinary word beside it → a name whose surname is that word.

«Гость Алексей Иванович», «про Виталика моего Мая», «Суббота Женька»: no list tells such a surname
from the word; what tells is where it stands (right beside a name, capitalised, in its case).
"""

from __future__ import annotations

from functools import cache
from math import log2

from extract.names.capitals import capital
from extract.names.common_surnames import Common, common_surnames, is_quality
from extract.names.place_words import in_place
from extract.names.spans import NameSpan, together, written
from extract.names.words import facts, kind_of
from extract.tokens import Kind, Token
from model import Sex
from russian import surnames
from russian.inflect import CASES, FEMALE, MALE, bits
from russian.phrases import rows, word_class

_OWN = word_class("pointers", "own")
_CALLS = word_class("pointers", "calls")
_NEVER = frozenset(("kin", "place", "abbr", "region"))
_CLOSED = frozenset(
    ("VERB", "INFN", "PREP", "CONJ", "PRCL", "INTJ", "NPRO", "ADVB", "COMP", "PRED")
)
_CLOSES = frozenset(",.(—–-:;)!\n/|")
_BORNE = 5  # bearers that make a word a surname beside a given name alone
_WIDELY = 40  # the same for words that are rather something else: months, days, peoples
_ALONE = 20  # the same where no given name stands beside it
_SYLLABLE = 5  # letters of a syllable of an eastern name
_SOON = 8  # tokens between a name and his year of birth
_OPENERS = frozenset(("по", "про"))


def adopt(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The names with the ordinary words beside them that are their surnames."""
    taken = {at for span in spans for at in range(span.start_token, span.end_token)}
    known: set[str] = set()
    grown = [_grown(span, tokens, taken, known) for span in spans]
    if known:  # «Витя Май … Май погиб»
        grown = [_grown(span, tokens, taken, known) for span in grown]
        grown += _alone(tokens, taken, known)
    elif opening := _opening(tokens, taken):
        grown.append(opening)
    grown = [_eastern(span, tokens, taken) for span in _over_pronouns(grown, tokens)]
    return sorted(grown, key=lambda span: span.start_token)


def _grown(span: NameSpan, tokens: list[Token], taken: set[int], known: set[str]) -> NameSpan:
    if not span.given or span.surname or span.given.endswith("."):
        return span
    sides = [(span.start_token - 1, 0.5), (span.end_token, 0.0)]
    if _is_own(tokens, span.end_token):
        sides.append((span.end_token + 1, 0.0))
    best, chosen, found_at = 0.0, None, -1
    for at, favour in sides:
        if not 0 <= at < len(tokens) or at in taken or in_place(tokens, at):
            continue
        found = _surname(span, tokens, at, known, taken)
        if found is not None and (worth := 1.0 + log2(found.bearers + 1) + favour) > best:
            best, chosen, found_at = worth, found, at
    if chosen is None and _is_comma(tokens, span.start_token - 1):
        found_at = span.start_token - 2
        chosen = _set_off(span, tokens, found_at) if found_at not in taken else None
    if chosen is None:
        return span
    taken.add(found_at)
    known.add(chosen.name)
    return _with(span, chosen, found_at, tokens)


def _is_comma(tokens: list[Token], at: int) -> bool:
    return at > 0 and tokens[at].text == ","


def _set_off(span: NameSpan, tokens: list[Token], at: int) -> Common | None:
    """«Узел, Аким Ильич, 1999»: a surname at the head, as lists of papers set it off."""
    dated = span.patronymic is not None and _number_follows(tokens, span.end_token)
    opens = at == 0 or tokens[at - 1].kind is not Kind.WORD
    token = tokens[at]
    if not (dated and opens) or token.kind is not Kind.WORD or token.word.shape == "lower":
        return None
    if kind_of(token.text) or token.word.normals & _kinship():
        return None
    if not _is_known(token) and token.word.script == "cyrillic":
        return Common(token.text.lower(), MALE & 1, 0) if "nomn" in span.cases else None
    found = _agreeing(span, token.text)
    return found if found is not None and not found.odd else None


def _is_own(tokens: list[Token], at: int) -> bool:
    return at < len(tokens) and not _OWN.isdisjoint(tokens[at].word.normals)


def _with(span: NameSpan, surname: Common, at: int, tokens: list[Token]) -> NameSpan:
    start, end = min(at, span.start_token), max(at + 1, span.end_token)
    part = ("s", at, at + 1)
    parts = (part, *span.parts) if at < span.start_token else (*span.parts, part)
    together = _cases(surname.mask) & span.cases or span.cases
    return span._replace(
        start_token=start,
        end_token=end,
        start=tokens[start].start,
        end=tokens[end - 1].end,
        surname=written(surname.name),
        cases=together,
        case=next(iter(together)) if len(together) == 1 else "",
        weak=False,
        as_form="",
        parts=parts,
    )


def _cases(mask: int) -> frozenset[str]:
    both = mask & MALE | (mask & FEMALE) >> 6
    return frozenset(case for place, case in enumerate(CASES) if both >> place & 1)


def _surname(
    span: NameSpan, tokens: list[Token], at: int, known: set[str], taken: set[int]
) -> Common | None:
    """The surname the word at `at` is beside this given name; None if it is none."""
    token = tokens[at]
    if token.kind is not Kind.WORD or len(token.text) < 2 or token.word.script != "cyrillic":
        return None
    kind = kind_of(token.text)
    if kind in _NEVER or token.word.normals & _kinship() or "Apro" in token.word.tags:
        return None  # «Мой Женя»
    found = _agreeing(span, token.text) or _strange(span, token)
    if found is None or found.name in known:
        return found
    if kind and found.bearers < _WIDELY:
        return None
    start, end = min(at, span.start_token), max(at + 1, span.end_token)
    stands = _in_row(tokens, start, end, taken) or _may_stand(span, tokens, at, found)
    return found if stands else None


def _strange(span: NameSpan, token: Token) -> Common | None:
    """«ищу мужа циклаури тит фролович»: a word of no dictionary, all in small letters."""
    if token.word.shape != "lower" or span.patronymic is None or _is_known(token):
        return None
    wanted = _wanted(span)
    found = facts(token.text.capitalize())
    fitting = [one for one in found.surname if one.mask & wanted] if found else []
    best = max(fitting, key=lambda one: one.worth, default=None)
    return Common(best.name, best.mask, _WIDELY) if best is not None else None


def _is_known(token: Token) -> bool:
    return any(parse.known for parse in token.word.parses)


def _in_row(tokens: list[Token], start: int, end: int, taken: set[int]) -> bool:
    """«поехали: Гость Олексій, Щукін Єгор»: a name of the same two words follows or precedes."""
    if end - start != 2 or any(token.word.shape == "lower" for token in tokens[start:end]):
        return False
    after = tokens[end].text == "," if end < len(tokens) else False
    before = start > 1 and tokens[start - 1].text == ","
    beside = (after, (end + 1, end + 2)), (before, (start - 2, start - 3))
    return any(mark and taken.issuperset(places) for mark, places in beside)


def _may_stand(span: NameSpan, tokens: list[Token], at: int, found: Common) -> bool:
    """Is there enough beside the word to read it as a surname?"""
    shape = capital(tokens, at)
    whole = span.patronymic is not None
    if whole and at == span.end_token and shape == "title" and found.told:
        return True  # «Пропал Тит Ильич Разгуляй»
    if found.odd and not _opens_name(span, tokens, at):
        return False
    if shape in ("lower", "small"):
        low = tokens[span.start_token].word.shape == "lower" or span.start_token == 0
        called = found.thing and at < span.start_token and _is_called(tokens, at)
        rare = called or not _is_known(tokens[at])
        return whole and low and (found.bearers >= _WIDELY or rare)
    end = max(at + 1, span.end_token)
    after = tokens[end] if end < len(tokens) else None
    closed = after is None or after.text in _CLOSES or after.kind is Kind.NUMBER
    if not whole:
        return _beside_given(span, tokens, at, found, closed=closed)
    if shape == "title" or found.bearers:
        return True
    return (closed or (found.thing and _opens_name(span, tokens, at))) and at < span.start_token


def _beside_given(
    span: NameSpan, tokens: list[Token], at: int, found: Common, *, closed: bool
) -> bool:
    """The same beside a given name alone; `closed`: a mark or a number stands behind both."""
    end = max(at + 1, span.end_token)
    dated = closed and _number_follows(tokens, end)
    row = closed and _begins_item(tokens, at)
    if found.odd:
        return dated or row
    positions = {parse.pos for parse in tokens[at].word.parses if parse.known}
    if positions & _CLOSED and not (dated and "NOUN" in positions):
        return (dated or row) and surnames.is_eastern(found.name)
    if dated or _labelled(tokens, min(at, span.start_token)):
        return True
    quality = at < span.start_token and is_quality(tokens[at])
    told = quality and end < len(tokens) and "VERB" in tokens[end].word.tags
    borne = found.bearers >= _BORNE and (closed or capital(tokens, at) == "title")
    if borne or told or (quality and closed):  # «Кромешный Илларион погиб»
        return True
    behind = at == span.end_token and capital(tokens, at) == "title"
    return behind and positions == {"NOUN"} and not is_quality(tokens[at])  # «Егорку Хомячка»


def _opens_name(span: NameSpan, tokens: list[Token], at: int) -> bool:
    """Does the word stand before a name in the nominative, behind no preposition or «город»?"""
    if at > span.start_token or "nomn" not in span.cases or tokens[at].word.shape == "lower":
        return False
    before = tokens[at - 1] if at else None
    if before is None or before.kind is not Kind.WORD:
        return True
    return kind_of(before.text) == "kin" and "PREP" not in before.word.tags


def _is_called(tokens: list[Token], at: int) -> bool:
    """Does a word of kinship or of searching stand right before, or nothing?"""
    before = tokens[at - 1] if at else None
    return before is None or kind_of(before.text) == "kin" or before.key in _CALLS


def _begins_item(tokens: list[Token], at: int) -> bool:
    """Is the word the first of a line, but for a list's mark?"""
    if at and tokens[at - 1].kind is not Kind.WORD and tokens[at - 1].kind is not Kind.NEWLINE:
        at -= 1
        at -= bool(at) and tokens[at - 1].kind is Kind.NUMBER
    return at > 0 and tokens[at - 1].kind is Kind.NEWLINE


def _number_follows(tokens: list[Token], end: int) -> bool:
    """Does a birth date, an age or a year stand soon after, in the same line?"""
    for token in tokens[end : end + _SOON]:
        if token.kind is Kind.NEWLINE:
            return False
        if token.kind is Kind.NUMBER:
            return True
    return False


def _labelled(tokens: list[Token], start: int) -> bool:
    """«ФИО: Гость Алексей»."""
    return start >= 2 and tokens[start - 1].text == ":" and tokens[start - 2].key in _fields()


@cache
def _fields() -> frozenset[str]:
    return frozenset(row[0] for row in rows("field_labels") if row[1] in ("name", "surname"))


@cache
def _kinship() -> frozenset[str]:
    """Words of kinship and office: «тренер Иван Иванович» has no surname."""
    return frozenset(row[0].lstrip("=") for row in rows("kin"))


def _wanted(span: NameSpan) -> int:
    """The cases and sex of a name as bits."""
    groups = ("m", "f") if span.sex is None else ("m" if span.sex is Sex.MALE else "f",)
    return sum(bits(group, " ".join(span.cases)) for group in groups)


def _agreeing(span: NameSpan, text: str) -> Common | None:
    wanted = _wanted(span)
    fitting = [one for one in common_surnames(text) if one.mask & wanted]
    return max(fitting, key=lambda one: one.bearers, default=None)


def _alone(tokens: list[Token], taken: set[int], known: set[str]) -> list[NameSpan]:
    """Where a surname that is a word stands by itself, it being known from a name of the text."""
    found = []
    for at, token in enumerate(tokens):
        if at in taken or token.kind is not Kind.WORD or token.word.shape == "lower":
            continue
        if at and tokens[at - 1].kind is Kind.NUMBER:  # «9 Мая»
            continue
        names = [one for one in common_surnames(token.text) if one.name in known]
        if names:
            found.append(_lone(names[0], at, tokens))
    return found


def _opening(tokens: list[Token], taken: set[int]) -> NameSpan | None:
    """«По Королю (Ферзь). …»: whom a text is about that begins with its preposition."""
    if len(tokens) < 3 or tokens[0].key not in _OPENERS or 1 in taken:
        return None
    token = tokens[1]
    if token.word.shape != "title" or tokens[2].text not in _CLOSES or kind_of(token.text):
        return None
    wanted = bits("m", "datv" if tokens[0].key == "по" else "accs")
    names = [
        one for one in common_surnames(token.text) if one.mask & wanted and one.bearers >= _ALONE
    ]
    return _lone(names[0], 1, tokens) if names else None


def _lone(surname: Common, at: int, tokens: list[Token]) -> NameSpan:
    return NameSpan(
        start_token=at,
        end_token=at + 1,
        start=tokens[at].start,
        end=tokens[at].end,
        surname=written(surname.name),
        given=None,
        patronymic=None,
        sex=None,
        cases=_cases(surname.mask),
        case="",
        weak=True,
        as_form=tokens[at].text,
        parts=(("s", at, at + 1),),
    )


def _eastern(span: NameSpan, tokens: list[Token], taken: set[int]) -> NameSpan:
    """«Нгуен Ван Тхань»: two short words behind such a surname are one given name."""
    end = span.end_token
    if span.given or not span.surname or not surnames.is_eastern(span.surname):
        return span
    words = tokens[end : end + 2]
    short = all(t.word.shape == "title" and 1 < len(t.text) <= _SYLLABLE for t in words)
    if len(words) < 2 or not short or not taken.isdisjoint((end, end + 1)):
        return span
    return span._replace(
        given="-".join(token.text for token in words),
        end_token=end + 2,
        end=words[-1].end,
        cases=frozenset(("nomn",)),
        case="nomn",
        weak=False,
        as_form="",
        parts=(*span.parts, ("g", end, end + 2)),
    )


def _over_pronouns(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Стёпа мой Ветошкин»: a pronoun inside a name."""
    spans = sorted(spans, key=lambda span: span.start_token)
    kept: list[NameSpan] = []
    for span in spans:
        last = kept[-1] if kept else None
        if last is not None and _parted(last, span, tokens):
            cases = last.cases & span.cases
            case = next(iter(cases)) if len(cases) == 1 else ""
            kept[-1] = together(last, span)._replace(cases=cases, case=case)
            continue
        kept.append(span)
    return kept


def _parted(first: NameSpan, second: NameSpan, tokens: list[Token]) -> bool:
    if second.start_token - first.end_token != 1 or not _is_own(tokens, first.end_token):
        return False
    one, other = bool(first.given and not first.surname), bool(second.surname and not second.given)
    reverse = bool(first.surname and not first.given), bool(second.given and not second.surname)
    sexes = {first.sex, second.sex} - {None}
    return ((one and other) or all(reverse)) and len(sexes) < 2 and bool(first.cases & second.cases)
