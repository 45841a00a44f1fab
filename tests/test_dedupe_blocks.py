"""Blocks show the pairs worth a look, and no others; clusters hear all their records."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from dedupe_people import NOW, person

import dedupe
from dedupe import blocking
from dedupe.blocking import pairs
from dedupe.classes import conditional_shares, content, fit, from_content
from dedupe.columns import columns
from dedupe.slips import slips
from dedupe.weights import load, scaled
from model import StoredRecord

FLOORS = load().floors


def shown(*records: StoredRecord) -> bool:
    left, right = pairs(columns(records, FLOORS))
    return (0, 1) in zip(left.tolist(), right.tolist(), strict=True)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Лыткарёв Савва", "Лыткарёв Савва", True),
        ("Лыткарёв Савва", "Лыткавёв Савва", True),
        ("Лыткарёв Савва", "Лыткарёв С.", True),
        ("Лыткарёв Савва", "Лыткарёв Савваа", True),
        ("Лыткарёв Савва", "Лыткарёв -", True),
        ("Лыткарёв-Зимин Савва", "Зимин Савва", True),
        ("Лыткарёв Слава", "Лыткарёв Вячеслав", True),
        ("Лыткарёв Савва", "Лыткарёв Пётр", False),
        ("Волков Савва", "Попов Савва", False),
    ],
)
def test_candidates(one: str, other: str, expected: bool) -> None:
    assert shown(person("a", one), person("b", other)) is expected


def test_a_common_name_is_split_by_what_else_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocking, "MOST_PAIRS", (10, 10, 10, 10))
    namesakes = [
        person(f"r{n:02}", "Иванов Иван", home_region=f"RU-{n // 2:02}", unit=f"{n % 3:05}")
        for n in range(12)
    ]
    left, right = pairs(columns(namesakes, FLOORS))
    found = set(zip(left.tolist(), right.tolist(), strict=True))
    regions = {(n, n + 1) for n in range(0, 12, 2)}
    units = {(a, b) for a, b in itertools.combinations(range(12), 2) if a % 3 == b % 3}
    assert found == regions | units


def test_a_slip_is_looked_for_only_from_a_name_nobody_bears() -> None:
    records = [person("a", "Лыткарёв Пров"), person("b", "Лыткавёв Пров")]
    records += [person("c", "Носов Пров"), person("d", "Попов Пров"), person("e", "Котов Пров")]
    table = columns(records, FLOORS)
    sounds = table.surnames.sound.tolist()
    odd, other = slips(table.surnames, table.surname)
    assert {(sounds.index(a), sounds.index(b)) for a, b in zip(odd, other, strict=True)} == {
        (0, 1),
        (1, 0),
    }


def test_what_each_of_his_records_says_counts_together() -> None:
    """The last post fits the birth of one and the father of another: neither is enough alone."""
    home = {"home_region": "RU-TVE", "home_place": "Кашин", "unit": "97150"}
    born = person("a", "Иванов Александр", birth_date="2004-06-11", source="vk", **home)
    father = person("b", "Иванов Александр Сергеевич", source="ok", **home)
    last = person("c", "Иванов Александр Сергеевич", age=20, source="forum")
    for known in ([born], [father]):
        assert len(dedupe.resolve([*known, last], (), {}, now=NOW).clusters) == 2
    assert len(dedupe.resolve([born, father, last], (), {}, now=NOW).clusters) == 1


FULL = "Лыткарёв Савва Ильич"
SON = {"birth_date": "2004-06-11", "home_region": "RU-TVE", "unit": "97150"}


def _tale(claim: str) -> list[StoredRecord]:
    """Three posts of one man, one of them with another day of birth, and a fourth record."""
    return [
        person("a", FULL, **SON, source="vk"),
        person("b", FULL, **SON, source="ok"),
        person("c", FULL, **{**SON, "birth_date": "2004-06-21"}, source="tg"),
        person("d", FULL, birth_date="2004-09-21", home_region="RU-TVE", source="x", claim=claim),
    ]


def test_the_dead_may_contradict_nobody() -> None:
    clusters = dedupe.resolve(_tale("deceased"), (), {}, now=NOW).clusters.values()
    assert all(set(group) in ({"a", "b", "c"}, {"d"}) for group in clusters)


def test_classes_come_back_from_a_weights_file() -> None:
    records = [
        person(f"{n}", f"{surname} {given} Лукич", home_region=region)
        for n, (surname, given, region) in enumerate(
            [
                ("Монгуш", "Айдын", "RU-TY"),
                ("Ондар", "Мерген", "RU-TY"),
                ("Волков", "Пётр", "RU-TVE"),
            ]
            * 5
        )
    ]
    learned = fit(columns(records, FLOORS))
    again = from_content(content(learned))
    assert np.array_equal(again.marks[0], learned.marks[0])
    assert np.allclose(again.totals, learned.totals, atol=0.1)


def test_a_name_the_classes_hardly_met_is_counted_where_many_bear_it() -> None:
    """A slip of another name may sound like it; that is no reason to think it rare."""
    rare = [person(f"{n}", "Рустамов Айдар" if n < 4 else "Монгуш Айдын") for n in range(400)]
    often = [person(f"{n}", "Рустамов Айдар" if n < 200 else "Монгуш Айдын") for n in range(400)]
    classes = from_content(content(fit(columns(rare, FLOORS))))
    here = columns(often, FLOORS)
    told = conditional_shares(here, classes)[:200, 0]
    assert np.all(told > -3), "half of all, less than two bits"
    assert np.allclose(conditional_shares(columns(rare, FLOORS), classes)[4:, 0], 0, atol=0.1)


def test_the_prior_is_scaled_to_the_store() -> None:
    small, large = (scaled(load(), records, 5_000).universe for records in (10_000, 1_000_000))
    assert large[1] - small[1] == pytest.approx(np.log2(100), abs=1e-3)
    assert large[0] == small[0]
