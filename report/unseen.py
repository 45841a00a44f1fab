"""Who is on which list → how many men are on none (Chao, Chapman, log-linear models)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from itertools import combinations

from estimate import Estimate, Refusal, chao, chapman, loglinear
from model import Claim, Status
from report.stated import Json, stated
from store.observed import Mention, Observed

MOST_LISTS = 4
OTHERS = "others"  # the smallest owners together, where there are more than four
POSTS = "posts"  # all channels together: they copy each other's news of captives


def unseen_sought(people: Sequence[Observed]) -> Json:
    """Men whom somebody searches for in public, seen by rollcall or not.

    Lists are the owners of channels; a forward or copy is no second sighting. Chao's bound counts
    independent searches for a man instead.
    """
    sought = [person for person in people if person.sought_from]
    listed = [
        {mention.owner for mention in person.mentions if _searches(mention)} for person in sought
    ]
    searches = Counter(
        times
        for person in sought
        if (times := sum(1 for mention in person.mentions if _searches(mention)))
    )
    return {"chao": stated(chao(searches)), **_by_lists([owners for owners in listed if owners])}


def unseen_captives(people: Sequence[Observed]) -> Json:
    """Men ever named as prisoners by the day, exchanged since or not: a closed population.

    Lists are all posts together, and each owner of lists.
    """
    captives = [
        {
            mention.owner if mention.listed else POSTS
            for mention in person.mentions
            if mention.claim is Claim.CAPTURED
        }
        for person in people
        if any(status is Status.CAPTURED for _, status in person.events)
    ]
    return _by_lists([owners for owners in captives if owners])


def _searches(mention: Mention) -> bool:
    return bool(mention.asked_on) and not mention.copied


def _by_lists(listed: Sequence[Collection[str]]) -> Json:
    """Chapman for every pair of lists, log-linear models for all of them at once."""
    names = _lists(listed)
    kept = [{owner if owner in names else OTHERS for owner in owners} for owners in listed]
    sizes = Counter(name for owners in kept for name in owners)
    pairs = [
        {"lists": [one, other], **_pair(one, other, kept)} for one, other in combinations(names, 2)
    ]
    overlap = Counter(tuple(int(name in owners) for name in names) for owners in kept)
    return {
        "seen": len(listed),
        "lists": [{"name": name, "persons": sizes[name]} for name in names],
        "chapman": pairs,
        "loglinear": stated(loglinear(names, overlap)),
    }


def _pair(one: str, other: str, listed: Sequence[Collection[str]]) -> Json:
    """Chapman for two lists; refused where all lists together hold more men than it gives."""
    first, second = (sum(name in owners for owners in listed) for name in (one, other))
    found = chapman(first, second, sum(one in owners and other in owners for owners in listed))
    if isinstance(found, Estimate) and found.value < len(listed):
        found = Refusal(
            method=found.method,
            reason="refused.below_seen",
            values={"persons": round(found.value), "seen": len(listed)},
        )
    return stated(found)


def _lists(listed: Sequence[Collection[str]]) -> list[str]:
    """The lists, the longest first; where there are more than four, the last is all others."""
    owners = Counter(owner for each in listed for owner in each)
    ranked = [name for name, _ in sorted(owners.items(), key=lambda item: (-item[1], item[0]))]
    return ranked if len(ranked) <= MOST_LISTS else [*ranked[: MOST_LISTS - 1], OTHERS]
