"""A day → its tally as known now, from the sums at hand; the figures of `tally.tally`, at once."""

from __future__ import annotations

from collections import defaultdict

from model import Evidence, Status
from store.connection import Connection
from store.tally import STATUSES, latest_knowledge, tally

# Whole years before the day's year, months before its month, days up to the day.
_PARTS = ("category", "region", "contested", "withdrawn", "list_only", "overlap")
_READ = " UNION ALL ".join(
    f"SELECT '{part}' AS part, value, rank, sum(persons) AS persons FROM tally_change "  # noqa: S608
    f"WHERE part = '{part}' AND {condition} GROUP BY value, rank"
    for part in _PARTS
    for condition in (
        "width = 4 AND span < substr(:as_of, 1, 4)",
        "width = 7 AND span >= substr(:as_of, 1, 4) AND span < substr(:as_of, 1, 7)",
        "width = 10 AND span >= substr(:as_of, 1, 7) AND span <= :as_of",
    )
)
Figures = defaultdict[tuple[str, str], defaultdict[int, int]]  # part, value → rank → persons


def is_fresh(connection: Connection) -> bool:
    """Do the sums hold everything the persons say?"""
    return connection.execute("SELECT 1 FROM standing_stale LIMIT 1").fetchone() is None


def now_tally(connection: Connection, as_of: str, evidence: Evidence) -> dict[str, object]:
    """`tally.tally` with known_at now; slow only above the lowest evidence or beside stale sums."""
    if evidence is not Evidence.REPORTED or not is_fresh(connection):
        return tally(connection, as_of=as_of, known_at=None, evidence=evidence)
    figures: Figures = defaultdict(lambda: defaultdict(int))
    for row in connection.execute(_READ, {"as_of": as_of}):
        figures[row["part"], row["value"]][row["rank"]] += row["persons"]
    by_category, by_region = _split(figures, "category"), _split(figures, "region")
    by_status = {s: sum(row[s] for row in by_category.values()) for s in STATUSES}
    low, high = dict(by_status), dict(by_status)
    names = [status.value for status in Status]
    contested = 0
    for (part, value), ranks in figures.items():
        if part == "contested":
            for rank, persons in ranks.items():
                contested += persons
                low[names[rank]] -= persons
                high[names[int(value)]] += persons
    return {
        "as_of": as_of,
        "known_at": latest_knowledge(connection),
        "evidence": evidence.value,
        "total": sum(by_status.values()),
        "withdrawn": figures["withdrawn", ""][0],
        "by_status": by_status,
        "by_category": by_category,
        "by_region": by_region,
        "list_only": figures["list_only", ""][0],
        "overlaps": {
            value: ranks[0]
            for (part, value), ranks in sorted(figures.items())
            if part == "overlap" and ranks[0]
        },
        "conflicting": contested,
        "range": {status: [low[status], high[status]] for status in STATUSES},
    }


def _split(figures: Figures, part: str) -> dict[str, dict[str, int]]:
    names = [status.value for status in Status]
    found = {}
    for (of, value), ranks in sorted(figures.items()):
        total = sum(ranks.values())
        if of == part and total:
            row = {status: ranks[names.index(status)] for status in STATUSES}
            found[value] = {"total": total, **row}
    return found


def by_day(connection: Connection) -> list[tuple[object, ...]]:
    """Every day on which the count changed: day, total, then each status, as known now."""
    sums = ", ".join(
        f"sum(sum(persons * (rank = {list(Status).index(Status(status))}))) OVER upto"
        for status in STATUSES
    )
    rows = connection.execute(
        f"SELECT span, sum(sum(persons)) OVER upto, {sums} FROM tally_change "  # noqa: S608
        "WHERE part = 'all' AND width = 10 GROUP BY span WINDOW upto AS (ORDER BY span) "
        "ORDER BY span"
    )
    return [tuple(row) for row in rows]
