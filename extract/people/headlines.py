"""Names a sentence is about by its shape alone → weights for being the sought man.

«И снова Мельничук. С апреля молчит.»: a sentence of a bare surname is about him. «… погиб. А Ваня
жив», «Про Марата ничего»: a given name set against a man told of before is another of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from extract.fates.states import STATES
from extract.people.mentions import SOUGHT, Mention, Surroundings
from extract.tokens import WORD
from model import Sex
from russian.phrases import Hit, word_class

_HEADLINE = word_class("pointers", "headline")
_BUT = word_class("pointers", "but")
_OURS = word_class("pointers", "ours")
_ABOUT = word_class("pointers", "about")
_ANOTHER = word_class("pointers", "another")
_BEHIND = 7  # tokens between a given name and what is told of it
_FATES = frozenset((*STATES, "missing", "again"))
_CLAUSE = frozenset(",;:—–-(")
_CORE = frozenset(("nomn", "gent", "accs"))
_HEADING_CLAUSE = _BUT | _ABOUT | {"и", "у"}
_ALONE, _AGAINST, _OF_HER = 2.0, 2.5, 3.0


def weigh_headlines(found: Sequence[Mention], around: Surroundings) -> None:
    """Add what the shape of their sentences says of names that are only a part of one."""
    rows = _rows(found, around)
    apart = _apart(found, around)
    for number, mention in enumerate(found):
        span = mention.span
        if span.sex is Sex.FEMALE:
            if span.given is None and span.surname and _of_her(mention, around):
                mention.add(SOUGHT, _OF_HER, "told of her")
            continue
        if span.surname and span.given:
            mention.free = not mention.against and _free(mention, around)
        if span.patronymic:
            continue
        if span.given is None and span.surname and _alone(mention, around):
            mention.add(SOUGHT, _ALONE, "a sentence to himself")
        elif span.given is None and span.surname and _in_row(mention, rows, around):
            mention.add(SOUGHT, _ALONE, "among others")
        elif number in apart and not mention.against:
            mention.add(SOUGHT, _ALONE, "a clause to himself")
        elif span.given is None and span.surname and _done_to(mention, around):
            mention.add(SOUGHT, _ALONE, "done to him")
        elif span.given is None and span.surname and _ones_own(mention, around):
            mention.add(SOUGHT, _ALONE, "one's own")
        elif span.surname is None and span.given and number and _set_against(mention, around):
            mention.add(SOUGHT, _AGAINST, "set against another")


def _of_her(mention: Mention, around: Surroundings) -> bool:
    """«Кирдяшкина отозвалась!»: a woman's surname that opens the post, her fate behind it."""
    span = mention.span
    if span.start_token != around.layout.sentence(span.start_token).start or mention.against > 2:
        return False
    tags = around.tokens[span.end_token].word.tags if span.end_token < len(around.tokens) else ()
    told = (hit for hit in around.hits_at(span.end_token) if hit.table == "claims")
    return "femn" in tags and any(hit.value in _FATES and hit.note != "weak" for hit in told)


def _free(mention: Mention, around: Surroundings) -> bool:
    """Is a whole name what a sentence is about: no noun's, no preposition's, asked of nobody?

    «Сергея Ушакова отдали!», not «нотариус Глеб Мартынов», «на имя Петра Лисина».
    """
    span, tokens = mention.span, around.tokens
    sentence = around.layout.sentence(span.start_token)
    if tokens[sentence.end - 1].text == "?" or span.cases.isdisjoint(_CORE):
        return False
    if span.start_token == sentence.start:
        return True
    at = span.start_token - 1
    word = tokens[at].word
    if tokens[at].kind is not WORD or at in around.kin:
        return True
    return word.tags.isdisjoint(("NOUN", "PREP")) and "ADVB" not in word.tags


def _rows(found: Sequence[Mention], around: Surroundings) -> frozenset[int]:
    """The sentences that name two men or more in full."""
    whole = Counter(
        around.layout.sentence_of[mention.span.start_token]
        for mention in found
        if mention.span.surname and mention.span.given and mention.net > 0
    )
    return frozenset(number for number, men in whole.items() if men > 1)


def _apart(found: Sequence[Mention], around: Surroundings) -> frozenset[int]:
    """«Гладуна похоронили, Шестака держат в плену»: surnames, a clause and a fate for each."""
    told: dict[int, list[int]] = {}
    for number, mention in enumerate(found):
        span = mention.span
        if span.surname and span.given is None and _opens_clause(mention, around):
            told.setdefault(around.layout.sentence_of[span.start_token], []).append(number)
    return frozenset(number for numbers in told.values() if len(numbers) > 1 for number in numbers)


def _opens_clause(mention: Mention, around: Surroundings) -> bool:
    """Does he stand at the head of a clause, with a fate behind him in it?"""
    span, tokens = mention.span, around.tokens
    sentence = around.layout.sentence(span.start_token)
    before = tokens[span.start_token - 1] if span.start_token > sentence.start else None
    if before is not None and before.text not in ",:;—–" and before.key not in _HEADING_CLAUSE:
        return False
    end = min(span.end_token + _BEHIND, sentence.end)
    for at in range(span.end_token, end):
        if tokens[at].text in ",;":
            return False
        if any(_tells(hit, missing=False) or hit.value == "seek" for hit in around.hits_at(at)):
            return True
    return False


def _in_row(mention: Mention, rows: frozenset[int], around: Surroundings) -> bool:
    """«Рыков с Ивделя, Гуров Ян, танкист, Зуев Пётр»: a surname at the head of its clause."""
    at = mention.span.start_token
    if around.layout.sentence_of[at] not in rows or mention.against:
        return False
    return at > 0 and around.tokens[at - 1].text in ",:;"


def _done_to(mention: Mention, around: Surroundings) -> bool:
    """«Лагутика похоронили, Шестака держат»: the object that begins its clause, its verb behind."""
    span, tokens = mention.span, around.tokens
    at, end = span.start_token, span.end_token
    if "nomn" in span.cases or end >= len(tokens) or mention.against:
        return False
    if at > around.layout.sentence(at).start and tokens[at - 1].text not in _CLAUSE:
        return False
    return any(
        parse.pos == "VERB" and parse.number == "plur" and "tran" in parse.tags
        for parse in tokens[end].word.parses
    )


def _ones_own(mention: Mention, around: Surroundings) -> bool:
    """«У нас лежит Кожевников ваш»: the man those who read it ask for."""
    span, tokens = mention.span, around.tokens
    beside = (*tokens[max(0, span.start_token - 1) : span.start_token],)
    beside += tuple(tokens[span.end_token : span.end_token + 1])
    return any(token.key in _OURS for token in beside) and not mention.against


def _alone(mention: Mention, around: Surroundings) -> bool:
    """Is there nothing in his sentence but his surname and words such as «и снова наш»?"""
    span = mention.span
    sentence = around.layout.sentence(span.start_token)
    beside = False
    for at in range(sentence.start, sentence.end):
        token = around.tokens[at]
        if token.kind is WORD and not span.start_token <= at < span.end_token:
            if token.key not in _HEADLINE:
                return False
            beside = True
    begins = not sentence.start and sentence.end < len(around.tokens)
    return beside or begins


def _set_against(mention: Mention, around: Surroundings) -> bool:
    """«А Ваня всё молчит», «Про Марата ничего»: right behind the turn, a fate behind the name."""
    span, tokens = mention.span, around.tokens
    sentence = around.layout.sentence(span.start_token)
    before = [token for token in tokens[sentence.start : span.start_token] if token.kind is WORD]
    if not before or len(before) > 2:
        return False
    turns = before[0].key in _BUT and len(before) == 1 and "nomn" in span.cases
    about = before[-1].key in _ABOUT
    another = before[-1].key in _ANOTHER and "nomn" in span.cases
    if not (turns or about or another):
        return False
    end = min(span.end_token + _BEHIND, sentence.end)
    start = sentence.start if about else span.end_token
    told = (hit for at in range(start, end) for hit in around.hits_at(at))
    told = (hit for hit in told if not (another and hit.note == "call"))  # his call tells of him
    return any(_tells(hit, missing=about) for hit in told)


def _tells(hit: Hit, *, missing: bool) -> bool:
    if hit.table != "claims" or hit.note == "weak":
        return False
    return hit.value == "missing" if missing else hit.value in _FATES
