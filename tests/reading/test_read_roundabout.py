"""Fates told in roundabout words, and words of fates that are told of nobody → the records."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole import told

TABLE = Path(__file__).parent.parent / "roundabout_told.tsv"
CASES = [
    line.split("\t")
    for line in TABLE.read_text("utf-8").splitlines()
    if line and not line.startswith("#")
]


@pytest.mark.parametrize(("records", "text"), CASES)
def test_a_fate_in_roundabout_words(records: str, text: str) -> None:
    assert (told(text.replace("\\n", "\n")) or "-") == records
