"""What a row's status cell and its text say → the row's claim, or why an editor must look.

A status that nobody understands never becomes what the list asserts by default, and a list of the
dead is not believed where the row itself says that he lives.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from extract.fates.pleas import ASKS
from extract.fates.states import (
    CAPTURED,
    DECEASED,
    FOUND_ALIVE,
    RELEASED,
    RETRACTED,
    SOUGHT,
    STATES,
)
from extract.rows.text import Line
from model import Claim
from russian.status_words import Status, status_of

_MISSING = 3.0  # the plea of words that call him missing
_NEGATED = re.compile(r"(?<!\w)(?:не|ни|нет|not|no)(?!\w)", re.IGNORECASE)
_OR = re.compile(r"\s*[/|]\s*|\s+или\s+|\s+or\s+|\s+або\s+")
_CYRILLIC = re.compile("[а-яё]", re.IGNORECASE)
_PARTS = re.compile(r"[.;,\n]\s")
_FEW = 3  # words that say a status
BLANK = re.compile(r"[\W_]*")  # an empty cell: «—», «…»
_FURTHER = (SOUGHT, FOUND_ALIVE, CAPTURED, RELEASED)  # of two, the one farther on is the later


class RowClaim(NamedTuple):
    """The claim of a row; `doubt`: why it waits for an editor and counts for nobody."""

    claim: Claim
    doubt: str | None = None


def claim_of_row(stated: Claim, told: Claim | None, *, by_cell: bool) -> RowClaim:
    """`stated` by the status (`by_cell`) or the list; `told`: by the row's text, of him."""
    if told is None or told is stated:
        return RowClaim(stated)
    if stated is DECEASED:
        return _against_death(told, by_cell=by_cell)
    if told is DECEASED and by_cell:
        return RowClaim(stated, f"the status says {stated}, the text that he is dead")
    if told in (DECEASED, RETRACTED):
        return RowClaim(told)
    known = (stated, told) if stated in _FURTHER else (stated,)
    return RowClaim(max(known, key=lambda claim: _FURTHER.index(claim) if claim in _FURTHER else 0))


def _against_death(told: Claim, *, by_cell: bool) -> RowClaim:
    """He is called dead, and his row says something else."""
    if told is SOUGHT and by_cell:
        return RowClaim(DECEASED)  # «пропал 6 августа» is how it began
    if told in (FOUND_ALIVE, RETRACTED) and not by_cell:
        return RowClaim(told)
    calls = "the status" if by_cell else "the list"
    return RowClaim(told, f"{calls} calls him dead, the text says {told}")


def claim_of_cell(line: Line, cell: str) -> RowClaim | None:
    """What a status cell says; None for an empty one. `line`: his name and the cell.

    The rules for sentences first (they know «отец погиб» and «погиб?»), then the table of words.
    """
    if BLANK.fullmatch(cell) and cell.strip() not in ("?", "+", "†"):
        return None
    if line.dead_and_alive or len(_either(cell)) > 1:
        return _unread("contradicts itself", line)
    status = status_of(cell)
    claim = asserted_in(line) or _by_word(line, cell, status)
    if claim is None:
        return _unread("is not certain" if status else "is not understood", line)
    unsure = claim is not SOUGHT and status is not None and status.claim is None
    return _unread("is not certain", line) if unsure else RowClaim(claim)


def _by_word(line: Line, cell: str, status: Status | None) -> Claim | None:
    """What the table of words says of a cell that no rule for sentences could read."""
    if line.said is not None and "hearsay_death" in line.said[1].facts:
        return SOUGHT
    if status is None or status.claim is None or _left_by_rules(line, cell, status.claim):
        return None
    return status.claim


def _either(cell: str) -> set[Claim]:
    """The states that a status gives the choice of: «погиб / плен», «жив или в плену»."""
    said = [status_of(part) for part in _OR.split(cell)]
    return {status.claim for status in said if status is not None and status.claim is not None}


def _left_by_rules(line: Line, cell: str, claim: Claim) -> bool:
    """Is it a state denied or told of another, or a death the rules know and took for no fact?"""
    dead = any(STATES.get(hit.value) is DECEASED for hit in line.taken.hits)
    return claim is not SOUGHT and (_denied(line, cell) or (claim is DECEASED and dead))


def _in_english(line: Line) -> Claim | None:
    """«KIA 12.05.2024», «exchanged in May»: a part of an English note that begins with a status."""
    told = line.text[line.head[1] :]
    if _CYRILLIC.search(told):
        return None
    kin = any(hit.table == "kin" for hit in line.taken.hits)
    for part in [] if kin else _PARTS.split(told):
        status = status_of(" ".join(part.split()[:_FEW]))
        if status is not None and status.claim is not None and not _NEGATED.search(part):
            return status.claim if "?" not in part else None
    return None


def _denied(line: Line, cell: str) -> bool:
    """Is the state denied, asked for, or told of another?"""
    kin = any(hit.table == "kin" and hit.start >= line.head_tokens[1] for hit in line.taken.hits)
    return kin or "?" in cell or _NEGATED.search(cell) is not None


def _unread(why: str, line: Line) -> RowClaim:
    cell = " ".join(line.safe()[line.head[1] :].split()).strip(" —")[:40]
    return RowClaim(SOUGHT, f"the status «{cell}» {why}")


def asserted_in(line: Line) -> Claim | None:
    """What a line asserts of its man: a state, a retraction, that he is missing; None: nothing."""
    if line.said is None:
        return None
    verdict = line.said[1]
    if verdict.at is not None:
        return None if line.of_another_name or line.of_kin else verdict.claim
    if latin := _in_english(line):
        return latin
    lost = _MISSING <= verdict.plea < ASKS or verdict.plea > ASKS
    return SOUGHT if lost and line.is_missing else None
