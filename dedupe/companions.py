"""A region grouped anew → which records without a surname now mean whom, near it and in it.

`company.py` says who is told by company. What it says of a record can change only where the men
named beside him, or those named beside these elsewhere, were touched; only these are asked again.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np

from .company import named_in_company
from .deciding import Pairs
from .memory import Memory, Touched
from .recall import read_shares, read_table
from .region import Region
from .scorer import scorer
from .weights import Weights

Key = tuple[str, str]  # of a group as it is without company


@dataclass(slots=True)
class Grouping:
    """The group of each record before company has its say: of the changed the new one."""

    memory: Memory
    gone: Collection[str]
    new: dict[str, Key]  # of the records that changed

    def keys(self, ids: Collection[str]) -> dict[str, Key]:
        """The group of each record."""
        outside = [one for one in ids if one not in self.new]
        persons, alone = self.memory.persons(outside), self.memory.company(outside)
        found = {one: self.new[one] for one in ids if one in self.new}
        for one in outside:
            found[one] = ("alone", one) if one in alone else ("person", persons.get(one, one))
        return found

    def members(self, keys: Iterable[Key]) -> dict[str, Key]:
        """Every record of these groups, with its group."""
        wanted = set(keys)
        found = {one: key for one, key in self.new.items() if key in wanted}
        held = self.memory.members({name for kind, name in wanted if kind == "person"})
        of_persons = [one for records in held.values() for one in records if one not in self.gone]
        found |= {one: key for one, key in self.keys(of_persons).items() if key in wanted}
        return found | {name: (kind, name) for kind, name in wanted if kind == "alone"}


@dataclass(frozen=True, slots=True)
class Company:
    """Who means whom after this run, where that was asked."""

    grouping: Grouping
    changes: dict[str, str | None]  # record without surname → the record of the man he means
    affected: frozenset[str]  # records whose cluster may have changed by it

    def joined(self) -> dict[str, str]:
        """The changes that join."""
        return {one: other for one, other in self.changes.items() if other is not None}

    def standing(self, ids: Collection[str]) -> dict[str, str]:
        """Who among the ids is told by company, and by whose."""
        unasked = [one for one in ids if one not in self.changes]
        held = self.grouping.memory.company(unasked)
        return held | {one: other for one, other in self.joined().items() if one in ids}

    def clusters(self, ids: Collection[str]) -> list[list[str]]:
        """The final clusters of these records."""
        keys = self.grouping.keys(ids)
        while True:
            every = self.grouping.members(keys.values())
            held = self._held_by(every)
            links = self.standing({*every, *held})
            ends = self.grouping.keys({end for pair in links.items() for end in pair})
            if set(ends.values()) <= set(keys.values()):
                break
            keys |= ends
        heads = {ends[one]: ends[other] for one, other in links.items()}
        found: defaultdict[Key, list[str]] = defaultdict(list)
        for one, key in every.items():
            found[heads.get(key, key)].append(one)
        return list(found.values())

    def _held_by(self, every: Collection[str]) -> set[str]:
        """Records that joined one of these by company, now or when the store was last grouped."""
        persons = set(self.grouping.memory.persons(every).values())
        members = self.grouping.memory.members(persons)
        mine = {one for records in members.values() for one in records}
        mine |= {one for one, other in self.joined().items() if other in every}
        return mine - set(self.grouping.gone)


def companions(  # noqa: PLR0913, PLR0917  what the run knows
    memory: Memory,
    region: Region,
    changed: Collection[str],
    touched: Touched,
    banned: Pairs,
    weights: Weights,
) -> Company:
    """Ask again of every record without surname that those who changed can concern."""
    roots = region.links.roots.tolist()
    new: dict[str, Key] = {
        one: ("new", str(root))
        for one, root in zip(region.ids, roots, strict=True)
        if one in changed
    }
    grouping = Grouping(memory, touched.gone, new)
    asked = _concerned(grouping, changed, touched.gone)
    told = _told(grouping, asked, banned, weights) if asked else {}
    # who says a surname now, or nothing, is told by company no more
    changes = {one: told.get(one) for one in asked | touched.said | touched.gone}
    held = memory.company(changes)
    other = {one for one in changes if held.get(one) != told.get(one)}
    ends = {told.get(one) or one for one in other} | {held.get(one) or one for one in other}
    return Company(grouping, changes, frozenset((other | ends) - touched.gone))


def _concerned(grouping: Grouping, changed: Collection[str], gone: Collection[str]) -> set[str]:
    """Records without surname named beside the changed, or beside who was named beside them."""
    memory = grouping.memory
    beside = {one for post in memory.posts({*changed, *gone}) for one in post}
    theirs = grouping.members(grouping.keys(beside).values())
    named = {one for post in memory.posts(theirs) for one in post}
    return memory.nameless(named | beside)


def _told(grouping: Grouping, asked: set[str], banned: Pairs, weights: Weights) -> dict[str, str]:
    memory = grouping.memory
    partners = {one for post in memory.posts(asked) for one in post}
    seen = grouping.members(grouping.keys(partners).values())
    others = {one for post in memory.posts(seen) for one in post}
    keys = grouping.keys(partners | others | set(seen))
    table, ids = read_table(memory, keys, weights)
    numbers = {key: number for number, key in enumerate(sorted(set(keys.values())))}
    roots = np.array([numbers[keys[one]] for one in ids], np.int32)
    shares = read_shares(memory, table, weights)
    found = named_in_company(scorer(table, weights, shares), table, roots)
    pairs = [(ids[row], ids[other]) for row, other in found]
    return {
        one: other
        for one, other in pairs
        if one in asked and (min(one, other), max(one, other)) not in banned
    }
