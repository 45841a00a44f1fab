"""A row's line, with its man's name at a known place → safe text, and what it says of him.

What reads posts reads it; only who it is about is not asked: a row is about the man it names.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from extract.assemble import Setting, record
from extract.fates.claims import Reader
from extract.fates.states import DECEASED
from extract.fates.tellings import Telling
from extract.fates.verdicts import Scope, Verdict
from extract.names import NameSpan
from extract.people.person import Person
from extract.people.persons import persons
from extract.people.roles import mentions
from extract.private.contacts import Contact, Secret
from extract.private.poster_names import disguised
from extract.private.redaction import private_names, redact
from extract.reading import Taken, take_apart
from extract.scopes import parts
from model import Post, Record
from russian.morphology import parses
from russian.phrases import Hit

Name = tuple[str | None, str | None, str | None]
_NOBODY = (0, 0)
_BESIDE = 1  # tokens between a name and a verb
_OTHERS = ("both", "comrade")  # words of the table of kin that rarely mean him
_WHOSE = frozenset(("его", "ее", "их", "тоже", "также", "уже", "еще", "и"))
_TELLING = ("ADJF", "PRTF", "PRTS")  # «двоюродный брат», «брат опознан по ДНК»
_BEFALLEN = frozenset(("nomn", "accs"))
_BETWEEN = 2  # tokens between a fate and whose it is
_OUTRIGHT = ("", "strong", "plain")  # notes of «жив», not of «в госпитале», «позвонил»


@dataclass(frozen=True)
class Line:
    """One line about one man.

    `head`: where his name stands (offsets); `name`: its parts; `day`: when the line was public.
    """

    text: str
    head: tuple[int, int]
    name: Name
    day: datetime
    captive: bool = False  # the list is one of captives, so that «вернулся» is from captivity

    @cached_property
    def taken(self) -> Taken:
        """The line taken apart, as a post is."""
        return take_apart(Post(source="", external_id="", posted_at=self.day, text=self.text))

    @cached_property
    def said(self) -> tuple[Record, Verdict] | None:
        """What the line says of him; None where his name is nowhere in it."""
        him = self._him
        if him is None:
            return None
        taken = self.taken
        part = parts([him], self._strangers(him), taken.tokens, taken.layout)[0]
        scope = Scope(own=part.own, shared=part.shared, names=him.named, listed=part.line)
        verdict = self._reader.by_phrases(scope)  # words were weighed in whole posts
        setting = Setting(taken.tokens, taken.facts, self.day, contact=False)
        return record(him, part, verdict, setting)[0], verdict

    @property
    def dead_and_alive(self) -> bool:
        """Does it call him dead and say that he lives, both outright?"""
        dead = self.said is not None and self.said[1].claim is DECEASED
        return dead and any(
            hit.value == "alive" and hit.note in _OUTRIGHT for hit in self._reader.hits
        )

    @property
    def names_several(self) -> bool:
        """Does it name another man with a date of birth or an age, as a line of a list does?"""
        surname = self.name[0]
        return any(
            one.dated and one.surname and one.given and one.surname != surname
            and all(mention.against < mention.sought for mention in one.mentions)
            for one in self._people
            if one is not self._him
        )  # fmt: skip

    @property
    def of_another_name(self) -> bool:
        """Does another man's name stand beside the words for a death: «что Зуев погиб»?"""
        if self.said is None or self.said[1].claim is not DECEASED or self.said[1].at is None:
            return False
        first, last = self.said[1].at
        return any(
            (first - _BESIDE <= name.end_token <= first or last <= name.start_token <= last + 1)
            and name.surname not in (None, self.name[0])
            and name.start_token >= self.head_tokens[1]
            and "nomn" in name.cases
            for name in self.taken.names
        )

    @property
    def of_kin(self) -> bool:
        """Is it a relative's fate or a comrade's: «обменян брат», «у него погиб брат»?

        Not where he may be called so himself («погиб сын», «погиб наш брат», «отец троих детей»).
        """
        if self.said is None or self.said[1].at is None:
            return False
        first, last = self.said[1].at
        others = (hit for hit in self.taken.hits if hit.table == "kin" and hit.value in _OTHERS)
        return any(
            hit.start >= self.head_tokens[1]
            and self._is_subject(hit)
            and (
                first <= hit.start < last
                or (last <= hit.start and self._only(last, hit.start, _WHOSE))
                or (hit.end <= first and self._only(hit.end, first, ()))
            )
            for hit in others
        )

    def _only(self, start: int, end: int, words: Container[str]) -> bool:
        """Do nothing but these words, adjectives or participles stand between two tokens?"""
        between = self.taken.tokens[start:end]
        return len(between) <= _BETWEEN and all(
            one.key in words or any(parse.pos in _TELLING for parse in parses(one.key))
            for one in between
        )

    def _is_subject(self, kin: Hit) -> bool:
        """May a word for a relative be who something befell? No «с братом», no «отец троих»."""
        tokens = self.taken.tokens
        cases = {parse.case for parse in parses(tokens[kin.end - 1].key)}
        behind = tokens[kin.end : kin.end + 1]
        counted = any(parse.pos == "NUMR" for one in behind for parse in parses(one.key))
        led = any(parse.pos == "PREP" for parse in parses(tokens[kin.start - 1].key))
        return not counted and not led and (not cases or not _BEFALLEN.isdisjoint(cases))

    @property
    def is_missing(self) -> bool:
        """Does a sentence that speaks of none of his family call him missing?"""
        sentence = self.taken.layout.sentence_of
        family = {sentence[hit.start] for hit in self.taken.hits if hit.table == "kin"}
        lost = (hit for hit in self._reader.hits if hit.value in ("missing", "again"))
        return any(sentence[hit.start] not in family for hit in lost)

    @cached_property
    def _reader(self) -> Reader:
        taken = self.taken
        reader = Reader(taken.tokens, taken.layout, taken.hits, Telling(False, False, False))
        reader.captivity = reader.captivity or self.captive
        return reader

    def safe(self) -> str:
        """The line without contacts and without anyone else's name."""
        taken = self.taken
        chosen = [self._him] if self._him is not None else []
        names = private_names(self._people, chosen, taken.around, taken.signs)
        spelt = [Contact(Secret.NAME, *span) for span in disguised(taken.folded)]
        return redact(taken.clean, taken.folded, [*taken.contacts, *names, *spelt]).text

    @cached_property
    def head_tokens(self) -> tuple[int, int]:
        """The tokens of his name."""
        start, end = self.head
        own = [at for at, one in enumerate(self.taken.tokens) if start <= one.start < end]
        return (own[0], own[-1] + 1) if own else _NOBODY

    @cached_property
    def _people(self) -> list[Person]:
        taken, (first, last) = self.taken, self.head_tokens
        found = taken.names
        if first < last:
            apart = [n for n in found if n.end_token <= first or n.start_token >= last]
            found = sorted([self._span(first, last), *apart], key=lambda name: name.start)
        return persons(mentions(found, taken.around))

    @cached_property
    def _him(self) -> Person | None:
        if self.head_tokens == _NOBODY:
            return None
        return next((one for one in self._people if self.head_tokens in one.named), None)

    def _strangers(self, him: Person) -> list[int]:
        others = [one for one in self._people if one is not him and one.excluded]
        return [one.named[0][0] for one in others]

    def _span(self, first: int, last: int) -> NameSpan:
        tokens, (surname, given, patronymic) = self.taken.tokens, self.name
        return NameSpan(
            start_token=first, end_token=last,
            start=tokens[first].start, end=tokens[last - 1].end,
            surname=surname, given=given, patronymic=patronymic, sex=None,
            cases=frozenset(("nomn",)), case="nomn", weak=not (surname and given),
            parts=(("s", first, last),),
        )  # fmt: skip
