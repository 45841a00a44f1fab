"""A list's rows and their readings → rows that keep their ids, their versions, what is gone."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from model import Batch, ListRow, Reading
from russian.moscow import moscow_noon
from store import doubts, imports, quarantine
from store.connection import Connection, Row
from store.records import Origin, save_records
from store.saved import Saved
from store.times import make_id, moment, stamp

ALIKE_ROW = 55.0  # per cent: a row at the old place that is less alike is another row


def save_rows(
    connection: Connection, batch: Batch, readings: Sequence[Reading], now: datetime
) -> Saved:
    """Write the rows of a batch. A whole list is taken as one, or held for an editor as one."""
    if not batch.rows and not batch.whole_list:
        return Saved()
    known = _known(connection, batch.source)
    partner = _match_rows(batch.rows, readings, known)
    if not batch.whole_list:
        return _apply(connection, batch, readings, partner, now)
    found = imports.facts(
        batch, readings,
        removed=len(_gone(known, partner)), rewritten=_rewritten(connection, readings, partner),
    )  # fmt: skip
    last = quarantine.latest(connection, batch.source, ("accepted", "released"))
    if last is None or last["content"] != found.content:
        decided = quarantine.latest(connection, batch.source, ("held", "refused"))
        if decided is not None and decided["content"] == found.content:
            return Saved()  # it waits, or an editor said no
        alarms = quarantine.judge(connection, batch.source, found, now)
        import_id = quarantine.note(connection, batch.source, found, alarms, stamp(now))
        if alarms:
            return quarantine.hold(connection, import_id, batch.rows, readings)
    else:
        import_id = int(last["import_id"])
    saved = _apply(connection, batch, readings, partner, now)
    return saved + _take_away(connection, _gone(known, partner), import_id, now)


def apply_held(
    connection: Connection, batch: Batch, readings: Sequence[Reading], import_id: int, now: datetime
) -> Saved:
    """Apply an import that an editor released."""
    known = _known(connection, batch.source)
    partner = _match_rows(batch.rows, readings, known)
    saved = _apply(connection, batch, readings, partner, now)
    return saved + _take_away(connection, _gone(known, partner), import_id, now)


def _known(connection: Connection, source: str) -> list[Row]:
    return connection.execute(
        "SELECT * FROM list_row WHERE source = ? ORDER BY row", (source,)
    ).fetchall()


def _apply(
    connection: Connection,
    batch: Batch,
    readings: Sequence[Reading],
    partner: Mapping[int, Row],
    now: datetime,
) -> Saved:
    saved, waiting = Saved(), doubts.waiting(connection, batch.source)
    words = doubts.words(connection, batch.source)
    for index, (row, reading) in enumerate(zip(batch.rows, readings, strict=True)):
        old = partner.get(index)
        doubted = reading.doubt is not None or (old is not None and old["row_id"] in waiting)
        word = words.get(old["row_id"]) if old is not None else None
        saved += _save_row(connection, row, reading, old, now, doubted=doubted, word=word)
    return saved


def _gone(known: Sequence[Row], partner: Mapping[int, Row]) -> list[str]:
    """Ids of the rows that stood in the list and are not in the import."""
    kept = {old["row_id"] for old in partner.values()}
    return [old["row_id"] for old in known if not old["gone_at"] and old["row_id"] not in kept]


def _rewritten(
    connection: Connection, readings: Sequence[Reading], partner: Mapping[int, Row]
) -> int:
    """How many rows have another birth date now; one told more exactly is the same."""
    held = dict(
        connection.execute(
            "SELECT row_id, birth_date FROM record WHERE closed_at IS NULL "
            "AND row_id IN (SELECT value FROM json_each(?))",
            (json.dumps([old["row_id"] for old in partner.values()]),),
        ).fetchall()
    )
    pairs = (
        (held.get(old["row_id"]), readings[index].records[0].birth_date)
        for index, old in partner.items()
        if readings[index].records
    )
    return sum(
        before != after and not (before and after and (after + "-").startswith(before + "-"))
        for before, after in pairs
        if before
    )


def _take_away(connection: Connection, gone: Sequence[str], import_id: int, now: datetime) -> Saved:
    """Flag rows that left the list, end their claims, and note which rows the version has."""
    at = stamp(now)
    connection.executemany(
        "UPDATE list_row SET gone_at = ? WHERE row_id = ?", [(at, row_id) for row_id in gone]
    )
    closed = connection.executemany(
        "UPDATE record SET closed_at = ? WHERE row_id = ? AND closed_at IS NULL",
        [(at, row_id) for row_id in gone],
    ).rowcount
    (source,) = connection.execute(
        "SELECT source FROM list_import WHERE import_id = ?", (import_id,)
    ).fetchone()
    connection.execute(
        "UPDATE list_presence SET until_import = ?1 WHERE until_import IS NULL "
        "AND since_import < ?1 AND row_id IN (SELECT row_id FROM list_row WHERE source = ?2 "
        "  AND (gone_at IS NOT NULL OR versions <> list_presence.version))",
        (import_id, source),
    )
    connection.execute(
        "INSERT INTO list_presence (row_id, version, since_import) "
        "SELECT row_id, versions, ?1 FROM list_row WHERE source = ?2 AND gone_at IS NULL "
        "AND NOT EXISTS (SELECT 1 FROM list_presence AS held "
        "  WHERE held.row_id = list_row.row_id AND held.until_import IS NULL) "
        "ON CONFLICT DO UPDATE SET version = excluded.version, until_import = NULL",
        (import_id, source),
    )
    return Saved(gone=len(gone), records=max(closed, 0))


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
    if not by_place:
        return partner
    from rapidfuzz import fuzz  # noqa: PLC0415  4 MB, for lists that were read before

    for index, row in enumerate(rows):
        if row.external_id is None:
            alike = by_place[row.row]
            take(
                index,
                [o for o in alike if fuzz.ratio(o["text"], readings[index].text) >= ALIKE_ROW],
            )
    return partner


def _save_row(  # noqa: PLR0913  what came, what stands, when
    connection: Connection,
    row: ListRow,
    reading: Reading,
    old: Row | None,
    now: datetime,
    *,
    doubted: bool,
    word: tuple[int, str] | None,
) -> Saved:
    at = stamp(now)
    news = False
    if old is None:
        row_id = _insert_row(connection, row, reading, at)
    else:
        row_id = old["row_id"]
        news = _update_row(connection, old, row, reading, at)
    same = old is not None and not news and old["extractor"] == reading.extractor
    if same and not doubted:
        return Saved()
    stored = _stored(connection, row_id)
    verdict = word[1] if word is not None and word[0] == stored["versions"] else None
    records = save_reading(connection, stored, doubts.read_as(reading, verdict), at)
    if doubted and (verdict is None or reading.doubt is not None):
        doubts.keep(connection, row_id, reading.doubt, at)
    return Saved(new=int(old is None), changed=int(news), records=records)


def save_reading(connection: Connection, row: Row, reading: Reading, at: str) -> int:
    """Write what a stored row says now; return how many records changed."""
    day = reading.records[0].event_date if reading.records else None
    public = moscow_noon(day) if day and len(day) == 10 else moment(row["learned_at"])
    origin = Origin(
        source=row["source"], parent_id=row["row_id"], row=True, posted=public, edited=None,
        learned_at=row["learned_at"], first=True,
    )  # fmt: skip
    return save_records(connection, origin, reading.records[:1], reading.extractor, at)


def _stored(connection: Connection, row_id: str) -> Row:
    stored: Row = connection.execute(
        "SELECT * FROM list_row WHERE row_id = ?", (row_id,)
    ).fetchone()
    return stored


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
