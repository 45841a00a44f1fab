"""The process that reads pages: calls on its standard input → results on its standard output.

    python -m scraper.worker MEMORY_BYTES CPU_SECONDS

It has limits on memory and on the time of each page: a page that exhausts them ends this process
and not the service. It has no environment, so no token either.
"""

from __future__ import annotations

import pickle
import resource
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import IO, Any
from zoneinfo import ZoneInfo

_ALLOWED = ("model", "datetime", "zoneinfo")  # whose types may cross, beside our parsers' own
_PLAIN = frozenset({"frozenset", "set", "bytearray", "complex"})


class _Careful(pickle.Unpickler):
    """Reads only types of ours: a parser that was taken over must not run code here."""

    def find_class(self, module: str, name: str) -> Any:
        """The class, if it is one of ours."""
        ours = module in _ALLOWED or module.startswith("scraper.")
        if ours or (module == "builtins" and name in _PLAIN):
            return super().find_class(module, name)
        raise pickle.UnpicklingError(f"{module}.{name} does not belong here")


class _Plain(pickle.Pickler):
    """Writes zones by their names: their own way needs `getattr` at the other end."""

    def reducer_override(self, value: object) -> Any:
        """How a value is written."""
        return (ZoneInfo, (value.key,)) if isinstance(value, ZoneInfo) else NotImplemented


def send(pipe: IO[bytes], value: object) -> None:
    """Write one value, a page in it uncopied. Raises OSError where nobody reads."""
    _Plain(pipe, protocol=5).dump(value)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any:
    """Read one value. Raises EOFError where the other end is gone."""
    try:
        return _Careful(pipe).load()
    except pickle.UnpicklingError as error:
        if "truncated" in str(error):
            raise EOFError from None
        raise


def main(memory: int, seconds: int) -> None:
    """Answer calls until the input ends."""
    resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # a page never reaches a disk
    calls, answers = sys.stdin.buffer, sys.stdout.buffer
    sys.stdout = sys.stderr
    while True:
        try:
            module, name, given = receive(calls)
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
