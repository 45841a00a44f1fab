"""A store, a folder of sources and a clock → collection on schedule, until told to stop.

One tick job asks the store which sources are due. Nothing is kept in memory that a killed
process would lose: schedule, cursors and health stand in the store.
"""

from __future__ import annotations

import asyncio
import fcntl
import logging
import os
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog
from apscheduler.events import (
    EVENT_JOB_ERROR,
    EVENT_JOB_MAX_INSTANCES,
    EVENT_JOB_MISSED,
    JobEvent,
)
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.base import BaseTrigger

import monitor
import pipeline
from model import AlreadyRunning, RollcallError, Source
from monitor import JUMP, ClockWatch, notify
from scraper import sources as folder
from scraper.client import Client, ClientSettings
from store import Store, intact, retention, trouble, vault, watch
from store.times import moscow_day
from store.trouble import Ended

DRAIN = 8.0  # seconds given to running work after SIGTERM; systemd and we promise ten
QUIET = timedelta(days=7)  # a store older than that at the start: is it the clock?
EVENTS = EVENT_JOB_ERROR | EVENT_JOB_MISSED | EVENT_JOB_MAX_INSTANCES


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """How the service runs. Times are seconds."""

    db: Path
    sources: Path
    client: ClientSettings
    tick: float = 60.0
    patience: float = 30.0  # of a tick for its sources; a slower one goes on while others tick
    at_once: int = 64  # sources being collected
    source_deadline: float = 1800.0  # of one source's collection; the cursor keeps what it did
    tick_deadline: float = 5400.0  # of a whole tick, resolution included
    metrics_port: int | None = None
    jitter: float = 0.1  # of the tick, so that services of one host do not fall in step
    keep_text_days: int | None = None  # older posts lose their text; None: never

    @property
    def pulse_bound(self) -> float:
        """Seconds within which a tick must have been done."""
        return self.tick_deadline + 5 * self.tick


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


class Every(BaseTrigger):  # type: ignore[misc]  # APScheduler has no types
    """A tick so many seconds from now, however long ago the last one was due: after sleep, or a
    clock put forward by a year, one is missed and not half a million.
    """

    def __init__(self, seconds: float, jitter: float) -> None:
        self.seconds, self.jitter = seconds, jitter  # jitter: share of the seconds

    def get_next_fire_time(self, previous: datetime | None, now: datetime) -> datetime:
        """When the next one is due."""
        return now + timedelta(seconds=self.seconds * random.uniform(1 - self.jitter, 1))  # noqa: S311


async def serve(settings: Settings) -> None:
    """Run until SIGTERM or SIGINT. Raises AlreadyRunning, SourceInvalid, StoreUnusable at start."""
    sources = folder.load(settings.sources)
    with exclusive(settings.db):
        pipeline.register(settings.db, sources)
        with Store.open(settings.db) as store:
            whole = intact.check(store.connection, settings.db)
            # an erasure may have been killed
            vault.sweep(store.connection, vault.folder(settings.db))
        configure_logs()
        if not whole:
            told = "too large to be checked at the start; `rollcall doctor` checks it to its end"
            structlog.get_logger().warning("integrity", told=told)
        async with Client(settings.client) as client:
            await Service(settings, client, sources).run()


class Service:
    """The loop of one process: starts a tick, hears signals, drains."""

    def __init__(self, settings: Settings, client: Client, sources: Sequence[Source]) -> None:
        self.settings = settings
        self.client = client
        self.sources = sources
        self.metrics = monitor.Metrics()
        self.pulse = monitor.Pulse(settings.pulse_bound)
        self.clock = ClockWatch(client.settings.clock)
        self.collecting: dict[str, asyncio.Task[None]] = {}
        self.slots = asyncio.Semaphore(settings.at_once)
        self.faults: list[RollcallError] = []
        self.expired_on: str | None = None
        self.log = structlog.get_logger()
        self.stopping = asyncio.Event()
        self.working: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Tick on schedule until told to stop, then drain."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        self.metrics.set("tick_bound_seconds", self.settings.pulse_bound)
        if self.settings.metrics_port is not None:
            monitor.serve(self.settings.metrics_port, self.settings.db, self.metrics, self.pulse)
        await asyncio.to_thread(self._check_clock)
        timer = self._timer()
        timer.start()
        pacing = asyncio.create_task(self.keep_pace(timer))
        notify("READY=1")
        self.log.info("started", sources=len(self.sources), tick=self.settings.tick)
        await self.stopping.wait()
        notify("STOPPING=1")
        pacing.cancel()
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
            Every(self.settings.tick, self.settings.jitter),
            next_run_time=datetime.now(UTC),
            id="tick",
            misfire_grace_time=None,  # the default second loses runs
            coalesce=True,
            max_instances=1,
        )
        timer.add_listener(self._alarm, EVENTS)
        return timer

    async def keep_pace(self, timer: AsyncIOScheduler) -> None:
        """Where the wall's clock was put back the timer would wait for the old time to come again:
        then tick now. Looks once in a tick, by a clock that no one sets.
        """
        while True:
            await asyncio.sleep(self.settings.tick)
            job, now = timer.get_job("tick"), datetime.now(UTC)
            late = now + 2 * timedelta(seconds=self.settings.tick)
            if job is not None and job.next_run_time > late:
                job.modify(next_run_time=now)

    def _alarm(self, event: JobEvent) -> None:
        names = {EVENT_JOB_ERROR: "failed", EVENT_JOB_MISSED: "missed"}
        self.log.error("tick_" + names.get(event.code, "still_running"))

    async def _drain(self) -> bool:
        """Let what runs end; after DRAIN seconds cancel it. True: nothing is left."""
        tasks = {task for task in (self.working, *self.collecting.values()) if task}
        if not tasks:
            return True
        _, running = await asyncio.wait(tasks, timeout=DRAIN)
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
            self._failed("tick_deadline", seconds=self.settings.tick_deadline)
        except RollcallError as error:
            self._failed("tick_failed", error=str(error))
        except Exception as error:  # the one isolation point of the service
            # The error's own text could quote a post: only its kind and place are logged.
            self._failed("tick_failed", error=place(error))
        else:
            self.metrics.ticks.inc()
            self.metrics.set("last_tick", time.time())
            self.pulse.beat()

    def _failed(self, event: str, **told: object) -> None:
        self.metrics.failed_ticks.inc()
        self.log.error(event, **told)

    async def _tick(self) -> None:
        if moved := self.clock.jumped():
            self.metrics.clock_jumps.inc()
            self.log.error("clock_jumped", seconds=round(moved))  # or the machine slept so long
        await asyncio.to_thread(self._reload)
        due = [s for s in await asyncio.to_thread(self._due) if s.name not in self.collecting]
        if due:
            self.log.info("collecting", sources=[source.name for source in due])
            begun = {self._begin(source) for source in due}
            await asyncio.wait(begun, timeout=self.settings.patience)
        await asyncio.to_thread(self._tell_states)
        if not self.stopping.is_set():
            await asyncio.to_thread(self._resolve)
            await asyncio.to_thread(self._expire)
            await asyncio.to_thread(self._measure)
        if self.faults:
            fault, self.faults = self.faults[0], []
            raise fault

    def _begin(self, source: Source) -> asyncio.Task[None]:
        """Collect a source beside the others; a slow one holds up neither them nor the tick."""
        task = asyncio.create_task(self._collect(source), name=source.name)
        self.collecting[source.name] = task
        task.add_done_callback(lambda _: self.collecting.pop(source.name, None))
        return task

    async def _collect(self, source: Source) -> None:
        began = self.settings.client.clock()
        try:
            async with self.slots:
                await pipeline.collect_round(
                    [source],
                    self.settings.db,
                    self.client,
                    self.settings.client.clock,
                    deadline=self.settings.source_deadline,
                    done=self._collected,
                )
        except RollcallError as error:  # not the source's fault, but the store's: the tick's too
            self.faults.append(error)
        except Exception as error:  # a bug met by one source is that source's failure
            told = f"{source.name}: {place(error)}"
            self.log.error("collection_failed", source=source.name, error=place(error))
            await asyncio.to_thread(self._note_failure, source, told, began)

    def _note_failure(self, source: Source, told: str, began: datetime) -> None:
        now = self.settings.client.clock()
        with pipeline.WRITER, Store.open(self.settings.db) as store:
            store.record_attempt(source.name, Ended(error=told), started_at=began, now=now)

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

    def _tell_states(self) -> None:
        with Store.open(self.settings.db) as store:
            states = trouble.states(store.connection)
            odd = trouble.odd(store.connection, self.settings.client.clock())
        self.metrics.state.clear()
        self.metrics.odd.clear()
        for name, told in odd.items():
            self.metrics.odd.labels(name).set(told)
        for name, state in states.items():
            self.metrics.state.labels(name, state).set(1)

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
        with pipeline.WRITER:
            done = pipeline.resolve_nightly(self.settings.db, now, folder)
            done = done or pipeline.resolve_if_needed(self.settings.db, now, folder)
            pipeline.snapshot(self.settings.db, moscow_day(now), now)
        if done is not None:
            self.log.info("resolved", records=done.records, persons=done.persons,
                          review=done.review, full=done.full,
                          seconds=round(done.seconds, 3))  # fmt: skip

    def _check_clock(self) -> None:
        """A store that was left alone for long, or is ahead of the clock, makes it doubtful."""
        now = self.settings.client.clock()
        with Store.open(self.settings.db) as store:
            newest = watch.look(store.connection, self.settings.db, now).newest
        if newest and (now - newest > QUIET or newest - now > timedelta(seconds=JUMP)):
            self.clock.doubt()
            self.log.warning("clock_doubtful", store=newest.isoformat(), clock=now.isoformat())

    def _expire(self) -> None:
        """Once a day: texts that were kept long enough go, if the clock is to be trusted."""
        now, days = self.settings.client.clock(), self.settings.keep_text_days
        if days is None or self.expired_on == moscow_day(now) or not self.clock.trusted:
            return
        try:
            with pipeline.WRITER, Store.open(self.settings.db) as store:
                done = retention.expire_texts(store, days, "service", now)
        except RollcallError as error:
            self.log.error("expiry_failed", error=str(error))
            return
        self.expired_on = moscow_day(now)
        self.log.info("expired", posts=done)

    def _measure(self) -> None:
        now = self.settings.client.clock()
        with Store.open(self.settings.db, read_only=True) as store:
            self.metrics.take(watch.look(store.connection, self.settings.db, now), now)
        self.metrics.set("collecting", len(self.collecting))


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
