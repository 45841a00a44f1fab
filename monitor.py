"""A running service → what its watchers may ask: /metrics, /healthz, /readyz, watchdog, clock."""

from __future__ import annotations

import os
import socket
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest

from model import RollcallError
from store import Store, watch

PLAIN = "text/plain; charset=utf-8"
JUMP = 3600.0  # seconds between two clocks that no drift explains


class Metrics:
    """What Prometheus may ask of the service; no names of people, no texts."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.ticks = Counter("rollcall_ticks", "Ticks done", registry=self.registry)
        self.failed_ticks = Counter("rollcall_ticks_failed", "Failed", registry=self.registry)
        self.clock_jumps = Counter(
            "rollcall_clock_jumps", "Jumps of the clock by an hour or more", registry=self.registry
        )
        self.collections = Counter(
            "rollcall_collections", "Collections", ["source", "outcome"], registry=self.registry
        )
        self.news = Counter("rollcall_news", "New posts and rows", registry=self.registry)
        self.last_ok = Gauge(
            "rollcall_source_last_success", "Unix time of it", ["source"], registry=self.registry
        )
        self.state = Gauge(
            "rollcall_source_state", "1: the source is in this state (healthy, suspect, …)",
            ["source", "state"], registry=self.registry,
        )  # fmt: skip
        self.odd = Gauge(
            "rollcall_source_odd", "1: it is well, and its markup was odd lately", ["source"],
            registry=self.registry,
        )  # fmt: skip
        self._gauges = {
            name: Gauge(f"rollcall_{name}", text, registry=self.registry)
            for name, text in (
                ("last_tick", "Unix time of the last tick that was done"),
                ("tick_bound_seconds", "How long a tick may take"),
                ("persons", "Persons described"),
                ("review", "Pairs to be reviewed"),
                ("collecting", "Sources being collected now"),
                ("sources", "Sources enabled"),
                ("sources_stale", "Without a success for three of their periods"),
                ("sources_failing", "With three failures in a row or more"),
                ("lists_held", "Imports of lists that wait for an editor"),
                ("weeks_held", "Floods of a source that wait for an editor"),
                ("database_bytes", "Size of the database"),
                ("wal_bytes", "Size of its write-ahead log"),
                ("disk_free_bytes", "Room on its disk"),
                ("disk_bytes", "Size of its disk"),
                ("store_ahead_seconds", "How far the store is ahead of the clock"),
                ("last_backup", "Unix time of the last backup; 0: never"),
            )
        }

    def set(self, name: str, value: float) -> None:
        """Set a gauge by its name without the prefix."""
        self._gauges[name].set(value)

    def take(self, found: watch.Watch, now: datetime) -> None:
        """Set the gauges by what the store says."""
        self.last_ok.clear()
        for source in found.sources:
            self.last_ok.labels(source.name).set(
                source.last_ok.timestamp() if source.last_ok else 0
            )
        for name, value in (
            ("persons", found.persons), ("review", found.review),
            ("sources", len(found.sources)), ("sources_stale", found.stale),
            ("sources_failing", found.failing), ("lists_held", found.held_lists),
            ("weeks_held", found.held_weeks), ("database_bytes", found.database_bytes),
            ("wal_bytes", found.wal_bytes), ("disk_free_bytes", found.disk_free),
            ("disk_bytes", found.disk_total),
            ("store_ahead_seconds", found.ahead(now).total_seconds()),
            ("last_backup", found.backed_up.timestamp() if found.backed_up else 0),
        ):  # fmt: skip
            self.set(name, value)


@dataclass(slots=True)
class Pulse:
    """When the last tick was done, by a clock that no one sets, and how long the next may take."""

    bound: float  # seconds
    steady: Callable[[], float] = time.monotonic
    _last: float = field(init=False)

    def __post_init__(self) -> None:
        self._last = self.steady()

    def beat(self) -> None:
        """A tick was done: only now the watchdog is told."""
        self._last = self.steady()
        notify("WATCHDOG=1")

    @property
    def age(self) -> float:
        """Seconds since the last tick, or since the start."""
        return self.steady() - self._last

    @property
    def alive(self) -> bool:
        """Is the last tick within the bound?"""
        return self.age <= self.bound


@dataclass(slots=True)
class ClockWatch:
    """The wall's clock beside one that no one sets: tells jumps, and sleep, apart from time."""

    wall: Callable[[], datetime]
    steady: Callable[[], float] = time.monotonic
    _offset: float = field(init=False)
    _jumped: float | None = None

    def __post_init__(self) -> None:
        self._offset = self._apart()

    def _apart(self) -> float:
        return self.wall().timestamp() - self.steady()

    def jumped(self) -> float:
        """Seconds the wall's clock moved by itself since the last look; 0 for less than an hour."""
        moved = self._apart() - self._offset
        if abs(moved) < JUMP:
            return 0.0
        self._offset += moved
        self.doubt()
        return moved

    def doubt(self) -> None:
        """From now on the clock is not trusted for a day: nothing is deleted by it."""
        self._jumped = self.steady()

    @property
    def trusted(self) -> bool:
        """Has it gone right for a day, or ever since the start?"""
        return self._jumped is None or self.steady() - self._jumped > 86400


def serve(port: int, db: Path, metrics: Metrics, pulse: Pulse) -> ThreadingHTTPServer:
    """Answer on 127.0.0.1 from a thread of its own; port 0 takes a free one. `.shutdown()` ends it.

    /metrics; /healthz: 200 while the last tick is within its bound, else 503; /readyz: 200 where
    the store can be read, else 503 with the cause.
    """

    class Answers(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            status, body = answer(self.path, db, metrics, pulse)
            self.send_response(status)
            self.send_header("Content-Type", PLAIN)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Nothing: the log is for what the service does."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Answers)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, name="monitor", daemon=True).start()
    return server


def answer(path: str, db: Path, metrics: Metrics, pulse: Pulse) -> tuple[HTTPStatus, bytes]:
    """Status and body for a path."""
    if path == "/metrics":
        return HTTPStatus.OK, generate_latest(metrics.registry)
    if path == "/healthz":
        told = f"last tick {pulse.age:.0f} s ago, bound {pulse.bound:.0f} s\n".encode()
        return (HTTPStatus.OK if pulse.alive else HTTPStatus.SERVICE_UNAVAILABLE), told
    if path == "/readyz":
        try:
            with Store.open(db, read_only=True) as store:
                store.connection.execute("SELECT count(*) FROM source").fetchone()
        except RollcallError as error:
            return HTTPStatus.SERVICE_UNAVAILABLE, f"{error}\n".encode()
        return HTTPStatus.OK, b"the store can be read\n"
    return HTTPStatus.NOT_FOUND, b"/metrics, /healthz, /readyz\n"


def notify(state: str) -> None:
    """Tell systemd (Type=notify); nothing where the service runs without it."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if not address:
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as channel:
        channel.connect(f"\0{address[1:]}" if address.startswith("@") else address)
        channel.send(state.encode())
