# ruff: noqa: PLR0913, PLR0917 - compiled functions take plain arrays
"""Levels of pairs → which of them may link without a human: the rules weights can't say.

What the levels of a pair say is put into a set of grounds. Two records are held to the rules by
their own grounds; two clusters (`between.py`) by those that any of their records give.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from .columns import CLAIMS, Bytes, Columns, Floats, Ints
from .compiling import compiled, inlined
from .scorer import (
    BIRTH,
    CONTACT,
    FOLLOW,
    GIVEN,
    PATRONYMIC,
    PLACE,
    REGION,
    THREAD,
    UNIT,
    Scorer,
)
from .weights import LEVELS, NAMES, Weights

Levels = NDArray[np.int8]
Scored = tuple[Ints, Ints, Floats, Levels]

CLAIMS_DEAD = next(code for claim, code in CLAIMS.items() if claim == "deceased")
CLAIMS_BACK = next(code for claim, code in CLAIMS.items() if claim == "retracted")

SURNAME_SAID, SURNAME_WHOLE, SURNAME_HALF, CALLED = (1 << bit for bit in range(4))
GIVEN_SAID, GIVEN_WHOLE, GIVEN_FITS, FATHER_SAID, FATHER_FITS = (1 << bit for bit in range(4, 9))
BIRTH_DAY, BIRTH_WHOLE, BIRTH_YEAR, HOME, AGREES = (1 << bit for bit in range(9, 14))
NARROW = 1 << 14  # a birth, a place, a unit: more than a region or a year
COURSE = 1 << 15  # the two claims continue one another: a captive is heard of again, or comes home
# These speak against the two being one man.
BROTHER = 1 << 16  # two known given names one letter apart, and not everything else agrees
SLIP = 1 << 17
NAMESAKE = 1 << 18  # another year of birth and another home
ELSEWHERE = 1 << 19  # another place in the same region
TOLD = 1 << 20  # one thread, or half a name soon after the whole one in the same source
AMISS = 1 << 21  # a home, a unit, a category or a call sign that differs
NARROWER = 1 << 22  # more than a place, where cousins bear one name: a day of birth, a unit
AGED = 1 << 23  # an age that fits
BOTH_DEAD = 1 << 24

_GIVES = {
    ("surname", "exact", "sound"): SURNAME_WHOLE,
    ("surname", "half"): SURNAME_HALF | SLIP,
    ("surname", "edit", "edit_known", "edit_two"): SLIP,
    ("given", "exact", "form"): GIVEN_WHOLE | GIVEN_FITS,
    ("given", "initial"): GIVEN_FITS,
    ("given", "fuzzy"): GIVEN_FITS | SLIP,
    ("patronymic", "exact", "initial"): FATHER_FITS,
    ("patronymic", "fuzzy"): SLIP,
    ("birth", "day"): BIRTH_DAY | BIRTH_WHOLE | BIRTH_YEAR | NARROW | NARROWER | AGREES,
    ("birth", "month"): BIRTH_WHOLE | NARROW | NARROWER | AGREES,
    ("birth", "year"): BIRTH_YEAR | AGREES,
    ("birth", "age", "age_at_death"): AGED | AGREES,
    ("birth", "slip"): SLIP | AGREES,
    ("birth", "near", "digit"): SLIP,
    ("region", "same"): HOME | AGREES,
    ("place", "same", "alone"): HOME | NARROW | AGREES,
    ("place", "kin"): NARROW | AGREES,
    ("place", "differ"): ELSEWHERE,
    ("unit", "same"): NARROW | NARROWER | AGREES,
    ("contact", "same"): AGREES,
    ("call_sign", "same"): CALLED | AGREES,
    ("course", "captives", "captured_released", "return"): COURSE,
    ("course", "dead"): BOTH_DEAD,
    ("thread", "same"): TOLD,
    ("follow", "days", "month", "taken_back"): TOLD,
    ("region", "differ"): AMISS,
    ("unit", "digit", "differ"): AMISS,
    ("category", "differ"): AMISS,
    ("call_sign", "differ"): AMISS,
}
_SAID = {"surname": SURNAME_SAID, "given": GIVEN_SAID, "patronymic": FATHER_SAID}

# All that can make two records agree beside their names.
AGREEMENTS = BIRTH_DAY | BIRTH_WHOLE | BIRTH_YEAR | HOME | AGREES | NARROW | NARROWER | COURSE


def _table() -> NDArray[np.int32]:
    """[comparison, level] the grounds a level gives by itself."""
    table = np.zeros((len(NAMES), max(len(levels) for levels in LEVELS.values())), np.int32)
    for name, ground in _SAID.items():
        table[NAMES.index(name)] = ground
    for (name, *levels), grounds in _GIVES.items():
        for level in levels:
            table[NAMES.index(name), LEVELS[name].index(level)] |= grounds
    return table


TABLE = _table()
NEIGHBOUR = LEVELS["given"].index("near")
BIRTH_SLIP, BIRTH_NEAR, BIRTH_DIGIT = map(LEVELS["birth"].index, ("slip", "near", "digit"))
DIFFERS = {name: LEVELS[name].index("differ") for name in ("region", "place")}
REGION_DIFFERS, PLACE_DIFFERS = DIFFERS["region"], DIFFERS["place"]


@inlined
def slipped(levels: Levels) -> bool:
    """Are the births all but the same?"""
    return bool(levels[BIRTH] in (BIRTH_SLIP, BIRTH_NEAR, BIRTH_DIGIT))


@inlined
def namesakes(levels: Levels) -> bool:
    """Another birth, if only by a digit, and another home: two men of one name."""
    return bool(
        slipped(levels) and (levels[REGION] == REGION_DIFFERS or levels[PLACE] == PLACE_DIFFERS)
    )


@inlined
def brothers(levels: Levels) -> bool:
    """Two known given names one letter apart, until birth, father, unit or last contact agree."""
    twin = levels[BIRTH] == 0 and levels[PATRONYMIC] == 0
    return bool(
        levels[GIVEN] == NEIGHBOUR and not (twin and (levels[UNIT] == 0 or levels[CONTACT] == 0))
    )


@compiled
def grounds_of(levels: Levels) -> int:
    """What the levels of two records say of each other."""
    found = 0
    for c in range(len(levels)):
        if levels[c] >= 0:
            found |= TABLE[c, levels[c]]
    if brothers(levels):
        found |= BROTHER
    return int(found | NAMESAKE if namesakes(levels) else found)


@inlined
def any_of(grounds: int, wanted: int) -> bool:
    """Is one of the wanted among the grounds?"""
    return bool(grounds & wanted != 0)


@compiled
def holds(grounds: int, listed: bool, dead: bool, own: bool, sure: bool) -> bool:
    """May two link by themselves, their score apart? Where not, a human is asked.

    A row of a list never links by a name alone; a death needs the full name and one agreement
    beside it; a bare surname links only to what its own source (`own`) or the course of events
    suggests, a given name alone to whom its thread, the days before or a home that agrees to the
    place, the unit or the day of birth suggest, nothing amiss.
    `sure`: the score is high.
    """
    if any_of(grounds, BROTHER | NAMESAKE) or half_names_clash(grounds, sure):
        return False
    if not any_of(grounds, SURNAME_SAID):
        told = not listed and (any_of(grounds, TOLD) or (sure and at_home(grounds)))
        if dead or not (told or any_of(grounds, CALLED)):
            return False
    agrees = any_of(grounds, AGREES)
    if not any_of(grounds, GIVEN_SAID) and not (agrees or own or any_of(grounds, COURSE)):
        return False
    if dead and not (agrees or sure):
        return False
    if listed and not (agrees and list_names_hold(grounds)):
        return False
    return not (listed and dead) or death_holds(grounds, sure)


@inlined
def at_home(grounds: int) -> bool:
    """A given name, the home and more than the region agree, and nothing is amiss."""
    agrees = any_of(grounds, GIVEN_WHOLE) and any_of(grounds, HOME) and any_of(grounds, NARROW)
    return agrees and not any_of(grounds, AMISS | ELSEWHERE | SLIP)


@inlined
def half_names_clash(grounds: int, sure: bool) -> bool:
    """Half a name that the days before or a thread tell, and anything is amiss.

    Where the score is high, another village of his region is not: one names the district's town.
    """
    whole = any_of(grounds, SURNAME_SAID) and any_of(grounds, GIVEN_SAID)
    told = any_of(grounds, TOLD) and not whole
    elsewhere = any_of(grounds, ELSEWHERE) and not (sure and any_of(grounds, HOME))
    return told and (elsewhere or any_of(grounds, AMISS | SLIP))


@compiled
def list_names_hold(grounds: int) -> bool:
    """For lists: a given name on both sides; a slip needs the rest whole, another home a father."""
    if not any_of(grounds, GIVEN_FITS):
        return False
    rest = any_of(grounds, FATHER_FITS) and any_of(grounds, HOME | BIRTH_YEAR)
    if any_of(grounds, SLIP) and not rest:
        return False
    elsewhere = any_of(grounds, ELSEWHERE) and not any_of(grounds, BIRTH_DAY)
    return not elsewhere or any_of(grounds, FATHER_SAID)


@compiled
def death_holds(grounds: int, sure: bool) -> bool:
    """The full name stands on both sides, or so much agrees that less will do.

    Initials need a father's initial beside them, and a birth, a place or a unit that agrees. With
    no patronymic on one side a place is too little, for in one village cousins bear one name: a day
    or month of birth or a unit must agree, or a year, an age or a death told there too, and the
    place, or the year or age and the region of one whose death both tell. All need a high score.
    """
    given, father = any_of(grounds, GIVEN_WHOLE), any_of(grounds, FATHER_FITS)
    half = any_of(grounds, SURNAME_HALF) and any_of(grounds, BIRTH_DAY)
    if not (any_of(grounds, SURNAME_WHOLE) or half):
        return False
    beside = father or any_of(grounds, BIRTH_YEAR | AGED | BOTH_DEAD)
    placed = any_of(grounds, NARROW) and beside
    told = any_of(grounds, NARROWER) or placed or twice_told(grounds)
    return (given and father) or (sure and told and (given or father))


@inlined
def twice_told(grounds: int) -> bool:
    """Both tell of a death, and agree on the given name, the year or age and the region."""
    whole = any_of(grounds, BOTH_DEAD) and any_of(grounds, GIVEN_WHOLE)
    return whole and any_of(grounds, BIRTH_YEAR | AGED) and any_of(grounds, HOME)


@inlined
def calls_dead(claim: int, other: int) -> bool:
    """Does one of two claims call him dead, and the other not take that back?"""
    if CLAIMS_BACK in (claim, other):
        return False
    return CLAIMS_DEAD in (claim, other)


def linkable(
    columns: Columns, scoring: Scorer, edges: Scored, weights: Weights
) -> NDArray[np.bool_]:
    """May each pair link by itself, its score apart?

    Where somebody is called dead, the score must do without where the post stands.
    """
    limits = weights.thresholds["same"], weights.thresholds["deceased_by_name"]
    kept = _linkable(
        columns.is_list, columns.claim, columns.owner, scoring.shares, scoring.bits, *edges, *limits
    )
    return kept.astype(np.bool_)


@inlined
def standing_bits(shares: Floats, bits: Floats, levels: Levels, i: int, j: int) -> float:
    """What where the posts stand adds to a pair: one thread, half a name soon after a whole one."""
    found = 0.0
    for c in (THREAD, FOLLOW):
        if levels[c] >= 0:
            found += bits[c, levels[c]] - max(shares[i, c], shares[j, c])
    return found


@compiled
def _linkable(
    listed: Ints, claims: Ints, owners: Ints, shares: Floats, bits: Floats,
    left: Ints, right: Ints, scores: Floats, levels: Levels, least: float, sure: float,
) -> Bytes:  # fmt: skip
    kept = np.zeros(len(left), np.uint8)
    for k in range(len(left)):
        i, j = left[k], right[k]
        score = scores[k]
        dead = calls_dead(claims[i], claims[j])
        if dead:
            score -= standing_bits(shares, bits, levels[k], i, j)
        kept[k] = (not dead or score >= least) and holds(
            grounds_of(levels[k]),
            listed[i] == 1 or listed[j] == 1,
            dead,
            owners[i] == owners[j],
            score >= sure,
        )
    return kept
