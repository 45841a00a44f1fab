"""Half a name in a thread, in an answer, or soon after the whole one: who is meant, who is not."""

from __future__ import annotations

import dataclasses

import pytest
from dedupe_people import NOW, person

import dedupe
from model import Judgement, StoredRecord

SOUGHT = person("a", "Хертек Сайдаш Май-оолович", home_region="RU-TY", public="2025-01-22")
EGOR = person("a", "Лаптев Егор Денисович", public="2022-04-02")


def placed(record: StoredRecord, **where: str) -> StoredRecord:
    """The record in a thread, or as an answer."""
    return dataclasses.replace(record, **where)  # type: ignore[arg-type]


def found(record_id: str, name: str, day: str = "2025-01-25", **said: object) -> StoredRecord:
    return person(record_id, name, claim=said.pop("claim", "found_alive"), public=day, **said)


def together(*records: StoredRecord) -> bool:
    """Are the first and the last of them one man?"""
    clusters = dedupe.resolve(records, (), {}, now=NOW).clusters.values()
    first, last = records[0].record_id, records[-1].record_id
    return any(first in cluster and last in cluster for cluster in clusters)


SAME = {
    "a rare given name three days later": (SOUGHT, found("b", "- Сайдаш")),
    "on the day itself": (SOUGHT, found("b", "- Сайдаш", "2025-01-22")),
    "a surname many bear, within the week": (
        person("a", "Мороз Прохор", public="2025-05-02"),
        found("b", "Мороз -", "2025-05-05"),
    ),
    "a common given name in one thread, half a year later": (
        placed(EGOR, thread="t"),
        placed(found("b", "- Егор", "2022-09-22", claim="released"), thread="t"),
    ),
    "an answer to the search": (
        EGOR,
        placed(found("b", "- Егор", "2022-09-22", claim="released"), reply_to="a"),
    ),
    "two answers to one post": (
        placed(EGOR, reply_to="question"),
        placed(found("b", "- Егор", "2022-09-22"), reply_to="question"),
    ),
    "a call sign's thread, and then the surname": (
        placed(person("a", "- Рамис", home_region="RU-BA", public="2024-09-19"), thread="t"),
        placed(person("b", "Ямалетдинов Рамис Ханифович", public="2024-11-27"), thread="t"),
    ),
    "the ninth of the full names a short one stands for": (
        person("a", "Гейнц Слава", public="2024-06-17"),
        found("b", "Гейнц Ростислав", "2024-06-19"),
    ),
}
APART = {
    "in another source": (SOUGHT, found("b", "- Сайдаш", source="vk")),
    "in a thread of the same name elsewhere": (
        placed(EGOR, thread="t"),
        placed(found("b", "- Егор", "2022-09-22", source="vk"), thread="t"),
    ),
    "a report of a common name taken back in another source": (
        person("a", "Лаптев Роман", claim="deceased", public="2022-04-02"),
        found("b", "- Роман", "2022-04-03", claim="retracted", source="vk"),
    ),
    "a report of a common name taken back after two weeks": (
        person("a", "Лаптев Роман", claim="deceased", public="2022-04-02"),
        found("b", "- Роман", "2022-04-16", claim="retracted"),
    ),
    "before he was sought": (SOUGHT, found("b", "- Сайдаш", "2025-01-21")),
    "after more than a month": (SOUGHT, found("b", "- Сайдаш", "2025-02-22")),
    "a given name many bear, after two weeks": (
        person("a", "Хертек Александр", public="2025-01-22"),
        found("b", "- Александр", "2025-02-05"),
    ),
    "on a list": (SOUGHT, found("b", "- Сайдаш", source="list", row=1)),
    "another region": (SOUGHT, found("b", "- Сайдаш", home_region="RU-KK")),
    "another unit": (
        person("a", "Хертек Сайдаш", unit="90415", public="2025-01-22"),
        found("b", "- Сайдаш", unit="90416"),
    ),
    "another category": (
        person("a", "Хертек Сайдаш", category="contract", public="2025-01-22"),
        found("b", "- Сайдаш", category="conscript"),
    ),
    "two were sought by that name": (
        SOUGHT,
        person("c", "Ондар Сайдаш", public="2025-01-20"),
        found("b", "- Сайдаш"),
    ),
    "two of that name in one thread": (
        placed(EGOR, thread="t"),
        placed(person("c", "Зимин Егор", public="2022-04-03"), thread="t"),
        placed(found("b", "- Егор", "2022-09-22"), thread="t"),
    ),
    "dead by a given name": (SOUGHT, found("b", "- Сайдаш", claim="deceased")),
    "dead by a given name, in one thread": (
        placed(EGOR, thread="t"),
        placed(found("b", "- Егор", "2022-04-05", claim="deceased"), thread="t"),
    ),
    "dead by a given name and a call sign": (
        person("a", "Хертек Сайдаш", call_sign="Кызыл", public="2025-01-22"),
        found("b", "- Сайдаш", claim="deceased", call_sign="Кызыл"),
    ),
    "dead by a surname many bear, within the week": (
        person("a", "Мороз Прохор", public="2025-05-02"),
        found("b", "Мороз -", "2025-05-05", claim="deceased"),
    ),
}


@pytest.mark.parametrize("records", SAME.values(), ids=SAME)
def test_half_a_name_is_told_by_where_it_stands(records: tuple[StoredRecord, ...]) -> None:
    assert together(*records)
    assert together(*records[::-1])


@pytest.mark.parametrize("records", APART.values(), ids=APART)
def test_half_a_name_stays_apart(records: tuple[StoredRecord, ...]) -> None:
    assert not together(*records)


def test_a_busy_channel_tells_less() -> None:
    """Where a hundred were named in a month, a surname many bear means none of them."""
    names = (a + b + c for a in "БВГДЖ" for b in ("ала", "уру", "оло", "еме") for c in "бвгджз")
    others = [
        person(f"o{n}", f"{name}ин Клим", public="2025-05-02") for n, name in enumerate(names)
    ]
    search, news = SAME["a surname many bear, within the week"]
    late = found("b", "Мороз -", "2025-05-25")
    assert together(search, news)
    assert together(search, late)
    assert not together(search, *others, late)


def test_what_a_channel_takes_back_it_told_the_days_before() -> None:
    """Among many men sought by a channel few were told of, and one of these is meant."""
    names = (a + b + c for a in "БВГДЖ" for b in ("ала", "уру") for c in "бвг")
    others = [
        person(f"o{n}", f"{name}ин Клим", public="2022-04-01") for n, name in enumerate(names)
    ]
    told = person("a", "Лаптев Роман", claim="deceased", public="2022-04-02")
    denial = found("b", "- Роман", "2022-04-03", claim="retracted")
    assert together(told, *others, denial)
    assert not together(told, *others, found("b", "- Роман", "2022-04-03"))
    assert not together(EGOR, *others, found("b", "- Егор", "2022-04-03", claim="retracted"))


def test_a_death_told_in_a_thread_is_asked_about() -> None:
    search, news = APART["dead by a given name, in one thread"]
    (asked,) = dedupe.resolve((search, news), (), {}, now=NOW).review
    assert asked.judgement is Judgement.UNSURE
    assert "thread" in {finding.comparison for finding in asked.findings}


def test_a_weak_link_lends_no_agreement_to_a_death() -> None:
    """What half a name says of a home is not what the list of the dead may agree with."""
    search = person("a", "Волокитин Пётр", public="2025-01-22")
    passing = found("b", "Волокитин -", home_region="RU-VGG", claim="sought")
    dead = person(
        "c", "Волокитин Пётр Ильич", home_region="RU-VGG", claim="deceased", source="dead", row=1,
        public="2025-03-01",
    )  # fmt: skip
    assert together(search, passing)
    assert not together(search, passing, dead)


def test_the_findings_name_the_thread() -> None:
    search, news = SAME["a common given name in one thread, half a year later"]
    (decision,) = dedupe.resolve((search, news), (), {}, now=NOW).decisions
    assert {"thread", "given", "universe"} <= {one.comparison for one in decision.findings}
