"""Judgements ↔ the append-only table of decisions, and the review queue beside it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence, Set
from dataclasses import fields

from model import Decision, Finding, Judgement
from store.connection import Connection, Row
from store.times import moment, stamp

_OF_FINDING = tuple(field.name for field in fields(Finding))
MODEL = "model:"  # the model signs its decisions so; every other name is an editor's

# Humans' decisions are few among the model's: left to itself SQLite reads them all.
_LATEST = """
SELECT * FROM decision WHERE decision_id IN
  (SELECT max(decision_id) FROM decision INDEXED BY decision_human WHERE is_human = 1
    GROUP BY left_id, right_id)
ORDER BY decision_id
"""

_OPEN = """
SELECT review_id, left_id, right_id FROM review WHERE closed_at IS NULL AND review_id IN (
  SELECT review_id FROM review WHERE left_id IN (SELECT value FROM json_each(:judged))
  {ends} SELECT review_id FROM review WHERE right_id IN (SELECT value FROM json_each(:judged)))
"""


def is_human(decision: Decision) -> bool:
    """Was it an editor who decided?"""
    return not decision.by.startswith(MODEL)


def append_decisions(connection: Connection, decisions: Sequence[Decision]) -> int:
    """Append those that differ from the latest of their author's kind on the same pair."""
    held = {
        (row["left_id"], row["right_id"], row["is_human"]): _kept_content(row)
        for row in connection.execute(_latest_of_pairs(), (_pairs(decisions),))
    }
    new = []
    for decision in decisions:
        key, content = (decision.left, decision.right, int(is_human(decision))), _content(decision)
        if held.get(key) != content:
            held[key] = content
            new.append(_values(decision))
    connection.executemany(
        "INSERT INTO decision (left_id, right_id, judgement, score, decided_by, is_human, "
        "decided_at, findings, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        new,
    )
    return len(new)


def _pairs(decisions: Iterable[Decision]) -> str:
    return json.dumps([[decision.left, decision.right] for decision in decisions])


def _latest_of_pairs() -> str:
    return (
        "SELECT * FROM decision WHERE decision_id IN (SELECT max(held.decision_id) "
        "FROM json_each(?) AS pair JOIN decision AS held "
        "ON held.left_id = pair.value ->> 0 AND held.right_id = pair.value ->> 1 "
        "GROUP BY held.left_id, held.right_id, held.is_human)"
    )


def _content(decision: Decision) -> tuple[object, ...]:
    """What makes a decision news: not the time it was made at."""
    return (
        decision.judgement.value,
        None if decision.score is None else round(decision.score, 6),
        decision.by,
        _findings(decision),
        decision.note,
    )


def _kept_content(row: Row) -> tuple[object, ...]:
    """The same of a decision as it is kept."""
    score = row["score"]
    return (
        row["judgement"], None if score is None else round(score, 6), row["decided_by"],
        row["findings"], row["note"],
    )  # fmt: skip


def _findings(decision: Decision) -> str:
    # not `asdict`: it copies every value of every finding, of thousands of decisions a run
    plain = [{name: getattr(one, name) for name in _OF_FINDING} for one in decision.findings]
    return json.dumps(plain, ensure_ascii=False)


def _values(decision: Decision) -> tuple[object, ...]:
    return (
        decision.left, decision.right, decision.judgement.value, decision.score, decision.by,
        int(is_human(decision)), stamp(decision.at), _findings(decision), decision.note,
    )  # fmt: skip


def decision_of(row: Row) -> Decision:
    """A row of `decision` as the type the other rooms know."""
    return Decision(
        left=row["left_id"],
        right=row["right_id"],
        judgement=Judgement(row["judgement"]),
        score=row["score"],
        by=row["decided_by"],
        at=moment(row["decided_at"]),
        findings=tuple(Finding(**finding) for finding in json.loads(row["findings"])),
        note=row["note"],
    )


def human_decisions(connection: Connection) -> list[Decision]:
    """The latest editor's word on each pair; "unsure" means a decision that was undone."""
    return [decision_of(row) for row in connection.execute(_LATEST)]


def decisions_about(connection: Connection, record_ids: Sequence[str]) -> list[Decision]:
    """The latest decision of each author's kind on every pair of these records."""
    query = (
        "SELECT * FROM decision WHERE decision_id IN (SELECT max(decision_id) FROM decision "
        "WHERE left_id IN (SELECT value FROM json_each(:ids)) "
        "AND right_id IN (SELECT value FROM json_each(:ids)) "
        "GROUP BY left_id, right_id, is_human) ORDER BY decision_id"
    )
    rows = connection.execute(query, {"ids": json.dumps(list(record_ids))})
    return [decision_of(row) for row in rows]


def record_decision(connection: Connection, decision: Decision) -> int:
    """Append an editor's decision and take the pair off the queue; return its number."""
    cursor = connection.execute(
        "INSERT INTO decision (left_id, right_id, judgement, score, decided_by, is_human, "
        "decided_at, findings, note) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        _values(decision),
    )
    at = stamp(decision.at)
    if decision.judgement is Judgement.UNSURE:
        _reopen(connection, decision, at)
    else:
        connection.execute(
            "UPDATE review SET closed_at = ?, closed_by = ? "
            "WHERE left_id = ? AND right_id = ? AND closed_at IS NULL",
            (at, decision.by, decision.left, decision.right),
        )
    return int(cursor.lastrowid or 0)


def _reopen(connection: Connection, decision: Decision, at: str) -> None:
    connection.execute(
        "INSERT INTO review (left_id, right_id, score, findings, note, opened_at) "
        "SELECT ?, ?, score, findings, ?, ? FROM (SELECT 1) LEFT JOIN (SELECT score, findings "
        "FROM review WHERE left_id = ? AND right_id = ? ORDER BY review_id DESC LIMIT 1) "
        "WHERE findings IS NOT NULL ON CONFLICT DO NOTHING",
        (decision.left, decision.right, decision.note, at, decision.left, decision.right),
    )


def sync_review(
    connection: Connection,
    review: Sequence[Decision],
    judged: Set[str],
    at: str,
    *,
    either: bool,
) -> int:
    """Queue new unsure pairs, close those this run is sure of; return how many are new or changed.

    `judged`: ids of the records the run looked at; a pair of them that is not unsure any more
    leaves the queue. `either`: they were weighed against all others, one end among them will do.
    """
    settled = {
        (decision.left, decision.right)
        for decision in human_decisions(connection)
        if decision.judgement is not Judgement.UNSURE
    }
    before = connection.total_changes
    connection.executemany(
        "INSERT INTO review (left_id, right_id, score, findings, note, opened_at) "
        "VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT (left_id, right_id) WHERE closed_at IS NULL "
        "DO UPDATE SET score = excluded.score, findings = excluded.findings, "
        "note = excluded.note WHERE (score, findings, note) "
        "IS NOT (excluded.score, excluded.findings, excluded.note)",
        [
            (d.left, d.right, d.score, _findings(d), d.note, at)
            for d in review
            if (d.left, d.right) not in settled
        ],
    )
    opened = connection.total_changes - before
    unsure = {(decision.left, decision.right) for decision in review}
    over = [
        (at, row["review_id"])
        for row in connection.execute(
            _OPEN.format(ends="UNION" if either else "INTERSECT"),
            {"judged": json.dumps(sorted(judged))},
        ).fetchall()
        if (row["left_id"], row["right_id"]) not in unsure
    ]
    connection.executemany(
        "UPDATE review SET closed_at = ?, closed_by = 'resolution' WHERE review_id = ?", over
    )
    return opened
