"""The records of one person → the person: each field by its best evidence, and his events."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from datetime import timedelta
from typing import TypeVar

from dedupe.status import status_events
from model import Category, Person, StoredRecord
from russian.moscow import moscow_day

Value = TypeVar("Value")

# What relatives say when they first search tells how he served *then*; a contract signed between
# two disappearances is said later.
FIRST_SEARCH = timedelta(days=60)


def describe(
    person_id: str,
    records: Sequence[StoredRecord],
    approved: Mapping[str, Set[str]] | None = None,
) -> Person:
    """The person that these records speak of. `approved`: record id → editors who vouch for it."""
    records = sorted(records, key=lambda stored: (stored.public_at, stored.record_id))
    posts = [stored for stored in records if stored.row is None]
    asked = sorted(stored.asked_at for stored in posts if stored.asked_at is not None)
    sought = bool(asked)
    # home and category of a sought man are those his people give; of the others a list may tell
    tellers = posts if sought else records
    return Person(
        person_id=person_id,
        records=tuple(sorted(stored.record_id for stored in records)),
        surname=best_name(records, lambda r: r.record.surname),
        given=best_name(records, lambda r: r.record.given),
        patronymic=best_name(records, lambda r: r.record.patronymic),
        birth_date=best_birth_date([stored.record.birth_date for stored in records]),
        age=_first(posts or records, lambda r: r.record.age),
        sex=_most(records, lambda r: r.record.sex),
        category=category_at_first_search(tellers),
        unit=_most(records, lambda r: r.record.unit),
        home_region=_most(tellers, lambda r: r.record.home_region),
        home_place=_most(tellers, lambda r: r.record.home_place),
        sought_from=moscow_day(asked[0]) if asked else None,
        events=status_events(person_id, records, approved),
        last_contact=contact_at_first_search(posts),
        first_source=first_source(posts),
    )


def _first(
    records: Sequence[StoredRecord], field: Callable[[StoredRecord], Value | None]
) -> Value | None:
    return next((value for stored in records if (value := field(stored)) is not None), None)


def _most(
    records: Sequence[StoredRecord], field: Callable[[StoredRecord], Value | None]
) -> Value | None:
    """The value most records give (copies count once), the earlier one of two."""
    votes: Counter[Value] = Counter()
    for stored in records:
        value = field(stored)
        if value is not None:
            votes[value] += 1 if stored.copy_of else 2
    return max(votes, key=lambda value: votes[value], default=None)


def category_at_first_search(records: Sequence[StoredRecord]) -> Category | None:
    """How he served when he was first sought: the word of the posts of those weeks."""
    asked = [stored.asked_at for stored in records if stored.asked_at is not None]
    start = min(asked, default=None)
    if start is None:
        return _most(records, lambda r: r.record.category)
    since = [stored for stored in records if (stored.asked_at or stored.public_at) >= start]
    first = [stored for stored in since if stored.public_at <= start + FIRST_SEARCH]
    return (
        _most(first, lambda r: r.record.category)
        or _first(since, lambda r: r.record.category)
        or _first(records[::-1], lambda r: r.record.category)
    )


def contact_at_first_search(posts: Sequence[StoredRecord]) -> str | None:
    """The latest contact that the posts of the first weeks name; else the first one named later."""
    asked = [stored.asked_at for stored in posts if stored.asked_at is not None]
    until = moscow_day(min(asked) + FIRST_SEARCH) if asked else ""
    named = [
        (moscow_day(stored.asked_at or stored.public_at), stored.record.last_contact)
        for stored in posts
        if stored.record.last_contact
    ]
    early = [contact for day, contact in named if day <= until]
    return max(early) if early else min(named)[1] if named else None


def first_source(posts: Sequence[StoredRecord]) -> str | None:
    """The source of the first search request."""
    asked = [(one.asked_at, one.record_id, one.source) for one in posts if one.asked_at is not None]
    return min(asked)[2] if asked else None


def best_name(
    records: Sequence[StoredRecord], field: Callable[[StoredRecord], str | None]
) -> str | None:
    """The spelling most records use: a full word before an initial, ё before the е written for it.

    A double surname wins over its halves.
    """
    spelled = Counter(name for stored in records if (name := field(stored)))
    full = {name: count for name, count in spelled.items() if len(name.strip(".")) > 1}
    votes = full or spelled
    if not votes:
        return None
    folded: Counter[str] = Counter()
    for name, count in votes.items():
        folded[_fold(name)] += count
    for name in list(folded):
        halves = name.split("-")
        if len(halves) > 1:
            folded[name] += sum(folded[half] for half in halves if half in folded)
    best = max(folded, key=lambda name: (folded[name], len(name)))
    same = [name for name in votes if _fold(name) == best]
    return max(same, key=lambda name: (votes[name] * (1 + name.lower().count("ё")), name))


def _fold(name: str) -> str:
    return name.lower().replace("ё", "е").replace("–", "-")


def best_birth_date(dates: Sequence[str | None]) -> str | None:
    """The date most records stand behind: year first, then month and day within that year."""
    said = [date for date in dates if date]
    best = ""
    for width in (4, 7, 10):
        votes = Counter(date[:width] for date in said if len(date) >= width)
        fitting = {value: count for value, count in votes.items() if value.startswith(best)}
        if not fitting:
            break
        best = max(fitting, key=lambda value: fitting[value])
    return best or None
