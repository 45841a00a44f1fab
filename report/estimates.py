"""The store on a day → nowcasts, unseen men, coverage and rates, as JSON values.

Each estimate is a dict: method, persons, low, high, basis, cautions; each refusal one with
method, refused (the key of a sentence in words.tsv) and values.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from estimate import men_of_region, rate_per_100k
from report.coverage import coverage
from report.stated import Json
from report.unreported import from_last_contact, from_post
from report.unseen import unseen_captives, unseen_sought
from store import Store
from store.observed import first_collected, known_day, observed


def estimates(store: Store, as_of: str, known_at: str | None = None) -> Json:
    """Everything `rollcall estimate` prints of a Moscow day, as known at a time (None: now).

    Keys: as_of, known_at, nowcast {last_contact, collection}, unseen {sought, captives},
    coverage, rates. The same day and time known give the same answer for ever.
    """
    tally: Json = dict(store.tally(as_of, known_at))
    people = observed(store, as_of, known_at)
    return {
        "as_of": tally["as_of"],
        "known_at": tally["known_at"],
        "counted": tally["total"],
        "nowcast": {
            "last_contact": from_last_contact(people, as_of),
            "collection": from_post(
                people, as_of, known_day(store, known_at), first_collected(store.connection)
            ),
        },
        "unseen": {"sought": unseen_sought(people), "captives": unseen_captives(people)},
        "coverage": coverage(people),
        "rates": rates(tally),
    }


def rates(tally: Mapping[str, Any]) -> list[Json]:
    """Sought and missing men of each region per 100,000 of its men, the highest rate first."""
    found = []
    for code, counts in tally["by_region"].items():
        men = men_of_region(code)
        if men is None:
            continue
        row: Json = {"region": code, "men": men}
        for measure, persons in (("sought", counts["total"]), ("missing", counts["missing"])):
            rate = rate_per_100k(persons, men)
            row[measure] = {
                "persons": persons, "per_100k": round(rate.value, 2), "low": round(rate.low, 2),
                "high": round(rate.high, 2),
            }  # fmt: skip
        found.append(row)
    return sorted(found, key=lambda row: (-row["sought"]["per_100k"], row["region"]))
