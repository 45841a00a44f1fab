"""The sources' folder and the store → everything an operator would be called for at night."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from itertools import chain
from pathlib import Path

import click

import compiled
from cli import Place
from cli.output import as_json, print_json, print_table
from model import RollcallError
from scraper import sources as folder
from store import Store, audit_chain, doubts, holds, intact, quarantine, trouble, vault, watch
from store.times import stamp
from store.tokens import place as tokens_of

LEAST_FREE = 0.10  # of the disk
WAL_GROWN = 256 * 2**20  # bytes; it is cut back to 64 MiB where no reader holds it
BACKUP_STALE = timedelta(days=2)  # backed up nightly, one night may fail
Finding = tuple[str, str, bool]  # where, what, and is it well?


@click.command()
@click.option("--audit", is_flag=True, help="Check the audit log's chain, and nothing else.")
@click.option(
    "--head", metavar="LINES:LINK",
    help="A head of the log written down elsewhere, which it must still agree with.",
)  # fmt: skip
@as_json
@click.pass_obj
def doctor(place: Place, *, audit: bool, head: str | None, as_json: bool) -> None:
    """Check the sources' files, the database's integrity, and how each source fares."""
    if audit or head:
        findings = list(_audit(place, head))
    else:
        reading = ("extraction", compiled.use(), True)
        findings = list(chain([reading], _sources(place), _files(place.db), _database(place)))
    if as_json:
        print_json([{"where": w, "finding": f, "ok": ok} for w, f, ok in findings])
    else:
        rows = [(where, finding, "ok" if ok else "FAILS") for where, finding, ok in findings]
        print_table("Doctor", ("where", "finding", ""), rows)
    if not all(ok for _, _, ok in findings):
        raise click.exceptions.Exit(1)


def _sources(place: Place) -> Iterator[Finding]:
    for path in sorted(place.sources.glob("*.toml")):
        try:
            source = folder.load_one(path)
        except RollcallError as error:
            yield str(path), str(error), False
        else:
            yield str(path), f"{source.kind}, every {source.every}", True


def _database(place: Place) -> Iterator[Finding]:
    with Store.open(place.db, read_only=True) as store:
        found = intact.verdict(store.connection)
        yield str(place.db), f"integrity: {found}", found == "ok"
        orphans = len(store.connection.execute("PRAGMA foreign_key_check").fetchall())
        yield str(place.db), f"rows that point nowhere: {orphans}", not orphans
        yield str(place.db), f"schema {store.schema_version}", True
        for name, alarm in quarantine.alarmed(store.connection):
            yield f"list {name}", alarm, False
        for name, told, few in quarantine.unread(store.connection):
            yield f"list {name}", told, few
        lately = stamp(datetime.now(UTC) - trouble.LATELY)
        for name, row, why, noted in doubts.listing(store.connection):
            yield f"list {name}", f"row {row} counts for nobody: {why}", noted < lately
        for week in holds.listing(store.connection):
            yield f"source {week['source']}", f"week of {week['week']} held: {week['why']}", False
        yield from _watched(place, store)
        for line in store.health():
            yield f"source {line['name']}", *_faring(line)
        for source, at, what in trouble.noticed(store.connection, datetime.now(UTC)):
            yield f"source {source}", f"noticed {at[:16]}: {what}", True


def _faring(line: Mapping[str, object]) -> tuple[str, bool]:
    """How a source fares, in a line, and whether that is well."""
    state = line["state"] or "healthy"
    if state == "healthy" and not line["failures"]:
        return f"healthy: last success {line['last_ok_at'] or 'never'}", True
    told = f"{state} since {line['since']}: {line['cause'] or line['last_error']}"
    if line["open_until"]:
        told += f" (not asked before {line['open_until']}, then by one request)"
    return told, False


def _watched(place: Place, store: Store) -> Iterator[Finding]:
    """Disk, WAL, clock, stale sources, backup, vault."""
    now, db = datetime.now(UTC), str(place.db)
    found = watch.look(store.connection, place.db.absolute(), now)
    share = found.disk_free / found.disk_total
    yield db, f"disk: {found.disk_free / 2**30:.1f} GiB free, {share:.0%}", share >= LEAST_FREE
    grown = found.wal_bytes > WAL_GROWN
    yield db, f"WAL: {found.wal_bytes / 2**20:.1f} MiB{grown * ', a reader holds it'}", not grown
    if ahead := found.ahead(now):
        told = f"the store is {ahead} ahead of the clock: one of the two was wrong"
        yield db, told, False
    for source in found.sources:
        if source.stale:
            told = f"stale: no success since {source.last_ok:%Y-%m-%d %H:%M} UTC"
            yield f"source {source.name}", told, False
    if found.backed_up is None:
        yield db, "never backed up: see `rollcall backup`", True
    else:
        told = f"last backup {found.backed_up:%Y-%m-%d %H:%M} UTC"
        yield db, told, now - found.backed_up <= BACKUP_STALE
    yield from _vault(place.db, store)


def _vault(db: Path, store: Store) -> Iterator[Finding]:
    """Is what came last sealed, where a key is set, and is its file there?"""
    last = store.connection.execute(
        "SELECT sealed_sha256, kept_at FROM capture WHERE erased_at IS NULL "
        "ORDER BY capture_id DESC LIMIT 1"
    ).fetchone()
    if last is None:
        return
    place = str(vault.folder(db))
    if left := vault.unswept(store.connection, vault.folder(db)):
        yield place, f"{left} erased pages are still there: start the service", False
    if last["sealed_sha256"]:
        there = vault.holds(vault.folder(db), last["sealed_sha256"])
        yield place, f"sealed last {last['kept_at']}{'' if there else ': its file is gone'}", there
    elif os.environ.get("ROLLCALL_VAULT_KEY"):
        yield place, f"a key is set, yet {last['kept_at']} was kept unsealed", False


def _files(db: Path) -> Iterator[Finding]:
    """Files that others may read, tokens that are lost, and who holds the store."""
    beside = [db, *sorted(db.parent.glob(f"{db.name}[.-]*"))]
    for path in beside:
        if path.exists() and path.suffix != ".lock" and (mode := path.stat().st_mode & 0o077):
            yield str(path), f"others may enter it (mode …{mode:03o}): chmod go= it", False
    if db.exists():
        yield str(db), _holder(db.with_name(f"{db.name}.lock")), True
        with Store.open(db, read_only=True) as store:
            (erased,) = store.connection.execute(
                "SELECT count(*) FROM erasure WHERE what <> 'source'"
            ).fetchone()
        if erased and not tokens_of(db).exists():
            yield str(tokens_of(db)), "men were erased, but their tokens are gone", False


def _holder(lock: Path) -> str:
    """Which process serves the store; asked of the lock itself, for a file may be left over."""
    try:
        with lock.open("r+", encoding="ascii") as file:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except FileNotFoundError:
        return "no service runs on it"
    except BlockingIOError:
        return f"a service runs on it (process {lock.read_text(encoding='ascii').strip() or '?'})"
    return "no service runs on it"


def _audit(place: Place, noted: str | None) -> Iterator[Finding]:
    """Every fault of the log; where there is none, its head, to be written down elsewhere."""
    with Store.open(place.db, read_only=True) as store:
        found = list(audit_chain.faults(store.connection, place.db, noted))
        lines, link = audit_chain.head(store.connection)
    yield from ((str(place.db), fault, False) for fault in found)
    if not found:
        yield str(place.db), f"audit log whole; its head is {lines}:{link}", True
