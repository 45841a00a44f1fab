"""Rows of lists that an editor must look at → kept beside the rows, shown by `doctor`, erased."""

from __future__ import annotations

import json
from dataclasses import asdict

from model import Doubt
from store.connection import Connection
from store.quarantine import held_record
from store.tokens import Tokens


def keep(connection: Connection, row_id: str, doubt: Doubt | None, at: str) -> None:
    """Note what is doubtful about a row, or that nothing is. Part of a write transaction."""
    if doubt is None:
        connection.execute("DELETE FROM doubtful_row WHERE row_id = ?", (row_id,))
        return
    record = json.dumps(asdict(doubt.record), ensure_ascii=False)
    connection.execute(
        "INSERT INTO doubtful_row VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET record = "
        "excluded.record, why = excluded.why, "
        "noted_at = CASE why WHEN excluded.why THEN noted_at ELSE excluded.noted_at END",
        (row_id, at, doubt.why, record),
    )


def waiting(connection: Connection, source: str) -> frozenset[str]:
    """Ids of a list's doubtful rows."""
    rows = connection.execute(
        "SELECT row_id FROM doubtful_row JOIN list_row USING (row_id) WHERE source = ?", (source,)
    )
    return frozenset(row["row_id"] for row in rows)


def listing(connection: Connection) -> list[tuple[str, int, str, str]]:
    """(list, row, why, noted when) of the doubtful rows that stand."""
    return [
        (row["source"], row["row"], row["why"], row["noted_at"])
        for row in connection.execute(
            "SELECT source, row, why, noted_at FROM doubtful_row JOIN list_row USING (row_id) "
            "WHERE gone_at IS NULL ORDER BY source, row"
        )
    ]


def of_erased(connection: Connection, erased: Tokens) -> frozenset[str]:
    """Ids of the doubtful rows of men who were erased."""
    rows = connection.execute("SELECT row_id, record FROM doubtful_row").fetchall()
    return frozenset(row["row_id"] for row in rows if erased.knows(held_record(row["record"])))
