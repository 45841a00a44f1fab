"""`review`: the pairs that wait for a human; a decision or its undoing → the append-only table."""

from __future__ import annotations

import getpass
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import click
from rich.text import Text

from cli import Place
from cli.output import as_json, clean, console, print_json, print_table
from cli.persons import origin, reasons
from model import Decision, Judgement, UnusableInput
from store import Store
from store.datasette.labels import label

SHOWN = (
    "surname", "given", "patronymic", "birth_date", "age", "category", "unit", "home_region",
    "home_place", "last_contact", "claim", "public_on",
)  # fmt: skip

editor = click.option(
    "--by", "editor", envvar="ROLLCALL_EDITOR", default=getpass.getuser, metavar="NAME",
    help="Who decides; or ROLLCALL_EDITOR; else the login name.",
)  # fmt: skip
note_option = click.option("--note", metavar="TEXT", help="Why, for the record.")


@click.group()
def review() -> None:
    """Pairs the model is unsure of. A human's decision outranks the model and is never lost."""


@review.command("list")
@as_json
@click.pass_obj
def list_pairs(place: Place, as_json: bool) -> None:
    """The open pairs, the likeliest first."""
    pairs = _queue(place)
    if as_json:
        print_json(pairs)
        return
    rows = [
        (p["review_id"], f"{p['score']:+.1f}" if p["score"] is not None else "",
         _name(p["left"]), _name(p["right"]), p["note"] or reasons(p["findings"]))
        for p in pairs
    ]  # fmt: skip
    heads = ("pair", "bits", "here", "there", "because")
    print_table(f"{len(pairs)} pairs wait for a decision", heads, rows)


@review.command()
@click.argument("number", type=int, metavar="PAIR")
@as_json
@click.pass_obj
def show(place: Place, number: int, as_json: bool) -> None:
    """One pair side by side, with both texts."""
    pair = _pair(place, number)
    if as_json:
        print_json(pair)
        return
    left, right = pair["left"], pair["right"]
    rows = [
        (label(f"column.{field}"), left[field], right[field], _sign(left[field], right[field]))
        for field in SHOWN
        if left[field] is not None or right[field] is not None
    ]
    print_table(f"Pair {number}", ("", origin(left), origin(right), ""), rows)
    for side in (left, right):
        console().print(Text(f"{origin(side)}\n", style="cyan") + Text(clean(side["text"])), "")
    console().print(Text(reasons(pair["findings"])))


@review.command()
@click.argument("number", type=int, metavar="PAIR")
@click.argument("judgement", type=click.Choice([Judgement.SAME.value, Judgement.DIFFERENT.value]))
@editor
@note_option
@click.pass_obj
def decide(place: Place, number: int, judgement: str, editor: str, note: str | None) -> None:
    """Say that a pair is one man (same) or two (different); `rollcall resolve` applies it."""
    pair = _pair(place, number)
    ids = pair["left"]["record_id"], pair["right"]["record_id"]
    decision = _append(place, ids, Judgement(judgement), editor, note)
    console().print(f"decision {decision}: {label(f'judgement.{judgement}')}, by {editor}")


@review.command()
@click.argument("decision_id", type=int, metavar="DECISION")
@editor
@note_option
@click.pass_obj
def undo(place: Place, decision_id: int, editor: str, note: str | None) -> None:
    """Take back a human's decision by adding one that says "unsure"."""
    with Store.open(place.db, read_only=True) as store:
        row = store.connection.execute(
            "SELECT left_id, right_id, is_human FROM decision WHERE decision_id = ?", (decision_id,)
        ).fetchone()
    if row is None or not row["is_human"]:
        raise UnusableInput(f"no human's decision {decision_id}")
    ids = row["left_id"], row["right_id"]
    added = _append(place, ids, Judgement.UNSURE, editor, note or f"undoes {decision_id}")
    console().print(f"decision {added}: undoes {decision_id}")


def _append(
    place: Place, ids: tuple[str, str], judgement: Judgement, editor: str, note: str | None
) -> int:
    left, right = sorted(ids)
    with Store.open(place.db) as store:
        return store.record_decision(
            Decision(
                left=left,
                right=right,
                judgement=judgement,
                score=None,
                by=editor,
                at=datetime.now(UTC),
                note=note,
            )
        )


def _queue(place: Place) -> list[dict[str, Any]]:
    with Store.open(place.db, read_only=True) as store:
        return store.review_queue()


def _pair(place: Place, number: int) -> dict[str, Any]:
    for pair in _queue(place):
        if pair["review_id"] == number:
            return pair
    raise UnusableInput(f"no open pair {number}; see `rollcall review list`")


def _name(side: Mapping[str, Any]) -> str:
    parts = (side["surname"], side["given"], side["patronymic"], side["birth_date"])
    return " ".join(str(part) for part in parts if part)


def _sign(left: object, right: object) -> str:
    if left is None or right is None:
        return ""
    return "=" if left == right else "≠"
