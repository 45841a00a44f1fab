"""A day and one or two dimensions → how many counted persons stand in each cell.

| dimension | its values |
|---|---|
| status, category, region | as in the tally |
| sex | male, female, unknown |
| age | at disappearance, in bands; unknown where the year alone leaves two bands open |
| unit | number of the в/ч |
| source | the source of the first search request |
| month | of the last contact his people named |
| last_sign | days since the last contact or sign of life, of missing men; "not missing" of others |
"""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import NamedTuple

from model import Evidence, UnusableInput
from store.connection import Connection, Row
from store.counted import COUNTED, KNOWN, NAMES, NEVER
from store.standings import is_current
from store.tally import counted_now, known_time

UNKNOWN = "unknown"
_AGES = (
    (18, "under 18"),
    (21, "18–20"),
    (25, "21–24"),
    (30, "25–29"),
    (40, "30–39"),
    (50, "40–49"),
)
_SIGNS = ((8, "0–7 days"), (31, "8–30 days"), (91, "31–90 days"), (181, "91–180 days"),
          (366, "181–365 days"))  # fmt: skip


def _bands(number: str, bands: Sequence[tuple[int, str]], above: str) -> str:
    cases = " ".join(f"WHEN {number} < {limit} THEN '{name}'" for limit, name in bands)
    return f"CASE WHEN {number} IS NULL THEN '{UNKNOWN}' {cases} ELSE '{above}' END"


# Of the youngest and the oldest he can have been: a year alone leaves two possible ages.
_OLDEST = "(age_years - before_birthday)"
_YOUNGEST = "(age_years - before_birthday - birthday_open)"
_AGE = (
    f"CASE WHEN {_bands(_YOUNGEST, _AGES, '50 and over')} = "
    f"{_bands(_OLDEST, _AGES, '50 and over')} THEN {_bands(_OLDEST, _AGES, '50 and over')} "
    f"ELSE {_bands('age_said', _AGES, '50 and over')} END"
)
_SIGN = (
    "CASE WHEN rank <> 0 THEN 'not missing' ELSE "
    + _bands("sign_days", _SIGNS, "over a year") + " END"
)  # fmt: skip
_WHEN = " ".join(f"WHEN {rank} THEN '{name}'" for rank, name in enumerate(NAMES))
_STATUS = f"CASE rank {_WHEN} END"

DIMENSIONS = {
    "status": _STATUS, "category": "category", "region": "region",
    "sex": f"coalesce(sex, '{UNKNOWN}')", "age": _AGE, "unit": f"coalesce(unit, '{UNKNOWN}')",
    "source": f"coalesce(first_source, '{UNKNOWN}')",
    "month": f"coalesce(substr(last_contact, 1, 7), '{UNKNOWN}')", "last_sign": _SIGN,
}  # fmt: skip

# Who stands that day, from the spans: as known now, or as known then; else by the definition.
_SPANS = """
SELECT person_id, {level} AS rank, category, region{unit} FROM {table}
WHERE from_day <= :as_of AND until_day > :as_of AND sought AND {level} IS NOT NULL
  AND known_from <= :known_at{past}
"""
_DEFINED = "SELECT person_id, rank, category, region FROM counted WHERE stands"
IN_SPANS = frozenset({"status", "category", "region", "unit"})  # said by the spans themselves

# The last contact named, or the last public sign of life, by that day and as known then.
SIGN = f"""
SELECT max(max(coalesce(r.last_contact, ''),
    CASE WHEN r.claim IN ('captured', 'found_alive', 'released') THEN r.public_on ELSE '' END))
FROM person_record AS link JOIN record AS r ON r.record_id = link.record_id
WHERE link.person_id = stood.person_id AND {KNOWN.format(t="link")}
  AND r.public_on <= :as_of AND coalesce(r.last_contact, '') <= :as_of
"""
_MEN = f"""
SELECT stood.*, p.sex, p.unit, p.first_source, p.last_contact, p.age AS age_said,
  substr(coalesce(p.last_contact, p.sought_from), 1, 4) - substr(p.birth_date, 1, 4) AS age_years,
  coalesce(substr(coalesce(p.last_contact, p.sought_from), 6, length(p.birth_date) - 5)
    < substr(p.birth_date, 6), 0) AS before_birthday,
  length(p.birth_date) = 4 OR (length(p.birth_date) = 7 AND substr(p.birth_date, 6)
    = substr(coalesce(p.last_contact, p.sought_from), 6, 2)) AS birthday_open,
  {{sign}} AS sign_days
FROM stood JOIN person_version AS p ON p.person_id = stood.person_id AND {KNOWN.format(t="p")}
"""
_SIGN_DAYS = (
    f"CASE WHEN stood.rank = 0 THEN julianday(:as_of) - julianday(nullif(({SIGN}), '')) END"
)


def crosstab(
    connection: Connection,
    by: Sequence[str],
    *,
    as_of: str,
    known_at: str | None,
    evidence: Evidence,
) -> dict[str, object]:
    """Counted persons by one dimension and status, or by any two; the cells sum to the total.

    Raises UnusableInput for a dimension there is none of.
    """
    wanted = (by[0], "status") if len(by) == 1 and by[0] != "status" else tuple(by)
    unknown = [name for name in wanted if name not in DIMENSIONS]
    if unknown or len(wanted) not in (1, 2) or len(set(wanted)) != len(wanted):
        raise UnusableInput(f"--by takes one or two of {', '.join(DIMENSIONS)}")
    sign = _SIGN_DAYS if "last_sign" in wanted else "NULL"
    columns = ", ".join(f"{DIMENSIONS[name]} AS d{n}" for n, name in enumerate(wanted))
    query = (
        f"SELECT {columns}, count(*) AS persons FROM men GROUP BY {', '.join('12'[: len(wanted)])}"
    )
    asked = _Asked(as_of, known_at, evidence)
    plain = IN_SPANS.issuperset(wanted) and is_current(connection)
    rows = _spans(connection, asked, query) if plain else _men(connection, asked, sign, query)
    cells = [{**{name: row[n] for n, name in enumerate(wanted)}, "persons": row["persons"]}
             for row in rows]  # fmt: skip
    return {
        "as_of": as_of,
        "known_at": known_at or known_time(connection),
        "evidence": evidence.value,
        "by": list(wanted),
        "total": sum(row["persons"] for row in rows),
        "cells": cells,
    }


def last_signs(
    connection: Connection, *, as_of: str, known_at: str | None, evidence: Evidence
) -> list[dict[str, object]]:
    """Each missing man with the days since the last sign of him, the longest first, null last."""
    query = (
        "SELECT men.person_id, person.name, CAST(sign_days AS INTEGER) AS days "
        "FROM men JOIN person USING (person_id) WHERE rank = 0 "
        "ORDER BY sign_days DESC NULLS LAST, men.person_id"
    )
    asked = _Asked(as_of, known_at, evidence)
    return [dict(row) for row in _men(connection, asked, _SIGN_DAYS, query)]


class _Asked(NamedTuple):
    """The three of a tally."""

    as_of: str
    known_at: str | None
    evidence: Evidence

    def arguments(self) -> dict[str, str]:
        return {
            "as_of": self.as_of, "known_at": self.known_at or NEVER, "evidence": self.evidence.value
        }  # fmt: skip


def _standing(connection: Connection, asked: _Asked, unit: str = "") -> str:
    """SQL of who stands, by the spans."""
    now = _SPANS.format(level=asked.evidence.value, unit=unit, table="standing", past="")
    if counted_now(connection, asked.known_at):
        return now
    past = " AND known_until > :known_at"
    then = _SPANS.format(level=asked.evidence.value, unit=unit, table="main.stood", past=past)
    return f"{now} UNION ALL {then}"


def _spans(connection: Connection, asked: _Asked, query: str) -> list[Row]:
    """An answer that asks for nothing but what the spans say."""
    text = f"WITH men AS ({_standing(connection, asked, ', unit')}) {query}"
    return connection.execute(text, asked.arguments()).fetchall()


def _men(connection: Connection, asked: _Asked, sign: str, query: str) -> list[Row]:
    """An answer about the men and how they were described."""
    if is_current(connection):
        head = f"WITH stood AS MATERIALIZED ({_standing(connection, asked)})"
    else:
        head = f"{COUNTED.strip()}, stood AS ({_DEFINED})"
    text = f"{head}, men AS ({_MEN.format(sign=sign)}) {query}"
    return connection.execute(text, asked.arguments()).fetchall()


def pivot(found: dict[str, object]) -> tuple[list[str], list[tuple[object, ...]]]:
    """A cross-tab as a table: heads, then a row for each value of the first dimension."""
    by: list[str] = found["by"]  # type: ignore[assignment]
    cells: list[dict[str, object]] = found["cells"]  # type: ignore[assignment]
    if len(by) == 1:
        return [by[0], "persons"], [(cell[by[0]], cell["persons"]) for cell in cells]
    counts: Counter[tuple[object, object]] = Counter()
    for cell in cells:
        counts[cell[by[0]], cell[by[1]]] += int(str(cell["persons"]))
    across = sorted({str(cell[by[1]]) for cell in cells}, key=lambda name: _order(by[1], name))
    down = sorted({str(cell[by[0]]) for cell in cells}, key=lambda name: _order(by[0], name))
    rows = [
        (name, sum(counts[name, one] for one in across), *(counts[name, one] for one in across))
        for name in down
    ]
    return [by[0], "persons", *across], rows


def _order(dimension: str, name: str) -> tuple[int, str]:
    """Statuses and bands in their own order, other values by name, "unknown" last."""
    order = {
        "status": [*NAMES], "age": [band for _, band in _AGES] + ["50 and over"],
        "last_sign": [band for _, band in _SIGNS] + ["over a year"],
    }.get(dimension, [])  # fmt: skip
    return (order.index(name) if name in order else len(order) + (name == UNKNOWN), name)
