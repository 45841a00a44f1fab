"""What a row's status cell and its text say → the row's claim, or why an editor must look.

A status that nobody understands never becomes what the list asserts by default, and a list of the
dead is not believed where the row itself says that he lives.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.pleas import ASKS
from extract.row_text import Line
from extract.states import (
    CAPTURED,
    DECEASED,
    FOUND_ALIVE,
    RELEASED,
    RETRACTED,
    SOUGHT,
    STATES,
)
from model import Claim
from russian.status_words import status_of

_MISSING = 3.0  # the plea of words that call him missing
_NEGATED = re.compile(r"(?<!\w)(?:не|ни|нет|not|no)(?!\w)", re.IGNORECASE)
_BLANK = re.compile(r"[\W_]*")
_FURTHER = (SOUGHT, FOUND_ALIVE, CAPTURED, RELEASED)  # of two, the one farther on is the later


class RowClaim(NamedTuple):
    """The claim of a row; `doubt`: why it waits for an editor; `held`: it makes no record so."""

    claim: Claim
    doubt: str | None = None
    held: bool = False


def claim_of_row(cell: Claim | RowClaim | None, told: Claim | None, default: Claim) -> RowClaim:
    """`cell`: what the status says, if the row has one; `told`: what its text asserts of him."""
    if isinstance(cell, RowClaim):
        return cell
    stated = cell or default
    if told is None or told is stated:
        return RowClaim(stated)
    if stated is DECEASED:
        return _against_death(told, by_cell=cell is not None)
    if told is DECEASED and cell is not None:
        return RowClaim(stated, f"the status says {stated}, the text that he is dead")
    if told in (DECEASED, RETRACTED):
        return RowClaim(told)
    if stated is RETRACTED:
        return RowClaim(stated)
    return RowClaim(max(stated, told, key=_FURTHER.index))


def _against_death(told: Claim, *, by_cell: bool) -> RowClaim:
    """He is called dead, and his row says something else."""
    if told is SOUGHT and by_cell:
        return RowClaim(DECEASED)  # «пропал 6 августа» is how it began
    if told in (FOUND_ALIVE, RETRACTED) and not by_cell:
        return RowClaim(told)
    calls = "the status" if by_cell else "the list"
    return RowClaim(told, f"{calls} calls him dead, the text says {told}", held=True)


def claim_of_cell(line: Line, cell: str) -> Claim | RowClaim | None:
    """What a status cell says; None for an empty one. `line`: his name and the cell.

    The rules for sentences first (they know «отец погиб» and «погиб?»), then the table of words.
    """
    if _BLANK.fullmatch(cell) and cell.strip() not in ("?", "+", "†"):
        return None
    if (asserted := asserted_in(line)) is not None:
        return _unread("contradicts itself", line) if line.dead_and_alive else asserted
    if line.said is not None and "hearsay_death" in line.said[1].facts:
        return SOUGHT
    status = status_of(cell)
    if status is None:
        return _unread("is not understood", line)
    if status.claim is None or (status.claim is not SOUGHT and _denied(line, cell)):
        return _unread("is not certain", line)
    if status.claim is DECEASED and any(STATES.get(h.value) is DECEASED for h in line.taken.hits):
        return _unread("is not certain", line)  # the rules know the word, and took it for no fact
    return status.claim


def _denied(line: Line, cell: str) -> bool:
    """Is the state denied, asked for, or told of another?"""
    kin = any(hit.table == "kin" and hit.start >= line.head_tokens[1] for hit in line.taken.hits)
    return kin or "?" in cell or _NEGATED.search(cell) is not None


def _unread(why: str, line: Line) -> RowClaim:
    cell = " ".join(line.safe()[line.head[1] :].split()).strip(" —")[:40]
    return RowClaim(SOUGHT, f"the status «{cell}» {why}", held=True)


def asserted_in(line: Line) -> Claim | None:
    """What a line asserts of its man: a state, a retraction, that he is missing; None: nothing."""
    if line.said is None:
        return None
    verdict = line.said[1]
    if verdict.at is not None:
        return verdict.claim
    lost = _MISSING <= verdict.plea < ASKS or verdict.plea > ASKS
    return SOUGHT if lost and line.is_missing else None
