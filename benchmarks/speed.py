"""Worlds → how fast extraction reads them: warm, with fresh words, from a cold start; memory.

    python -m benchmarks.speed [WORLD]           # part of `python -m benchmarks.extraction`

One process, text → records and redacted text. natasha's passes stand between ours, so that both
meet the same load of the machine; the best pass of each counts, by the clock and in processor
seconds. natasha is run twice: with one thread, as we are, and with as many as its linear algebra
takes by itself, which on few or busy cores is slower. It runs in `.venv-peers`
(`make install-peers`), without which there is nothing to compare with.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import IO, NamedTuple

import compiled
import extract
from benchmarks.extraction import WORLD, posts
from model import Post

ROOT = Path(__file__).parent.parent
PEER = ROOT / ".venv-peers" / "bin" / "python"
FRESH = ROOT / "benchmarks" / "worlds" / "second"
ROUNDS = 3
_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
_COLD = """
import sys, time
started = time.perf_counter()
from pathlib import Path
from benchmarks.extraction import posts
import extract
loaded = time.perf_counter()
first, fresh = ([p for p, _ in posts(Path(world))] for world in sys.argv[1:])
then = time.perf_counter()
extract.read(first[0])
times = [loaded - started, time.perf_counter() - then]
for world in (first[1:], fresh):
    then = time.perf_counter()
    for post in world:
        extract.read(post)
    times.append(len(world) / (time.perf_counter() - then))
print(*times)
"""


class Pass(NamedTuple):
    """Seconds of reading every post once."""

    clock: float
    processor: float  # of all threads


Peer = Callable[[], Pass]


def one_pass(texts: Sequence[Post]) -> Pass:
    """Every post read once."""
    started, used = time.perf_counter(), time.process_time()
    for post in texts:
        extract.read(post)
    return Pass(time.perf_counter() - started, time.process_time() - used)


@contextmanager
def natasha(world: Path, *, threads: str) -> Iterator[Peer | None]:
    """A pass of natasha's process over this world; None where it is not installed.

    `threads`: how many its linear algebra may take; "" for as many as it likes.
    """
    if not PEER.exists():
        yield None
        return
    command = [str(PEER), str(Path(__file__).with_name("natasha_peer.py"))]
    with subprocess.Popen(
        [*command, str(world / "posts.jsonl")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # it warns of its own age
        text=True,
        env={**os.environ, **(dict.fromkeys(_THREADS, threads) if threads else {})},
    ) as peer:
        if peer.stdin is None or peer.stdout is None or peer.stdout.readline() != "ready\n":
            yield None
            return
        try:
            yield partial(_asked, peer.stdin, peer.stdout)
        finally:
            peer.stdin.close()


def _asked(question: IO[str], answer: IO[str]) -> Pass:
    question.write("\n")
    question.flush()
    clock, processor = map(float, answer.readline().split())
    return Pass(clock, processor)


def passes(world: Path, texts: Sequence[Post]) -> dict[str, Pass]:
    """Our best pass and natasha's best, of one thread and of as many as it likes, taken in turn."""
    one_pass(texts)
    taken: dict[str, list[Pass]] = {}
    with natasha(world, threads="1") as one, natasha(world, threads="") as many:
        peers = {"natasha, one thread": one, "natasha, its threads": many}
        for _ in range(ROUNDS):
            taken.setdefault("rollcall", []).extend(one_pass(texts) for _ in range(2))
            for name, peer in peers.items():
                if peer is not None:
                    taken.setdefault(name, []).append(peer())
    return {name: Pass(*map(min, zip(*of, strict=True))) for name, of in taken.items()}


def from_cold(first: Path, fresh: Path) -> tuple[float, ...]:
    """In a new process: seconds to import, to read the first post; posts a second of either world.

    The second world is of another author: its words have not been seen.
    """
    run = subprocess.run(
        [sys.executable, "-c", _COLD, str(first), str(fresh)],
        cwd=ROOT,
        check=True,
        capture_output=True,
        text=True,
    )
    return tuple(map(float, run.stdout.split()))


def report(world: Path) -> None:
    """Print it all."""
    texts = [post for post, _ in posts(world)]
    print(f"rollcall is {compiled.use()}")
    best = passes(world, texts)
    ours = best["rollcall"]
    for name, one in best.items():
        times = (one.clock / ours.clock, one.processor / ours.processor)
        print(
            f"{name:<20} {len(texts) / one.clock:8.0f} posts/s"
            f"  {len(texts) / one.processor:8.0f} a processor second"
            + (f"  rollcall: {times[0]:.1f} and {times[1]:.1f} times" if one is not ours else "")
        )
    if len(best) == 1:
        print("natasha is not installed (make install-peers): nothing to compare with")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'peak memory':<20} {peak:8.0f} MB")
    loading, opening, first, fresh = from_cold(world, FRESH)
    print(f"{'cold start':<20} {loading:.2f} s to import, {opening:.2f} s for the first post")
    print(f"{'first reading':<20} {first:8.0f} posts/s of this world in a new process")
    print(f"{'fresh words':<20} {fresh:8.0f} posts/s of another author's world, right after it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", nargs="?", type=Path, default=WORLD)
    report(parser.parse_args().world)


if __name__ == "__main__":
    main()
