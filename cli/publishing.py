"""`publish`: the tally → a new public file of aggregates, attacked before it is written."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cli import Place
from cli.counting import known_at_option, today
from cli.output import as_json, console, print_json
from estimate.disclosure import Cell, Exposed, Release, protect, tabulated
from model import RollcallError, UnusableInput
from store import Store, public_file
from store.public_file import Published
from store.times import stamp

SMALLEST_K = 3


class NotSafe(RollcallError):
    """No choice of hidden cells keeps the attacker from telling a small one."""


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--as-of", metavar="DAY", help="The day; today in Moscow if absent.")
@known_at_option
@click.option(
    "--k", default=10, show_default=True, type=click.IntRange(SMALLEST_K),
    help="No count below it is shown, none can be told within less than it.",
)  # fmt: skip
@as_json
@click.pass_obj
def publish(  # noqa: PLR0913  an option each
    place: Place, *, path: Path, as_of: str | None, known_at: str | None, k: int, as_json: bool
) -> None:
    """Write the public FILE: counts by status, category and region, and no person.

    Small counts are hidden, and so many others that an attacker who knows this and every earlier
    release cannot work them out; where that cannot be reached nothing is written.
    """
    if path.exists() and path.resolve() == place.db.resolve():
        raise UnusableInput(f"{path}: this is the private database")
    with Store.open(place.db) as store:
        tally = store.tally(as_of or today(), known_at)
        before = public_file.releases(store.connection)
        counts = _cells(tally)
        shown, exposed = protect(
            counts, [Release(counts=one.counts, shown=one.shown) for one in before], k
        )
        if exposed:
            raise NotSafe(f"{path}: not published: {_told(exposed[0], k)}")
        release = Published(
            as_of=str(tally["as_of"]), known_at=str(tally["known_at"]), k=k, counts=counts,
            shown=shown,
        )  # fmt: skip
        with store.writing() as connection:
            digest = public_file.write(path, release, before[-1] if before else None)
            public_file.remember(connection, release, digest, stamp(datetime.now(UTC)))
    told = {
        "file": str(path), "as_of": release.as_of, "known_at": release.known_at, "k": k,
        "cells": len(counts), "hidden": len(counts) - len(shown), "releases_before": len(before),
        "sha256": digest,
    }  # fmt: skip
    if as_json:
        print_json(told)
    else:
        console().print(
            f"{path}: {told['cells']} cells as of {release.as_of}, {told['hidden']} hidden; an "
            f"attacker with this and {len(before)} earlier releases tells none within {k}\n"
            f"sha256 {digest}",
            markup=False, soft_wrap=True,
        )  # fmt: skip


def _cells(tally: Any) -> dict[Cell, int]:
    tables = {"category": tally["by_category"], "region": tally["by_region"]}
    return tabulated(tally["by_status"], tables)


def _told(found: Exposed, k: int) -> str:
    table, group, status = found.cell
    place = " ".join(part for part in (table, group, status or "all") if part)
    return (
        f"{place} could be told to lie between {found.low:g} and {found.high:g}, "
        f"which is narrower than {k}"
    )
