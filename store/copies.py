"""A new post's records → those that repeat an earlier post about the same man, by its text."""

from __future__ import annotations

import re
from collections.abc import Set

from store.connection import Connection, Row
from store.gate import CUT

SHINGLE = 3  # words
SHORTEST = 10  # shingles: of less text, likeness proves nothing
SHARE = 0.45  # of the shorter text's shingles that stand in the longer one
LIKELY = 0.15  # of the sketch: what is less alike is not looked at
SKETCH_ERROR = 0.09  # of a likeness estimated by 32 places, one standard deviation
CANDIDATES = 50  # posts about a man of this name, the nearest in time

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


def likeness(one: bytes, other: bytes) -> float:
    """The share of equal places of two sketches, 0 to 1."""
    places = zip(memoryview(one).cast("H"), memoryview(other).cast("H"), strict=True)
    return 2 * sum(left == right for left, right in places) / len(one)


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
        from store.sketches import sketch  # noqa: PLC0415  numpy, of which few posts make use

        return is_probable_copy((len(own), sketch(own)), (other["size"], other["sketch"]))
    return is_copy(own, shingles(other["text"]))


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
    return lead(connection, min(roots)[1], {root for _, root in roots})


def lead(connection: Connection, root: str, roots: Set[str]) -> int:
    """Let every former root, and every copy of it, point to the root."""
    changed = 0
    for other in sorted(roots - {root}):
        changed += connection.execute(
            "UPDATE record SET copy_of = nullif(?1, record_id) "
            "WHERE (record_id = ?2 OR copy_of = ?2) AND copy_of IS NOT nullif(?1, record_id)",
            (root, other),
        ).rowcount
    return changed
