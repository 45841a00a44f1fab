"""The name of a commented table of this room → its rows."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def rows(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of `scraper/<name>.tsv`; empty lines and what follows ` #` are comments."""
    text = Path(__file__).with_name(f"{name}.tsv").read_text("utf-8")
    lines = (line.partition(" #")[0].rstrip() for line in text.splitlines())
    return tuple(
        tuple(cell.strip() for cell in line.split("\t"))
        for line in lines
        if line and not line.startswith("#")
    )
