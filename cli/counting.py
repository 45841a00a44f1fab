"""`tally` and `diff`: a day, or two → the count of persons, and why two counts differ."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import click

from cli import Place
from cli.output import as_json, console, print_json, print_table
from cli.writing import write_csv
from model import Evidence, UnusableInput
from store import Store, crosstab
from store.crosstab import DIMENSIONS
from store.datasette.labels import counted, label
from store.datasette.regions import region_name
from store.facade import day, known
from store.headline import CATEGORIES, sentence
from store.times import moscow_day

NAMED = 5  # men named for each movement
REGIONS = 15  # of them shown on a terminal
STATUSES = ("missing", "captured", "released", "found_alive", "deceased")

evidence_option = click.option(
    "--evidence", default=Evidence.REPORTED.value, show_default=True,
    type=click.Choice([level.value for level in Evidence]),
    help="Count only events supported at least so well.",
)  # fmt: skip
known_at_option = click.option(
    "--known-at", metavar="TIME", help="As rollcall knew it then, e.g. 2024-08-23T12:00:00Z."
)


def today() -> str:
    """The day in Moscow now: YYYY-MM-DD."""
    return moscow_day(datetime.now(UTC))


@click.command()
@click.option("--as-of", metavar="DAY", help="The day, e.g. 2024-08-23; today in Moscow if absent.")
@known_at_option
@evidence_option
@click.option(
    "--by", metavar="A[,B]", help=f"A cross-tab by one or two of {', '.join(DIMENSIONS)}."
)
@click.option("--last-signs", is_flag=True, help="Each missing man, and days since a sign of him.")
@click.option("--csv", "as_csv", is_flag=True, help="The cross-tab or the list as CSV.")
@as_json
@click.pass_obj
def tally(  # noqa: PLR0913  an option each
    place: Place,
    *,
    as_of: str | None,
    known_at: str | None,
    evidence: str,
    by: str | None,
    last_signs: bool,
    as_csv: bool,
    as_json: bool,
) -> None:
    """The count of persons on a day: by status, category and home region, or by any dimensions."""
    asked: Any = {"as_of": as_of or today(), "known_at": known_at, "evidence": Evidence(evidence)}
    if as_csv and not (by or last_signs):
        raise UnusableInput("--csv goes with --by or --last-signs; export tally writes the rest")
    with Store.open(place.db, read_only=True) as store:
        if by or last_signs:
            _print_split(store, asked, by, as_csv=as_csv, as_json=as_json)
            return
        found = store.tally(**asked)
    print_json(found) if as_json else print_tally(found)


def _print_split(
    store: Store, asked: Mapping[str, Any], by: str | None, *, as_csv: bool, as_json: bool
) -> None:
    times = {**asked, "as_of": day(asked["as_of"]), "known_at": known(asked["known_at"])}
    if by is None:
        found: Any = crosstab.last_signs(store.connection, **times)
        heads, rows = ["person_id", "name", "days"], [tuple(one.values()) for one in found]
    else:
        names = [name.strip() for name in by.split(",")]
        found = crosstab.crosstab(store.connection, names, **times)
        heads, rows = crosstab.pivot(found)
    if as_json:
        print_json(found)
    elif as_csv:
        _print_csv(heads, rows)
    else:
        print_table(f"As of {times['as_of']}", heads, rows, numbers=True)


def _print_csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """As our exports write it: a cell that a spreadsheet would run is quoted."""
    lines = [dict(zip(heads, row, strict=True)) for row in rows]
    out = io.BytesIO()
    write_csv(lines, out)
    click.echo(out.getvalue().decode(), nl=False)


def print_tally(tally: Mapping[str, Any]) -> None:
    """The tables, what stands beside the count, and the newsroom's sentence."""
    note = "" if tally["evidence"] == Evidence.REPORTED else f", evidence: {tally['evidence']}"
    head = f"As of {tally['as_of']}, known at {(tally['known_at'] or 'no time yet')[:19]}{note}"
    everyone = {"total": tally["total"], **tally["by_status"]}
    groups = [
        (label(f"categories.{name}"), tally["by_category"][name])
        for name in CATEGORIES
        if name in tally["by_category"]
    ]
    _print_counts(head, "category", [*groups, ("all", everyone)])
    regions = sorted(tally["by_region"].items(), key=lambda item: -item[1]["total"])
    shown = [(region_in_words(code), row) for code, row in regions[:REGIONS]]
    _print_counts("By home region", "region", shown)
    if len(regions) > REGIONS:
        console().print(f"… and {len(regions) - REGIONS} more regions; all of them with --json\n")
    _print_aside(tally)
    console().print(f"\n{sentence(tally)}", style="bold", markup=False, soft_wrap=True)


def region_in_words(code: str) -> str:
    """A region's name and its ISO 3166-2 code."""
    name = region_name(code, "en")
    return name if code == "unknown" or code in name else f"{name} ({code})"


def _print_counts(title: str, name: str, groups: list[tuple[str, dict[str, int]]]) -> None:
    heads = (name, "sought", *(label(f"statuses.{status}") for status in STATUSES))
    rows = [
        (key, row["total"], *(row[status] or "·" for status in STATUSES)) for key, row in groups
    ]
    print_table(title, heads, rows, numbers=True, last_is_total=name == "category")


def _print_aside(tally: Mapping[str, Any]) -> None:
    screen = console()
    screen.print(f"withdrawn requests, not counted: {tally['withdrawn']}")
    screen.print(f"men who stand only on lists, not counted: {tally['list_only']}")
    _print_coverage(tally["coverage"])
    for name, persons in tally["overlaps"].items():
        screen.print(f"sought men on the list {name}: {persons}", markup=False)
    if tally["conflicting"]:
        low_high = ", ".join(
            f"{label(f'statuses.{status}')} {low}–{high}"
            for status, (low, high) in tally["range"].items()
            if low != high
        )
        men = counted("word.persons", tally["conflicting"])
        screen.print(f"{tally['conflicting']} {men} with contradicting reports: {low_high}")


def _print_coverage(coverage: Mapping[str, Any]) -> None:
    """What was seen of the day: of the rest, a zero only says that nobody looked."""
    seen, partly, unseen = coverage["seen"], coverage["partly"], coverage["unseen"]
    everyone = len(seen) + len(partly) + len(unseen)
    if not everyone:
        return
    line = f"sources seen to the end of the day: {len(seen)} of {everyone}"
    if partly:
        line += f"; in part: {', '.join(partly)}"
    if unseen:
        since = (f"{name} (last {at[:10] if at else 'never'})" for name, at in unseen.items())
        line += f"; not seen: {', '.join(since)}"
    console().print(line, markup=False)


@click.command()
@click.argument("first", metavar="DAY")
@click.argument("second", metavar="DAY")
@click.option("--first-known-at", metavar="TIME", help="As rollcall knew the first day then.")
@click.option("--second-known-at", metavar="TIME", help="As rollcall knew the second day then.")
@evidence_option
@as_json
@click.pass_obj
def diff(  # noqa: PLR0913  an option each
    place: Place,
    *,
    first: str,
    second: str,
    first_known_at: str | None,
    second_known_at: str | None,
    evidence: str,
    as_json: bool,
) -> None:
    """Why the tallies of two days differ, person by person."""
    with Store.open(place.db, read_only=True) as store:
        found = store.diff(
            first,
            second,
            first_known_at=first_known_at,
            second_known_at=second_known_at,
            evidence=Evidence(evidence),
        )
    print_json(found) if as_json else _print_diff(found)


def _print_diff(found: Mapping[str, Any]) -> None:
    """Both totals, the difference, and each movement with the men it is about."""
    one, two, screen = found["from"], found["to"], console()
    heads = ("", "sought", *(label(f"statuses.{status}") for status in STATUSES))
    rows = [
        (f"{side['as_of']}, known at {(side['known_at'] or '—')[:19]}", side["total"],
         *(side["by_status"][status] for status in STATUSES))
        for side in (one, two)
    ]  # fmt: skip
    change = found["difference"]
    signed = [f"{change[key]:+d}" if change[key] else "·" for key in ("total", *STATUSES)]
    print_table("Two tallies", heads, [*rows, ("difference", *signed)], numbers=True)
    moves = [
        (move["reason"], _standing(move["from"]), _standing(move["to"]), move["persons"],
         "; ".join(who["name"] for who in move["who"][:NAMED])
         + (f" and {move['persons'] - NAMED} more" if move["persons"] > NAMED else ""))
        for move in found["movements"]
    ]  # fmt: skip
    print_table("Why", ("reason", "from", "to", "persons", "who"), moves)
    for column, groups in found["descriptions"].items():
        for group in groups:
            before, after = (_value(column, group[side]) for side in ("from", "to"))
            screen.print(
                f"counted in both, {column} {before} → {after}: {group['persons']}", markup=False
            )


def _value(column: str, value: str) -> str:
    return region_in_words(value) if column == "region" else label(f"categories.{value}")


def _standing(status: str | None) -> str:
    return label(f"statuses.{status}") if status else "not counted"
