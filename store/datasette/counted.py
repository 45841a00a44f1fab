"""Datasette's questions for counts and facets → the sums that triggers keep, where they can answer.

On a million rows counting takes longer than everything else on a page. Whatever is asked of other
columns, or through a search, is counted as ever.
"""

from __future__ import annotations

import re
from typing import Any

from datasette.database import Database

# Table → column asked for → column of `facet_count`.
COLUMNS = {
    "person": {"status": "a", "category": "b", "home_region": "c"},
    "record": {"claim": "a", "source": "b"},
    "post": {"source": "a"},
}
_COUNT = re.compile(r"select count\(\*\) from \[?(\w+)\]?(?: where (.+))?")
_FACET = re.compile(
    r"select \[?(\w+)\]? as value, count\(\*\) as count from \( select .+? from \[?(\w+)\]?"
    r"(?: where (.+?))? \) where \[?\w+\]? is not null group by \[?\w+\]? "
    r"order by count desc, value limit (\d+)"
)
_EQUALS = re.compile(r'"(\w+)" = (:p\d+)')
_OPEN = '"closed_at" is null'
_SOUGHT = '"sought_from" is not null and "sought_from" != \'\''


def rewritten(sql: str) -> str | None:
    """The same question asked of the sums; None where they can't answer it."""
    plain = " ".join(sql.split())
    if found := _COUNT.fullmatch(plain):
        condition = _condition(found[1], found[2])
        return condition and f"SELECT coalesce(sum(rows), 0) FROM facet_count WHERE {condition}"  # noqa: S608
    if found := _FACET.fullmatch(plain):
        condition = _condition(found[2], found[3])
        column = COLUMNS.get(found[2], {}).get(found[1])
        if condition and column:
            return (
                f"SELECT {column} AS value, sum(rows) AS count FROM facet_count "  # noqa: S608
                f"WHERE {condition} AND {column} <> '' GROUP BY value HAVING sum(rows) > 0 "
                f"ORDER BY count DESC, value LIMIT {int(found[4])}"
            )
    return None


def _condition(table: str, where: str | None) -> str | None:
    """A WHERE clause of Datasette's over the columns of the sums."""
    columns = COLUMNS.get(table)
    if columns is None:
        return None
    said, rest = [f"of = '{table}'"], where or ""
    if table == "person":
        if _OPEN not in rest:
            return None  # the sums hold no persons that were merged away
        rest = rest.replace(_OPEN, "", 1)
        if _SOUGHT in rest:
            rest = rest.replace(_SOUGHT, "", 1)
            said.append("d = '1'")
    for part in (part.strip() for part in re.split(r"\band\b", rest)):
        found = _EQUALS.fullmatch(part)
        if part and (found is None or found[1] not in columns):
            return None
        if found is not None:
            said.append(f"{columns[found[1]]} = {found[2]}")
    return " AND ".join(said)


class CountedDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """A database that answers counts and facets from the sums."""

    async def execute(self, sql: str, *arguments: Any, **options: Any) -> Any:
        """As Datasette's own, of a question put another way; what was asked is in no log."""
        options["log_sql_errors"] = False
        return await super().execute(rewritten(sql) or sql, *arguments, **options)
