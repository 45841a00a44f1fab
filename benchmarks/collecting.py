"""rollcall and Scrapy in turn over the same pages of one server: fetch, parse, store.

    python -m benchmarks.collecting [--channels 20] [--posts 200] [--passes 5]

Of rollcall it is the client with its robots, retries and checks, the `telegram` kind, and the store
with versions, cursor and fetch rows. Extraction, which Scrapy has no like of, is left out. Scrapy
runs in `.venv-peers` (`make install-peers`).
"""

from __future__ import annotations

import argparse
import asyncio
import json
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from benchmarks.soak import ROOT, channels, clock, cpu
from model import Batch, Reading, Source
from scraper import collect
from scraper.client import Client, ClientSettings
from store import Store

PEER = ROOT / ".venv-peers" / "bin" / "python"


def ours(port: int, count: int, db: Path) -> dict[str, float]:
    """One pass of rollcall's."""
    sources = [
        Source(name=f"k{n:04}", kind="telegram", url=f"http://127.0.0.1:{port}/s/k{n:04}",
               path="k.toml")
        for n in range(count)
    ]  # fmt: skip
    with Store.open(db, create=True) as store:
        store.save_sources(sources)
        return asyncio.run(_ours(sources, store))


async def _ours(sources: list[Source], store: Store) -> dict[str, float]:
    turns, told = asyncio.Semaphore(8), {"pages": 0.0, "posts": 0.0}
    settings = ClientSettings(allow_loopback=True)  # no pace on this machine, as Scrapy has none

    async def one(client: Client, source: Source) -> None:
        async with turns:
            async for batch in collect(source, client, {}):
                store.save_batch(batch, plain(batch), clock())
                told["pages"] += 1
                told["posts"] += len(batch.posts)

    began, used = time.perf_counter(), cpu()
    async with Client(settings) as client:
        await asyncio.gather(*(one(client, source) for source in sources))
    return {**told, "seconds": time.perf_counter() - began, "processor": cpu() - used}


def plain(batch: Batch) -> list[Reading]:
    """The texts as they are, no record: what Scrapy stores."""
    return [Reading(text=post.text, records=(), extractor="none") for post in batch.posts]


def theirs(port: int, count: int, db: Path) -> dict[str, float]:
    """One pass of Scrapy's, in a process of its own; its start-up is not counted."""
    script = Path(__file__).with_name("scrapy_peer.py")
    done = subprocess.run([str(PEER), str(script), str(port), str(count), str(db)],
                          capture_output=True, text=True, check=True)  # fmt: skip
    told: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return told


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--channels", type=int, default=20)
    parser.add_argument("--posts", type=int, default=200)
    parser.add_argument("--passes", type=int, default=5)
    given = parser.parse_args()
    if not PEER.exists():
        sys.exit("Scrapy is not installed: make install-peers")
    words = [str(given.channels), str(float(int(time.time()) - 60)), "300", str(given.posts), "1:1"]
    passes: dict[str, list[dict[str, float]]] = {"rollcall": [], "Scrapy": []}
    with tempfile.TemporaryDirectory() as folder, channels(words) as port:
        for turn in range(given.passes):
            for name, run in (("rollcall", ours), ("Scrapy", theirs)):
                place = Path(folder) / f"{name}{turn}.db"
                passes[name].append(run(port, given.channels, place))
    for name, figures in passes.items():
        rate = statistics.median(f["pages"] / f["seconds"] for f in figures)
        cost = statistics.median(1000 * f["processor"] / f["posts"] for f in figures)
        posts = figures[0]["posts"]
        print(f"{name:10}{rate:8.1f} pages/s {cost:8.2f} s of processor per 1,000 posts"
              f"   ({posts:.0f} posts)")  # fmt: skip


if __name__ == "__main__":
    main()
