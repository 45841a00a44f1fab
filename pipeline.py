"""Sources and a store's path → posts, records, persons and a tally: what one run does."""

from __future__ import annotations

import asyncio
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

import extract
import scraper
from model import (
    Batch,
    Claim,
    CollectFailed,
    Evidence,
    ListRow,
    Reading,
    Source,
)
from scraper.client import Client
from scraper.vk_api import spent
from store import Store, backfilling, trouble
from store.connection import Connection
from store.doubts import settled
from store.posts import Saved
from store.times import moscow_day
from store.trouble import Ended, filled, state_of

if TYPE_CHECKING:
    from resolution import Resolved, resolve, resolve_if_needed, resolve_nightly

# What only a resolution needs (numba, pandas …) weighs more than all a collection holds.
_OF_RESOLUTION = frozenset({"Resolved", "resolve", "resolve_if_needed", "resolve_nightly"})

__all__ = [
    "WRITER", "Backfilled", "Clock", "Collected", "Read", "Replayed", "Resolved", "backfill",
    "collect_round", "collect_source", "read", "read_row", "register", "replay", "resolve",
    "resolve_if_needed", "resolve_nightly", "snapshot",
]  # fmt: skip

Clock = Callable[[], datetime]


def __getattr__(name: str) -> object:
    """The names of `resolution`, imported when first asked for."""
    if name not in _OF_RESOLUTION:
        raise AttributeError(f"module 'pipeline' has no attribute {name!r}")
    return getattr(import_module("resolution"), name)


# Within one process writers queue here. SQLite's own lock is given up after ten seconds, and the
# resolution of a large store writes for longer.
WRITER = threading.Lock()


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """How the collection of one source ended; `error` names the cause where it failed."""

    source: str
    saved: Saved
    seconds: float
    error: str | None = None
    doubts: tuple[str, ...] = ()  # rows of a list that count for nobody, and why


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfilled:
    """How far the reading of a source's history is; pages and posts are those of this run."""

    cursor: Mapping[str, object]
    reached: datetime | None  # the oldest post read
    finished: bool = False
    pages: int = 0
    posts: int = 0
    saved: Saved = Saved()  # noqa: RUF009  frozen


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """What reading the stored posts anew changed; `before` is the known-at time to compare with."""

    posts: int
    records: int
    before: datetime
    unread: tuple[str, ...]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A batch without what could not be read, its readings in order, and what was left out."""

    batch: Batch
    readings: tuple[Reading, ...]
    unread: tuple[str, ...]
    settled: frozenset[int] = frozenset()  # rows

    @property
    def doubts(self) -> list[str]:
        """The rows that count for nobody, and why; without those that an editor settled."""
        of_rows = self.readings[len(self.batch.posts) :]
        rows = zip(self.batch.rows, of_rows, strict=True)
        return [
            f"row {row.row}: {said.doubt.why}"
            for row, said in rows
            if said.doubt and row.row not in self.settled
        ]


def read(batch: Batch, claim: Claim | None = None) -> Read:
    """What the posts of a batch say, then its rows: redacted and ready to keep.

    `claim`: what a row asserts unless it says otherwise.

    A fault of ours on one text leaves out that text and is named; the others are kept.
    """
    unread: list[str] = []

    def attempt(name: str, reader: Callable[[], Reading]) -> Reading | None:
        try:
            return reader()
        except Exception as error:  # the one place where a bug of extraction ends
            frame = traceback.extract_tb(error.__traceback__)[-1]  # its text may quote the post
            cause = f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
            unread.append(f"{name} could not be read ({cause})")
            return None

    of_posts = [
        (p, attempt(f"post {p.external_id}", partial(extract.read, p))) for p in batch.posts
    ]
    of_rows = [(r, attempt(f"row {r.row}", partial(read_row, r, claim))) for r in batch.rows]
    return Read(
        batch=replace(
            batch,
            posts=tuple(post for post, found in of_posts if found),
            rows=tuple(row for row, found in of_rows if found),
        ),
        readings=tuple(found for _, found in (*of_posts, *of_rows) if found),
        unread=tuple(unread),
    )


def read_row(row: ListRow, claim: Claim | None) -> Reading:
    """One list row as a Reading: its redacted line and its record, if it is a soldier's."""
    return extract.read_row(row, claim or Claim.SOUGHT)


def register(store_path: Path, folder: Sequence[Source]) -> None:
    """Make the store if there is none, and bring its sources in line with the whole folder."""
    with Store.open(store_path, create=True) as store:
        store.save_sources(folder)


async def collect_source(
    source: Source, store_path: Path, client: Client, clock: Clock, *, forced: bool = False
) -> Collected:
    """Collect one source, a transaction a batch. A failure is recorded and named, never raised.

    Killed in between, the next run resumes from the last batch's cursor. A source that is not to
    be asked yet is not, unless `forced`; when its time has come, one request tries it.
    """
    began, started, saved, ended = clock(), time.monotonic(), Saved(), Ended()
    fields, posts, doubts = Counter[str](), 0, list[str]()
    start = await asyncio.to_thread(_start, store_path, source, began, forced)
    if start.why_not is not None:
        return Collected(source=source.name, saved=saved, seconds=0, error=start.why_not)
    try:
        async for batch in scraper.collect(source, client, start.cursor, probe=start.probe):
            found, done = await asyncio.to_thread(_save, store_path, source, batch, clock())
            saved += found
            posts += len(done.batch.posts)
            doubts += done.doubts
            fields += filled(done.batch.posts, done.readings)
            if done.unread:
                ended = Ended(error=f"{source.name}: {'; '.join(done.unread)}", state="failing")
    except CollectFailed as failure:
        ended = Ended(error=str(failure), state=state_of(failure), hold=failure.hold)
        await asyncio.to_thread(_save_failure, store_path, failure)
    ended = replace(ended, news=saved.new + saved.changed, posts=posts, fields=fields)
    await asyncio.to_thread(_note_end, store_path, source, ended, began, clock())
    seconds = time.monotonic() - started
    return Collected(
        source=source.name, saved=saved, seconds=seconds, error=ended.error, doubts=tuple(doubts)
    )


async def collect_round(  # noqa: PLR0913  two of them may be left out
    sources: Sequence[Source],
    store_path: Path,
    client: Client,
    clock: Clock,
    *,
    deadline: float | None = None,
    forced: Collection[str] = (),
    done: Callable[[Collected], None] = lambda _: None,
) -> list[Collected]:
    """Collect all sources at once; the client keeps the pace within each host.

    `deadline` in seconds bounds each source; `forced` names those to be asked even though they
    failed too often or asked for time; `done` hears of each as it ends.
    """
    await asyncio.to_thread(_remember_budgets, store_path, client, clock())

    async def one(source: Source) -> Collected:
        began = clock()
        try:
            async with asyncio.timeout(deadline):
                ended = await collect_source(
                    source, store_path, client, clock, forced=source.name in forced
                )
        except TimeoutError:
            error = f"{source.name}: not done after {deadline:.0f} s; it resumes next time"
            late = Ended(error=error, state="failing")
            await asyncio.to_thread(_note_end, store_path, source, late, began, clock())
            ended = Collected(source=source.name, saved=Saved(), seconds=deadline or 0, error=error)
        done(ended)
        return ended

    return list(await asyncio.gather(*(one(source) for source in sources)))


async def backfill(  # noqa: PLR0913  `done` may be left out
    source: Source,
    store_path: Path,
    client: Client,
    since: datetime,
    clock: Clock,
    *,
    done: Callable[[Backfilled], None] = lambda _: None,
) -> Backfilled:
    """Read a source's history down to `since`, a transaction a page; killed, it goes on there.

    The cursor and the schedule of the ordinary collection stay as they are, but where the server
    asks for time: then nobody asks it before. `done` hears of each page. Raises CollectFailed, and
    UnusableInput for a kind without a history.
    """
    far, start = await asyncio.to_thread(_begin_backfill, store_path, source, since, clock())
    await asyncio.to_thread(_remember_budgets, store_path, client, clock())
    if far.finished or start.why_not is not None:
        if start.why_not is not None:
            raise CollectFailed(start.why_not)
        return far
    began = clock()
    try:
        async for batch in scraper.backfill(source, client, far.cursor, start.cursor, since):
            far = await asyncio.to_thread(_save_page, store_path, source, batch, far, clock())
            done(far)
    except CollectFailed as failure:
        await asyncio.to_thread(_save_failure, store_path, failure)
        if failure.hold is not None:
            ended = Ended(error=str(failure), state=state_of(failure), hold=failure.hold)
            await asyncio.to_thread(_note_end, store_path, source, ended, began, clock())
        raise
    with WRITER, Store.open(store_path) as store, store.writing() as connection:
        backfilling.finish(connection, source.name, clock())
    return replace(far, finished=True)


def _begin_backfill(
    store_path: Path, source: Source, since: datetime, now: datetime
) -> tuple[Backfilled, _Start]:
    start = _start(store_path, source, now, forced=False)
    with WRITER, Store.open(store_path) as store, store.writing() as connection:
        kept = backfilling.begin(connection, source.name, moscow_day(since), now)
    far = Backfilled(cursor=kept.cursor, reached=kept.reached, finished=kept.finished)
    return far, start


def _save_page(
    store_path: Path, source: Source, batch: Batch, far: Backfilled, now: datetime
) -> Backfilled:
    """One page of a history and how far it is, together."""
    found = read(batch, source.claim)
    times = [post.posted_at for post in found.batch.posts]
    reached = min(filter(None, [*times, far.reached]), default=None)

    def also(connection: Connection) -> None:
        backfilling.move(connection, source.name, batch.cursor, reached, now)

    with WRITER, Store.open(store_path) as store:
        saved = store.save_batch(replace(found.batch, cursor={}), found.readings, now, also=also)
    return Backfilled(
        cursor=batch.cursor,
        reached=reached,
        pages=far.pages + 1,
        posts=far.posts + len(times),
        saved=far.saved + saved,
    )


def replay(store_path: Path, clock: Clock, *, done: Callable[[int], None]) -> Replayed:
    """Read anew the stored posts that another extractor read, a transaction a batch; then resolve.

    What is read is their redacted text. Records keep their ids, so editors' decisions hold. Rows of
    lists are read anew when their list is next collected: of them only the line is kept.
    """
    started, before, unread = time.monotonic(), clock(), list[str]()
    saved, posts = Saved(), 0
    with Store.open(store_path) as store:
        for batch in store.stale_batches(extract.VERSION):
            found = read(batch)
            saved += store.save_batch(found.batch, found.readings, clock())
            unread.extend(f"{batch.source}: {name}" for name in found.unread)
            posts += len(found.batch.posts)
            done(len(batch.posts))
    import_module("resolution").resolve_if_needed(store_path, clock())
    return Replayed(
        posts=posts, records=saved.records, before=before, unread=tuple(unread),
        seconds=time.monotonic() - started,
    )  # fmt: skip


def snapshot(store_path: Path, day: str, now: datetime) -> None:
    """Keep the day's tally as rollcall knows it now, at each level of evidence."""
    with Store.open(store_path) as store:
        for evidence in Evidence:
            store.save_snapshot(day, evidence, now)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Start:
    """Where a collection begins. `why_not`: it may not, and why."""

    cursor: Mapping[str, object] = field(default_factory=dict)
    probe: bool = False
    why_not: str | None = None


def _start(store_path: Path, source: Source, now: datetime, forced: bool) -> _Start:
    with Store.open(store_path) as store:
        shut = None if forced else trouble.shut(store.connection, source.name, now)
        if shut is not None:
            state, until = shut
            why_not = f"{source.name}: not asked: {state}; the next try is at {until:%F %R} UTC"
            return _Start(why_not=why_not)
        probe = trouble.probing(store.connection, source.name)
        return _Start(cursor=store.cursor(source.name), probe=probe)


def _remember_budgets(store_path: Path, client: Client, now: datetime) -> None:
    """What was asked of VK today, by whichever process, counts against the day's budget."""
    with Store.open(store_path) as store:
        asked = trouble.asked_today(store.connection, "vk", now)
    for service, requests in spent(asked).items():
        client.remember_spent(service, requests)


def _save(store_path: Path, source: Source, batch: Batch, now: datetime) -> tuple[Saved, Read]:
    found = read(batch, source.claim)
    with WRITER, Store.open(store_path) as store:
        saved = store.save_batch(found.batch, found.readings, now)
        return saved, replace(found, settled=settled(store.connection, source.name))


def _save_failure(store_path: Path, failure: CollectFailed) -> None:
    with WRITER, Store.open(store_path) as store:
        store.save_fetches(getattr(failure, "fetches", ()))


def _note_end(
    store_path: Path, source: Source, ended: Ended, began: datetime, now: datetime
) -> None:
    with WRITER, Store.open(store_path) as store:
        store.record_attempt(source.name, ended, started_at=began, now=now)
