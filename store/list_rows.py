"""A list's rows and their readings → rows that keep their ids, versions, and what is gone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime

from rapidfuzz import fuzz

from model import Batch, ListRow, Reading
from russian.moscow import moscow_noon
from store.connection import Connection, Row
from store.records import Origin, save_records
from store.saved import Saved
from store.times import make_id, moment, stamp

ALIKE_ROW = 55.0  # per cent: a row at the old place that is less alike is another row


def save_rows(
    connection: Connection, batch: Batch, readings: Sequence[Reading], now: datetime
) -> Saved:
    """Write the rows of a batch; of a whole list, flag those that are gone from it."""
    if not batch.rows and not batch.whole_list:
        return Saved()
    known = connection.execute(
        "SELECT * FROM list_row WHERE source = ? ORDER BY row", (batch.source,)
    ).fetchall()
    partner = _match_rows(batch.rows, readings, known)
    saved = Saved()
    for index, (row, reading) in enumerate(zip(batch.rows, readings, strict=True)):
        saved += _save_row(connection, row, reading, partner.get(index), now)
    if batch.whole_list:
        kept = {old["row_id"] for old in partner.values()}
        gone = [old["row_id"] for old in known if not old["gone_at"] and old["row_id"] not in kept]
        connection.executemany(
            "UPDATE list_row SET gone_at = ? WHERE row_id = ?",
            [(stamp(now), row_id) for row_id in gone],
        )
        saved += Saved(gone=len(gone))
    return saved


def _match_rows(
    rows: Sequence[ListRow], readings: Sequence[Reading], known: Sequence[Row]
) -> dict[int, Row]:
    """Index of an incoming row → its stored row: by the list's own id, by text, by place."""
    partner: dict[int, Row] = {}
    taken: set[str] = set()

    def take(index: int, candidates: Iterable[Row]) -> None:
        place = rows[index].row
        free = [old for old in candidates if old["row_id"] not in taken]
        if index not in partner and free:
            partner[index] = min(
                free, key=lambda old: (old["gone_at"] or "", abs(old["row"] - place))
            )
            taken.add(partner[index]["row_id"])

    by_id, by_text, by_place = (defaultdict[object, list[Row]](list) for _ in range(3))
    for old in known:
        by_id[old["external_id"]].append(old)
        by_text[old["text"]].append(old)
        by_place[old["row"]].append(old)
    for index, row in enumerate(rows):
        if row.external_id is not None:
            take(index, by_id[row.external_id])
    for index, reading in enumerate(readings):
        same = by_text[reading.text]
        own = rows[index].external_id
        take(index, [old for old in same if own is None or old["external_id"] is None])
    for index, row in enumerate(rows):
        if row.external_id is None:
            alike = by_place[row.row]
            take(
                index,
                [o for o in alike if fuzz.ratio(o["text"], readings[index].text) >= ALIKE_ROW],
            )
    return partner


def _save_row(
    connection: Connection, row: ListRow, reading: Reading, old: Row | None, now: datetime
) -> Saved:
    at = stamp(now)
    news = False
    if old is None:
        row_id, learned_at = _insert_row(connection, row, reading, at), at
    else:
        row_id, learned_at = old["row_id"], old["learned_at"]
        news = _update_row(connection, old, row, reading, at)
    if old is not None and not news and old["extractor"] == reading.extractor:
        return Saved()
    records = 0
    for record in reading.records[:1] or ():
        day = record.event_date
        public = moscow_noon(day) if day and len(day) == 10 else moment(learned_at)
        origin = Origin(
            source=row.source, parent_id=row_id, row=True, posted=public, edited=None,
            learned_at=learned_at, first=True,
        )  # fmt: skip
        records += save_records(connection, origin, (record,), reading.extractor, at)
    return Saved(new=int(old is None), changed=int(news), records=records)


def _insert_row(connection: Connection, row: ListRow, reading: Reading, at: str) -> str:
    (last,) = connection.execute(
        "SELECT coalesce(max(ordinal), 0) FROM list_row WHERE source = ?", (row.source,)
    ).fetchone()
    row_id = make_id("row", row.source, last + 1)
    connection.execute(
        "INSERT INTO list_row (row_id, source, row, ordinal, external_id, text, extractor, "
        "versions, learned_at) VALUES (?, ?, ?, ?, ?, ?, ?, 1, ?)",
        (
            row_id,
            row.source,
            row.row,
            last + 1,
            row.external_id,
            reading.text,
            reading.extractor,
            at,
        ),
    )
    connection.execute(
        "INSERT INTO row_version VALUES (?, 1, ?, ?, ?)", (row_id, row.row, reading.text, at)
    )
    return row_id


def _update_row(connection: Connection, old: Row, row: ListRow, reading: Reading, at: str) -> bool:
    reread = reading.extractor != old["extractor"]
    edit = reading.text != old["text"] and not reread
    back = old["gone_at"] is not None
    versions = old["versions"] + int(edit)
    if not (reread or edit or back) and old["row"] == row.row:
        return False
    connection.execute(
        "UPDATE list_row SET row = ?, text = ?, extractor = ?, versions = ?, gone_at = NULL "
        "WHERE row_id = ?",
        (row.row, reading.text, reading.extractor, versions, old["row_id"]),
    )
    if edit:
        connection.execute(
            "INSERT INTO row_version VALUES (?, ?, ?, ?, ?)",
            (old["row_id"], versions, row.row, reading.text, at),
        )
    return edit or back
