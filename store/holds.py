"""What each source tells week by week → the weeks that are held until an editor has looked.

A burst (beyond median + 6·MAD of the source's own weeks before) or too large a share of a week's
news may be true: a great battle looks like a flood of fakes. So what was told in a held week
counts as reported, but corroborates nobody until it is released.
"""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

import json
import statistics
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from model import UnusableInput
from store import audit
from store.connection import Connection
from store.times import stamp

if TYPE_CHECKING:
    from store.facade import Store

SPREADS = 6  # median absolute deviations
FEWEST = 50  # records a week: of fewer, no burst is called one
HISTORY = 52  # weeks before, zeros among them
SHARE, FEWEST_OF_SHARE = 0.25, 100  # of all that all sources tell in a week
WEEK = timedelta(days=7)

_MONDAY = "date({day}, 'weekday 0', '-6 days')"
# By the days of an index that holds nothing else; weeks are made of them here.
_COUNTS = """
SELECT source, public_on, count(*) AS records FROM record INDEXED BY record_told
WHERE post_id IS NOT NULL AND closed_at IS NULL AND copy_of IS NULL GROUP BY source, public_on
"""
HELD = f"""
EXISTS (SELECT 1 FROM source_hold AS hold WHERE hold.source = record.source
  AND hold.week = {_MONDAY.format(day="record.public_on")} AND hold.state <> 'released')
"""


def refresh(connection: Connection, now: datetime, changed: Collection[str] | None = None) -> int:
    """Hold the weeks that newly look like a flood; return how many. A decided week stays so.

    Only weeks of sources that told one of the `changed` records are looked at; None: all.
    """
    weekly = _weekly(connection)
    news = set(weekly) if changed is None else _sources_of(connection, changed)
    totals: defaultdict[str, int] = defaultdict(int)
    for weeks in weekly.values():
        for week, records in weeks.items():
            totals[week] += records
    several = len(weekly) > 1  # the only source there is cannot tell too much of the news
    found = [
        (source, week, records, why, stamp(now))
        for source, weeks in weekly.items()
        if source in news
        for week, records in weeks.items()
        if (why := _why(weeks, week, totals[week] if several else 0))
    ]
    before = connection.total_changes
    connection.executemany(
        "INSERT INTO source_hold (source, week, records, why, opened_at, state) "
        "VALUES (?, ?, ?, ?, ?, 'held') ON CONFLICT (source, week) DO UPDATE "
        "SET records = excluded.records, why = excluded.why WHERE state = 'held' "
        "AND records <> excluded.records",
        found,
    )
    return connection.total_changes - before


def _weekly(connection: Connection) -> Mapping[str, Mapping[str, int]]:
    """Source → Monday → records told in that week."""
    weekly: defaultdict[str, Counter[str]] = defaultdict(Counter)
    mondays: dict[str, str] = {}
    for source, day, records in connection.execute(_COUNTS):
        if day not in mondays:
            at = date.fromisoformat(day)
            mondays[day] = (at - timedelta(days=at.weekday())).isoformat()
        weekly[source][mondays[day]] += records
    return weekly


def _sources_of(connection: Connection, records: Collection[str]) -> set[str]:
    found = connection.execute(
        "SELECT DISTINCT source FROM record WHERE record_id IN (SELECT value FROM json_each(?))",
        (json.dumps(list(records)),),
    )
    return {source for (source,) in found}


def _why(weeks: Mapping[str, int], week: str, total: int) -> str | None:
    records = weeks[week]
    if records < FEWEST:
        return None
    limit = most([weeks.get(one, 0) for one in _before(weeks, week)])
    if records > limit:
        return f"{records} records in a week, where at most {limit:.0f} are to be expected"
    if total and records >= FEWEST_OF_SHARE and records > SHARE * total:
        return f"{records} of the {total} records of that week ({records / total:.0%})"
    return None


def _before(weeks: Mapping[str, int], week: str) -> list[str]:
    """The weeks before, from the source's first one on."""
    monday, first = date.fromisoformat(week), date.fromisoformat(min(weeks))
    count = min((monday - first) // WEEK, HISTORY)
    return [(monday - n * WEEK).isoformat() for n in range(1, count + 1)]


def most(weeks: Sequence[int]) -> float:
    """Median + 6·MAD of a source's weeks; 0 without any."""
    if not weeks:
        return 0.0
    middle = statistics.median(weeks)
    return middle + SPREADS * statistics.median(abs(n - middle) for n in weeks)


def weeks(connection: Connection) -> frozenset[tuple[str, str]]:
    """(source, Monday) of the weeks that corroborate nobody now."""
    rows = connection.execute("SELECT source, week FROM source_hold WHERE state <> 'released'")
    return frozenset((row["source"], row["week"]) for row in rows)


def records_of(connection: Connection, among: Iterable[tuple[str, str]]) -> frozenset[str]:
    """Ids of the live records told in these weeks."""
    rows = connection.execute(
        "SELECT record_id FROM json_each(?) AS asked CROSS JOIN record "
        "ON record.source = asked.value ->> 0 AND closed_at IS NULL "
        f"AND {_MONDAY.format(day='record.public_on')} = asked.value ->> 1",
        (json.dumps(sorted(among)),),
    )
    return frozenset(row["record_id"] for row in rows)


def listing(connection: Connection, *, every: bool = False) -> list[dict[str, object]]:
    """Held weeks, or every one that ever was, the newest first."""
    rows = connection.execute(
        "SELECT * FROM source_hold WHERE state = 'held' OR ? ORDER BY week DESC, source", (every,)
    )
    return [dict(row) for row in rows]


def decide(  # noqa: PLR0913  who, when and why, each named
    store: Store, hold_id: int, *, release: bool, by: str, now: datetime, note: str | None = None
) -> None:
    """Let a week count in full, or never corroborate anyone. Raises UnusableInput."""
    if not by.strip():
        raise UnusableInput("an editor's name is needed")
    with store.writing() as connection:
        changed = connection.execute(
            "UPDATE source_hold SET state = ?, decided_by = ?, decided_at = ?, note = ? "
            "WHERE hold_id = ?",
            ("released" if release else "refused", by, stamp(now), note, hold_id),
        ).rowcount
        if not changed:
            raise UnusableInput(f"no held week {hold_id}")
        action = "release week" if release else "refuse week"
        audit.append(connection, audit.Entry(stamp(now), by, action, str(hold_id)))
