"""What a list's row says of its man: the status column, the note, the list → claim, or a doubt."""

from __future__ import annotations

import pytest

from extract import read_row
from model import Claim, ListRow, Reading

CAPTURED, DECEASED, RELEASED = Claim.CAPTURED, Claim.DECEASED, Claim.RELEASED
ALIVE, SOUGHT, RETRACTED = Claim.FOUND_ALIVE, Claim.SOUGHT, Claim.RETRACTED


def read(default: Claim, **cells: str) -> Reading:
    cells = {"name": "Рогожин Аким Левонович", "birth_date": "2001", **cells}
    return read_row(ListRow(source="list", row=1, cells=cells), default)


def claim(reading: Reading) -> Claim | None:
    assert bool(reading.records) is not bool(reading.doubt)
    return reading.records[0].claim if reading.records else None


STATUSES = [
    ("в плену", CAPTURED),
    ("Пленный", CAPTURED),
    ("ВОЕННОПЛЕННЫЙ", CAPTURED),
    ("захвачен в плен 03.10", CAPTURED),
    ("ждёт обмена", CAPTURED),
    ("у полоні", CAPTURED),
    ("POW", CAPTURED),
    ("умер в плену", DECEASED),
    ("погибла", DECEASED),
    ("двухсотый", DECEASED),
    ("200", DECEASED),
    ("помер у полоні", DECEASED),
    ("killed in action", DECEASED),
    ("тело найдено, похоронен", DECEASED),
    ("обменян 14.09.2024", RELEASED),
    ("вернули по обмену", RELEASED),
    ("возвращён", RELEASED),
    ("обміняний", RELEASED),
    ("exchanged", RELEASED),
    ("жив", ALIVE),
    ("погиб, но на деле жив", ALIVE),
    ("нашёлся, в госпитале", ALIVE),
    ("трёхсотый", ALIVE),
    ("ALIVE", ALIVE),
    ("пропал без вести", SOUGHT),
    ("БВП", SOUGHT),
    ("MIA", SOUGHT),
    ("по словам сослуживцев погиб", SOUGHT),
    ("ошибочно объявлен погибшим", RETRACTED),
    ("—", DECEASED),  # nothing is said: the list's own
]


@pytest.mark.parametrize(("status", "expected"), STATUSES)
def test_a_status_is_read(status: str, expected: Claim) -> None:
    assert claim(read(DECEASED, claim=status)) is expected


@pytest.mark.parametrize(
    "status",
    [
        "двое детей", "СОЧ", "задвухсотился", "см. примечание", "ХЗ", "?", "уточняется",
        "погиб?", "не погиб", "возможно, погиб", "гибель не подтверждена", "presumed dead",
        "Not dead", "не в плену", "нет в плену", "в плену (не точно)", "погиб / плен",
        "жив или в плену", "отец погиб", "считается погибшим", "погиб (по документам), жив",
    ],
)  # fmt: skip
@pytest.mark.parametrize("default", [DECEASED, CAPTURED])
def test_a_status_not_understood_is_never_the_default(default: Claim, status: str) -> None:
    reading = read(default, claim=status)
    assert claim(reading) is None
    assert reading.doubt is not None
    assert "status" in reading.doubt.why
    assert status.split(maxsplit=1)[0].strip(",") in reading.text  # for an editor to see


def test_a_doubt_names_no_relative() -> None:
    reading = read(DECEASED, claim="знает тётя Лукерья, 8 900 000 45 45")
    assert reading.doubt is not None
    assert "Лукерья" not in reading.doubt.why + reading.text
    assert "45" not in reading.doubt.why


NOTES = [
    (CAPTURED, "обменян 14.09.2024", RELEASED),
    (CAPTURED, "вернулся 24.08, живой", RELEASED),
    (CAPTURED, "умер в плену, сообщил Красный Крест", DECEASED),
    (CAPTURED, "жив, ранен в руку", CAPTURED),
    (CAPTURED, "отец погиб в 2021 году", CAPTURED),
    (CAPTURED, "погибших товарищей назвал на видео", CAPTURED),
    (CAPTURED, "раньше считали погибшим, но он в плену", CAPTURED),
    (CAPTURED, "опознан по ДНК, похоронен", DECEASED),
    (CAPTURED, "exchanged on 14 Sep 2024", RELEASED),
    (CAPTURED, "обменян брат", CAPTURED),
    (CAPTURED, "обменяли двоюродного брата", CAPTURED),
    (CAPTURED, "освобождён брат Семён, он сам нет", CAPTURED),
    (CAPTURED, "вернулся брат из плена", CAPTURED),
    (SOUGHT, "у него погиб брат", SOUGHT),
    (SOUGHT, "однополчанин погиб", SOUGHT),
    (SOUGHT, "брат опознан по ДНК", SOUGHT),
    (CAPTURED, "обменян вместе с братом", RELEASED),
    (CAPTURED, "обменян, встречал брат", RELEASED),
    (CAPTURED, "обменян. Брат в плену", RELEASED),
    (SOUGHT, "погиб, об этом сообщил брат", DECEASED),
    (DECEASED, "оказался жив, лежит в госпитале", ALIVE),
    (DECEASED, "погиб, спасая сослуживца", DECEASED),
    (DECEASED, "брат Семён пропал без вести", DECEASED),
    (DECEASED, "мать просит откликнуться сослуживцев", DECEASED),
    (RELEASED, "привёз весть, что Зуев погиб", RELEASED),
    (SOUGHT, "погиб (со слов)", SOUGHT),
    (SOUGHT, "говорят, что погиб, но документов нет", SOUGHT),
    (SOUGHT, "погиб, похоронен в Орле", DECEASED),
    (SOUGHT, "есть видео: он в плену", CAPTURED),
]


@pytest.mark.parametrize(("default", "note", "expected"), NOTES)
def test_a_rows_own_note_counts_before_the_list(default: Claim, note: str, expected: Claim) -> None:
    assert claim(read(default, text=note)) is expected


@pytest.mark.parametrize(
    ("default", "cells"),
    [
        (DECEASED, {"text": "обменян 14.09.2024"}),
        (DECEASED, {"text": "числится без вести пропавшим"}),
        (DECEASED, {"claim": "погиб", "text": "жив, вышел на связь"}),
        (SOUGHT, {"claim": "в плену", "text": "умер в плену 3 мая"}),
        (SOUGHT, {"text": "погиб по документам, на деле жив, звонил"}),
    ],
)
def test_a_row_that_contradicts_itself_waits(default: Claim, cells: dict[str, str]) -> None:
    assert claim(read(default, **cells)) is None


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"claim": "в плену", "text": "обменян 30.12"}, RELEASED),
        ({"claim": "пропал", "text": "на видео в плену"}, CAPTURED),
        ({"claim": "обменян", "text": "дома, спасибо всем"}, RELEASED),
        ({"claim": "погиб", "text": "пропал 6 августа"}, DECEASED),
    ],
)
def test_of_status_and_note_the_later_state(cells: dict[str, str], expected: Claim) -> None:
    assert claim(read(SOUGHT, **cells)) is expected
