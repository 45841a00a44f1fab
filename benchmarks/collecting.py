"""rollcall and Scrapy in turn over the same pages of one server: fetch, parse, store.

    python -m benchmarks.collecting [--channels 20] [--posts 200] [--passes 5]

Of rollcall it is the client with its robots, retries and checks and the `telegram` kind; both write
the same fields into the same plain tables. A third line is rollcall with its own store: versions,
full-text index, sums of the analysts' pages, guards against erased men. Extraction, which Scrapy
has no like of, is left out. Scrapy runs in `.venv-peers` (`make install-peers`).
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
from collections.abc import Callable
from pathlib import Path

from benchmarks.plain_store import PlainStore
from benchmarks.soak import ROOT, channels, clock, cpu
from model import Batch, Reading, Source
from scraper import collect
from scraper.client import Client, ClientSettings
from store import Store

Figures = dict[str, float]  # pages, posts, seconds, processor
PEER = ROOT / ".venv-peers" / "bin" / "python"


def ours(port: int, count: int, db: Path) -> Figures:
    """One pass of rollcall's, into the plain tables."""
    store = PlainStore(str(db))

    def save(batch: Batch) -> None:
        fetch = batch.fetches[-1]
        rows = [
            (post.source, post.external_id, post.posted_at.isoformat(), post.edited_at is not None,
             post.forwarded_from, post.reply_to, post.url, post.text)
            for post in batch.posts
        ]  # fmt: skip
        store.save(batch.source, fetch.url, fetch.size, json.dumps(batch.cursor), rows)

    return asyncio.run(_ours(sources(port, count), save))


def whole(port: int, count: int, db: Path) -> Figures:
    """One pass of rollcall's, into its own store."""
    listed = sources(port, count)
    with Store.open(db, create=True) as store:
        store.save_sources(listed)
        return asyncio.run(
            _ours(listed, lambda batch: store.save_batch(batch, plain(batch), clock()))
        )


def sources(port: int, count: int) -> list[Source]:
    """The channels as sources."""
    return [
        Source(name=f"k{n:04}", kind="telegram", url=f"http://127.0.0.1:{port}/s/k{n:04}",
               path="k.toml")
        for n in range(count)
    ]  # fmt: skip


async def _ours(listed: list[Source], save: Callable[[Batch], object]) -> Figures:
    turns, told = asyncio.Semaphore(8), {"pages": 0.0, "posts": 0.0}

    async def one(client: Client, source: Source) -> None:
        async with turns:
            async for batch in collect(source, client, {}):
                save(batch)
                told["pages"] += 1
                told["posts"] += len(batch.posts)

    began, used = time.perf_counter(), cpu()
    # no pace on this machine, as Scrapy has none
    async with Client(ClientSettings(allow_loopback=True)) as client:
        await asyncio.gather(*(one(client, source) for source in listed))
    return {**told, "seconds": time.perf_counter() - began, "processor": cpu() - used}


def plain(batch: Batch) -> list[Reading]:
    """The texts as they are, no record: what Scrapy stores."""
    return [Reading(text=post.text, records=(), extractor="none") for post in batch.posts]


def theirs(port: int, count: int, db: Path) -> Figures:
    """One pass of Scrapy's, in a process of its own; its start-up is not counted."""
    script = Path(__file__).with_name("scrapy_peer.py")
    done = subprocess.run([str(PEER), str(script), str(port), str(count), str(db)],
                          capture_output=True, text=True, check=True)  # fmt: skip
    told: Figures = json.loads(done.stdout.splitlines()[-1])
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
    runs = {"rollcall": ours, "Scrapy": theirs, "rollcall, its own store": whole}
    passes: dict[str, list[Figures]] = {name: [] for name in runs}
    with tempfile.TemporaryDirectory() as folder, channels(words) as port:
        for turn in range(given.passes):
            for name, run in runs.items():
                place = Path(folder) / f"{name}{turn}.db"
                passes[name].append(run(port, given.channels, place))
    for name, figures in passes.items():
        rate = statistics.median(f["pages"] / f["seconds"] for f in figures)
        cost = statistics.median(1000 * f["processor"] / f["posts"] for f in figures)
        posts = figures[0]["posts"]
        print(f"{name:24}{rate:8.1f} pages/s {cost:8.2f} s of processor per 1,000 posts"
              f"   ({posts:.0f} posts)")  # fmt: skip


if __name__ == "__main__":
    main()
