"""Who was posted about, and when rollcall learned it → how many are still to come (nowcasts)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from estimate import nowcast
from estimate.delays import LEAST_COMPLETE
from report.stated import Json, stated
from store.observed import Observed

WEEK, CONTACT_WEEKS, CONTACT_ROWS = 7, 13, 52  # a man sought later is outside the question
FEW = 20  # a twentieth of searches come before they set in: stray old posts
COLLECTION_DAYS, COLLECTION_ROWS = 14, 90


def from_last_contact(people: Sequence[Observed], as_of: str) -> Json:
    """Men who had fallen silent by the day and will be sought within weeks, but are not yet.

    Rows are weeks of the last contact, delays weeks until the first public search, up to
    `longest`: 13, fewer while the count is young. Men silent since before searches set in (a
    twentieth of all) are left out: their short delays could not be seen, only their long ones.
    It speaks of men whose search states a last contact; `scaled` extends it to the others, as if
    they were sought as late.
    """
    dated = [
        (date.fromisoformat(contact), date.fromisoformat(person.sought_from))
        for person in people
        if person.sought_from and (contact := _last_contact(person))
    ]
    searched = sorted(reported for _, reported in dated)
    since = searched[len(searched) // FEW] if searched else date.min
    dated = [each for each in dated if each[0] >= since]
    sought = sum(1 for person in people if person.sought_from)
    end = date.fromisoformat(as_of)
    rows = min((end - since).days // WEEK, CONTACT_ROWS)
    longest = max(min(CONTACT_WEEKS, rows - LEAST_COMPLETE), 1)
    found = stated(nowcast(_triangle(dated, end, end, WEEK, longest, rows)))
    found |= {"sought": sought, "dated": len(dated), "unit": "week", "longest": longest}
    if "persons" in found and dated:
        factor = sought / len(dated)
        found["scaled"] = {name: round(found[name] * factor) for name in ("persons", "low", "high")}
    return found


def from_post(
    people: Sequence[Observed], as_of: str, known_on: str | None, began: str | None
) -> Json:
    """Men already sought in public by the day, whose posts rollcall has still to collect.

    Rows are days of the first search, delays days until rollcall collected it; searches older
    than the first collection are left out, since their delay is rollcall's own age.
    """
    collected = [days for person in people if (days := _collected(person))]
    dated = [
        (date.fromisoformat(asked), date.fromisoformat(learned))
        for asked, learned in collected
        if asked >= (began or asked)
    ]
    end = date.fromisoformat(as_of)
    now = max(date.fromisoformat(known_on), end) if known_on else end
    triangle = _triangle(dated, end, now, 1, COLLECTION_DAYS, COLLECTION_ROWS)
    found = stated(nowcast(triangle))
    return found | {"dated": len(dated), "unit": "day", "longest": COLLECTION_DAYS}


def _last_contact(person: Observed) -> str | None:
    """The earliest last contact that a search states, if not after the search itself."""
    said = [
        mention.last_contact
        for mention in person.mentions
        if mention.last_contact and mention.asked_on
    ]
    contact = min(said, default=None)
    return contact if contact and person.sought_from and contact <= person.sought_from else None


def _collected(person: Observed) -> tuple[str, str] | None:
    """The day of his first search, and the day rollcall first had a search for him."""
    asking = [mention for mention in person.mentions if mention.asked_on and not mention.listed]
    if person.sought_from is None or not asking:
        return None
    first = min(mention.asked_on or mention.public_on for mention in asking)
    return first, max(first, min(mention.learned_on for mention in asking))


def _triangle(  # noqa: PLR0913, PLR0917  days and sizes of one table
    dated: Iterable[tuple[date, date]], end: date, now: date, step: int, longest: int, most: int
) -> list[list[int]]:
    """Rows of `step` days that end with `end`, oldest first; delays in steps, up to `longest`.

    A row's length says which delays have passed by `now`. Empty rows before the first are left.
    """
    ages: dict[int, list[int]] = {}
    for began, reported in dated:
        age, later = (end - began).days // step, (reported - began).days
        if began > end or reported > now or age >= most:
            continue
        # the delay in whole steps of the table, so that a row's cells fill one after another
        offset = (began - end).days + age * step + step - 1  # place within the step, from 0
        delay = (offset + later) // step
        row = ages.setdefault(age, [0] * (longest + 1))
        if delay <= longest:
            row[delay] += 1
    spare = (now - end).days // step
    oldest = max(ages, default=-1)
    return [
        ages.get(age, [0] * (longest + 1))[: min(longest, age + spare) + 1]
        for age in range(oldest, -1, -1)
    ]
