"""Spellings fold to one skeleton; births become intervals; weights are checked."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from dedupe_people import person

from dedupe import weights
from dedupe.columns import BIRTH_AGE, BIRTH_DAY, BIRTH_LOOSE_AGE, BIRTH_YEAR, EPOCH, columns
from dedupe.comparisons import fields, full_dates_level, token_edits, workspace
from dedupe.weights import LEVELS
from model import UnusableInput
from russian.skeleton import patronymic_root, surname_parts, surname_skeleton

FLOORS = (-17.0, -12.0, -12.0)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Ёжиков", "Ежиков"),
        ("Доржиев", "Дорджиев"),
        ("Вялых", "Вялих"),
        ("Лазарева", "Лазарев"),
        ("Шаракшанэ", "Шаракшане"),
        ("Абдуллаев", "Абдулаев"),
        ("Соловьёв", "Соловйов"),
        ("Каменская", "Каменский"),
    ],
)
def test_one_skeleton(one: str, other: str) -> None:
    assert surname_skeleton(one) == surname_skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"), [("Хамитов", "Хамидов"), ("Веселов", "Веселаго"), ("Попов", "Носов")]
)
def test_two_skeletons(one: str, other: str) -> None:
    assert surname_skeleton(one) != surname_skeleton(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Рашид оглы", "Рашидович"),
        ("Рашид-оглы", "Рашид оглу"),
        ("Ильинична", "Ильич"),
        ("Савельевич", "Савелийович"),
        ("Валерьевич", "Валеревич"),
        ("Тофик кызы", "Тофиковна"),
        ("Вагиф огли", "Вагиф оглы"),
        ("Миколайович", "Николаевич"),
        ("Володимирівна", "Владимировна"),
        ("Хомич", "Фомич"),
    ],
)
def test_one_father(one: str, other: str) -> None:
    assert patronymic_root(one) == patronymic_root(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [("Казбекович", "Камилович"), ("Баторович", "Батоевич"), ("Павлович", "Савельевич")],
)
def test_two_fathers(one: str, other: str) -> None:
    assert patronymic_root(one) != patronymic_root(other)


def test_halves_of_a_double_surname() -> None:
    halves = (surname_skeleton("Березин"), surname_skeleton("Ланской"))
    assert surname_parts("Березин-Ланской") == halves
    assert surname_parts("Березин") == ()


@pytest.mark.parametrize(
    ("said", "low", "high", "kind"),
    [
        ({"birth_date": "2004-02-29"}, date(2004, 2, 29), date(2004, 2, 29), BIRTH_DAY),
        ({"birth_date": "2004"}, date(2004, 1, 1), date(2004, 12, 31), BIRTH_YEAR),
        ({"age": 20, "public": "2024-08-20"}, date(2003, 8, 20), date(2004, 8, 20), BIRTH_AGE),
        (
            {"age": 20, "public": "2024-08-20", "claim": "deceased", "row": 1},
            date(2000, 8, 20),
            date(2004, 8, 20),
            BIRTH_LOOSE_AGE,
        ),
    ],
)
def test_birth_intervals(said, low: date, high: date, kind: int) -> None:
    table = columns([person("a", "Лыткарёв Савва", **said)], FLOORS)
    assert abs(int(table.birth_low[0]) + EPOCH - low.toordinal()) <= 2
    assert abs(int(table.birth_high[0]) + EPOCH - high.toordinal()) <= 2
    assert table.birth_kind[0] == kind


@pytest.mark.parametrize(
    ("one", "other", "level"),
    [
        (20040611, 20040611, "day"),
        (20040611, 20041106, "slip"),
        (20040611, 20040621, "slip"),
        (20040612, 20040621, "slip"),
        (20040111, 20041011, "slip"),
        (20040611, 20040902, "other_day"),
        (20040611, 19940611, "digit"),
        (20040611, 20050812, "differ"),
        (20040611, 19870101, "differ"),
    ],
)
def test_two_full_dates(one: int, other: int, level: str) -> None:
    assert LEVELS["birth"][full_dates_level(one, other)] == level


@pytest.mark.parametrize(
    ("one", "other", "distance"),
    [
        ("Лыткарёв", "Лыткавёв", 1),
        ("Лыткарёв", "Лытакрёв", 1),
        ("Лыткарёв", "Лыткрёв", 1),
        ("Лыткарёв", "Лытрёв", 2),
        ("Лыткарёв", "Ондархай", 3),
        ("Тё", "Те", 3),
    ],
)
def test_edits(one: str, other: str, distance: int) -> None:
    table = columns([person("a", f"{one} Пров"), person("b", f"{other} Пров")], FLOORS)
    f = fields(table)
    last = len(f.surnames) - 1
    assert token_edits(f.surnames, f.surname_letters, 0, last, workspace()) == distance


def test_rare_names_weigh_more() -> None:
    table = columns([person("a", "Иванов Иван"), person("b", "Лыткарёв Савва")], FLOORS)
    assert np.all(table.name_tf[0, :2] > table.name_tf[1, :2])


def test_the_weights_name_every_level() -> None:
    assert weights.load().bits.shape == (len(LEVELS), weights.WIDEST)


def test_weights_of_an_older_version_take_the_thresholds_they_lack(tmp_path: Path) -> None:
    model = json.loads(weights.FILE.read_text("utf-8"))
    del model["thresholds"]["reach"]
    model["thresholds"]["same"] = 5.0
    (tmp_path / "mine.json").write_text(json.dumps(model), "utf-8")
    mine = weights.load(tmp_path / "mine.json").thresholds
    assert mine == {**weights.load().thresholds, "same": 5.0}


def test_weights_of_an_older_version_take_the_levels_they_lack(tmp_path: Path) -> None:
    model = json.loads(weights.FILE.read_text("utf-8"))
    model["comparisons"][-1]["levels"].pop()
    (tmp_path / "mine.json").write_text(json.dumps(model), "utf-8")
    assert np.array_equal(weights.load(tmp_path / "mine.json").bits, weights.load().bits)


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        (lambda model: model["comparisons"].pop(), "no weights for follow: days"),
        (lambda model: model.pop("vetoes"), "vetoes"),
        (lambda model: model["floors"].pop("given"), "given"),
    ],
)
def test_a_broken_weights_file_is_named(tmp_path: Path, change, complaint: str) -> None:
    model = json.loads(weights.FILE.read_text("utf-8"))
    change(model)
    path = tmp_path / "mine.json"
    path.write_text(json.dumps(model), "utf-8")
    with pytest.raises(UnusableInput, match=f"mine.json.*{complaint}"):
        weights.load(path)
