"""A sentence that names several men → which part of it speaks of whom.

Names in a row share what is said of them («Котов и Зимин нашлись»); «и» closes a row; a clause
that begins before a name is his who is named in it («Котов погиб, ищем Зимина»).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from extract.dates.parts import is_word
from extract.series import series
from extract.tokens import NUMBER, WORD, Token, Word
from russian.demonyms import people
from russian.phrases import word_class

Name = tuple[int, int, int]  # start, end, person
Piece = tuple[int, int, int]  # person, start, end
_MORE = word_class("pointers", "more")
_ALL = word_class("pointers", "all")
_BUT = word_class("pointers", "but")
_BODY = word_class("pointers", "body")
_CLOSING = word_class("pointers", "and")
_AND = _CLOSING | {",", "/", ";"}
_OUT_OF = frozenset(("из", "с", "со", "от"))
_ABOUT = word_class("pointers", "about") - _OUT_OF | {"у"}
_WITH = frozenset(("с", "со"))
_OF_BIRTH = frozenset(("г", "р", ".", "года", "рождения"))
_HEADED = frozenset(":—–")
_TELLS = frozenset(("VERB", "PRTS", "ADJS", "PRED"))


def divide(here: Sequence[Name], tokens: Sequence[Token], start: int, end: int) -> Iterator[Piece]:
    """The pieces of a sentence, each with the man it is told of. `here`: the names in it."""
    groups = _groups(here, tokens)
    if len(groups) == 1 and _told_apart(here, tokens, end):
        groups = [[here[0]], [here[1]]]
    row = len(groups) == 1
    clause = here[0][0] if row else clause_start(tokens, start, here[0][0])
    behind = _past_bracket(tokens, here[-1][1], end) if row else _of_them_all(here, tokens, end)
    each = series(tokens, behind, end, len(_people(here))) if row else []
    if each:  # «А и Б, 22 и 25 лет, оба по контракту»
        yield from ((who, *one) for who, one in zip(_people(here), each, strict=True))
        yield from _around_values(here, tokens, start, each[-1][1], end)
        return
    common = next((at for at in range(here[-1][1], end) if tokens[at].key in _ALL), behind)
    headed = row or tokens[clause - 1].text in _HEADED or _apposed(here, tokens)
    for person in _people(here if headed else groups[0]):
        yield person, start, clause  # «Нашлись наши: …», not «Зуева нашли, ищем Котова»
    for person in _people(here):
        yield person, common, end
    first = clause
    for group, after in zip(groups, [*groups[1:], None], strict=True):
        last = group[-1][1]
        stop = max(last, common if after is None else turning(tokens, last, after[0][0]))
        yield from _shared(group, tokens, first, stop)
        first = stop


def _around_values(
    here: Sequence[Name], tokens: Sequence[Token], start: int, told: int, end: int
) -> Iterator[Piece]:
    """A row of names whose values end at `told`: what stands before and behind holds for each."""
    for person in _people(here):
        yield person, start, here[0][0]
        yield person, told, end
    for low, high, person in here:
        yield person, low, high


def _apposed(here: Sequence[Name], tokens: Sequence[Token]) -> bool:
    """«… в плену: стрелка Зуева, сапёра Котова»: nothing is told between the names."""
    return not any(
        _tells(token.word)
        for left, right in pairwise(here)
        for token in tokens[left[1] : right[0]]
        if token.kind is WORD
    )


def _people(names: Sequence[Name]) -> list[int]:
    return list(dict.fromkeys(name[2] for name in names))


def _shared(
    group: Sequence[Name], tokens: Sequence[Token], first: int, stop: int
) -> Iterator[Piece]:
    """What stands before and behind a row holds for each in it, but a home for the last."""
    tail = _past_bracket(tokens, group[-1][1], stop)
    people = _people(group)
    if len(group) == 1 or (tail < stop and _is_of_one(tokens[tail])):
        tail = stop
    for person in people:
        yield person, first, group[0][0]
        yield person, tail, stop
    starts = [name[0] for name in group]
    for (_, _, who), low, high in zip(group, starts, [*starts[1:], tail], strict=True):
        yield who, low, high


def _is_of_one(token: Token) -> bool:
    """«…, Бикбулатов, Магомедов из Левашей, Котов …»; «…, Ильин, 30 лет, …»."""
    return token.kind is not WORD or token.key in _OUT_OF


def in_a_row(here: Sequence[Name], tokens: Sequence[Token]) -> bool:
    """Is there nothing but «и», commas and slashes between the names?"""
    return all(
        all(token.key in _AND for token in tokens[left[1] : right[0]])
        for left, right in pairwise(here)
    )


def _groups(here: Sequence[Name], tokens: Sequence[Token]) -> list[list[Name]]:
    """The rows of names: «А, Б и В» is one, in «А и Б, В …» the comma begins another."""
    groups = [[here[0]]]
    closed = False
    for left, right in pairwise(here):
        between = tokens[left[1] : right[0]]
        along = len(between) == 1 and between[0].key in _WITH
        joined = along or in_a_row((left, right), tokens)
        if not joined or (closed and not _closes(between)):
            groups.append([right])
            closed = False
            continue
        groups[-1].append(right)
        closed = closed or _closes(between)
    return groups


def _closes(between: Sequence[Token]) -> bool:
    return any(token.key in _CLOSING for token in between)


def _told_apart(here: Sequence[Name], tokens: Sequence[Token], end: int) -> bool:
    """«Погиб Котов, Зимин ранен»: the verb of one before two names, words behind the second."""
    if len(here) != 2 or here[0][0] == 0 or here[1][1] >= end:
        return False
    before = tokens[here[0][0] - 1].word.parses[:1]
    one = any(parse.pos in _TELLS and parse.number == "sing" for parse in before)
    joint = tokens[here[0][1] : here[1][0]]
    return one and len(joint) == 1 and joint[0].text == "," and tokens[here[1][1]].kind is WORD


def _past_bracket(tokens: Sequence[Token], at: int, end: int) -> int:
    """Past the brackets that belong to the last of a row: «Зыков, Бородулин, Степанов (Тулун)»."""
    if at >= end or tokens[at].text != "(":
        return at
    return next((place + 1 for place in range(at, end) if tokens[place].text == ")"), at)


def turning(tokens: Sequence[Token], after: int, name: int) -> int:
    """Where what is said of a man before his name begins.

    «… погиб, ищем Котова», «… и уроженец Вельска Марк»: behind the last joint, where a verb, the
    dead or a person's noun stands there.
    """
    joint = next((at for at in range(name - 1, after - 1, -1) if _joins(tokens[at])), None)
    if joint is None or any(token.text == ")" for token in tokens[joint:name]):
        return name
    governs = tokens[name - 1]
    if "PREP" in governs.word.tags and governs.key not in _ABOUT:
        return name  # «Зимин пропал, не пишет с Ильина дня»
    words = [token for token in tokens[joint + 1 : name] if token.kind is WORD]
    words = [token for token in words if token.key not in _MORE]
    if any(_tells(token.word) or token.key in _BODY for token in words):
        return joint + 1
    if any("VERB" in token.word.tags for token in tokens[joint:name]):
        return name
    heads = words[:1] + [two for one, two in pairwise(words[:2]) if "ADJF" in one.word.tags]
    who = any("anim" in token.word.tags or people(token.key) for token in heads)
    return joint + 1 if who else name


def _joins(token: Token) -> bool:
    return token.key in _AND or token.key in _BUT


def _tells(word: Word) -> bool:
    return any(parse.known and parse.pos in _TELLS for parse in word.parses[:1])


def clause_start(tokens: Sequence[Token], start: int, name: int) -> int:
    """Where the clause begins that a name stands in."""
    return next((at + 1 for at in range(name - 1, start - 1, -1) if _parts(tokens, at)), start)


def _parts(tokens: Sequence[Token], at: int) -> bool:
    """Is it a mark between clauses, and no hyphen inside a word: «18-летний»?"""
    inside = tokens[at].text == "-" and at > 0 and tokens[at - 1].end == tokens[at].start
    return tokens[at].text in ",—–-:;(" and not inside


def _of_them_all(here: Sequence[Name], tokens: Sequence[Token], end: int) -> int:
    """Where a plural verb begins what is said of all: «А, 30 лет, и Б, 40 лет, вернулись»."""
    if not all(_slight(tokens[left[1] : right[0]]) for left, right in pairwise(here)):
        return end
    plural = any(
        parse.pos == "VERB" and parse.number == "plur"
        for token in tokens[here[-1][1] : end]
        for parse in token.word.parses
    )
    told = here[-1][1]
    while plural and told < end and _slight(tokens[told : told + 1]):
        told += 1
    return told if plural else end


def _slight(between: Sequence[Token]) -> bool:
    """Nothing but «и», commas, brackets, ages: «Зимин Артём (Тула), 30 лет, и Котов Борис»?"""
    depth = 0
    for token in between:
        depth += (token.text == "(") - (token.text == ")")
        aged = token.kind is NUMBER or token.key in _OF_BIRTH or is_word("years", token.key)
        if not (depth or token.text == ")" or aged or token.key in _AND):
            return False
    return True
