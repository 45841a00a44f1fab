"""All that a text says of one man: his mentions, the parts of his name, the weight of both."""

from __future__ import annotations

from dataclasses import dataclass, field

from extract.people.mentions import NAMESAKE, SOUGHT, TOLD, Mention
from extract.people.sameness import fuller
from model import Sex

_BORN = "birth date beside"
SEEKS = 4.0  # weight at which a name is rather a relative's


@dataclass(slots=True)
class Person:
    """Mentions of one man."""

    mentions: list[Mention] = field(default_factory=list)
    surname: str | None = None
    given: str | None = None
    patronymic: str | None = None
    sex: Sex | None = None
    excluded: bool = False  # the text says outright that he is not the one

    def take(self, mention: Mention) -> None:
        """Add a mention; fuller parts of the name take the place of initials and short forms."""
        span = mention.span
        self.mentions.append(mention)
        self.excluded = self.excluded or mention.excluded
        if self.surname is None or (span.surname and len(span.surname) > len(self.surname) + 2):
            self.surname = span.surname or self.surname
        if span.surname or not self.initials or self._spelt_out(mention):
            self.given = fuller(self.given, span.given)
            self.patronymic = fuller(self.patronymic, span.patronymic)
        self.sex = self.sex or span.sex

    def _spelt_out(self, mention: Mention) -> bool:
        """Does a name without a surname say what his initial stands for?"""
        given = mention.span.given
        same = bool(given and self.given and given[0] == self.given[0] and given[-1] != ".")
        at = mention.span.start_token
        beside = any(abs(at - end) <= 2 or abs(start - at) <= 2 for start, end in self.named[:-1])
        whole = mention.span.patronymic is not None
        return same and (whole or beside) and mention.against < SEEKS

    @property
    def initials(self) -> bool:
        """Is his given name only an initial?"""
        return bool(self.given and self.given.endswith("."))

    @property
    def net(self) -> float:
        """The weight for being the man the post is about."""
        if len(self.mentions) == 1:
            return self.mentions[0].net
        ordered = sorted([mention.net for mention in self.mentions], reverse=True)
        return ordered[0] + sum(max(0.0, min(2.0, net * 0.3)) for net in ordered[1:3])

    @property
    def sought(self) -> float:
        """The greatest weight any mention has for him."""
        return max(mention.sought for mention in self.mentions)

    @property
    def asked_for(self) -> bool:
        """Does a verb of searching or losing stand right beside one of his mentions?"""
        return any(mention.loudest.get(SOUGHT, 0.0) > 2.0 for mention in self.mentions)

    @property
    def asked_for_by_word(self) -> bool:
        """The same, and not by a year or an age alone: «младшему Айдару 17»."""
        return any(
            mention.loudest.get(SOUGHT, 0.0) > 2.0 and mention.why[SOUGHT] != _BORN
            for mention in self.mentions
        )

    @property
    def dated(self) -> bool:
        """Does a birth date, a list or a field vouch for him?"""
        return any(mention.vouched for mention in self.mentions)

    @property
    def born(self) -> bool:
        """Does a birth date stand right behind one of his mentions?"""
        return any(mention.why.get(SOUGHT) == _BORN for mention in self.mentions)

    @property
    def told(self) -> bool:
        """Is what became of her told beside her given name alone?"""
        return any(mention.why.get(SOUGHT) == TOLD for mention in self.mentions)

    @property
    def free(self) -> bool:
        """Is his whole name subject or object of a sentence?"""
        return any(mention.free for mention in self.mentions)

    @property
    def only_quoted(self) -> bool:
        """Is he a bare surname in quotation marks: how somebody misspells it, a nickname?"""
        return self.given is None and all(mention.quoted for mention in self.mentions)

    @property
    def alias(self) -> bool:
        """«под чужой фамилией, Пашков»"""
        return all(NAMESAKE in mention.why for mention in self.mentions)

    @property
    def named(self) -> tuple[tuple[int, int], ...]:
        """Token ranges of his mentions."""
        return tuple((m.span.start_token, m.span.end_token) for m in self.mentions)
