"""A large store of invented people, then news → seconds from their text to persons and a tally.

    python -m benchmarks.increment [1000000] [--news 1000] [--store FILE] [--profile] [--again N]

`--store` keeps the store, or takes the one that is there: making it costs minutes. It is made in
bulk (texts, records, one grouping of them all by the production linkage, persons described in
SQL) and settled by one batch of news, which works out what all persons lack (held weeks, sums by
day). A store that other code made is taken as if this code had: then the seconds are right, the
persons need not be. What is measured is the production path: `pipeline.read`, `Store.save_batch`,
`pipeline.resolve`, `Store.tally`, each at its wall and processor time, in a process that has
resolved something before, as the service has.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import shutil
import tempfile
import time
import zlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import polars as pl

import pipeline
from benchmarks.people import people
from dedupe import engine, load
from dedupe.candidates import kept_pairs
from dedupe.columns import columns
from dedupe.linking import grouped, weighed
from dedupe.resolving import Trace
from dedupe.scorer import scorer
from dedupe.statistics import fit_statistics, shares_of
from dedupe.weights import among_many
from model import Batch, Claim, Post, Source
from store import Store
from store.due import was_read
from store.linkage_saving import Fitted, news, save_all
from store.times import make_id

LEARNED = "2025-06-01T00:00:00.000000Z"
NOW = datetime(2025, 6, 2, tzinfo=UTC)
CLAIMS = [claim.value for claim in Claim]
CATEGORIES = ("conscript", "contract", "mobilised", "volunteer")
STATUS = {"sought": "missing"}
STORIES = [
    line
    for line in Path(__file__).with_name("people_stories.tsv").read_text("utf-8").splitlines()
    if not line.startswith("#")
]
NOBODY = np.empty((0, 2), np.int32)


def make(path: Path, table: pl.DataFrame) -> None:
    """A resolved store of these records."""
    names = sorted({*table["source"].unique().to_list(), "news"})
    sources = [Source(name=name, kind="posts", url="x", path=f"{name}.toml") for name in names]
    with Store.open(path, create=True) as store:
        store.save_sources(replace(source, owner=source.name) for source in sources)
        store.connection.execute("PRAGMA synchronous = OFF")
        parents = _ids(table)
        records = [make_id("record", one, 1) for one in parents]
        table = table.with_columns(
            parent=pl.Series(parents),
            external_id=pl.Series(parents),
            record_id=pl.Series(records),
            copied=pl.Series(records),
        ).sort("record_id")
        with store.writing() as connection:
            for query, rows in _texts(table):
                connection.executemany(query, rows)
        trace = _linked(table)
        with store.writing() as connection:
            _persons(connection, table, trace)
            weights = load()
            statistics = trace.statistics
            if statistics is None:
                raise RuntimeError("a first grouping takes statistics")
            read = news(connection, None)
            save_all(connection, read, (engine(weights), "2025-06-01"), trace,
                     Fitted(**statistics.plain()))  # fmt: skip
            was_read(connection, read.due)
        store.connection.execute("ANALYZE")


def adopt(path: Path) -> None:
    """Take what is kept of the last resolution for the work of this code."""
    with Store.open(path) as store, store.writing() as connection:
        connection.execute("UPDATE linkage SET engine = ?", (engine(load()),))


def _ids(table: pl.DataFrame) -> list[str]:
    kinds = table["listed"].to_list()
    return [
        make_id("row" if listed else "post", source, external)
        for listed, source, external in zip(
            kinds, table["source"], table["external_id"], strict=True
        )
    ]


def _texts(table: pl.DataFrame) -> Iterable[tuple[str, Iterable[tuple[object, ...]]]]:
    posts, rows = table.filter(~pl.col("listed")), table.filter(pl.col("listed"))
    yield (
        "INSERT INTO post (post_id, source, external_id, posted_at, posted_on, text, extractor, "
        "versions, learned_at) VALUES (?, ?, ?, ?, ?, ?, '1', 1, ?)",
        (
            (r["parent"], r["source"], r["parent"], f"{r['public']}T12:00:00+03:00", r["public"],
             text_of(r), LEARNED)
            for r in posts.iter_rows(named=True)
        ),
    )  # fmt: skip
    yield (
        "INSERT INTO list_row (row_id, source, row, ordinal, text, extractor, versions, "
        "learned_at) VALUES (?, ?, ?, ?, ?, '1', 1, ?)",
        (
            (r["parent"], r["source"], n, n, text_of(r), LEARNED)
            for n, r in enumerate(rows.iter_rows(named=True))
        ),
    )
    yield (
        "INSERT INTO record (record_id, source, post_id, row_id, ordinal, surname, given, "
        "patronymic, birth_date, age, category, unit, home_region, home_place, last_contact, "
        "claim, asks, facts, spans, extractor, public_at, public_on, asked_at, asked_on, "
        "learned_at, known_from) "
        "VALUES (?, ?, ?, ?, 1, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, '[]', '[]', '1', ?, ?, ?, ?, "
        "?, ?)",
        (_record(r) for r in table.iter_rows(named=True)),
    )


def _record(r: dict[str, object]) -> tuple[object, ...]:
    listed, claim, day = r["listed"], CLAIMS[int(str(r["claim"]))], r["public"]
    category = None if r["category"] is None else CATEGORIES[int(str(r["category"]))]
    at, asks = f"{day}T09:00:00.000000Z", not listed and claim == "sought"
    return (
        r["record_id"], r["source"], None if listed else r["parent"],
        r["parent"] if listed else None, r["surname"], r["given"], r["patronymic"],
        r["birth_date"], r["age"], category, r["unit"] and str(r["unit"]), r["region"],
        r["place"], r["contact"], claim, int(asks), at, day, at if asks else None,
        day if asks else None, LEARNED, LEARNED,
    )  # fmt: skip


def text_of(r: dict[str, object]) -> str:
    """A post such as a mother would write."""
    parts = [f"Ищу сына: {r['surname']} {r['given']} {r['patronymic'] or ''}".strip()]
    born = str(r["birth_date"] or "")
    if len(born) == 10:
        parts.append(f"{born[8:]}.{born[5:7]}.{born[:4]} г.р.")
    elif born:
        parts.append(f"{born} г.р.")
    if r["unit"]:
        parts.append(f"в/ч {r['unit']}")
    if r["contact"]:
        contact = str(r["contact"])
        parts.append(f"на связь не выходит с {contact[8:]}.{contact[5:7]}.{contact[:4]}")
    told = np.random.default_rng(zlib.crc32(str(r["external_id"]).encode())).choice(
        STORIES, 5, False
    )
    return ", ".join(parts) + ". Помогите найти. " + " ".join(told)


def _linked(table: pl.DataFrame) -> Trace:
    weights = load()
    normal = columns(table, weights.floors)
    statistics = fit_statistics(normal, weights)
    weights = weights if statistics.names is None else among_many(weights)
    scoring = scorer(normal, weights, shares_of(statistics, normal, weights))
    edges = weighed(normal, scoring, kept_pairs(normal, statistics.common), weights)
    links = grouped(scoring, edges, (NOBODY, NOBODY), weights)
    return Trace(table["record_id"].to_list(), normal, links, statistics, {})


def _persons(connection: object, table: pl.DataFrame, trace: Trace) -> None:
    """Persons by the grouping, described by their first record: enough for a tally."""
    ids, roots = trace.ids, trace.links.roots.tolist()
    person = ["p" + ids[root] for root in roots]
    run = connection.executemany  # type: ignore[attr-defined]
    first = [(person[n], one) for n, one in enumerate(ids) if roots[n] == n]
    run("INSERT INTO person (person_id, name, names, surname, given, patronymic, birth_date, "
        "category, home_region, sought_from, status, status_on, conflicting, records, first_known) "
        "SELECT ?, coalesce(surname, '') || ' ' || coalesce(given, ''), coalesce(surname, '') || "
        "' ' || coalesce(given, ''), surname, given, patronymic, birth_date, category, "
        "home_region, asked_on, 'missing', public_on, 0, 1, learned_at FROM record "
        "WHERE record_id = ?", first)  # fmt: skip
    run("INSERT INTO person_record VALUES (?, ?, ?, NULL)",
        ((of, one, LEARNED) for of, one in zip(person, ids, strict=True)))  # fmt: skip
    run("INSERT INTO person_version (person_id, known_from, surname, given, patronymic, "
        "birth_date, category, home_region, sought_from) SELECT person_id, first_known, surname, "
        "given, patronymic, birth_date, category, home_region, sought_from FROM person "
        "WHERE person_id = ?", ((of,) for of, _ in first))  # fmt: skip
    run("INSERT INTO status_event (person_id, status, public_on, learned_at, record_id, evidence, "
        "retracts, retracted, known_from) SELECT ?, CASE claim WHEN 'sought' THEN 'missing' ELSE "
        "claim END, public_on, learned_at, record_id, 'reported', '[]', 0, learned_at "
        "FROM record WHERE record_id = ?", zip(person, ids, strict=True))  # fmt: skip
    run("INSERT INTO resolution (known_at, ran_at, persons_opened, persons_closed, "
        "persons_changed, events_opened, events_closed, decisions) VALUES (?, ?, 0, 0, 0, 0, 0, 0)",
        [(LEARNED, LEARNED)])  # fmt: skip


def timed(name: str, work: Callable[[], object], spent: dict[str, tuple[float, float]]) -> object:
    """Do the work; note wall and processor seconds."""
    wall, cpu = time.perf_counter(), time.process_time()
    done = work()
    spent[name] = time.perf_counter() - wall, time.process_time() - cpu
    return done


def bring(path: Path, table: pl.DataFrame, now: datetime) -> dict[str, tuple[float, float]]:
    """News from their text to persons and tally; the seconds of each step."""
    spent: dict[str, tuple[float, float]] = {}
    posts = tuple(
        Post(source="news", external_id=f"{now:%H%M}-{n}", posted_at=now - timedelta(days=1),
             text=text_of(row))
        for n, row in enumerate(table.iter_rows(named=True))
    )  # fmt: skip
    source = Source(name="news", kind="posts", url="x", path="news.toml")
    batch = Batch(source="news", posts=posts)
    found = timed("read the texts", lambda: pipeline.read(batch, source), spent)

    def save() -> object:
        with Store.open(path) as store:
            return store.save_batch(found.batch, found.readings, now)  # type: ignore[attr-defined]

    def tally() -> object:
        with Store.open(path) as store:
            return store.tally("2025-06-30")["total"]

    timed("save posts and records", save, spent)
    done = timed("resolve", lambda: pipeline.resolve(path, now), spent)
    total = timed("tally", tally, spent)
    print(f"  {done}; counted {total}")
    return spent


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("size", type=int, nargs="?", default=1_000_000)
    parser.add_argument("--news", type=int, default=1000)
    parser.add_argument("--store", type=Path)
    parser.add_argument("--profile", action="store_true")
    parser.add_argument("--again", type=int, default=3, help="batches of news, the first to warm")
    parser.add_argument("--seed", type=int, default=5)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        path = arguments.store or Path(folder) / "large.db"
        wanted = arguments.size + arguments.news * (arguments.again + 1)
        table = people(wanted, arguments.size * 3 // 10, arguments.seed)
        fresh = table.filter(~pl.col("listed")).tail(wanted - arguments.size)
        if not path.exists():
            start = time.perf_counter()
            make(path, table.join(fresh, on="record_id", how="anti"))
            bring(path, fresh.tail(arguments.news), NOW - timedelta(hours=12))
            print(f"made {path.stat().st_size >> 20} MB in {time.perf_counter() - start:.0f} s")
        work = Path(folder) / "work.db"
        shutil.copy(path, work)
        adopt(work)
        profile = cProfile.Profile()
        for turn in range(arguments.again):
            batch = fresh.slice(turn * arguments.news, arguments.news)
            if arguments.profile and turn:
                profile.enable()
            spent = bring(work, batch, NOW + timedelta(minutes=turn))
            profile.disable()
            for name, (wall, cpu) in spent.items():
                print(f"  {name:24} {wall:6.2f} s  ({cpu:5.2f} s of processor)")
            walls, cpus = zip(*spent.values(), strict=True)
            print(f"  {'together':24} {sum(walls):6.2f} s  ({sum(cpus):5.2f} s of processor)\n")
        if arguments.profile:
            pstats.Stats(profile).sort_stats("cumulative").print_stats(45)


if __name__ == "__main__":
    main()
