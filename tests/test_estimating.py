"""From the store to estimates: what is taken for a list, a delay, a man who came back."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import pytest
from small import Small

from model import Claim, Status
from report import estimates, say
from report.coverage import coverage
from report.estimates import rates
from report.rows import nowcast_rows, unseen_rows
from report.unreported import from_last_contact, from_post
from report.unseen import unseen_captives, unseen_sought
from report.words import LANGUAGES, _table
from store import Store
from store.observed import Mention, Observed, observed

START = date(2024, 1, 1)


def day(number: int) -> str:
    return (START + timedelta(days=number)).isoformat()


def mention(source: str, on: int, claim: Claim = Claim.SOUGHT, **values: Any) -> Mention:
    """A mention `on` days after the start; a search unless its claim or `asked_on` says else."""
    stated: dict[str, Any] = {
        "source": source, "owner": source, "listed": False, "claim": claim, "public_on": day(on),
        "asked_on": day(on) if claim is Claim.SOUGHT else None, "last_contact": None,
        "learned_on": day(on), "copied": False,
    }  # fmt: skip
    return Mention(**stated | values)


def man(number: int, *mentions: Mention, events: tuple[tuple[str, Status], ...] = ()) -> Observed:
    asked = [each.asked_on for each in mentions if each.asked_on]
    return Observed(
        person_id=f"p{number}", category=None, region=None, sought_from=min(asked, default=None),
        mentions=mentions, events=events,
    )  # fmt: skip


def silent_men(rows: int, waits: tuple[int, ...], as_of: int) -> list[Observed]:
    """Each day a man falls silent for each of the waits; those sought after the day are unseen."""
    found = []
    for number in range(rows):
        for wait in waits:
            if number + wait <= as_of:
                contact = {"last_contact": day(number)}
                found.append(man(len(found), mention("tg", number + wait, **contact)))
    return found


def test_a_nowcast_of_the_not_yet_sought() -> None:
    as_of, waits = 140, (3, 3, 8, 12)
    people = silent_men(as_of + 1, waits, as_of)
    found = from_last_contact(people, day(as_of))
    truth = sum(1 for number in range(as_of + 1) for wait in waits if number + wait > as_of)
    assert found["longest"] == 13
    assert found["low"] <= truth <= found["high"]
    assert found["scaled"]["persons"] == pytest.approx(found["persons"], rel=0.1)


def test_a_young_count_asks_a_shorter_question() -> None:
    found = from_last_contact(silent_men(50, (3, 3, 8), 49), day(49))
    assert found["longest"] < 13
    assert from_last_contact([], day(0))["refused"] == "refused.reports"


def test_a_nowcast_of_what_is_not_collected() -> None:
    """Half of the posts are collected on their day, half three days later."""
    people = [
        man(number, mention("tg", posted, learned_on=day(posted + late)))
        for number, (posted, late) in enumerate(
            (posted, late) for posted in range(60) for late in (0, 3) if posted + late <= 59
        )
    ]
    found = from_post(people, day(59), day(59), day(0))
    assert found["low"] <= 3 <= found["high"]
    assert from_post(people, day(30), day(59), day(0))["persons"] == 0  # all long collected
    assert "refused" in from_post(people, day(59), day(59), day(59))  # collected since that day


def test_copies_are_no_second_sighting() -> None:
    """Twelve men on both lists, but of eight the second is a copy."""
    both = [man(i, mention("one", 0), mention("two", 1, copied=i < 8)) for i in range(12)]
    alone = [man(100 + i, mention(name, 0)) for i in range(15) for name in ("one", "two")]
    found = unseen_sought([*both, *alone])
    (pair,) = found["chapman"]
    assert pair["values"]["both"] == 4
    assert found["chao"]["values"]["twice"] == 4
    assert found["loglinear"]["refused"] == "refused.lists"


def test_more_than_four_owners_are_four_lists() -> None:
    people = [man(i, mention(f"source{i % 6}", 0)) for i in range(60)]
    names = [each["name"] for each in unseen_sought(people)["lists"]]
    assert len(names) == 4
    assert names[-1] == "others"


def captive(number: int, *sources: str, live: bool = True) -> Observed:
    found = tuple(
        mention(name, 5, Claim.CAPTURED, listed=name != "tg", owner=name) for name in sources
    )
    return man(number, *found, events=((day(5), Status.CAPTURED),) if live else ())


def test_channels_are_one_list_of_captives_and_retracted_men_none() -> None:
    people = [captive(i, "tg", "videos") for i in range(9)]
    people += [captive(20 + i, "videos") for i in range(11)]
    people += [captive(40 + i, "tg") for i in range(12)]
    people += [captive(60 + i, "tg", live=False) for i in range(30)]
    found = unseen_captives(people)
    assert found["seen"] == 32
    assert {each["name"]: each["persons"] for each in found["lists"]} == {"posts": 21, "videos": 20}
    assert found["chapman"][0]["persons"] == round(22 * 21 / 10 - 1)


def test_an_estimate_below_the_men_seen_is_refused() -> None:
    """One and two nearly coincide, three stands apart: one × two would give fewer than are seen."""
    people = [man(i, mention("one", 0), mention("two", 0)) for i in range(20)]
    people += [man(30, mention("one", 0)), man(31, mention("two", 0))]
    people += [man(100 + i, mention("three", 0)) for i in range(40)]
    refused = [pair["refused"] for pair in unseen_sought(people)["chapman"]]
    assert "refused.below_seen" in refused


def returned(number: int, *before: Mention) -> Observed:
    back = mention("exchange", 30, Claim.RELEASED, listed=True)
    return man(number, *before, back)


def test_coverage_counts_what_was_known_the_day_before() -> None:
    people = [returned(i, mention("tg", 10)) for i in range(6)]
    people += [returned(10 + i, mention("videos", 20, Claim.CAPTURED)) for i in range(3)]
    people += [returned(20 + i, mention("tg", 30)) for i in range(4)]  # sought on that day
    people += [returned(30 + i) for i in range(7)]
    (row,) = coverage(people)
    assert row["returned"] == 20
    persons = {name: row[name]["persons"] for name in ("sought", "captives", "either")}
    assert persons == {"sought": 6, "captives": 3, "either": 9}
    assert row["sought"]["low"] < 0.3 < row["sought"]["high"]
    assert coverage(people[:9]) == []


def test_rates_leave_out_regions_without_a_census() -> None:
    counts = {"total": 7, "missing": 3}
    found = rates({"by_region": {"RU-TY": counts, "UA-63": counts, "unknown": counts}})
    assert [row["region"] for row in found] == ["RU-TY"]
    assert found[0]["sought"] == {"persons": 7, "per_100k": 7.54, "low": 3.65, "high": 15.56}


def test_the_store_gives_what_was_public_by_the_day(counted: Small) -> None:
    with Store.open(counted.db, read_only=True) as store:
        early = observed(store, "2024-08-09")
        late = observed(store, "2024-08-31")
    sought = [sum(person.sought_from is not None for person in people) for people in (early, late)]
    assert sought == [2, 3]
    statuses = {status for person in late for _, status in person.events}
    assert Status.CAPTURED in statuses
    assert all(each.public_on <= "2024-08-09" for person in early for each in person.mentions)
    assert {each.last_contact for person in late for each in person.mentions} >= {"2024-08-06"}


def test_the_command_prints_and_gives_json(counted: Small) -> None:
    shown = counted.rollcall("estimate", "--as-of", "2024-08-31")
    assert shown.returncode == 0, shown.stderr
    assert "not given" in shown.stdout
    assert say("estimate.apart") in shown.stdout
    done = counted.rollcall("estimate", "--as-of", "2024-08-31", "--json")
    found = json.loads(done.stdout)
    assert found["unseen"]["sought"]["chao"]["refused"] == "refused.twice"
    assert {row["region"] for row in found["rates"]} == {"RU-KLU", "RU-SAR", "RU-PER"}
    assert counted.rollcall("estimate", "--as-of", "August").returncode == 2


def test_the_past_is_estimated_as_it_was_known(counted: Small) -> None:
    with Store.open(counted.db, read_only=True) as store:
        now = estimates(store, "2024-08-31")
        again = estimates(store, "2024-08-31", now["known_at"])
        before = estimates(store, "2024-08-31", "2020-01-01T00:00:00Z")
    assert json.dumps(now) == json.dumps(again)
    assert before["counted"] == 0
    assert before["unseen"]["sought"]["seen"] == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_refusal_and_basis_has_words(counted: Small, language: str) -> None:
    with Store.open(counted.db, read_only=True) as store:
        found = estimates(store, "2024-08-31")
    lines = nowcast_rows(found["nowcast"], language)
    lines += unseen_rows(found["unseen"]["sought"], language)
    assert all("refused." not in cell and "{" not in cell for line in lines for cell in line)


@pytest.mark.parametrize(("language", "unbounded"), [("en", "no upper"), ("ru", "границы нет")])
def test_an_estimate_without_an_upper_end_says_so(language: str, unbounded: str) -> None:
    given = {
        "method": "loglinear", "persons": 90, "low": 60, "high": None, "cautions": [],
        "basis": {"seen": 55, "lists": ["a", "b", "c"], "models_fitted": 8},
    }  # fmt: skip
    ((name, persons, interval, rests),) = unseen_rows({"chapman": [], "loglinear": given}, language)
    assert name == say("method.loglinear", language)
    assert persons == "90"
    assert interval.startswith("60–")
    assert unbounded in interval
    assert "55" in rests


def test_both_languages_take_the_same_values() -> None:
    fields = {
        key: [sorted(part.split("}")[0] for part in row[name].split("{")[1:]) for name in LANGUAGES]
        for key, row in _table().items()
    }
    assert {key: both for key, both in fields.items() if both[0] != both[1]} == {}


def test_an_unknown_word_is_an_error() -> None:
    with pytest.raises(KeyError):
        say("report.nothing_of_the_kind")
