"""Datasette's questions for counts and facets → the sums that triggers keep, where they can answer.

On a million rows counting takes longer than everything else on a page. Whatever is asked of other
columns, or through a search, is counted as ever.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from copy import copy
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
_SOUGHT = '("sought_from" is not null and "sought_from" != \'\')'


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


# What Datasette asks for each page and each table anew, though only another program changes it.
_OF_THE_SCHEMA = (
    "table_names", "view_names", "hidden_table_names", "get_all_foreign_keys", "table_columns",
    "table_column_details", "primary_keys", "fts_table", "foreign_keys_for_table", "table_exists",
    "label_column_for_table",
)  # fmt: skip


class CountedDatabase(Database):  # type: ignore[misc]  # Datasette has no types
    """A database that answers counts and facets from the sums, and asks for its schema once."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.known: dict[tuple[str, ...], Any] = {}

    async def table_counts(self, limit: int = 10) -> dict[str, int | None]:
        """Rows of the tables that have sums; None for the others."""
        sums = await self.execute("SELECT of, sum(rows) FROM facet_count GROUP BY of")
        return {**dict.fromkeys(await self.table_names()), **dict(map(tuple, sums.rows))}

    async def execute(self, sql: str, *arguments: Any, **options: Any) -> Any:
        """As Datasette's own, of a question put another way; what was asked is in no log."""
        options["log_sql_errors"] = False
        return await super().execute(rewritten(sql) or sql, *arguments, **options)


def _once(name: str) -> Callable[..., Awaitable[Any]]:
    """Datasette's own method, its answers kept; whoever asks gets a copy."""
    ask = getattr(Database, name)

    async def asked(self: CountedDatabase, *arguments: str) -> Any:
        key = (name, *arguments)
        if key not in self.known:
            self.known[key] = await ask(self, *arguments)
        return copy(self.known[key])

    return asked


for _name in _OF_THE_SCHEMA:
    setattr(CountedDatabase, _name, _once(_name))
