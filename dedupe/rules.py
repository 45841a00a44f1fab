"""Levels of scored pairs → which of them may link without a human: the rules weights can't say."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import CLAIMS, Columns, Floats, Ints
from .scorer import BIRTH, CONTACT, COURSE, GIVEN, PATRONYMIC, PLACE, REGION, SURNAME, UNIT
from .weights import LEVELS, NAMES, Weights

Bools = NDArray[np.bool_]
Levels = NDArray[np.int8]
Scored = tuple[Ints, Ints, Floats, Levels]

CALL_SIGN = NAMES.index("call_sign")


def at(levels: Levels, comparison: int, *names: str) -> Bools:
    """Where the comparison stands at one of the named levels."""
    wanted = [LEVELS[NAMES[comparison]].index(name) for name in names]
    return np.isin(levels[:, comparison], wanted)


def linkable(columns: Columns, edges: Scored, weights: Weights) -> Bools:
    """May the pair link by itself, its score apart? Where not, a human is asked.

    A row of a list never links by a name alone; a death needs the full name and one agreement
    beside it; a bare surname links only to what its own source or the course of events suggests.
    """
    left, right, scores, levels = edges
    listed = (columns.is_list[left] == 1) | (columns.is_list[right] == 1)
    dead = (columns.claim[left] == CLAIMS_DEAD) | (columns.claim[right] == CLAIMS_DEAD)
    agree = _agreement(levels)
    sure = scores >= weights.thresholds["deceased_by_name"]
    return np.asarray(
        _names_hold(levels)
        & ~(
            at(levels, BIRTH, "near", "digit")
            & (at(levels, REGION, "differ") | at(levels, PLACE, "differ"))
        )
        & (~listed | (agree & _list_names_hold(levels)))
        & (~(listed & dead) | _death_holds(levels, sure))
        & (~dead | agree | sure)
        & (~_bare(levels) | agree | (columns.owner[left] == columns.owner[right]) | _course(levels))
    )


CLAIMS_DEAD = next(code for claim, code in CLAIMS.items() if claim == "deceased")


def _agreement(levels: Levels) -> Bools:
    """Something beside the name agrees."""
    return np.asarray(
        at(levels, BIRTH, "day", "slip", "month", "year", "age", "age_at_death")
        | at(levels, REGION, "same")
        | at(levels, PLACE, "same", "kin")
        | at(levels, UNIT, "same")
        | at(levels, CONTACT, "same")
        | at(levels, CALL_SIGN, "same")
    )


def _course(levels: Levels) -> Bools:
    """The two claims continue one another: a captive is heard of again, or comes home."""
    return at(levels, COURSE, "captives", "captured_released", "return")


def _bare(levels: Levels) -> Bools:
    """One of the two gives no given name."""
    return np.asarray(levels[:, GIVEN] < 0)


def _names_hold(levels: Levels) -> Bools:
    """Two known given names one letter apart are brothers until everything else agrees."""
    twin = (
        at(levels, BIRTH, "day")
        & at(levels, PATRONYMIC, "exact")
        & (at(levels, UNIT, "same") | at(levels, CONTACT, "same"))
    )
    surname = levels[:, SURNAME] >= 0
    call = at(levels, CALL_SIGN, "same")
    return np.asarray((~at(levels, GIVEN, "near") | twin) & (surname | call))


def _list_names_hold(levels: Levels) -> Bools:
    """For lists: a given name on both sides; a slip needs the rest whole, another home a father."""
    slip = at(levels, SURNAME, "half", "edit", "edit_known", "edit_two") | at(
        levels, GIVEN, "fuzzy"
    )
    slip |= at(levels, BIRTH, "near", "digit", "slip") | at(levels, PATRONYMIC, "fuzzy")
    whole = at(levels, PATRONYMIC, "exact", "initial") & (
        at(levels, REGION, "same") | at(levels, PLACE, "same") | at(levels, BIRTH, "day", "year")
    )
    given = at(levels, GIVEN, "exact", "form", "initial", "fuzzy")
    elsewhere = at(levels, PLACE, "differ") & ~at(levels, BIRTH, "day")
    fatherless = levels[:, PATRONYMIC] < 0
    return np.asarray(given & (~slip | whole) & ~(elsewhere & fatherless))


def _death_holds(levels: Levels, sure: Bools) -> Bools:
    """The full name stands on both sides, or so much agrees that less will do.

    Initials need a father's initial beside them. With initials, or no patronymic on one side, more
    than a region or a year must agree (a birth, a place, a unit), and the score be high.
    """
    given = at(levels, GIVEN, "exact", "form")
    father = at(levels, PATRONYMIC, "exact", "initial")
    narrow = (
        at(levels, BIRTH, "day", "month")
        | at(levels, PLACE, "same", "kin")
        | at(levels, UNIT, "same")
    )
    surname = at(levels, SURNAME, "exact", "sound")
    surname |= at(levels, SURNAME, "half") & at(levels, BIRTH, "day")
    return np.asarray(surname & ((given & father) | (sure & narrow & (given | father))))
