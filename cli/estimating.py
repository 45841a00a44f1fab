"""`estimate` and `report`: a day → what is likely not in the count; a folder with a report."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from cli import Place
from cli.counting import known_at_option, region_in_words, today
from cli.output import as_json, console, print_json, print_table
from report import estimates, say, write_report
from report.rows import coverage_rows, nowcast_rows, unseen_rows
from report.words import LANGUAGES
from store import Store

REGIONS = 15  # of them shown on a terminal

as_of_option = click.option(
    "--as-of", metavar="DAY", help="The day, e.g. 2024-08-23; today in Moscow if absent."
)


@click.command()
@as_of_option
@known_at_option
@as_json
@click.pass_obj
def estimate(place: Place, as_of: str | None, known_at: str | None, as_json: bool) -> None:
    """Who is likely not in the count: not yet reported, on no list; and rates by region.

    Apart from the headline: each estimate has an interval and conditions, and is refused, with
    the reason, where the data are below what its method needs.
    """
    with Store.open(place.db, read_only=True) as store:
        found = estimates(store, as_of or today(), known_at)
    print_json(found) if as_json else _print_estimates(found)


@click.command()
@click.argument("directory", metavar="DIR", type=click.Path(file_okay=False, path_type=Path))
@as_of_option
@known_at_option
@click.option("--lang", default="en", show_default=True, type=click.Choice(LANGUAGES))
@click.pass_obj
def report(
    place: Place, directory: Path, as_of: str | None, known_at: str | None, lang: str
) -> None:
    """A report as one self-contained page, with every figure as CSV beside it.

    For internal use: it names nobody, but it is made from the private file and shows small counts.
    """
    with Store.open(place.db, read_only=True) as store:
        page = write_report(
            store, directory, as_of=as_of or today(), known_at=known_at, language=lang,
            made_at=datetime.now(UTC),
        )  # fmt: skip
    click.echo(page)


def _print_estimates(found: Mapping[str, Any]) -> None:
    screen = console()
    known = (found["known_at"] or "no time yet")[:19]
    screen.print(f"As of {found['as_of']}, known at {known}: {found['counted']} persons counted")
    screen.print(say("estimate.apart"), "\n", soft_wrap=True)
    heads = tuple(say(f"estimate.{name}") for name in ("about", "persons", "interval", "rests_on"))
    print_table(say("estimate.nowcast"), heads, nowcast_rows(found["nowcast"]))
    for name in ("sought", "captives"):
        heads = tuple(
            say(f"estimate.{word}") for word in ("method", "persons", "interval", "rests_on")
        )
        print_table(say(f"estimate.unseen_{name}"), heads, unseen_rows(found["unseen"][name]))
    _print_coverage(found["coverage"])
    _print_rates(found["rates"])
    cautions = sorted(_cautions(found))
    for key in cautions:
        screen.print(f"· {say(key)}", soft_wrap=True)


def _print_coverage(rows: list[dict[str, Any]]) -> None:
    if not rows:
        console().print(say("estimate.no_coverage"), "\n")
        return
    words = ("list", "returned", "was_sought", "was_captive", "was_either")
    heads = tuple(say(f"estimate.{word}") for word in words)
    print_table(say("estimate.coverage"), heads, coverage_rows(rows), numbers=True)


def _print_rates(rates: list[dict[str, Any]]) -> None:
    heads = tuple(
        say(f"estimate.{word}") for word in ("region", "men", "sought_rate", "missing_rate")
    )
    rows = [
        (region_in_words(row["region"]), f"{row['men']:,}", _rate(row["sought"]),
         _rate(row["missing"]))
        for row in rates[:REGIONS]
    ]  # fmt: skip
    print_table(say("estimate.rates"), heads, rows, numbers=True)
    if len(rates) > REGIONS:
        console().print(f"… and {len(rates) - REGIONS} more regions; all of them with --json\n")
    console().print(f"· {say('estimate.rate_note')}", soft_wrap=True)


def _rate(rate: Mapping[str, Any]) -> str:
    return f"{rate['per_100k']:.2f} ({rate['low']:.2f}–{rate['high']:.2f}), n = {rate['persons']}"


def _cautions(found: object) -> set[str]:
    """Every caution anywhere in the estimates, each once."""
    if isinstance(found, Mapping):
        own = set(found.get("cautions", ()))
        return own.union(*(_cautions(value) for value in found.values()))
    if isinstance(found, list):
        return set[str]().union(*(_cautions(value) for value in found))
    return set()
