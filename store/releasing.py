"""An editor's word on a held import → its rows applied, or dropped."""

from __future__ import annotations

from datetime import datetime

from model import Batch, ListRow, Reading, UnusableInput
from store import audit, quarantine, tokens
from store.connection import Connection, Row
from store.facade import Store
from store.list_rows import apply_held
from store.saved import Saved
from store.times import stamp


def decide(  # noqa: PLR0913  who, when and why, each named
    store: Store, import_id: int, *, release: bool, by: str, now: datetime, note: str | None = None
) -> Saved:
    """Release a held import, so that it is applied, or refuse it. Raises UnusableInput."""
    at = stamp(now)
    with store.writing() as connection:
        row = quarantine.held(connection, import_id)
        if not by.strip():
            raise UnusableInput("an editor's name is needed")
        erased = tokens.Tokens.load(tokens.place(store.path))
        if erased is not None:
            quarantine.sweep(connection, erased)
        batch, readings = _held_batch(connection, row)
        quarantine.decide(
            connection, import_id, "released" if release else "refused", (by, at, note)
        )
        action = "release import" if release else "refuse import"
        audit.append(
            connection, audit.Entry(at, by, action, str(import_id), {"source": row["source"]})
        )
        return apply_held(connection, batch, readings, import_id, now) if release else Saved()


def _held_batch(connection: Connection, held: Row) -> tuple[Batch, list[Reading]]:
    rows = connection.execute(
        "SELECT * FROM held_row WHERE import_id = ? ORDER BY row", (held["import_id"],)
    ).fetchall()
    batch = Batch(
        source=held["source"],
        rows=tuple(
            ListRow(source=held["source"], row=row["row"], cells={}, external_id=row["external_id"])
            for row in rows
        ),
        whole_list=True,
    )
    return batch, [quarantine.held_reading(row) for row in rows]
