"""Keys at a terminal → decisions on one pair after the other, applied in the background."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime

import click
from rich.text import Text

from cli import Place
from cli.output import console
from cli.review import open_pair, print_pair
from cli.serving import applier
from model import Evidence, Judgement, RollcallError
from store import Store, reviewing, turns
from store.applying import Applier
from store.datasette.labels import label
from store.tally import tally
from store.times import moscow_day

KEYS = {"s": Judgement.SAME, "d": Judgement.DIFFERENT, "u": Judgement.UNSURE}
HELP = "s same · d different · u not sure · n note · p later · z undo · q quit"
LAST = 60.0  # seconds to wait at the end until everything is applied


@dataclass(slots=True, kw_only=True)
class Session:
    """One editor at one terminal."""

    place: Place
    editor: str
    applier: Applier
    note: str | None = None
    made: list[int] = field(default_factory=list)  # decisions, to be undone


def loop(place: Place, editor: str) -> None:
    """Show, ask, keep, until the queue is empty or the editor has had enough."""
    with applier(place.db) as work:
        session = Session(place=place, editor=editor, applier=work)
        while (number := _next(session)) is not None:
            if not _one(session, number):
                break
        else:
            console().print(label("review.nothing_left"))
        if work.wait(LAST).waiting:
            console().print("not all is applied yet; `rollcall resolve` does the rest")
        _count(session)


def _next(session: Session) -> int | None:
    with Store.open(session.place.db) as store:
        return reviewing.take_next(store, session.editor, datetime.now(UTC))


def _one(session: Session, number: int) -> bool:
    """One pair until a key settles it; False: he has had enough."""
    with Store.open(session.place.db, read_only=True) as store:
        pair = open_pair(store, number)
        sides = pair["left"]["record_id"], pair["right"]["record_id"]
        last = reviewing.last_word(store.connection, *sides)
        weight = reviewing.weight(store.connection, number)
    click.clear()
    print_pair(pair)
    if weight is not None:
        console().print(
            label("review.expected", chance=f"{100 * weight['chance']:.0f}",
                  expected=f"{weight['expected']:.2f}"), style="dim",
        )  # fmt: skip
    while True:
        key = _key()
        if key in KEYS:
            _keep(session, number, KEYS[key], last["decision_id"] if last else 0)
            return True
        if key == "n":
            session.note = click.prompt("note", default="", show_default=False) or None
        elif key == "z" and _undone(session):
            return True
        elif key == "p":
            with Store.open(session.place.db) as store:
                turns.put_off(store, "review_id", number, session.editor, datetime.now(UTC))
            return True
        elif key in ("q", ""):
            return False


def _key() -> str:
    """One key of a terminal; a line's first letter where the keys come by a pipe."""
    click.echo(f"{HELP} > ", nl=False)
    if sys.stdin.isatty():
        key = click.getchar().lower()
        click.echo(key)
        return key
    return sys.stdin.readline().strip()[:1].lower()


def _keep(session: Session, number: int, judgement: Judgement, seen: int) -> None:
    word = reviewing.Word(
        review_id=number, judgement=judgement, editor=session.editor, seen=seen, note=session.note
    )
    session.note = None
    try:
        with Store.open(session.place.db) as store:
            session.made.append(reviewing.decide(store, word, datetime.now(UTC)))
    except turns.Overtaken as error:
        console().print(Text(label("review.overtaken", why=error), style="yellow"))
        return
    if judgement is not Judgement.UNSURE:
        session.applier.ask()
    console().print(f"decision {session.made[-1]}: {label(f'judgement.{judgement.value}')}")


def _undone(session: Session) -> bool:
    """Take back the last decision of this session."""
    if not session.made:
        console().print("nothing to undo")
        return False
    try:
        with Store.open(session.place.db) as store:
            reviewing.undo(store, session.made.pop(), session.editor, datetime.now(UTC))
    except RollcallError as error:
        console().print(Text(str(error), style="yellow"))
        return False
    session.applier.ask()
    console().print("taken back")
    return True


def _count(session: Session) -> None:
    """Today's count, as the decisions left it."""
    with Store.open(session.place.db, read_only=True) as store:
        today = moscow_day(datetime.now(UTC))
        counted = tally(store.connection, as_of=today, known_at=None, evidence=Evidence.REPORTED)
    counts = ", ".join(
        f"{label(f'statuses.{status}')} {count}"
        for status, count in counted["by_status"].items()  # type: ignore[attr-defined]
    )
    console().print(f"{label('home.total')} {counted['total']}: {counts}")
