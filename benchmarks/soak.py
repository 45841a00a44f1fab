"""A thousand simulated channels → does collecting keep up, exactly, in bounded time and memory?

    python -m benchmarks.soak [--channels 1000] [--every 300] [--schedule 60:3000,5:12000,5:3000]
    python -m benchmarks.soak --short           five minutes at 3,000 posts a minute
    python -m benchmarks.soak --burst           five minutes at 12,000

Each channel is a host of its own, polled once in `--every` seconds by the production client,
collector, extraction and store, at the production pace (one request per 3 s a host). Time is not
compressed, and the first poll of each channel already finds what `--every` seconds bring. When the
schedule has ended each channel is polled once more; then the store must hold every post of the
ledger once, word for word, and nothing else. Not measured: resolution.
"""

from __future__ import annotations

import argparse
import asyncio
import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pipeline
from benchmarks.channels import Schedule, number, text
from model import Source
from scraper.client import Client, ClientSettings
from store import Store
from store.posts import Saved

FULL, SHORT, BURST = "60:3000,5:12000,5:3000", "5:3000", "5:12000"
COMMIT, DRIFT = 0.2, 0.05  # seconds of the 99th percentile; share of resident memory
ROOT = Path(__file__).parent.parent


@dataclass(slots=True)
class Figures:
    """What one soak gave."""

    commits: list[float] = field(default_factory=list)  # seconds of each transaction of a page
    memory: list[tuple[float, float]] = field(default_factory=list)  # seconds, MB resident
    late: list[float] = field(default_factory=list)  # seconds a poll began after its time
    polls: int = 0
    errors: list[str] = field(default_factory=list)
    new: int = 0  # posts that came in while it was measured
    posts: int = 0
    wrong: int = 0  # posts of the ledger that the store lacks, doubles or has otherwise
    seconds: float = 0.0
    processor: float = 0.0

    def p99(self) -> float:
        return statistics.quantiles(self.commits, n=100)[98]

    def drift(self) -> float:
        """The last fifth of the measured time against the first."""
        end = self.memory[-1][0]
        first = [mb for at, mb in self.memory if at <= end / 5]
        last = [mb for at, mb in self.memory if at >= end * 4 / 5]
        return statistics.median(last) / statistics.median(first) - 1


async def here(_host: str, _port: int) -> list[str]:
    """Every channel's host is this machine."""
    return ["127.0.0.1"]


@contextmanager
def channels(words: list[str]) -> Iterator[int]:
    """The server, in a process of its own; its port."""
    command = [sys.executable, "-m", "benchmarks.channels", *words]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None  # noqa: S101  for the types
        try:
            yield int(process.stdout.readline())
        finally:
            process.kill()


@contextmanager
def timed_commits(figures: Figures) -> Iterator[None]:
    """Each `Store.save_batch` told with its seconds and its new posts."""
    whole: Callable[..., Saved] = Store.save_batch

    def timed(*given: object, **named: object) -> Saved:
        began = time.perf_counter()
        saved = whole(*given, **named)
        figures.commits.append(time.perf_counter() - began)
        figures.new += saved.new
        return saved

    Store.save_batch = timed  # type: ignore[method-assign, assignment]
    try:
        yield
    finally:
        Store.save_batch = whole  # type: ignore[method-assign]


class Soak:
    """One run."""

    def __init__(self, schedule: Schedule, db: Path, port: int) -> None:
        self.schedule, self.db = schedule, db
        self.figures = Figures()
        self.sources = [
            Source(
                name=f"k{n:04}", kind="telegram", url=f"http://k{n:04}.example:{port}/s/k{n:04}",
                path=f"k{n:04}.toml", every=timedelta(seconds=schedule.every),
            )
            for n in range(schedule.channels)
        ]  # fmt: skip
        self.turns = asyncio.Semaphore(64)  # as the scheduler has it

    async def run(self) -> Figures:
        pipeline.register(self.db, self.sources)
        settings = ClientSettings(contact="desk@newsroom.example", allow_loopback=True,
                                  resolve=here, attempts=2)  # fmt: skip
        async with Client(replace(settings, pace=0.0)) as client:
            await self._all(client)  # the history before the start: the warm-up
        async with Client(settings) as client:
            if time.time() > self.schedule.start:
                sys.exit("the warm-up took longer than it may: give --lead SECONDS")
            await asyncio.sleep(max(0.0, self.schedule.start - time.time()))
            used, began = cpu(), time.monotonic()
            with timed_commits(self.figures):
                watching = asyncio.create_task(self._watch(began))
                polls = [self._poll(client, n, s) for n, s in enumerate(self.sources)]
                await asyncio.gather(*polls)
                watching.cancel()
            self.figures.seconds = time.monotonic() - began
            self.figures.processor = cpu() - used
            await self._all(client)
        self._audit()
        return self.figures

    async def _all(self, client: Client) -> None:
        await asyncio.gather(*(self._one(client, source) for source in self.sources))

    async def _one(self, client: Client, source: Source) -> None:
        async with self.turns:
            ended = await pipeline.collect_source(source, self.db, client, clock)
        if ended.error:
            self.figures.errors.append(ended.error)

    async def _poll(self, client: Client, n: int, source: Source) -> None:
        due = self.schedule.start + self.schedule.every * n / self.schedule.channels
        while due < self.schedule.end:
            await asyncio.sleep(max(0.0, due - time.time()))
            self.figures.late.append(time.time() - due)
            await self._one(client, source)
            self.figures.polls += 1
            due += self.schedule.every

    async def _watch(self, began: float) -> None:
        while True:
            self.figures.memory.append((time.monotonic() - began, resident()))
            await asyncio.sleep(2)

    def _audit(self) -> None:
        """The store against the ledger, post by post."""
        with sqlite3.connect(self.db) as connection:
            found = connection.execute(
                "SELECT external_id, text, deleted_at, versions FROM post"
            ).fetchall()
        connection.close()
        held = {name: rest for name, *rest in found}
        owed = {
            f"k{n:04}/{number(k)}": [text(n, k), None, 1]
            for n in range(self.schedule.channels)
            for k in range(1, self.schedule.posts(n, self.schedule.end + 60) + 1)
        }
        self.figures.posts = len(owed)
        self.figures.wrong = sum(held.get(name) != told for name, told in owed.items())
        self.figures.wrong += len(held.keys() - owed.keys()) + len(found) - len(held)


LEAD = 0.4  # seconds for the warm-up of one channel
HISTORY = 80  # posts of each channel before the start


def clock() -> datetime:
    return datetime.now(UTC)


def cpu() -> float:
    """Processor seconds of this process and of the readers it started."""
    own, children = (
        resource.getrusage(w) for w in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    return own.ru_utime + own.ru_stime + children.ru_utime + children.ru_stime


def resident() -> float:
    """MB resident."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[1])
    return pages * resource.getpagesize() / 2**20


def soak(number_of: int, every: float, told: str, lead: float | None = None) -> Figures:
    """Run it. `lead`: seconds for the warm-up, before the schedule starts."""
    start = float(int(time.time() + (lead or 30 + LEAD * number_of)))
    words = [str(number_of), str(start), str(every), str(HISTORY), told]
    with tempfile.TemporaryDirectory() as folder, channels(words) as port:
        return asyncio.run(Soak(Schedule.read(words), Path(folder) / "soak.db", port).run())


def table(figures: Figures) -> str:
    """The figures beside what was promised."""
    minutes = figures.seconds / 60
    lines = [
        ("polls", f"{figures.polls}", ""),
        ("new posts a minute", f"{figures.new / minutes:.0f}", ""),
        ("posts of the ledger", f"{figures.posts}", ""),
        ("lost, doubled or otherwise", f"{figures.wrong}", "0"),
        ("collections failed", f"{len(figures.errors)}", "0"),
        ("commit, median", f"{1000 * statistics.median(figures.commits):.0f} ms", ""),
        ("commit, p99", f"{1000 * figures.p99():.0f} ms", f"< {1000 * COMMIT:.0f} ms"),
        ("memory", f"{figures.memory[0][1]:.0f} → {figures.memory[-1][1]:.0f} MB", ""),
        ("drift of memory", f"{figures.drift():+.1%}", f"< {DRIFT:.0%}"),
        ("a poll began late by, p99", f"{statistics.quantiles(figures.late, n=100)[98]:.1f} s", ""),
        ("processor", f"{figures.processor / figures.seconds:.0%} of one core", ""),
        ("processor per 1,000 posts", f"{1000 * figures.processor / figures.new:.2f} s", ""),
        ("measured", f"{minutes:.1f} min", ""),
    ]
    return "\n".join(f"{name:28}{value:>22}   {bound}" for name, value, bound in lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channels", type=int, default=1000)
    parser.add_argument("--every", type=float, default=300.0)
    parser.add_argument("--schedule", default=FULL)
    parser.add_argument("--short", action="store_const", dest="schedule", const=SHORT)
    parser.add_argument("--burst", action="store_const", dest="schedule", const=BURST)
    parser.add_argument("--lead", type=float, help="seconds for the warm-up")
    given = parser.parse_args()
    figures = soak(given.channels, given.every, given.schedule, given.lead)
    print(table(figures))
    for error in figures.errors[:5]:
        print(error)
    good = not figures.wrong and not figures.errors
    sys.exit(not (good and figures.p99() < COMMIT and figures.drift() < DRIFT))


if __name__ == "__main__":
    main()
