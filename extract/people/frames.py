"""Verb frames («ищу …», «… пропал», «звонить …») → weights for the names beside them."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache

from extract.names import NameSpan
from extract.names.words import kind_of
from extract.people.mentions import (
    OFFICE,
    REACH,
    SEEKER,
    SOUGHT,
    Mention,
    Role,
    Surroundings,
    before,
    coordinated,
)
from extract.tokens import NUMBER, WORD, Token
from model import Sex
from russian.phrases import Hit, word_class

_NO_LONGER = word_class("pointers", "nolonger")
_SAYS = frozenset(("мой", "моя", "моего", "мою", "моему", "моих", "мы", "я", "наш", "нашего"))
_SAID = 3  # tokens behind the colon
_MINE = word_class("pointers", "mine")
_SURELY = 4.0  # more weight for the subject of the verb
_OWN = word_class("pointers", "own")
_BACKWARD = {"sought": 5, "namesake": 9}  # words between a name and what is said of it


def heaviest_frames(hits: Sequence[Hit]) -> list[Hit]:
    """Of frames that begin at one word and name one role, the weightiest."""
    best: dict[tuple[int, str], Hit] = {}
    over = {at for hit in hits if hit.note == "was" for at in range(hit.start, hit.end)}
    for hit in hits:
        if hit.table == "frames" and hit.start not in over:
            key = (hit.start, hit.value)
            if key not in best or _weight(hit) > _weight(best[key]):
                best[key] = hit
    return list(best.values())


def _weight(hit: Hit) -> float:
    return _told_weight(hit.note)


@cache
def _told_weight(note: str) -> float:
    return float((*note.split(), "4")[1])


def weigh_frame(hit: Hit, found: list[Mention], starts: list[int], around: Surroundings) -> None:
    """Add what one frame says to the names it governs."""
    if not _holds(hit, around):
        return
    side = hit.note.partition(" ")[0]
    weight = _weight(hit)
    layout = around.layout
    sentence = layout.sentence(hit.start)
    line = layout.line(hit.start)
    place = bisect_left(starts, hit.end)
    if side != "before":
        for number in range(place, min(place + 6, len(found))):
            mention = found[number]
            span = mention.span
            if span.start_token >= sentence.end and not (
                _introduces(around, sentence.end) and span.start_token < line.end + 1
            ):
                break
            if span.start_token - hit.end > REACH or _severed(hit, span.start_token, around):
                break
            words = words_between(around, hit.end, span.start_token)
            far = words > (5 if hit.value == "sought" else 3)
            far = far and not _follows_another(number, found, around)
            if far or _begins_news(hit, mention, around):
                break
            _apply_behind(hit, mention, weight - max(0, words - 1) * 0.5, around)
            if hit.value != "sought":
                break
    if side != "after":
        for mention in reversed(found[max(0, place - 3) : place]):
            span = mention.span
            if span.start_token < sentence.start or not 0 <= hit.start - span.end_token <= REACH:
                break
            words = words_between(around, span.end_token, hit.start)
            if words > _BACKWARD.get(hit.value, 2):
                break
            if hit.value == "sought" and span.surname is None and _own_follows(hit, found, place):
                break  # «со слов Мусы пропал Басханов Ибрагим»
            fading = 0.0 if hit.value == "namesake" else max(0, words - 1) * 0.5
            _apply(hit, mention, weight - fading, after=False)
            break


def _severed(hit: Hit, start: int, around: Surroundings) -> bool:
    """«Напишите, выносили ли Руслана», «со слов ребят, Глеб …»: a clause of its own between?"""
    if hit.value not in ("seeker", "comrade"):
        return False
    between = around.tokens[hit.end : start]
    if any("VERB" in token.word.tags or token.key == "ли" for token in between):
        return True
    told = any(token.kind is WORD for token in between[:1])
    return told and between[-1].text == "," and hit.phrase.startswith(("со слов", "вместе"))


def _holds(hit: Hit, around: Surroundings) -> bool:
    """Not «не звоните», «больше не ищем»; nor «телефон Ильина вне сети», without any number."""
    if hit.value == "namesake" and before(around.tokens, hit.start).lower() in _NO_LONGER:
        return False
    if hit.value == "seeker" and before(around.tokens, hit.start).lower() == "не":
        return False
    sentence = around.layout.sentence(hit.start)
    if not hit.note.endswith("contact") or around.layout.sentence_of[hit.start] not in around.fates:
        return True
    return any(sentence.start <= start <= sentence.end + 1 for start, _ in around.contacts)


def _own_follows(hit: Hit, found: list[Mention], place: int) -> bool:
    """Does a name with a surname stand right behind a verb that takes a name on either side?"""
    if place >= len(found) or hit.note.startswith("before"):
        return False
    span = found[place].span
    return span.start_token == hit.end and span.surname is not None


def _introduces(around: Surroundings, end: int) -> bool:
    return end >= 1 and around.tokens[end - 1].text in ":;"


def _follows_another(number: int, found: list[Mention], around: Surroundings) -> bool:
    """Is the name one more in a row of names after the same verb?"""
    return number > 0 and coordinated(found[number - 1].span, found[number].span, around)


def _who_seeks(hit: Hit, mention: Mention, around: Surroundings) -> bool:
    """«Ищет муж, Паньшин Тимур», «Ищет брата наш Карп Дзусов»: the name is the verb's subject.

    The sentence begins with the verb; a word of kinship in the nominative stands before the name,
    or one in the accusative and «наш» behind it.
    """
    span = mention.span
    opens = hit.value == "hunts" and hit.start == around.layout.sentence(hit.start).start
    between = around.tokens[hit.end : span.start_token]
    if not opens or "nomn" not in span.cases or any(token.text in ":—–-(" for token in between):
        return False
    kin = next((token for token in between if kind_of(token.text) == "kin"), None)
    if kin is None:
        return False
    cases = {parse.case for parse in kin.word.parses}
    ours = bool(between) and "nomn" in {parse.case for parse in between[-1].word.parses}
    return "nomn" in cases or (ours and not _OWN.isdisjoint(between[-1].word.normals))


def weigh_me(found: Sequence[Mention], tokens: Sequence[Token]) -> None:
    """«пишите жене или мне, Ромке Гвоздю»: who is named in the dative behind «мне» writes.

    And who says «мой» behind a colon: «Норжима Гармаева: старшего моего привезли».
    """
    for mention in found:
        at, end = mention.span.start_token, mention.span.end_token
        if end < len(tokens) and tokens[end].text == ":" and not mention.dated:
            says = any(token.key in _SAYS for token in tokens[end + 1 : end + 1 + _SAID])
            mention.add(SEEKER, 9 if says and "nomn" in mention.span.cases else 0, "мой")
        if at > 1 and tokens[at - 1].text == "," and tokens[at - 2].key == "мне":
            mention.add(SEEKER, 9 if "datv" in mention.span.cases else 0, "мне")


def _begins_news(hit: Hit, mention: Mention, around: Surroundings) -> bool:
    """«велел передать всем: Азат вышел»: is he whom a verb behind the colon tells of?"""
    at, end = mention.span.start_token, mention.span.end_token
    if hit.value != "seeker" or before(around.tokens, at) != ":" or end >= len(around.tokens):
        return False
    tags = around.tokens[end].word.tags
    return "VERB" in tags and "past" in tags


def _apply_behind(hit: Hit, mention: Mention, weight: float, around: Surroundings) -> None:
    """Count a frame for a name behind it."""
    if _who_seeks(hit, mention, around):
        mention.add(SEEKER, weight + _SURELY, hit.phrase)
        return
    own = before(around.tokens, mention.span.start_token).lower() in _MINE
    _apply(hit, mention, weight, after=True, own=own)


def _apply(hit: Hit, mention: Mention, weight: float, *, after: bool, own: bool = False) -> None:
    """Count a frame for one name; `own`: «наш», «мой» stands right before the name."""
    if weight <= 0 or _not_his(hit, mention.span, after=after, own=own):
        return
    span = mention.span
    if hit.value == "hunts":
        nominative = "nomn" in span.cases and (after or "accs" not in span.cases)
        if span.sex is Sex.FEMALE and "nomn" in span.cases:
            nominative = True
        if after and span.surname and span.given and span.sex is not Sex.FEMALE:
            nominative = False
        mention.add(SEEKER if nominative else SOUGHT, weight, hit.phrase)
        return
    if hit.value == "eponym":
        if span.given is None and after and weight >= 5.5:
            mention.add(OFFICE, weight, hit.phrase)
        return
    if hit.value == "sought" and span.surname is None and not span.patronymic:
        weight *= 0.6
    mention.add(Role(hit.value), weight, hit.phrase)


def _not_his(hit: Hit, span: NameSpan, *, after: bool, own: bool) -> bool:
    """Does the form of a name tell that the frame is not of it?"""
    if hit.phrase == "=я":
        return "accs" in span.cases and "nomn" not in span.cases  # «нашла я Толика»
    if hit.note.endswith("hers"):  # «Расула Кадилаева мать просила написать»
        return not (span.sex is Sex.FEMALE and "nomn" in span.cases)
    if hit.note.endswith("called"):  # «поменяли Ильина Петра, спасибо всем»
        return span.surname is not None and span.given is not None
    return hit.value == "comrade" and after and own  # «служил вместе с нашим Гошей Куклиным»


def words_between(around: Surroundings, start: int, end: int) -> int:
    """Words and numbers between two tokens, pronouns such as «мой» aside."""
    return sum(
        token.kind in (WORD, NUMBER) and not _kin_like(token) for token in around.tokens[start:end]
    )


def _kin_like(token: Token) -> bool:
    return "ADJF" in token.word.tags and "Apro" in token.word.tags
