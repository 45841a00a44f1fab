"""A store of a million posts → seconds of tallies, snapshots and differences.

    python -m benchmarks.tally [--posts 1000000] [--rows 60000] [--db FILE]

The people are those of `people.py`, the persons its truth: what is measured is the counting, from
the tables that a resolution leaves. With `--db` an existing file is measured again.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from benchmarks.people import people
from dedupe.columns import CATEGORIES, CLAIMS
from dedupe.describe import describe
from model import Decision, Evidence, Source
from store import Store
from store.connection import Connection
from store.times import make_id, moscow_noon, stamp

NOW = datetime(2026, 1, 1, tzinfo=UTC)
CHUNK = 20_000  # persons resolved in one transaction
DAYS = ("2024-08-23", "2024-12-31", "2025-03-10", "2025-06-30", "2025-12-31")


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolution:
    """What `dedupe.resolve` would return for some of the persons."""

    clusters: Mapping[str, Sequence[str]]
    aliases: Sequence[tuple[str, str]] = ()
    decisions: Sequence[Decision] = ()
    review: Sequence[Decision] = ()


def build(path: Path, posts: int, rows: int) -> None:
    """Write the store: posts and rows without their long texts, then the persons."""
    table = people(posts, rows).sort("truth")
    with Store.open(path, create=True) as store:
        store.save_sources(
            Source(name=name, kind="posts", url="x", path="x.toml")
            for name in sorted(set(table["source"].to_list()))
        )
        with store.writing() as connection:
            _insert(connection, table)
        truth = dict(zip(table["record_id"], table["truth"], strict=True))
        ids = connection_ids(store.connection)
        members: dict[str, list[str]] = {}
        for record_id, external_id in ids:
            members.setdefault(make_id("person", truth[external_id]), []).append(record_id)
        for some in _chunks(sorted(members.items())):
            wanted = [record_id for _, records in some for record_id in records]
            stored = {one.record_id: one for one in store.stored_records(ids=wanted)}
            described = [describe(key, [stored[one] for one in records]) for key, records in some]
            store.save_resolution(Resolution(clusters=dict(some)), described, NOW)


def connection_ids(connection: Connection) -> list[tuple[str, str]]:
    """(record id, the id that `people` gave it)."""
    rows = connection.execute(
        "SELECT record_id, post.external_id FROM record JOIN post USING (post_id) UNION ALL "
        "SELECT record_id, list_row.external_id FROM record JOIN list_row USING (row_id)"
    )
    return [(row[0], row[1]) for row in rows]


def _chunks(items: list[tuple[str, list[str]]]) -> Iterator[list[tuple[str, list[str]]]]:
    for start in range(0, len(items), CHUNK):
        yield items[start : start + CHUNK]


def _insert(connection: Connection, table: pl.DataFrame) -> None:
    categories = {number: category.value for category, number in CATEGORIES.items()}
    claims = {number: claim.value for claim, number in CLAIMS.items()}
    posts, rows, records = [], [], []
    at = stamp(NOW)
    for number, row in enumerate(table.iter_rows(named=True)):
        listed, day = row["listed"], row["public"]
        public, parent = stamp(moscow_noon(day)), make_id("parent", row["record_id"])
        text = f"{row['surname']} {row['given']} {row['patronymic'] or ''}"
        if listed:
            rows.append((parent, row["source"], number, number, row["record_id"], text, at))
        else:
            posts.append((parent, row["source"], row["record_id"], public, day, text, at))
        asked = (public, day) if claims[row["claim"]] == "sought" and not listed else (None, None)
        records.append(
            (
                make_id("record", parent, 1), row["source"], None if listed else parent,
                parent if listed else None, row["surname"], row["given"], row["patronymic"],
                row["birth_date"], row["age"], categories.get(row["category"]),
                str(row["unit"]) if row["unit"] else None, row["region"], row["place"],
                row["contact"], claims[row["claim"]], int(asked[0] is not None), public, day,
                *asked, at, at,
            )
        )  # fmt: skip
    connection.executemany(
        "INSERT INTO post (post_id, source, external_id, posted_at, posted_on, text, extractor, "
        "versions, learned_at) VALUES (?, ?, ?, ?, ?, ?, 'b', 1, ?)", posts,
    )  # fmt: skip
    connection.executemany(
        "INSERT INTO list_row (row_id, source, row, ordinal, external_id, text, extractor, "
        "versions, learned_at) VALUES (?, ?, ?, ?, ?, ?, 'b', 1, ?)", rows,
    )  # fmt: skip
    connection.executemany(
        "INSERT INTO record (record_id, source, post_id, row_id, ordinal, surname, given, "
        "patronymic, birth_date, age, category, unit, home_region, home_place, last_contact, "
        "claim, asks, facts, spans, extractor, public_at, public_on, asked_at, asked_on, "
        "learned_at, known_from) VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', "
        "'[]', 'b', ?, ?, ?, ?, ?, ?)", records,
    )  # fmt: skip


def timed(name: str, work: Callable[[], object], times: int = 5) -> None:
    """Print median and worst of several runs, and the processor's own time: milliseconds."""
    took, cpu = [], []
    for _ in range(times):
        began, busy = time.perf_counter(), time.process_time()
        work()
        took.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - busy) * 1000)
    median, own = statistics.median(took), statistics.median(cpu)
    print(
        f"{name:<50} {median:>9.1f} ms  worst {max(took):>9.1f}  processor {own:>9.1f}", flush=True
    )


def measure(path: Path) -> None:
    """Print the times of every way to count."""
    with Store.open(path) as store:
        for table in ("post", "record", "person", "status_event", "standing", "tally_day"):
            (n,) = store.connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608
            print(f"{table:<14} {n:>9,}")
        for day in DAYS:
            for level in (Evidence.REPORTED, Evidence.CORROBORATED):
                timed(f"tally {day} {level}", lambda d=day, e=level: store.tally(d, evidence=e))  # type: ignore[misc]
        earlier = store.connection.execute(
            "SELECT known_at FROM resolution ORDER BY known_at DESC LIMIT 1 OFFSET 1"
        ).fetchone()
        known = earlier["known_at"] if earlier else None
        timed("tally at an earlier time known",
              lambda: store.tally(DAYS[2], known), 3)  # fmt: skip
        timed("nightly snapshot, three levels",
              lambda: [store.save_snapshot(DAYS[-1], one, NOW) for one in Evidence], 3)  # fmt: skip
        timed("diff of two days", lambda: store.diff("2025-03-10", "2025-03-17"), 3)
        timed("diff of a year", lambda: store.diff("2024-08-23", "2025-08-23"), 1)
        timed("diff of two times known",
              lambda: store.diff(DAYS[2], DAYS[2], first_known_at=known), 1)  # fmt: skip


def main() -> None:
    """Build a store, or take one, and measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--rows", type=int, default=60_000)
    parser.add_argument("--db", type=Path)
    chosen = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = chosen.db or Path(folder) / "tally.db"
        if not path.exists():
            began = time.perf_counter()
            build(path, chosen.posts, chosen.rows)
            print(json.dumps({"built_seconds": round(time.perf_counter() - began, 1)}), flush=True)
        measure(path)


if __name__ == "__main__":
    main()
