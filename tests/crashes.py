"""One job of the program, struck by strace at a chosen system call; what it acknowledged before.

A forking server holds the imported program; each strike forks a child, attaches strace to it and
lets it do a job. The child tells on a socket what it acknowledges, so that what comes after a
strike can be held against it. Its work is done in one thread: strace counts calls by thread, and a
point that another thread reaches first would never be struck.
"""

from __future__ import annotations

import asyncio
import ctypes
import json
import os
import re
import resource
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

STRACE = shutil.which("strace")
# The calls by which a program changes a disk, and the error each is struck with.
WRITES = ("write", "writev", "pwrite64", "pwritev", "ftruncate", "truncate", "fallocate")
SYNCS = ("fsync", "fdatasync", "sync", "syncfs", "sync_file_range", "msync")
NAMES = ("rename", "renameat", "renameat2", "link", "linkat", "unlink", "unlinkat", "rmdir")
CALLS = (*WRITES, *SYNCS, *NAMES)
HUNG = 100  # seconds: more than any job takes, a lock held for a minute included
TOLD = 97  # the descriptor on which a child tells; a socket, so that no struck call is in its way


@dataclass(frozen=True, kw_only=True)
class Struck:
    """How a job ended."""

    killed: bool
    error: str | None  # the one line of a RollcallError
    crash: str | None  # any other exception: a bug
    told: tuple[str, ...]  # what it acknowledged, and with `states` every state it committed
    log: str = ""  # strace's

    @property
    def injected(self) -> bool:
        """Did strace strike at all?"""
        return self.killed or "INJECTED" in self.log


@dataclass(frozen=True, kw_only=True)
class Point:
    """A call of a job that changes the disk."""

    call: str
    number: int  # among calls of this name, from 1: strace's `when`
    file: str


# ---- the server


def _child(command: dict[str, object], told: socket.socket) -> None:
    """In the forked child: wait to be traced, do the job, leave without cleaning up."""
    import crash_plants  # noqa: PLC0415  the program is imported by the server alone
    from crash_jobs import JOBS  # noqa: PLC0415

    from model import RollcallError  # noqa: PLC0415

    os.dup2(told.fileno(), TOLD)
    channel = socket.socket(fileno=TOLD)

    def tell(what: str) -> None:
        channel.send(f"{what}\n".encode())

    place = Path(str(command["place"]))
    signal.alarm(HUNG)
    asyncio.to_thread = _here  # type: ignore[assignment]
    crash_plants.plant(command, place, tell)
    if limit := command.get("file_size"):
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(str(limit)), int(str(limit))))
    if command.get("powerless"):
        _give_up_powers()
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1))  # PR_SET_PTRACER: by whomever
    os.kill(os.getpid(), signal.SIGSTOP)
    try:
        JOBS[str(command["job"])].run(place, tell)
    except RollcallError as error:
        tell(f"\x00error {error}")
    except BaseException as error:
        tell(f"\x00crash {type(error).__name__}: {error}")
    os._exit(0)


async def _here(function: Callable[..., object], /, *words: object, **named: object) -> object:
    return function(*words, **named)


def _give_up_powers() -> None:
    """Root passes by the modes of files; without its capabilities it is as anybody."""
    head = (ctypes.c_uint32 * 2)(0x20080522, 0)
    if ctypes.CDLL(None).capset(head, (ctypes.c_uint32 * 6)()):
        raise OSError("capset")


def _strike(command: dict[str, object]) -> dict[str, object]:
    heard, told = socket.socketpair()
    child = os.fork()
    if child == 0:
        heard.close()
        _child(command, told)
    told.close()
    os.waitpid(child, os.WUNTRACED)
    log = Path(f"{command['place']}.strace")
    strace = _attach(child, log, command)
    os.kill(child, signal.SIGCONT)
    said = b""
    while part := heard.recv(65536):
        said += part
    heard.close()
    _, status = os.waitpid(child, 0)
    killed = os.WIFSIGNALED(status)
    if strace is not None:
        strace.wait()
    lines, ends = [], {"error": None, "crash": None}
    for line in said.decode().split("\n")[:-1]:
        if line.startswith("\x00"):
            ends[line[1:6]] = line[7:]
        else:
            lines.append(line)
    if killed and os.WTERMSIG(status) != signal.SIGKILL:
        ends["crash"] = f"ended by {signal.Signals(os.WTERMSIG(status)).name}"
    text = log.read_text(errors="replace") if strace is not None and log.exists() else ""
    return {"killed": killed, "told": lines, **ends, "log": f"{child}\n{text}"}


def _attach(child: int, log: Path, command: dict[str, object]) -> subprocess.Popen[bytes] | None:
    injects = command.get("inject") or []
    assert isinstance(injects, list)
    if not injects and not command.get("log"):
        return None
    traced = ",".join((*CALLS, "sendto")) if command.get("log") else _calls_of(injects)
    words = [str(STRACE), "-qq", "-y", "-s", "16", "-o", str(log), "-e", f"trace={traced}"]
    words += ["-f"] if command.get("log") else []
    for inject in injects:
        words += ["-e", f"inject={inject}"]
    strace = subprocess.Popen([*words, "-p", str(child)], stderr=subprocess.DEVNULL)
    while "TracerPid:\t0" in Path(f"/proc/{child}/status").read_text():
        if strace.poll() is not None:
            os.kill(child, signal.SIGKILL)
            raise PermissionError("strace may not attach to a process here (ptrace)")
        time.sleep(0.001)
    return strace


def _calls_of(injects: Sequence[str]) -> str:
    return ",".join(sorted({inject.split(":")[0] for inject in injects}))


def _warm(reads: bool) -> None:
    """Import and load what every child needs, without a thread that it would need: forks lose them.

    `reads`: the words of Russian too, which leaves threads of polars that resolution would need.
    """
    import numba  # noqa: PLC0415
    from crash_jobs import JOBS  # noqa: F401, PLC0415
    from small import POSTS  # noqa: PLC0415

    import extract  # noqa: PLC0415
    from model import Post  # noqa: PLC0415
    from store.times import moment  # noqa: PLC0415

    numba.njit(lambda one: one)(1)
    for number, at, text in POSTS if reads else ():
        when = moment(at)
        extract.read(Post(source="warm", external_id=number, posted_at=when, text=text))


def _serve(reads: bool) -> None:
    sys.dont_write_bytecode = True
    _warm(reads)
    for line in sys.stdin:
        try:
            answer = _strike(json.loads(line))
        except PermissionError as error:
            answer = {"refused": str(error)}
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()


# ---- the client


class Striker:
    """Running servers; `with Striker() as strike: strike("collect", place, inject=[…])`."""

    def __enter__(self) -> Striker:
        self._servers: dict[bool, subprocess.Popen[str]] = {}
        return self

    def __exit__(self, *_: object) -> None:
        for server in self._servers.values():
            with server:
                assert server.stdin is not None
                server.stdin.close()

    def _server(self, reads: bool) -> subprocess.Popen[str]:
        if reads not in self._servers:
            words = [sys.executable, __file__, *(["reads"] if reads else [])]
            paths = os.pathsep.join(sys.path)
            self._servers[reads] = subprocess.Popen(
                words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
                env={**os.environ, "PYTHONPATH": paths, "POLARS_MAX_THREADS": "1"},
            )  # fmt: skip
        return self._servers[reads]

    def __call__(self, job: str, place: Path, **command: object) -> Struck:
        """Do the job at this place. `inject`: strace's words; `log`: log each call on a disk.

        Raises PermissionError where strace may not trace.
        """
        server = self._server(job.startswith("collect"))
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(json.dumps({"job": job, "place": str(place), **command}) + "\n")
        server.stdin.flush()
        answer = json.loads(server.stdout.readline())
        if refused := answer.get("refused"):
            raise PermissionError(refused)
        return Struck(**{**answer, "told": tuple(answer["told"])})


# ---- what a log tells

_LINE = re.compile(r"(?P<pid>\d+) +(?P<call>[a-z0-9_]+)\((?P<words>.*)")
_OPEN = re.compile(r"\d+<(?P<file>[^>]*)>")


def points(struck: Struck, *places: Path) -> list[Point]:
    """The calls of a logged job that change something under these folders, in order."""
    own, *lines = struck.log.splitlines()
    found, counts = [], dict.fromkeys(CALLS, 0)
    for line in lines:
        match = _LINE.match(line)
        if match is None or match["call"] not in CALLS:
            continue
        file = _file(match["words"])
        inside = any(str(place) in file for place in places)
        if match["pid"] != own:
            assert not inside, f"another thread changes the disk: {line}"
            continue
        counts[match["call"]] += 1
        if inside:
            found.append(Point(call=match["call"], number=counts[match["call"]], file=file))
    return found


def _file(words: str) -> str:
    opened = _OPEN.match(words)
    return opened["file"] if opened else words.split('"')[1] if '"' in words else words


def told_too_early(struck: Struck) -> list[str]:
    """Acknowledgements before what they promise was synced: lost by a power cut, not by a kill.

    After the last write to a database or its WAL, and before an acknowledgement, there must be a
    sync of that file.
    """
    dirty: set[str] = set()
    early = []
    for line in struck.log.splitlines():
        match = _LINE.match(line)
        if match is None:
            continue
        call, file = match["call"], _file(match["words"])
        if call in SYNCS:
            dirty.discard(file)
        elif call == "sendto" and match["words"].startswith(f"{TOLD}<"):
            early += [f"{line} before a sync of {sorted(dirty)}"] if dirty else []
        elif call in ("pwrite64", "write") and file.endswith((".db", "-wal")):
            dirty.add(file)
    return early


if __name__ == "__main__":
    _serve(reads=sys.argv[1:] == ["reads"])
