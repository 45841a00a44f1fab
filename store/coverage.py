"""A day and a time known → which sources were seen to the end of that day, and which failed.

A zero means "nothing was said" only of the sources that were seen.
"""

from __future__ import annotations

from datetime import timedelta

from store.connection import Connection
from store.times import moscow_noon, stamp

FORGOTTEN = timedelta(days=30)  # a source not asked for so long is no part of the count any more

_EACH = """
SELECT source.name,
  (SELECT max(started_at) FROM fetch WHERE fetch.source = source.name
    AND outcome IN ('ok', 'unchanged') AND started_at <= :known) AS answered,
  (SELECT max(started_at) FROM fetch WHERE fetch.source = source.name
    AND started_at <= :known) AS asked,
  (SELECT count(*) FROM fetch WHERE fetch.source = source.name AND started_at <= :known
    AND started_at >= :begin AND started_at < :end AND outcome IN ('failed', 'suspect')) AS failed
FROM source ORDER BY source.name
"""


def coverage(connection: Connection, as_of: str, known_at: str) -> dict[str, object]:
    """Sources by how much of the day was seen of them: to its end, in part, or not at all.

    `failed` counts the attempts of that day that failed, also where a later one made up for them.
    """
    begin = moscow_noon(as_of) - timedelta(hours=12)
    end = begin + timedelta(days=1)
    seen: list[str] = []
    partly: dict[str, str] = {}
    unseen: dict[str, str | None] = {}
    failed: dict[str, int] = {}
    arguments = {"known": known_at, "begin": stamp(begin), "end": stamp(end)}
    for row in connection.execute(_EACH, arguments):
        if row["asked"] is None or row["asked"] < stamp(begin - FORGOTTEN):
            continue
        if row["failed"]:
            failed[row["name"]] = row["failed"]
        if row["answered"] is not None and row["answered"] >= stamp(end):
            seen.append(row["name"])
        elif row["answered"] is not None and row["answered"] >= stamp(begin):
            partly[row["name"]] = row["answered"]
        else:
            unseen[row["name"]] = row["answered"]
    return {"seen": seen, "partly": partly, "unseen": unseen, "failed": failed}
