"""Sources and a store's path → posts, records, persons and a tally: what one run does."""

from __future__ import annotations

import asyncio
import threading
import time
import traceback
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path

import dedupe
import extract
import scraper
from dedupe.describe import describe
from model import (
    Batch,
    Claim,
    CollectFailed,
    Evidence,
    ListRow,
    Reading,
    Source,
)
from russian.moscow import moscow_day
from scraper.client import Client
from scraper.vk_api import spent
from store import Store, holds, linkage_saving, trouble
from store.connection import Connection
from store.copies import fold_copies
from store.linkage import Linkage, former
from store.linkage_saving import Fitted, News
from store.posts import Saved
from store.trouble import Ended, filled, state_of

NIGHT = timedelta(hours=3)  # after the Moscow midnight, when nobody waits for a tally

Clock = Callable[[], datetime]

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a resolution made of the records."""

    records: int
    persons: int
    review: int
    seconds: float
    full: bool  # all records were looked at, not only the new


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
    """One list row as a Reading: its redacted line and its one record."""
    text, record = extract.read_row(row, claim or Claim.SOUGHT)
    return Reading(text=text, records=(record,), extractor=extract.VERSION)


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
    fields, posts = Counter[str](), 0
    start = await asyncio.to_thread(_start, store_path, source, began, forced)
    if start.why_not is not None:
        return Collected(source=source.name, saved=saved, seconds=0, error=start.why_not)
    try:
        async for batch in scraper.collect(source, client, start.cursor, probe=start.probe):
            found, done = await asyncio.to_thread(_save, store_path, source, batch, clock())
            saved += found
            posts += len(done.batch.posts)
            fields += filled(done.batch.posts, done.readings)
            if done.unread:
                ended = Ended(error=f"{source.name}: {'; '.join(done.unread)}", state="failing")
    except CollectFailed as failure:
        ended = Ended(error=str(failure), state=state_of(failure), hold=failure.hold)
        await asyncio.to_thread(_save_failure, store_path, failure)
    ended = replace(ended, news=saved.new + saved.changed, posts=posts, fields=fields)
    await asyncio.to_thread(_note_end, store_path, source, ended, began, clock())
    seconds = time.monotonic() - started
    return Collected(source=source.name, saved=saved, seconds=seconds, error=ended.error)


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


def resolve(  # noqa: PLR0913  four of them may be left out
    store_path: Path,
    now: datetime,
    *,
    full: bool = False,
    refit: bool = False,
    sources: Path | None = None,
    spark: bool = False,
) -> Resolved:
    """Decide which records speak of one man; describe the persons; save all in one transaction.

    Looks only at what is new and what it touches, unless the store was never resolved by this
    version and model, has grown too much since its statistics were taken, or `full` or `refit`
    asks for all records. A full run gives the same persons; one that takes the statistics anew
    (`refit`, or because they are due) may move those near a threshold. The folder of `sources` may
    hold weights of its own. `spark` finds and weighs the pairs of a full run on Spark.
    """
    started, weights = time.monotonic(), dedupe.read(dedupe.in_force(sources))
    with Store.open(store_path) as store:
        with store.writing() as connection:
            holds.refresh(connection, now)
        held = linkage_saving.state(store.connection)
        changed = set(store.changed_records())
        read = linkage_saving.news(store.connection, changed, held)
        fits = held is not None and _still_fits(store, held, read, weights)
        every = full or refit or spark or not fits
        while True:
            if every:
                run = _rebuilt(store, read, weights, now, kept=fits and not refit, spark=spark)
            else:
                run = _advanced(store, read, weights, now)
            with store.writing() as connection:
                folded = fold_copies(connection, run.resolution.clusters, changed)
                if folded:
                    linkage_saving.void(connection)  # should this run die here
            if not folded:
                break
            changed |= folded  # a copy weighs otherwise: once more, with the copies known
            read = linkage_saving.news(store.connection, changed, held)
        _save_run(store, run, read.gone, now)
        records, persons, review = linkage_saving.sizes(store.connection)
    return Resolved(
        records=records,
        persons=persons,
        review=review,
        seconds=time.monotonic() - started,
        full=every,
    )


def _still_fits(
    store: Store, held: linkage_saving.State, read: linkage_saving.News, weights: dedupe.Weights
) -> bool:
    """Can what is kept be built upon: the same engine, owners and, near enough, the same store?"""
    owners = linkage_saving.owners(store.connection)
    grown = abs(held.records - held.fitted) + len(read.said) + len(read.gone)
    return (
        held.engine == dedupe.engine(weights)
        and all(owners.get(source) == owner for source, owner in held.owners.items())
        and grown <= dedupe.GROWTH * held.fitted
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What a run decided, and what it writes for the next one."""

    resolution: dedupe.Resolution
    also: Callable[[Connection], None]


def _advanced(store: Store, read: News, weights: dedupe.Weights, now: datetime) -> _Run:
    memory = Linkage(store.connection)
    touched = dedupe.Touched(
        said=read.said, gone=read.gone, decided=read.decided, approved=read.approved
    )
    resolution, step = dedupe.advance(memory, touched, store.decisions(), weights=weights, now=now)
    return _Run(
        resolution=resolution,
        also=lambda connection: linkage_saving.save_step(
            connection,
            read,
            dedupe.engine(weights),
            (step.keys, step.dropped, step.edges, step.company),
        ),
    )


def _rebuilt(  # noqa: PLR0913  two of them choose
    store: Store,
    read: News,
    weights: dedupe.Weights,
    now: datetime,
    *,
    kept: bool,
    spark: bool,
) -> _Run:
    candidates: dedupe.Candidates | None = None
    if spark:
        from dedupe.spark import spark_pairs  # noqa: PLC0415  an extra

        candidates = spark_pairs
    resolution, trace = dedupe.rebuild(
        store.stored_records(),
        store.decisions(),
        dedupe.Before(previous=store.previous(), former=former(store.connection)),
        weights=weights,
        now=now,
        kept=Linkage(store.connection) if kept else None,
        candidates=candidates,
    )
    fitted = None if trace.statistics is None else Fitted(**trace.statistics.plain())
    return _Run(
        resolution=resolution,
        also=lambda connection: linkage_saving.save_all(
            connection,
            read,
            (dedupe.engine(weights), moscow_day(now)),
            trace.keys(),
            trace.edges(),
            trace.company,
            fitted,
        ),
    )


def _save_run(store: Store, run: _Run, gone: frozenset[str], now: datetime) -> None:
    resolution, approved = run.resolution, store.approvals()
    ids = [one for members in resolution.clusters.values() for one in members]
    by_id = {record.record_id: record for record in store.stored_records(ids=ids)}
    persons = [
        describe(person_id, [by_id[record_id] for record_id in members], approved)
        for person_id, members in resolution.clusters.items()
    ]
    store.save_resolution(resolution, persons, now, judged=resolution.judged | gone, also=run.also)


def resolve_if_needed(
    store_path: Path, now: datetime, sources: Path | None = None
) -> Resolved | None:
    """Resolve where a record, a human's word or a weight is new since the last time; else None."""
    engine = dedupe.engine(dedupe.read(dedupe.in_force(sources)))
    with Store.open(store_path) as store:
        held = linkage_saving.state(store.connection)
        if store.is_resolved() and held is not None and held.engine == engine:
            return None
    return resolve(store_path, now, sources=sources)


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
    resolve_if_needed(store_path, clock())
    return Replayed(
        posts=posts, records=saved.records, before=before, unread=tuple(unread),
        seconds=time.monotonic() - started,
    )  # fmt: skip


def resolve_nightly(
    store_path: Path, now: datetime, sources: Path | None = None
) -> Resolved | None:
    """A full resolution once a night, where there was news since the last; else None."""
    with Store.open(store_path) as store:
        held = linkage_saving.state(store.connection)
    if held is None or not held.steps or held.rebuilt_on >= moscow_day(now - NIGHT):
        return None
    return resolve(store_path, now, full=True, sources=sources)


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
        return store.save_batch(found.batch, found.readings, now), found


def _save_failure(store_path: Path, failure: CollectFailed) -> None:
    with WRITER, Store.open(store_path) as store:
        store.save_fetches(getattr(failure, "fetches", ()))


def _note_end(
    store_path: Path, source: Source, ended: Ended, began: datetime, now: datetime
) -> None:
    with WRITER, Store.open(store_path) as store:
        store.record_attempt(source.name, ended, started_at=began, now=now)
