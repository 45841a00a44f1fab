"""The process that reads pages: calls on its standard input → results on its standard output.

    python -m scraper.worker MEMORY_BYTES CPU_SECONDS

It has limits on memory and on the time of each page: a page that exhausts them ends this process
and not the service. It has no environment, so no token either.
"""

from __future__ import annotations

import io
import pickle
import resource
import sys
import traceback
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

from scraper.large import SMALL, Content, Large, pieces

_ALLOWED = ("model", "datetime", "zoneinfo")  # whose types may cross, beside our parsers' own
_PLAIN = frozenset({"frozenset", "set", "bytearray", "complex"})


class _Careful(pickle.Unpickler):
    """Reads only types of ours: a parser that was taken over must not run code here."""

    def __init__(self, pipe: IO[bytes], pages: Sequence[bytes] = ()) -> None:
        super().__init__(pipe)
        self._pages = pages

    def persistent_load(self, number: Any) -> Any:
        """The page of that number, which came before the call."""
        return self._pages[number]

    def find_class(self, module: str, name: str) -> Any:
        """The class, if it is one of ours."""
        ours = module in _ALLOWED or module.startswith("scraper.")
        if ours or (module == "builtins" and name in _PLAIN):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} does not belong here")


class _Plain(pickle.Pickler):
    """Writes zones by their names: their own way needs `getattr` at the other end.

    Where `apart` is given, large pages are put there, and their numbers written.
    """

    def __init__(self, pipe: IO[bytes], apart: list[Content] | None = None) -> None:
        super().__init__(pipe, protocol=5)
        self._apart = apart

    def persistent_id(self, value: object) -> int | None:
        """The number of a large page."""
        if self._apart is None or not isinstance(value, bytes | Large) or len(value) <= SMALL:
            return None
        self._apart.append(value)
        return len(self._apart) - 1

    def reducer_override(self, value: object) -> Any:
        """How a value is written."""
        return (ZoneInfo, (value.key,)) if isinstance(value, ZoneInfo) else NotImplemented


def send(pipe: IO[bytes], value: object) -> None:
    """Write one value. Raises OSError where nobody reads."""
    _Plain(pipe).dump(value)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one value. Raises EOFError where the other end is gone."""
    try:
        return _Careful(pipe).load()
    except pickle.UnpicklingError as error:
        if "truncated" in str(error):
            raise EOFError from None
        raise


def ask(pipe: IO[bytes], call: object) -> None:
    """Write a call: first its large pages, piece by piece, which it has here no more than so.

    Raises OSError where nobody reads.
    """
    apart: list[Content] = []
    told = io.BytesIO()
    _Plain(told, apart).dump(call)
    send(pipe, [len(page) for page in apart])
    for page in apart:
        pipe.writelines(pieces(page))
    pipe.write(told.getbuffer())
    pipe.flush()


def asked(pipe: IO[bytes]) -> Any:
    """Read a call, its large pages as bytes. Raises EOFError where the other end is gone."""
    pages = [pipe.read(size) for size in receive(pipe)]
    return _Careful(pipe, pages).load()


def main(memory: int, seconds: int) -> None:
    """Answer calls until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a page never reaches a disk
    calls, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            module, name, given = asked(calls)
        except EOFError:
            return
        used = resource.getrusage(resource.RUSAGE_SELF)
        spent = int(used.ru_utime + used.ru_stime) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (spent + seconds, resource.RLIM_INFINITY))
        send(answers, _answer(module, name, given))


def _answer(module: str, name: str, given: tuple[object, ...]) -> tuple[object, ...]:
    try:
        return "done", getattr(import_module(module), name)(*given)
    except MemoryError:
        sys.exit(1)
    except Exception as error:  # told to the service, which raises it again
        kind, frame = type(error), traceback.extract_tb(error.__traceback__)[-1]
        if kind.__module__ == "model" or kind.__module__.startswith("scraper."):
            return "raised", kind.__module__, kind.__name__, error.args, dict(vars(error))
        return "fault", f"{kind.__name__} at {Path(frame.filename).name}:{frame.lineno}"


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
