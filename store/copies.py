"""A new post's records → those that repeat an earlier post about the same man, by its text."""

from __future__ import annotations

import json
import re
import zlib
from collections import defaultdict
from collections.abc import Mapping, Sequence, Set
from itertools import combinations

import numpy as np

from store.connection import Connection, Row
from store.gate import CUT

SHINGLE = 3  # words
SHORTEST = 10  # shingles: of less text, likeness proves nothing
SHARE = 0.45  # of the shorter text's shingles that stand in the longer one
LIKELY = 0.15  # of the sketch: what is less alike is not looked at
SKETCH_ERROR = 0.09  # of a likeness estimated by 32 places, one standard deviation
CANDIDATES = 50  # posts about a man of this name, the nearest in time

_AT_ONCE = 20_000  # records looked up in one query
_PRIME = np.uint64(4_294_967_311)  # the least above 2³²
_RANDOM = np.random.default_rng(20240823)  # any, but for ever the same
_FACTORS = _RANDOM.integers(1, 2**31, 32, dtype=np.uint64)
_TERMS = _RANDOM.integers(0, 2**31, 32, dtype=np.uint64)
_WORD = re.compile(r"[^\W_]+")
_REDACTED = re.compile(r"\[\w+\]")

# Of each record the root of its family and when that was posted: in a flood of copies a new one
# joins the family, and the family does not move to another root.
_OWN = """
SELECT coalesce(lead.record_id, record.record_id) AS root, record.surname, record.given,
  record.public_at, post.text, julianday(coalesce(first.posted_at, post.posted_at)) AS posted
FROM record JOIN post USING (post_id) LEFT JOIN record AS lead ON lead.record_id = record.copy_of
LEFT JOIN post AS first ON first.post_id = lead.post_id
WHERE record.post_id = ? AND record.surname IS NOT NULL AND record.given IS NOT NULL
"""
# The nearest in time by the index alone: of a common name only these posts are read.
_ALIKE = """
WITH near AS (SELECT * FROM (
  SELECT * FROM (SELECT record_id, copy_of, post_id, public_at FROM record
    WHERE surname = :surname AND given = :given AND post_id IS NOT NULL AND post_id <> :post_id
      AND public_at <= :public_at ORDER BY public_at DESC LIMIT :candidates)
  UNION ALL
  SELECT * FROM (SELECT record_id, copy_of, post_id, public_at FROM record
    WHERE surname = :surname AND given = :given AND post_id IS NOT NULL AND post_id <> :post_id
      AND public_at > :public_at ORDER BY public_at LIMIT :candidates))
  ORDER BY abs(julianday(public_at) - julianday(:public_at)) LIMIT :candidates
)
SELECT coalesce(near.copy_of, near.record_id) AS root,
  (SELECT julianday(first.posted_at) FROM record AS lead JOIN post AS first USING (post_id)
   WHERE lead.record_id = coalesce(near.copy_of, near.record_id)) AS posted,
  post.text, post_sketch.size, post_sketch.sketch
FROM near JOIN post ON post.post_id = near.post_id
LEFT JOIN post_sketch ON post_sketch.post_id = post.post_id
"""


def words(text: str) -> list[str]:
    """The words of a redacted text, lower case, ё as е, without what redaction put in."""
    return _WORD.findall(_REDACTED.sub(" ", text).lower().replace("ё", "е"))


def shingles(text: str) -> set[tuple[str, ...]]:
    """Every run of three words."""
    said = words(text)
    return {tuple(said[i : i + SHINGLE]) for i in range(len(said) - SHINGLE + 1)}


def is_copy(one: set[tuple[str, ...]], other: set[tuple[str, ...]]) -> bool:
    """Is the shorter text, by and large, contained in the longer one?"""
    shorter = min(len(one), len(other))
    return shorter >= SHORTEST and len(one & other) >= SHARE * shorter


def sketch(text: set[tuple[str, ...]]) -> bytes:
    """MinHash: of each of 32 hash functions the least value over the shingles, 16 bits of it.

    The share of equal places estimates the Jaccard likeness of two texts (Broder 1997), ±.09.
    """
    hashes = np.array([zlib.crc32(" ".join(one).encode()) for one in sorted(text)], np.uint64)
    least = ((hashes[:, None] * _FACTORS + _TERMS) % _PRIME).min(axis=0)
    return bytes((least & 0xFFFF).astype("<u2").tobytes())


def likeness(one: bytes, other: bytes) -> float:
    """The share of equal places of two sketches, 0 to 1."""
    pairs = np.frombuffer(one, "<u2") == np.frombuffer(other, "<u2")
    return float(pairs.mean())


def save_sketch(connection: Connection, post_id: str, text: str) -> None:
    """Keep the sketch of a post's text, where it is long enough to prove anything."""
    own = shingles(text)
    if len(own) >= SHORTEST:
        connection.execute(
            "INSERT INTO post_sketch VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET "
            "size = excluded.size, sketch = excluded.sketch",
            (post_id, len(own), sketch(own)),
        )


_MEMBERS = """
SELECT link.value ->> 0 AS person, record.record_id, record.source,
  coalesce(record.copy_of, record.record_id) AS root, post.post_id, post_sketch.sketch,
  julianday(post.posted_at) AS posted
FROM json_each(:members) AS link JOIN record ON record.record_id = link.value ->> 1
JOIN post ON post.post_id = record.post_id JOIN post_sketch ON post_sketch.post_id = post.post_id
"""


def fold_copies(
    connection: Connection, clusters: Mapping[str, Sequence[str]], news: Set[str]
) -> set[str]:
    """Mark near-copies among the records of one man, under whatever name each has him.

    Only men of whom one of the records `news` speaks are looked at. Returns the records marked.
    Sketches find the pairs, the texts decide.
    """
    asked = [
        (person, record)
        for person, members in clusters.items()
        if len(members) > 1 and not news.isdisjoint(members)
        for record in members
    ]
    told: defaultdict[str, list[Row]] = defaultdict(list)
    for start in range(0, len(asked), _AT_ONCE):
        some = json.dumps(asked[start : start + _AT_ONCE])
        for row in connection.execute(_MEMBERS, {"members": some}):
            told[row["person"]].append(row)
    marked: set[str] = set()
    for rows in told.values():
        for one, other in combinations(rows, 2):
            if one["root"] == other["root"] or one["post_id"] == other["post_id"]:
                continue
            if likeness(one["sketch"], other["sketch"]) >= LIKELY and _same_text(
                connection, one["post_id"], other["post_id"]
            ):
                first = min((one, other), key=lambda row: (row["posted"], row["record_id"]))
                if _lead(connection, str(first["root"]), {str(one["root"]), str(other["root"])}):
                    marked |= {str(one["record_id"]), str(other["record_id"])}
    return marked


def is_probable_copy(one: tuple[int, bytes], other: tuple[int, bytes]) -> bool:
    """`is_copy` of two texts of which only size and sketch are left.

    The shared shingles follow from the Jaccard likeness J: (a + b)·J / (1 + J). An error of the
    sketch is granted to the copy: a copy taken for a second source would corroborate.
    """
    likely = min(1.0, likeness(one[1], other[1]) + SKETCH_ERROR)
    shared = (one[0] + other[0]) * likely / (1 + likely)
    return likely > LIKELY + SKETCH_ERROR and shared >= SHARE * min(one[0], other[0])


def _is_alike(own: set[tuple[str, ...]], other: Row) -> bool:
    """By the other's text, or where that has expired, by its sketch."""
    if other["text"] == CUT and other["sketch"] is not None:
        return is_probable_copy((len(own), sketch(own)), (other["size"], other["sketch"]))
    return is_copy(own, shingles(other["text"]))


def _same_text(connection: Connection, one: str, other: str) -> bool:
    first, second = (
        connection.execute(
            "SELECT text, size, sketch FROM post JOIN post_sketch USING (post_id) "
            "WHERE post_id = ?",
            (post_id,),
        ).fetchone()
        for post_id in (one, other)
    )
    if CUT in (first["text"], second["text"]):
        return is_probable_copy(
            (first["size"], first["sketch"]), (second["size"], second["sketch"])
        )
    return is_copy(shingles(first["text"]), shingles(second["text"]))


def mark_copies(connection: Connection, post_id: str) -> int:
    """Set `copy_of` for the records of a post; the earliest post of a family of copies is root."""
    mine = connection.execute(_OWN, (post_id,)).fetchall()
    if not mine:
        return 0
    own = shingles(mine[0]["text"])
    if len(own) < SHORTEST:
        return 0
    return sum(_mark(connection, post_id, row, own) for row in mine)


def _mark(connection: Connection, post_id: str, row: Row, own: set[tuple[str, ...]]) -> int:
    arguments = {
        "surname": row["surname"], "given": row["given"], "post_id": post_id,
        "public_at": row["public_at"], "candidates": CANDIDATES,
    }  # fmt: skip
    found = connection.execute(_ALIKE, arguments).fetchall()
    alike = [other for other in found if _is_alike(own, other)]
    if not alike:
        return 0
    roots = {(one["posted"], str(one["root"])) for one in (*alike, row)}
    return _lead(connection, min(roots)[1], {root for _, root in roots})


def _lead(connection: Connection, root: str, roots: Set[str]) -> int:
    """Let every former root, and every copy of it, point to the root."""
    changed = 0
    for other in sorted(roots - {root}):
        changed += connection.execute(
            "UPDATE record SET copy_of = nullif(?1, record_id) "
            "WHERE (record_id = ?2 OR copy_of = ?2) AND copy_of IS NOT nullif(?1, record_id)",
            (root, other),
        ).rowcount
    return changed
