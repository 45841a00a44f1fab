"""Status claims that wait for editors: two different ones make a claim confirmed."""

from __future__ import annotations

from datetime import datetime

from store import audit, turns
from store.connection import Connection, Row
from store.facade import Store
from store.times import stamp

# A live claim of a fate that no two editors have confirmed, and this one has not spoken on.
_CLAIM = """
SELECT e.event_id, e.person_id, e.status, e.public_on, e.evidence, e.record_id, person.name,
  person.conflicting, person.sought_from
FROM {start}
WHERE e.known_until IS NULL AND e.evidence <> 'confirmed' AND e.retracted = 0
  AND e.status IN ('captured', 'released', 'found_alive', 'deceased')
  AND NOT EXISTS (SELECT 1 FROM approval AS mine
    WHERE mine.record_id = e.record_id AND mine.editor = :editor) AND {condition}
ORDER BY e.public_on DESC, e.event_id LIMIT :limit
"""
# In this order: one word short of confirmed; of contradicting men; of sought men; of the others.
_TIERS = tuple(
    _CLAIM.format(start=start, condition=condition)
    for start, condition in (
        (
            "(SELECT DISTINCT record_id FROM approval WHERE approved = 1) AS word "
            "CROSS JOIN status_event AS e ON e.record_id = word.record_id "
            "JOIN person ON person.person_id = e.person_id",
            "(SELECT approved FROM approval AS last WHERE last.record_id = e.record_id "
            "ORDER BY approval_id DESC LIMIT 1)",
        ),
        (
            "person INDEXED BY person_conflicting "
            "CROSS JOIN status_event AS e ON e.person_id = person.person_id",
            "person.conflicting = 1 AND person.closed_at IS NULL",
        ),
        (
            "status_event AS e INDEXED BY status_event_unconfirmed "
            "JOIN person ON person.person_id = e.person_id",
            "person.sought_from IS NOT NULL",
        ),
        (
            "status_event AS e INDEXED BY status_event_unconfirmed "
            "JOIN person ON person.person_id = e.person_id",
            "person.sought_from IS NULL",
        ),
    )
)


def waiting(connection: Connection, editor: str, limit: int) -> list[Row]:
    """Claims this editor has not spoken on, those where his word decides first."""
    found: dict[int, Row] = {}
    for query in _TIERS:
        for row in connection.execute(query, {"editor": editor, "limit": limit}):
            found.setdefault(row["event_id"], row)
        if len(found) >= limit:
            break
    return list(found.values())[:limit]


def take_next(
    store: Store, editor: str, now: datetime, reader: Connection | None = None
) -> Row | None:
    """The claim that most needs this editor's word; what he put off comes after all the rest."""
    connection = reader or store.connection
    late = turns.late(connection, "record_id", editor, now)
    found = waiting(connection, editor, len(late) + 1)
    return min(found, key=lambda row: late.get(row["record_id"], ""), default=None)


def words(connection: Connection, record_id: str) -> dict[str, bool]:
    """Editor → does he stand behind this record's claim, by his latest word."""
    rows = connection.execute(
        "SELECT editor, approved FROM approval WHERE record_id = ? ORDER BY approval_id",
        (record_id,),
    )
    return {row["editor"]: bool(row["approved"]) for row in rows}


def speak(  # noqa: PLR0913  a note may be left out
    store: Store,
    record_id: str,
    editor: str,
    now: datetime,
    *,
    approved: bool,
    note: str | None = None,
) -> bool:
    """Append an editor's word on a claim; False where it is his word already."""
    with store.writing() as connection:
        if words(connection, record_id).get(editor) is approved:
            return False
        audit.approve(connection, record_id, editor, stamp(now), approved=approved, note=note)
        return True


def last_spoken(connection: Connection, editor: str) -> Row | None:
    """The editor's last approval, to be undone."""
    row: Row | None = connection.execute(
        "SELECT * FROM approval WHERE editor = ? ORDER BY approval_id DESC LIMIT 1", (editor,)
    ).fetchone()
    return row
