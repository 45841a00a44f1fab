"""The store → rows for csv, jsonl and parquet, in the shapes of DESIGN section 8."""

from __future__ import annotations

import json
from collections.abc import Iterator

from store.connection import Connection

_PERSONS = """
SELECT person_id, surname, given, patronymic, birth_date, category, home_region, unit, status,
  sex, age, home_place, sought_from, conflicting,
  (SELECT json_group_array(json_object('status', e.status, 'date', e.public_on,
      'source', r.source, 'external_id', coalesce(post.external_id, list_row.external_id,
        CAST(list_row.row AS TEXT)), 'row', list_row.row,
      'evidence', e.evidence, 'retracted', json(iif(e.retracted, 'true', 'false')),
      'record_id', e.record_id, 'retracts', json(e.retracts)) ORDER BY e.public_on, e.event_id)
    FROM status_event AS e JOIN record AS r ON r.record_id = e.record_id
    LEFT JOIN post ON post.post_id = r.post_id LEFT JOIN list_row ON list_row.row_id = r.row_id
    WHERE e.person_id = person.person_id AND e.known_until IS NULL) AS events,
  (SELECT json_group_array(json_object('source', r.source, 'external_id',
      coalesce(post.external_id, list_row.external_id, CAST(list_row.row AS TEXT)),
      'row', list_row.row, 'surname', r.surname, 'given', r.given, 'patronymic', r.patronymic,
      'claim', r.claim, 'record_id', r.record_id, 'date', r.public_on)
      ORDER BY r.public_at, r.record_id)
    FROM person_record AS link JOIN record AS r ON r.record_id = link.record_id
    LEFT JOIN post ON post.post_id = r.post_id LEFT JOIN list_row ON list_row.row_id = r.row_id
    WHERE link.person_id = person.person_id AND link.known_until IS NULL) AS records
FROM person WHERE closed_at IS NULL ORDER BY person_id
"""
_RECORDS = """
SELECT record.record_id, link.person_id, record.source,
  coalesce(post.external_id, list_row.external_id, CAST(list_row.row AS TEXT)) AS external_id,
  list_row.row, record.surname, record.given, record.patronymic, record.birth_date, record.age,
  record.sex, record.category, record.unit, record.rank, record.call_sign, record.home_region,
  record.home_place, record.last_contact, record.last_seen_place, record.claim, record.asks,
  record.event_date, record.facts, record.public_on, record.learned_at, post.url
FROM record
LEFT JOIN post ON post.post_id = record.post_id
LEFT JOIN list_row ON list_row.row_id = record.row_id
LEFT JOIN person_record AS link ON link.record_id = record.record_id AND link.known_until IS NULL
WHERE record.closed_at IS NULL ORDER BY record.public_at, record.record_id
"""
_EVENTS = """
SELECT e.event_id, e.person_id, p.surname, p.given, p.patronymic, e.status, e.public_on,
  e.learned_at, e.evidence, e.corroborated_on, e.retracts, e.retracted, e.known_from,
  e.known_until, e.record_id, r.source, coalesce(post.external_id, list_row.external_id,
  CAST(list_row.row AS TEXT)) AS external_id, list_row.row, post.url
FROM status_event AS e JOIN person AS p ON p.person_id = e.person_id
JOIN record AS r ON r.record_id = e.record_id
LEFT JOIN post ON post.post_id = r.post_id LEFT JOIN list_row ON list_row.row_id = r.row_id
WHERE {held} ORDER BY e.public_on, e.event_id
"""
_POSTS = """
SELECT source, external_id AS post_id, posted_at, edited_at, deleted_at, text, forwarded_from,
  reply_to, url
FROM post ORDER BY source, posted_at, external_id
"""


def persons(connection: Connection) -> Iterator[dict[str, object]]:
    """One dict a person, `events` and `records` as lists of dicts."""
    for row in connection.execute(_PERSONS):
        person = dict(row)
        person["events"] = json.loads(person["events"])
        person["records"] = json.loads(person["records"])
        person["conflicting"] = bool(person["conflicting"])
        yield person


def records(connection: Connection) -> Iterator[dict[str, object]]:
    """One dict a live record, `facts` as a list."""
    for row in connection.execute(_RECORDS):
        record = dict(row)
        record["facts"] = json.loads(record["facts"])
        record["asks"] = bool(record["asks"])
        yield record


def tally_rows(tally: dict[str, object]) -> Iterator[dict[str, object]]:
    """A tally as rows of one cell each: all, by category, by region."""
    head = {key: tally[key] for key in ("as_of", "known_at", "evidence")}
    everyone = {"total": tally["total"], **_cells(tally["by_status"])}
    groups: list[tuple[str, str, dict[str, object]]] = [("all", "all", everyone)]
    for dimension in ("category", "region"):
        for value, cells in _cells(tally[f"by_{dimension}"]).items():
            groups.append((dimension, value, _cells(cells)))
    for dimension, value, cells in groups:
        for status, count in cells.items():
            yield {
                **head, "dimension": dimension, "value": value, "status": status, "persons": count,
            }  # fmt: skip


def _cells(value: object) -> dict[str, object]:
    if not isinstance(value, dict):
        raise TypeError("a tally's group is a mapping")
    return value


def events(connection: Connection, known_at: str | None = None) -> Iterator[dict[str, object]]:
    """One dict a status event held true at the stamp `known_at` (None: now), the oldest first."""
    held = "e.known_until IS NULL"
    times: tuple[str, ...] = ()
    if known_at is not None:
        held = "e.known_from <= ? AND coalesce(e.known_until, '9999') > ?"
        times = (known_at, known_at)
    for row in connection.execute(_EVENTS.format(held=held), times):
        yield {
            **dict(row),
            "retracted": bool(row["retracted"]),
            "retracts": json.loads(row["retracts"]),
        }


def posts(connection: Connection) -> Iterator[dict[str, object]]:
    """One dict a post with its redacted text, in the shape the `posts` kind reads."""
    yield from map(dict, connection.execute(_POSTS))
