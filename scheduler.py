"""A store, a folder of sources and a clock → collection on schedule, until told to stop.

One tick job asks the store which sources are due. Nothing is kept in memory that a killed
process would lose: schedule, cursors and health stand in the store.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import signal
import socket
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import structlog
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from prometheus_client import CollectorRegistry, Counter, Gauge, start_http_server

import pipeline
from model import AlreadyRunning, RollcallError, Source
from scraper import sources as folder
from scraper.client import Client, ClientSettings
from store import Store
from store.times import moscow_day

DRAIN = 8.0  # seconds given to running work after SIGTERM; systemd and we promise ten
EVENTS = EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the service runs. Times are seconds."""

    db: Path
    sources: Path
    client: ClientSettings
    tick: float = 60.0
    source_deadline: float = 1800.0  # of one source's collection; the cursor keeps what it did
    tick_deadline: float = 5400.0  # of a whole tick, resolution included
    metrics_port: int | None = None
    jitter: float = 0.1  # of the tick, so that services of one host do not fall in step


class Metrics:
    """What Prometheus may ask of the service; no names of people, no texts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.ticks = Counter("rollcall_ticks", "Ticks done", registry=self.registry)
        self.collections = Counter(
            "rollcall_collections", "Collections", ["source", "outcome"], registry=self.registry
        )
        self.news = Counter("rollcall_news", "New posts and rows", registry=self.registry)
        self.persons = Gauge("rollcall_persons", "Persons described", registry=self.registry)
        self.review = Gauge("rollcall_review", "Pairs to be reviewed", registry=self.registry)
        self.last_tick = Gauge("rollcall_last_tick", "Unix time of it", registry=self.registry)


@contextmanager
def exclusive(db: Path) -> Iterator[None]:
    """Hold the store against a second service; the lock dies with the process, however it ends.

    Raises AlreadyRunning with the process id of the other.
    """
    path = db.with_name(f"{db.name}.lock")
    with path.open("a+", encoding="ascii") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "?"
            raise AlreadyRunning(f"{db}: a service is running on it (process {holder})") from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises AlreadyRunning, SourceInvalid, StoreUnusable at start."""
    sources = folder.load(settings.sources)
    with exclusive(settings.db):
        pipeline.register(settings.db, sources)
        configure_logs()
        async with Client(settings.client) as client:
            await Service(settings, client, sources).run()


class Service:
    """The loop of one process: starts a tick, hears signals, drains."""

    def __init__(self, settings: Settings, client: Client, sources: Sequence[Source]) -> None:
        self.settings = settings
        self.client = client
        self.sources = sources
        self.metrics = Metrics()
        self.log = structlog.get_logger()
        self.stopping = asyncio.Event()
        self.working: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Tick on schedule until told to stop, then drain."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        if self.settings.metrics_port:
            start_http_server(self.settings.metrics_port, "127.0.0.1", self.metrics.registry)
        timer = self._timer()
        timer.start()
        notify("READY=1")
        self.log.info("started", sources=len(self.sources), tick=self.settings.tick)
        await self.stopping.wait()
        notify("STOPPING=1")
        timer.pause()
        drained = await self._drain()
        timer.shutdown(wait=False)
        self.log.info("stopped", drained=drained)
        if not drained:
            # A thread that resolves cannot be stopped. What it had not committed, SQLite rolls
            # back, and the next start does again; waiting for it would break the ten seconds.
            sys.stderr.flush()
            os._exit(0)

    def _timer(self) -> AsyncIOScheduler:
        timer = AsyncIOScheduler(timezone=UTC)
        timer.add_job(
            self.tick,
            "interval",
            seconds=self.settings.tick,
            jitter=self.settings.tick * self.settings.jitter,
            next_run_time=datetime.now(UTC),
            id="tick",
            misfire_grace_time=None,  # the default second loses runs
            coalesce=True,
            max_instances=1,
        )
        timer.add_listener(self._alarm, EVENTS)
        return timer

    def _alarm(self, event: JobEvent) -> None:
        names = {EVENT_JOB_ERROR: "failed", EVENT_JOB_MISSED: "missed"}
        self.log.error("tick_" + names.get(event.code, "still_running"))

    async def _drain(self) -> bool:
        """Let the running tick end; after DRAIN seconds cancel it. True: nothing is left."""
        if self.working is None or self.working.done():
            return True
        _, running = await asyncio.wait({self.working}, timeout=DRAIN)
        for task in running:
            task.cancel()
        return not running

    async def tick(self) -> None:
        """One tick within its deadline; whatever happens in it, the next one comes."""
        self.working = asyncio.current_task()
        try:
            async with asyncio.timeout(self.settings.tick_deadline):
                await self._tick()
        except TimeoutError:
            self.log.error("tick_deadline", seconds=self.settings.tick_deadline)
        except RollcallError as error:
            self.log.error("tick_failed", error=str(error))
        except Exception as error:  # the one isolation point of the service
            # The error's own text could quote a post: only its kind and place are logged.
            self.log.error("tick_failed", error=place(error))
        else:
            self.metrics.ticks.inc()
            self.metrics.last_tick.set_to_current_time()
            notify("WATCHDOG=1")

    async def _tick(self) -> None:
        await asyncio.to_thread(self._reload)
        due = await asyncio.to_thread(self._due)
        if due:
            self.log.info("collecting", sources=[source.name for source in due])
            await pipeline.collect_round(
                due,
                self.settings.db,
                self.client,
                self.settings.client.clock,
                deadline=self.settings.source_deadline,
                done=self._collected,
            )
        if not self.stopping.is_set():
            await asyncio.to_thread(self._resolve)

    def _reload(self) -> None:
        """Take up edited TOML files; a wrong one is named, and the last good folder stays."""
        try:
            self.sources = folder.load(self.settings.sources)
        except RollcallError as error:
            self.log.error("sources_unusable", error=str(error))
        pipeline.register(self.settings.db, self.sources)

    def _due(self) -> list[Source]:
        with Store.open(self.settings.db) as store:
            names = store.due_sources(self.settings.client.clock())
        known = {source.name: source for source in self.sources}
        return [known[name] for name in names if name in known]

    def _collected(self, ended: pipeline.Collected) -> None:
        outcome = "failed" if ended.error else "ok"
        self.metrics.collections.labels(ended.source, outcome).inc()
        self.metrics.news.inc(ended.saved.new)
        self.log.info(
            "collected",
            source=ended.source,
            outcome=outcome,
            new=ended.saved.new,
            changed=ended.saved.changed,
            gone=ended.saved.gone,
            seconds=round(ended.seconds, 3),
            error=ended.error,
        )

    def _resolve(self) -> None:
        """Resolve what is new since the last time, all of it once a night; keep the day's tally."""
        now, folder = self.settings.client.clock(), self.settings.sources
        done = pipeline.resolve_nightly(self.settings.db, now, folder)
        done = done or pipeline.resolve_if_needed(self.settings.db, now, folder)
        if done is not None:
            self.metrics.persons.set(done.persons)
            self.metrics.review.set(done.review)
            self.log.info("resolved", records=done.records, persons=done.persons,
                          review=done.review, full=done.full,
                          seconds=round(done.seconds, 3))  # fmt: skip
        pipeline.snapshot(self.settings.db, moscow_day(now), now)


def place(error: BaseException) -> str:
    """The kind of an error and where it was raised, without its text."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"


def configure_logs() -> None:
    """JSON lines on stderr; libraries' own logs are silent below an error: they quote addresses."""
    logging.getLogger("apscheduler").setLevel(logging.CRITICAL)  # our listener tells it
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ],
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
    )


def notify(state: str) -> None:
    """Tell systemd (Type=notify); nothing where the service runs without it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.send(state.encode())
