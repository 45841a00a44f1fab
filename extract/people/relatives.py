"""Weighed mentions → which of them the other names and words of a text tell to be his relatives.

«Олег Зимин вышел с пикета … мой сын Тарас Олегович», «Егора Шатова брат жив», «сын Льва Чернова
звонил», «Зоя Анучина подтвердила, что сын её вернулся», «Ищу … Помогите! Захар Бадмаев».
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from extract.layout import ITEM, TITLE
from extract.names.words import kind_of
from extract.people.mentions import NAMESAKE, SEEKER, SOUGHT, Mention, Surroundings, coordinated
from extract.people.sameness import agree, same_surname
from extract.tokens import WORD, Token
from model import Sex
from russian.given import full_names, known
from russian.inflect import given_forms
from russian.phrases import Hit, word_class
from russian.skeleton import patronymic_root
from russian.transliterate import from_father

_WEIGHT = 6.0
_ANOTHER = 7.0  # as surely as «не он»: nothing said of the man is said of him
_LOUD = 3.0  # weight of one reason above which something is said of him himself
_TOLD = 1.5  # weight of a name that a text tells of at all
_MUCH = 4.0  # weight of all that is said for a man of whom only a fate is told
_ASKED = 5.0  # weight of a verb that asks for someone
_HIS_SON = 9.0  # weight of «сын Льва Чернова» against Лев
_QUIET = frozenset(("full name", "stands by itself", "his fate told", "=зовут"))
_BORNE = 100  # bearers of a given name that is a surname too
_AUNTS = frozenset(("баба", "тетя", "тетка", "бабка"))  # said before their own names
_CALLED = frozenset(("зовут", "звали", "звать"))
_WHOSE = word_class("pointers", "his") | word_class("pointers", "own")


def weigh_relatives(found: Sequence[Mention], around: Surroundings) -> None:
    """Add what speaks against each name."""
    _weigh_fathers(found, around)
    _weigh_those_whose_he_is(found, around)
    for mention in found:
        if mention.span.sex is Sex.FEMALE:
            if _waits(mention, found, around) or _called_kin(mention, found, around):
                mention.add(SEEKER, _WEIGHT + mention.sought, "her man is told of")
        elif len(found) > 1 and _of_his_surname(mention, found, around):
            mention.add(SEEKER, _WEIGHT + mention.sought, "another of the surname is told of")
        elif _told_by_kinship(mention, found, around):
            mention.add(SEEKER, _WEIGHT + mention.sought, "kin of him")
        elif _called_kin(mention, found, around) or _given_alone(mention, found, around):
            mention.add(SEEKER, _WEIGHT + mention.sought, "kin called so")


def _weigh_fathers(found: Sequence[Mention], around: Surroundings) -> None:
    """«Олег Зимин … Тарас Олегович»: who bears the name another's patronymic is made of."""
    sons = [
        (patronymic_root(mention.span.patronymic), mention)
        for mention in found
        if mention.span.patronymic and not _is_kins(mention, around)
    ]
    for mention in found if sons else ():
        span = mention.span
        if not span.given or span.patronymic or span.sex is Sex.FEMALE or span.initials:
            continue
        roots = {patronymic_root(span.given), patronymic_root(from_father(span.given))}
        his = [son for root, son in sons if root in roots and _of_one_house(mention, son)]
        if not his or _is_another_sought(mention, found):
            continue
        if _is_quiet(mention) or mention.scores.get(SEEKER, 0.0) >= _HIS_SON:
            mention.add(NAMESAKE, _ANOTHER, "his father")


def _is_kins(mention: Mention, around: Surroundings) -> bool:
    """«нашёл отца, Сергея Ивановича», «его сын Илья Петрович»: told by his kinship alone?"""
    tokens, at = around.tokens, mention.span.start_token - 1
    while at >= 0 and (tokens[at].text in ",:—–-(" or tokens[at].key in _WHOSE):
        at -= 1
    if at not in around.kin:
        return False
    if at and tokens[at - 1].key == "его":
        return True
    return any(
        hit.end == at + 1 and hit.table == "kin" and hit.value in ("seeker", "both")
        for hit in around.hits
    )


def _is_another_sought(mention: Mention, found: Sequence[Mention]) -> bool:
    """«Виктор Павлович … Павел Викторович … про Пашку»: the name of one told of more fully."""
    return any(
        one.span.given
        and one.span.sex is not Sex.FEMALE
        and (one.span.patronymic or (one.span.surname and not mention.span.surname))
        and agree(one.span.given, mention.span.given, loose=False)
        for one in found
        if one is not mention
    )


def _of_one_house(father: Mention, son: Mention) -> bool:
    """One surname, where both have any."""
    mine, his = father.span.surname, son.span.surname
    return mine is None or his is None or same_surname(mine, his)


def _is_quiet(mention: Mention) -> bool:
    """Is nothing told of the man himself, beyond his name and his kinship?"""
    if mention.vouched or mention.free:
        return False
    why = mention.why.get(SOUGHT, "")
    if why == "his fate told" and mention.sought > _MUCH:
        return False
    loud = mention.loudest.get(SOUGHT, 0.0) >= _LOUD
    return not loud or why in _QUIET or why.endswith(" of") or kind_of(why) == "kin"


def _weigh_those_whose_he_is(found: Sequence[Mention], around: Surroundings) -> None:
    """«Егора Шатова родной брат жив», «Ильи Баулина сынка»: in the genitive before kinship.

    And «сын Льва Чернова звонил», of which the surname behind is the son's too.
    """
    tokens = around.tokens
    kin = {hit.start: hit for hit in around.hits if hit.table == "kin" and hit.note == "m"}
    for mention in found if kin else ():
        span = mention.span
        if not span.given or "gent" not in span.cases or "nomn" in span.cases:
            continue
        if _is_told_again(mention, found):
            continue
        at = span.end_token
        at += at < len(tokens) and "ADJF" in tokens[at].word.tags and at not in kin
        begins = around.layout.sentence(span.start_token).start == span.start_token
        if (at in kin and begins and _one_of_his(kin[at])) or (
            span.surname and mention.loudest.get(SEEKER, 0.0) >= _HIS_SON
        ):
            mention.add(NAMESAKE, _ANOTHER, "whose he is")


def _is_told_again(mention: Mention, found: Sequence[Mention]) -> bool:
    """«Ребёнок Мухина Стёпы … муж мой, Степан Мухин»: he is named elsewhere too."""
    mine = mention.span
    return any(
        one.span.surname
        and one.span.given
        and (mine.surname is None or same_surname(mine.surname, one.span.surname))
        and agree(mine.given, one.span.given, loose=False)
        for one in found
        if one is not mention
    )


def _one_of_his(hit: Hit) -> bool:
    return hit.value in ("sought", "both")


def _waits(mention: Mention, found: Sequence[Mention], around: Surroundings) -> bool:
    """«Зоя Анучина подтвердила, что сын её жив»; «…Раиса Юрова.» alone below a man sought.

    A woman nothing is told of, who stands beside a word for her man, or signs below his name.
    """
    span = mention.span
    told = mention.vouched or mention.loudest.get(SOUGHT, 0.0) >= _ASKED or span.patronymic
    headed = around.tokens[span.end_token : span.end_token + 1]
    if told or not (span.surname and span.given) or (headed and headed[0].text == ":"):
        return False
    sentence = around.layout.sentence(span.start_token)
    hers = any(
        hit.table == "kin" and hit.value == "sought" and hit.note == "m"
        for hit in around.hits
        if sentence.start <= hit.start < sentence.end and hit.start > span.end_token
    )
    if hers and not any(
        hit.value == "sought"
        for hit in around.asking.get(around.layout.sentence_of[span.start_token], ())
    ):
        return True
    alone = _alone(mention, around)
    return alone and any(
        one.span.sex is Sex.MALE and one.span.given and one.net >= _LOUD for one in found
    )


def _alone(mention: Mention, around: Surroundings) -> bool:
    """Is the name all that its sentence says?"""
    span = mention.span
    sentence = around.layout.sentence(span.start_token)
    if sentence.start == 0 or around.layout.line(span.start_token).kind in (ITEM, TITLE):
        return False
    return not any(
        around.tokens[at].kind is WORD
        for at in (*range(sentence.start, span.start_token), *range(span.end_token, sentence.end))
    )


def _of_his_surname(mention: Mention, found: Sequence[Mention], around: Surroundings) -> bool:
    """«… Захар Бадмаев попросил написать»: nothing is told of him, much of another Бадмаев."""
    span = mention.span
    plain = span.surname and span.given and not span.patronymic and not span.initials
    if not plain or mention.vouched or around.layout.line(span.start_token).kind in (ITEM, TITLE):
        return False
    why = mention.why.get(SOUGHT, "")
    quiet = why in ("full name", "stands by itself")
    quiet = quiet or (why == "his fate told" and mention.sought <= _MUCH)
    quiet = quiet or (kind_of(why) == "kin" and "gent" in span.cases)  # «сына Льва Чернова»
    if not (quiet or mention.kin):
        return False
    others = [
        one
        for one in found
        if one.span.surname
        and same_surname(one.span.surname, span.surname or "")
        and one.span.given
        and not agree(one.span.given, span.given)
    ]
    least = mention.sought + _LOUD if quiet and not mention.kin else _TOLD
    if not any(one.vouched or (one.net >= least and not one.kin) for one in others):
        return False
    if _heads_a_line(mention, around):
        return False
    return not any(
        coordinated(left.span, right.span, around)
        for left, right in pairwise(found)
        if mention in (left, right)
    )


def _heads_a_line(mention: Mention, around: Surroundings) -> bool:
    """«Нехаев Руслан (Майкоп) — ничего», a row of a list: not a line of the name alone."""
    line = around.layout.line(mention.span.start_token)
    if line.start == 0 or mention.span.start_token != line.start:
        return False
    return any(
        around.tokens[at].kind is WORD and at not in around.kin
        for at in range(mention.span.end_token, line.end)
    )


def _called_kin(mention: Mention, found: Sequence[Mention], around: Surroundings) -> bool:
    """«Шурина его зовут Толик», «я кум, зовут Пётр Буров», where another man is sought.

    The verb may stand before: «меня зовут Нина, а мужа Пётр».
    """
    tokens, at = around.tokens, mention.span.start_token - 1
    if at < 1:
        return False
    kin = {"seeker", "both"}
    if tokens[at].key in _CALLED:
        at -= 1
    elif _verb_left_out(mention, around):
        kin.add("sought")  # «ищу сына Зимина … а мужа Пётр»
    else:
        return False
    while at > 0 and (tokens[at].key in _WHOSE or tokens[at].text == ","):
        at -= 1
    if not any(
        hit.end == at + 1 and hit.table == "kin" and hit.value in kin for hit in around.hits
    ):
        return False
    return any(
        one.span.surname and one.net >= _LOUD and not agree(one.span.given, mention.span.given)
        for one in found
    )


def _verb_left_out(mention: Mention, around: Surroundings) -> bool:
    """Does a name in the nominative stand in a sentence that said «зовут» before?"""
    cases, start = mention.span.cases, mention.span.start_token
    if "nomn" not in cases or "accs" in cases:
        return False
    sentence = around.layout.sentence(start)
    return any(token.key in _CALLED for token in around.tokens[sentence.start : start])


def _given_alone(mention: Mention, found: Sequence[Mention], around: Surroundings) -> bool:
    """«Ради Клима, папы»: a given name that is a surname too, beside a word of kinship."""
    span, tokens = mention.span, around.tokens
    name = known(span.surname or "") if span.given is None and not span.patronymic else None
    if name is None or name.bearers < _BORNE:
        return False
    before, after = span.start_token - 1, span.end_token
    before -= before > 0 and tokens[before].text == ","
    after += after < len(tokens) and tokens[after].text == ","
    told = any(
        hit.table == "kin" and hit.value in ("seeker", "both")
        for hit in around.hits
        if hit.end == before + 1 or hit.start == after
    )
    return told and any(one.span.surname and one.span.given and one.net >= _LOUD for one in found)


def _told_by_kinship(mention: Mention, found: Sequence[Mention], around: Surroundings) -> bool:
    """«узнал его родной дядька Миша Панов», «я жена его, Ворсина Ю.», «у бабы Паши»."""
    if mention.kin and mention.scores.get(SEEKER, 0.0) >= _LOUD:
        return any(one.net >= _LOUD and not one.kin for one in found if one is not mention)
    span, tokens = mention.span, around.tokens
    before = tokens[span.start_token - 1].text if span.start_token else ""
    if span.initials and before == "," and tokens[span.start_token].key[-1] in "ая":
        at = span.start_token - 2
        while at > 0 and tokens[at].key in _WHOSE:
            at -= 1
        return _hers(at, around) is not None and _is_subject(tokens[at])
    if span.surname is None and before != "," and _may_be_a_womans(span.as_form):
        aunt = _hers(span.start_token - 1, around)
        cases = {parse.case for parse in tokens[span.start_token - 1].word.parses}
        return aunt is not None and aunt.phrase in _AUNTS and bool(cases & span.cases)
    return False


def _hers(at: int, around: Surroundings) -> Hit | None:
    """The word for a woman of the family that ends with the token."""
    return next(
        (
            hit
            for hit in around.hits
            if hit.table == "kin" and hit.end == at + 1 and (hit.value, hit.note) == ("seeker", "f")
        ),
        None,
    )


def _is_subject(token: Token) -> bool:
    return any(parse.case == "nomn" for parse in token.word.parses)


def _may_be_a_womans(form: str) -> bool:
    """«Паши», «Шуры»: a short name of men and women?"""
    names = {full for one in given_forms(form.lower()) for full in full_names(one.nominative)}
    return any((name := known(full)) and name.sex is not Sex.MALE for full in names)
