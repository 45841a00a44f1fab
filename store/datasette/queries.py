"""queries/*.sql → Datasette's canned queries; each counts as the tally itself does."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from store.datasette.labels import label
from store.reviewing import WEIGHED
from store.sums import now_sums, then_sums

# A parameter left empty: today in Moscow, all that is known, every level of evidence. What is no
# day or time is null, and has no answer; a time of another zone is taken over to ours.
_DAY = "CASE {name} WHEN '' THEN date('now', '+3 hours'{back}) ELSE date({name}) END"
DEFAULTS = {
    ":as_of": _DAY.format(name=":as_of", back=""),
    ":known_at": "CASE WHEN :known_at = '' THEN '9999' WHEN julianday(:known_at) IS NULL THEN NULL "
    "WHEN substr(:known_at, -1) = 'Z' THEN :known_at "
    "ELSE strftime('%Y-%m-%dT%H:%M:%fZ', :known_at) END",
    ":evidence": "coalesce(nullif(:evidence, ''), 'reported')",
    ":from_day": _DAY.format(name=":from_day", back=", '-7 days'"),
    ":to_day": _DAY.format(name=":to_day", back=""),
}
# Left empty: every one.
CHOICES = (":status", ":category", ":region")
ORDER = (
    "tally", "tally_by_region", "tally_by_day", "counted_men", "newly_missing", "status_changes",
    "tally_by_unit", "overlaps", "list_only", "contradicting", "review_queue", "doubtful_rows",
    "calibration", "source_health",
)  # fmt: skip


ROWS = 200  # of a page; `page=all` gives every row, up to Datasette's limit
_PAGE = (
    f"LIMIT CASE :page WHEN 'all' THEN -1 ELSE {ROWS} END "
    f"OFFSET {ROWS} * max(0, CAST(:page AS INTEGER) - 1)"
)
# Of a part of a question: whatever may come to stand on the page.
_UPTO = f"LIMIT CASE :page WHEN 'all' THEN -1 ELSE {ROWS} * max(1, CAST(:page AS INTEGER)) END"
_RANK_THEN = "CASE LEVEL WHEN 3 THEN confirmed WHEN 2 THEN corroborated ELSE reported END"
# What is known now stands in sums by day; what was known then in sums by day and knowledge.
_NOW = ":known_at = '9999'"
_SUMS = re.compile(r"SUMS\((\w+)\)")
_LEVEL = "CASE :evidence WHEN 'corroborated' THEN 2 WHEN 'confirmed' THEN 3 ELSE 1 END"


def _sums(part: str) -> str:
    """Rows of the sums of a part, as known at a time: added up they count."""
    present = f"{now_sums(_LEVEL)} AND t.part = '{part}' AND {_NOW}"
    past = f"{then_sums(_LEVEL, f'NOT ({_NOW})')} AND t.part = '{part}'"
    return f"(SELECT * FROM ({present}) UNION ALL SELECT * FROM ({past}))"  # noqa: S608


@cache
def canned_queries() -> dict[str, dict[str, Any]]:
    """Name → title, SQL and parameters, as Datasette's metadata wants them."""
    return {name: _query(name) for name in ORDER}


def _query(name: str) -> dict[str, Any]:
    text = (Path(__file__).parent / "queries" / f"{name}.sql").read_text(encoding="utf-8")
    sql = _SUMS.sub(lambda found: _sums(found[1]), text)
    sql = sql.replace("LIMIT PAGE", _PAGE).replace("LIMIT UPTO", _UPTO)
    sql = sql.replace("WITH weighed\n", f"{WEIGHED.strip()}\n")
    sql = re.sub(r"\bNOW\b", f"({_NOW})", sql)
    sql = sql.replace("RANK_THEN", f"({_RANK_THEN})")
    sql = re.sub(r"\bLEVEL\b", f"({_LEVEL})", sql)
    parameters = [key[1:] for key in (*DEFAULTS, *CHOICES, ":page") if key in sql]
    for key, value in DEFAULTS.items():
        sql = sql.replace(key, f"({value})")
    return {
        "title": label(f"query.{name}"),
        "description": label(f"query.{name}.about"),
        "sql": sql,
        "params": parameters,
        "hide_sql": True,
    }
