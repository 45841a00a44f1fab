"""`export`, `serve`: the store → a file, a Datasette."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

import click

from cli import Place
from cli.counting import evidence_option, known_at_option, today
from cli.review import editor
from cli.users import users_of, users_option
from model import Evidence, UnusableInput
from store import Store, interchange
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
