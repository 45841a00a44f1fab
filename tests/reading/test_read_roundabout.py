"""Fates told in roundabout words, and words of fates that are told of nobody → the records."""

from __future__ import annotations

from pathlib import Path

import pytest
from whole import told

TABLES = Path(__file__).parent.parent


def cases(table: str) -> list[list[str]]:
    lines = (TABLES / table).read_text("utf-8").splitlines()
    return [line.split("\t") for line in lines if line and not line.startswith("#")]


@pytest.mark.parametrize(("records", "text"), cases("roundabout_told.tsv"))
def test_a_fate_in_roundabout_words(records: str, text: str) -> None:
    assert (told(text.replace("\\n", "\n")) or "-") == records


@pytest.mark.parametrize(("records", "text"), cases("pieces_told.tsv"))
def test_a_man_named_over_several_sentences(records: str, text: str) -> None:
    assert (told(text.replace("\\n", "\n")) or "-") == records
