"""Names found one by one → names completed from each other: brothers, asides, loose patronymics."""

from __future__ import annotations

from extract.names.men import CLIPPED, as_mans, men_in, mothers
from extract.names.patterns import Found
from extract.names.rows import ends_item, fill, order
from extract.names.spans import NameSpan, span_of, written
from extract.names.units import Unit
from extract.names.words import facts, kind_of
from extract.tokens import NEWLINE, WORD, Token
from model import Sex
from russian import given as given_names
from russian.given import fold
from russian.inflect import MALE, feminine

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_AND = frozenset(("и", "да", "та", "й", ",", "/", "&"))
_SEVERAL = frozenset(("два", "двое", "оба", "двух", "двоих", "обоих", "три", "трое", "трех"))
_ALIKE = 4  # letters a fond form shares with the full name
_PATRONYMIC_WORDS = ("отчеств", "отч", "батюшк", "батьков", "паспорт", "значит", "выходит", "отцу")
_SAID = 3  # tokens behind a patronymic that say what it is: «Ильич он по отцу»
_REACH = 12  # tokens between a name and the patronymic that follows it alone


def link(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """The same names with what the others tell of them."""
    if not spans:
        return fill(spans, tokens)
    spans = men_in(_fill_brothers(spans, tokens), tokens)
    if len(spans) > 1:
        spans = [_of_several(span, tokens) for span in spans]
        spans = _share(spans, tokens)
        spans = _share_family(spans, tokens)
        spans = _share_with_pairs(spans, tokens)
        spans = _attach_patronymics(spans, tokens)
        spans = _take_asides(spans, tokens)
        spans = _agree(spans, tokens)
        spans = _agree_in_lists(spans, tokens)
    return fill(spans, tokens)


def _share(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Петровы Иван и Олег», «Виктор и Павел Тарасенко»: one surname for all."""
    spans = list(spans)
    for place in range(1, len(spans)):
        first, second = spans[place - 1], spans[place]
        if not _joined(first, second, tokens):
            continue
        several = first.plural or second.plural or _brothers_before(first, tokens)
        link_word = tokens[first.end_token].text
        if first.surname and not second.surname and second.given and several:
            spans[place] = _with_surname(_as_brother(second, first), first)
        backwards = second.plural or (link_word == "и" and order(second) == "gs")
        if backwards and second.surname and not first.surname and first.given and first.weak:
            spans[place - 1] = _with_surname(first, second)
        if second.plural and second.patronymic and not first.patronymic and first.given:
            spans[place - 1] = spans[place - 1]._replace(patronymic=second.patronymic, shared=True)
    return spans


def _of_several(span: NameSpan, tokens: list[Token]) -> NameSpan:
    """«По братьям Долгополовым», «два брата Яунгад»: behind the word a surname is of them all."""
    at = span.start_token - 1
    if not span.weak or span.plural or at < 0 or kind_of(tokens[at].text) != "kin":
        return span
    kin = [parse for parse in tokens[at].word.parses if parse.known]
    cases = {parse.case for parse in kin if parse.number == "plur"}
    forms = tokens[span.start_token].word.parses
    many = any(parse.number == "plur" and parse.case in cases for parse in forms)
    counted = at > 0 and tokens[at - 1].key in _SEVERAL
    several_kin = all(parse.number == "plur" for parse in kin)
    if order(span) == "s" and (counted or (many and several_kin)):
        return span._replace(plural=True)
    strange = order(span) == "g" and given_names.known(span.given or "") is None
    if not (counted and strange):
        return span
    parts = (("s", span.start_token, span.end_token),)
    return span._replace(surname=span.given, given=None, plural=True, parts=parts)


def _fill_brothers(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Братья Фаттаховы Азат и Алмаз»: what follows «и» is a given name, though a word too."""
    added = []
    begun = {span.start_token for span in spans}
    for span in spans:
        at = span.end_token + 1
        brothers = span.plural and span.given
        if not brothers or at >= len(tokens) or at in begun or tokens[at - 1].key not in _AND:
            continue
        found = facts(tokens[at].text) if tokens[at].kind is WORD else None
        small = tokens[span.start_token].word.shape == "lower"
        if found is None or (found.shape == "lower" and not small):
            continue
        if found.given and found.given[0].listed:
            unit = Unit(found, at, at + 1, "title", 2, *(False,) * 5, 0)
            reading = found.given[0]
            added.append(span_of(Found("g", (reading,), reading.mask, 0.5), [unit], tokens))
    return sorted([*spans, *added], key=lambda span: span.start_token) if added else spans


def _share_family(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Гайсины. Старший — Айбулат Ринатович»: a family's name by itself is that of those below."""
    family = None
    found = []
    for span in spans:
        if span.plural and order(span) == "s" and ends_item(tokens, span.end_token):
            family = span
        elif family is not None and span.surname:
            family = None
        elif family is not None and order(span) == "gp" and span.sex is not _WOMAN:
            found.append(_with_surname(span, family))
            continue
        found.append(span)
    return found


def _share_with_pairs(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Братья Лазуткины вышли! Дима и Гена»: given names in a row, after their family's name."""
    families = [span for span in spans if span.plural and order(span) == "s"]
    if len(families) != 1 or any("s" in order(s) and "g" in order(s) for s in spans):
        return spans
    found = list(spans)
    for at in range(1, len(found)):
        pair = found[at - 1 : at + 1]
        after = pair[0].start_token >= families[0].end_token
        bare = all(order(span) in ("g", "gp") and not span.surname for span in pair)
        if after and bare and _joined(pair[0], pair[1], tokens):
            found[at - 1 : at + 1] = [
                _with_surname(_as_brother(span, families[0]), families[0]) for span in pair
            ]
    return found


def _joined(first: NameSpan, second: NameSpan, tokens: list[Token]) -> bool:
    between = tokens[first.end_token : second.start_token]
    return len(between) == 1 and between[0].key in _AND


def _brothers_before(span: NameSpan, tokens: list[Token]) -> bool:
    for token in tokens[max(0, span.start_token - 3) : span.start_token]:
        if kind_of(token.text) == "kin" and any(p.number == "plur" for p in token.word.parses[:2]):
            return True
    return False


def _with_surname(span: NameSpan, owner: NameSpan) -> NameSpan:
    surname = owner.surname or ""
    if owner.plural and span.sex is _WOMAN:
        surname = feminine(surname)
    return span._replace(surname=surname, shared=True, plural=owner.plural, weak=False)


def _as_brother(span: NameSpan, brother: NameSpan) -> NameSpan:
    """«братьев Айдына и Аяна»: the second name is read as a man's too."""
    found = facts(span.as_form)
    if brother.sex is not _MAN or span.sex is _MAN or found is None:
        return span
    for reading in found.given:
        if reading.mask & MALE:
            given = given_names.write_out(written(reading.name), _MAN)
            return span._replace(given=given, sex=_MAN)
    return span


def _attach_patronymics(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Веселаго Илья (Воронеж, 95 года, Дмитриевич)»: a patronymic said afterwards."""
    kept: list[NameSpan] = []
    for span in spans:
        owner = kept[-1] if kept else None
        if order(span) == "p" and owner is not None and _may_own(owner, span, tokens):
            parts = (*owner.parts, *span.parts)
            kept[-1] = owner._replace(patronymic=span.patronymic, parts=parts, sex=span.sex)
            kept.append(span._replace(shared=True))
            continue
        said = span.said or (order(span) == "p" and _is_said(span, tokens))
        kept.append(span._replace(said=True) if said else span)
    return kept


def _is_said(span: NameSpan, tokens: list[Token]) -> bool:
    """«отчество Вахаевич», «Вадимович по батюшке»."""
    around = tokens[max(0, span.start_token - 4) : span.end_token + _SAID]
    return any(token.key.startswith(_PATRONYMIC_WORDS) for token in around)


def _may_own(owner: NameSpan, patronymic: NameSpan, tokens: list[Token]) -> bool:
    between = tokens[owner.end_token : patronymic.start_token]
    bare = owner.given is not None and owner.patronymic is None
    if not bare or owner.initials or owner.sex not in (None, patronymic.sex):
        return False
    apposed = [token.text for token in between] == [","]
    if apposed and not owner.cases.isdisjoint(patronymic.cases):
        return True  # «Олега Уткина, Романовича, всё ждём»
    return (
        owner.surname is not None
        and len(between) <= _REACH
        and "nomn" in patronymic.cases
        and sum(token.kind is NEWLINE for token in between) <= 1
        and not any("VERB" in token.word.tags for token in between[-2:])
    )


def _take_asides(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Чеботарь Ваня (Ион)»: the name in brackets is his too; a full one outranks a short one."""
    kept: list[NameSpan] = []
    for span in spans:
        owner = kept[-1] if kept else None
        if owner is not None and owner.given and order(span) in ("g", "gp") and span.given:
            opened = tokens[owner.end_token].text if owner.end_token < len(tokens) else ""
            if opened == "(" and span.start_token == owner.end_token + 1:
                kept[-1] = _with_aside(owner, span)
        kept.append(span)
    return kept


def _with_aside(owner: NameSpan, span: NameSpan) -> NameSpan:
    known = given_names.known(owner.as_written)
    if known and known.short and span.given == span.as_written:
        patronymic = owner.patronymic or span.patronymic
        return owner._replace(given=span.given, patronymic=patronymic, aside=owner.as_written)
    return owner._replace(aside=span.given or "")


def _agree(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """A surname or given name that could be read in two ways is read as it stands elsewhere."""
    full = {fold(span.surname): span for span in spans if span.surname and span.given}
    givens = {fold(span.given): span for span in spans if span.given and span.surname}
    begun: dict[str, list[NameSpan]] = {}
    for span in spans:
        if span.given and len(span.given) > _ALIKE:
            begun.setdefault(fold(span.given)[:_ALIKE], []).append(span)
    agreed = []
    for span in spans:
        parts = order(span)
        if parts == "s" and span.surname and fold(span.surname) not in full:
            if fond := _fond_of(span, begun):
                agreed.append(span._replace(surname=None, given=fond.given, sex=fond.sex))
                continue
            agreed.append(_as_elsewhere(span, full, 0))
        elif parts in CLIPPED and span.sex is _WOMAN and not mothers(span, tokens):
            agreed.append(as_mans(span, tokens, full if parts[0] == "s" else {}))
        elif parts == "g" and span.given and fold(span.given) not in givens:
            agreed.append(_as_elsewhere(span, givens, 1))
        else:
            agreed.append(_as_twin(span, spans))
    return agreed


def _fond_of(span: NameSpan, begun: dict[str, list[NameSpan]]) -> NameSpan | None:
    """«от Лаврика нет вестей. Лаврентий Неупокоев»: what looks like a surname is short for him.

    `begun`: first letters of the given names of the text → those names.
    """
    fond = fold(span.surname or "")
    likely = begun.get(fond[:_ALIKE], ())
    return next((other for other in likely if len(fond) < len(other.given or "")), None)


def _as_twin(span: NameSpan, spans: list[NameSpan]) -> NameSpan:
    """«Цыбуленка Назар» beside «Цыбуленко» elsewhere is the same surname."""
    if span.surname and span.surname.endswith("енка"):
        twin = span.surname[:-1] + "о"
        if any(other.surname == twin for other in spans):
            return span._replace(surname=twin)
    return span


def _agree_in_lists(spans: list[NameSpan], tokens: list[Token]) -> list[NameSpan]:
    """«Ищу Плетнёва, Хамитова и Жигулина»: surnames in a row are of one sex and case."""
    spans = list(spans)
    for places in (range(1, len(spans)), range(len(spans) - 1, 0, -1)):
        for place in places:
            step = 1 if places.step > 0 else 0
            here, known = (place, place - 1) if step else (place - 1, place)
            span, other = spans[here], spans[known]
            first, second = spans[place - 1], spans[place]
            if order(span) != "s" or order(other) != "s" or not _joined(first, second, tokens):
                continue
            if span.sex is not _MAN and other.sex is _MAN:
                spans[here] = _as_man(span)
    return spans


def _as_man(span: NameSpan) -> NameSpan:
    found = facts(span.as_form)
    for reading in found.surname if found else ():
        if reading.mask & MALE and reading.name != fold(span.surname or ""):
            return span._replace(surname=written(reading.name), sex=_MAN)
    return span


def _as_elsewhere(span: NameSpan, others: dict[str, NameSpan], part: int) -> NameSpan:
    found = facts(span.as_form)
    if found is None:
        return span
    for reading in (found.surname, found.given)[part]:
        other = others.get(fold(reading.name))
        if other is not None and part == 0:
            return span._replace(surname=other.surname, sex=other.sex)
        if other is not None:
            return span._replace(given=other.given, sex=other.sex)
    return span
