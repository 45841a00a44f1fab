"""Who did what and when, appended and never changed; approvals of claims by editors."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Mapping
from types import MappingProxyType
from typing import NamedTuple

from model import UnusableInput
from store.audit_chain import extend
from store.connection import Connection


class Entry(NamedTuple):
    """One line of the log; `subject` is an id, never a name."""

    at: str
    actor: str
    action: str
    subject: str | None = None
    detail: Mapping[str, object] = MappingProxyType({})


def append(connection: Connection, entry: Entry) -> None:
    """Append one line, and link it to the line before."""
    cursor = connection.execute(
        "INSERT INTO audit (at, actor, action, subject, detail) VALUES (?, ?, ?, ?, ?)",
        (*entry[:4], json.dumps(dict(entry.detail), ensure_ascii=False)),
    )
    extend(connection, int(cursor.lastrowid or 0))


def approve(  # noqa: PLR0913  a note may be left out
    connection: Connection,
    record_id: str,
    editor: str,
    at: str,
    *,
    approved: bool,
    note: str | None = None,
) -> None:
    """Append an approval, or its undoing, of one record's claim."""
    known = connection.execute("SELECT 1 FROM record WHERE record_id = ?", (record_id,)).fetchone()
    if not known:
        raise UnusableInput(f"no record {record_id}")
    editors = {row[0] for row in connection.execute("SELECT DISTINCT editor FROM approval")}
    twin = next((e for e in editors if e != editor and e.casefold() == editor.casefold()), None)
    if twin is not None:
        raise UnusableInput(f"{editor!r}: this editor signs as {twin!r}; one editor, one spelling")
    cursor = connection.execute(
        "INSERT INTO approval (record_id, editor, approved, at, note) VALUES (?, ?, ?, ?, ?)",
        (record_id, editor, int(approved), at, note),
    )
    detail = {"approval": cursor.lastrowid, "approved": int(approved)}
    append(connection, Entry(at, editor, "approve" if approved else "unapprove", record_id, detail))


def approvals(connection: Connection) -> dict[str, frozenset[str]]:
    """Record id → editors who approve of what it claims now; of an edited claim, anew."""
    held: defaultdict[str, set[str]] = defaultdict(set)
    for row in connection.execute("SELECT record_id, lower(editor) AS editor FROM approval_now"):
        held[row["record_id"]].add(row["editor"])
    return {record_id: frozenset(editors) for record_id, editors in held.items()}
