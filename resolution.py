"""A store → the same with its persons decided anew: what is new, or all records."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import dedupe
from dedupe.describe import describe
from model import Decision, Person, StoredRecord
from russian.moscow import moscow_day
from store import Store, holds, linkage_saving, sketches
from store.connection import Connection, reading
from store.due import due
from store.linkage import Linkage, former
from store.linkage_saving import Fitted, News
from store.persons import Seen, save_resolution
from store.sketches import fold_copies

NIGHT = timedelta(hours=3)  # after the Moscow midnight, when nobody waits for a tally


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """What a resolution made of the records."""

    records: int
    persons: int
    review: int
    seconds: float
    full: bool  # all records were looked at, not only the new


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
    before: _Copied | None = None
    with Store.open(store_path) as store:
        while True:
            with store.writing() as connection:
                every = full or linkage_saving.state(connection) is None
                holds.refresh(connection, now, None if every else due(connection).records)
            run = _decided(store, weights, now, full=full, refit=refit, spark=spark, before=before)
            before = None
            with store.writing() as connection:
                if linkage_saving.turn(connection) != run.read.turn:
                    continue  # another run ended first
                if isinstance(run, _Copied):
                    sketches.mark(connection, run.copies)
                    before = run
                elif _saved(connection, run, now):
                    break
        records, persons, review = linkage_saving.sizes(store.connection)
    return Resolved(
        records=records,
        persons=persons,
        review=review,
        seconds=time.monotonic() - started,
        full=run.full,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Run:
    """What a run decided, and what it writes for the next one."""

    read: News
    resolution: dedupe.Resolution
    persons: list[Person]  # described
    judged: frozenset[str]
    also: Callable[[Connection], None]
    full: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class _Copied:
    """A run that found copies before it had decided anything: marked, they are due."""

    read: News
    copies: sketches.Copies
    weighed: dedupe.Weighed


def _decided(  # noqa: PLR0913  three of them choose
    store: Store,
    weights: dedupe.Weights,
    now: datetime,
    *,
    full: bool,
    refit: bool,
    spark: bool,
    before: _Copied | None,
) -> _Run | _Copied:
    """Read one state of the store, and decide; nothing is written.

    A run over all records reads them first and lets go: what else it asks of the store is written
    by resolutions only, and if one ends in the meantime this run is for nothing (`_saved`).
    """
    with reading(store.connection):
        held = linkage_saving.state(store.connection)
        read = linkage_saving.news(store.connection, held)
        fits = held is not None and _still_fits(held, read, weights)
        if fits and not (full or refit or spark):
            return _advanced(store, read, weights, now, before)
        every = _Every(
            records=store.stored_records(),
            decisions=store.decisions(),
            approvals=store.approvals(),
            before=dedupe.Before(previous=store.previous(), former=former(store.connection)),
        )
    return _rebuilt(store, read, every, weights, now, kept=fits and not refit, spark=spark)


def _saved(connection: Connection, run: _Run, now: datetime) -> bool:
    """Write it all, unless copies turned up: they are marked, and weigh otherwise once more.

    What was said in the meantime stays due.
    """
    if run.full and fold_copies(connection, run.resolution.clusters, run.read.changed):
        return False
    seen = Seen(judged=run.judged, due=run.read.due)
    save_resolution(connection, run.resolution, run.persons, now, seen)
    run.also(connection)
    return True


def _still_fits(held: linkage_saving.State, read: News, weights: dedupe.Weights) -> bool:
    """Can what is kept be built upon: the same engine, owners and, near enough, the same store?"""
    grown = abs(held.records + read.growth - held.fitted)
    return (
        held.engine == dedupe.engine(weights)
        and all(read.owners.get(source) == owner for source, owner in held.owners.items())
        and grown <= dedupe.GROWTH * held.fitted
    )


def _advanced(
    store: Store, read: News, weights: dedupe.Weights, now: datetime, before: _Copied | None
) -> _Run | _Copied:
    memory = Linkage(store.connection)
    held = None
    if before is not None and before.read.turn == read.turn:  # of what copies did not change
        held = before.weighed.without(read.since(before.read) | read.gone)
    touched = dedupe.Touched(
        said=read.said,
        gone=read.gone,
        decided=read.decided,
        approved=read.approved,
        weighed=held,
    )
    looked = dedupe.look(memory, touched, store.decisions(), weights=weights)
    copies = sketches.find_copies(store.connection, looked.clusters, read.changed)
    if copies.families:
        return _Copied(read=read, copies=copies, weighed=looked.news)
    resolution, step = looked.decided(now)
    ids = [one for members in resolution.clusters.values() for one in members]

    def also(connection: Connection) -> None:
        sketches.mark(connection, copies)  # none: the sketches made are kept
        linkage_saving.save_step(connection, read, dedupe.engine(weights), step)

    return _Run(
        read=read,
        resolution=resolution,
        persons=_described(resolution, store.stored_records(ids=ids), store.approvals()),
        judged=resolution.judged | read.gone,
        also=also,
        full=False,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Every:
    """What a run over all records reads of what others write."""

    records: Sequence[StoredRecord]
    decisions: Sequence[Decision]
    approvals: Mapping[str, frozenset[str]]
    before: dedupe.Before


def _rebuilt(  # noqa: PLR0913  two of them choose
    store: Store,
    read: News,
    every: _Every,
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
        every.records,
        every.decisions,
        every.before,
        weights=weights,
        now=now,
        kept=Linkage(store.connection) if kept else None,
        candidates=candidates,
    )
    fitted = None if trace.statistics is None else Fitted(**trace.statistics.plain())
    return _Run(
        read=read,
        resolution=resolution,
        persons=_described(resolution, every.records, every.approvals),
        judged=resolution.judged | every.before.previous.keys(),
        also=lambda connection: linkage_saving.save_all(
            connection,
            read,
            (dedupe.engine(weights), moscow_day(now)),
            trace,
            fitted,
        ),
        full=True,
    )


def _described(
    resolution: dedupe.Resolution,
    records: Sequence[StoredRecord],
    approvals: Mapping[str, frozenset[str]],
) -> list[Person]:
    by_id = {stored.record_id: stored for stored in records}
    return [
        describe(person_id, [by_id[record_id] for record_id in members], approvals)
        for person_id, members in resolution.clusters.items()
    ]


def resolve_if_needed(
    store_path: Path, now: datetime, sources: Path | None = None
) -> Resolved | None:
    """Resolve where a record, a human's word or a weight is new since the last time; else None."""
    engine = dedupe.engine(dedupe.read(dedupe.in_force(sources)))
    with Store.open(store_path) as store:
        held = linkage_saving.state(store.connection)
        if held is not None and held.engine == engine and not _news(store, held):
            return None
    return resolve(store_path, now, sources=sources)


def _news(store: Store, held: linkage_saving.State) -> bool:
    """Is a record, a human's word or a held week new? What else editors did moves nobody."""
    with reading(store.connection):
        read = linkage_saving.news(store.connection, held)
    return bool(read.changed or read)


def resolve_nightly(
    store_path: Path, now: datetime, sources: Path | None = None
) -> Resolved | None:
    """A full resolution once a night, where there was news since the last; else None."""
    with Store.open(store_path) as store:
        held = linkage_saving.state(store.connection)
    if held is None or not held.steps or held.rebuilt_on >= moscow_day(now - NIGHT):
        return None
    return resolve(store_path, now, full=True, sources=sources)
