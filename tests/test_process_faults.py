"""The service under wrong clocks, hung work, slow sources, signals; clocks are moved by hand."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from apscheduler.executors.asyncio import AsyncIOExecutor
from apscheduler.schedulers import base
from server import HOLD, Server, answer
from small import COMMAND, Small

import monitor
import pipeline
import scheduler
from model import RollcallError, StoreUnusable
from scraper import sources as folder
from scraper.client import Client, ClientSettings
from scraper.sources import load
from store import Store, watch
from store.trouble import Ended

NOON = datetime(2024, 9, 1, 9, 0, tzinfo=UTC)
YEAR = timedelta(days=365)


class Hands:
    """Two clocks, moved by hand."""

    def __init__(self, now: datetime = NOON) -> None:
        self.now, self.seconds = now, 0.0

    def wall(self) -> datetime:
        return self.now

    def steady(self) -> float:
        return self.seconds

    def passes(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


def ticked(
    small: Small,
    hands: Hands,
    ticks: int = 1,
    between: Callable[[int], None] = lambda _: None,
    **settings: object,
) -> scheduler.Service:
    """A service after so many ticks; `between` is called before each."""
    scheduler.configure_logs()
    client_settings = ClientSettings(allow_loopback=True, clock=hands.wall)
    chosen = scheduler.Settings(
        db=small.db,
        sources=small.sources,
        client=client_settings,
        **settings,  # type: ignore[arg-type]
    )

    async def run() -> scheduler.Service:
        sources = load(small.sources)
        pipeline.register(small.db, sources)
        async with Client(client_settings) as client:
            service = scheduler.Service(chosen, client, sources)
            service.clock = monitor.ClockWatch(hands.wall, hands.steady)
            service.pulse = monitor.Pulse(chosen.pulse_bound, hands.steady)
            for number in range(ticks):
                between(number)
                await service.tick()
            for task in service.collecting.values():
                task.cancel()
            await asyncio.gather(*service.collecting.values(), return_exceptions=True)
            return service

    return asyncio.run(run())


def told(text: str, event: str) -> list[dict[str, object]]:
    return [line for line in map(json.loads, text.splitlines()) if line["event"] == event]


@pytest.fixture
def pings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], list[bytes]]]:
    """What systemd would have heard so far."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.setblocking(False)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))

        def heard() -> list[bytes]:
            found = []
            while True:
                try:
                    found.append(listening.recv(100))
                except BlockingIOError:
                    return found

        yield heard


def test_the_watchdog_hears_of_ticks_that_advanced(
    fresh: Small, pings: Callable[[], list[bytes]]
) -> None:
    ticked(fresh, Hands(), ticks=2)
    assert pings() == [b"WATCHDOG=1"] * 2


def test_the_watchdog_hears_nothing_of_a_tick_that_failed(
    fresh: Small, pings: Callable[[], list[bytes]], capfd: pytest.CaptureFixture[str]
) -> None:
    def break_store(number: int) -> None:
        if number:
            for path in fresh.folder.glob("count.db*"):
                path.unlink()
            fresh.db.mkdir()

    service = ticked(fresh, Hands(), ticks=2, between=break_store)
    assert pings() == [b"WATCHDOG=1"]
    assert len(told(capfd.readouterr().err, "tick_failed")) == 1
    assert service.metrics.registry.get_sample_value("rollcall_ticks_failed_total") == 1


def test_a_hung_job_ends_at_its_deadline_and_the_next_tick_comes(
    fresh: Small,
    pings: Callable[[], list[bytes]],
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = threading.Event()
    monkeypatch.setattr(scheduler.Service, "_resolve", lambda _: release.wait(30))

    def second(number: int) -> None:
        if number:
            release.set()
            monkeypatch.setattr(scheduler.Service, "_resolve", lambda _: None)

    service = ticked(fresh, Hands(), ticks=2, between=second, tick_deadline=3.0)
    assert len(told(capfd.readouterr().err, "tick_deadline")) == 1
    assert service.metrics.registry.get_sample_value("rollcall_ticks_total") == 1
    assert pings() == [b"WATCHDOG=1"]


def test_slow_sources_hold_up_nobody(fresh: Small, capfd: pytest.CaptureFixture[str]) -> None:
    hands = Hands()
    with Server({"/feed.xml": [answer(b"")[:20], HOLD]}) as server:
        for number in range(12):
            fresh.add(f"slow{number}", f'kind = "rss"\nurl = "{server.url}/feed.xml"\n')
        fresh.add("channel", 'kind = "posts"\nurl = "../posts.jsonl"\nevery = "1m"\n')
        began = time.monotonic()
        service = ticked(
            fresh, hands, ticks=3, between=lambda n: hands.passes(90 * bool(n)), patience=3.0
        )
        assert time.monotonic() - began < 60
    ended = [line["source"] for line in told(capfd.readouterr().err, "collected")]
    assert ended.count("channel") >= 2  # its period is a minute; the slow ones never answer
    assert service.metrics.registry.get_sample_value("rollcall_ticks_total") == 3
    assert service.metrics.registry.get_sample_value("rollcall_collecting") == 12


def test_a_bug_met_by_one_source_is_its_failure_alone(
    fresh: Small, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    collect = pipeline.collect_source

    async def buggy(source, *rest, **more):  # type: ignore[no-untyped-def]
        if source.name == "captured":
            raise ZeroDivisionError("Крутицын")
        return await collect(source, *rest, **more)

    monkeypatch.setattr(pipeline, "collect_source", buggy)
    service = ticked(fresh, Hands())
    (line,) = told(capfd.readouterr().err, "collection_failed")
    assert "Крутицын" not in json.dumps(line, ensure_ascii=False)
    assert service.metrics.registry.get_sample_value("rollcall_ticks_total") == 1
    with Store.open(fresh.db, read_only=True) as store:
        failures = {str(row["name"]): row["failures"] for row in store.health()}
    assert failures == {"captured": 1, "channel": 0, "deceased": 0}


@pytest.mark.parametrize("jump", [YEAR, -YEAR], ids=["ahead", "back"])
def test_a_clock_a_year_off_and_put_right_again(
    fresh: Small, jump: timedelta, capfd: pytest.CaptureFixture[str]
) -> None:
    hands = Hands()

    def turn(number: int) -> None:
        hands.passes(60)
        hands.now += {1: jump, 2: -jump}.get(number, timedelta(0))

    service = ticked(fresh, hands, ticks=3, between=turn, keep_text_days=30)
    moved = [line["seconds"] for line in told(capfd.readouterr().err, "clock_jumped")]
    assert moved == [jump.total_seconds(), -jump.total_seconds()]
    assert not service.clock.trusted
    with Store.open(fresh.db) as store:
        (kept,) = store.connection.execute(
            "SELECT count(*) FROM post WHERE text <> '[…]'"
        ).fetchone()
        assert kept == 5  # nothing expired by a wrong clock
        hands.passes(86400 * 2)
        assert set(store.due_sources(hands.now)) == {"captured", "channel", "deceased"}
        assert watch.look(store.connection, fresh.db, hands.now).ahead(hands.now) == timedelta(0)
        times = [r[0] for r in store.connection.execute(
            "SELECT known_at FROM resolution ORDER BY resolution_id")]  # fmt: skip
    assert times == sorted(times)


def test_an_hour_is_no_jump_and_sleep_is_one() -> None:
    hands = Hands()
    clock = monitor.ClockWatch(hands.wall, hands.steady)
    hands.passes(3 * 3600)
    assert clock.jumped() == 0
    hands.now += timedelta(hours=3)  # suspended: the steady clock stands still
    assert clock.jumped() == 3 * 3600
    assert clock.jumped() == 0
    assert not clock.trusted
    hands.passes(86401)
    assert clock.trusted


def test_a_suspended_machine_ticks_once_not_a_hundred_times(fresh: Small) -> None:
    """After three hours asleep, APScheduler finds 180 missed ticks due: one is run."""

    async def run() -> int:
        settings = ClientSettings(allow_loopback=True)
        chosen = scheduler.Settings(db=fresh.db, sources=fresh.sources, client=settings)
        async with Client(settings) as client:
            timer = scheduler.Service(chosen, client, load(fresh.sources))._timer()
            timer.start(paused=True)
            job = timer.get_job("tick")
            asleep = datetime.now(UTC) - timedelta(hours=3)
            job.modify(next_run_time=asleep)
            ran: list[datetime] = []

            async def once() -> None:
                ran.append(datetime.now(UTC))

            job.modify(func=once)
            assert isinstance(timer._lookup_executor("default"), AsyncIOExecutor)
            timer.resume()
            await asyncio.sleep(1.5)
            timer.shutdown(wait=False)
            return len(ran)

    assert asyncio.run(run()) == 1


@pytest.mark.parametrize("jump", [YEAR, -YEAR, -timedelta(hours=1)], ids=["ahead", "back", "hour"])
def test_ticks_go_on_when_the_clock_is_put_elsewhere(
    fresh: Small, jump: timedelta, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock that the timer itself looks at, put elsewhere between two ticks."""
    moved, ran = [timedelta(0)], asyncio.Semaphore(0)

    class Put(datetime):
        @classmethod
        def now(cls, tz: Any = None) -> Any:
            return datetime.now(tz) + moved[0]

    async def once() -> None:
        ran.release()

    async def run() -> None:
        client = ClientSettings(allow_loopback=True)
        chosen = scheduler.Settings(db=fresh.db, sources=fresh.sources, client=client, tick=0.5)
        async with Client(client) as asking:
            service = scheduler.Service(chosen, asking, load(fresh.sources))
            monkeypatch.setattr(service, "tick", once)
            timer = service._timer()
            timer.start()
            pacing = asyncio.create_task(service.keep_pace(timer))
            await ran.acquire()
            moved[0] = jump
            for _ in range(3):  # the first may have been due already
                await asyncio.wait_for(ran.acquire(), 30)
            pacing.cancel()
            timer.shutdown(wait=False)

    for module in (base, scheduler):
        monkeypatch.setattr(module, "datetime", Put)
    asyncio.run(run())


@pytest.mark.parametrize("zone", ["UTC", "Europe/Moscow", "America/New_York", "Asia/Kamchatka"])
def test_the_count_does_not_depend_on_the_hosts_zone(fresh: Small, zone: str) -> None:
    """New York's clocks are put forward and back; a day is Moscow's, wherever the host stands."""
    posts = [
        ("d1", f"2024-{day}", f"Ищу сына! {name} Лука Ильич, 11.03.2005 г.р., срочник, Калуга")
        for day, name in (
            ("03-10T01:30:00-05:00", "Вербин"), ("03-10T03:30:00-04:00", "Дубин"),
            ("11-03T01:30:00-04:00", "Клёнов"), ("11-03T01:30:00-05:00", "Липин"),
            ("08-31T23:30:00+03:00", "Осинин"), ("09-01T00:30:00+12:00", "Рябинин"),
        )
    ]  # fmt: skip
    (fresh.folder / "posts.jsonl").write_text(
        "".join(
            json.dumps({"post_id": f"d{n}", "posted_at": at, "text": text}, ensure_ascii=False)
            + "\n"
            for n, (_, at, text) in enumerate(posts)
        ),
        encoding="utf-8",
    )
    done = subprocess.run(
        [*COMMAND, "--db", str(fresh.db), "--sources", str(fresh.sources), "collect", "channel"],
        env={**os.environ, "TZ": zone}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    with Store.open(fresh.db, read_only=True) as store:
        days = [r[0] for r in store.connection.execute(
            "SELECT posted_on FROM post ORDER BY external_id")]  # fmt: skip
    assert days == [
        "2024-03-10", "2024-03-10", "2024-11-03", "2024-11-03", "2024-08-31", "2024-08-31",
    ]  # fmt: skip


def test_sigterm_in_mid_batch_loses_nothing(fresh: Small) -> None:
    """Stopped while it saves, wherever that meets it, and started again: as if never stopped."""
    base = [*COMMAND, "--db", str(fresh.db), "--sources", str(fresh.sources)]
    for wait in (0.8, 1.6, 2.4):
        running = subprocess.Popen([*base, "run", "--tick", "0.5"], stderr=subprocess.DEVNULL)
        time.sleep(wait)
        running.send_signal(signal.SIGTERM)
        running.wait(20)
    fresh.rollcall("collect")
    fresh.rollcall("resolve")
    whole = fresh.copy(fresh.folder.parent / "whole")
    for path in whole.folder.glob("count.db*"):
        path.unlink()
    whole.rollcall("collect")
    whole.rollcall("resolve")

    def figures(small: Small) -> object:
        found = json.loads(small.rollcall("tally", "--as-of", "2024-12-31", "--json").stdout)
        return {key: value for key, value in found.items() if key != "known_at"}

    assert figures(fresh) == figures(whole)


def page(port: int, path: str) -> tuple[int, str]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}") as found:
            return found.status, found.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def test_health_and_readiness(own: Small) -> None:
    hands, metrics = Hands(), monitor.Metrics()
    pulse = monitor.Pulse(100, hands.steady)
    server = monitor.serve(0, own.db, metrics, pulse)
    port = server.server_address[1]
    try:
        assert server.server_address[0] == "127.0.0.1"
        assert page(port, "/healthz")[0] == 200
        hands.passes(101)
        assert page(port, "/healthz") == (503, "last tick 101 s ago, bound 100 s\n")
        pulse.beat()
        assert page(port, "/healthz")[0] == 200
        assert page(port, "/readyz")[0] == 200
        own.db.rename(own.db.with_name("elsewhere"))
        status, cause = page(port, "/readyz")
        assert (status, "no such database" in cause) == (503, True)
        assert page(port, "/metrics")[0] == 200
        assert page(port, "/")[0] == 404
    finally:
        server.shutdown()
        server.server_close()


def test_writers_of_one_process_queue_beyond_sqlites_patience(own: Small) -> None:
    """A resolution that writes for long does not make a slow source's batch fail."""
    (source,) = [s for s in folder.load(own.sources) if s.name == "channel"]
    ended: list[RollcallError | None] = []

    def note() -> None:
        try:
            pipeline._note_end(own.db, source, Ended(), NOON, NOON)
            ended.append(None)
        except StoreUnusable as error:
            ended.append(error)

    waiting = threading.Thread(target=note)
    with pipeline.WRITER, Store.open(own.db) as store, store.writing():
        waiting.start()
        waiting.join(0.5)
        assert not ended
    waiting.join(20)
    assert ended == [None]
