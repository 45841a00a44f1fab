"""New clusters and yesterday's persons → person ids that stay, and aliases for those that end."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping, Sequence

Alias = tuple[str, str]


def new_id(records: Sequence[str]) -> str:
    """The id of a person never seen before: a hash of his smallest record id, without names."""
    return "p" + hashlib.sha256(min(records).encode()).hexdigest()[:16]


def carry(
    clusters: Sequence[Sequence[str]], previous: Mapping[str, str]
) -> tuple[dict[str, tuple[str, ...]], tuple[Alias, ...]]:
    """Person id → his records, and (old id, new id) for each id that is no longer used.

    An id goes to the cluster that holds most of its records (ties: the smaller id, then the
    smaller record id). An id whose records went elsewhere becomes an alias of the person who
    now holds most of them.
    """
    ordered = [tuple(sorted(cluster)) for cluster in clusters]
    overlap = Counter(
        (previous[record], index)
        for index, cluster in enumerate(ordered)
        for record in cluster
        if record in previous
    )
    claims = sorted(overlap, key=lambda key: (-overlap[key], key[0], ordered[key[1]][0]))
    owner: dict[str, int] = {}
    named: dict[int, str] = {}
    for old, index in claims:
        if old not in owner and index not in named:
            owner[old] = index
            named[index] = old
    taken = set(previous.values())
    for index, cluster in enumerate(ordered):
        if index not in named:
            named[index] = _free_id(cluster, taken)
            taken.add(named[index])
    heirs: dict[str, str] = {}
    for old, index in claims:
        if old not in owner:
            heirs.setdefault(old, named[index])
    persons = {named[index]: cluster for index, cluster in enumerate(ordered)}
    return persons, tuple(sorted(heirs.items()))


def _free_id(records: Sequence[str], taken: set[str]) -> str:
    """A new id no person bears or bore; after a split the smallest record's may be taken."""
    for count in range(len(records)):
        person = new_id(records[count:])
        if person not in taken:
            return person
    return new_id([f"{records[0]}/{len(taken)}"])
