"""A day, a time and a level of evidence → counts of sought persons by status, in SQL."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable

from model import Evidence
from store import sums
from store.connection import Connection, Row
from store.counted import BY_DEFINITION, COUNTED, NAMES, NEVER, STATUSES
from store.coverage import coverage
from store.standings import is_current

__all__ = ["COUNTED", "NEVER", "STATUSES", "kept", "latest_knowledge", "save_snapshot", "tally"]

LEVELS = {Evidence.REPORTED: 1, Evidence.CORROBORATED: 2, Evidence.CONFIRMED: 3}


def latest_knowledge(connection: Connection) -> str | None:
    """The time of the last change to the persons; None before the first resolution."""
    (found,) = connection.execute("SELECT max(known_at) FROM resolution").fetchone()
    return None if found is None else str(found)


def tally(
    connection: Connection, *, as_of: str, known_at: str | None, evidence: Evidence
) -> dict[str, object]:
    """The tally in the shape of DESIGN section 8, with what stands beside it.

    `known_at` None means now: the answer names the time that gives the same answer for ever. A
    figure that was kept (`save_snapshot`) is given as it was kept.
    """
    held = kept(connection, as_of, known_at, evidence)
    if held is not None:
        return held
    known = known_at or known_time(connection)
    parts: defaultdict[str, list[Row]] = defaultdict(list)
    for row in _counts(connection, as_of, known, evidence):
        parts[row["part"]].append(row)
    groups, contested = parts["counted"], parts["contested"]
    by_status = _row(groups)
    return {
        "as_of": as_of,
        "known_at": known,
        "evidence": evidence.value,
        "total": by_status.pop("total"),
        "withdrawn": _sum(parts["withdrawn"]),
        "by_status": by_status,
        "by_category": _split(groups, "key"),
        "by_region": _split(groups, "region"),
        "list_only": _sum(parts["list_only"]),
        "overlaps": {
            row["key"]: row["persons"]
            for row in sorted(parts["overlap"], key=lambda r: str(r["key"]))
        },
        "conflicting": sum(row["persons"] for row in contested),
        "range": _range(by_status, contested),
        "coverage": coverage(connection, as_of, known or NEVER),
    }


def known_time(connection: Connection) -> str | None:
    """The time of the last thing rollcall learned: a change of the persons, or a source's answer.

    A tally known at that time stays what it is for ever.
    """
    (asked,) = connection.execute(
        "SELECT max((SELECT max(started_at) FROM fetch WHERE source = source.name)) FROM source"
    ).fetchone()
    latest = latest_knowledge(connection)
    return latest if latest is None or asked is None else max(latest, str(asked))


def counted_now(connection: Connection, known: str | None) -> bool:
    """Do the sums by day hold for that time known?"""
    latest = latest_knowledge(connection)
    now = known is None or (latest is not None and known >= latest)
    return now and is_current(connection)


def kept(
    connection: Connection, as_of: str, known_at: str | None, evidence: Evidence
) -> dict[str, object] | None:
    """The figure as it was once printed; it stays so even if men were erased since."""
    row = connection.execute(
        "SELECT result FROM tally_snapshot WHERE as_of = ? AND known_at = ? AND evidence = ?",
        (as_of, known_at, evidence.value),
    ).fetchone()
    return None if row is None else dict(json.loads(row["result"]))


def _counts(connection: Connection, as_of: str, known: str | None, evidence: Evidence) -> list[Row]:
    """The cells that are not empty: from the sums where they hold, else by definition."""
    if is_current(connection):
        summed = {"as_of": as_of, "known_at": known or NEVER, "level": LEVELS[evidence]}
        query = sums.BY_DAY if counted_now(connection, known) else sums.BY_KNOWN
        return connection.execute(query, summed).fetchall()
    defined = {"as_of": as_of, "known_at": known or NEVER, "evidence": evidence.value}
    return connection.execute(BY_DEFINITION, defined).fetchall()


def _sum(rows: Iterable[Row]) -> int:
    return sum(row["persons"] for row in rows)


def _row(groups: Iterable[Row]) -> dict[str, int]:
    counts = dict.fromkeys(("total", *STATUSES), 0)
    for group in groups:
        counts[NAMES[group["rank"]]] += group["persons"]
        counts["total"] += group["persons"]
    return counts


def _split(groups: list[Row], dimension: str) -> dict[str, dict[str, int]]:
    split: defaultdict[str, list[Row]] = defaultdict(list)
    for group in groups:
        split[group[dimension]].append(group)
    return {key: _row(split[key]) for key in sorted(split)}


def _range(by_status: dict[str, int], contested: list[Row]) -> dict[str, list[int]]:
    """Low and high of each status: without the contested men who have it, with all who may."""
    low, high = dict(by_status), dict(by_status)
    for row in contested:
        low[NAMES[row["rank"]]] -= row["persons"]
        high[NAMES[row["other"]]] += row["persons"]
    return {status: [low[status], high[status]] for status in STATUSES}


def save_snapshot(
    connection: Connection, as_of: str, evidence: Evidence, taken_at: str
) -> dict[str, object]:
    """Take a tally and keep it, once for each day, time known and level."""
    result = tally(
        connection, as_of=as_of, known_at=latest_knowledge(connection), evidence=evidence
    )
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
