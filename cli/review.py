"""`review`: pairs, claims, rows that wait for a human; a word, its undoing → append-only tables.

Without a further word it shows one pair after the other and takes a key for each.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import wraps
from pathlib import Path
from typing import Any

import click
from rich.text import Text

from cli import Place
from cli.acting import account, acting, actor, by_option
from cli.output import as_json, clean, console, print_json, print_table
from cli.persons import origin, reasons
from cli.users import users_of, users_option
from model import Judgement, UnusableInput
from store import Store, claims, reviewing, settling
from store.datasette.labels import label
from store.dossier import pair_of

SHOWN = (
    "surname", "given", "patronymic", "birth_date", "age", "category", "unit", "home_region",
    "home_place", "last_contact", "claim", "public_on",
)  # fmt: skip
LISTED = 200  # pairs a list shows; the queue of a large store is longer than anyone reads


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """Who says a word, and why."""

    editor: str
    note: str | None


def word(command: Callable[..., bool]) -> Callable[..., Any]:
    """Give a command the options --by, --note and --later; it gets `said`.

    What it tells to have changed (True) is applied at once. Stands last, in the place of
    `click.pass_obj`.
    """

    @wraps(command)
    def spoken(
        place: Place, /, *, editor: str, note: str | None, later: bool, **given: Any
    ) -> None:
        if command(place, said=Said(editor=editor, note=note), **given):
            _apply(place, later)

    option = click.option("--note", metavar="TEXT", help="Why, for the record.")
    later = click.option(
        "--later", is_flag=True, help="Don't apply it now; `rollcall resolve` will."
    )
    return option(later(acting(spoken)))


@click.group(invoke_without_command=True)
@by_option
@users_option
@click.pass_context
def review(ctx: click.Context, by: str | None, users: Path | None) -> None:
    """Pairs and claims that wait for a human. A human's word outranks the model and is never lost.

    Without a command: one pair after the other, those that matter most for the count first.
    """
    if ctx.invoked_subcommand is not None:  # `review --by NAME decide …` means him too
        given = {name: value for name, value in (("by", by), ("users", users)) if value is not None}
        ctx.default_map = dict.fromkeys(review.commands, given)
    else:
        from cli.reviewing import loop  # noqa: PLC0415  the other commands need no terminal

        loop(ctx.obj, actor(users_of(ctx.obj, users), by))


@review.command("list")
@as_json
@click.pass_obj
def list_pairs(place: Place, as_json: bool) -> None:
    """The open pairs, those whose decision would change the count most first."""
    with Store.open(place.db, read_only=True) as store:
        weighed = reviewing.queue(store.connection, LISTED)
        pairs: list[dict[str, Any]] = [
            {**pair, "expected": round(row["expected"], 4), "chance": round(row["chance"], 4)}
            for row in weighed
            if (pair := pair_of(store.connection, row["review_id"]))
        ]
        (waiting,) = store.connection.execute(
            "SELECT count(*) FROM review WHERE closed_at IS NULL"
        ).fetchone()
    if as_json:
        print_json(pairs)
        return
    rows = [
        (p["review_id"], f"{p['expected']:.2f}", "" if p["score"] is None else f"{p['score']:+.1f}",
         _name(p["left"]), _name(p["right"]), p["note"] or reasons(p["findings"]))
        for p in pairs
    ]  # fmt: skip
    heads = ("pair", "change", "bits", "here", "there", "because")
    print_table(f"{waiting} pairs wait for a decision", heads, rows)


@review.command()
@click.argument("number", type=int, metavar="PAIR")
@as_json
@click.pass_obj
def show(place: Place, number: int, as_json: bool) -> None:
    """One pair side by side, with both texts."""
    with Store.open(place.db, read_only=True) as store:
        pair = open_pair(store, number)
    if as_json:
        print_json(pair)
        return
    print_pair(pair)


def print_pair(pair: Mapping[str, Any]) -> None:
    """Both records in one table, what differs marked, then the texts and the reasons."""
    left, right = pair["left"], pair["right"]
    rows = [
        (label(f"column.{field}"), left[field], right[field], _sign(left[field], right[field]))
        for field in SHOWN
        if left[field] is not None or right[field] is not None
    ]
    title = f"Pair {pair['review_id']}"
    print_table(title, ("", origin(left), origin(right), ""), rows)
    for side in (left, right):
        console().print(Text(f"{origin(side)}\n", style="cyan") + Text(clean(side["text"])), "")
    console().print(Text(reasons(pair["findings"])))


@review.command()
@click.argument("number", type=int, metavar="PAIR")
@click.argument("judgement", type=click.Choice([judgement.value for judgement in Judgement]))
@word
def decide(place: Place, *, number: int, judgement: str, said: Said) -> bool:
    """Say that a pair is one man (same), two (different), or that you are not sure (unsure)."""
    with Store.open(place.db) as store:
        pair = open_pair(store, number)
        last = reviewing.last_word(
            store.connection, pair["left"]["record_id"], pair["right"]["record_id"]
        )
        spoken = reviewing.Word(
            review_id=number, judgement=Judgement(judgement), editor=said.editor,
            seen=last["decision_id"] if last else 0, note=said.note,
        )  # fmt: skip
        decision = reviewing.decide(store, spoken, datetime.now(UTC))
    console().print(f"decision {decision}: {label(f'judgement.{judgement}')}, by {said.editor}")
    return judgement != Judgement.UNSURE


@review.command()
@click.argument("decision_id", type=int, metavar="DECISION")
@word
def undo(place: Place, *, decision_id: int, said: Said) -> bool:
    """Take back a human's decision by adding one that says "unsure"."""
    note = said.note or f"undoes {decision_id}"
    with Store.open(place.db) as store:
        added, pair = reviewing.undo(store, decision_id, said.editor, datetime.now(UTC), note)
    console().print(f"decision {added}: undoes {decision_id}; pair {pair} is open again")
    return True


@review.command("claims")
@click.option("--by", envvar="ROLLCALL_EDITOR", metavar="NAME", help="Whose word is still open.")
@as_json
@click.pass_obj
def list_claims(place: Place, *, by: str | None, as_json: bool) -> None:
    """Claims of a fate that wait for your approval; two different editors make one confirmed."""
    with Store.open(place.db, read_only=True) as store:
        found = [dict(row) for row in claims.waiting(store.connection, by or account(), LISTED)]
    if as_json:
        print_json(found)
        return
    rows = [
        (c["record_id"], c["name"], label(f"status.{c['status']}"), c["public_on"], c["person_id"])
        for c in found
    ]
    print_table("Claims to approve", ("record", "who", "claim", "public on", "person"), rows)


@review.command()
@click.argument("record_id", metavar="RECORD")
@click.option("--refuse", is_flag=True, help="Take your approval back, or refuse it.")
@word
def approve(place: Place, *, record_id: str, refuse: bool, said: Said) -> bool:
    """Stand behind the claim of a RECORD: its source does say so of this man."""
    with Store.open(place.db) as store:
        now = datetime.now(UTC)
        new = claims.speak(store, record_id, said.editor, now, approved=not refuse, note=said.note)
        behind = sorted(
            name for name, yes in claims.words(store.connection, record_id).items() if yes
        )
    told = "approved by " + ", ".join(behind) if behind else "approved by nobody"
    console().print(f"record {record_id}: {told}" + ("" if new else " (as before)"))
    return True


@review.command()
@click.option("--all", "every", is_flag=True, help="Settled rows too, with the word on each.")
@as_json
@click.pass_obj
def rows(place: Place, *, every: bool, as_json: bool) -> None:
    """Rows of lists that count for nobody, because nobody understood or believed them."""
    with Store.open(place.db, read_only=True) as store:
        found = settling.listing(store.connection, every=every)
    if as_json:
        print_json(found)
        return
    shown = [
        (row["row_id"], row["source"], row["row"], clean(str(row["text"])), row["why"],
         f"{row['verdict']}, by {row['editor']}" if row.get("verdict") else "")
        for row in found
    ]  # fmt: skip
    heads = ("id", "list", "row", "text", "because", "settled")
    print_table("Doubtful rows of lists", heads, shown)


row_id = click.argument("row_id", metavar="ROW")


@review.command()
@row_id
@click.argument("verdict", type=click.Choice(settling.VERDICTS))
@word
def settle(place: Place, *, row_id: str, verdict: str, said: Said) -> bool:
    """Say what a doubtful ROW (its id in `review rows`) claims, or that it is nobody's.

    It holds until the list writes the row anew.
    """
    with Store.open(place.db) as store:
        seen = settling.as_seen(store.connection, row_id, verdict, said.editor)
        settling.settle(store, replace(seen, note=said.note), datetime.now(UTC))
    console().print(f"row {row_id}: {label(f'verdict.{verdict}')}, by {said.editor}")
    return True


@review.command()
@row_id
@word
def reopen(place: Place, *, row_id: str, said: Said) -> bool:
    """Take the word on a ROW back: it counts for nobody and waits again."""
    with Store.open(place.db) as store:
        settling.reopen(store, row_id, said.editor, datetime.now(UTC), note=said.note)
    console().print(f"row {row_id}: waits again")
    return True


def _apply(place: Place, later: bool) -> None:
    """Bring clusters, statuses and tally in line with what was said."""
    if later:
        console().print("`rollcall resolve` applies it", style="dim")
        return
    import pipeline  # noqa: PLC0415  numba and its models, which a list does not need

    done = pipeline.resolve_if_needed(place.db, datetime.now(UTC))
    console().print("applied" if done else "nothing to apply", style="dim")


def open_pair(store: Store, number: int) -> dict[str, Any]:
    """The pair of this number, if it waits. Raises UnusableInput."""
    pair: dict[str, Any] | None = pair_of(store.connection, number)
    if pair is None or pair["closed_at"] is not None:
        raise UnusableInput(f"no open pair {number}; see `rollcall review list`")
    return pair


def _name(side: Mapping[str, Any]) -> str:
    parts = (side["surname"], side["given"], side["patronymic"], side["birth_date"])
    return " ".join(str(part) for part in parts if part)


def _sign(left: object, right: object) -> str:
    if left is None or right is None:
        return ""
    return "=" if left == right else "≠"
