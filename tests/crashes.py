"""One job of the program, struck by strace at a chosen system call; what it acknowledged before.

A forking server holds the imported program; each strike forks a child, attaches strace to it and
lets it run. The child tells on a pipe what it acknowledges, so that what comes after a strike can
be held against it. Run as `python tests/crashes.py`, one JSON command a line.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import pysqlite3

import pipeline
import store.facade as facade_module
from model import Batch, Reading, RollcallError
from scraper import sources as folder
from scraper.client import Client, ClientSettings
from store import Store, backup, erasure
from store import connection as connections
from store.posts import Saved

STRACE = shutil.which("strace")
NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
LATER = datetime(2025, 1, 2, 12, tzinfo=UTC)
# The calls by which a program changes a disk.
CALLS = (
    "write", "writev", "pwrite64", "pwritev", "fsync", "fdatasync", "ftruncate", "fallocate",
    "rename", "renameat2", "unlink", "unlinkat",
)  # fmt: skip
KEY = "age1dpn03enr6786eydmmm7t4g6w84904nf35g7ngetjykkwwz0ryyrs2j6f8v"
ACK = 97  # the descriptor on which a child tells what it acknowledges


@dataclass(frozen=True, kw_only=True)
class Struck:
    """How a job ended."""

    killed: bool
    error: str | None  # the one line of a RollcallError
    crash: str | None  # any other exception: a bug
    acknowledged: tuple[str, ...]
    log: str = field(repr=False, default="")  # strace's, where asked for


# ---- the jobs


def collect(place: Path) -> None:
    """One round over the folder of sources beside the database."""
    sources = folder.load(place / "sources")
    pipeline.register(place / "r.db", sources)
    settings = ClientSettings(clock=lambda: NOW)

    async def round_() -> list[pipeline.Collected]:
        async with Client(settings) as client:
            return [
                await pipeline.collect_source(s, place / "r.db", client, lambda: NOW)
                for s in sources
            ]

    for ended in asyncio.run(round_()):
        if ended.error:
            raise RollcallError(ended.error)


def resolve(place: Path) -> None:
    """Resolution of what was collected."""
    pipeline.resolve(place / "r.db", LATER)
    tell("resolved")


def migrate(place: Path) -> None:
    """Open a database of the first schema."""
    with Store.open(place / "r.db"):
        tell("migrated")


def back_up(place: Path) -> None:
    """A backup over an older one."""
    with Store.open(place / "r.db", read_only=True) as store:
        backup.backup(store.connection, place / "b.age", KEY, LATER)
    tell("backed up")


def erase(place: Path) -> None:
    """Erasure of one post; done again after a strike, as an operator would."""
    with Store.open(place / "r.db") as store:
        gone = store.connection.execute(
            "SELECT 1 FROM post WHERE external_id = 's4' UNION SELECT 1 FROM capture WHERE 0"
        ).fetchone()
        if gone:
            erasure.erase_post(store, "channel", "s4", "anna", LATER)
    tell("erased")


JOBS: Mapping[str, Callable[[Path], None]] = {
    "collect": collect, "resolve": resolve, "migrate": migrate, "backup": back_up, "erase": erase,
}  # fmt: skip


def tell(what: str) -> None:
    """Acknowledge; harmless outside a struck child."""
    with contextlib.suppress(OSError):
        os.write(ACK, f"{what}\n".encode())


# ---- bugs planted to see that the harness finds them


def _early(self: Store, batch: Batch, readings: Sequence[Reading], now: datetime) -> Saved:
    _told(batch)
    return _REAL_SAVE(self, batch, readings, now)


def _honest(self: Store, batch: Batch, readings: Sequence[Reading], now: datetime) -> Saved:
    saved = _REAL_SAVE(self, batch, readings, now)
    _told(batch)
    return saved


def _split(self: Store, batch: Batch, readings: Sequence[Reading], now: datetime) -> Saved:
    """The batch's posts one transaction each, without their records, then the whole."""
    from dataclasses import replace  # noqa: PLC0415

    bare = [replace(reading, records=()) for reading in readings]
    cursorless = replace(batch, cursor={}, captures=(), fetches=())
    _REAL_SAVE(self, cursorless, bare, now)
    with self.writing() as connection:
        connection.execute("UPDATE post SET extractor = 'half'")
    return _honest(self, batch, readings, now)


def _told(batch: Batch) -> None:
    for post in batch.posts:
        tell(f"post {post.external_id}")
    for row in batch.rows:
        tell(f"row {row.source} {row.row}")


_REAL_SAVE = Store.save_batch


def plant(bug: str | None) -> None:
    """Put a bug, or plain acknowledgement, into this process."""
    saves = {"early": _early, "split": _split}
    facade_module.Store.save_batch = saves.get(bug or "", _honest)  # type: ignore[method-assign]
    if bug == "async":
        connections._PRAGMAS = tuple(
            "PRAGMA synchronous = OFF" if "synchronous" in pragma else pragma
            for pragma in connections._PRAGMAS
        )


# ---- the server


def _child(command: Mapping[str, object], ack: int, errors: int) -> None:
    """In the forked child: wait to be traced, do the job, leave without cleaning up."""
    os.dup2(ack, ACK)
    plant(command.get("bug"))  # type: ignore[arg-type]
    if limit := command.get("file_size"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(str(limit)), int(str(limit))))
    os.kill(os.getpid(), signal.SIGSTOP)
    told = ""
    try:
        JOBS[str(command["job"])](Path(str(command["place"])))
    except RollcallError as error:
        told = f"error {error}"
    except BaseException as error:
        told = f"crash {type(error).__name__}: {error}"
    os.write(errors, told.encode())
    os._exit(0)


def _strike(command: Mapping[str, object]) -> dict[str, object]:
    ack_out, ack_in = os.pipe()
    error_out, error_in = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ack_out)
        _child(command, ack_in, error_in)
    os.close(ack_in)
    os.close(error_in)
    os.waitpid(child, os.WUNTRACED)
    log = Path(str(command["place"])).with_suffix(".strace")
    strace = None
    if command.get("inject") or command.get("log"):
        traced = ["-e", f"trace={','.join(CALLS)}"]
        inject = ["-e", f"inject={command['inject']}"] if command.get("inject") else []
        strace = subprocess.Popen(
            [str(STRACE), "-f", "-qq", "-y", "-o", str(log), *traced, *inject, "-p", str(child)],
            stderr=subprocess.DEVNULL,
        )
        while "TracerPid:\t0" in Path(f"/proc/{child}/status").read_text():
            time.sleep(0.001)
    os.kill(child, signal.SIGCONT)
    _, status = os.waitpid(child, 0)
    if strace is not None:
        strace.wait()
    with open(ack_out, "rb") as acks, open(error_out, "rb") as errors:
        told, failure = acks.read().decode(), errors.read().decode()
    return {
        "killed": os.WIFSIGNALED(status),
        "acknowledged": told.split("\n")[:-1],
        "error": failure[6:] if failure.startswith("error ") else None,
        "crash": failure[6:] if failure.startswith("crash ") else None,
        "log": log.read_text(errors="replace") if command.get("log") and log.exists() else "",
    }


def _serve() -> None:
    for line in sys.stdin:
        sys.stdout.write(json.dumps(_strike(json.loads(line))) + "\n")
        sys.stdout.flush()


# ---- the client


class Striker:
    """A running server; `with Striker() as strike: strike("collect", place, inject=…)`."""

    def __enter__(self) -> Striker:
        self._server = subprocess.Popen(
            [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        )  # fmt: skip
        return self

    def __exit__(self, *_: object) -> None:
        assert self._server.stdin is not None
        self._server.stdin.close()
        self._server.wait(timeout=30)

    def __call__(self, job: str, place: Path, **command: object) -> Struck:
        """Do the job at this place, struck as `inject` says (strace's words)."""
        assert self._server.stdin is not None
        assert self._server.stdout is not None
        asked = {"job": job, "place": str(place), **command}
        self._server.stdin.write(json.dumps(asked) + "\n")
        self._server.stdin.flush()
        answer = json.loads(self._server.stdout.readline())
        return Struck(**{**answer, "acknowledged": tuple(answer["acknowledged"])})


def count_calls(struck: Struck) -> int:
    """How many system calls that change a disk a job made: the points of a sweep."""
    return sum(1 for line in struck.log.splitlines() if _call(line))


def points(struck: Struck) -> dict[str, int]:
    """System call → how often the job made it."""
    found: dict[str, int] = {}
    for line in struck.log.splitlines():
        if call := _call(line):
            found[call] = found.get(call, 0) + 1
    return found


def _call(line: str) -> str | None:
    match = re.match(r"\d+ +([a-z0-9]+)\(", line)
    return match.group(1) if match and match.group(1) in CALLS else None


def acknowledged_too_early(struck: Struck) -> list[str]:
    """Acknowledgements before what they promise was synced: lost by a power cut, not by a kill.

    strace names the file of each descriptor: after the last write to the database or its WAL and
    before an acknowledgement there must be a sync of that file.
    """
    dirty: set[str] = set()
    early = []
    for line in struck.log.splitlines():
        call = _call(line)
        file = re.search(r"\(\d+<([^>]+)>", line)
        if call is None or file is None:
            continue
        name = file.group(1)
        if call in ("fsync", "fdatasync"):
            dirty.discard(name)
        elif f"({ACK}<" in line:
            early += [line] if dirty else []
        elif call in ("pwrite64", "write") and name.endswith((".db", "-wal")):
            dirty.add(name)
    return early


@contextlib.contextmanager
def opened(path: Path) -> Iterator[Store]:
    """The store as the next run finds it."""
    with Store.open(path) as store:
        yield store


def sound(path: Path) -> list[str]:
    """What is wrong with the file, after recovery: integrity, references, half records."""
    if not path.exists() or path.stat().st_size == 0:
        return []
    raw = pysqlite3.connect(str(path))
    try:
        tables = {row[0] for row in raw.execute("SELECT name FROM sqlite_schema")}
        found = [r[0] for r in raw.execute("PRAGMA integrity_check") if r[0] != "ok"]
        found += [f"{row[0]} points nowhere" for row in raw.execute("PRAGMA foreign_key_check")]
        if "record" in tables:
            found += [
                f"post {row[0]} was read by {row[1]}, its record by another"
                for row in raw.execute(
                    "SELECT post.external_id, post.extractor FROM post JOIN record "
                    "USING (post_id) WHERE post.extractor <> record.extractor"
                )
            ]
            found += [
                f"post {row[0]} is half there"
                for row in raw.execute("SELECT external_id FROM post WHERE extractor = 'half'")
            ]
    finally:
        raw.close()
    return found


def missing(path: Path, acknowledged: Sequence[str]) -> list[str]:
    """What was acknowledged and is not there."""
    wanted = {told for told in acknowledged if told.startswith(("post ", "row "))}
    if not wanted:
        return []
    if not path.exists():
        return sorted(wanted)
    raw = pysqlite3.connect(str(path))
    try:
        there = {f"post {row[0]}" for row in raw.execute("SELECT external_id FROM post")}
        there |= {f"row {r[0]} {r[1]}" for r in raw.execute("SELECT source, row FROM list_row")}
    finally:
        raw.close()
    return sorted(wanted - there)


if __name__ == "__main__":
    _serve()
