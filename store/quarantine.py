"""Imports of whole lists → taken, held, released or refused; the list's versions.

An import with an alarm changes nothing until an editor releases it. Rows it no longer has keep
their claims until then.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from model import Category, Claim, Doubt, Expect, ListRow, Reading, Record, Sex, Span, UnusableInput
from store import imports
from store.connection import Connection, Row
from store.imports import DRIFT_DAYS, FILL_DROP, Facts, Unread
from store.saved import Saved
from store.times import moment, stamp
from store.tokens import Tokens


def judge(connection: Connection, source: str, found: Facts, now: datetime) -> list[str]:
    """The alarms of an import; none for the first one of a list."""
    since = stamp(now - timedelta(days=DRIFT_DAYS))
    taken = [
        (row, _facts(row))
        for row in connection.execute(
            "SELECT * FROM list_import WHERE source = ? AND state IN ('accepted', 'released') "
            "AND (seen_at >= ? OR import_id = (SELECT max(import_id) FROM list_import "
            "  WHERE source = ? AND state IN ('accepted', 'released') AND seen_at < ?)) "
            "ORDER BY import_id",
            (source, since, source, since),
        )
    ]
    if not taken:
        return []
    # what an editor released is the measure of what comes after it
    released = max((n for n, (row, _) in enumerate(taken) if row["state"] == "released"), default=0)
    window = [facts for _, facts in taken[released:]]
    return imports.alarms(found, window[-1], window[1:], window[0], _expect(connection, source))


def _facts(row: Row) -> Facts:
    held = json.loads(row["facts"])
    if (unread := held.get("unread")) is not None:
        held["unread"] = {name: Unread(*told) for name, told in unread.items()}
    return Facts(**{**held, "header": tuple(held["header"])}, content=row["content"])


def _expect(connection: Connection, source: str) -> Expect:
    (told,) = connection.execute("SELECT expect FROM source WHERE name = ?", (source,)).fetchone()
    return Expect(**json.loads(told)) if told else Expect()


def latest(connection: Connection, source: str, states: Sequence[str]) -> Row | None:
    """The newest import of a list in one of these states."""
    row: Row | None = connection.execute(
        "SELECT * FROM list_import WHERE source = ? AND state IN "
        "(SELECT value FROM json_each(?)) ORDER BY import_id DESC LIMIT 1",
        (source, json.dumps(list(states))),
    ).fetchone()
    return row


def note(connection: Connection, source: str, found: Facts, alarms: Sequence[str], at: str) -> int:
    """Note an import as accepted or held; an older one that is still held is superseded."""
    for old in connection.execute(
        "SELECT import_id FROM list_import WHERE source = ? AND state = 'held'", (source,)
    ).fetchall():
        decide(connection, old["import_id"], "superseded", ("import", at, None))
    cursor = connection.execute(
        "INSERT INTO list_import (source, seen_at, content, rows, facts, alarms, state) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            source, at, found.content, found.rows, json.dumps(found.kept(), ensure_ascii=False),
            json.dumps(list(alarms), ensure_ascii=False), "held" if alarms else "accepted",
        ),
    )  # fmt: skip
    return int(cursor.lastrowid or 0)


def hold(
    connection: Connection, import_id: int, rows: Sequence[ListRow], readings: Sequence[Reading]
) -> Saved:
    """Keep the rows of an import until it is decided."""
    connection.executemany(
        "INSERT INTO held_row (import_id, row, external_id, text, extractor, record, doubt) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                import_id, row.row, row.external_id, reading.text, reading.extractor,
                json.dumps(asdict(said), ensure_ascii=False) if (said := _said(reading)) else None,
                reading.doubt.why if reading.doubt else None,
            )
            for row, reading in zip(rows, readings, strict=True)
        ],
    )  # fmt: skip
    return Saved(held=len(rows))


def _said(reading: Reading) -> Record | None:
    """What was read of the row's man, counted or doubtful."""
    if reading.doubt is not None:
        return reading.doubt.record
    return reading.records[0] if reading.records else None


def held_reading(row: Row) -> Reading:
    """A held row as it was read."""
    record = held_record(row["record"]) if row["record"] else None
    doubt = Doubt(why=row["doubt"], record=record) if row["doubt"] and record else None
    counted = (record,) if record is not None and doubt is None else ()
    return Reading(text=row["text"], records=counted, extractor=row["extractor"], doubt=doubt)


def decide(
    connection: Connection, import_id: int, state: str, word: tuple[str, str, str | None]
) -> None:
    """Close a held import; `word` is who, when and their note."""
    connection.execute(
        "UPDATE list_import SET state = ?, decided_by = ?, decided_at = ?, note = ? "
        "WHERE import_id = ?",
        (state, *word, import_id),
    )
    connection.execute("DELETE FROM held_row WHERE import_id = ?", (import_id,))


def held(connection: Connection, import_id: int) -> Row:
    """The import, if it waits for an editor. Raises UnusableInput."""
    row: Row | None = connection.execute(
        "SELECT * FROM list_import WHERE import_id = ?", (import_id,)
    ).fetchone()
    if row is None:
        raise UnusableInput(f"no import {import_id}")
    if row["state"] != "held":
        raise UnusableInput(f"import {import_id} of {row['source']} is {row['state']} already")
    return row


def held_record(text: str) -> Record:
    """The record of a held row as the type the other rooms know."""
    held: dict[str, Any] = json.loads(text)
    return Record(
        **{
            **held,
            "claim": Claim(held["claim"]),
            "sex": Sex(held["sex"]) if held["sex"] else None,
            "category": Category(held["category"]) if held["category"] else None,
            "facts": tuple(held["facts"]),
            "spans": tuple(Span(**span) for span in held["spans"]),
        }
    )


def sweep(connection: Connection, erased: Tokens) -> int:
    """Delete held rows of men who were erased; return how many. Part of a write transaction."""
    rows = connection.execute(
        "SELECT import_id, row, record FROM held_row WHERE record IS NOT NULL"
    ).fetchall()
    return sum(
        connection.execute(
            "DELETE FROM held_row WHERE import_id = ? AND row = ?", (row["import_id"], row["row"])
        ).rowcount
        for row in rows
        if erased.knows(held_record(row["record"]))
    )


def listing(connection: Connection, *, every: bool = False) -> list[dict[str, object]]:
    """Imports that wait for an editor, or every one, the newest first."""
    rows = connection.execute(
        "SELECT * FROM list_import WHERE state = 'held' OR ? ORDER BY import_id DESC", (every,)
    )
    return [_shown(row) for row in rows]


def _shown(row: Row) -> dict[str, object]:
    shown: dict[str, Any] = dict(row)
    for name in ("alarms", "facts"):
        shown[name] = json.loads(shown[name])
    return shown


def changes(connection: Connection, import_id: int) -> Mapping[str, object]:
    """A held import beside the list as it stands: rows it adds, and rows it no longer has.

    Of an import that was taken: its rows. Raises UnusableInput for an unknown one.
    """
    row = connection.execute(
        "SELECT * FROM list_import WHERE import_id = ?", (import_id,)
    ).fetchone()
    if row is None:
        raise UnusableInput(f"no import {import_id}")
    if row["state"] != "held":
        rows = connection.execute(
            "SELECT row, text FROM list_version WHERE import_id = ? ORDER BY row", (import_id,)
        )
        return {**_shown(row), "list": [dict(one) for one in rows]}
    waiting = {r["text"]: r["row"] for r in connection.execute(
        "SELECT row, text FROM held_row WHERE import_id = ?", (import_id,))}  # fmt: skip
    standing = {r["text"]: r["row"] for r in connection.execute(
        "SELECT row, text FROM list_row WHERE source = ? AND gone_at IS NULL",
        (row["source"],))}  # fmt: skip
    new = [{"row": n, "text": text} for text, n in waiting.items() if text not in standing]
    gone = [{"row": n, "text": text} for text, n in standing.items() if text not in waiting]
    return {**_shown(row), "new": new, "gone": gone}


def alarmed(connection: Connection) -> list[tuple[str, str]]:
    """(list, what is alarming about its held import), for `doctor`."""
    return [
        (row["source"], f"import {row['import_id']} of {moment(row['seen_at']):%Y-%m-%d} waits for "
         f"an editor: {'; '.join(json.loads(row['alarms']))}")
        for row in connection.execute("SELECT * FROM list_import WHERE state = 'held'")
    ]  # fmt: skip


def unread(connection: Connection) -> list[tuple[str, str, bool]]:
    """(list, which column could not be read in how many rows, are they few?) of each list's last
    import that was taken."""
    rows = connection.execute(
        "SELECT list_import.* FROM list_import JOIN source ON source.name = source "
        "WHERE enabled = 1 AND import_id IN (SELECT max(import_id) FROM list_import "
        "  WHERE state IN ('accepted', 'released') GROUP BY source) ORDER BY source"
    )
    return [
        (found["source"], told, few) for found in rows for told, few in _told_unread(_facts(found))
    ]


def _told_unread(facts: Facts) -> Iterator[tuple[str, bool]]:
    for name, (count, row) in (facts.unread or {}).items():
        then = ": these count from the day they were learned of" if name == "event_date" else ""
        told = f"{name} cannot be read in {count} of {facts.rows} rows (as row {row}){then}"
        yield told, count <= FILL_DROP * facts.rows
