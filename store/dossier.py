"""A person's id → everything known of him and why; the review queue with both sides of a pair."""

from __future__ import annotations

import json
from collections.abc import Sequence

from model import UnusableInput
from store.connection import Connection, Row
from store.decisions import decisions_about
from store.times import stamp

_RECORDS = """
SELECT record.record_id, record.source, source.owner, record.claim, record.asks, record.surname,
  record.given, record.patronymic, record.birth_date, record.age, record.category, record.unit,
  record.rank, record.call_sign, record.home_region, record.home_place, record.last_contact,
  record.last_seen_place, record.event_date, record.facts, record.spans, record.public_on,
  record.asked_on, record.row_id, record.copy_of, record.learned_at, record.closed_at,
  link.known_from AS since,
  coalesce(post.external_id, list_row.external_id) AS external_id, list_row.row, post.url,
  post.posted_at, post.edited_at, post.deleted_at, post.forwarded_from, list_row.gone_at,
  coalesce(post.text, list_row.text) AS text
FROM person_record AS link
JOIN record ON record.record_id = link.record_id
JOIN source ON source.name = record.source
LEFT JOIN post ON post.post_id = record.post_id
LEFT JOIN list_row ON list_row.row_id = record.row_id
WHERE link.person_id = ? AND link.known_until IS NULL
ORDER BY record.public_at, record.record_id
"""


def resolve_id(connection: Connection, person_id: str) -> str:
    """The id the person goes by now: aliases followed, an unambiguous beginning completed."""
    seen = {person_id}
    while row := connection.execute(
        "SELECT new_id FROM person_alias WHERE old_id = ? AND known_until IS NULL", (person_id,)
    ).fetchone():
        person_id = row["new_id"]
        if person_id in seen:
            break
        seen.add(person_id)
    found = connection.execute(
        "SELECT person_id FROM person WHERE person_id = ?", (person_id,)
    ).fetchone()
    if found:
        return person_id
    like = connection.execute(
        "SELECT person_id FROM person WHERE substr(person_id, 1, ?) = ? LIMIT 2",
        (len(person_id), person_id),
    ).fetchall()
    if len(like) == 1 and person_id:
        return resolve_id(connection, like[0]["person_id"])
    raise UnusableInput(f"no person {person_id!r}" + ("; more than one begins so" * bool(like)))


def dossier(connection: Connection, person_id: str) -> dict[str, object]:
    """The person, his events with their sources, his records with their texts, and the reasons."""
    person = dict(
        connection.execute("SELECT * FROM person WHERE person_id = ?", (person_id,)).fetchone()
    )
    del person["folded"]
    person["names"] = person["names"].split("\n")
    records = [_record(row) for row in connection.execute(_RECORDS, (person_id,))]
    ids = [str(record["record_id"]) for record in records]
    return {
        **person,
        "events": events(connection, person_id),
        "records": records,
        "decisions": [
            {
                "left": decision.left,
                "right": decision.right,
                "judgement": decision.judgement.value,
                "score": decision.score,
                "by": decision.by,
                "at": stamp(decision.at),
                "note": decision.note,
                "findings": _findings_of(decision.findings),
            }
            for decision in decisions_about(connection, ids)
        ],
        "aliases": _aliases(connection, person_id),
        "history": _history(connection, person_id),
    }


def _findings_of(findings: Sequence[object]) -> list[dict[str, object]]:
    names = ("comparison", "level", "weight", "left", "right")
    return [{name: getattr(finding, name) for name in names} for finding in findings]


def _record(row: Row) -> dict[str, object]:
    record = dict(row)
    record["facts"] = json.loads(record["facts"])
    record["spans"] = json.loads(record["spans"])
    record["asks"] = bool(record["asks"])
    return record


def events(connection: Connection, person_id: str) -> list[dict[str, object]]:
    """The person's events as held now, by day, each with the post or row it came from."""
    rows = connection.execute(
        "SELECT e.status, e.public_on, e.learned_at, e.record_id, e.evidence, e.corroborated_on, "
        "e.retracts, e.retracted, record.source, "
        "coalesce(post.external_id, list_row.external_id) AS external_id, list_row.row, post.url "
        "FROM status_event AS e JOIN record ON record.record_id = e.record_id "
        "LEFT JOIN post ON post.post_id = record.post_id "
        "LEFT JOIN list_row ON list_row.row_id = record.row_id "
        "WHERE e.person_id = ? AND e.known_until IS NULL ORDER BY e.public_on, e.event_id",
        (person_id,),
    )
    return [
        {**dict(row), "retracts": json.loads(row["retracts"]), "retracted": bool(row["retracted"])}
        for row in rows
    ]


def _aliases(connection: Connection, person_id: str) -> list[str]:
    rows = connection.execute(
        "SELECT old_id FROM person_alias WHERE new_id = ? AND known_until IS NULL ORDER BY old_id",
        (person_id,),
    )
    return [str(row["old_id"]) for row in rows]


def _history(connection: Connection, person_id: str) -> list[dict[str, object]]:
    rows = connection.execute(
        "SELECT * FROM person_version WHERE person_id = ? ORDER BY known_from", (person_id,)
    )
    return [dict(row) for row in rows]


def reviews(connection: Connection) -> list[dict[str, object]]:
    """The open queue, the likeliest pair first, each side as its record and person stand now."""
    rows = connection.execute(
        "SELECT * FROM review WHERE closed_at IS NULL ORDER BY score DESC, review_id"
    ).fetchall()
    return [_pair(connection, row) for row in rows]


def pair_of(connection: Connection, review_id: int) -> dict[str, object] | None:
    """One pair of the queue, open or closed, in the shape of `reviews`; None if there is none."""
    row = connection.execute("SELECT * FROM review WHERE review_id = ?", (review_id,)).fetchone()
    return None if row is None else _pair(connection, row)


def _pair(connection: Connection, row: Row) -> dict[str, object]:
    return {
        **{key: row[key] for key in ("review_id", "score", "note", "opened_at", "closed_at")},
        "closed_by": row["closed_by"],
        "findings": json.loads(row["findings"]),
        "left": _side(connection, row["left_id"]),
        "right": _side(connection, row["right_id"]),
    }


def _side(connection: Connection, record_id: str) -> dict[str, object]:
    row = connection.execute(
        "SELECT record.record_id, record.source, record.surname, record.given, record.patronymic, "
        "record.birth_date, record.age, record.sex, record.category, record.rank, record.unit, "
        "record.call_sign, record.home_region, record.home_place, record.last_contact, "
        "record.last_seen_place, record.claim, record.public_on, record.spans, "
        "coalesce(post.external_id, list_row.external_id) AS external_id, list_row.row, "
        "coalesce(post.text, list_row.text) AS text, link.person_id, person.name, "
        "person.status, person.status_on, person.sought_from, person.records FROM record "
        "LEFT JOIN post ON post.post_id = record.post_id "
        "LEFT JOIN list_row ON list_row.row_id = record.row_id "
        "LEFT JOIN person_record AS link ON link.record_id = record.record_id "
        "AND link.known_until IS NULL "
        "LEFT JOIN person ON person.person_id = link.person_id WHERE record.record_id = ?",
        (record_id,),
    ).fetchone()
    return dict(row)
