"""A post → text safe to keep and a record for each man it is about.

clean → fold → tokens → lines, contacts, phrases, names, facts → who is who → what is said of whom
→ records and redacted text. Nothing here touches a disk, a clock or a network.
"""

from __future__ import annotations

import gc
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache

from extract.assemble import Facts, Found, Setting, record
from extract.dates import find_dates
from extract.dates.ages import find_ages
from extract.edits import marked
from extract.families import in_passing, of_one_family
from extract.fates.claims import Reader
from extract.fates.tellings import Telling, exchanged
from extract.fates.verdicts import Scope
from extract.flyers import joined_fields
from extract.layout import QUOTE, TEXT, TITLE, Layout, lay_out, title_of
from extract.names import NameSpan, find_names
from extract.noise import is_noise
from extract.others_facts import without_others
from extract.people.asides import aside, call_sign, in_a_label, in_place, over_preposition
from extract.people.genders import tell_genders
from extract.people.homes import is_home, tokens_of, without_homes
from extract.people.kin_names import two_people
from extract.people.mentions import Surroundings, Years, within
from extract.people.odds import doubted
from extract.people.person import Person
from extract.people.persons import persons, subjects
from extract.people.roles import NO_FATE, mentions, survey
from extract.places import PlaceSpan, find_places
from extract.private.contacts import Contact, Secret, contacts
from extract.private.poster_names import authors, disguised
from extract.private.redaction import Redacted, private_names, redact
from extract.scopes import Parts, parts
from extract.service import find_service
from extract.text import clean, fold
from extract.tokens import NUMBER, Token, tokenize
from extract.version import VERSION
from model import Claim, Post, Reading, Record, Span
from russian.phrases import Hit, phrases, word_class

_TABLES = ("claims", "noise", "frames", "kin")
_BESIDE = ("poster_frames", "categories")  # found in the same pass, each for one reader
_WAR_YEARS = frozenset(("41", "42", "43", "44", "45"))
_PLACEHOLDER = re.compile(r"\[(?:телефон|контакт|карта)\]")
_TAGGED = re.compile(r"#(?:военно)?(?:плен|полон)(?:н|ен)|#pows?\b", re.IGNORECASE)
_UKRAINIAN = "іїєґІЇЄҐ"
_UKRAINIAN_WORDS = word_class("pointers", "ukrainian")
_OLD = (1850, 1953)
_AGED_FROM = "69"  # years of age at which nobody serves
_GARBAGE = 20_000  # objects made before the collector looks for cycles
_ROW = 2  # tokens of rank before the name that heads a row
_BROTHERS = 3  # men of one surname that a short list may hold


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """One text taken apart."""

    clean: str
    folded: str
    tokens: list[Token]
    layout: Layout
    contacts: list[Contact]
    hits: list[Hit]
    facts: Facts
    names: list[NameSpan]
    signs: list[Hit]  # phrases beside the names of those who post
    around: Surroundings


def read(post: Post) -> Reading:
    """The post's redacted text and records. Never raises on any text; linear in its length."""
    _spare_the_collector()
    text = take_apart(post)
    people, chosen, telling = of_whom(post, text)
    hidden = private_names(people, chosen, text.around, text.signs)
    spelt = [Contact(Secret.NAME, *span) for span in disguised(text.folded)]
    secrets = [*text.contacts, *hidden, *spelt]
    redacted = redact(text.clean, text.folded, secrets)
    strangers = [name[0] for person in people if person.excluded for name in person.named]
    text = replace(text, facts=without_others(text.facts, people, chosen, text.around))
    made = _records(chosen, strangers, text, post, telling) if chosen and telling else []
    return Reading(
        text=redacted.text,
        records=tuple(_moved(one, spans, redacted) for one, spans in made),
        extractor=VERSION,
        title=title_of(text.tokens, text.layout),
    )


@cache
def _spare_the_collector() -> None:
    """Let the collector walk what is known of the words, which stays for good, less often.

    Reading makes no cycles; walks every 700 new objects take an eighth of the time on new words.
    """
    first, second, third = gc.get_threshold()
    if first:  # it may have been turned off
        gc.set_threshold(max(first, _GARBAGE), second, third)


def take_apart(post: Post) -> Taken:
    """All that is found in a post's text before it is asked whom it is about."""
    text = clean(post.text)
    folded = fold(text)
    tokens = tokenize(folded)
    layout = lay_out(tokens)
    private = contacts(folded)
    every = phrases(*_TABLES, *_BESIDE).find(tokens)
    signs, categories = ([hit for hit in every if hit.table == table] for table in _BESIDE)
    ages = find_ages(tokens)
    names, places = _names_and_places(tokens, layout)
    hits = [
        hit
        for hit in every
        if hit.table not in _BESIDE and in_place(hit, names, tokens) and not aside(hit, layout)
    ]
    facts = Facts(
        dates=find_dates(tokens, post.posted_at, ages),
        ages=ages,
        places=places,
        service=find_service(tokens, categories),
        end=tokens[-1].end if tokens else 0,
    )
    births = sorted(
        [d.first for d in facts.dates if d.role == "birth" or d.precision == "year"]
        + [age.first for age in ages]
    )
    numbers = (at for at, token in enumerate(tokens) if token.kind is NUMBER)
    old = [at for at in numbers if _old_year(tokens, at)]
    shown = sorted([*private, *_hidden_before(folded)], key=lambda one: one.start)
    around = survey(tokens, layout, hits, _token_ranges(shown, tokens), Years(births, old))
    return Taken(
        clean=text,
        folded=folded,
        tokens=tokens,
        layout=layout,
        contacts=private,
        hits=hits,
        facts=facts,
        names=names,
        signs=signs,
        around=around,
    )


def of_whom(post: Post, text: Taken) -> tuple[list[Person], list[Person], Telling | None]:
    """Everyone named, those of them the post is about, how it tells (None: nobody is named)."""
    people = persons(mentions(text.names, text.around))
    telling = _telling(post, text) if people else None
    chosen = by_rules(people, text, telling) if telling else []
    if chosen and telling:
        chosen = doubted(
            chosen, people, text.around, serves=serves(text), told=tells(text, telling)
        )
    tell_genders(chosen, text.around)
    return people, chosen, telling


def _outermost(names: Sequence[NameSpan]) -> list[NameSpan]:
    """Without names inside another: «Чеботарь Ион (Иван) Георгиевич» is one."""
    kept: list[NameSpan] = []
    for name in names:
        if not kept or name.start_token >= kept[-1].end_token:
            kept.append(name)
    return kept


def _names_and_places(
    tokens: list[Token], layout: Layout
) -> tuple[list[NameSpan], list[PlaceSpan]]:
    """Names and places that do not overlap: a surname alone gives way to a place."""
    found = [name for name in find_names(tokens) if not call_sign(name, tokens)]
    found = [over_preposition(name, tokens) for name in found if not in_a_label(name, layout)]
    names = [name for name in _outermost(found) if not is_home(name, tokens, found)]
    names = [one for name in joined_fields(names, layout) for one in two_people(name, tokens)]
    names = without_homes(names, tokens, layout)
    places = find_places(tokens, tokens_of(names, tokens))
    covered = {at for place in places for at in range(place.first, place.last)}
    return [name for name in names if name.start_token not in covered], places


def _hidden_before(folded: str) -> list[Contact]:
    """Contacts that were hidden when the text was redacted: it is read again as it was read."""
    return [Contact(Secret.CONTACT, *match.span()) for match in _PLACEHOLDER.finditer(folded)]


def _old_year(tokens: Sequence[Token], at: int) -> bool:
    """«1912 г.р.», «погиб в 43-м», «86 лет»."""
    token = tokens[at]
    if len(token.text) == 4:
        return _OLD[0] < int(token.text) < _OLD[1]
    after = tokens[at + 1 : at + 3]
    if len(token.text) == 2 and token.text >= _AGED_FROM:
        return bool(after) and after[0].key == "лет"
    return (
        token.text in _WAR_YEARS
        and at > 0
        and tokens[at - 1].key == "в"
        and any(one.key in ("м", "году") for one in after)
    )


def _token_ranges(private: Sequence[Contact], tokens: Sequence[Token]) -> list[tuple[int, int]]:
    ranges, at = [], 0
    for contact in private:
        while at < len(tokens) and tokens[at].end <= contact.start:
            at += 1
        end = at
        while end < len(tokens) and tokens[end].start < contact.end:
            end += 1
        if end > at:
            ranges.append((at, end))
    return ranges


def _asking(text: Taken) -> bool:
    return any(
        hit.table == "claims"
        and (hit.value in ("missing", "again") or (hit.value == "seek" and hit.note != "weak"))
        for hit in text.hits
    )


def _topical(text: Taken) -> bool:
    """Does the text tell of any soldier's fate, however weakly?"""
    told = any(hit.table == "claims" and hit.value not in NO_FATE for hit in text.hits)
    return told or any(span.role == "contact" and span.value for span in text.facts.dates)


def _captions(text: Taken) -> bool:
    """Is the text in the other side's language, or tagged «#пленные», and asks for no one?"""
    if _TAGGED.search(text.folded) and not _asking(text):
        return True
    if not any(letter in text.folded for letter in _UKRAINIAN):
        return False
    words = sum(token.word.ukrainian or token.key in _UKRAINIAN_WORDS for token in text.tokens)
    return words > 1


def _telling(post: Post, text: Taken) -> Telling:
    edited = post.edited_at is not None
    exchange = exchanged(text.folded, _not_of_one_row(text))
    return Telling(edited, _captions(text), exchange, reach=bool(text.around.contacts))


def _not_of_one_row(text: Taken) -> list[Hit]:
    """Without the events told behind a name in a row of a list: «Котов Борис — обмен 14.12»."""
    rows: dict[int, int] = {}
    for name in text.names:
        number = text.layout.line_of[name.start_token]
        if name.start_token - text.layout.lines[number].body <= _ROW:
            rows.setdefault(number, name.start_token)
    if len(rows) < 2:
        return text.hits
    return [
        hit
        for hit in text.hits
        if hit.note != "event"
        or hit.start < rows.get(text.layout.line_of[hit.start], len(text.tokens))
    ]


def by_rules(people: Sequence[Person], text: Taken, telling: Telling) -> list[Person]:
    """Whom the rules think the post is about."""
    captive = any(
        hit.table == "claims" and hit.value in ("captured", "released") and hit.note != "weak"
        for hit in text.hits
    )
    strength = max((person.sought for person in people), default=0.0)
    named = frozenset(
        at for person in people for start, end in person.named for at in range(start, end)
    )
    if is_noise(text.hits, strength, named, captive=captive, serves=serves(text)):
        return []
    comments = frozenset(authors(text.around))
    people = [
        one
        for one in people
        if not (_only_in_title(one, text) or (comments and _only_comments(one, text, comments)))
    ]
    return subjects(
        people,
        asking=_asking(text),
        topical=_of_a_fate(text, telling),
        contact=bool(text.around.contacts),
        serves=serves(text),
    )


def tells(text: Taken, telling: Telling) -> bool:
    """Does the post ask for somebody, or tell of a soldier's fate or how he serves?"""
    return _of_a_fate(text, telling) or _asking(text) or serves(text)


def _of_a_fate(text: Taken, telling: Telling) -> bool:
    return bool(telling.captions or telling.exchange or _topical(text))


def serves(text: Taken) -> bool:
    """Does it name a unit, or how somebody serves?"""
    return any(span.field in ("category", "unit") for span in text.facts.service)


def _only_comments(person: Person, text: Taken, comments: frozenset[int]) -> bool:
    """Is he named only as one who wrote a comment, and in links to himself?"""
    return all(
        start in comments or within(text.around.contacts, start) for start, _ in person.named
    )


def _only_in_title(person: Person, text: Taken) -> bool:
    """A thread's title names him, and the message under it tells nothing of any soldier."""
    lines = text.layout.lines
    if not all(text.layout.line(start).kind is TITLE for start, _ in person.named):
        return False
    told = any(
        hit.table == "claims" and hit.value not in NO_FATE and hit.note != "weak"
        for hit in text.hits
        if text.layout.line(hit.start).kind not in (TITLE, QUOTE)
    )
    dated = any(text.layout.line(span.first).kind is TEXT for span in text.facts.dates)
    served = any(text.layout.line(span.first).kind is TEXT for span in text.facts.service)
    return not (told or dated or served) and sum(line.kind is TEXT for line in lines) > 0


def _records(
    chosen: Sequence[Person],
    strangers: Sequence[int],
    text: Taken,
    post: Post,
    telling: Telling,
) -> list[tuple[Record, list[Found]]]:
    reader = Reader(text.tokens, text.layout, text.hits, telling)
    setting = Setting(text.tokens, text.facts, post.posted_at, bool(text.around.contacts))
    divided = scopes(chosen, strangers, text)
    made = [
        record(person, part, reader.verdict(scope), setting)
        for person, (part, scope) in zip(chosen, divided, strict=True)
    ]
    made = in_passing(made)
    if len(made) <= _BROTHERS or not any(part.line for part, _ in divided):
        made = of_one_family(made)
    return marked(made, post, text.tokens)


def scopes(
    chosen: Sequence[Person], strangers: Sequence[int], text: Taken
) -> list[tuple[Parts, Scope]]:
    """For each man the part of the text that speaks of him. `strangers`: tokens of other names."""
    births = [(d.first, d.value) for d in text.facts.dates if d.role == "birth" and d.value]
    divided = parts(chosen, strangers, text.tokens, text.layout, births)
    return [
        (
            part,
            Scope(
                own=part.own,
                shared=part.shared,
                names=person.named,
                listed=part.line,
                sex=person.sex,
            ),
        )
        for person, part in zip(chosen, divided, strict=True)
    ]


def _moved(made: Record, fields: Sequence[Found], redacted: Redacted) -> Record:
    """The record with the places of its fields in the redacted text; hidden ones are left out."""
    spans = []
    for one in fields:
        place = redacted.moved(one.start, one.end) if one.end > one.start else None
        if place is not None:
            spans.append(Span(field=one.field, start=place[0], end=place[1], rule=one.rule))
    return replace(made, spans=tuple(spans))


def status(claim: Claim) -> str:
    """The claim as a status for output: a man sought is missing."""
    return "missing" if claim is Claim.SOUGHT else claim.value


__all__ = ["VERSION", "Parts", "read", "status"]
