"""Codes of regions → names an analyst reads, at home and abroad."""

from __future__ import annotations

import pytest

from russian.phrases import rows
from russian.regions import region_titles
from store.datasette.regions import region_name


@pytest.mark.parametrize(
    ("code", "english", "russian"),
    [
        ("RU-KLU", "Kaluga Oblast", "Калужская область"),
        ("UA-43", "Crimea", "Крым"),
        ("UZ-NG", "Namangan Region, Uzbekistan", "Наманганская область, Узбекистан"),
        ("KZ-10", "Abai Region, Kazakhstan", "Абайская область, Казахстан"),
        ("BY-HO", "Gomel Region, Belarus", "Гомельская область, Беларусь"),
        ("KZ", "Kazakhstan", "Казахстан"),
        ("KZ-99", "KZ-99, Kazakhstan", "KZ-99, Казахстан"),
        ("QQ-1", "QQ-1", "QQ-1"),
        ("unknown", "not stated", "не указано"),
    ],
)
def test_a_region_is_named_with_its_country(code: str, english: str, russian: str) -> None:
    assert (region_name(code, "en"), region_name(code, "ru")) == (english, russian)


def test_every_region_that_can_be_read_has_a_name() -> None:
    readable = {iso for _, iso in rows("admin1")} | set(region_titles())
    assert len(readable) > 200
    for language in ("en", "ru"):
        bare = {code for code in readable if region_name(code, language).startswith(code)}
        assert bare == set()
