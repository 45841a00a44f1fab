"""A path → the Store: every read and write the pipeline, the commands and the service need."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from model import (
    Batch,
    Decision,
    Evidence,
    Fetch,
    Person,
    Reading,
    Source,
    StoredRecord,
    UnusableInput,
)
from store import (
    audit,
    audit_chain,
    decisions,
    diff,
    due,
    export,
    gate,
    health,
    persons,
    posts,
    records,
    rereading,
    retention,
    search,
    tokens,
    vault,
)
from store import tally as counting
from store.connection import Connection, Guard, connect, reading, writing
from store.dossier import dossier, resolve_id, reviews
from store.migrations import SCHEMA_VERSION, migrate
from store.persons import Changes, Resolved
from store.posts import Saved
from store.times import moment, stamp
from store.trouble import Ended


class Store:
    """One SQLite file. A job gets the path and opens its own; use it as a context manager.

    Every writing method is one transaction: all of it is on disk when it returns, or nothing is.
    Methods raise StoreUnusable (a UnusableInput) when the file is absent, foreign, newer, locked
    for longer than 10 s, full, or was removed while in use.
    """

    def __init__(self, path: Path, *, create: bool = False, read_only: bool = False) -> None:
        self.path = path
        found = Guard(path) if path.exists() else None
        self._connection = connect(path, create=create, read_only=read_only)
        self._guard = found or Guard(path)
        try:
            self._guard.check_file()
            migrate(self._connection, str(path), read_only=read_only)
        except BaseException:
            self._connection.close()
            raise

    @classmethod
    def open(cls, path: Path | str, *, create: bool = False, read_only: bool = False) -> Self:
        """Open the file; with `create`, make it if it is not there."""
        return cls(Path(path), create=create, read_only=read_only)

    def close(self) -> None:
        """Close the file; the last one to close it empties the WAL."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def connection(self) -> Connection:
        """The open connection, for reads the facade does not offer."""
        return self._connection

    @property
    def schema_version(self) -> int:
        """The number of the newest migration."""
        return SCHEMA_VERSION

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One write transaction: all of it is on disk at the end, or nothing is."""
        lines = audit_chain.head(self._connection)
        with writing(self._connection, self._guard):
            yield self._connection
        if audit_chain.head(self._connection) != lines:
            audit_chain.anchor(self._connection, self.path)

    # Sources, schedule, runs

    def save_sources(self, sources: Iterable[Source]) -> None:
        """Bring the sources in line with their TOML files; absent ones are disabled."""
        with self.writing() as connection:
            health.save_sources(connection, sources)

    def due_sources(self, now: datetime) -> list[str]:
        """Names of the sources that are due, the longest overdue first."""
        return health.due_sources(self._connection, now)

    def record_attempt(
        self, source: str, ended: Ended, *, started_at: datetime, now: datetime
    ) -> None:
        """Note how one source's collection ended, how the source fares, and when it is next."""
        with self.writing() as connection:
            health.record_attempt(connection, source, ended, started_at, now)

    def cursor(self, source: str) -> dict[str, object]:
        """Where the last committed batch of the source ended; {} before the first."""
        return health.cursor(self._connection, source)

    def health(self) -> list[dict[str, object]]:
        """One line a source: schedule, last success, failures in a row, posts, rows."""
        return health.health(self._connection)

    def begin_run(self, kind: str, now: datetime) -> int:
        """Open a row of `run` ("collect", "resolve", "serve"…); return its number."""
        with self.writing() as connection:
            return health.begin_run(connection, kind, now)

    def end_run(
        self, run_id: int, outcome: str, detail: Mapping[str, object], now: datetime
    ) -> None:
        """Close a row of `run`; `detail` holds JSON values and no post text."""
        with self.writing() as connection:
            health.end_run(connection, run_id, outcome, detail, now)

    # Posts and records

    def save_batch(
        self,
        batch: Batch,
        readings: Sequence[Reading],
        now: datetime,
        *,
        also: Callable[[Connection], None] = lambda _: None,
    ) -> Saved:
        """Commit posts, rows, records, cursor and fetches of one batch; the same again is a no-op.

        `readings`: one for each of `batch.posts`, then one for each of `batch.rows`, in order; a
        row's Reading holds its redacted line and at most one record. `also` writes in the same
        transaction.
        """
        with self.writing() as connection:
            # now, not before: who is erased while we wait for our turn stays out
            erased = tokens.Tokens.load(tokens.place(self.path))
            if erased is not None:
                batch, readings = gate.admitted(erased, batch, readings)
            at = moment(health.later_than_known(connection, now))
            readings = retention.masked(connection, batch, readings)
            saved = posts.save_batch(connection, batch, readings, at)
            if saved.new or saved.changed or saved.gone:  # a page without news proves nothing new
                vault.keep(connection, vault.folder(self.path), batch.captures, stamp(at))
            also(connection)
            return saved

    def save_fetches(self, fetches: Iterable[Fetch], run_id: int | None = None) -> None:
        """Append the exchanges of a source that failed (CollectFailed.fetches)."""
        with self.writing() as connection:
            posts.save_fetches(connection, fetches, run_id)

    def stored_records(
        self, since: datetime | None = None, ids: Sequence[str] | None = None
    ) -> list[StoredRecord]:
        """All live records, oldest claim first; only those said anew after `since`; only `ids`."""
        return records.stored_records(self._connection, since=since, ids=ids)

    def stale_posts(self, extractor: str) -> int:
        """How many stored posts were read by another extractor than this."""
        return rereading.stale_count(self._connection, extractor)

    def stale_batches(self, extractor: str) -> Iterator[Batch]:
        """Those posts, up to 500 of a source at a time."""
        return rereading.stale_batches(self._connection, extractor)

    def changed_records(self) -> list[str]:
        """Ids of records added, changed or closed since the last resolution."""
        return sorted(due.due(self._connection).records)

    # Persons and decisions

    def previous(self) -> dict[str, str]:
        """Record id → the person it belongs to now, for `dedupe.resolve(previous=…)`."""
        rows = self._connection.execute(
            "SELECT record_id, person_id FROM person_record WHERE known_until IS NULL"
        )
        return {row["record_id"]: row["person_id"] for row in rows}

    def clusters(self, person_ids: Iterable[str]) -> dict[str, tuple[str, ...]]:
        """Person id → ids of his records now, for the persons named that are still open."""
        return persons.clusters(self._connection, person_ids)

    def decisions(self) -> list[Decision]:
        """Editors' latest word on each pair; "unsure" is a decision that was undone."""
        return decisions.human_decisions(self._connection)

    def approvals(self) -> dict[str, frozenset[str]]:
        """Record id → the editors who approve of its claim now."""
        return audit.approvals(self._connection)

    def approve(self, record_id: str, editor: str, now: datetime, *, approved: bool = True) -> None:
        """Append an editor's approval of a record's claim, or with approved=False undo it."""
        with self.writing() as connection:
            audit.approve(connection, record_id, editor, stamp(now), approved=approved)

    def save_resolution(
        self,
        resolution: Resolved,
        described: Iterable[Person],
        now: datetime,
    ) -> Changes:
        """`persons.save_resolution` of all records, in a transaction of its own."""
        with self.writing() as connection:
            return persons.save_resolution(connection, resolution, described, now)

    def review_queue(self) -> list[dict[str, object]]:
        """Open pairs, the likeliest first: ids, score, findings, both records, both persons."""
        with reading(self._connection):
            return reviews(self._connection)

    def record_decision(self, decision: Decision) -> int:
        """Append an editor's decision (UNSURE undoes one) and take the pair off the queue."""
        with self.writing() as connection:
            number = decisions.record_decision(connection, decision)
            detail = {"decision": number, "judgement": decision.judgement.value}
            pair = f"{decision.left} {decision.right}"
            entry = audit.Entry(stamp(decision.at), decision.by, "decide", pair, detail)
            audit.append(connection, entry)
            return number

    # Counts

    def tally(
        self,
        as_of: str,
        known_at: datetime | str | None = None,
        evidence: Evidence = Evidence.REPORTED,
    ) -> dict[str, object]:
        """The tally of a Moscow day as rollcall knew it at `known_at` (None: now).

        Keys: as_of, known_at, evidence, total, withdrawn, by_status, by_category, by_region;
        beside them list_only, overlaps {list: sought men on it}, conflicting, range {status:
        [low, high]}. The same day, known_at and evidence give the same answer for ever.
        """
        with reading(self._connection):
            return counting.tally(
                self._connection, as_of=day(as_of), known_at=known(known_at), evidence=evidence
            )

    def save_snapshot(self, as_of: str, evidence: Evidence, now: datetime) -> dict[str, object]:
        """Take the tally and keep it; the same figure is kept once."""
        with self.writing() as connection:
            return counting.save_snapshot(connection, day(as_of), evidence, stamp(now))

    def diff(
        self,
        first: str,
        second: str,
        *,
        first_known_at: datetime | str | None = None,
        second_known_at: datetime | str | None = None,
        evidence: Evidence = Evidence.REPORTED,
    ) -> dict[str, object]:
        """Why two tallies differ, person by person; the movements sum up to the difference."""
        with reading(self._connection):
            return diff.diff(
                self._connection,
                diff.At(day(first), known(first_known_at)),
                diff.At(day(second), known(second_known_at)),
                evidence,
            )

    # One person, search, exports

    def person(self, person_id: str) -> dict[str, object]:
        """Everything known of one person and why; follows aliases. UnusableInput if unknown."""
        with reading(self._connection):
            return dossier(self._connection, resolve_id(self._connection, person_id))

    def search(self, query: str, limit: int = 20) -> list[dict[str, object]]:
        """Persons by name in any spelling a record used; ё and е are one letter."""
        return search.search_persons(self._connection, query, limit)

    def export_persons(self) -> Iterator[dict[str, object]]:
        """Persons in the shape of DESIGN section 8, list-only ones too, ordered by id."""
        return export.persons(self._connection)

    def export_records(self) -> Iterator[dict[str, object]]:
        """Live records with their fields, origin and person, oldest claim first."""
        return export.records(self._connection)

    def export_tally(
        self,
        as_of: str,
        known_at: datetime | str | None = None,
        evidence: Evidence = Evidence.REPORTED,
    ) -> Iterator[dict[str, object]]:
        """The tally as rows: dimension, value, status, persons."""
        return export.tally_rows(self.tally(as_of, known_at, evidence))

    # Audit

    def audit(
        self,
        actor: str,
        action: str,
        now: datetime,
        *,
        subject: str | None = None,
        detail: Mapping[str, object] | None = None,
    ) -> None:
        """Append a line to the audit log; `subject` is an id, `detail` holds JSON values."""
        with self.writing() as connection:
            audit.append(connection, audit.Entry(stamp(now), actor, action, subject, detail or {}))


def day(text: str) -> str:
    """A day as typed; raises UnusableInput unless it is YYYY-MM-DD."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError as error:
        raise UnusableInput(f"{text!r} is no day; write YYYY-MM-DD") from error


def known(when: datetime | str | None) -> str | None:
    """A known-at time as typed; raises UnusableInput unless it is ISO 8601 with an offset or Z."""
    if isinstance(when, str):
        try:
            when = datetime.fromisoformat(when)
        except ValueError as error:
            raise UnusableInput(f"{when!r} is no time; write 2024-08-23T12:00:00Z") from error
    if when is not None and when.tzinfo is None:
        raise UnusableInput(f"{when.isoformat()} has no offset; write 2024-08-23T12:00:00Z")
    return None if when is None else stamp(when)
