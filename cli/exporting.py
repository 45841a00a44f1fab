"""`export`: the store → persons, records, status events, posts or the tally as one file."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import BinaryIO

import click

from cli import Place
from cli.counting import evidence_option, known_at_option, today
from cli.writing import (
    Rows,
    write_csv,
    write_ftm,
    write_jsonl,
    write_parquet,
    write_pfif,
    write_xlsx,
)
from model import Evidence, UnusableInput
from store import Store
from store import export as leaving
from store.facade import known

PERSONS_ONLY = ("pfif", "ftm")
WRITERS: dict[str, Callable[[Rows, BinaryIO], None]] = {
    "jsonl": write_jsonl, "csv": write_csv, "parquet": write_parquet, "xlsx": write_xlsx,
    "pfif": write_pfif, "ftm": write_ftm,
}  # fmt: skip


@click.command()
@click.argument("what", type=click.Choice(["persons", "records", "events", "tally", "posts"]))
@click.option(
    "--format", "form", default="jsonl", show_default=True, type=click.Choice(list(WRITERS))
)
@click.option(
    "--output", "-o", default="-",
    type=click.Path(dir_okay=False, allow_dash=True), help="A file; stdout if absent.",
)  # fmt: skip
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
    """Persons with their events and records, records, events, posts or the tally, as a file.

    pfif and ftm hold persons alone, and of their statuses only those two editors confirmed.
    --known-at gives the tally or the events as they were held then.
    """
    if form in PERSONS_ONLY and what != "persons":
        raise UnusableInput(f"{form} holds persons; {what} go as jsonl, csv, parquet or xlsx")
    with Store.open(place.db, read_only=True) as store:
        readers: dict[str, Callable[[], Rows]] = {
            "persons": store.export_persons,
            "records": store.export_records,
            "events": lambda: leaving.events(store.connection, known(known_at)),
            "posts": lambda: leaving.posts(store.connection),
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
