"""A doubtful row of a list → its page: among its neighbours, what was read, men of the name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from datasette.utils.asgi import NotFound

from store import settling, turns
from store.connection import Connection, Row
from store.datasette.pieces import pieces

NEAR = 2  # rows of the list shown before and behind
NAMESAKES = 8  # men of the name shown
KEYS = {
    "sought": "s", "captured": "c", "released": "e", "found_alive": "a", "deceased": "d",
    "nobody": "x", "unsure": "u",
}  # fmt: skip
_ROW = """
SELECT list_row.*, doubt.why, doubt.noted_at, doubt.record, source.claim AS list_claim, source.kind,
  source.url, source.owner, said.verdict, said.editor, said.at AS said_at, said.word_id
FROM doubtful_row AS doubt JOIN list_row USING (row_id) JOIN source ON source.name = list_row.source
LEFT JOIN row_word_now AS said USING (row_id) WHERE row_id = ?
"""
_NEAR = """
SELECT list_row.row_id, row, text, claim FROM list_row
LEFT JOIN record ON record.row_id = list_row.row_id AND record.closed_at IS NULL
WHERE list_row.source = ? AND row BETWEEN ? AND ? AND gone_at IS NULL ORDER BY row
"""


def row(connection: Connection, request: Any) -> dict[str, Any]:
    """One row that waits, or waited, for an editor's word."""
    (row_id,) = request.url_vars["pks"].split(",")
    found = connection.execute(_ROW, (row_id,)).fetchone()
    if found is None:
        raise NotFound(f"no doubtful row {row_id}")
    editor = (request.actor or {}).get("id", "")
    record, last = json.loads(found["record"]), settling.last_word(connection, row_id)
    near = (found["source"], found["row"] - NEAR, found["row"] + NEAR)
    return {
        "item": dict(found),
        "record": record,
        "pieces": pieces(found["text"], record["spans"]),
        "near": connection.execute(_NEAR, near).fetchall(),
        "namesakes": settling.namesakes(connection, record, NAMESAKES),
        "keys": KEYS,
        "seen": last["word_id"] if last is not None else 0,
        "words": settling.words_on(connection, row_id),
        "held_by": turns.held_by(connection, settling.ROWS, row_id, editor, datetime.now(UTC)),
        "mine": [_mine(word) for word in settling.standing_words(connection, editor, 5)],
        "waiting": settling.waiting(connection),
    }


def _mine(word: Row) -> Mapping[str, Any]:
    """One of the editor's words, as a list of them shows it."""
    return {
        "number": word["word_id"], "said": f"verdict.{word['verdict']}",
        "about": f"{word['source']} {word['row']}: {word['text'][:80]}", "note": word["note"],
        "applied": None,
    }  # fmt: skip
