# ruff: noqa: PLR0911, PLR0913, PLR0917, PLR1714, SIM109 - the shapes numba compiles best
"""Two records' columns → the level of each comparison; compiled, -1 where either says nothing."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from model import Claim

from .columns import (
    BIRTH_AGE,
    BIRTH_DAY,
    BIRTH_LOOSE_AGE,
    BIRTH_MONTH,
    BIRTH_SERVICE,
    CLAIMS,
    FORMS,
    LETTERS,
    NONE,
    Bytes,
    Columns,
    Ints,
    Tokens,
)
from .compiling import compiled, inlined

_DEAD = CLAIMS[Claim.DECEASED]
_CAPTURED = CLAIMS[Claim.CAPTURED]
_RELEASED = CLAIMS[Claim.RELEASED]
_ALIVE = CLAIMS[Claim.FOUND_ALIVE]
_SOUGHT = CLAIMS[Claim.SOUGHT]
_RETRACTED = CLAIMS[Claim.RETRACTED]
YEAR_DAYS = 366
SOON_DAYS, FOLLOW_DAYS = 7, 30  # after a search its source may tell of him by half a name
NEWS_DAYS = 45  # a post and a list that report one return do so within this time

# Columns of the array of facts, one row a record.
FACTS = (
    *("surname", "given", "patronymic", "birth_low", "birth_high", "birth_kind", "birth_date"),
    *("sex", "region", "place", "place_head", "unit", "category", "contact", "call_sign"),
    *("copied", "claim", "public", "is_list", "source", "owner", "post", "answers", "thread"),
    *("place_wide",),
)
SURNAME, GIVEN, PATRONYMIC, LOW, HIGH, KIND, DATE = range(7)
SEX, REGION, PLACE, HEAD, UNIT, CATEGORY, CONTACT, CALL_SIGN = range(7, 15)
COPIED, CLAIM, PUBLIC, IS_LIST, SOURCE, OWNER, POST, ANSWERS, THREAD, WIDE = range(15, 25)
# Columns of a table of tokens, one row a spelling; then come its FORMS other forms.
SOUND, INITIAL, SHORT, KNOWN, LENGTH, OTHERS = range(6)


class Fields(NamedTuple):
    """Columns in the shape numba reads: few arrays, for a call hands each of them on."""

    facts: Ints  # [record, FACTS]
    surnames: Ints  # [token, OTHERS + FORMS]
    givens: Ints
    patronymics: Ints
    surname_letters: Bytes  # [token, LETTERS]
    given_letters: Bytes
    patronymic_letters: Bytes


def fields(columns: Columns) -> Fields:
    """The columns as numba reads them."""

    def packed(tokens: Tokens) -> Ints:
        single = (tokens.sound, tokens.initial, tokens.is_initial, tokens.known, tokens.length)
        return np.column_stack([*single, tokens.others]).astype(np.int32)

    return Fields(
        np.column_stack([getattr(columns, name) for name in FACTS]).astype(np.int32),
        packed(columns.surnames),
        packed(columns.givens),
        packed(columns.patronymics),
        columns.surnames.letters,
        columns.givens.letters,
        columns.patronymics.letters,
    )


Work = NDArray[np.int64]  # [3, LETTERS + 1]: room for an edit distance


def workspace() -> Work:
    """Room for one thread's edit distances."""
    return np.zeros((3, LETTERS + 1), np.int64)


@compiled
def edits(left: Bytes, right: Bytes, n: int, m: int, work: Work) -> int:
    """Edit distance with swaps of neighbours; 3 stands for three or more."""
    if abs(n - m) > 2:
        return 3
    for j in range(m + 1):
        work[0, j] = j
    for i in range(1, n + 1):
        row, last, before = i % 3, (i - 1) % 3, (i - 2) % 3
        work[row, 0] = i
        least = i
        for j in range(1, m + 1):
            cost = 0 if left[i - 1] == right[j - 1] else 1
            best = min(work[last, j] + 1, work[row, j - 1] + 1, work[last, j - 1] + cost)
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                best = min(best, work[before, j - 2] + 1)
            work[row, j] = best
            least = min(least, best)
        if least > 2:
            return 3
    return min(int(work[n % 3, m]), 3)


@inlined
def token_edits(names: Ints, letters: Bytes, a: int, b: int, work: Work) -> int:
    """Edit distance of two spellings' sounds; 3 where a name is too short for a slip to show."""
    n, m = names[a, LENGTH], names[b, LENGTH]
    if min(n, m) < 4:
        return 3
    return edits(letters[a], letters[b], n, m, work)


@inlined
def surname_level(names: Ints, letters: Bytes, a: int, b: int, work: Work) -> int:
    """0 exact, 1 sound, 2 half of a double one, 3 edit, 4 edit of known, 5 two edits, 6 differ."""
    if a == NONE or b == NONE:
        return -1
    if a == b:
        return 0
    if names[a, SOUND] == names[b, SOUND]:
        return 1
    for k in range(OTHERS, OTHERS + FORMS):
        if names[a, k] == NONE and names[b, k] == NONE:
            break
        if names[a, k] == names[b, SOUND] or names[b, k] == names[a, SOUND]:
            return 2
    distance = token_edits(names, letters, a, b, work)
    known = names[a, KNOWN] == 1 and names[b, KNOWN] == 1
    if distance == 1:
        return 4 if known else 3
    if distance == 2 and min(names[a, LENGTH], names[b, LENGTH]) >= 8:
        return 6 if known else 5
    return 6


@inlined
def given_level(names: Ints, letters: Bytes, a: int, b: int, work: Work) -> int:
    """0 exact, 1 a form of it, 2 initial, 3 fuzzy, 4 near but both known names, 5 differ."""
    if a == NONE or b == NONE:
        return -1
    if a == b or (names[a, SOUND] == names[b, SOUND] and names[a, SHORT] == 0):
        return 0
    if names[a, SHORT] == 1 or names[b, SHORT] == 1:
        return 2 if names[a, INITIAL] == names[b, INITIAL] else 5
    for k in range(OTHERS, OTHERS + FORMS):
        if names[a, k] == NONE:
            break
        for other in range(OTHERS, OTHERS + FORMS):
            if names[a, k] == names[b, other]:
                return 1
    if token_edits(names, letters, a, b, work) == 1:
        return 4 if names[a, KNOWN] == 1 and names[b, KNOWN] == 1 else 3
    return 5


@inlined
def patronymic_level(names: Ints, letters: Bytes, a: int, b: int, work: Work) -> int:
    """0 equal father's name, 1 initial, 2 fuzzy, 3 differ."""
    if a == NONE or b == NONE:
        return -1
    if a == b:
        return 0
    if names[a, SHORT] == 1 or names[b, SHORT] == 1:
        return 1 if names[a, INITIAL] == names[b, INITIAL] else 3
    if names[a, SOUND] == names[b, SOUND]:
        return 0
    known = names[a, KNOWN] == 1 and names[b, KNOWN] == 1
    if not known and token_edits(names, letters, a, b, work) == 1:
        return 2
    return 3


@inlined
def swapped(a: int, b: int) -> bool:
    """Are two numbers of two digits the same but for their order?"""
    return bool(a // 10 == b % 10 and a % 10 == b // 10)


@inlined
def full_dates_level(a: int, b: int) -> int:
    """Levels of two YYYYMMDD: 0 day, 1 slip, 6 near, 7 digit of the year, 8 other day, 9 differ."""
    if a == b:
        return 0
    year_a, year_b, rest_a, rest_b = a // 10000, b // 10000, a % 10000, b % 10000
    if rest_a == rest_b and (year_a % 10 == year_b % 10 or year_a // 10 == year_b // 10):
        return 7
    if year_a != year_b:
        return 6 if abs(year_a - year_b) == 1 and rest_a == rest_b else 9
    if rest_a // 100 == rest_b % 100 and rest_a % 100 == rest_b // 100:
        return 1
    if swapped(rest_a % 100, rest_b % 100) and rest_a // 100 == rest_b // 100:
        return 1
    if swapped(rest_a // 100, rest_b // 100) and rest_a % 100 == rest_b % 100:
        return 1
    differing = 0
    for _ in range(4):
        differing += rest_a % 10 != rest_b % 10
        rest_a //= 10
        rest_b //= 10
    return 1 if differing == 1 else 8


@inlined
def birth_level(facts: Ints, i: int, j: int) -> int:
    """0 day, 1 slip, 2 month, 3 year, 4 age, 5 age at death, 6 near, 7 digit, 8 other day, 9 no."""
    kind = max(facts[i, KIND], facts[j, KIND])
    if min(facts[i, KIND], facts[j, KIND]) == 0:
        return -1
    if kind == BIRTH_DAY:
        return full_dates_level(facts[i, DATE], facts[j, DATE])
    gap = max(facts[i, LOW], facts[j, LOW]) - min(facts[i, HIGH], facts[j, HIGH])
    if gap > 0:
        return 6 if gap <= YEAR_DAYS else 9
    if kind == BIRTH_SERVICE:
        return -1
    if kind == BIRTH_MONTH:
        return 2
    if kind == BIRTH_AGE:
        return 4
    return 5 if kind == BIRTH_LOOSE_AGE else 3


@inlined
def equal_level(a: int, b: int) -> int:
    """0 same, 1 differ."""
    if a == NONE or b == NONE:
        return -1
    return 0 if a == b else 1


@inlined
def place_level(facts: Ints, i: int, j: int) -> int:
    """0 same, 1 kin (a town and its district), 2 differ, 3 same and a region is not said.

    Silent where the regions differ, and of a district and a place that may lie in it. Where the
    regions agree, a place says only what the region doesn't.
    """
    region = equal_level(facts[i, REGION], facts[j, REGION])
    if facts[i, PLACE] == NONE or facts[j, PLACE] == NONE or region == 1:
        return -1
    if facts[i, PLACE] == facts[j, PLACE]:
        return 0 if region == 0 else 3
    if facts[i, HEAD] == facts[j, HEAD]:
        return 1
    return 2 if facts[i, WIDE] == facts[j, WIDE] else -1


@inlined
def unit_level(a: int, b: int) -> int:
    """0 same, 1 one digit off, 2 differ."""
    if a == NONE or b == NONE:
        return -1
    differing = 0
    while a > 0 or b > 0:
        differing += a % 10 != b % 10
        a //= 10
        b //= 10
    return min(differing, 2)


@inlined
def contact_level(a: int, b: int) -> int:
    """0 same day, 1 within 5 days, 2 within 30, 3 differ."""
    if a == NONE or b == NONE:
        return -1
    days = abs(a - b)
    if days == 0:
        return 0
    if days <= 5:
        return 1
    return 2 if days <= 30 else 3


@inlined
def course_level(facts: Ints, i: int, j: int) -> int:
    """How the claims fit one life.

    0 no matter, 1 both captives, 2 captured then released, 3 dead in public before the last
    contact, 4 both dead, 5 one return told twice.
    """
    a, b = facts[i, CLAIM], facts[j, CLAIM]
    if a == _DEAD and facts[j, CONTACT] != NONE and facts[i, PUBLIC] < facts[j, CONTACT]:
        return 3
    if b == _DEAD and facts[i, CONTACT] != NONE and facts[j, PUBLIC] < facts[i, CONTACT]:
        return 3
    if a == b and (a == _CAPTURED or a == _DEAD):
        return 1 if a == _CAPTURED else 4
    if a == b and (a == _RELEASED or a == _ALIVE):
        return 5 if abs(facts[i, PUBLIC] - facts[j, PUBLIC]) <= NEWS_DAYS else 0
    if a == _CAPTURED and b == _RELEASED and facts[i, PUBLIC] <= facts[j, PUBLIC]:
        return 2
    if b == _CAPTURED and a == _RELEASED and facts[j, PUBLIC] <= facts[i, PUBLIC]:
        return 2
    return 0


@inlined
def thread_level(facts: Ints, i: int, j: int) -> int:
    """0 one discussion: a thread, a post and its answer, or two answers to one post."""
    if facts[i, THREAD] != NONE and facts[i, THREAD] == facts[j, THREAD]:
        return 0
    a, b = facts[i, ANSWERS], facts[j, ANSWERS]
    if a != NONE and (a == facts[j, POST] or a == b):
        return 0
    return 0 if b != NONE and b == facts[i, POST] else -1


@inlined
def elliptic(facts: Ints, i: int) -> bool:
    """Does a post name him by half a name only, as one its readers know already?"""
    half = (facts[i, SURNAME] == NONE) != (facts[i, GIVEN] == NONE)
    return bool(half and facts[i, IS_LIST] == 0)


@inlined
def follow_level(facts: Ints, i: int, j: int) -> int:
    """Half a name in a source that gave one whole shortly before: 0 within 7 days, 1 within 30.

    2 where within 7 days it takes back what was told of him there: few men were told of.
    """
    if facts[i, SOURCE] != facts[j, SOURCE] or elliptic(facts, i) == elliptic(facts, j):
        return -1
    half, whole = (i, j) if elliptic(facts, i) else (j, i)
    if facts[whole, SURNAME] == NONE or facts[whole, GIVEN] == NONE:
        return -1
    days = facts[half, PUBLIC] - facts[whole, PUBLIC]
    if facts[whole, IS_LIST] == 1 or days < 0 or days > FOLLOW_DAYS:
        return -1
    if days > SOON_DAYS:
        return 1
    told = facts[whole, CLAIM] != _SOUGHT and facts[whole, CLAIM] != _RETRACTED
    return 2 if told and facts[half, CLAIM] == _RETRACTED else 0


@inlined
def relation(facts: Ints, i: int, j: int) -> int:
    """0 same owner, 1 other owner, 2 post and list, 3 two lists, 4 one list."""
    if facts[i, IS_LIST] != facts[j, IS_LIST]:
        return 2
    if facts[i, IS_LIST] == 1:
        return 4 if facts[i, SOURCE] == facts[j, SOURCE] else 3
    return 0 if facts[i, OWNER] == facts[j, OWNER] else 1


@inlined
def name_levels(
    facts: Ints, surnames: Ints, givens: Ints, fathers: Ints,
    surname_letters: Bytes, given_letters: Bytes, father_letters: Bytes,
    i: int, j: int, out: NDArray[np.int8], work: Work,
) -> None:  # fmt: skip
    """Write the levels of surname, given name and patronymic into `out`."""
    a, b = facts[i, GIVEN], facts[j, GIVEN]
    out[1] = given_level(givens, given_letters, a, b, work)
    a, b = facts[i, PATRONYMIC], facts[j, PATRONYMIC]
    out[2] = patronymic_level(fathers, father_letters, a, b, work)
    a, b = facts[i, SURNAME], facts[j, SURNAME]
    out[0] = surname_level(surnames, surname_letters, a, b, work)


@inlined
def other_levels(facts: Ints, i: int, j: int, out: NDArray[np.int8]) -> None:
    """Write the levels of all other comparisons, in the order of weights.LEVELS, into `out`."""
    out[3] = birth_level(facts, i, j)
    out[4] = equal_level(facts[i, SEX], facts[j, SEX])
    out[5] = equal_level(facts[i, REGION], facts[j, REGION])
    out[6] = place_level(facts, i, j)
    out[7] = unit_level(facts[i, UNIT], facts[j, UNIT])
    out[8] = equal_level(facts[i, CATEGORY], facts[j, CATEGORY])
    out[9] = contact_level(facts[i, CONTACT], facts[j, CONTACT])
    out[10] = equal_level(facts[i, CALL_SIGN], facts[j, CALL_SIGN])
    out[11] = course_level(facts, i, j)
    out[12] = 0 if facts[i, COPIED] == facts[j, COPIED] else -1
    out[13] = thread_level(facts, i, j)
    out[14] = follow_level(facts, i, j)
