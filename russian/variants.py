"""A given name → the one spelling that stands for all variants of it (Данила, Даниил → даниил)."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from russian.given import fold


@cache
def _groups() -> dict[str, str]:
    text = Path(__file__).with_name("given_variants.tsv").read_text("utf-8")
    lines = [fold(line).split() for line in text.splitlines() if line and not line.startswith("#")]
    return {name: group[0] for group in lines for name in group}


def one_spelling(name: str) -> str:
    """The first name of its group in given_variants.tsv, folded; the folded name if in none."""
    return _groups().get(fold(name), fold(name))
