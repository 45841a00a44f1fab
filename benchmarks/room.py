"""A store of a million invented posts → how fast each page of an analyst's day is, stock beside it.

    python -m benchmarks.room [--posts 1000000] [--db FILE] [--rounds 60]

The store is made by SQL, not by collecting and resolving: persons with one to forty records in
posts and lists, events, decisions, a review queue. Both servers then answer over HTTP on this
machine, one request at a time, while a third process commits a batch of fifty posts four times
a second as the service does. Datasette as it comes serves the same file with the same SQLite.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import multiprocessing
import os
import random
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import numpy as np

from benchmarks.people import _package
from model import Batch, Claim, Outcome, Post, Reading, Record, Source, Span
from store import Store
from store.connection import Connection
from store.times import make_id, stamp

CHANNELS, LISTS = 40, ("dead", "captured", "exchange")
FIRST = date(2022, 3, 1)
DAYS = 1400
CLAIMS = ("sought", "captured", "released", "found_alive", "deceased")
STATUSES = ("missing", "captured", "released", "found_alive", "deceased")
TEXT = (
    "Помогите найти! {name}, {born} г.р., {place}. Служил в в/ч {unit}, не выходит на связь с "
    "начала месяца. Был под {seen}. Может, кто видел его в госпитале или знает сослуживцев, "
    "просим отозваться. Любая весть важна. Тел. [телефон]"
)
PLACES = ("Калуга", "Пермь", "Саратов", "Чита", "Улан-Удэ", "Кызыл", "Уфа", "Омск", "Курган", "Тверь")
SEEN = ("Суджей", "Работино", "Покровском", "Авдеевкой", "Кореневом")
CATEGORIES = ("conscript", "contract", "mobilised", "volunteer", None)
REGIONS = ("RU-KLU", "RU-PER", "RU-SAR", "RU-ZAB", "RU-BU", "RU-TY", "RU-BA", "RU-OMS", "RU-KGN",
           "RU-TVE", "RU-MOS", "RU-SVE", "RU-CHE", "RU-KDA", "RU-ROS", "RU-DA", "RU-TA", "RU-SA",
           "RU-IRK", "RU-KEM")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Man:
    """One invented person."""

    number: int
    surname: str
    given: str
    patronymic: str
    born: str
    region: str
    category: str | None
    unit: str
    first: int  # day of his first post, from FIRST

    @property
    def person_id(self) -> str:
        """As the resolver would hash it, no name in it."""
        return "p" + make_id("bench", self.number)

    @property
    def name(self) -> str:
        """Surname, given name, patronymic."""
        return f"{self.surname} {self.given} {self.patronymic}"


def men(count: int, seed: int) -> Iterator[Man]:
    """Names by their shares in the population, everything else at random."""
    chance = np.random.default_rng(seed)
    surnames, given = _package("surnames", None), _package("names", None)
    words = [table["text"].to_list() for table in (surnames, given)]
    shares = [table["count"].to_numpy().astype(float) for table in (surnames, given)]
    drawn = [
        chance.choice(len(word), count, p=share / share.sum())
        for word, share in zip((words[0], words[1], words[1]), (*shares, shares[1]), strict=True)
    ]
    born = chance.integers(1965, 2007, count)
    region = (chance.zipf(1.4, count) - 1) % len(REGIONS)
    first = (DAYS * chance.beta(1.6, 1.1, count)).astype(int)
    rest = chance.integers(0, 10_000, (count, 2))
    for n in range(count):
        yield Man(
            number=n, surname=words[0][drawn[0][n]], given=words[1][drawn[1][n]],
            patronymic=f"{words[1][drawn[2][n]].rstrip('аейь')}ович", born=str(born[n]),
            region=REGIONS[region[n]], category=CATEGORIES[rest[n, 0] % 5],
            unit=f"{10_000 + rest[n, 1] * 7 % 2500}", first=int(first[n]),
        )  # fmt: skip


def day_of(number: int) -> str:
    """A day from FIRST on, never after its last."""
    return (FIRST + timedelta(days=min(number, DAYS))).isoformat()


# The store


def build(db: Path, posts: int, seed: int = 7) -> None:
    """Write the store in one go: triggers off, indexes of text and the tally worked out after."""
    people = round(posts * 0.3)
    with Store.open(db, create=True) as store:
        store.save_sources(sources())
        connection = store.connection
        connection.execute("PRAGMA synchronous = OFF")
        triggers = connection.execute(
            "SELECT name, sql FROM sqlite_schema WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in triggers:
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("BEGIN IMMEDIATE")
        fill(connection, list(men(people, seed)), posts, random.Random(seed))
        for name in ("post_fts", "person_fts"):
            connection.execute(f"INSERT INTO {name} ({name}) VALUES ('rebuild')")  # noqa: S608
        for _, sql in triggers:
            connection.execute(sql)
        connection.execute("INSERT INTO standing_stale SELECT person_id FROM person")
        connection.execute("COMMIT")
        with store.writing():
            pass
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def sources() -> list[Source]:
    """Channels and lists."""
    return [
        *(Source(name=f"channel{n:02d}", kind="telegram", url=f"https://t.me/s/c{n}", path="",
                 owner=f"o{n}") for n in range(CHANNELS)),
        *(Source(name=name, kind="csv", url=f"{name}.csv", path="", claim=Claim.DECEASED, owner=name)
          for name in LISTS),
    ]  # fmt: skip


def fill(connection: Connection, people: Sequence[Man], posts: int, chance: random.Random) -> None:
    """Records and posts of each man, then what follows from them."""
    rows: dict[str, list[tuple[object, ...]]] = {}
    ordinal = 0
    spare = posts - len(people)
    for man in people:
        mean = spare / len(people)
        extra = min(39, int(chance.paretovariate(1.5) * mean * 0.45)) if mean else 0
        ordinal = _write_man(rows, man, 1 + extra, ordinal, chance)
        if man.number % 5000 == 4999:
            _flush(connection, rows)
    _flush(connection, rows)
    _queue(connection, people, chance)
    connection.execute(
        "INSERT INTO resolution (known_at, ran_at, persons_opened, persons_closed, persons_changed, "
        "events_opened, events_closed, decisions) VALUES (?, ?, ?, 0, 0, 0, 0, 0)",
        (KNOWN, KNOWN, len(people)),
    )


KNOWN = "2026-02-01T00:00:00.000000Z"


def _write_man(
    rows: dict[str, list[tuple[object, ...]]], man: Man, count: int, ordinal: int,
    chance: random.Random,
) -> int:  # fmt: skip
    records, events = [], [("missing", day_of(man.first))]
    for n in range(count):
        ordinal += 1
        listed = chance.random() < 0.06
        day = day_of(man.first + int(chance.expovariate(1 / 60)) * bool(n))
        claim = "sought" if not n else chance.choices(CLAIMS, (70, 10, 6, 6, 8))[0]
        if claim != "sought":
            events.append((STATUSES[CLAIMS.index(claim)], day))
        record_id = make_id("record", ordinal)
        records.append(record_id)
        at = f"{day}T{ordinal % 24:02d}:00:00.000000Z"
        place = make_id("post", ordinal)
        source = chance.choice(LISTS) if listed and n else f"channel{ordinal % CHANNELS:02d}"
        if listed and n:
            text = f"{man.name} · {man.born} · {day}"
            rows.setdefault("list_row", []).append(
                (place, source, ordinal, ordinal, text, "1", 1, at)
            )
        else:
            text = TEXT.format(
                name=man.name, born=man.born, place=PLACES[man.number % 10], unit=man.unit,
                seen=SEEN[ordinal % 5],
            )
            rows.setdefault("post", []).append((place, source, str(ordinal), at, day, text, "1", 1, at))
        spans = json.dumps([{"field": "name", "start": 17, "end": 17 + len(man.name), "rule": "n"}])
        rows.setdefault("record", []).append(
            (record_id, source, None if listed and n else place, place if listed and n else None, 0,
             man.surname, man.given, man.patronymic, man.born, man.category, man.unit, man.region,
             PLACES[man.number % 10], claim, int(claim == "sought"), "[]", spans, "1", at, day,
             at if claim == "sought" else None, day if claim == "sought" else None, at, KNOWN)
        )  # fmt: skip
        rows.setdefault("person_record", []).append((man.person_id, record_id, KNOWN))
        if n:
            left, right = sorted((records[0], record_id))
            rows.setdefault("decision", []).append(
                (left, right, "same", 14.0 + ordinal % 9, "model:1", 0, KNOWN, FINDINGS)
            )
    _describe(rows, man, records, events, chance)
    return ordinal


FINDINGS = json.dumps(
    [{"comparison": c, "level": "exact", "weight": w, "left": None, "right": None}
     for c, w in (("surname", 9.1), ("given", 5.2), ("patronymic", 6.0), ("birth", 4.8))]
)  # fmt: skip


def _describe(
    rows: dict[str, list[tuple[object, ...]]], man: Man, records: list[str],
    events: list[tuple[str, str]], chance: random.Random,
) -> None:  # fmt: skip
    events = list(dict.fromkeys(sorted(events, key=lambda e: (e[1], STATUSES.index(e[0])))))
    status, since = events[-1]
    sought = None if chance.random() < 0.08 else day_of(man.first)
    fields = (man.surname, man.given, man.patronymic, man.born, man.category, man.unit, man.region,
              PLACES[man.number % 10], sought)  # fmt: skip
    rows.setdefault("person", []).append(
        (man.person_id, man.name, man.name, *fields, status, since, int(chance.random() < 0.004),
         len(records), KNOWN)
    )  # fmt: skip
    rows.setdefault("person_version", []).append((man.person_id, KNOWN, *fields))
    for n, (what, day) in enumerate(events):
        rows.setdefault("status_event", []).append(
            (man.person_id, what, day, KNOWN, records[min(n, len(records) - 1)],
             "corroborated" if chance.random() < 0.3 else "reported", "[]", 0, KNOWN)
        )  # fmt: skip


_COLUMNS = {
    "post": "post_id, source, external_id, posted_at, posted_on, text, extractor, versions, learned_at",
    "list_row": "row_id, source, row, ordinal, text, extractor, versions, learned_at",
    "record": "record_id, source, post_id, row_id, ordinal, surname, given, patronymic, birth_date, "
    "category, unit, home_region, home_place, claim, asks, facts, spans, extractor, public_at, "
    "public_on, asked_at, asked_on, learned_at, known_from",
    "person": "person_id, name, names, surname, given, patronymic, birth_date, category, unit, "
    "home_region, home_place, sought_from, status, status_on, conflicting, records, first_known",
    "person_version": "person_id, known_from, surname, given, patronymic, birth_date, category, unit, "
    "home_region, home_place, sought_from",
    "person_record": "person_id, record_id, known_from",
    "status_event": "person_id, status, public_on, learned_at, record_id, evidence, retracts, "
    "retracted, known_from",
    "decision": "left_id, right_id, judgement, score, decided_by, is_human, decided_at, findings",
    "review": "left_id, right_id, score, findings, note, opened_at",
}


def _flush(connection: Connection, rows: dict[str, list[tuple[object, ...]]]) -> None:
    for table in _COLUMNS:
        if held := rows.pop(table, None):
            marks = ", ".join("?" * len(held[0]))
            connection.executemany(
                f"INSERT INTO {table} ({_COLUMNS[table]}) VALUES ({marks})",  # noqa: S608
                held,
            )


def _queue(connection: Connection, people: Sequence[Man], chance: random.Random) -> None:
    """One pair in two hundred men waits: neighbours of one surname where there are any."""
    firsts = connection.execute(
        "SELECT min(record_id) FROM person_record GROUP BY person_id ORDER BY random() LIMIT ?",
        (len(people) // 100,),
    ).fetchall()
    pairs = [
        (*sorted((a[0], b[0])), chance.gauss(2, 6), FINDINGS, None, KNOWN)
        for a, b in zip(firsts[::2], firsts[1::2], strict=False)
    ]
    _flush(connection, {"review": pairs})


# The writer


def keep_writing(db: Path, stop: multiprocessing.synchronize.Event) -> None:
    """Fifty new posts four times a second, through the same door as the service."""
    chance, number = random.Random(1), int(time.time())
    while not stop.is_set():
        began, now = time.monotonic(), datetime.now(UTC)
        number += 1
        posts, readings = [], []
        for n in range(50):
            name = f"Новосёлов Пробный{number} Ильич"
            text = TEXT.format(name=name, born=2000, place="Пермь", unit=12345, seen="Суджей")
            posts.append(
                Post(source="channel01", external_id=f"w{number}-{n}", posted_at=now, text="-")
            )
            record = Record(
                surname="Новосёлов", given=f"Пробный{chance.randrange(99)}", birth_date="2000",
                spans=(Span(field="name", start=17, end=30, rule="n"),),
            )  # fmt: skip
            readings.append(Reading(text=text, records=(record,), extractor="1"))
        with Store.open(db) as store:
            batch = Batch(source="channel01", posts=tuple(posts))
            store.save_batch(batch, readings, now)
        stop.wait(max(0.0, 0.25 - (time.monotonic() - began)))


# The measurement


def pages(connection: Connection) -> dict[str, list[str]]:
    """The pages of a day, several addresses of each; names asked for in oblique cases."""
    from russian.inflect import case_forms  # noqa: PLC0415

    people = connection.execute(
        "SELECT person_id, surname, given FROM person WHERE closed_at IS NULL AND surname <> '' "
        "ORDER BY random() LIMIT 60"
    ).fetchall()
    posts = connection.execute("SELECT post_id FROM post ORDER BY random() LIMIT 60").fetchall()
    pairs = connection.execute("SELECT review_id FROM review LIMIT 60").fetchall()
    asked = [(sorted(case_forms(row[1]))[-1], row[2]) for row in people]
    days = [day_of(n) for n in range(60, DAYS, 40)]
    return {
        "home": [f"/?as_of={day}" for day in days],
        "person": [f"/rollcall/person/{row[0]}" for row in people],
        "post": [f"/rollcall/post/{row[0]}" for row in posts],
        "people with facets": [f"/rollcall/person?status={s}" for s in STATUSES]
        + ["/rollcall/person", *(f"/rollcall/person?home_region={r}" for r in REGIONS)],
        "posts with facets": ["/rollcall/post", *(f"/rollcall/post?source=channel{n:02d}" for n in range(20))],
        "records with facets": ["/rollcall/record", *(f"/rollcall/record?claim={c}" for c in CLAIMS)],
        "search: surname": [f"/rollcall/person?_search={s}" for s, _ in asked],
        "search: full name": [f"/rollcall/person?_search={s}+{g}" for s, g in asked],
        "search: posts": [f"/rollcall/post?_search={s}+{g}" for s, g in asked],
        "review queue": ["/rollcall/review_queue"] * 5,
        "review pair": [f"/rollcall/review/{row[0]}" for row in pairs],
        "next pair": ["/-/review"] * 5,
        "next claim": ["/-/review/claims"] * 5,
        "tally on a day": [f"/rollcall/tally?as_of={day}" for day in days],
        "tally by region": [f"/rollcall/tally_by_region?as_of={day}" for day in days],
        "tally by unit": [f"/rollcall/tally_by_unit?as_of={day}" for day in days],
        "tally by day": ["/rollcall/tally_by_day"] * 5,
        "what changed": [f"/rollcall/status_changes?from_day={a}&to_day={b}"
                         for a, b in zip(days, days[1:], strict=False)],
        "newly missing": [f"/rollcall/newly_missing?from_day={a}&to_day={b}"
                          for a, b in zip(days, days[1:], strict=False)],
        "on each list": [f"/rollcall/overlaps?as_of={day}" for day in days],
        "list only": ["/rollcall/list_only"] * 5,
        "contradicting": ["/rollcall/contradicting"] * 5,
        "source health": ["/rollcall/source_health"] * 5,
        "dictionary": ["/rollcall/data_dictionary"] * 5,
        "index of questions": ["/rollcall"] * 5,
    }  # fmt: skip


def stock_path(name: str, path: str, db: Path, queries: dict[str, str]) -> str | None:
    """The nearest page of Datasette as it comes; None where it has none."""
    at = f"/{db.stem}"
    if name == "home":
        return "/"
    if name == "index of questions":
        return at
    if name.startswith("next"):
        return None
    kind = path.removeprefix("/rollcall/").partition("?")
    if kind[0] in queries:
        query = httpx.QueryParams({"sql": queries[kind[0]], **dict(httpx.QueryParams(kind[2]))})
        return f"{at}?{query}"
    facets = {"person": "&_facet=status&_facet=category", "post": "&_facet=source",
              "record": "&_facet=claim&_facet=source"}.get(kind[0], "")  # fmt: skip
    return f"{at}/{kind[0]}?{kind[2]}{facets}" if kind[2] or facets and "/" not in kind[0] else f"{at}/{kind[0]}"


@contextmanager
def server(command: list[str], port: int) -> Iterator[httpx.Client]:
    """A server of its own process, ready to answer."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"accept-language": "ru"})
    try:
        for _ in range(600):
            try:
                client.get("/-/actor.json")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield client
    finally:
        client.close()
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def measure(client: httpx.Client, paths: Sequence[str], rounds: int, limit: float) -> list[float]:
    """Milliseconds of each answer, the first of each kind left out; stops after `limit` seconds."""
    client.get(paths[0])
    taken, began = [], time.monotonic()
    for n in range(rounds):
        started = time.perf_counter()
        answer = client.get(paths[n % len(paths)])
        taken.append(1000 * (time.perf_counter() - started))
        if answer.status_code >= 400:  # out of its time: as slow as it was, and no page
            taken[-1] = float("inf")
        if time.monotonic() - began > limit:
            break
    return taken


def figure(taken: Sequence[float] | None) -> str:
    """p50/p95 of the answers."""
    if not taken:
        return "—"
    ordered = sorted(taken)
    p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95))
    return "/".join("error" if p == float("inf") else f"{p:.0f}" for p in (p50, p95))


def run(db: Path, rounds: int, *, stock: bool) -> None:
    """Serve the file both ways and print a line a page."""
    from store.datasette.queries import canned_queries  # noqa: PLC0415

    queries = {name: str(query["sql"]) for name, query in canned_queries().items()}
    with Store.open(db, read_only=True) as store:
        asked = pages(store.connection)
    port, other = free_port(), free_port()
    ours = [sys.executable, "-m", "cli", "--db", str(db), "serve", "--open", "--port", str(port)]
    theirs = [sys.executable, "-m", "datasette", str(db), "--port", str(other)]
    stop = multiprocessing.Event()
    writer = multiprocessing.Process(target=keep_writing, args=(db, stop))
    print(f"{'page':22} {'rollcall':>12} {'stock':>14}   p50/p95 ms, {rounds} requests, while writing")
    with server(ours, port) as mine:
        writer.start()
        try:
            found = {name: measure(mine, paths, rounds, 60) for name, paths in asked.items()}
        finally:
            stop.set()
            writer.join()
    stop.clear()
    beside: dict[str, list[float]] = {}
    if stock:
        writer = multiprocessing.Process(target=keep_writing, args=(db, stop))
        environment = dict(os.environ)
        os.environ["DATASETTE_LOAD_PLUGINS"] = ""
        with server(theirs, other) as plain:
            os.environ.clear()
            os.environ.update(environment)
            writer.start()
            try:
                for name, paths in asked.items():
                    same = [stock_path(name, path, db, queries) for path in paths]
                    known = [path for path in same if path]
                    if known:
                        beside[name] = measure(plain, known, max(8, rounds // 6), 15)
            finally:
                stop.set()
                writer.join()
    for name in asked:
        print(f"{name:22} {figure(found[name]):>12} {figure(beside.get(name)):>14}", flush=True)


def main() -> None:
    """Build the store where it is not there yet, then measure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000)
    parser.add_argument("--db", type=Path)
    parser.add_argument("--rounds", type=int, default=60)
    parser.add_argument("--no-stock", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        db = options.db or Path(folder) / "bench.db"
        if not db.exists():
            began = time.monotonic()
            build(db, options.posts)
            print(f"built in {time.monotonic() - began:.0f} s, {db.stat().st_size / 2**20:.0f} MB")
        run(db, options.rounds, stock=not options.no_stock)


if __name__ == "__main__":
    main()
