"""A register's short note on a living man, in three languages → captured, released or None."""

from __future__ import annotations

import re
from functools import cache

from model import Claim
from russian.phrases import rows

_WORD = re.compile(r"[^\W\d_]+")


def claim_of_note(text: str) -> Claim | None:
    """The claim of the first row of `note_claims.tsv` that the note holds; None for no row.

    >>> claim_of_note("Перебуває в полоні, підтверджено.")
    <Claim.CAPTURED: 'captured'>
    """
    words = " " + " ".join(_WORD.findall(text.casefold().replace("ё", "е")))
    return next((claim for stem, claim in _stems() if f" {stem}" in words), None)


@cache
def _stems() -> tuple[tuple[str, Claim], ...]:
    return tuple((cells[1], Claim(cells[0])) for cells in rows("note_claims"))
