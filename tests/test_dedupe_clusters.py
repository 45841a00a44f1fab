"""Human decisions, ids, order: what must hold whatever the evidence."""

from __future__ import annotations

import itertools
import random

import pytest
from dedupe_people import NOW, decided, person

import dedupe
from dedupe.identity import carry, new_id
from model import StoredRecord

FULL = "Лыткарёв Савва Ильич"
A = person("a", FULL, birth_date="2004-06-11", home_region="RU-TVE")
B = person("b", FULL, birth_date="2004-06-11", home_region="RU-TVE", source="vk")
C = person("c", FULL, birth_date="2004-06-11", home_region="RU-TVE", source="forum")
OTHER = person("d", "Ондархай Аян Олегович", birth_date="2001", home_region="RU-TY")


def groups(records: tuple[StoredRecord, ...], *human: tuple[str, str, str]) -> set[tuple[str, ...]]:
    decisions = [decided(*choice, minute=minute) for minute, choice in enumerate(human)]
    return set(dedupe.resolve(records, decisions, {}, now=NOW).clusters.values())


@pytest.mark.parametrize(
    ("human", "expected"),
    [
        ((), {("a", "b", "c"), ("d",)}),
        ((("a", "d", "same"),), {("a", "b", "c", "d")}),
        ((("a", "b", "different"),), None),
        ((("a", "b", "different"), ("a", "b", "same")), {("a", "b", "c"), ("d",)}),
        ((("a", "d", "same"), ("a", "d", "different")), {("a", "b", "c"), ("d",)}),
        ((("a", "d", "same"), ("a", "d", "unsure")), {("a", "b", "c"), ("d",)}),
    ],
)
def test_the_last_human_decision_counts(human: tuple[tuple[str, str, str], ...], expected) -> None:
    found = groups((A, B, C, OTHER), *human)
    if expected is None:
        assert not any({"a", "b"} <= set(group) for group in found)
    else:
        assert found == expected


def test_human_same_is_united_before_any_veto() -> None:
    other_year = person("b", FULL, birth_date="1980", home_region="RU-KEM")
    assert groups((A, other_year), ("a", "b", "same")) == {("a", "b")}


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_where_same_same_and_different_meet_nothing_is_chosen(order: tuple[int, ...]) -> None:
    far = person("e", "Тумаков Пров", birth_date="1990")
    circle = [("a", "d", "same"), ("d", "e", "same"), ("a", "e", "different")]
    assert groups((A, OTHER, far), *(circle[i] for i in order)) == {("a",), ("d",), ("e",)}


def test_different_holds_through_clusters() -> None:
    found = groups((A, B, C), ("a", "c", "different"))
    assert not any({"a", "c"} <= set(group) for group in found)


def test_the_order_of_records_makes_no_difference() -> None:
    records = [A, B, C, OTHER, person("e", "Лыткарёв Савва", claim="captured")]
    first = dedupe.resolve(records, (), {}, now=NOW)
    for seed in range(5):
        random.Random(seed).shuffle(records)  # noqa: S311
        assert dedupe.resolve(records, (), {}, now=NOW) == first


@pytest.mark.parametrize(
    ("clusters", "previous", "persons", "aliases"),
    [
        ([["a", "b"]], {}, {new_id(["a"]): ("a", "b")}, ()),
        ([["a", "b"]], {"a": "p1", "b": "p1"}, {"p1": ("a", "b")}, ()),
        (
            [["a", "b", "c"]],
            {"a": "p1", "b": "p2", "c": "p2"},
            {"p2": ("a", "b", "c")},
            (("p1", "p2"),),
        ),
        (
            [["a"], ["b", "c"]],
            {"a": "p1", "b": "p1", "c": "p1"},
            {"p1": ("b", "c"), new_id(["a"]): ("a",)},
            (),
        ),
        ([["b", "a"]], {"a": "p2", "b": "p1"}, {"p1": ("a", "b")}, (("p2", "p1"),)),
    ],
)  # fmt: skip
def test_ids_are_carried_by_the_largest_overlap(clusters, previous, persons, aliases) -> None:
    assert carry(clusters, previous) == (persons, aliases)


def test_a_split_person_does_not_take_an_id_in_use() -> None:
    old = new_id(["a"])
    persons, _ = carry([["a"], ["b", "c"]], {"a": old, "b": old, "c": old})
    assert persons[old] == ("b", "c")
    assert len(persons) == 2


def test_an_increment_and_a_full_rebuild_give_the_same_persons() -> None:
    records = (A, B, C, OTHER)
    whole = dedupe.resolve(records, (), {}, now=NOW)
    previous: dict[str, str] = {}
    for count in range(1, len(records) + 1):
        step = dedupe.resolve(records[:count], (), previous, now=NOW)
        previous = {record: p for p, members in step.clusters.items() for record in members}
    assert set(step.clusters.values()) == set(whole.clusters.values())
    assert dedupe.resolve(records, (), previous, now=NOW).aliases == ()


def test_nothing_in_nothing_out() -> None:
    assert dedupe.resolve((), (), {}, now=NOW).clusters == {}
