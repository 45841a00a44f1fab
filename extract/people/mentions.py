"""What is gathered of one name: the weights for each role, and all that stands around the names."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

from extract.layout import Layout
from extract.names import NameSpan
from extract.tokens import MARK, NUMBER, WORD, Token
from russian.phrases import Hit, word_class

_VOUCHING = frozenset(("birth date beside", "list item", "field", "title"))
EXCLUDED = 6.0  # weight at which «не ищем», «1912 г.р.» settle it
TOLD = "told of him"  # why a given name alone is of whom the post is about
_ANOTHERS = 4.0  # weight at which a name is rather another's
REACH = 40  # tokens a verb may stand away from its name
CLOSES = frozenset(",.(—–-:;)/!\n")
_HEADING = 5  # tokens of a heading above the rows of a list
_AND = word_class("pointers", "and")


class Years(NamedTuple):
    """Where dates of birth stand."""

    births: Sequence[int]  # first tokens of birth dates, bare years and ages
    old: Sequence[int]  # tokens of years before 1945


class Role(StrEnum):
    """Who a name in a post belongs to."""

    SOUGHT = "sought"
    SEEKER = "seeker"
    COMRADE = "comrade"
    OFFICE = "office"
    NAMESAKE = "namesake"
    PAST = "past"

    __hash__ = str.__hash__  # Enum's own is slow


SOUGHT, SEEKER, COMRADE, OFFICE, NAMESAKE, PAST = Role


@dataclass(slots=True)
class Mention:
    """One name span with the weights it gathered."""

    span: NameSpan
    scores: dict[Role, float] = field(default_factory=dict)
    why: dict[Role, str] = field(default_factory=dict)
    loudest: dict[Role, float] = field(default_factory=dict)
    quoted: bool = False  # right behind an opening quotation mark
    vouched: bool = False  # by a birth date, a list, a field
    dated: bool = False  # an item of a list with a birth date or an age behind the name
    apart: bool = False  # told from a namesake by his place: «по камышинскому Волкову»
    kin: bool = False  # a whole name told only as a relative's: «Отец Пичугин Аркадий Львович»
    free: bool = False  # a whole name that is subject or object of its own sentence
    after: int | None = None  # end token of the name it stands behind in brackets

    def add(self, role: Role, weight: float, rule: str) -> None:
        """Count a reason."""
        self.scores[role] = self.scores.get(role, 0.0) + weight
        self.vouched = self.vouched or rule in _VOUCHING
        if weight > self.loudest.get(role, 0.0):
            self.loudest[role] = weight
            self.why[role] = rule

    @property
    def sought(self) -> float:
        """Weight for being the sought man."""
        return self.scores.get(SOUGHT, 0.0)

    @property
    def against(self) -> float:
        """The greatest weight for being anyone else."""
        if len(self.scores) == (SOUGHT in self.scores):
            return 0.0
        return max([weight for role, weight in self.scores.items() if role is not SOUGHT])

    @property
    def excluded(self) -> bool:
        """Does the text say outright that this is not the one («не ищем», «1912 г.р.»)?"""
        return max(self.scores.get(NAMESAKE, 0), self.scores.get(PAST, 0)) >= EXCLUDED

    @property
    def signs(self) -> bool:
        """Does the name close the post as a signature does?"""
        return self.why.get(SEEKER) == "signature" and self.against >= _ANOTHERS

    @property
    def writes(self) -> bool:
        """«Автор: Боргоякова_О» above «Муж мой Боргояков»: never a form of his name."""
        return self.why.get(OFFICE) == "автор" and self.against >= _ANOTHERS

    @property
    def net(self) -> float:
        """For less against."""
        return self.sought - self.against


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """All that stands in the text beside the names, as token numbers in order."""

    tokens: Sequence[Token]
    layout: Layout
    hits: Sequence[Hit]  # of all phrase tables
    contacts: Sequence[tuple[int, int]]  # token ranges
    years: Years
    kin: frozenset[int]  # tokens that are words of kinship
    asking: Mapping[int, Sequence[Hit]]  # sentence → verbs that ask for someone
    fates: frozenset[int]  # sentences that tell of a fate or ask for one
    last_word: int  # the last token that is a word and no hashtag or contact

    def hits_at(self, token: int) -> Sequence[Hit]:
        """The phrases that begin at a token."""
        low = bisect_left(self.hits, token, key=lambda hit: hit.start)
        high = bisect_left(self.hits, token + 1, key=lambda hit: hit.start)
        return self.hits[low:high]


def before(tokens: Sequence[Token], at: int) -> str:
    """The token before `at`; a line end at the start of the text."""
    return tokens[at - 1].text if at else "\n"


def within(ranges: Sequence[tuple[int, int]], at: int) -> bool:
    """Does one of the ranges, in order, hold token `at`?"""
    place = bisect_left(ranges, (at + 1, 0)) - 1
    return place >= 0 and ranges[place][0] <= at < ranges[place][1]


def coordinated(left: NameSpan, right: NameSpan, around: Surroundings) -> bool:
    """Nothing but commas, «и» and short brackets between two names?"""
    if right.start_token - left.end_token > REACH:
        return False
    between = around.tokens[left.end_token : right.start_token]
    if any(token.text in "\n.!?…" for token in between):
        return False
    depth = words = 0
    for token in between:
        depth += (token.text == "(") - (token.text == ")")
        if token.kind is WORD and depth <= 0 and token.key not in _AND:
            words += 1
    return words == 0


def only_marks(tokens: Sequence[Token], start: int, end: int) -> bool:
    """Is there no word or number between?"""
    return all(tokens[at].kind is MARK for at in range(start, end))


def closed(tokens: Sequence[Token], end: int) -> bool:
    """Does a mark, a number or the end of the text follow?"""
    return end >= len(tokens) or tokens[end].text in CLOSES or tokens[end].kind is NUMBER


def ends_rows(number: int, spans: Sequence[NameSpan], around: Surroundings) -> bool:
    """Do this name and the two above it each begin a line: a list without marks?

    One above will do under a heading that asks or tells a fate: «Погибли: … Ищем: …».
    """
    layout = around.layout
    heads = spans[max(0, number - 2) : number + 1]
    lines = [layout.line_of[span.start_token] for span in heads]
    if len(heads) < 2 or heads[-1].start_token != layout.lines[lines[-1]].start:
        return False
    begin = all(span.start_token == layout.line(span.start_token).start for span in heads[-3:-1])
    if begin and len(heads) == 3 and lines[2] - lines[1] == lines[1] - lines[0] == 1:
        return True
    if begin and lines[-1] - lines[-2] == 1:
        return ends_rows(number - 1, spans, around)
    above = layout.lines[lines[-1] - 1]
    headed = above.start < above.end <= above.start + _HEADING and lines[-2] < lines[-1] - 1
    said = [hit for at in range(above.start, above.end) for hit in around.hits_at(at)] * headed
    kin = not around.kin.isdisjoint(range(above.start, above.end))
    return not kin and any(hit.table == "claims" for hit in said)
