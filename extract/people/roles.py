"""Names in a text → who each is: the man sought, one who seeks him, a comrade, a namesake.

Every mention gathers weights for and against being the sought man from the words around it
(verbs that ask or report, kinship in agreeing case, rank, birth date, telephone, place in the
layout). No single word decides; `why` keeps what spoke loudest.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import pairwise

from extract.layout import FIELD, ITEM, QUOTE, TAGS, TEXT, TITLE, Layout, Sentence
from extract.names import NameSpan
from extract.people.aliases import also, by_papers, by_passport, patronymic_of
from extract.people.bystanders import weigh_bystanders
from extract.people.frames import heaviest_frames, weigh_frame, weigh_me
from extract.people.given_alone import weigh_given_alone
from extract.people.headlines import weigh_headlines
from extract.people.kinship import weigh_kin
from extract.people.mentions import (
    COMRADE,
    NAMESAKE,
    PAST,
    SEEKER,
    SOUGHT,
    Mention,
    Surroundings,
    Years,
    before,
    closed,
    coordinated,
    ends_rows,
    only_marks,
    within,
)
from extract.people.sameness import agree, same_surname
from extract.tokens import NEWLINE, NUMBER, WORD, Token, Word
from model import Sex
from russian.given import known
from russian.phrases import Hit, rows
from russian.ranks import rank

NO_FATE = frozenset(("void", "hope", "past", "again", "doubt", "unreal"))
_NAME_LABELS = frozenset(("name", "surname", "given", "patronymic"))
_ASKED = ("nomn", "accs")  # the case of what a verb of searching asks for
_QUOTES = frozenset('«"“„')
_HEAD = 3  # tokens of a list item before the name that heads it
_KNOWN_AS = (["он", "же"], ["это", "же"], ["–", "это"], ["—", "это"])
_SHARED = 5.0  # the most a name gains from its neighbour in a row


def survey(
    tokens: Sequence[Token],
    layout: Layout,
    hits: Sequence[Hit],
    contacts: Sequence[tuple[int, int]],
    years: Years,
) -> Surroundings:
    """All that stands around the names of one text, put in order once."""
    asking: dict[int, list[Hit]] = {}
    kin: set[int] = set()
    fates: set[int] = set()
    for hit in hits:
        if hit.table == "kin":
            kin.update(range(hit.start, hit.end))
        elif hit.table == "claims" and hit.value not in NO_FATE and hit.note != "weak":
            fates.add(layout.sentence_of[hit.start])
        elif hit.table == "frames" and hit.value == "sought" and hit.note.endswith(_ASKED):
            asking.setdefault(layout.sentence_of[hit.start], []).append(hit)
    last = len(tokens) - 1
    while last >= 0 and (
        tokens[last].kind is not WORD
        or layout.line(last).kind is TAGS
        or within(contacts, last)
        or last in kin
    ):
        last -= 1
    return Surroundings(
        tokens=tokens,
        layout=layout,
        hits=hits,
        contacts=contacts,
        years=years,
        kin=frozenset(kin),
        asking=asking,
        fates=frozenset(fates),
        last_word=last,
    )


def mentions(spans: Sequence[NameSpan], around: Surroundings) -> list[Mention]:
    """Each span weighed."""
    found = [Mention(span, quoted=_is_quoted(span, around.tokens)) for span in spans]
    starts = [span.start_token for span in spans]
    for number, mention in enumerate(found):
        after = starts[number + 1] if number + 1 < len(starts) else len(around.tokens)
        first = _first_in_line(number, spans, around.layout)
        rows_end = ends_rows(number, spans, around)
        _weigh_place(mention, around, first_in_line=first, only=len(spans) == 1, rows_end=rows_end)
        _weigh_facts(mention, around, after)
        _weigh_contacts(mention, around)
        _weigh_form(mention, around)
    _bracketed(found, around.tokens)
    for mention in found:
        mention.apart = _told_apart(mention.span, around.tokens)
    for hit in heaviest_frames(around.hits):
        weigh_frame(hit, found, starts, around)
    for hit in around.hits:
        if hit.table == "kin":
            weigh_kin(hit, found, starts, around)
    weigh_bystanders(found, around)
    weigh_me(found, around.tokens)
    weigh_headlines(found, around)
    weigh_given_alone(found, around)
    _share(found, around)
    _apposed(found, around.tokens)
    return found


def _is_quoted(span: NameSpan, tokens: Sequence[Token]) -> bool:
    """Right behind an opening quotation mark, or with a rank between: «майор Ляпин из фонда»."""
    at = span.start_token
    if before(tokens, at) in _QUOTES:
        return True
    return bool(span.weak and at > 1 and tokens[at - 2].text in _QUOTES and rank(tokens, at - 1))


def _apposed(found: Sequence[Mention], tokens: Sequence[Token]) -> None:
    """«Сын Паша, Потапов Павел Денисович»: what is said of the one is said of the other."""
    for left, right in pairwise(found):
        one, other = left.span, right.span
        beside = other.start_token - one.end_token == 1 and tokens[one.end_token].text in ",-–—"
        asked = other.end_token < len(tokens) and tokens[other.end_token].text == "?"
        if (
            beside
            and not asked
            and one.surname is None
            and one.given
            and other.surname
            and other.given
        ):
            gained = left.sought if agree(one.given, other.given) and left.net > 0 else 0.0
            if gained:
                right.add(SOUGHT, gained, left.why.get(SOUGHT, ""))


def _bracketed(found: Sequence[Mention], tokens: Sequence[Token]) -> None:
    """Mark names that brackets make one: a by-name or another spelling of the same man.

    «Слепцов Айсен Петрович (Айка)», «Сергий (Эшкинин Серёжа, …)», «(в паспорте Юсупжанов …)».
    """
    for left, right in pairwise(found):
        opened, end = left.span.end_token, right.span.end_token
        if by_papers(tokens, left.span, right.span):
            right.after = left.span.end_token
            continue
        if right.span.given and also(tokens, left.span, right.span):
            left.after = end
            continue
        if opened >= len(tokens) or tokens[opened].text != "(":
            continue
        apart = right.span.start_token - opened - 1
        if apart == 0 and by_passport(tokens, end):
            left.span = left.span._replace(given=right.span.given, as_written="")
            right.after = opened
            continue
        if right.span.said:
            continue
        if apart == 0 and patronymic_of(left.span, right.span):
            left.span = left.span._replace(patronymic=right.span.patronymic)
        if apart <= 2 and right.span.surname is None:
            if end < len(tokens) and tokens[end].text == ")":
                right.after = opened
        elif apart <= 2 and right.span.surname and right.span.given:
            mine = left.span.surname
            if left.span.sex and right.span.sex and left.span.sex is not right.span.sex:
                continue  # «это я, Марина (ищу Хитрово Марка)»
            if mine is None or same_surname(mine, right.span.surname):
                left.after = end


def _told_apart(span: NameSpan, tokens: Sequence[Token]) -> bool:
    """Does an adjective of place stand before a bare surname, in its case?"""
    if span.given or span.patronymic or not span.start_token:
        return False
    word = tokens[span.start_token - 1].word
    return "ск" in word.key[3:] and any(
        parse.pos == "ADJF" and parse.case in span.cases for parse in word.parses
    )


def _first_in_line(number: int, spans: Sequence[NameSpan], layout: Layout) -> bool:
    here = layout.line_of[spans[number].start_token]
    return number == 0 or layout.line_of[spans[number - 1].start_token] != here


def _weigh_place(
    mention: Mention,
    around: Surroundings,
    *,
    first_in_line: bool,
    only: bool,
    rows_end: bool = False,
) -> None:
    """Where in the layout the name stands.

    `only`: no other name is in the text; `rows_end`: the lines above begin with full names too.
    """
    span, layout = mention.span, around.layout
    line = layout.line(span.start_token)
    sentence = layout.sentence(span.start_token)
    posters = _is_posters(span) and span.start_token > line.body  # «Кого искала Дарья П.»
    item = line.kind is ITEM and first_in_line and not posters
    if item and _heads_item(around.tokens, line.body, span):
        mention.add(SOUGHT, 6, "list item")
        return
    if line.kind is TITLE:
        mention.add(SOUGHT, 4, "title")
    elif line.kind is QUOTE:
        mention.add(SEEKER, 5, "quotation")
    elif line.kind is FIELD and line.label in _NAME_LABELS and span.start_token - line.body <= 2:
        mention.add(SOUGHT, 6, "field")
    elif line.kind is FIELD and line.label == "contact":
        mention.add(SEEKER, 6, "contact field")
    full = span.surname is not None and span.given is not None
    begins = only_marks(around.tokens, sentence.start, span.start_token)
    if full and begins and closed(around.tokens, span.end_token):
        mention.add(SOUGHT, 3, "stands by itself")
    lone = (only or rows_end) and full and span.sex is not Sex.FEMALE
    if not lone and _signs(mention, around):
        mention.add(SEEKER, 4, "signature")
    elif _is_the_one(around, span, sentence):
        mention.add(SOUGHT, 4, "named as the one")
    elif not only and _is_posters(span):
        mention.add(SEEKER, 6, "signature")
    elif begins and span.weak and span.surname is None and _addressed(around, span):
        mention.add(SEEKER, 4, "address")


def _heads_item(tokens: Sequence[Token], body: int, span: NameSpan) -> bool:
    """At the head of an item, or behind a call sign there: «5) «Монах», он же Липаткин Серафим»."""
    at = span.start_token
    if at - body <= _HEAD:
        return True
    said = [token.key for token in tokens[max(body, at - 2) : at]]
    return at - body <= _HEAD + 4 and tokens[body].text in _QUOTES and said in _KNOWN_AS


def _is_the_one(around: Surroundings, span: NameSpan, sentence: Sentence) -> bool:
    """«Видео посмотрели. Это Никита. Это он!», «Он! Веня!»: a sentence that says who he is."""
    if span.surname or span.sex is Sex.FEMALE:
        return False
    pointed = False
    for at in range(sentence.start, sentence.end):
        token = around.tokens[at]
        if token.kind is WORD and not span.start_token <= at < span.end_token:
            if token.key != "это":
                return False
            pointed = True
    before = around.tokens[max(0, sentence.start - 2) : sentence.start]
    said = pointed or [token.key for token in before] == ["он", "!"]
    return said and any(hit.note == "video" or hit.value == "captured" for hit in around.hits)


def _is_posters(span: NameSpan) -> bool:
    """«Марина К., пишите в личку»: a woman who hides her surname writes herself."""
    return span.sex is Sex.FEMALE and tuple(role for role, _, _ in span.parts) == ("g", "f")


def _addressed(around: Surroundings, span: NameSpan) -> bool:
    tokens, end = around.tokens, span.end_token
    if end >= len(tokens):
        return False
    if tokens[end].key == "это":
        return True
    return tokens[end].text == "," and end + 1 < len(tokens) and "impr" in tokens[end + 1].word.tags


def _signs(mention: Mention, around: Surroundings) -> bool:
    """Does the name close the text or a line, with nothing but kinship and contacts beside it?"""
    span, tokens, layout = mention.span, around.tokens, around.layout
    sentence = layout.sentence(span.start_token)
    line = layout.line(span.start_token)
    if line.kind is not TEXT or around.last_word >= sentence.end or sentence.start == 0:
        return False
    if tokens[span.start_token - 1].text == "#":  # «#Вьюгов #помним»
        return False
    start = max(sentence.start, line.start)
    bare = span.surname is None and span.sex is Sex.MALE and span.start_token == start
    if bare and "nomn" not in span.cases:
        return False  # «Адама ищем.»
    if sentence.end - start > 40:
        return False
    words = [
        token
        for at, token in enumerate(tokens[start : sentence.end], start)
        if token.kind in (WORD, NUMBER)
        and not span.start_token <= at < span.end_token
        and not within(around.contacts, at)
        and at not in around.kin
    ]
    return len(words) <= (1 if span.weak else 2)


def _weigh_facts(mention: Mention, around: Surroundings, following: int) -> None:
    """A birth date, a bare year or an age right behind the name."""
    end = mention.span.end_token
    limit = min(end + 7, following)
    place = bisect_left(around.years.births, end)
    if place < len(around.years.births) and around.years.births[place] < limit:
        mention.dated = mention.why.get(SOUGHT) == "list item"
        mention.add(SOUGHT, 3, "birth date beside")
    place = bisect_left(around.years.old, end)
    if place < len(around.years.old) and around.years.old[place] < limit:
        mention.add(PAST, 9, "born before 1945")


def _weigh_contacts(mention: Mention, around: Surroundings) -> None:
    """A telephone or a handle next to the name, with nothing but marks and kinship between."""
    span, tokens = mention.span, around.tokens
    near = bisect_left(around.contacts, (span.start_token, 0))
    for start, end in around.contacts[max(0, near - 1) : near + 1]:
        low, high = (end, span.start_token) if end <= span.start_token else (span.end_token, start)
        if not 0 <= high - low <= 5:
            continue
        between = range(low, high)
        if any(tokens[at].kind is NEWLINE for at in between):
            continue
        words = [
            at
            for at in between
            if tokens[at].kind in (WORD, NUMBER)
            and at not in around.kin
            and tokens[at].key not in _contact_words()
        ]
        if len(words) <= (0 if span.surname and span.given else 1):
            mention.add(SEEKER, 4 if not span.patronymic or not span.surname else 3, "contact")
            return


@cache
def _contact_words() -> frozenset[str]:
    return frozenset(row[0] for row in rows("contact_words"))


def _weigh_form(mention: Mention, around: Surroundings) -> None:
    span = mention.span
    if span.surname and span.given:
        mention.add(SOUGHT, 2 if span.patronymic else 1.5, "full name")
    elif span.surname is not None:
        word = around.tokens[span.start_token].word
        if _rather_a_womans(word) or _called_out(span, around.tokens):
            mention.add(SEEKER, 3, "rather a woman's given name")
    else:
        mention.add(SEEKER, 1.5 if span.patronymic else 0.5, "no surname")
    if span.sex is Sex.FEMALE:
        mention.add(SEEKER, 1.5, "a woman")
    if around.layout.sentence_of[span.start_token] in around.fates:
        mention.add(SOUGHT, 2 if span.surname else 0.5, "his fate told")


def _rather_a_womans(word: Word) -> bool:
    """«Белая», «Инна»: a woman's given name by the dictionary, and no man's."""
    named = [parse.tags for parse in word.parses if parse.known and "Name" in parse.tags]
    return any("femn" in tags for tags in named) and not any("masc" in tags for tags in named)


def _called_out(span: NameSpan, tokens: Sequence[Token]) -> bool:
    """«Мне так же писали, Алин.»: a woman's given name cut short behind a comma."""
    if before(tokens, span.start_token) != "," or not closed(tokens, span.end_token):
        return False
    found = known(tokens[span.start_token].key + "а")
    return found is not None and found.sex is Sex.FEMALE


def _share(found: list[Mention], around: Surroundings) -> None:
    """What is said of the first of several names in a row is said of all."""
    pairs = list(pairwise(found))
    for left, right in [*pairs, *((right, left) for left, right in reversed(pairs))]:
        first, second = sorted((left, right), key=lambda mention: mention.span.start_token)
        if not coordinated(first.span, second.span, around):
            continue
        if bool(left.span.surname) != bool(right.span.surname):
            continue
        if left.net > 0 and right.why.get(SEEKER) == "a woman" and left.span.given:
            right.scores[SEEKER] = 0.0  # a soldier too, among soldiers
        for role in (SOUGHT, COMRADE, NAMESAKE):
            gained = min(left.scores.get(role, 0.0), _SHARED)
            lacking = gained - right.scores.get(role, 0.0)
            if lacking > 1:
                right.add(role, lacking, left.why.get(role, ""))
