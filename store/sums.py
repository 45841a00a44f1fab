"""Spans of standing → sums by day and by time known; a day and a time → the sums added up, in SQL.

Every span is a step up on its first day and a step down after its last, in each cell it counts in,
from the time it was known and back from the time it no longer was. Steps are summed by day, month
and year, and by the moment, day, month and year of knowledge, so that a few sums make a tally.
"""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

from store.connection import Connection
from store.spans import DEAD, EVER, STILL

DUE = "person_id IN (SELECT person_id FROM standing_due)"
_DAY_GRAINS = "(VALUES (0, 4), (1, 7), (2, 10))"  # letters of a year, a month, a day
_KNOWN_GRAINS = "(VALUES (0, 4), (1, 7), (2, 10), (3, 27))"  # and of a moment

_PARTS = f"""
WITH mine AS (
  SELECT person_id, from_day, until_day, sought, withdrawn, reported, corroborated, confirmed,
    contested, category, region, known_from, '{STILL}' AS known_until FROM standing WHERE {DUE}
  {{past}}
), levelled AS (
  SELECT 1 AS level, reported AS rank, * FROM mine WHERE reported IS NOT NULL
  UNION ALL SELECT 2, corroborated, * FROM mine WHERE corroborated IS NOT NULL
  UNION ALL SELECT 3, confirmed, * FROM mine WHERE confirmed IS NOT NULL
), listed AS (
  SELECT person_id, source, from_day, known_from, '{STILL}' AS known_until FROM standing_list
  WHERE {DUE}
  UNION ALL SELECT person_id, source, from_day, known_from, known_until FROM stood_list WHERE {DUE}
), part (level, from_day, until_day, known_from, known_until, part, key, region, rank, other) AS (
  SELECT level, from_day, until_day, known_from, known_until, 'counted', category, region, rank, -1
  FROM levelled WHERE sought
  UNION ALL
  SELECT 0, from_day, until_day, known_from, known_until, 'withdrawn', '', '', -1, -1
  FROM mine WHERE withdrawn
  UNION ALL
  SELECT level, from_day, until_day, known_from, known_until, 'contested', '', '', rank,
    CASE rank WHEN {DEAD} THEN contested ELSE {DEAD} END
  FROM levelled WHERE sought AND contested IS NOT NULL
  UNION ALL
  SELECT level, from_day, until_day, known_from, known_until, 'list_only', '', '', -1, -1
  FROM levelled WHERE NOT sought
  UNION ALL
  SELECT level, max(levelled.from_day, listed.from_day), until_day,
    max(levelled.known_from, listed.known_from), min(levelled.known_until, listed.known_until),
    'overlap', listed.source, '', -1, -1
  FROM levelled JOIN listed ON listed.person_id = levelled.person_id
  WHERE sought AND listed.from_day < until_day
    AND listed.known_from < levelled.known_until AND listed.known_until > levelled.known_from
)"""
_PAST = f"""UNION ALL
  SELECT person_id, from_day, until_day, sought, withdrawn, reported, corroborated, confirmed,
    contested, category, region, known_from, known_until FROM stood WHERE {DUE}"""
_CELL = "part, key, region, rank, other"

_BY_DAY = f"""{_PARTS.format(past="")}, step AS MATERIALIZED (
  SELECT level, day, {_CELL}, sum(up) AS persons FROM (
    SELECT level, from_day AS day, {_CELL}, 1 AS up FROM part WHERE known_until = '{STILL}'
    UNION ALL
    SELECT level, until_day, {_CELL}, -1 FROM part
    WHERE known_until = '{STILL}' AND until_day < '{EVER}')
  GROUP BY level, day, {_CELL}
)
INSERT INTO tally_day
SELECT level, grain.column1, substr(day, 1, grain.column2), {_CELL}, :sign * sum(persons)
FROM step CROSS JOIN {_DAY_GRAINS} AS grain
GROUP BY 1, 2, 3, {_CELL} HAVING sum(persons) <> 0
ON CONFLICT DO UPDATE SET persons = persons + excluded.persons
"""
_BY_KNOWN = f"""{_PARTS.format(past=_PAST)}, step AS MATERIALIZED (
  SELECT level, known, day, {_CELL}, sum(up) AS persons FROM (
    SELECT level, known_from AS known, from_day AS day, {_CELL}, 1 AS up FROM part
    UNION ALL SELECT level, known_from, until_day, {_CELL}, -1 FROM part WHERE until_day < '{EVER}'
    UNION ALL SELECT level, known_until, from_day, {_CELL}, -1 FROM part
      WHERE known_until < '{STILL}'
    UNION ALL SELECT level, known_until, until_day, {_CELL}, 1 FROM part
      WHERE known_until < '{STILL}' AND until_day < '{EVER}')
  GROUP BY level, known, day, {_CELL}
)
INSERT INTO tally_known
SELECT level, times.column1, substr(known, 1, times.column2), days.column1,
  substr(day, 1, days.column2), {_CELL}, :sign * sum(persons)
FROM step CROSS JOIN {_KNOWN_GRAINS} AS times CROSS JOIN {_DAY_GRAINS} AS days
GROUP BY 1, 2, 3, 4, 5, {_CELL} HAVING sum(persons) <> 0
ON CONFLICT DO UPDATE SET persons = persons + excluded.persons
"""
_RANK_COLUMNS = ("missing", "captured", "found_alive", "released", "deceased")  # by rank
_BY_UNIT = f"""
WITH levelled AS (
  SELECT 1 AS level, reported AS rank, unit, from_day, until_day FROM standing
  WHERE {DUE} AND sought AND reported IS NOT NULL
  UNION ALL SELECT 2, corroborated, unit, from_day, until_day FROM standing
  WHERE {DUE} AND sought AND corroborated IS NOT NULL
  UNION ALL SELECT 3, confirmed, unit, from_day, until_day FROM standing
  WHERE {DUE} AND sought AND confirmed IS NOT NULL
), step AS (
  SELECT level, rank, unit, from_day AS day, :sign AS up FROM levelled
  UNION ALL SELECT level, rank, unit, until_day, -:sign FROM levelled WHERE until_day < '{EVER}'
)
INSERT INTO tally_unit
SELECT level, grain.column1, substr(day, 1, grain.column2), unit,
  {", ".join(f"sum(up * (rank = {rank}))" for rank in range(len(_RANK_COLUMNS)))}
FROM step CROSS JOIN {_DAY_GRAINS} AS grain GROUP BY 1, 2, 3, 4
ON CONFLICT DO UPDATE SET {", ".join(f"{n} = {n} + excluded.{n}" for n in _RANK_COLUMNS)}
"""
TABLES = ("tally_day", "tally_known", "tally_unit")


def add(connection: Connection, sign: int) -> None:
    """Put in (1) or take out (-1) what the persons who are due stand for."""
    for statement in (_BY_DAY, _BY_KNOWN, _BY_UNIT):
        connection.execute(statement, {"sign": sign})


def tidy(connection: Connection) -> None:
    """Delete the cells that came to nothing."""
    connection.execute("DELETE FROM tally_day WHERE persons = 0")
    connection.execute("DELETE FROM tally_known WHERE persons = 0")
    nothing = " AND ".join(f"{name} = 0" for name in _RANK_COLUMNS)
    connection.execute(f"DELETE FROM tally_unit WHERE {nothing}")


# The sums of whole years, then of the months of this year, then of the days of this month.
_DAYS = """day (grain, low, high) AS (VALUES (0, '', substr(:as_of, 1, 4)),
  (1, substr(:as_of, 1, 4), substr(:as_of, 1, 7)), (2, substr(:as_of, 1, 7), :as_of || '~'))"""
# The same of knowledge, and the times of each that there are, found one from the other.
_NEXT = """(SELECT min(known) FROM tally_known AS t WHERE t.level = {level}
  AND t.known_grain = {grain} AND t.known > {after} AND t.known < high)"""
_TIMES = f"""depth (grain, low, high) AS (VALUES (0, '', substr(:known_at, 1, 4)),
  (1, substr(:known_at, 1, 4), substr(:known_at, 1, 7)),
  (2, substr(:known_at, 1, 7), substr(:known_at, 1, 10)),
  (3, substr(:known_at, 1, 10), :known_at || ' ')),
node (level, grain, known, high) AS (
  SELECT level, grain, {_NEXT.format(level="wanted.level", grain="depth.grain", after="low")}, high
  FROM wanted CROSS JOIN depth
  UNION ALL
  SELECT level, grain, {_NEXT.format(level="node.level", grain="node.grain", after="node.known")},
    high FROM node WHERE known IS NOT NULL
)"""


def now_sums(level: str) -> str:
    """SQL: rows of the sums by day that add up to the tally of :as_of at a level and level 0."""
    return f"""WITH {_DAYS}
SELECT t.part, t.key, t.region, t.rank, t.other, t.persons FROM day CROSS JOIN tally_day AS t
  ON t.level IN (0, {level}) AND t.grain = day.grain
  AND t.period > day.low AND t.period < day.high"""


def then_sums(level: str, condition: str = "1") -> str:
    """SQL: the same as known at :known_at; none where the condition does not hold."""
    return f"""WITH RECURSIVE {_DAYS},
wanted (level) AS (SELECT column1 FROM (VALUES (0), ({level})) WHERE {condition}),
{_TIMES}
SELECT t.part, t.key, t.region, t.rank, t.other, t.persons
FROM node CROSS JOIN day CROSS JOIN tally_known AS t
  ON t.level = node.level AND t.known_grain = node.grain AND t.known = node.known
  AND t.grain = day.grain AND t.period > day.low AND t.period < day.high"""


_ADDED = """SELECT part, key, region, rank, other, sum(persons) AS persons FROM ({sums})
GROUP BY part, key, region, rank, other HAVING sum(persons) <> 0"""
BY_DAY = _ADDED.format(sums=now_sums(":level"))
BY_KNOWN = _ADDED.format(sums=then_sums(":level"))
