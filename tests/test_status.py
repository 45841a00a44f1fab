"""Tables of tales → the status events they must give."""

from __future__ import annotations

import pytest
from histories import Tale, at

from dedupe.status import status_events
from model import Claim, Evidence

SOUGHT, CAPTURED, RELEASED = Claim.SOUGHT, Claim.CAPTURED, Claim.RELEASED
FOUND, DEAD, RETRACTED = Claim.FOUND_ALIVE, Claim.DECEASED, Claim.RETRACTED


def told(tale: Tale) -> str:
    """Events as text: day, status, record, and an x where it was taken back."""
    return "; ".join(
        f"{event.public_on[5:]} {event.status or 'retracts ' + '+'.join(event.retracts)}"
        f" {event.record_id}{'x' if event.retracted else ''}"
        for event in status_events("p", tale.records)
    )


@pytest.mark.parametrize(
    ("tale", "events"),
    [
        pytest.param(
            Tale().says("2024-08-07", SOUGHT).says("2024-08-08", SOUGHT),
            "08-07 missing 1",
            id="a second plea is no event",
        ),
        pytest.param(
            Tale().says("2024-08-07", SOUGHT, hour=22),
            "08-08 missing 1",
            id="the day is Moscow's",
        ),
        pytest.param(
            Tale()
            .says("2024-08-07", SOUGHT)
            .says("2024-08-09", CAPTURED)
            .says("2024-08-10", CAPTURED),
            "08-07 missing 1; 08-09 captured 2",
            id="a later post that says the same",
        ),
        pytest.param(
            Tale()
            .says("2024-08-07", SOUGHT)
            .says("2024-08-09", CAPTURED)
            .says("2024-08-20", CAPTURED, row=3, owner="list"),
            "08-07 missing 1; 08-09 captured 2; 08-20 captured 3",
            id="a list's confirmation is an event",
        ),
        pytest.param(
            Tale().says("2024-08-07", SOUGHT, row=1, owner="list"),
            "",
            id="a list that only asks for news",
        ),
        pytest.param(
            Tale()
            .says("2024-08-07", SOUGHT, last_contact="2024-08-05")
            .says("2024-08-20", FOUND)
            .says("2024-09-21", SOUGHT, last_contact="2024-08-05"),
            "08-07 missing 1; 08-20 found_alive 2",
            id="a stale copy of the search",
        ),
        pytest.param(
            Tale().says("2024-08-07", SOUGHT).says("2024-08-20", FOUND).says("2024-12-03", SOUGHT),
            "08-07 missing 1; 08-20 found_alive 2",
            id="a plea without a day, after he was found",
        ),
        pytest.param(
            Tale()
            .says("2024-08-07", SOUGHT, last_contact="2024-08-05")
            .says("2024-08-20", FOUND)
            .says("2024-12-03", SOUGHT, last_contact="2024-11-21"),
            "08-07 missing 1; 08-20 found_alive 2; 12-03 missing 3",
            id="found, then missing anew",
        ),
        pytest.param(
            Tale()
            .says("2024-08-07", SOUGHT)
            .says("2024-08-20", CAPTURED)
            .says("2024-08-23", SOUGHT, last_contact="2024-08-23"),
            "08-07 missing 1; 08-20 captured 2",
            id="a contact on the day of the post is a misreading",
        ),
        pytest.param(
            Tale()
            .says("2024-08-07", SOUGHT)
            .says("2024-08-20", RELEASED)
            .says("2024-12-03", SOUGHT, last_contact="2024-11-21", copy_of=1),
            "08-07 missing 1; 08-20 released 2",
            id="a copy never seeks anew",
        ),
        pytest.param(
            Tale()
            .says("2024-08-07", SOUGHT)
            .says("2024-08-20", RELEASED)
            .says("2024-12-03", SOUGHT, facts=("sought_again",)),
            "08-07 missing 1; 08-20 released 2; 12-03 missing 3",
            id="the words say that he is sought again",
        ),
        pytest.param(
            Tale()
            .says("2024-08-10", CAPTURED)
            .says("2024-08-12", SOUGHT, last_contact="2024-08-05"),
            "08-10 captured 1",
            id="captured before anyone asked",
        ),
        pytest.param(
            Tale()
            .says("2024-08-10", SOUGHT)
            .says("2024-08-18", CAPTURED)
            .says("2024-08-20", RETRACTED),
            "08-10 missing 1; 08-18 captured 2x; 08-20 retracts 2 3",
            id="a face on a video, taken back",
        ),
        pytest.param(
            Tale()
            .says("2024-08-10", SOUGHT)
            .says("2024-08-27", DEAD)
            .says("2024-08-30", DEAD, row=13, owner="list")
            .says("2024-11-12", RETRACTED),
            "08-10 missing 1; 08-27 deceased 2x; 08-30 deceased 3x; 11-12 retracts 2+3 4",
            id="one post takes back a post and a list row",
        ),
        pytest.param(
            Tale()
            .says("2024-08-10", SOUGHT)
            .says("2024-08-12", CAPTURED)
            .says("2024-08-27", DEAD)
            .says("2024-11-12", RETRACTED),
            "08-10 missing 1; 08-12 captured 2; 08-27 deceased 3x; 11-12 retracts 3 4",
            id="only the latest standing is refuted",
        ),
        pytest.param(
            Tale().says("2025-05-11", CAPTURED, asks=True).says("2025-05-13", RETRACTED),
            "05-11 captured 1x; 05-13 retracts 1 2",
            id="a made-up soldier: nothing is left",
        ),
        pytest.param(
            Tale().says("2025-05-11", SOUGHT).says("2025-05-13", RETRACTED),
            "05-11 missing 1",
            id="a refuted likeness does not end the search",
        ),
        pytest.param(
            Tale()
            .says("2025-05-11", SOUGHT)
            .says("2025-05-13", RETRACTED, facts=("request_withdrawn",)),
            "05-11 missing 1x; 05-13 retracts 1 2",
            id="the request itself is withdrawn",
        ),
        pytest.param(
            Tale()
            .says("2025-05-11", SOUGHT)
            .says("2025-05-12", DEAD)
            .says("2025-05-13", SOUGHT, facts=("taken_back",)),
            "05-11 missing 1; 05-12 deceased 2x; 05-13 retracts 2 3",
            id="an edit of a search takes back what another told",
        ),
        pytest.param(
            Tale()
            .says("2025-05-11", SOUGHT)
            .says("2025-05-13", RETRACTED, facts=("post_withdrawn",)),
            "05-11 missing 1x; 05-13 retracts 1 2",
            id="the post is withdrawn, and it only searched",
        ),
        pytest.param(
            Tale()
            .says("2025-05-11", SOUGHT)
            .says("2025-05-12", CAPTURED)
            .says("2025-05-13", RETRACTED, facts=("post_withdrawn",)),
            "05-11 missing 1; 05-12 captured 2x; 05-13 retracts 2 3",
            id="the post is withdrawn, and it told of captivity",
        ),
        pytest.param(
            Tale().says("2025-05-11", CAPTURED).says("2025-05-13", RETRACTED, asks=True),
            "05-11 captured 1x; 05-13 retracts 1 2; 05-13 missing 2",
            id="taken back, and asked for in one post",
        ),
        pytest.param(
            Tale()
            .says("2024-08-18", CAPTURED)
            .says("2024-08-20", RETRACTED)
            .says("2024-08-21", CAPTURED, copy_of=1)
            .says("2024-09-01", CAPTURED),
            "08-18 captured 1x; 08-20 retracts 1 2; 09-01 captured 4",
            id="a copy of what was taken back is no news; a new report is",
        ),
        pytest.param(
            Tale().says("2024-08-20", RETRACTED, hour=9).says("2024-08-20", CAPTURED, hour=18),
            "08-20 captured 2",
            id="a retraction takes back nothing said after it",
        ),
        pytest.param(
            Tale().says("2024-08-24", RELEASED, asked_on="2024-08-22"),
            "08-22 missing 1; 08-24 released 1",
            id="a search that an edit turned into news",
        ),
        pytest.param(
            Tale().says("2024-08-24", RELEASED).says("2024-08-26", FOUND),
            "08-24 released 1",
            id="the exchanged man calls home",
        ),
        pytest.param(
            Tale().says("2024-08-18", CAPTURED).says("2024-08-19", FOUND),
            "08-18 captured 1",
            id="joy at a prisoner's video",
        ),
        pytest.param(
            Tale().says("2024-08-18", CAPTURED).says("2024-11-19", FOUND),
            "08-18 captured 1; 11-19 found_alive 2",
            id="home from captivity",
        ),
        pytest.param(
            Tale().says("2024-08-16", SOUGHT).says("2024-08-19", DEAD).says("2024-08-29", FOUND),
            "08-16 missing 1; 08-19 deceased 2; 08-29 found_alive 3",
            id="no status is terminal",
        ),
    ],
)
def test_events(tale: Tale, events: str) -> None:
    assert told(tale) == events


@pytest.mark.parametrize(
    ("tale", "level", "since"),
    [
        pytest.param(Tale().says("2024-08-10", DEAD), Evidence.REPORTED, None, id="one source"),
        pytest.param(
            Tale().says("2024-08-10", DEAD).says("2024-08-12", DEAD, owner="chat"),
            Evidence.REPORTED, None, id="one owner twice",
        ),
        pytest.param(
            Tale().says("2024-08-10", DEAD).says("2024-08-12", DEAD, owner="news"),
            Evidence.CORROBORATED, "2024-08-12", id="two owners",
        ),
        pytest.param(
            Tale().says("2024-08-10", DEAD).says("2024-08-12", DEAD, owner="news", copy_of=1),
            Evidence.REPORTED, None, id="a copy at another owner",
        ),
        pytest.param(
            Tale().says("2024-08-10", DEAD, copy_of=9)
            .says("2024-08-12", DEAD, owner="news", copy_of=9),
            Evidence.REPORTED, None, id="two copies of a third",
        ),
        pytest.param(
            Tale().says("2024-08-10", DEAD, row=1, owner="list", patronymic="Ильич",
                        birth_date="2004-05-03")
            .says("2024-08-12", SOUGHT, patronymic="Ильич", birth_date="2004-05-03"),
            Evidence.CORROBORATED, "2024-08-12", id="a list that agrees on the papers",
        ),
        pytest.param(
            Tale().says("2024-08-10", DEAD, row=1, owner="list", patronymic="Ильич",
                        birth_date="2004")
            .says("2024-08-12", SOUGHT, patronymic="Ильич", birth_date="2004"),
            Evidence.REPORTED, None, id="a year is not enough",
        ),
    ],
)  # fmt: skip
def test_evidence_of_the_first_event(tale: Tale, level: Evidence, since: str | None) -> None:
    event = status_events("p", tale.records)[0]
    assert (event.evidence, event.corroborated_on) == (level, since)


def test_two_different_editors_confirm() -> None:
    tale = Tale().says("2024-08-10", DEAD)
    levels = [
        status_events("p", tale.records, {"1": frozenset(editors)})[0].evidence
        for editors in ([], ["anna"], ["anna", "boris"])
    ]
    assert levels == [Evidence.REPORTED, Evidence.REPORTED, Evidence.CONFIRMED]


def test_what_was_retracted_leaves_the_state_as_if_never_said() -> None:
    told_and_refuted = Tale().says("2024-08-10", SOUGHT).says("2024-08-18", CAPTURED)
    told_and_refuted.says("2024-08-20", RETRACTED).says("2024-09-01", RELEASED)
    never = Tale().says("2024-08-10", SOUGHT)
    never.says("2024-09-01", RELEASED)

    def live(tale: Tale) -> list[tuple[object, str]]:
        events = status_events("p", tale.records)
        return [(e.status, e.public_on) for e in events if e.status and not e.retracted]

    assert live(told_and_refuted) == live(never)


def test_learned_at_is_the_records() -> None:
    tale = Tale().says("2024-08-10", SOUGHT)
    assert (
        status_events("p", tale.records)[0].learned_at
        == tale.records[0].learned_at
        != at("2024-08-10")
    )
