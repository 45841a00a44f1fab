"""The definition: a day, a time known and a level of evidence → each person's standing, in SQL."""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

from model import Status

STATUSES = ("missing", "captured", "released", "found_alive", "deceased")  # order of print
NAMES = tuple(status.value for status in Status)  # by rank
NEVER = "9999"  # later than every stamp
# The plus signs keep SQLite from walking an index of times where it had better read the table.
KNOWN = "+{t}.known_from <= :known_at AND ({t}.known_until IS NULL OR +{t}.known_until > :known_at)"
_RANK = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(Status))

# Each sought person and his standing on the day. `top` is the day and rank of his latest live
# event: text order is the order of the rule, on one day the higher rank wins.
_COUNTED = f"""
WITH event AS (
  SELECT e.person_id, e.public_on, CASE e.status {_RANK} END AS rank,
    CASE :evidence WHEN 'reported' THEN 1
      WHEN 'corroborated' THEN e.evidence <> 'reported'
        AND coalesce(e.corroborated_on, e.public_on) <= :as_of
      ELSE e.evidence = 'confirmed' END AS supported
  FROM {{of_events}}
  WHERE {KNOWN.format(t="e")} AND NOT e.retracted AND e.status <> 'retracted'
    AND +e.public_on <= :as_of
), standing AS MATERIALIZED (
  SELECT person_id, max(CASE WHEN supported THEN public_on || rank END) AS top,
    min(CASE WHEN rank = 4 THEN public_on END) AS dead_on,
    max(CASE WHEN rank BETWEEN 1 AND 3 THEN public_on || rank END) AS alive_top,
    max(CASE WHEN rank = 0 THEN public_on END) AS missing_on
  FROM event GROUP BY person_id
), counted AS MATERIALIZED (
  SELECT p.person_id, coalesce(p.category, 'unknown') AS category,
    coalesce(p.home_region, 'unknown') AS region,
    CAST(substr(s.top, 11) AS INTEGER) AS rank, s.top IS NOT NULL AS stands,
    s.person_id IS NULL AS withdrawn,
    coalesce(s.dead_on <= substr(s.alive_top, 1, 10) OR s.dead_on < s.missing_on, 0) AS conflicting,
    CASE WHEN substr(s.top, 11) <> '4' THEN 4 WHEN s.dead_on <= substr(s.alive_top, 1, 10)
      THEN CAST(substr(s.alive_top, 11) AS INTEGER) ELSE 0 END AS other_rank
  FROM {{of_persons}} LEFT JOIN standing AS s ON s.person_id = p.person_id
  WHERE {KNOWN.format(t="p")} AND +p.sought_from <= :as_of
)
"""
COUNTED = _COUNTED.format(of_events="status_event AS e", of_persons="person_version AS p")
# The same of the persons of the temporary table `candidate` alone.
COUNTED_AMONG = _COUNTED.format(
    of_events="candidate CROSS JOIN status_event AS e ON e.person_id = candidate.person_id",
    of_persons="candidate CROSS JOIN person_version AS p ON p.person_id = candidate.person_id",
)

# One statement, so that the standings are worked out once. A listed row stands as rollcall knew
# it then. The columns are those of `tally_day`.
BY_DEFINITION = f"""{COUNTED}, listed AS (
  SELECT record_id, source, public_on FROM record
  WHERE row_id IS NOT NULL AND known_from <= :known_at
  UNION ALL
  SELECT v.record_id, r.source, v.public_on FROM record_version AS v
  JOIN record AS r ON r.record_id = v.record_id AND r.row_id IS NOT NULL
  WHERE v.known_from <= :known_at AND v.known_until > :known_at
)
SELECT 'counted' AS part, category AS key, region, rank, -1 AS other, count(*) AS persons
FROM counted WHERE stands GROUP BY category, region, rank
UNION ALL
SELECT 'withdrawn', '', '', -1, -1, count(*) FROM counted WHERE withdrawn
UNION ALL
SELECT 'contested', '', '', rank, other_rank, count(*)
FROM counted WHERE conflicting AND stands GROUP BY rank, other_rank
UNION ALL
SELECT 'list_only', '', '', -1, -1, count(*)
FROM standing JOIN person_version AS p ON p.person_id = standing.person_id
WHERE {KNOWN.format(t="p")} AND (p.sought_from IS NULL OR p.sought_from > :as_of)
  AND standing.top IS NOT NULL
UNION ALL
SELECT 'overlap', listed.source, '', -1, -1, count(DISTINCT link.person_id)
FROM listed
JOIN person_record AS link ON link.record_id = listed.record_id AND {KNOWN.format(t="link")}
JOIN counted ON counted.person_id = link.person_id AND counted.stands
WHERE listed.public_on <= :as_of GROUP BY listed.source
"""
