"""Persons and layout → which part of the text speaks of whom."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass, field

from extract.clauses import Name, Piece, clause_start, divide, in_a_row
from extract.flyers import one_mans
from extract.layout import FIELD, ITEM, TEXT, Layout, Line
from extract.ordinals import count, marks, pieces
from extract.people.kin_turns import Turns, born, without
from extract.people.person import Person
from extract.people.stand_ins import stand_ins
from extract.series import series
from extract.tokens import WORD, Token
from russian.phrases import word_class

_MORE = word_class("pointers", "more")
_HEADED = frozenset(":—–-")
_WITHIN = 10  # tokens of a list item that may stand before the name
_ALL = word_class("pointers", "all")
_BUT = word_class("pointers", "but")
_THEY = word_class("pointers", "they")
_EXCEPT = frozenset(("кроме", "окромя"))


@dataclass(slots=True)
class Parts:
    """Token ranges that speak of one man alone, and those that hold for several."""

    own: list[tuple[int, int]] = field(default_factory=list)
    shared: list[tuple[int, int]] = field(default_factory=list)
    common: list[tuple[int, int]] = field(default_factory=list)  # shared, with «все», «оба»
    line: bool = False  # he has a line of a list to himself


def parts(
    subjects: Sequence[Person],
    strangers: Sequence[int],
    tokens: Sequence[Token],
    layout: Layout,
    births: Sequence[tuple[int, str]] = (),
) -> list[Parts]:
    """For each person the parts of the text that are his.

    `strangers`: first tokens of names the text says are not his (namesakes, men of 1943).
    `births`: birth dates with their first tokens.
    """
    lines = _listed(subjects, layout, tokens)
    if len(subjects) == 1 and not strangers and one_mans(lines, layout, tokens):
        lines = {}
    if len(subjects) == 1 and not lines:
        return [Parts(own=_without(strangers, len(tokens), subjects[0], layout))]
    names = sorted(
        (name[0], name[1], number)
        for number, person in enumerate(subjects)
        for name in person.named
    )
    found = [Parts() for _ in subjects]
    dates = [born(number, names, births) for number in range(len(subjects))]
    instead: Sequence[Name] = ()
    if lines:
        _divide_list(lines, found, names, tokens, layout)
        _divide_rest(lines, found, names, tokens, layout)
    else:
        instead = stand_ins(names, tokens, dates)
        story = _Story(found, names, tokens, instead)
        for sentence in layout.sentences:
            story.read(sentence.start, sentence.end)
    if len(subjects) > 1:
        starts, who = [name[0] for name in names], [name[2] for name in names]
        turns = Turns(tokens=tokens, layout=layout, starts=starts, who=who, born=dates)
        _turn_to(found, turns, instead)
    return found


def _turn_to(found: list[Parts], turns: Turns, instead: Sequence[Name]) -> None:
    for sentence in turns.layout.sentences:
        owner = turns.owner(sentence)
        start, end = sentence.start, sentence.end
        if owner is None or len(_mentioned(start, end, instead)) > 1:
            continue  # «Старший пропал 2-го, младший ушёл его искать»: divided already
        for one in found:
            one.own, one.shared = without(one.own, start, end), without(one.shared, start, end)
            one.common = without(one.common, start, end)
        found[owner].own.append((start, end))


def _without(
    strangers: Sequence[int], size: int, person: Person, layout: Layout
) -> list[tuple[int, int]]:
    """The whole text but for what is said of namesakes."""
    kept, at = [], 0
    for start in sorted(strangers):
        end = layout.sentence(start).end
        end = next((name[0] for name in person.named if start < name[0] < end), end)
        kept.append((at, start))
        at = max(at, end)
    kept.append((at, size))
    return [(low, high) for low, high in kept if low < high]


def _listed(subjects: Sequence[Person], layout: Layout, tokens: Sequence[Token]) -> dict[int, int]:
    """Line → person, where each man stands at the head of a line of a list."""
    heads: dict[int, int] = {}
    marked = False
    for number, person in enumerate(subjects):
        for start, _ in person.named:
            where = layout.line_of[start]
            line = layout.lines[where]
            item = line.kind is ITEM and start - line.body <= _WITHIN
            bare = line.kind in (TEXT, FIELD) and _heads(line, start, tokens)
            if (item or bare) and where not in heads:
                heads[where] = number
                marked = marked or item
                break
    if marked and any(line.kind is ITEM for line in layout.lines):
        return heads
    several = len(heads) >= 2 and max(heads) - min(heads) <= 2 * len(heads)
    return heads if several else {}


def _heads(line: Line, start: int, tokens: Sequence[Token]) -> bool:
    return start == line.start or (
        start - line.start <= 2
        and all(
            token.kind is not WORD or token.key in ("рядовой",)
            for token in tokens[line.start : start]
        )
    )


def _divide_list(
    lines: dict[int, int],
    found: list[Parts],
    names: Sequence[Name],
    tokens: Sequence[Token],
    layout: Layout,
) -> None:
    for number, person in lines.items():
        line = layout.lines[number]
        others = [
            (start, other)
            for start, _, other in _mentioned(line.start, line.end, names)
            if other != person and not _beside(tokens, start, line)
        ]
        bounds = sorted([(line.start, person), *others])
        for (start, who), after in zip(bounds, [*bounds[1:], (line.end, -1)], strict=True):
            found[who].own.append((start, after[0]))
            found[who].line = True
        first = min(start for start, *_ in _mentioned(line.start, line.end, names))
        if others and tokens[first - 1].text in _HEADED:  # «🔵 плен: А, Б»
            told = {name[2] for name in names[: bisect_left(names, (line.start, 0, 0))]}
            for who in {who for _, who in others} - told:  # no «брат Андрея»
                found[who].own.append((line.start, first))


def _beside(tokens: Sequence[Token], start: int, line: Line) -> bool:
    """«Кособоков Денис, из одного взвода со Щекочихиным, …»: only one who was with him."""
    return start > line.start and tokens[start - 1].key in ("с", "со")


def _divide_rest(
    lines: dict[int, int],
    found: list[Parts],
    names: Sequence[Name],
    tokens: Sequence[Token],
    layout: Layout,
) -> None:
    """Headers hold down to the next header; what follows the last man holds for all."""
    everyone = sorted(set(lines.values()))
    rest = [
        number
        for number, line in enumerate(layout.lines)
        if number not in lines and line.start < line.end
    ]
    numbers = sorted(lines)
    heads = [number for number in rest if number < numbers[-1]]
    for number in rest:
        line = layout.lines[number]
        here = _mentioned(line.start, line.end, names)
        if here:
            for person, (start, end) in _pieces(line.start, line.end, here):
                found[person].own.append((start, end))
            continue
        below = numbers[bisect_left(numbers, number) :]
        stop = next(
            (
                head
                for head in heads[bisect_left(heads, number + 1) :]
                if below and head > below[0] and not _continues(layout.lines[head], tokens)
            ),
            None,
        )
        if stop is not None:
            below = below[: bisect_left(below, stop)]
        plural = any(token.key in _ALL for token in tokens[line.start : line.end])
        for person in _standing(below, layout, names) or everyone:
            found[person].shared.append((line.start, line.end))
            if plural:
                found[person].common.append((line.start, line.end))


def _continues(line: Line, tokens: Sequence[Token]) -> bool:
    """«и новенькие у нас:», «ещё:»: a heading that only goes on with the list above."""
    return tokens[line.start].key in _MORE


def _standing(numbers: Sequence[int], layout: Layout, names: Sequence[Name]) -> list[int]:
    """The men who stand in these lines, a line may have several."""
    return list(
        dict.fromkeys(
            who
            for number in numbers
            for _, _, who in _mentioned(layout.lines[number].start, layout.lines[number].end, names)
        )
    )


def _mentioned(start: int, end: int, names: Sequence[Name]) -> Sequence[Name]:
    """The names within a token range."""
    return names[bisect_left(names, (start, 0, 0)) : bisect_left(names, (end, 0, 0))]


def _pieces(start: int, end: int, here: Sequence[Name]) -> list[tuple[int, tuple[int, int]]]:
    bounds = [start, *(name[0] for name in here[1:]), end]
    return [
        (who, (low, high)) for (_, _, who), low, high in zip(here, bounds, bounds[1:], strict=False)
    ]


class _Story:
    """A text in sentences, divided as it goes on: a sentence without names goes on with the last.

    `current`: the men of the last sentence that named any.
    """

    def __init__(
        self,
        found: list[Parts],
        names: Sequence[Name],
        tokens: Sequence[Token],
        instead: Sequence[Name],
    ) -> None:
        self.found, self.tokens = found, tokens
        self.names = sorted([*names, *instead]) if instead else names
        self.labels = _labels(names, tokens)
        self.current: list[int] = []
        self.header = (0, 0)
        self.chained = False

    def read(self, start: int, end: int) -> None:
        """Give the pieces of one sentence to the men it speaks of."""
        here = _mentioned(start, end, self.names)
        self._chain(here, start, end)
        if not here:
            self._nameless(start, end)
            return
        people = list(dict.fromkeys(name[2] for name in here))
        turn = _turn(self.tokens, start, here[0][0])
        if turn and self.current and self.current != people:
            _give(self.found, self.current, start, turn)
            start = turn
        if excepted := self._excepted(here, start, end):
            others = [who for who in range(len(self.found)) if who not in excepted]
            self._give_all([(who, start, end) for who in others])
            return
        end = self._by_place(here, people, start, end)
        self.current = people
        if len(people) == 1:
            _give(self.found, people, start, end)
            return
        _divide_sentence(self.found, here, self.tokens, start, end)

    def _chain(self, here: Sequence[Name], start: int, end: int) -> None:
        """«В плену: А; Б; В»: what stands before the first holds for those behind semicolons."""
        if here and not self.chained:
            self.header = (start, clause_start(self.tokens, start, here[0][0]))
        elif here and self.header[0] < self.header[1]:
            for person in dict.fromkeys(name[2] for name in here):
                self.found[person].own.append(self.header)
        self.chained = end > start and self.tokens[end - 1].text == ";"

    def _so_far(self, end: int) -> list[int]:
        """The men named before `end`, in order."""
        return list(dict.fromkeys(name[2] for name in _mentioned(0, end, self.names)))

    def _nameless(self, start: int, end: int) -> None:
        if called := _called(self.labels, self.tokens, start, end):
            _divide_sentence(self.found, called, self.tokens, start, end)
            return
        found = marks(self.tokens, start, end)
        row = self.current if len(self.current) > 1 else self._so_far(start) if found else []
        if found and len(row) > 1:
            told = [who for one in found for who in one.men(row, ())]
            rest = [who for who in row if who not in told] if told else []
            if made := pieces(found, row, rest, self.tokens, (start, end)):
                self._give_all(made)
                _give(self.found, row, start, min(low for _, low, _ in made))
                return
        if self._counts(start, end):
            self._give_all([(person, start, end) for person in self.current])
            return
        if len(self.current) > 1 and (each := series(self.tokens, start, end, len(self.current))):
            self._give_all([(who, *one) for who, one in zip(self.current, each, strict=True)])
            start = each[-1][1]
        plural = any(token.key in _ALL for token in self.tokens[start:end])
        plural = plural or any(token.key in _THEY for token in self.tokens[start:end])
        people = self.current
        if plural or not people:
            people = list(range(len(self.found)))
        _give(self.found, people, start, end)
        for person in people if plural else ():
            self.found[person].common.append((start, end))

    def _counts(self, start: int, end: int) -> bool:
        """«Оба погибли»: are they as many as the last sentence named, and not all of the text?"""
        few = 1 < len(self.current) < len(self.found)
        return few and any(
            count(token.word.normals) == len(self.current) for token in self.tokens[start:end]
        )

    def _by_place(self, here: Sequence[Name], people: list[int], start: int, end: int) -> int:
        """«…, двое других молчат» behind the names; where the rest of the sentence ends."""
        last = here[-1][1]
        found = marks(self.tokens, last, end)
        if not found:
            return end
        rest = [who for who in self._so_far(start) if who not in people]
        row = people if len(people) > 1 else []
        made = pieces(found, row, rest, self.tokens, (last, end))
        self._give_all(made)
        return min((low for _, low, _ in made), default=end)

    def _excepted(self, here: Sequence[Name], start: int, end: int) -> list[int]:
        """Those behind «кроме» in «все, кроме Лобова, вернулись»."""
        if not any(token.key in _ALL for token in self.tokens[start:end]):
            return []
        tokens, excepted = self.tokens, [False]
        for at, name in enumerate(here):
            first = name[0] > start and tokens[name[0] - 1].key in _EXCEPT
            excepted.append(first or (excepted[-1] and in_a_row(here[at - 1 : at + 1], tokens)))
        return [name[2] for name in here] if all(excepted[1:]) else []

    def _give_all(self, made: Sequence[Piece]) -> None:
        for person, low, high in made:
            _give(self.found, [person], low, high)


def _labels(names: Sequence[Name], tokens: Sequence[Token]) -> dict[str, int]:
    """Nouns that introduce one man each: «Зять — Иванов …; брат — Петров …»."""
    found: dict[str, set[int]] = {}
    for start, _, person in names:
        at = start - 1
        while at >= 0 and tokens[at].text in "—–-:,":
            at -= 1
        if at >= 0 and at < start - 1 and "NOUN" in tokens[at].word.tags:
            found.setdefault(tokens[at].key, set()).add(person)
    return {key: people.pop() for key, people in found.items() if len(people) == 1}


def _called(labels: dict[str, int], tokens: Sequence[Token], start: int, end: int) -> list[Name]:
    """Where a sentence without names calls two men by what introduced them."""
    if len(labels) < 2:
        return []
    here = [
        (at, at + 1, labels[tokens[at].key]) for at in range(start, end) if tokens[at].key in labels
    ]
    return here if len({name[2] for name in here}) > 1 else []


def _turn(tokens: Sequence[Token], start: int, name: int) -> int:
    """The conjunction a sentence turns to another man with: «на видео он, но про Витю ничего»."""
    return next((at for at in range(name - 1, start, -1) if tokens[at].key in _BUT), 0)


def _divide_sentence(
    found: list[Parts], here: Sequence[Name], tokens: Sequence[Token], start: int, end: int
) -> None:
    for person, low, high in divide(here, tokens, start, end):
        _give(found, [person], low, high)


def _give(found: list[Parts], people: Sequence[int], start: int, end: int) -> None:
    if start >= end:
        return
    for person in people:
        place = found[person].own if len(people) == 1 else found[person].shared
        place.append((start, end))
