"""Posts with words of death → told of the man as a fact, or not: `tests/deaths_told.tsv`."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

import extract
from model import Claim, Post

CASES = [
    line.split("\t")
    for line in Path(__file__).with_name("deaths_told.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize(("told", "text"), CASES)
def test_a_death_counts_only_where_it_is_told_of_him(told: str, text: str) -> None:
    post = Post(
        source="test", external_id="1", posted_at=datetime(2024, 11, 1, tzinfo=UTC), text=text
    )
    claims = {record.claim for record in extract.read(post).records}
    assert (Claim.DECEASED in claims) == (told == "dead")
