"""The word of a list's status column → the claim it stands for; unclear, or unknown."""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from model import Claim
from russian.phrases import rows

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*|[?+†]")
_DOUBT = "unclear"


class Status(NamedTuple):
    """What a word says: a claim, or None where the list itself does not know."""

    claim: Claim | None


def status_of(cell: str) -> Status | None:
    """The first row of `status_words.tsv` that the cell holds; None: no row knows it.

    >>> status_of("в плену")
    Status(claim=<Claim.CAPTURED: 'captured'>)
    """
    words = " ".join(_WORD.findall(cell.casefold().replace("ё", "е")))
    held = f" {words}"
    for claim, whole, said in _words():
        if words == said if whole else f" {said}" in held:
            return Status(None if claim == _DOUBT else Claim(claim))
    return None


@cache
def _words() -> tuple[tuple[str, bool, str], ...]:
    return tuple(
        (cells[0], cells[1].startswith("="), cells[1].lstrip("=").replace("ё", "е"))
        for cells in rows("status_words")
    )
