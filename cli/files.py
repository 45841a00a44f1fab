"""`export`, `serve`, `doctor`: the store → a file, a Datasette, a list of what is wrong."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import click

from cli import Place
from cli.counting import evidence_option, known_at_option, today
from cli.output import as_json, print_json, print_table
from cli.review import editor
from cli.users import users_of, users_option
from model import Evidence, RollcallError, UnusableInput
from scraper import sources as folder
from store import Store, audit_chain, holds, interchange, quarantine
from store.formulas import harmless

Rows = Iterable[dict[str, object]]


@click.command()
@click.argument("what", type=click.Choice(["persons", "records", "tally"]))
@click.option(
    "--format",
    "form",
    default="jsonl",
    show_default=True,
    type=click.Choice(["jsonl", "csv", "parquet", "pfif", "ftm"]),
)
@click.option(
    "--output",
    "-o",
    default="-",
    type=click.Path(dir_okay=False, allow_dash=True),
    help="A file; stdout if absent.",
)
@click.option("--as-of", metavar="DAY", help="For the tally: the day; today in Moscow if absent.")
@known_at_option
@evidence_option
@click.pass_obj
def export(  # noqa: PLR0913  an option each
    place: Place,
    *,
    what: str,
    form: str,
    output: str,
    as_of: str | None,
    known_at: str | None,
    evidence: str,
) -> None:
    """Persons with their events and records, records, or the tally, as a file.

    pfif and ftm hold persons alone, and of their statuses only those two editors confirmed.
    """
    if form in ("pfif", "ftm") and what != "persons":
        raise UnusableInput(f"{form} holds persons; {what} go as jsonl, csv or parquet")
    with Store.open(place.db, read_only=True) as store:
        readers: dict[str, Callable[[], Rows]] = {
            "persons": store.export_persons,
            "records": store.export_records,
            "tally": lambda: store.export_tally(as_of or today(), known_at, Evidence(evidence)),
        }
        rows = readers[what]()
        if output == "-":
            WRITERS[form](rows, sys.stdout.buffer)
            sys.stdout.buffer.flush()
            return
        try:
            with Path(output).open("wb") as file:
                WRITERS[form](rows, file)
        except OSError as error:
            raise UnusableInput(f"{output}: {error.strerror}") from error


def write_jsonl(rows: Rows, file: BinaryIO) -> None:
    """One JSON object a line."""
    for row in rows:
        file.write(json.dumps(row, ensure_ascii=False).encode() + b"\n")


def write_csv(rows: Rows, file: BinaryIO) -> None:
    """UTF-8 with a mark, as spreadsheets want it; lists as JSON; no cell is a formula."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    writer: csv.DictWriter[str] | None = None
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(text, fieldnames=list(row))
            writer.writeheader()
        writer.writerow({key: _cell(value) for key, value in row.items()})
    text.flush()
    text.detach()


def _cell(value: object) -> object:
    if isinstance(value, list | dict):
        value = json.dumps(value, ensure_ascii=False)
    return harmless(value)


def write_parquet(rows: Rows, file: BinaryIO) -> None:
    """One row group; lists stay lists."""
    import pyarrow  # noqa: PLC0415  half a second that no other command needs
    import pyarrow.parquet  # noqa: PLC0415

    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(list(rows)), file, compression="zstd")


def write_pfif(rows: Rows, file: BinaryIO) -> None:
    """One PFIF 1.4 document."""
    file.write(interchange.pfif(rows))


def write_ftm(rows: Rows, file: BinaryIO) -> None:
    """FollowTheMoney entities, one a line."""
    write_jsonl(interchange.ftm(rows), file)


WRITERS = {
    "jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet,
    "pfif": write_pfif, "ftm": write_ftm,
}  # fmt: skip


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--open", "is_open", is_flag=True,
    help="No passwords: whoever uses this machine is an editor. Only on 127.0.0.1.",
)  # fmt: skip
@editor
@users_option
@click.pass_obj
def serve(  # noqa: PLR0913  an option each
    place: Place, *, host: str, port: int, is_open: bool, editor: str, users: Path | None
) -> None:
    """Datasette on the database with our pages, in English and Russian, for users with passwords.

    Analysts read; editors also decide pairs and approve claims. It listens on this machine alone
    unless told otherwise: the file holds names of living people.
    """
    from cli.serving import open_room  # noqa: PLC0415  a second that no other command needs

    held = None if is_open else users_of(place, users)
    open_room(place.db, host, port, users=held, open_as=editor if is_open else None)


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
        findings = list(chain(_sources(place), _database(place)))
    if as_json:
        print_json([{"where": w, "finding": f, "ok": ok} for w, f, ok in findings])
    else:
        rows = [(where, finding, "ok" if ok else "FAILS") for where, finding, ok in findings]
        print_table("Doctor", ("where", "finding", ""), rows)
    if not all(ok for _, _, ok in findings):
        raise click.exceptions.Exit(1)


def _sources(place: Place) -> Iterator[tuple[str, str, bool]]:
    for path in sorted(place.sources.glob("*.toml")):
        try:
            source = folder.load_one(path)
        except RollcallError as error:
            yield str(path), str(error), False
        else:
            yield str(path), f"{source.kind}, every {source.every}", True


def _database(place: Place) -> Iterator[tuple[str, str, bool]]:
    with Store.open(place.db, read_only=True) as store:
        (verdict,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
        yield str(place.db), f"integrity: {verdict}", verdict == "ok"
        orphans = len(store.connection.execute("PRAGMA foreign_key_check").fetchall())
        yield str(place.db), f"rows that point nowhere: {orphans}", not orphans
        yield str(place.db), f"schema {store.schema_version}", True
        for name, alarm in quarantine.alarmed(store.connection):
            yield f"list {name}", alarm, False
        for week in holds.listing(store.connection):
            yield f"source {week['source']}", f"week of {week['week']} held: {week['why']}", False
        for line in store.health():
            yield f"source {line['name']}", *_faring(line)


def _faring(line: Mapping[str, object]) -> tuple[str, bool]:
    """How a source fares, in a line, and whether that is well."""
    state = line["state"] or "healthy"
    if state == "healthy" and not line["failures"]:
        return f"healthy: last success {line['last_ok_at'] or 'never'}", True
    told = f"{state} since {line['since']}: {line['cause'] or line['last_error']}"
    if line["open_until"]:
        told += f" (not asked before {line['open_until']}, then by one request)"
    return told, False


def _audit(place: Place, noted: str | None) -> Iterator[tuple[str, str, bool]]:
    """Every fault of the log; where there is none, its head, to be written down elsewhere."""
    with Store.open(place.db, read_only=True) as store:
        found = list(audit_chain.faults(store.connection, place.db, noted))
        lines, link = audit_chain.head(store.connection)
    yield from ((str(place.db), fault, False) for fault in found)
    if not found:
        yield str(place.db), f"audit log whole; its head is {lines}:{link}", True
