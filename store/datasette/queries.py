"""queries/*.sql → Datasette's canned queries; each counts as the tally itself does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from store.datasette.labels import label
from store.reviewing import WEIGHED
from store.tally import COUNTED

# A parameter left empty: today in Moscow, all that is known, every level of evidence.
DEFAULTS = {
    ":as_of": "coalesce(nullif(:as_of, ''), date('now', '+3 hours'))",
    ":known_at": "coalesce(nullif(:known_at, ''), '9999')",
    ":evidence": "coalesce(nullif(:evidence, ''), 'reported')",
    ":from_day": "coalesce(nullif(:from_day, ''), date('now', '+3 hours', '-7 days'))",
    ":to_day": "coalesce(nullif(:to_day, ''), date('now', '+3 hours'))",
}
ORDER = (
    "tally", "tally_by_region", "tally_by_day", "newly_missing", "status_changes",
    "tally_by_unit", "overlaps", "list_only", "contradicting", "review_queue", "calibration",
    "source_health",
)  # fmt: skip


ROWS = 200  # of a page; `page=all` gives every row, up to Datasette's limit
_PAGE = (
    f"LIMIT CASE :page WHEN 'all' THEN -1 ELSE {ROWS} END "
    f"OFFSET {ROWS} * max(0, CAST(:page AS INTEGER) - 1)"
)
# What is known now stands in sums by day; what was known then is counted by definition.
_NOW = ":known_at = '9999'"
_BY_DEFINITION = re.sub(
    r"WHERE (\+?[ep]\.known_from)", rf"WHERE NOT ({_NOW}) AND \1", COUNTED.strip()
)
_SUMS = re.compile(r"SUMS\((\w+)\)")
_LEVEL = "CASE :evidence WHEN 'corroborated' THEN 2 WHEN 'confirmed' THEN 3 ELSE 1 END"


def _sums(part: str) -> str:
    """Sums of whole years, months and days up to the day: added up they count."""
    grains = (
        "grain = 0 AND period < substr(:as_of, 1, 4)",
        "grain = 1 AND period > substr(:as_of, 1, 4) AND period < substr(:as_of, 1, 7)",
        "grain = 2 AND period > substr(:as_of, 1, 7) AND period <= :as_of",
    )
    one = (
        "SELECT key, region, rank, persons FROM tally_day "
        "WHERE level = {} AND {} AND part = '{}' AND {}"
    )
    return f"({' UNION ALL '.join(one.format(_LEVEL, grain, part, _NOW) for grain in grains)})"


@cache
def canned_queries() -> dict[str, dict[str, Any]]:
    """Name → title, SQL and parameters, as Datasette's metadata wants them."""
    return {name: _query(name) for name in ORDER}


def _query(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    sql = _SUMS.sub(lambda found: _sums(found[1]), text)
    for end in (",", "\n"):
        sql = sql.replace(f"WITH counted{end}", f"{_BY_DEFINITION}{end}")
    sql = sql.replace("LIMIT PAGE", _PAGE).replace("AND NOW\n", f"AND {_NOW}\n")
    sql = sql.replace("WITH weighed\n", f"{WEIGHED.strip()}\n")
    parameters = [key[1:] for key in DEFAULTS if key in sql]
    if ":page" in sql:
        parameters.append("page")
    for key, value in DEFAULTS.items():
        sql = sql.replace(key, value)
    return {
        "title": label(f"query.{name}"),
        "description": label(f"query.{name}.about"),
        "sql": sql,
        "params": parameters,
        "hide_sql": True,
    }
