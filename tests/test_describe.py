"""Tables of records → the fields of the person described from them."""

from __future__ import annotations

import pytest
from histories import Tale

from dedupe.describe import best_birth_date
from model import Category, Claim, Sex

SOUGHT, CAPTURED = Claim.SOUGHT, Claim.CAPTURED


@pytest.mark.parametrize(
    ("said", "best"),
    [
        ([None], None),
        (["2004"], "2004"),
        (["2004", "2004-05-03"], "2004-05-03"),
        (["2004-05-03", "2004-05-03", "2004-05-08"], "2004-05-03"),
        (["1994-05-03", "2004", "2004"], "2004"),
        (["2004-05", "2004-05-03", "2004-06-03", "2004-06"], "2004-05-03"),
        (["2004-05", "2004"], "2004-05"),
    ],
)
def test_birth_date(said: list[str | None], best: str | None) -> None:
    assert best_birth_date(said) == best


@pytest.mark.parametrize(
    ("tale", "field", "value"),
    [
        (
            Tale().says("2024-08-01", SOUGHT, surname="Петров").says("2024-08-02", SOUGHT)
            .says("2024-08-03", SOUGHT, surname="Петровв"),
            "surname", "Петров",
        ),
        (
            Tale().says("2024-08-01", SOUGHT, given="С.").says("2024-08-02", SOUGHT, given="Семён"),
            "given", "Семён",
        ),
        (
            Tale().says("2024-08-01", SOUGHT, given="Семен").says("2024-08-02", SOUGHT),
            "given", "Семён",
        ),
        (
            Tale().says("2024-08-01", SOUGHT, surname="Лисин")
            .says("2024-08-02", SOUGHT, surname="Лисин-Горский"),
            "surname", "Лисин-Горский",
        ),
        (Tale().says("2024-08-01", SOUGHT), "category", None),
        (
            Tale().says("2024-08-01", SOUGHT, category=Category.CONSCRIPT)
            .says("2025-02-01", SOUGHT, category=Category.CONTRACT),
            "category", Category.CONSCRIPT,
        ),
        (
            Tale().says("2024-07-01", CAPTURED, category=Category.CONTRACT)
            .says("2024-08-01", SOUGHT),
            "category", Category.CONTRACT,
        ),
        (
            Tale().says("2024-08-01", SOUGHT)
            .says("2024-08-02", CAPTURED, row=1, owner="list", category=Category.CONTRACT),
            "category", None,
        ),
        (
            Tale().says("2024-08-02", CAPTURED, row=1, owner="list", category=Category.CONTRACT),
            "category", Category.CONTRACT,
        ),
        (
            Tale().says("2024-08-01", SOUGHT)
            .says("2024-08-02", CAPTURED, row=1, owner="list", home_region="RU-TY"),
            "home_region", None,
        ),
        (
            Tale().says("2024-08-01", SOUGHT, home_region="RU-TY")
            .says("2024-08-02", SOUGHT, home_region="RU-BU")
            .says("2024-08-03", SOUGHT, home_region="RU-BU"),
            "home_region", "RU-BU",
        ),
        (
            Tale().says("2024-08-01", SOUGHT, home_region="RU-TY")
            .says("2024-08-02", SOUGHT, home_region="RU-BU")
            .says("2024-08-03", SOUGHT, home_region="RU-BU", copy_of=2),
            "home_region", "RU-BU",
        ),
        (Tale().says("2024-08-01", SOUGHT, sex=Sex.FEMALE), "sex", Sex.FEMALE),
        (Tale().says("2024-08-01", SOUGHT, hour=22), "sought_from", "2024-08-02"),
        (Tale().says("2024-08-01", CAPTURED), "sought_from", None),
        (Tale().says("2024-08-01", CAPTURED, asks=True), "sought_from", "2024-08-01"),
        (
            Tale().says("2024-08-24", Claim.RELEASED, asked_on="2024-08-22"),
            "sought_from", "2024-08-22",
        ),
        (Tale().says("2024-08-01", SOUGHT, row=4, owner="list", asks=True), "sought_from", None),
    ],
)  # fmt: skip
def test_field(tale: Tale, field: str, value: object) -> None:
    assert getattr(tale.person(), field) == value


def test_the_order_of_the_records_makes_no_difference() -> None:
    tale = Tale().says("2024-08-01", SOUGHT, home_region="RU-TY").says("2024-08-05", CAPTURED)
    tale.says("2024-08-09", CAPTURED, row=1, owner="list")
    backwards = Tale(tale.records[::-1])
    assert tale.person() == backwards.person()
