"""`person`: one person's id → everything known of him, and why."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click
from rich.text import Text

from cli import Place
from cli.output import as_json, clean, console, print_json, print_table
from store import Store
from store.datasette.labels import label

FACTS = (
    "birth_date", "age", "category", "unit", "home_region", "home_place", "sought_from",
)  # fmt: skip
EXCERPT = 240  # letters of a post shown around the man's name


@click.command()
@click.argument("person_id", metavar="ID")
@as_json
@click.pass_obj
def person(place: Place, person_id: str, as_json: bool) -> None:
    """Everything known of one person: facts, posts, status events, and why they are one man.

    ID may be shortened to an unambiguous beginning; the id of a merged person leads on.
    """
    with Store.open(place.db, read_only=True) as store:
        found: dict[str, Any] = store.person(person_id)
    if as_json:
        print_json(found)
        return
    print_facts(found)
    print_events(found["events"])
    print_records(found["records"])
    print_reasons(found)


def print_facts(found: Mapping[str, Any]) -> None:
    """The heading: who he is, what is known, in one block."""
    screen, status = console(), found["status"] or "withdrawn"
    name = Text(clean(found["name"]), style="bold")
    screen.print(name + Text(f"  {label(f'status.{status}')}", style="bold red"))
    if found["conflicting"]:
        screen.print("reports contradict each other", style="red")
    for fact in FACTS:
        if found[fact] is not None:
            screen.print(Text(f"{label(f'column.{fact}'):>14}  {clean(found[fact])}"))
    also = [clean(name) for name in found["names"] if name != found["name"]]
    if also:
        screen.print(Text(f"{'also written':>14}  {'; '.join(also)}"))
    screen.print(Text(f"{'person':>14}  {found['person_id']}", style="dim"))
    if found["aliases"]:
        screen.print(Text(f"{'formerly':>14}  {', '.join(found['aliases'])}", style="dim"))


def print_events(events: list[Mapping[str, Any]]) -> None:
    """What became public, and when, each with its source."""
    rows = [
        (
            event["public_on"],
            label(f"status.{event['status']}"),
            event["evidence"],
            origin(event),
            "taken back later" if event["retracted"] else "",
        )
        for event in events
    ]
    print_table("Status", ("public on", "status", "evidence", "source", ""), rows)


def origin(record: Mapping[str, Any]) -> str:
    """Source and post or row."""
    row = record.get("row")
    place = f"row {row}" if row is not None else f"post {record['external_id']}"
    return f"{record['source']}, {place}"


def print_records(records: list[Mapping[str, Any]]) -> None:
    """Each post or row that speaks of him: where, when, and the redacted words around his name."""
    screen = console()
    screen.print(f"Posts and list rows ({len(records)})\n", style="bold")
    for number, record in enumerate(records, 1):
        notes = [label(f"claim.{record['claim']}"), *record["facts"]]
        notes += ["a copy"] if record["copy_of"] else []
        notes += ["deleted"] if record.get("deleted_at") else []
        link = f"  {record['url']}" if record.get("url") else ""
        head = f"{number}. {record['public_on']}  {origin(record)}  [{', '.join(notes)}]{link}"
        screen.print(Text(clean(head), style="cyan"))
        screen.print(Text("   " + excerpt(record)))
    screen.print()


def excerpt(record: Mapping[str, Any]) -> str:
    """The redacted text around what was read of this man."""
    text: str = record["text"] or ""
    starts = [span["start"] for span in record["spans"]] or [0]
    begin = max(0, min(starts) - 40)
    piece = text[begin : begin + EXCERPT]
    cut = ("…" if begin else "") + piece + ("…" if begin + EXCERPT < len(text) else "")
    return clean(" ".join(cut.split()))


def print_reasons(found: Mapping[str, Any]) -> None:
    """The findings behind every pair that was joined or doubted."""
    if not found["decisions"]:
        console().print(label("person.none_why"))
        return
    number = {record["record_id"]: n for n, record in enumerate(found["records"], 1)}
    rows = []
    for decision in found["decisions"]:
        pair = f"{number.get(decision['left'], '?')} and {number.get(decision['right'], '?')}"
        said = label(f"judgement.{decision['judgement']}")
        score = "" if decision["score"] is None else f"{decision['score']:+.1f}"
        rows.append((pair, said, score, decision["by"], reasons(decision["findings"])))
    heads = ("posts", "judgement", "bits", "by", "because")
    print_table("Why these are one man", heads, rows)


def reasons(findings: list[Mapping[str, Any]]) -> str:
    """Findings in one line, the weightiest first: "surname: the same +9.1; age: differ −6.0"."""
    ranked = sorted(findings, key=lambda finding: -abs(finding["weight"]))
    return "; ".join(_reason(finding) for finding in ranked if abs(finding["weight"]) >= 0.05)


def _reason(finding: Mapping[str, Any]) -> str:
    sides = [str(side) for side in (finding["left"], finding["right"]) if side is not None]
    said = f" ({sides[0]} / {sides[-1]})" if sides and sides[0] != sides[-1] else ""
    compared, level = label(f"column.{finding['comparison']}"), label(f"level.{finding['level']}")
    return f"{compared}: {level}{said} {finding['weight']:+.1f}"
