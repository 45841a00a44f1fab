"""The practice world, served as real pages → a database collected as its clock moves on."""

from __future__ import annotations

import asyncio
import os
import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import pipeline
from practice import TOKEN, Clock, World, rounds, serve, sources
from scraper import sources as folder
from scraper.client import Client, ClientSettings
from scraper.vk_api import TOKEN as VK_TOKEN
from store.times import moscow_noon

SOURCES = "demo-sources"  # deleted and written anew: no name an operator would choose
DAYS = ("2024-08-23", "2024-09-15", "2024-12-31", "2025-06-30")


async def collect_world(
    directory: Path,
    world: World,
    told: Callable[[str], None] = lambda _: None,
    failed: Callable[[str], None] = lambda _: None,
) -> Path:
    """Collect the world as its clock moves on, by the production collectors; return the database.

    The rounds are laid so that every edit and deletion happens between two of them. Persons are
    resolved at the end of each counted day, so that the tally can be asked as known then.
    `told` hears of each resolution, `failed` of each source that could not be collected.
    """
    os.environ.setdefault(VK_TOKEN, TOKEN)
    db = _clean(directory)
    nights = {moscow_noon(day) + timedelta(hours=12, seconds=-1) for day in DAYS}
    # One more after the last night: only then has every source been seen to the end of that day.
    moments = sorted({*nights, *rounds(world), max(nights) + timedelta(minutes=1)})
    clock = Clock(moments[0])
    async with serve(world, clock) as base:
        sources(base, directory / SOURCES)
        listed = folder.load(directory / SOURCES)
        pipeline.register(db, listed)
        settings = ClientSettings(allow_loopback=True, clock=clock)
        async with Client(settings) as client:
            for number, moment in enumerate(moments, 1):
                clock.now = moment
                for ended in await pipeline.collect_round(listed, db, client, clock):
                    if ended.error:
                        failed(ended.error)
                if moment in nights or number == len(moments):
                    resolved = await asyncio.to_thread(pipeline.resolve, db, moment)
                    told(_progress(moment, number, resolved))
    for day in DAYS:
        pipeline.snapshot(db, day, clock.now)
    return db


def _clean(directory: Path) -> Path:
    """An empty folder of sources and no database: the demo begins anew each time."""
    directory.mkdir(parents=True, exist_ok=True)
    for stale in directory.glob("demo.db*"):
        stale.unlink()
    shutil.rmtree(directory / SOURCES, ignore_errors=True)
    return directory / "demo.db"


def _progress(now: datetime, number: int, resolved: pipeline.Resolved) -> str:
    return (
        f"{now:%Y-%m-%d}: round {number}, {resolved.records} records of "
        f"{resolved.persons} persons, {resolved.review} pairs for review"
    )
