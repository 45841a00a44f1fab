"""`export`, `serve`, `doctor`: the store → a file, a Datasette, a list of what is wrong."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import BinaryIO

import click

from cli import Place
from cli.counting import evidence_option, known_at_option, today
from cli.output import as_json, print_json, print_table
from model import Evidence, RollcallError, UnusableInput
from scraper import sources as folder
from store import Store, holds, interchange, quarantine

Rows = Iterable[dict[str, object]]
FORMULA = ("=", "+", "-", "@", "\t", "\r")  # a cell that a spreadsheet would run


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
    if isinstance(value, str) and value.startswith(FORMULA):
        return f"'{value}"
    return value


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
@click.pass_obj
def serve(place: Place, host: str, port: int) -> None:
    """Datasette on the database, read-only, with our pages, in English and Russian.

    It listens on this machine alone: the file holds names of living people.
    """
    with Store.open(place.db):
        pass  # names what is wrong with the file before a server starts; brings its schema up
    from store import serving  # noqa: PLC0415  a second that no other command needs

    click.echo(f"http://{host}:{port}/", err=True)
    serving.serve(place.db, host, port)


@click.command()
@as_json
@click.pass_obj
def doctor(place: Place, as_json: bool) -> None:
    """Check the sources' files, the database's integrity, and how each source fares."""
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
            told = line["last_error"] or f"last success {line['last_ok_at'] or 'never'}"
            yield f"source {line['name']}", str(told), not line["failures"]
