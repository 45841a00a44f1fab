"""Every word of ours that a page or the terminal shows stands in the table of labels, twice."""

from __future__ import annotations

import pytest

from dedupe.weights import LEVELS, NAMES, RELATIONS
from model import Category, Claim, Evidence, Judgement, Status
from store.datasette.labels import has, label

WORDS = {
    "level": {level for levels in LEVELS.values() for level in levels} - {"none"} | {*RELATIONS},
    "column": {*NAMES, "universe"},
    "state": {"healthy", "suspect", "throttled", "refused", "gone", "failing"},
    "status": set(Status),
    "claim": set(Claim),
    "category": {*Category, "unknown"},
    "evidence": set(Evidence),
    "judgement": set(Judgement),
}


@pytest.mark.parametrize(
    "key", sorted(f"{group}.{word}" for group, words in WORDS.items() for word in words)
)
def test_a_word_is_told_in_both_languages(key: str) -> None:
    assert has(key)
    assert label(key, "en")
    assert any("а" <= letter <= "я" for letter in label(key, "ru"))
