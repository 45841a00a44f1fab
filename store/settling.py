"""An editor's word on a doubtful row of a list → kept, audited, and the row counted as it says."""

from __future__ import annotations

from datetime import datetime

from model import Claim, Doubt, Reading, UnusableInput
from store import audit, doubts, health
from store.connection import Connection, Row
from store.facade import Store
from store.list_rows import save_reading
from store.quarantine import held_record
from store.times import moment, stamp

VERDICTS = (*(claim.value for claim in Claim if claim is not Claim.RETRACTED), doubts.NOBODY)

_ROW = """
SELECT list_row.row_id, source, row, text, why, noted_at, verdict, editor, at, note
FROM doubtful_row JOIN list_row USING (row_id) LEFT JOIN row_word_now USING (row_id)
WHERE gone_at IS NULL
"""


def listing(connection: Connection, *, every: bool = False) -> list[dict[str, object]]:
    """Doubtful rows that wait for a word, with their redacted text; or every one, and its word."""
    rows = connection.execute(f"{_ROW} AND (verdict IS NULL OR ?) ORDER BY source, row", (every,))
    return [dict(row) for row in rows]


def settle(  # noqa: PLR0913  a note may be left out
    store: Store, row_id: str, verdict: str, editor: str, now: datetime, *, note: str | None = None
) -> None:
    """Say what a doubtful row claims, or that it is nobody's. Raises UnusableInput."""
    if verdict not in VERDICTS:
        raise UnusableInput(f"a row can say {', '.join(VERDICTS)}; not {verdict!r}")
    _speak(store, row_id, verdict, editor, now, note)


def reopen(
    store: Store, row_id: str, editor: str, now: datetime, *, note: str | None = None
) -> None:
    """Take the word on a row back, so that it waits again. Raises UnusableInput."""
    _speak(store, row_id, doubts.OPEN, editor, now, note)


def _speak(  # noqa: PLR0913, PLR0917  who says what of which row, when and why
    store: Store, row_id: str, verdict: str, editor: str, now: datetime, note: str | None
) -> None:
    with store.writing() as connection:
        row = _doubtful(connection, row_id)
        if verdict == doubts.OPEN and row["verdict"] is None:
            raise UnusableInput(f"row {row['row']} of {row['source']} waits already")
        at = stamp(moment(health.later_than_known(connection, now)))
        word = connection.execute(
            "INSERT INTO row_word (row_id, version, verdict, editor, at, note) "
            "VALUES (?, ?, ?, ?, ?, ?)",
            (row_id, row["versions"], verdict, editor, at, note),
        )
        action = "reopen row" if verdict == doubts.OPEN else "settle row"
        detail = {"row_word": word.lastrowid, "verdict": verdict}
        audit.append(connection, audit.Entry(at, editor, action, row_id, detail))
        reading = Reading(
            text=row["text"], records=(), extractor=row["extractor"],
            doubt=Doubt(why=row["why"], record=held_record(row["record"])),
        )  # fmt: skip
        said = None if verdict == doubts.OPEN else verdict
        save_reading(connection, row, doubts.read_as(reading, said), at)


def _doubtful(connection: Connection, row_id: str) -> Row:
    row: Row | None = connection.execute(
        "SELECT list_row.*, why, record, verdict FROM list_row JOIN doubtful_row USING (row_id) "
        "LEFT JOIN row_word_now USING (row_id) WHERE row_id = ? AND gone_at IS NULL",
        (row_id,),
    ).fetchone()
    if row is None:
        raise UnusableInput(f"no doubtful row {row_id!r}; see `rollcall review rows`")
    return row
