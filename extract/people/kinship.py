"""Words of kinship and office beside a name → whose name it is.

«Мой муж, Лещук Виталий» is sought; «мама Гульшат» seeks; «мама Дорошкевича» is neither: the name,
in another case than the word before it, is the man's whose mother she is.
"""

from __future__ import annotations

from bisect import bisect_left

from extract.people.frames import words_between
from extract.people.mentions import (
    CLOSES,
    COMRADE,
    OFFICE,
    REACH,
    SEEKER,
    SOUGHT,
    Mention,
    Role,
    Surroundings,
)
from extract.tokens import WORD, Word
from model import Sex
from russian.given import known
from russian.phrases import Hit, word_class
from russian.ranks import rank

_MAN, _WOMAN = Sex.MALE, Sex.FEMALE
_BETWEEN = frozenset(',:—–-(«"“')
_OPENS = frozenset("(—–-,")
_KIN_FILLERS = frozenset(("ADJF", "NPRO", "PRTF", "Apro", "Abbr", "PRCL"))
_OFFICE_FILLERS = frozenset(("ADJF", "gent", "accs", "Abbr", "PREP"))
_NOMINATIVE = frozenset(("nomn",))
_LABEL = 4  # words of a field's label
_COUNTED = 4  # tokens from «у» to those one has: «у меня ещё два брата»
_SOON = 12  # tokens from a name to the contact that is his
_THIS_MY = word_class("pointers", "this")
_OWN = word_class("pointers", "own")
_FOND = word_class("pointers", "fond")
_MATES = word_class("pointers", "mate")
_HIS = word_class("pointers", "his")
_TOLD_OF = word_class("pointers", "about") - {"с"}  # «про брата, Адама»


def weigh_kin(hit: Hit, found: list[Mention], starts: list[int], around: Surroundings) -> None:
    """A word of kinship or office in agreement beside a name."""
    if hit.note == "m" and any(
        other.table == "kin" and other.start == hit.start and other.note == "f"
        for other in around.hits_at(hit.start)
    ):
        near = bisect_left(starts, hit.end)
        if near < len(found) and found[near].span.sex is not _MAN:
            return
    place = bisect_left(starts, hit.end)
    called = hit.value == "office" and around.tokens[hit.end : hit.end + 1]
    if called and called[0].text == ",":
        return
    if place < len(found) and _adjoins(
        around, hit.end, found[place].span.start_token, office=hit.value == "office"
    ):
        _apply_kin(hit, found[place], around, before=True)
    if place > 0:
        span = found[place - 1].span
        gap = around.tokens[span.end_token : hit.start] if hit.start - span.end_token < 5 else ()
        marked = bool(gap) and (gap[0].text in _OPENS or gap[0].key == "это")
        ends = hit.end >= len(around.tokens) or around.tokens[hit.end].text in CLOSES
        short = sum(t.kind is WORD and t.key not in _THIS_MY for t in gap) <= 1
        if not ends and hit.value in ("seeker", "both"):  # «Зоя, 45 лет, мать бойца»
            ends = "gent" in around.tokens[hit.end].word.tags and span.surname is None
        close = len(gap) <= 4 and all(t.text != "\n" for t in gap)
        if marked and close and short and ends:
            _apply_kin(hit, found[place - 1], around, before=False)


def _adjoins(around: Surroundings, end: int, start: int, *, office: bool) -> bool:
    """Is there nothing of weight between the word of kinship and the name?

    Between an office and its holder there may be what he holds: «депутат областной думы».
    """
    words = 0
    most, fillers = (6, _OFFICE_FILLERS) if office else (2, _KIN_FILLERS)
    if start - end > most + 4 or (office and _ends_a_clause(around, end, start)):
        return False
    if around.layout.sentence_of[end - 1] != around.layout.sentence_of[start] and office:
        return False
    for at in range(end, start):
        token = around.tokens[at]
        if token.kind is WORD:
            words += 1
            if not token.word.tags & fillers and not (office and rank(around.tokens, at)):
                return False
        elif not _joins(around, at, office=office):
            return False
    return words <= most


def _joins(around: Surroundings, at: int, *, office: bool) -> bool:
    """May a mark stand between the two? Not a quotation: «с согласия семьи: «С Петром шли …»»."""
    mark = around.tokens[at].text
    if mark in '«"“' and around.tokens[at - 1].text == ":":
        return False
    return mark in _BETWEEN or (office and mark == ".")


def _ends_a_clause(around: Surroundings, end: int, start: int) -> bool:
    """«говорил волонтёр: Сорокин Вадим», «позвонил врач из Ростова: Идигов у них»: no label."""
    between = around.tokens[end:start]
    if any(token.text == ":" for token in between[1:]) and "PREP" in between[0].word.tags:
        return True
    colon = end < len(around.tokens) and around.tokens[end].text == ":"
    line = around.layout.line(end - 1)
    return colon and end - 1 - line.start > _LABEL


def _apply_kin(hit: Hit, mention: Mention, around: Surroundings, *, before: bool) -> None:
    """Add what one word of kinship says to the names beside it."""
    span, tokens = mention.span, around.tokens
    head = tokens[hit.end - 1].word
    cases = {
        parse.case
        for parse in head.parses
        if parse.case and (hit.phrase[0] in "=" or parse.normal.replace("ё", "е") in hit.phrase)
    }
    woman = hit.note == "f"
    apart = any(
        token.text in ":—–-(" or token.key == "тоже" for token in tokens[hit.end : span.start_token]
    )
    agrees = not cases or not span.cases or bool(cases & span.cases) or apart or not before
    opposite = (woman and span.sex is _MAN) or (
        hit.note == "m" and span.sex is _WOMAN and hit.value != "office"
    )
    sought_object = _object_of_search(hit, around)
    reached = not before and hit.value == "both" and _reached_behind(hit, around)
    counted = before and _are_counted(hit, mention, around)
    if reached or counted or _taken_for_hers(hit, mention, around):
        mention.add(SEEKER, 5, hit.phrase)
        return
    if hit.value in ("office", "comrade"):
        if agrees and not opposite and not _is_served(hit, mention):
            role = OFFICE if hit.value == "office" else COMRADE
            mention.add(role, 7 if hit.value == "office" else 4, hit.phrase)
        return
    told = around.tokens[span.start_token - 1].text == ":"  # «прислала мама: Долгих Иван»
    both = "nomn" in cases and "nomn" in span.cases and not (told and opposite)
    if before and opposite and both and hit.value == "seeker":  # «бабушка Пак Ен Сун»
        mention.add(SEEKER, 5, hit.phrase)
        return
    still = span.surname is None and span.cases == _NOMINATIVE and "nomn" not in cases
    if before and still and woman and hit.value == "seeker":  # «с сестрой Райхан»
        mention.add(SEEKER, 5, hit.phrase)
        return
    if before and (opposite or not agrees):  # «мама Дорошкевича Кирилла», «сын Мурата Байчорова»
        if hit.value == "sought" and not opposite:
            if "nomn" in span.cases:  # «ищу сына Курбанов Фируз»
                mention.add(SOUGHT, 3, hit.phrase)
            else:
                mention.add(SEEKER, 9, f"his {hit.phrase}")
        elif span.surname or opposite:
            mention.add(SOUGHT, 3, f"{hit.phrase} of")
        return
    if opposite:
        return
    mention.add(*_kin_verdict(hit, mention, around, sought_object=sought_object))
    asked = around.layout.sentence_of[span.start_token] in around.asking
    one = hit.value == "both" and any(
        (parse.case, parse.number) == ("nomn", "sing") for parse in head.parses
    )
    labels = around.tokens[span.start_token - 1].text == ":"  # «Брат: Селиверстов Паша»
    mention.kin |= one and not (asked or sought_object or labels)


def _taken_for_hers(hit: Hit, mention: Mention, around: Surroundings) -> bool:
    """«Наиля, мать троих», «одноклассница его, Камила»: a man's genitive read again as her name.

    Does so where it is one, and says whether it did.
    """
    span, tokens = mention.span, around.tokens
    if hit.note != "f" or hit.value != "seeker" or span.surname or span.sex is not _MAN:
        return False
    beside = span.start_token - 1 if hit.end <= span.start_token else span.end_token
    name = known(span.as_form) if tokens[beside].text in ",—–-" else None
    if name is None or name.sex is not _WOMAN:
        return False
    hers = tokens[span.start_token].text
    mention.span = span._replace(given=hers, sex=_WOMAN, cases=_NOMINATIVE, case="nomn")
    return True


def _are_counted(hit: Hit, mention: Mention, around: Surroundings) -> bool:
    """«у меня четыре брата Азрет, Мурат …»: those one has, where no verb asks for them."""
    before = around.tokens[max(0, hit.start - _COUNTED) : hit.start]
    counted = bool(before) and "NUMR" in before[-1].word.tags
    had = any(token.key == "у" for token in before)
    asked = around.layout.sentence_of[hit.start] in around.asking
    return counted and had and not asked and "nomn" in mention.span.cases


def _is_served(hit: Hit, mention: Mention) -> bool:
    """«Медсестра Кильдибаева Лиана Ураловна, 1998»: an office with a year of birth is a trade."""
    whole = bool(mention.span.patronymic) and not mention.span.initials
    return hit.value == "office" and mention.vouched and whole


def _reached_behind(hit: Hit, around: Surroundings) -> bool:
    """«Антон Неупокоев (батя), звоните до 23: …»: kinship alone in brackets, then a contact."""
    tokens = around.tokens
    around_it = [token.text for token in tokens[max(0, hit.start - 1) : hit.end + 1]]
    if around_it[0] != "(" or around_it[-1] != ")":
        return False
    soon = range(hit.end, hit.end + _SOON)
    if any(one.value == "hunts" and one.start in soon for one in around.hits if one.start in soon):
        return True
    place = bisect_left(around.contacts, (hit.end, 0))
    return place < len(around.contacts) and around.contacts[place][0] - hit.end <= _SOON


def _kin_verdict(
    hit: Hit, mention: Mention, around: Surroundings, *, sought_object: bool
) -> tuple[Role, float, str]:
    """Whose name it is where the word and the name agree."""
    full = mention.span.surname is not None
    if sought_object:
        return SOUGHT, 5 if full else 3, f"seeks {hit.phrase}"
    before = _word_before(hit, around)
    his = before is not None and before.key in _HIS
    own = before is not None and bool(before.normals & _OWN)
    if hit.end < len(around.tokens):  # «деверь мой»
        own = own or bool(around.tokens[hit.end].word.normals & _OWN)
    reached = mention.scores.get(SEEKER, 0) >= 3  # a telephone or a signature beside
    if his and hit.phrase in _MATES:
        return COMRADE, 6, f"his {hit.phrase}"  # «позвонил его друг Костя Ветров»
    if hit.value == "seeker":
        return SEEKER, 5, hit.phrase
    if before is not None and before.key in _TOLD_OF:
        seeks = his
    elif hit.value == "sought":
        seeks = his or (reached and not _dated(mention))
    else:
        seeks = not own and (his or reached or not full)
    if seeks:
        return SEEKER, 4 if reached or hit.value == "both" else 3, hit.phrase
    weight = 4 if full else 2
    return SOUGHT, weight if own or hit.value == "sought" else 1, hit.phrase


def _word_before(hit: Hit, around: Surroundings) -> Word | None:
    """The word before the one of kinship, past such as «родной»: «его старший брат»."""
    at = hit.start - 1
    if at > 0 and not _FOND.isdisjoint(around.tokens[at].word.normals):
        at -= 1
    return around.tokens[at].word if at >= 0 else None


def _dated(mention: Mention) -> bool:
    return mention.why.get(SOUGHT) == "birth date beside" or mention.sought >= 7


def _object_of_search(hit: Hit, around: Surroundings) -> bool:
    """Is the word of kinship itself what the verb asks for («ищем отца», «пропал мой дядя»)?"""
    head = around.tokens[hit.end - 1].word
    cases = {parse.case for parse in head.parses}
    for frame in around.asking.get(around.layout.sentence_of[hit.start], ()):
        if not -REACH < hit.start - frame.end < REACH:
            continue
        words = words_between(around, frame.end, hit.start)
        follows = frame.end <= hit.start and words <= 2
        wanted = frame.note.rpartition(" ")[2]
        if follows and (wanted in cases or not cases):
            return True
        if hit.end <= frame.start and wanted in cases and "nomn" in wanted:
            return words_between(around, hit.end, frame.start) <= 1
    return False
