"""Who came back in exchanges → how many of them had been sought, or were on a list of captives."""

from __future__ import annotations

from collections.abc import Sequence

from estimate import wilson
from model import Claim
from report.stated import Json
from store.observed import Mention, Observed

LEAST = 10  # men of a list: fewer tell nothing of the rest
ALL = "all"


def coverage(people: Sequence[Observed]) -> list[Json]:
    """For each list of exchanged men, and all together: what was known of them the day before.

    Keys: list, returned, and for each of sought, captives (on a list of captives, or named as a
    captive in a post) and either: persons, share, low, high. The day is the row's own.
    """
    returned = [
        (person, mention)
        for person in people
        for mention in person.mentions
        if mention.listed and mention.claim is Claim.RELEASED
    ]
    lists = sorted({mention.source for _, mention in returned})
    found = [
        _covered(name, [each for each in returned if each[1].source == name]) for name in lists
    ]
    if len(lists) > 1:
        found.append(_covered(ALL, returned))
    return [row for row in found if row["returned"] >= LEAST]


def _covered(name: str, returned: Sequence[tuple[Observed, Mention]]) -> Json:
    """Each man once, by the first row that says he came back."""
    first: dict[str, tuple[Observed, str]] = {}
    for person, mention in returned:
        known = first.get(person.person_id)
        if known is None or mention.public_on < known[1]:
            first[person.person_id] = (person, mention.public_on)
    sought = {key for key, (person, day) in first.items() if _sought(person, day)}
    captives = {key for key, (person, day) in first.items() if _captive(person, day)}
    row: Json = {"list": name, "returned": len(first)}
    for measure, men in (("sought", sought), ("captives", captives), ("either", sought | captives)):
        share = wilson(len(men), len(first)) if first else None
        row[measure] = {
            "persons": len(men),
            **({} if share is None else {
                "share": round(share.value, 3), "low": round(share.low, 3),
                "high": round(share.high, 3),
            }),
        }  # fmt: skip
    return row


def _sought(person: Observed, before: str) -> bool:
    return person.sought_from is not None and person.sought_from < before


def _captive(person: Observed, before: str) -> bool:
    return any(
        mention.claim is Claim.CAPTURED and mention.public_on < before
        for mention in person.mentions
    )
