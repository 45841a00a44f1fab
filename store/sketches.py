"""Posts → sketches of their texts, and by these the near-copies among the records of one man.

Sketches are made when persons are resolved, or when a text is about to expire: numpy, which makes
them, weighs more than all a collecting process needs of it.
"""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass
from functools import cache
from itertools import combinations

import numpy as np

from store.connection import Connection, Row
from store.copies import LIKELY, SHORTEST, is_copy, is_probable_copy, lead, likeness, shingles
from store.gate import CUT

Sketch = tuple[str, int, bytes]  # a post, the shingles of its text, and their sketch

Shingles = set[tuple[str, ...]]
Texts = Callable[[str], tuple[Row, Shingles]]

_AT_ONCE = 20_000  # records looked up in one query
_PRIME = np.uint64(4_294_967_311)  # the least above 2³²
# 32 factors and terms below 2³¹: any, but for ever the same.
_FACTORS = np.frombuffer(bytes.fromhex(
    "954c422dcce7747b10f35324e17645092a725827e171055fdb46335adac06666"
    "1f05916a67daae7e581fc261fc5db0449cefce2e884ab2657b9df20c96a2f961"
    "2d06ba747941942d9534d85ce845b11bc21fda4635cf5f294ce79a3b8f395a6c"
    "0a694c5fcc72593ea9211d03bdc2e85618a1115b54ed137d86c0d4769fc8b768"
), "<u4").astype(np.uint64)  # fmt: skip
_TERMS = np.frombuffer(bytes.fromhex(
    "dc1221149bcb292fdbdaea0649d48a2ae5eb5632b74a9d39d726b96521a69a1c"
    "a612017ea833336d9314ab0c001b6946ac475c2ed1b0af59a68861385832170d"
    "166f843779b70d165b72cf7304559037e6424d04d02c726adcfe087d3f1a2049"
    "cd73c21742413120cdcb6d312851ea275f479e5471ae473b6b6c261f5939c618"
), "<u4").astype(np.uint64)  # fmt: skip

_UNSKETCHED = """
SELECT post_id, text FROM json_each(:posts) AS wanted JOIN post ON post.post_id = wanted.value
WHERE text <> :cut AND NOT EXISTS (SELECT 1 FROM post_sketch AS made
  WHERE made.post_id = post.post_id)
"""
_POSTS = """
SELECT DISTINCT post_id FROM json_each(:members) AS link
JOIN record ON record.record_id = link.value ->> 1 WHERE post_id IS NOT NULL
"""
_MEMBERS = """
SELECT link.value ->> 0 AS person, record.record_id, record.source,
  coalesce(record.copy_of, record.record_id) AS root, post.post_id, post_sketch.sketch,
  julianday(post.posted_at) AS posted
FROM json_each(:members) AS link JOIN record ON record.record_id = link.value ->> 1
JOIN post ON post.post_id = record.post_id
LEFT JOIN post_sketch ON post_sketch.post_id = post.post_id
"""


def sketch(text: Set[tuple[str, ...]]) -> bytes:
    """MinHash: of each of 32 hash functions the least value over the shingles, 16 bits of it.

    The share of equal places estimates the Jaccard likeness of two texts (Broder 1997), ±.09.
    """
    hashes = np.array([zlib.crc32(" ".join(one).encode()) for one in sorted(text)], np.uint64)
    least = ((hashes[:, None] * _FACTORS + _TERMS) % _PRIME).min(axis=0)
    return bytes((least & 0xFFFF).astype("<u2").tobytes())


@dataclass(frozen=True, slots=True, kw_only=True)
class Copies:
    """Near-copies found among the records of one man, not marked yet."""

    sketches: Sequence[Sketch]  # made on the way, to be kept
    families: Sequence[tuple[str, frozenset[str]]]  # the root, and the roots that it takes in
    records: frozenset[str]  # in whose posts they were found


def make(connection: Connection, posts: Collection[str]) -> None:
    """Keep the sketches of posts whose texts are long enough to prove anything."""
    _keep(connection, _made(connection, posts))


def _made(connection: Connection, posts: Collection[str]) -> list[Sketch]:
    """The sketches of posts that have none yet."""
    wanted = {"posts": json.dumps(list(posts)), "cut": CUT}
    texts = connection.execute(_UNSKETCHED, wanted).fetchall()
    said = ((row["post_id"], shingles(row["text"])) for row in texts)
    return [(post, len(own), sketch(own)) for post, own in said if len(own) >= SHORTEST]


def _keep(connection: Connection, sketches: Sequence[Sketch]) -> None:
    connection.executemany(
        "INSERT INTO post_sketch VALUES (?, ?, ?) ON CONFLICT DO NOTHING", sketches
    )


def fold_copies(
    connection: Connection, clusters: Mapping[str, Sequence[str]], news: Set[str]
) -> frozenset[str]:
    """Find and mark near-copies; returns the records marked."""
    found = find_copies(connection, clusters.values(), news)
    return mark(connection, found)


def mark(connection: Connection, copies: Copies) -> frozenset[str]:
    """Lead every copy that was found to the root of its family; returns the records."""
    _keep(connection, copies.sketches)
    for root, roots in copies.families:
        lead(connection, root, roots)
    return copies.records


def find_copies(
    connection: Connection, clusters: Iterable[Sequence[str]], news: Set[str]
) -> Copies:
    """Near-copies among the records of one man, under whatever name each has him. Reads only.

    Only men of whom one of the records `news` speaks are looked at. Sketches find the pairs, the
    texts decide.
    """
    asked = [
        (man, record)
        for man, members in enumerate(clusters)
        if len(members) > 1 and not news.isdisjoint(members)
        for record in members
    ]
    told: defaultdict[int, list[Row]] = defaultdict(list)
    sketches: list[Sketch] = []
    for start in range(0, len(asked), _AT_ONCE):
        some = json.dumps(asked[start : start + _AT_ONCE])
        posts = [row["post_id"] for row in connection.execute(_POSTS, {"members": some})]
        sketches += _made(connection, posts)
        for row in connection.execute(_MEMBERS, {"members": some}):
            told[row["person"]].append(row)
    fresh = {post: of for post, _, of in sketches}
    families: list[tuple[str, frozenset[str]]] = []
    records: set[str] = set()
    texts = _texts(connection)
    for rows in told.values():
        found, ends = _fold(texts, rows, fresh)
        families += found
        records |= ends
    return Copies(sketches=sketches, families=families, records=frozenset(records))


def _fold(
    texts: Texts, rows: Sequence[Row], fresh: Mapping[str, bytes]
) -> tuple[list[tuple[str, frozenset[str]]], set[str]]:
    """The families of copies among one man's posts, and the records they were found by.

    What a pair was found to be counts for the next one: else of three copies the third would be
    led now to the first, now to the second, and every run would find something to mark.
    """
    roots = {str(row["record_id"]): str(row["root"]) for row in rows}
    drawn = {row["post_id"]: row["sketch"] or fresh.get(row["post_id"], b"") for row in rows}
    rows = [row for row in rows if drawn[row["post_id"]]]
    families, records = list[tuple[str, frozenset[str]]](), set[str]()
    for one, other in combinations(rows, 2):
        ends = {str(one["record_id"]), str(other["record_id"])}
        found = frozenset(roots[end] for end in ends)
        posts = one["post_id"], other["post_id"]
        if len(found) == 1 or posts[0] == posts[1]:
            continue
        alike = likeness(drawn[posts[0]], drawn[posts[1]]) >= LIKELY
        if alike and _same_text(texts, *posts):
            first = min((one, other), key=lambda row: (row["posted"], row["record_id"]))
            root = roots[str(first["record_id"])]
            families.append((root, found))
            records |= ends
            roots |= {record: root for record, held in roots.items() if held in found}
    return families, records


def _texts(connection: Connection) -> Texts:
    """What a post says, read once: its row, and the shingles of its text."""

    @cache
    def read(post_id: str) -> tuple[Row, Shingles]:
        row = connection.execute(
            "SELECT text, size, sketch FROM post LEFT JOIN post_sketch USING (post_id) "
            "WHERE post_id = ?",
            (post_id,),
        ).fetchone()
        return row, shingles(row["text"])

    return read


def _same_text(texts: Texts, one: str, other: str) -> bool:
    (first, said), (second, repeated) = texts(one), texts(other)
    if CUT in (first["text"], second["text"]):
        return is_probable_copy(
            (first["size"], first["sketch"]), (second["size"], second["sketch"])
        )
    return is_copy(said, repeated)
