"""New clusters and yesterday's persons → person ids that stay, and aliases for those that end."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from collections.abc import Mapping, Sequence, Set

Alias = tuple[str, str]


def new_id(records: Sequence[str]) -> str:
    """The id of a person never seen before: a hash of his smallest record id, without names."""
    return "p" + hashlib.sha256(min(records).encode()).hexdigest()[:16]


def carry(
    clusters: Sequence[Sequence[str]],
    previous: Mapping[str, str],
    former: Mapping[str, Sequence[str]] | None = None,
    taken: Set[str] = frozenset(),
) -> tuple[dict[str, tuple[str, ...]], tuple[Alias, ...]]:
    """Person id → his records, and (old id, new id) for each id that is no longer used.

    An id goes to the cluster that holds most of the records that bear or bore it (ties: the
    smaller id, then the smaller record id); `former`: record id → the persons it belonged to
    before. Of a person that splits, records that came to him from another count less than his
    own, and a part that loses the id takes back the one most of its records bore before:
    splitting restores both histories, and so does merging what was split.
    An id whose records went elsewhere becomes an alias of the person who now holds most of them.
    `taken` are ids borne by persons whose records are not among these.
    """
    ordered = [tuple(sorted(cluster)) for cluster in clusters]
    claims = _claims(ordered, previous, former or {})
    owner: dict[str, int] = {}
    named: dict[int, str] = {}
    for old, index in claims:
        if old not in owner and index not in named:
            owner[old] = index
            named[index] = old
    used = {*taken, *previous.values()}
    for old, index in _returns(ordered, former or {}, used):
        if index not in named and old not in used:
            named[index] = old
            used.add(old)
    for index, cluster in enumerate(ordered):
        if index not in named:
            named[index] = _free_id(cluster, used)
            used.add(named[index])
    heirs: dict[str, str] = {}
    for old, index in claims:
        if old not in owner:
            heirs.setdefault(old, named[index])
    persons = {named[index]: cluster for index, cluster in enumerate(ordered)}
    return persons, tuple(sorted(heirs.items()))


def _claims(
    clusters: Sequence[tuple[str, ...]],
    previous: Mapping[str, str],
    former: Mapping[str, Sequence[str]],
) -> list[tuple[str, int]]:
    """(old id, cluster) by right: of each id's clusters one is its home, and homes come first."""
    overlap: Counter[tuple[str, int]] = Counter()
    own: Counter[tuple[str, int]] = Counter()
    bore: Counter[tuple[str, int]] = Counter()
    for index, cluster in enumerate(clusters):
        for record in cluster:
            before = set(former.get(record, ()))
            bore.update((old, index) for old in before)
            if record in previous:
                now = previous[record]
                overlap[now, index] += 1
                own[now, index] += before <= {now}
                bore[now, index] += now not in before

    def right(key: tuple[str, int]) -> tuple[object, ...]:
        return -bore[key], -overlap[key], key[0], clusters[key[1]][0]

    home: dict[str, tuple[str, int]] = {}
    for key in sorted(overlap, key=lambda key: (-own[key], *right(key))):
        home.setdefault(key[0], key)
    return sorted(overlap, key=lambda key: (home[key[0]] != key, *right(key)))


def _returns(
    clusters: Sequence[tuple[str, ...]], former: Mapping[str, Sequence[str]], used: Set[str]
) -> list[tuple[str, int]]:
    """(id borne before and by nobody now, cluster), the largest part of its records first."""
    overlap = Counter(
        (old, index)
        for index, cluster in enumerate(clusters)
        for record in cluster
        for old in dict.fromkeys(former.get(record, ()))
        if old not in used
    )
    return sorted(overlap, key=lambda key: (-overlap[key], key[0], clusters[key[1]][0]))


def ids_asked(clusters: Sequence[Sequence[str]], former: Mapping[str, Sequence[str]]) -> set[str]:
    """Every id `carry` could give these clusters anew: which of them are taken must be known."""
    ordered = [sorted(cluster) for cluster in clusters]
    free = {new_id(cluster[n:]) for cluster in ordered for n in range(len(cluster))}
    return free.union(*former.values()) if former else free


def _free_id(records: Sequence[str], taken: Set[str]) -> str:
    """A new id no person bears or bore; after a split the smallest record's may be taken."""
    for count in range(len(records)):
        person = new_id(records[count:])
        if person not in taken:
            return person
    spare = (new_id([f"{records[0]}/{count}"]) for count in itertools.count())
    return next(person for person in spare if person not in taken)
