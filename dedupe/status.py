"""The records of one person → his status events, dated by the day the news became public."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from dedupe.evidence import Support, evidence_of
from model import Claim, Evidence, Status, StatusEvent, StoredRecord
from russian.moscow import moscow_day

STATUS_OF = {
    Claim.SOUGHT: Status.MISSING,
    Claim.CAPTURED: Status.CAPTURED,
    Claim.RELEASED: Status.RELEASED,
    Claim.FOUND_ALIVE: Status.FOUND_ALIVE,
    Claim.DECEASED: Status.DECEASED,
}
RANK = {status: rank for rank, status in enumerate(Status)}
# After these a call home on the same day may be the very news that was reported.
_AT_LIBERTY = (Status.FOUND_ALIVE, Status.RELEASED)
_JOY = timedelta(days=7)
Key = tuple[str, Claim]  # a record makes each claim once
# What the extractor notes of a record: the request itself is taken back; he is sought once more.
WITHDRAWN = "request_withdrawn"
POST_WITHDRAWN = "post_withdrawn"  # the post is: what else was told of him, if anything, goes first
ANEW = "sought_again"
CORRECTION = "taken_back"  # an edit of a search takes back what was told of him


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """One claim of one record at the moment it became public."""

    record: StoredRecord
    claim: Claim
    at: datetime
    day: str  # Moscow

    def order(self) -> tuple[object, ...]:
        """By day; within it posts by the hour, then lists (they give no hour), then retractions."""
        takes_back = self.record.record.claim is Claim.RETRACTED
        phase = 2 if takes_back else int(self.record.row is not None)
        last = takes_back and self.claim is not Claim.RETRACTED
        return self.day, phase, self.at, self.record.record_id, last


@dataclass(slots=True, kw_only=True)
class _Event:
    said: Said
    status: Status | None
    retracts: tuple[str, ...] = ()
    retracted: bool = False


def status_events(
    person_id: str,
    records: Sequence[StoredRecord],
    approved: Mapping[str, Set[str]] | None = None,
) -> tuple[StatusEvent, ...]:
    """The events of a person in order of time. `approved`: record id → editors who vouch for it."""
    said = sorted((one for record in records for one in claims(record)), key=Said.order)
    events, void = _told(said)
    support = Support.of([one for one in said if _key(one) not in void], approved or {})
    return tuple(_finished(person_id, event, events, support) for event in events)


def refuted(records: Sequence[StoredRecord]) -> frozenset[Key]:
    """The claims that later words took back, also those that only repeated what was known."""
    return frozenset(_told(sorted((one for r in records for one in claims(r)), key=Said.order))[1])


def _told(said: Sequence[Said]) -> tuple[list[_Event], set[Key]]:
    """The events in order of time, and the claims taken back.

    After a retraction the person stands as if the claims it refutes had never been made: what was
    no news beside them may be news without them, so all before it is gone through again.
    """
    taken: list[_Event] = []
    live: list[_Event] = []
    void: set[Key] = set()
    for index, one in enumerate(said):
        before = [other for other in said[:index] if _key(other) not in void]
        if one.claim is not Claim.RETRACTED:
            live.extend(_next_events(one, [*taken, *live], before))
            continue
        gone = _refuted(one, live)
        if not gone:
            continue
        void |= {_key(other) for other in before if _goes_with(other, gone)}
        taken += [replace(event, retracted=True) for event in gone]
        records = tuple(dict.fromkeys(event.said.record.record_id for event in gone))
        taken.append(_Event(said=one, status=None, retracts=records))
        live = []
        left = [other for other in before if _key(other) not in void]
        for place, other in enumerate(left):
            if other.claim is not Claim.RETRACTED:
                live.extend(_next_events(other, live, left[:place]))
    return sorted([*taken, *live], key=lambda event: event.said.order()), void


def _key(one: Said) -> Key:
    return one.record.record_id, one.claim


def _goes_with(one: Said, gone: Sequence[_Event]) -> bool:
    """Does a claim say what the refuted events said, in their days?"""
    if one.claim is Claim.RETRACTED:
        return False
    first: dict[Status | None, str] = {}
    for event in gone:
        first[event.status] = min(event.said.day, first.get(event.status, event.said.day))
    status = STATUS_OF[one.claim]
    return status in first and one.day >= first[status]


def claims(stored: StoredRecord) -> Iterable[Said]:
    """What a record says, and when: a search whose post was edited later said "sought" before."""
    claim, at = stored.record.claim, stored.public_at
    asked = stored.asked_at
    if asked is not None and asked < at and claim is not Claim.SOUGHT:
        yield Said(record=stored, claim=Claim.SOUGHT, at=asked, day=moscow_day(asked))
    if claim is Claim.SOUGHT and stored.row is not None:
        return  # a list that only asks for news tells nothing of his standing
    if claim is Claim.SOUGHT and CORRECTION in stored.record.facts:
        yield Said(record=stored, claim=Claim.RETRACTED, at=at, day=moscow_day(at))
    yield Said(record=stored, claim=claim, at=at, day=moscow_day(at))
    if claim is Claim.RETRACTED and stored.record.asks:
        yield Said(record=stored, claim=Claim.SOUGHT, at=at, day=moscow_day(at))


def current(events: Iterable[_Event]) -> _Event | None:
    """The event that gives his status: the latest live one, on one day the highest rank."""
    live = [event for event in events if event.status is not None and not event.retracted]
    return max(live, key=lambda e: (e.said.day, RANK[e.status or Status.MISSING]), default=None)


def _next_events(one: Said, events: list[_Event], before: Sequence[Said]) -> list[_Event]:
    """The events a claim adds: none where it repeats what is known."""
    now, status = current(events), STATUS_OF[one.claim]
    if one.record.row is not None:  # a list's confirmation is an event of its own
        return [_Event(said=one, status=status)]
    if _repeats_retracted(one, events) or (now and not _is_news(one, now, before)):
        return []
    return [_Event(said=one, status=status)]


def _is_news(one: Said, now: _Event, before: Sequence[Said]) -> bool:
    """Does a post's claim change his standing?"""
    status = STATUS_OF[one.claim]
    if status is Status.MISSING and now.status is not Status.MISSING:
        return _seeks_anew(one, now, before)
    if status is Status.FOUND_ALIVE and now.status is Status.RELEASED:
        return False  # the call home of an exchanged man is no second fate
    if status is Status.FOUND_ALIVE and now.status is Status.CAPTURED:
        # «живой!» of those days is joy at the prisoner's video, not his return
        return date.fromisoformat(one.day) - date.fromisoformat(now.said.day) > _JOY
    return now.status is not status


def _repeats_retracted(one: Said, events: Iterable[_Event]) -> bool:
    """A copy of a post whose claim was taken back."""
    refuted = {event.said.record.record_id for event in events if event.retracted}
    return one.record.copy_of in refuted


def _seeks_anew(one: Said, now: _Event, before: Sequence[Said]) -> bool:
    """Does the family really seek him again, or is this a late copy of the first search?

    A new search names a contact after the news that ended the last one; a copy can't. On the
    day of the news itself the contact may be the very call that was reported, unless it is later
    than every contact named before.
    """
    record = one.record.record
    if one.record.copy_of is not None:
        return False
    if ANEW in record.facts:
        return True
    contact = record.last_contact
    if contact is None or contact < now.said.day or contact >= one.day:
        return False
    if contact > now.said.day:
        return True
    known = {said.record.record.last_contact for said in before}
    return now.status in _AT_LIBERTY and one.day > now.said.day and contact not in known


def _refuted(one: Said, events: Sequence[_Event]) -> list[_Event]:
    """The events that a retraction takes back: his present standing, by whoever gave it.

    A search is taken back only by words that withdraw the request itself.
    """
    live = [
        event for event in events
        if event.said.at <= one.at or event.said.record.row is not None
    ]  # fmt: skip
    if WITHDRAWN in one.record.record.facts:
        return live
    now = current(event for event in live if event.status is not Status.MISSING)
    if now is None and POST_WITHDRAWN in one.record.record.facts:
        return live
    return _last_spell([e for e in live if now is not None and e.status is now.status], live)


def _last_spell(refuted: list[_Event], live: list[_Event]) -> list[_Event]:
    """Of the events of one status, those after the last live event of another status."""
    if not refuted:
        return []
    status, last = refuted[0].status, max(event.said.day for event in refuted)
    others = [
        event.said.day for event in live if event.status is not status and event.said.day < last
    ]
    since = max(others, default="")
    return [event for event in refuted if event.said.day >= since]


def _finished(
    person_id: str, event: _Event, events: Sequence[_Event], support: Support
) -> StatusEvent:
    plain = StatusEvent(
        person_id=person_id,
        status=event.status,
        public_on=event.said.day,
        learned_at=event.said.record.learned_at,
        record_id=event.said.record.record_id,
        evidence=Evidence.REPORTED,
        retracts=event.retracts,
        retracted=event.retracted,
    )
    if event.status is None:
        return plain
    until = min(
        (
            other.said.day for other in events
            if other.said.day > event.said.day and other.status not in (event.status, None)
            and not other.retracted
        ),
        default="9999",
    )  # fmt: skip
    level, since = evidence_of(event.said, until, support)
    return replace(plain, evidence=level, corroborated_on=since)
