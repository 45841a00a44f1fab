"""Rows of lists that an editor must look at → kept beside the rows, shown by `doctor`, erased."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, replace

from model import Claim, Doubt, Reading
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


# Words beside a claim's: on no man of ours; an editor is not sure; it waits again.
NOBODY, UNSURE, OPEN = "nobody", "unsure", "open"


def read_as(reading: Reading, verdict: str | None) -> Reading:
    """A reading as an editor settled its row; as it is where he did not."""
    said = reading.records[0] if reading.records else reading.doubt and reading.doubt.record
    if verdict is None or not said:
        return reading
    counted = () if verdict == NOBODY else (replace(said, claim=Claim(verdict)),)
    return replace(reading, records=counted)


def words(connection: Connection, source: str) -> Mapping[str, tuple[int, str]]:
    """Row → the text (its version) and the verdict of the word that holds, for a list's rows."""
    rows = connection.execute(
        "SELECT row_id, version, verdict FROM row_word_now JOIN list_row USING (row_id) "
        "WHERE source = ?", (source,),
    )  # fmt: skip
    return {row["row_id"]: (row["version"], row["verdict"]) for row in rows}


def settled(connection: Connection, source: str) -> frozenset[int]:
    """Numbers of a list's rows that an editor settled."""
    rows = connection.execute(
        "SELECT row FROM row_word_now JOIN list_row USING (row_id) WHERE source = ?", (source,)
    )
    return frozenset(row["row"] for row in rows)


def waiting(connection: Connection, source: str) -> frozenset[str]:
    """Ids of a list's doubtful rows, settled or not."""
    rows = connection.execute(
        "SELECT row_id FROM doubtful_row JOIN list_row USING (row_id) WHERE source = ?", (source,)
    )
    return frozenset(row["row_id"] for row in rows)


def listing(connection: Connection) -> list[tuple[str, int, str, str]]:
    """(list, row, why, noted when) of the doubtful rows that stand and nobody settled."""
    return [
        (row["source"], row["row"], row["why"], row["noted_at"])
        for row in connection.execute(
            "SELECT source, row, why, noted_at FROM row_waiting ORDER BY source, row"
        )
    ]


def of_erased(connection: Connection, erased: Tokens) -> frozenset[str]:
    """Ids of the doubtful rows of men who were erased."""
    rows = connection.execute("SELECT row_id, record FROM doubtful_row").fetchall()
    return frozenset(row["row_id"] for row in rows if erased.knows(held_record(row["record"])))
