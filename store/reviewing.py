"""The review queue by what a decision would change; editors' words, each kept once.

A word is given on what the editor saw: where another came first, it is refused and he is told.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from model import Judgement, Status, UnusableInput
from store import audit, turns
from store.connection import Connection, Row
from store.facade import Store
from store.times import stamp
from store.turns import Overtaken

# Each open pair with the chance that it is one man (its evidence in bits), the figures of the
# headline that a merge or split would move, and the persons beside the count. A decision matters
# by what it would change, times how likely it is to change it.
_WEIGHED = """
WITH open AS (
  SELECT review.review_id, review.left_id, review.right_id, review.score, review.note,
    1 / (1 + pow(2, -max(-60, min(60, coalesce(review.score, 0))))) AS chance,
    a.person_id AS left_person, b.person_id AS right_person, a.person_id IS b.person_id AS joined,
    p.sought_from IS NOT NULL AND p.status IS NOT NULL AS left_counts,
    q.sought_from IS NOT NULL AND q.status IS NOT NULL AS right_counts,
    (p.status_on || CASE p.status {rank} END) AS left_top,
    (q.status_on || CASE q.status {rank} END) AS right_top
  FROM review
  LEFT JOIN person_record AS a ON a.record_id = review.left_id AND a.known_until IS NULL
  LEFT JOIN person_record AS b ON b.record_id = review.right_id AND b.known_until IS NULL
  LEFT JOIN person AS p ON p.person_id = a.person_id
  LEFT JOIN person AS q ON q.person_id = b.person_id
  WHERE review.closed_at IS NULL
), effect AS (
  SELECT *, CASE
      WHEN joined THEN {split} * left_counts
      WHEN left_counts AND right_counts THEN {both_count}
      WHEN NOT (left_counts OR right_counts) THEN 0
      WHEN substr(right_top, 11) <> substr(left_top, 11)
        AND CASE WHEN left_counts THEN right_top > left_top ELSE left_top > right_top END
        THEN {status_moves}
      ELSE {unchanged} END AS figures,
    NOT joined AND NOT (left_counts AND right_counts) AS beside
  FROM open
), weighed AS (
  SELECT *, CASE WHEN joined THEN 1 - chance ELSE chance END * coalesce(figures, 0) AS expected,
    CASE WHEN joined THEN 1 - chance ELSE chance END * coalesce(beside, 0) AS expected_beside
  FROM effect
)
"""
_RANKS = " ".join(f"WHEN '{status}' THEN {rank}" for rank, status in enumerate(Status))
FIGURES = Path(__file__).with_name("review_figures.tsv")


def figures() -> dict[str, int]:
    """What a decision would change → how many figures of the headline move, from the table."""
    lines = FIGURES.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if line and not line.startswith("#"))
    return {case: int(moved) for case, moved, _ in rows}


WEIGHED = _WEIGHED.format(rank=_RANKS, **figures())
ORDER = "expected DESC, expected_beside DESC, score DESC, review_id"

# An editor's own "not sure" hides the pair from him, not from others.
_NEXT = f"""{WEIGHED}
SELECT weighed.review_id FROM weighed {turns.put_off_by("review_id", "weighed")}
WHERE {turns.free("review_lease", "review_id", "weighed")}
  AND NOT EXISTS (SELECT 1 FROM decision AS word WHERE word.left_id = weighed.left_id
    AND word.right_id = weighed.right_id AND word.decided_by = :editor
    AND word.judgement = 'unsure' AND word.undoes IS NULL)
ORDER BY later.at, {ORDER.replace("review_id", "weighed.review_id")} LIMIT 1
"""  # noqa: S608
PAIRS = turns.Queue(
    leases="review_lease", key="review_id", first=_NEXT,
    waits="SELECT count(*) FROM review WHERE review_id = :item AND closed_at IS NULL",
)  # fmt: skip
_LAST_WORD = (
    "SELECT decision_id, judgement, decided_by, undoes FROM decision WHERE left_id = ? "
    "AND right_id = ? AND is_human = 1 ORDER BY decision_id DESC LIMIT 1"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Word:
    """What an editor says of a pair. `seen`: the last human decision on it that he saw, or 0."""

    review_id: int
    judgement: Judgement
    editor: str
    seen: int
    note: str | None = None


def take_next(
    store: Store, editor: str, now: datetime, reader: Connection | None = None
) -> int | None:
    """The pair that matters most and nobody else looks at, held for this editor; None: no more."""
    found = turns.take(store, PAIRS, editor, now, reader)
    return None if found is None else int(found)


def weight(connection: Connection, review_id: int) -> Row | None:
    """What deciding an open pair would change: chance, figures, expected …; None once closed."""
    row: Row | None = connection.execute(
        f"{WEIGHED} SELECT * FROM weighed WHERE review_id = ?",  # noqa: S608
        (review_id,),
    ).fetchone()
    return row


def queue(connection: Connection, limit: int) -> list[Row]:
    """The open pairs, those that matter most first."""
    return connection.execute(
        f"{WEIGHED} SELECT * FROM weighed ORDER BY {ORDER} LIMIT ?",  # noqa: S608
        (limit,),
    ).fetchall()


def last_word(connection: Connection, left: str, right: str) -> Row | None:
    """The last human decision on a pair."""
    row: Row | None = connection.execute(_LAST_WORD, (left, right)).fetchone()
    return row


def decide(store: Store, word: Word, now: datetime) -> int:
    """Keep an editor's word; return its number. The same word again, sent twice, is kept once.

    Raises Overtaken where the pair was decided since he saw it, UnusableInput for no such pair.
    """
    with store.writing() as connection:
        pair = _review(connection, word.review_id)
        last = last_word(connection, pair["left_id"], pair["right_id"])
        if last is not None and last["decision_id"] != word.seen:
            if (last["decided_by"], last["judgement"]) == (word.editor, word.judgement.value):
                return int(last["decision_id"])
            raise Overtaken(
                "first", editor=last["decided_by"], said=f"judgement.{last['judgement']}"
            )
        if pair["closed_at"] is not None:
            raise Overtaken("closed", editor=pair["closed_by"])
        number = _append(connection, pair, word, None, stamp(now))
        turns.let_go(connection, PAIRS, word.review_id)
        if word.judgement is not Judgement.UNSURE:
            connection.execute(
                "UPDATE review SET closed_at = ?, closed_by = ? WHERE review_id = ?",
                (stamp(now), word.editor, word.review_id),
            )
        return number


def undo(
    store: Store, decision_id: int, editor: str, now: datetime, note: str | None = None
) -> tuple[int, int]:
    """Take back the last human decision on a pair; return the new decision and the pair's number.

    Raises Overtaken where a later decision stands on the pair, UnusableInput where there is none.
    """
    with store.writing() as connection:
        row = connection.execute(
            "SELECT * FROM decision WHERE decision_id = ?", (decision_id,)
        ).fetchone()
        if row is None or not row["is_human"]:
            raise UnusableInput(f"no human's decision {decision_id}")
        last = last_word(connection, row["left_id"], row["right_id"])
        if last is None or last["decision_id"] != decision_id or row["undoes"] is not None:
            raise Overtaken("not_last", number=decision_id)
        review_id = _reopen(connection, row, stamp(now))
        word = Word(
            review_id=review_id, judgement=Judgement.UNSURE, editor=editor, seen=decision_id,
            note=note,
        )  # fmt: skip
        number = _append(connection, row, word, decision_id, stamp(now))
        turns.hold(connection, PAIRS, review_id, editor, now)
        return number, review_id


def _review(connection: Connection, review_id: int) -> Row:
    row: Row | None = connection.execute(
        "SELECT * FROM review WHERE review_id = ?", (review_id,)
    ).fetchone()
    if row is None:
        raise UnusableInput(f"no pair {review_id}")
    return row


def _append(connection: Connection, pair: Row, word: Word, undoes: int | None, at: str) -> int:
    """The decision and its line in the audit log."""
    judgement = word.judgement.value
    cursor = connection.execute(
        "INSERT INTO decision (left_id, right_id, judgement, decided_by, is_human, decided_at, "
        "findings, note, undoes) VALUES (?, ?, ?, ?, 1, ?, '[]', ?, ?)",
        (pair["left_id"], pair["right_id"], judgement, word.editor, at, word.note, undoes),
    )
    number = int(cursor.lastrowid or 0)
    detail: dict[str, object] = {"decision": number, "judgement": judgement}
    action, subject = "decide", f"{pair['left_id']} {pair['right_id']}"
    if undoes is not None:
        action, detail = "undo", {**detail, "undoes": undoes}
    audit.append(connection, audit.Entry(at, word.editor, action, subject, detail))
    return number


def _reopen(connection: Connection, decided: Row, at: str) -> int:
    """The pair of a decision back in the queue, as it last stood there."""
    pair = decided["left_id"], decided["right_id"]
    connection.execute(
        "INSERT INTO review (left_id, right_id, score, findings, note, opened_at) "
        "SELECT left_id, right_id, score, findings, note, ? FROM review WHERE left_id = ? "
        "AND right_id = ? ORDER BY review_id DESC LIMIT 1 ON CONFLICT DO NOTHING",
        (at, *pair),
    )
    row = connection.execute(
        "SELECT review_id FROM review WHERE left_id = ? AND right_id = ? AND closed_at IS NULL",
        pair,
    ).fetchone()
    if row is None:  # decided without ever having been in the queue
        cursor = connection.execute(
            "INSERT INTO review (left_id, right_id, findings, opened_at) VALUES (?, ?, '[]', ?)",
            (*pair, at),
        )
        return int(cursor.lastrowid or 0)
    return int(row["review_id"])


_MINE = """
SELECT d.decision_id, d.judgement, d.decided_at, d.note, d.left_id, d.right_id,
  p.name AS left_name, q.name AS right_name,
  CASE d.judgement WHEN 'same' THEN a.person_id IS b.person_id
    WHEN 'different' THEN a.person_id IS NOT b.person_id ELSE 1 END AS applied
FROM decision AS d
LEFT JOIN person_record AS a ON a.record_id = d.left_id AND a.known_until IS NULL
LEFT JOIN person_record AS b ON b.record_id = d.right_id AND b.known_until IS NULL
LEFT JOIN person AS p ON p.person_id = a.person_id
LEFT JOIN person AS q ON q.person_id = b.person_id
WHERE d.decided_by = ? AND d.is_human = 1 AND d.undoes IS NULL
  AND NOT EXISTS (SELECT 1 FROM decision AS later WHERE later.left_id = d.left_id
    AND later.right_id = d.right_id AND later.is_human = 1 AND later.decision_id > d.decision_id)
ORDER BY d.decision_id DESC LIMIT ?
"""


def standing_decisions(connection: Connection, editor: str, limit: int) -> list[Row]:
    """An editor's last decisions that stand; `applied`: do the persons show it?"""
    return connection.execute(_MINE, (editor, limit)).fetchall()
