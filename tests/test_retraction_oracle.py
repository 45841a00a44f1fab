"""The state after a retraction is the state rebuilt without what it took back."""

from __future__ import annotations

from dataclasses import replace

from histories import Tale, at
from hypothesis import given, settings
from hypothesis import strategies as st

from dedupe.describe import describe
from dedupe.status import WITHDRAWN, refuted
from model import Claim, StoredRecord

DAYS = [f"2024-08-{day:02}" for day in range(1, 13)]
SAID = st.tuples(
    st.sampled_from(DAYS),
    st.sampled_from([claim for claim in Claim if claim is not Claim.RETRACTED]),
    st.sampled_from(["chat", "news", "list"]),
    st.sampled_from([None, *DAYS[::3]]),  # last contact
    st.sampled_from([None, None, *DAYS[::4]]),  # first asked for, where the post was edited later
    st.booleans(),  # a copy of the one before
)


def tale(said: list[tuple[str, Claim, str, str | None, str | None, bool]]) -> Tale:
    told = Tale()
    for n, (day, claim, owner, contact, asked, copy) in enumerate(said):
        row = n + 1 if owner == "list" else None
        told.says(
            day, claim, owner=owner, row=row, last_contact=contact,
            asked_on=min(asked, day) if asked and row is None else None,
            copy_of=n if copy and n and row is None else None,
        )  # fmt: skip
    return told


def live(records: list[StoredRecord]) -> set[tuple[object, ...]]:
    return {
        (event.public_on, event.status, event.record_id, event.evidence, event.corroborated_on)
        for event in describe("p", records).events
        if event.status and not event.retracted
    }


def without(records: list[StoredRecord], retraction: str) -> list[StoredRecord]:
    """The records as if the refuted claims, and the retraction, had never been published."""
    gone = refuted(records)
    left = []
    for one in records:
        claims = {claim for record_id, claim in gone if record_id == one.record_id}
        if one.record_id == retraction or (one.record.claim in claims and one.asked_at is None):
            continue
        if one.record.claim in claims and one.asked_at is not None:
            if Claim.SOUGHT in claims or one.asked_at >= one.public_at:
                continue
            plain = replace(one.record, claim=Claim.SOUGHT)
            one = replace(one, record=plain, public_at=one.asked_at)  # noqa: PLW2901
        elif Claim.SOUGHT in claims:
            one = replace(one, asked_at=None)  # noqa: PLW2901
        left.append(one)
    return left


@settings(max_examples=400, deadline=None)
@given(said=st.lists(SAID, min_size=1, max_size=8), whole=st.booleans())
def test_a_retraction_leaves_what_stood_without_it(
    said: list[tuple[str, Claim, str, str | None, str | None, bool]], whole: bool
) -> None:
    told = tale(said)
    told.says("2024-08-20", Claim.RETRACTED, owner="news", facts=(WITHDRAWN,) if whole else ())
    last = told.records[-1].record_id
    assert live(told.records) == live(without(told.records, last))


def test_what_was_no_news_beside_a_refuted_claim_is_news_without_it() -> None:
    """Relatives rejoice at a prisoner's video; it was another man, and he had called home."""
    told = Tale().says("2024-08-01", Claim.SOUGHT).says("2024-08-03", Claim.CAPTURED)
    told.says("2024-08-05", Claim.FOUND_ALIVE, owner="news").says("2024-08-09", Claim.RETRACTED)
    assert {(e[0], str(e[1])) for e in live(told.records)} == {
        ("2024-08-01", "missing"), ("2024-08-05", "found_alive"),
    }  # fmt: skip
    assert at("2024-08-05") == told.records[2].public_at
