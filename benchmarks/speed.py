"""Worlds → how fast extraction reads them: warm, with fresh words, from a cold start; memory.

    python -m benchmarks.speed [WORLD]           # part of `python -m benchmarks.extraction`

One process, text → records and redacted text. natasha's passes stand between ours, so that both
meet the same load of the machine; the best pass of each counts. It runs in `.venv-peers`
(`make install-peers`), without which there is nothing to compare with.
"""

from __future__ import annotations

import argparse
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import extract
from benchmarks.extraction import WORLD, posts
from model import Post

ROOT = Path(__file__).parent.parent
PEER = ROOT / ".venv-peers" / "bin" / "python"
FRESH = ROOT / "benchmarks" / "worlds" / "second"
ROUNDS = 3
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


def one_pass(texts: Sequence[Post]) -> float:
    """Seconds to read every post once."""
    started = time.perf_counter()
    for post in texts:
        extract.read(post)
    return time.perf_counter() - started


@contextmanager
def natasha(world: Path) -> Iterator[tuple[IO[str], IO[str]] | None]:
    """natasha's process on this world, ready for a pass a line; None where it is not installed."""
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
    ) as peer:
        if peer.stdin is None or peer.stdout is None or peer.stdout.readline() != "ready\n":
            yield None
            return
        try:
            yield peer.stdin, peer.stdout
        finally:
            peer.stdin.close()


def passes(world: Path, texts: Sequence[Post]) -> tuple[float, float | None]:
    """Seconds of our best pass and of natasha's best, taken in turn."""
    one_pass(texts)
    ours, theirs = [], []
    with natasha(world) as peer:
        for _ in range(ROUNDS):
            ours += [one_pass(texts) for _ in range(2)]
            if peer is not None:
                peer[0].write("\n")
                peer[0].flush()
                theirs.append(float(peer[1].readline()))
    return min(ours), min(theirs, default=None)


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
    ours, theirs = passes(world, texts)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"{'rollcall':<16} {len(texts) / ours:8.0f} posts/s  peak {peak:.0f} MB")
    if theirs is None:
        print("natasha is not installed (make install-peers): nothing to compare with")
    else:
        print(
            f"{'natasha':<16} {len(texts) / theirs:8.0f} posts/s"
            f"  rollcall is {theirs / ours:.1f} times as fast"
        )
    loading, opening, first, fresh = from_cold(world, FRESH)
    print(f"{'cold start':<16} {loading:.2f} s to import, {opening:.2f} s for the first post")
    print(f"{'first reading':<16} {first:8.0f} posts/s of this world in a new process")
    print(f"{'fresh words':<16} {fresh:8.0f} posts/s of another author's world, right after it")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("world", nargs="?", type=Path, default=WORLD)
    report(parser.parse_args().world)


if __name__ == "__main__":
    main()
