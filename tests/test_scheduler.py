"""The service, truly started, ticked and stopped, as a process of its own."""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from server import HOLD, Server, answer
from small import COMMAND, PHONE, Small

WAIT = 120.0  # seconds; the first resolution on a cold machine compiles its comparisons


@dataclass(slots=True)
class Running:
    """A service and what it logs."""

    process: subprocess.Popen[str]
    log: Path

    def entries(self) -> list[dict[str, object]]:
        return [json.loads(line) for line in self.log.read_text(encoding="utf-8").splitlines()]

    def wait_for(self, event: str, times: int = 1) -> list[dict[str, object]]:
        """The log's entries of an event, once there are so many."""
        deadline = time.monotonic() + WAIT
        while time.monotonic() < deadline:
            found = [entry for entry in self.entries() if entry["event"] == event]
            if len(found) >= times:
                return found
            assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
            time.sleep(0.05)
        raise AssertionError(f"no {event} in {self.log.read_text(encoding='utf-8')}")

    def stop(self) -> float:
        """Send SIGTERM; seconds until it ended."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(15) == 0
        return time.monotonic() - began


@contextmanager
def service(small: Small, *arguments: str) -> Iterator[Running]:
    log = small.folder / "service.log"
    with log.open("w", encoding="utf-8") as file:
        process = subprocess.Popen(
            [*COMMAND, "--db", str(small.db), "--sources", str(small.sources),
             "run", "--tick", "0.5", "--allow-loopback", *arguments],
            stderr=file, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        try:
            yield Running(process, log)
        finally:
            process.kill()
            process.communicate()


def figures(db: Path, query: str) -> list[tuple[object, ...]]:
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_it_collects_resolves_counts_and_stops(fresh: Small) -> None:
    fresh.add("broken", 'kind = "posts"\nurl = "../absent.jsonl"\n')
    with service(fresh) as running:
        running.wait_for("resolved")
        ended = {entry["source"]: entry["outcome"] for entry in running.wait_for("collected", 4)}
        assert running.stop() < 10
    assert ended == {"broken": "failed", "captured": "ok", "channel": "ok", "deceased": "ok"}
    assert figures(fresh.db, "SELECT count(*) FROM person WHERE closed_at IS NULL") == [(4,)]
    assert figures(fresh.db, "SELECT count(*) > 0 FROM tally_snapshot") == [(1,)]
    assert running.entries()[-1]["event"] == "stopped"


def test_its_log_holds_no_post_text(fresh: Small) -> None:
    with service(fresh) as running:
        running.wait_for("resolved")
        running.stop()
    log = running.log.read_text(encoding="utf-8")
    assert {entry["level"] for entry in running.entries()} <= {"info", "error"}
    for secret in (PHONE, "Крутицын", "Суджей", "Пелагея"):
        assert secret not in log


def test_a_source_is_left_alone_until_it_is_due(fresh: Small) -> None:
    fresh.add("channel", 'kind = "posts"\nurl = "../posts.jsonl"\nevery = "1s"\n')
    with service(fresh) as running:
        running.wait_for("collected", 5)
        running.stop()
    collected = [e["source"] for e in running.entries() if e["event"] == "collected"]
    assert collected.count("captured") == 1
    assert collected.count("channel") >= 3


def test_an_edited_source_is_taken_up_and_a_broken_one_named(fresh: Small) -> None:
    with service(fresh) as running:
        running.wait_for("resolved")
        fresh.add("later", 'kind = "csv"\nurl = "../deceased.csv"\nclaim = "deceased"\n'
                  'columns = { name = "name", event_date = "added" }\n')  # fmt: skip
        running.wait_for("collected", 4)
        fresh.add("later", 'kind = "csv"\nurk = "x"\n')
        (fault, *_) = running.wait_for("sources_unusable")
        assert "later.toml" in str(fault["error"])
        running.stop()
    assert [e["source"] for e in running.entries() if e["event"] == "collected"][-1] == "later"


def test_a_second_service_is_refused(fresh: Small) -> None:
    with service(fresh) as running:
        running.wait_for("started")
        second = fresh.rollcall("run")
        assert second.returncode == 2
        assert f"process {running.process.pid}" in second.stderr
        assert len(second.stderr.splitlines()) == 1
        running.stop()
    with service(fresh) as again:  # the lock died with the first
        again.wait_for("started")
        again.stop()


def test_a_silent_server_does_not_hold_the_end(fresh: Small) -> None:
    with Server({"/feed.xml": [answer(b"")[:20], HOLD]}) as server:
        fresh.add("silent", f'kind = "rss"\nurl = "{server.url}/feed.xml"\n')
        with service(fresh) as running:
            running.wait_for("collected", 3)  # the others are done; this one hangs
            assert running.stop() < 10
    assert running.entries()[-1] == {**running.entries()[-1], "event": "stopped", "drained": False}


def test_a_failing_service_says_so_before_it_starts(fresh: Small) -> None:
    fresh.add("wrong", 'kind = "posts"\n')
    done = fresh.rollcall("run")
    assert done.returncode == 2
    assert "wrong.toml" in done.stderr


def test_metrics_are_served_on_this_machine(fresh: Small) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with service(fresh, "--metrics-port", str(port)) as running:
        running.wait_for("resolved")
        time.sleep(0.3)
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics") as page:
            text = page.read().decode()
        running.stop()
    assert 'rollcall_collections_total{outcome="ok",source="channel"} 1.0' in text
    assert "rollcall_persons 4.0" in text


def test_systemd_is_told(fresh: Small, monkeypatch: pytest.MonkeyPatch) -> None:
    path = fresh.folder / "notify"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(path))
        listening.settimeout(WAIT)
        monkeypatch.setenv("NOTIFY_SOCKET", str(path))
        with service(fresh) as running:
            told = [listening.recv(100) for _ in range(2)]
            running.stop()
            while told[-1] != b"STOPPING=1":
                told.append(listening.recv(100))
    assert told[0] == b"READY=1"
    assert told[1] == b"WATCHDOG=1"
