"""Edited posts: which claims came with the edit."""

from __future__ import annotations

from datetime import datetime

import pytest

import extract
from model import Claim, Post

POSTED = datetime.fromisoformat("2024-08-20T10:00:00+03:00")
EDITED = datetime.fromisoformat("2024-08-24T21:00:00+03:00")
HEAD = "Ищем: Зимин Артём Олегович, 11.03.2005, Глазов. Срочник, связь 06.08."

CASES = [
    pytest.param(f"{HEAD}\n\nUPD 24.08: обмен! Артёма привезли домой", EDITED, True, id="upd"),
    pytest.param(f"{HEAD}\nОбновлено: нашёлся, лежит в госпитале", EDITED, True, id="renewed"),
    pytest.param(f"{HEAD}\nАПД. Жив, позвонил сам!", EDITED, True, id="spoken"),
    pytest.param(f"{HEAD}\nНашёлся, лежит в госпитале", EDITED, False, id="no mark"),
    pytest.param(f"{HEAD}\nUPD 24.08: обмен! Артёма привезли", None, False, id="never edited"),
    pytest.param(f"{HEAD}\nUPD: исправлена дата", EDITED, False, id="still sought"),
]


def test_an_edit_that_takes_a_death_back() -> None:
    """The post searches on, and what was told of him meanwhile is refuted."""
    text = "UPD: ошибка, опознали не Зимина. Зимин Артём, 2003, Тула, числится пропавшим."
    post = Post(source="t", external_id="1", posted_at=POSTED, edited_at=EDITED, text=text)
    record = extract.read(post).records[0]
    assert (record.claim, "taken_back" in record.facts) == (Claim.SOUGHT, True)


@pytest.mark.parametrize(("text", "edited", "marked"), CASES)
def test_edited_part(text: str, edited: datetime | None, marked: bool) -> None:
    post = Post(source="t", external_id="1", posted_at=POSTED, edited_at=edited, text=text)
    (record,) = extract.read(post).records
    assert ("edited_part" in record.facts) is marked
    assert record.asks
    assert not marked or record.claim is not Claim.SOUGHT
