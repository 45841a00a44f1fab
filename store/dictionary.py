"""dictionary.tsv → what each table and column of the file holds, in English and Russian."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from store.connection import Connection

EVERYWHERE = "*"  # the table of columns that mean the same wherever they stand

# Tables of ours: not SQLite's, not sqlite-utils', not the shadow tables of an index.
_TABLES = """
SELECT name FROM pragma_table_list
WHERE schema = 'main' AND type IN ('table', 'virtual')
  AND name NOT GLOB 'sqlite_*' AND name NOT GLOB '_sqlite_*' ORDER BY name
"""


def meanings() -> dict[tuple[str, str], tuple[str, str]]:
    """(table, column) → (English, Russian); column "" is the table, table "*" any table."""
    path = Path(__file__).parent / "dictionary.tsv"
    with path.open(encoding="utf-8", newline="") as lines:
        rows = csv.reader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)
        next(rows)
        return {(table, column): (english, russian) for table, column, english, russian in rows}


def columns(connection: Connection) -> Iterator[tuple[str, str]]:
    """Every (table, "") and (table, column) of the file, also the generated ones."""
    for (table,) in connection.execute(_TABLES).fetchall():
        yield table, ""
        if table.endswith("_fts"):
            continue
        for row in connection.execute("SELECT name FROM pragma_table_xinfo(?)", (table,)):
            yield table, row["name"]


def documented(connection: Connection) -> Iterator[tuple[str, str, str, str]]:
    """(table, column, English, Russian) of every column that has a meaning."""
    known = meanings()
    for table, column in columns(connection):
        found = known.get((table, column)) or (known.get((EVERYWHERE, column)) if column else None)
        if found:
            yield table, column, *found


def write(connection: Connection) -> None:
    """Put the dictionary into the file's own table."""
    rows = list(documented(connection))
    connection.execute("DELETE FROM data_dictionary")
    connection.executemany("INSERT INTO data_dictionary VALUES (?, ?, ?, ?)", rows)
