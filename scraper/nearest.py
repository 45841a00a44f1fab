"""A wrong word and the right ones → the nearest right one, for messages an operator can act on."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import SequenceMatcher


def nearest(word: str, right: Iterable[str]) -> str | None:
    """The candidate most like `word`, ignoring case; None where there is no candidate."""
    return max(right, key=lambda candidate: _likeness(word, candidate), default=None)


def hint(word: str, right: Iterable[str]) -> str:
    """A closing clause for a message: the nearest right word and all of them."""
    candidates = list(dict.fromkeys(right))
    if not candidates:
        return ""
    listed = ", ".join(candidates[:40]) + (" …" if len(candidates) > 40 else "")
    return f"; nearest is {nearest(word, candidates)!r} (of: {listed})"


def _likeness(left: str, right: str) -> float:
    return SequenceMatcher(None, left.casefold(), right.casefold()).ratio()
