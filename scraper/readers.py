"""A parser and a page → what it reads, in a process of its own where the page is not small.

A page that exhausts memory or time kills that process: its source fails with one clear error, and
the service goes on. Pages up to SMALL bytes are read in a thread: what a parser can make of them
is bounded by their size, since none of ours reads entities.
"""

from __future__ import annotations

import asyncio
import atexit
import os
import subprocess
import sys
import threading
from collections.abc import Callable
from importlib import import_module
from typing import Any, TypeVar

from model import CollectFailed
from scraper import worker
from scraper.fetcher import Fetcher
from scraper.large import SMALL

MEMORY = 1024 * 2**20  # address space of a reading process, bytes
SECONDS = 10  # of processor for one page
PATIENCE = 120.0  # seconds by the clock for one page
MOST_CALLS = 500  # then a fresh process: no leak lasts
PROCESSES = 2

_Read = TypeVar("_Read")


class Killed(Exception):
    """The page exhausted the process that read it."""


class Fault(Exception):
    """The parser failed in a way it did not foresee; the text says where, and quotes nothing."""


class _Process:
    """One reading process."""

    def __init__(self) -> None:
        self.calls = 0
        # The packages of this very checkout, and nothing else of our environment: no token.
        clean = {"PYTHONPATH": os.pathsep.join(filter(None, sys.path)), "PYTHONUTF8": "1"}
        self.process = subprocess.Popen(  # noqa: S603  our own interpreter and module
            [sys.executable, "-m", "scraper.worker", str(MEMORY), str(SECONDS)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, env=clean,
        )  # fmt: skip

    def call(self, module: str, name: str, given: tuple[object, ...]) -> tuple[Any, ...]:
        """Raises Killed."""
        assert self.process.stdin and self.process.stdout  # noqa: PT018, S101  for the types
        self.calls += 1
        alarm = threading.Timer(PATIENCE, self.process.kill)
        alarm.daemon = True
        alarm.start()
        try:
            worker.ask(self.process.stdin, (module, name, given))
            answer: tuple[Any, ...] = worker.receive(self.process.stdout)
        except (OSError, EOFError):
            raise Killed from None
        finally:
            alarm.cancel()
        return answer

    def close(self) -> None:
        """End it."""
        self.process.kill()
        self.process.communicate()


class _Pool:
    """At most PROCESSES of them, started when first needed."""

    def __init__(self) -> None:
        self.free: list[_Process] = []
        self.turns = threading.BoundedSemaphore(PROCESSES)
        atexit.register(self.close)

    def call(self, module: str, name: str, given: tuple[object, ...]) -> tuple[Any, ...]:
        """Raises Killed."""
        with self.turns:
            process = self.free.pop() if self.free else _Process()
            try:
                answer = process.call(module, name, given)
            except BaseException:
                process.close()
                raise
            if process.calls < MOST_CALLS:
                self.free.append(process)
            else:
                process.close()
            return answer

    def close(self) -> None:
        """End those that wait for work."""
        while self.free:
            self.free.pop().close()


_POOL = _Pool()


async def parse(
    fetcher: Fetcher,
    place: str,
    size: int,
    function: Callable[..., _Read],
    *given: object,
) -> _Read:
    """`function(*given)` for a page of `size` bytes, away from the loop.

    Raises what the function raises, SourceChanged for a page that kills its reader.
    """
    if size <= SMALL:
        return await asyncio.to_thread(function, *given)
    try:
        return await asyncio.to_thread(apart, function, *given)
    except Killed:
        cause = "reading it takes more memory or time than any page may"
        raise fetcher.changed(place, cause) from None
    except Fault as fault:
        raise fetcher.error(CollectFailed, place, f"could not be read ({fault})") from None


def apart(function: Callable[..., _Read], *given: object) -> _Read:
    """`function(*given)` in another process. Raises what it raises, Killed, Fault."""
    verdict, *told = _POOL.call(function.__module__, function.__name__, given)
    if verdict == "fault":
        raise Fault(told[0])
    if verdict == "raised":
        module, name, arguments, state = told
        kind = getattr(import_module(module), name)
        error: Exception = kind.__new__(kind, *arguments)
        error.__dict__.update(state)
        raise error
    result: _Read = told[0]
    return result
