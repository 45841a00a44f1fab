"""A store → the same with its persons decided anew: what is new, or all records."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import dedupe
from dedupe.describe import describe
from russian.moscow import moscow_day
from store import Store, holds, linkage_saving
from store.connection import Connection
from store.linkage import Linkage, former
from store.linkage_saving import Fitted, News
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
    with Store.open(store_path) as store:
        held = linkage_saving.state(store.connection)
        changed = set(store.changed_records())
        with store.writing() as connection:
            holds.refresh(connection, now, None if full or held is None else changed)
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
        if held is not None and held.engine == engine and not _news(store, held):
            return None
    return resolve(store_path, now, sources=sources)


def _news(store: Store, held: linkage_saving.State) -> bool:
    """Is a record, a human's word or a held week new? What else editors did moves nobody."""
    changed = store.changed_records()
    return bool(changed or linkage_saving.news(store.connection, changed, held))


def resolve_nightly(
    store_path: Path, now: datetime, sources: Path | None = None
) -> Resolved | None:
    """A full resolution once a night, where there was news since the last; else None."""
    with Store.open(store_path) as store:
        held = linkage_saving.state(store.connection)
    if held is None or not held.steps or held.rebuilt_on >= moscow_day(now - NIGHT):
        return None
    return resolve(store_path, now, full=True, sources=sources)
