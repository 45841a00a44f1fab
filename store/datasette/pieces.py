"""A text and what was read in it, or two values → the pieces that a page marks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from difflib import SequenceMatcher
from itertools import pairwise
from typing import Any


def pieces(text: str, spans: Sequence[Mapping[str, Any]]) -> list[tuple[str, str]]:
    """A text cut where spans begin and end: (words, the fields read there, "" for none)."""
    edges = {0, len(text)}
    for span in spans:
        edges |= {min(max(span[end], 0), len(text)) for end in ("start", "end")}
    cuts = sorted(edges)
    found = []
    for start, end in pairwise(cuts):
        fields = dict.fromkeys(s["field"] for s in spans if s["start"] <= start and end <= s["end"])
        found.append((text[start:end], " ".join(fields)))
    return found


def differing(text: str, other: str) -> list[tuple[str, bool]]:
    """A value in pieces: (letters, are they other than in the other value)."""
    matcher = SequenceMatcher(None, text.lower(), other.lower(), autojunk=False)
    return [
        (text[start:end], kind != "equal")
        for kind, start, end, _, _ in matcher.get_opcodes()
        if end > start
    ]
