"""queries/*.sql → Datasette's canned queries; each counts as the tally itself does."""

from __future__ import annotations

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
    "tally_by_unit", "overlaps", "list_only", "contradicting", "review_queue", "source_health",
)  # fmt: skip


@cache
def canned_queries() -> dict[str, dict[str, Any]]:
    """Name → title, SQL and parameters, as Datasette's metadata wants them."""
    return {name: _query(name) for name in ORDER}


def _query(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    sql = text.replace("WITH counted,", f"{COUNTED.strip()},").replace(
        "WITH counted\n", f"{COUNTED.strip()}\n"
    )
    sql = sql.replace("WITH weighed\n", f"{WEIGHED.strip()}\n")
    parameters = [key[1:] for key in DEFAULTS if key in sql]
    for key, value in DEFAULTS.items():
        sql = sql.replace(key, value)
    return {
        "title": label(f"query.{name}"),
        "description": label(f"query.{name}.about"),
        "sql": sql,
        "params": parameters,
        "hide_sql": True,
    }
