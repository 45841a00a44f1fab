"""`publish`: the tally → a new public file of aggregates, attacked before it is written."""

from __future__ import annotations

from collections.abc import Sequence
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
        told = release(store, path, store.tally(as_of or today(), known_at), k, datetime.now(UTC))
    if as_json:
        print_json(told)
    else:
        console().print(
            f"{path}: {told['cells']} cells as of {told['as_of']}, {told['hidden']} hidden; an "
            f"attacker with this and {told['releases_before']} earlier releases tells none within "
            f"{k}\nsha256 {told['sha256']}",
            markup=False, soft_wrap=True,
        )  # fmt: skip


def release(store: Store, path: Path, tally: Any, k: int, now: datetime) -> dict[str, object]:
    """Write the public file of a tally; what it shows and hides, and its SHA-256.

    It is remembered before it bears its name. The newest release asked for again is written again:
    a run that was killed in between is made good by another.
    """
    before, counts = public_file.releases(store.connection), _cells(tally)
    about = {"as_of": str(tally["as_of"]), "known_at": str(tally["known_at"])}
    again = before[-1] if before else None
    if again is not None and again == Published(**about, k=k, counts=counts, shown=again.shown):
        found, before = again, before[:-1]
    else:
        found = Published(**about, k=k, counts=counts, shown=_shown(path, counts, before, k))
    digest = public_file.draft(path, found, before[-1] if before else None)
    if found is not again:
        with store.writing() as connection:
            public_file.remember(connection, found, digest, stamp(now))
    public_file.publish(path, digest)
    return {
        "file": str(path), **about, "k": k, "cells": len(counts),
        "hidden": len(counts) - len(found.shown), "releases_before": len(before), "sha256": digest,
    }  # fmt: skip


def _shown(
    path: Path, counts: dict[Cell, int], before: Sequence[Published], k: int
) -> frozenset[Cell]:
    """The cells to show. Raises NotSafe where no choice of them keeps a small one hidden."""
    earlier = [Release(counts=one.counts, shown=one.shown) for one in before]
    shown, exposed = protect(counts, earlier, k)
    if exposed:
        raise NotSafe(f"{path}: not published: {_told(exposed[0], k)}")
    return shown


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
