"""A day, a time and a level of evidence → counts of sought persons by status, in SQL."""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from model import Evidence, Status
from store.connection import Connection, Row

STATUSES = ("missing", "captured", "released", "found_alive", "deceased")  # order of print
NEVER = "9999"  # later than every stamp
_RANK = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(Status))
_KNOWN = "{t}.known_from <= :known_at AND ({t}.known_until IS NULL OR {t}.known_until > :known_at)"

# Each sought person and his standing on the day. `top` is the day and rank of his latest live
# event: text order is the order of the rule, on one day the higher rank wins.
COUNTED = f"""
WITH event AS (
  SELECT e.person_id, e.public_on, CASE e.status {_RANK} END AS rank,
    CASE :evidence WHEN 'reported' THEN 1
      WHEN 'corroborated' THEN e.evidence <> 'reported'
        AND coalesce(e.corroborated_on, e.public_on) <= :as_of
      ELSE e.evidence = 'confirmed' END AS supported
  FROM status_event AS e
  WHERE {_KNOWN.format(t="e")} AND NOT e.retracted AND e.status <> 'retracted'
    AND e.public_on <= :as_of
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
  FROM person_version AS p LEFT JOIN standing AS s ON s.person_id = p.person_id
  WHERE {_KNOWN.format(t="p")} AND p.sought_from <= :as_of
)
"""
# One statement, so that the standings are worked out once. A listed row stands as rollcall knew
# it then.
_TALLY = f"""{COUNTED}, listed AS (
  SELECT record_id, source, public_on FROM record
  WHERE row_id IS NOT NULL AND known_from <= :known_at
  UNION ALL
  SELECT v.record_id, r.source, v.public_on FROM record_version AS v
  JOIN record AS r ON r.record_id = v.record_id AND r.row_id IS NOT NULL
  WHERE v.known_from <= :known_at AND v.known_until > :known_at
)
SELECT 'counted' AS part, category, region, rank, NULL AS other, count(*) AS persons
FROM counted WHERE stands GROUP BY category, region, rank
UNION ALL
SELECT 'withdrawn', NULL, NULL, NULL, NULL, count(*) FROM counted WHERE withdrawn
UNION ALL
SELECT 'contested', NULL, NULL, rank, other_rank, count(*)
FROM counted WHERE conflicting AND stands GROUP BY rank, other_rank
UNION ALL
SELECT 'list_only', NULL, NULL, NULL, NULL, count(*)
FROM standing JOIN person_version AS p ON p.person_id = standing.person_id
WHERE {_KNOWN.format(t="p")} AND (p.sought_from IS NULL OR p.sought_from > :as_of)
  AND standing.top IS NOT NULL
UNION ALL
SELECT * FROM (
  SELECT 'overlap', listed.source, NULL, NULL, NULL, count(DISTINCT link.person_id)
  FROM listed
  JOIN person_record AS link ON link.record_id = listed.record_id AND {_KNOWN.format(t="link")}
  JOIN counted ON counted.person_id = link.person_id AND counted.stands
  WHERE listed.public_on <= :as_of GROUP BY listed.source ORDER BY listed.source)
"""


def latest_knowledge(connection: Connection) -> str | None:
    """The time of the last change to the persons; None before the first resolution."""
    (found,) = connection.execute("SELECT max(known_at) FROM resolution").fetchone()
    return None if found is None else str(found)


def tally(
    connection: Connection, *, as_of: str, known_at: str | None, evidence: Evidence
) -> dict[str, object]:
    """The tally in the shape of DESIGN section 8, with what stands beside it.

    `known_at` None means now: the answer names the time that gives the same answer for ever.
    """
    known = known_at or latest_knowledge(connection)
    arguments = {"as_of": as_of, "known_at": known or NEVER, "evidence": evidence.value}
    parts: defaultdict[str, list[Row]] = defaultdict(list)
    for row in connection.execute(_TALLY, arguments):
        parts[row["part"]].append(row)
    groups, contested = parts["counted"], parts["contested"]
    by_status = _row(groups)
    return {
        "as_of": as_of,
        "known_at": known,
        "evidence": evidence.value,
        "total": by_status.pop("total"),
        "withdrawn": parts["withdrawn"][0]["persons"],
        "by_status": by_status,
        "by_category": _split(groups, "category"),
        "by_region": _split(groups, "region"),
        "list_only": parts["list_only"][0]["persons"],
        "overlaps": {row["category"]: row["persons"] for row in parts["overlap"]},
        "conflicting": sum(row["persons"] for row in contested),
        "range": _range(by_status, contested),
    }


def _row(groups: Iterable[Row]) -> dict[str, int]:
    counts = dict.fromkeys(("total", *STATUSES), 0)
    names = [status.value for status in Status]
    for group in groups:
        counts[names[group["rank"]]] += group["persons"]
        counts["total"] += group["persons"]
    return counts


def _split(groups: list[Row], dimension: str) -> dict[str, dict[str, int]]:
    keys = sorted({group[dimension] for group in groups})
    return {key: _row(group for group in groups if group[dimension] == key) for key in keys}


def _range(by_status: dict[str, int], contested: list[Row]) -> dict[str, list[int]]:
    """Low and high of each status: without the contested men who have it, with all who may."""
    names = [status.value for status in Status]
    low, high = dict(by_status), dict(by_status)
    for row in contested:
        low[names[row["rank"]]] -= row["persons"]
        high[names[row["other"]]] += row["persons"]
    return {status: [low[status], high[status]] for status in STATUSES}


def save_snapshot(
    connection: Connection, as_of: str, evidence: Evidence, taken_at: str
) -> dict[str, object]:
    """Take a tally and keep it, once for each day, time known and level."""
    result = tally(connection, as_of=as_of, known_at=None, evidence=evidence)
    if result["known_at"] is not None:
        connection.execute(
            "INSERT INTO tally_snapshot (as_of, known_at, evidence, total, withdrawn, result, "
            "taken_at) VALUES (?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING",
            (
                as_of, result["known_at"], evidence.value, result["total"], result["withdrawn"],
                json.dumps(result, ensure_ascii=False), taken_at,
            ),
        )  # fmt: skip
    return result
