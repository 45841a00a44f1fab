"""A store of a million invented posts → how fast each page of an analyst's day is, stock beside it.

    python -m benchmarks.room [--posts 1000000] [--db FILE] [--rounds 60]

Both servers then answer over HTTP on this machine, one request at a time and page by page in
turn, while a third process commits a batch of fifty posts four times a second as the service
does. Datasette as it comes serves the same file with the same SQLite.
"""

from __future__ import annotations

import argparse
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
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import httpx

from benchmarks.room_store import CLAIMS, DAYS, REGIONS, STATUSES, TEXT, build, day_of
from model import Batch, Post, Reading, Record, Span
from store import Store
from store.connection import Connection


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


FIND = "/rollcall/person?closed_at__isnull=1&_search="


def pages(connection: Connection) -> dict[str, list[str]]:
    """The pages of a day, several addresses of each; names asked for in oblique cases."""
    from russian.inflect import case_forms  # noqa: PLC0415

    people = connection.execute(
        "SELECT person_id, surname, given FROM person WHERE closed_at IS NULL AND surname <> '' "
        "ORDER BY random() LIMIT 60"
    ).fetchall()
    posts = connection.execute("SELECT post_id FROM post ORDER BY random() LIMIT 60").fetchall()
    pairs = connection.execute("SELECT review_id FROM review LIMIT 60").fetchall()
    unclear = connection.execute("SELECT row_id FROM doubtful_row LIMIT 60").fetchall()
    asked = [(sorted(case_forms(row[1]))[-1], row[2]) for row in people]
    days = [day_of(n) for n in range(60, DAYS, 40)]
    return {
        "home": [f"/?as_of={day}" for day in days],
        "person": [f"/rollcall/person/{row[0]}" for row in people],
        "post": [f"/rollcall/post/{row[0]}" for row in posts],
        "people with facets": [
            f"/rollcall/person?closed_at__isnull=1{more}"
            for more in ("", *(f"&status={s}" for s in STATUSES),
                         *(f"&sought_from__notblank=1&status={s}" for s in STATUSES),
                         *(f"&home_region={r}" for r in REGIONS))
        ],
        "posts with facets": ["/rollcall/post",
                              *(f"/rollcall/post?source=channel{n:02d}" for n in range(20))],
        "records with facets": ["/rollcall/record",
                                *(f"/rollcall/record?claim={c}" for c in CLAIMS)],
        "search: surname": [f"{FIND}{s}" for s, _ in asked],
        "search: full name": [f"{FIND}{s}+{g}" for s, g in asked],
        "search: posts": [f"/rollcall/post?_search={s}+{g}" for s, g in asked],
        "review queue": ["/rollcall/review_queue"] * 5,
        "review pair": [f"/rollcall/review/{row[0]}" for row in pairs],
        "next pair": ["/-/review"] * 5,
        "next claim": ["/-/review/claims"] * 5,
        "unclear rows": ["/rollcall/doubtful_rows"] * 5,
        "unclear row": [f"/rollcall/doubtful_row/{row[0]}" for row in unclear],
        "next row": ["/-/review/rows"] * 5,
        "men behind a figure": [
            f"/rollcall/counted_men?as_of={day}{more}" for day in days[::4]
            for more in ("", "&status=missing", "&status=captured&category=conscript",
                         f"&region={REGIONS[0]}", f"&status=deceased&region={REGIONS[1]}")
        ],
        "men as known earlier": [
            f"/rollcall/counted_men?as_of={a}&known_at={b}T12:00:00Z&status=missing"
            for a, b in pairwise(days)
        ],
        "tally on a day": [f"/rollcall/tally?as_of={day}" for day in days],
        "tally by region": [f"/rollcall/tally_by_region?as_of={day}" for day in days],
        "tally by unit": [f"/rollcall/tally_by_unit?as_of={day}" for day in days],
        "tally as known earlier": [
            f"/rollcall/tally?as_of={a}&known_at={b}T12:00:00Z" for a, b in pairwise(days)
        ],
        "home as known earlier": [f"/?as_of={a}&known_at={b}T12:00:00Z" for a, b in pairwise(days)],
        "tally by day": ["/rollcall/tally_by_day"] * 5,
        "what changed": [f"/rollcall/status_changes?from_day={a}&to_day={b}"
                         for a, b in pairwise(days)],
        "newly missing": [f"/rollcall/newly_missing?from_day={a}&to_day={b}"
                          for a, b in pairwise(days)],
        "on each list": [f"/rollcall/overlaps?as_of={day}" for day in days],
        "list only": ["/rollcall/list_only"] * 5,
        "contradicting": ["/rollcall/contradicting"] * 5,
        "model against editors": ["/rollcall/calibration"] * 5,
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
    return (
        f"{at}/{kind[0]}?{kind[2]}{facets}"
        if kind[2] or (facets and "/" not in kind[0])
        else f"{at}/{kind[0]}"
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A server's client, and the process whose time is counted."""

    client: httpx.Client
    process: int

    def cpu(self) -> float:
        """Milliseconds of processor the server has used so far."""
        ticks = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2].split()[11:13]
        return 1000 * sum(map(int, ticks)) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True, kw_only=True)
class Taken:
    """Milliseconds of each answer, and the processor's milliseconds for one."""

    answers: list[float]
    cpu: float


@contextmanager
def server(command: list[str], port: int) -> Iterator[Served]:
    """A server of its own process, ready to answer."""
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    client = httpx.Client(
        base_url=f"http://127.0.0.1:{port}", timeout=60, headers={"accept-language": "ru"}
    )
    try:
        for _ in range(600):
            try:
                client.get("/-/actor.json")
                break
            except httpx.TransportError:
                time.sleep(0.2)
        yield Served(client=client, process=process.pid)
    finally:
        client.close()
        process.terminate()
        process.wait(20)


def free_port() -> int:
    """A port nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def measure(served: Served, paths: Sequence[str], rounds: int, limit: float) -> Taken:
    """A number of answers, the first of each kind left out; stops after `limit` seconds."""
    client = served.client
    client.get(paths[0])
    taken: list[float] = []
    began, used = time.monotonic(), served.cpu()
    for n in range(rounds):
        started = time.perf_counter()
        answer = client.get(paths[n % len(paths)])
        taken.append(1000 * (time.perf_counter() - started))
        if answer.status_code >= 400:  # out of its time: as slow as it was, and no page
            taken[-1] = float("inf")
        if time.monotonic() - began > limit:
            break
    return Taken(answers=taken, cpu=(served.cpu() - used) / len(taken))


def figure(taken: Taken | None) -> str:
    """p50/p95 of the answers, and the processor's share."""
    if taken is None:
        return "—"
    ordered = sorted(taken.answers)
    p50, p95 = (ordered[min(len(ordered) - 1, int(len(ordered) * q))] for q in (0.5, 0.95))
    shown = "/".join("error" if p == float("inf") else f"{p:.0f}" for p in (p50, p95))
    return f"{shown} ({taken.cpu:.0f})"


def run(db: Path, rounds: int, *, stock: bool) -> None:
    """Serve the file both ways at once and print a line a page, each asked of both in turn."""
    from store.datasette.queries import canned_queries  # noqa: PLC0415

    queries = {name: str(query["sql"]) for name, query in canned_queries().items()}
    with Store.open(db, read_only=True) as store:
        asked = pages(store.connection)
    port, other = free_port(), free_port()
    ours = [sys.executable, "-m", "cli", "--db", str(db), "serve", "--open", "--port", str(port)]
    theirs = [sys.executable, "-m", "datasette", str(db), "--port", str(other)]
    print(f"p50/p95 ms (processor), {rounds} requests, while writing; {_load()}")
    print(f"{'page':22} {'rollcall':>18} {'stock':>20}")
    with server(ours, port) as mine, _as_it_comes(theirs, other) as plain, _writing(db):
        for name, paths in asked.items():
            found, beside = measure(mine, paths, rounds, 60), None
            known = [p for path in paths if (p := stock_path(name, path, db, queries))]
            if stock and known:
                beside = measure(plain, known, max(8, rounds // 6), 15)
            print(f"{name:22} {figure(found):>18} {figure(beside):>20}", flush=True)
    print(_load())


def _load() -> str:
    """How busy the machine is: a wall time says little where others wait for the processors."""
    return f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors"


@contextmanager
def _writing(db: Path) -> Iterator[None]:
    """A service that writes, in a process of its own."""
    stop = multiprocessing.Event()
    writer = multiprocessing.Process(target=keep_writing, args=(db, stop))
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join()


@contextmanager
def _as_it_comes(command: list[str], port: int) -> Iterator[Served]:
    """Datasette without the plugins that happen to be installed."""
    held = os.environ.get("DATASETTE_LOAD_PLUGINS")
    os.environ["DATASETTE_LOAD_PLUGINS"] = ""
    try:
        with server(command, port) as served:
            yield served
    finally:
        if held is None:
            os.environ.pop("DATASETTE_LOAD_PLUGINS", None)
        else:
            os.environ["DATASETTE_LOAD_PLUGINS"] = held


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
