"""A pair of records → its page: both sides, where they differ, what deciding would change."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

from datasette.utils.asgi import NotFound

from model import Judgement
from store import reviewing, turns
from store.connection import Connection, Row
from store.datasette.pieces import differing, pieces
from store.dossier import pair_of
from store.times import make_id

COMPARED = (
    "surname", "given", "patronymic", "birth_date", "age", "sex", "category", "rank", "unit",
    "call_sign", "home_region", "home_place", "last_contact", "last_seen_place", "claim",
)  # fmt: skip
FREE_TEXT = frozenset({"surname", "given", "patronymic", "birth_date", "unit", "home_place"})
OTHERS = 6  # further records of each person shown


def pair(connection: Connection, request: Any) -> dict[str, Any]:
    """One pair that waits, or waited, for a decision."""
    number = request.url_vars["pks"]
    found: Any = pair_of(connection, int(number)) if number.isdecimal() else None
    if found is None:
        raise NotFound(f"no pair {number}")
    editor = (request.actor or {}).get("id", "")
    left, right = found["left"], found["right"]
    last = reviewing.last_word(connection, left["record_id"], right["record_id"])
    (waiting,) = connection.execute(
        "SELECT count(*) FROM review WHERE closed_at IS NULL"
    ).fetchone()
    return {
        "pair": found,
        "sides": [_side(connection, left, right), _side(connection, right, left)],
        "fields": [f for f in COMPARED if left[f] is not None or right[f] is not None],
        "weight": reviewing.weight(connection, int(number)),
        "last": last,
        "seen": last["decision_id"] if last is not None else 0,
        "held_by": turns.held_by(
            connection, reviewing.PAIRS, int(number), editor, datetime.now(UTC)
        ),
        "mine": [_mine(word) for word in reviewing.standing_decisions(connection, editor, 5)],
        "waiting": waiting,
    }


def _mine(word: Row) -> dict[str, Any]:
    """One of the editor's words, as a list of them shows it."""
    names = dict.fromkeys(filter(None, (word["left_name"], word["right_name"])))
    return {
        "number": word["decision_id"], "said": f"judgement.{word['judgement']}",
        "about": " / ".join(names), "note": word["note"],
        "applied": None if word["judgement"] == Judgement.UNSURE else bool(word["applied"]),
    }  # fmt: skip


def _side(connection: Connection, side: dict[str, Any], other: dict[str, Any]) -> dict[str, Any]:
    side["pieces"] = pieces(side["text"] or "", json.loads(side["spans"]))
    side["marked"] = {
        field: differing(side[field], other[field])
        for field in FREE_TEXT
        if isinstance(side[field], str) and isinstance(other[field], str)
    }
    side["place_id"] = make_id("post", side["source"], side["external_id"])
    side["also"] = connection.execute(
        "SELECT record.record_id, record.source, record.public_on, record.claim, record.post_id, "
        "record.row_id, coalesce(post.text, list_row.text) AS text FROM person_record AS link "
        "JOIN record ON record.record_id = link.record_id "
        "LEFT JOIN post ON post.post_id = record.post_id "
        "LEFT JOIN list_row ON list_row.row_id = record.row_id "
        "WHERE link.person_id = ? AND link.known_until IS NULL AND record.record_id NOT IN (?, ?) "
        "ORDER BY record.public_at LIMIT ?",
        (side["person_id"], side["record_id"], other["record_id"], OTHERS),
    ).fetchall()
    return side
