"""`collect --backfill`: a source and a day → its history in the store, and how far it is."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from pathlib import Path

import click

import pipeline
from cli.output import console
from model import Source, UnusableInput
from scraper.client import Client, ClientSettings
from store.times import moscow_noon

NOON = timedelta(hours=12)
TOLD = timedelta(seconds=10)  # between two lines of progress where stderr is no terminal


def read(
    source: Source, db: Path, settings: ClientSettings, day: str, clock: Callable[[], datetime]
) -> Mapping[str, object]:
    """Read it; progress goes to stderr. Raises UnusableInput, CollectFailed."""
    try:
        since = moscow_noon(day) - NOON
    except ValueError:
        raise UnusableInput(f"--since: {day!r} is no day like 2024-08-01") from None
    if since > clock():
        raise UnusableInput(f"--since: {day} is still to come")
    told = Progress(source.name, day, clock)

    async def go() -> pipeline.Backfilled:
        async with Client(settings) as client:
            return await pipeline.backfill(source, db, client, since, clock, done=told)

    done = asyncio.run(go())
    return {
        "source": source.name,
        "since": day,
        "reached": done.reached.isoformat() if done.reached else None,
        "pages": done.pages,
        "posts": done.posts,
        "new": done.saved.new,
        "records": done.saved.records,
    }


def tell(found: Mapping[str, object]) -> None:
    """The end of it, in a line."""
    click.echo(
        f"{found['source']}: read back to {found['since']}: {found['posts']} posts on "
        f"{found['pages']} pages, {found['new']} of them new, {found['records']} records"
    )


class Progress:
    """One line on stderr: kept up to date on a terminal, every ten seconds elsewhere."""

    def __init__(self, source: str, day: str, clock: Callable[[], datetime]) -> None:
        self.source, self.day, self.clock = source, day, clock
        self.next = clock()
        self.terminal = sys.stderr.isatty()

    def __call__(self, far: pipeline.Backfilled) -> None:
        """A page was read."""
        if self.clock() < self.next:
            return
        self.next = self.clock() + (TOLD if not self.terminal else timedelta(0))
        at = f"{far.reached:%Y-%m-%d}" if far.reached else "no post yet"
        read = f"{far.posts} posts, {far.pages} pages"
        line = f"{self.source}: at {at}, on the way to {self.day}: {read}"
        console(error=True).print(line, end="\r" if self.terminal else "\n")
