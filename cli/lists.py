"""`lists`, `weeks`: imports and floods that wait for an editor → shown, released or refused."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

import click

from cli import Place
from cli.acting import acting
from cli.output import as_json, console, print_json, print_table
from store import Store, holds, quarantine
from store.releasing import decide

Done = TypeVar("Done")
ROWS = 20  # of each sort shown on a terminal

import_id = click.argument("import_id", type=int, metavar="IMPORT")
hold_id = click.argument("hold_id", type=int, metavar="NUMBER")
note_option = click.option("--note", metavar="TEXT", help="Why.")


@click.group()
def lists() -> None:
    """Imports of lists: those held for an editor, and the versions of each list.

    A list that comes with far fewer or more rows, lost rows, rewritten birth dates, emptier
    columns, another header or encoding is held whole: nothing of it counts until it is released.
    """


@lists.command("list")
@click.option("--all", "every", is_flag=True, help="Every import, not only those that wait.")
@as_json
@click.pass_obj
def list_(place: Place, every: bool, as_json: bool) -> None:
    """The imports that wait, with what is alarming about each."""
    with Store.open(place.db, read_only=True) as store:
        found = quarantine.listing(store.connection, every=every)
    columns = {
        "import": "import_id", "list": "source", "read at": "seen_at", "rows": "rows",
        "state": "state", "why": "alarms",
    }  # fmt: skip
    _print_waiting("list", found, columns, as_json=as_json)


@lists.command()
@import_id
@as_json
@click.pass_obj
def show(place: Place, import_id: int, as_json: bool) -> None:
    """One import: rows it adds and rows it no longer has; of one that was taken, its rows."""
    with Store.open(place.db, read_only=True) as store:
        found: dict[str, Any] = dict(quarantine.changes(store.connection, import_id))
    if as_json:
        print_json(found)
        return
    console().print(f"{found['source']}: {found['rows']} rows, {found['state']}", markup=False)
    for alarm in found["alarms"]:
        console().print(f"  {alarm}", markup=False)
    for title in ("gone", "new", "list"):
        rows = found.get(title, [])
        if rows:
            shown = [(row["row"], row["text"]) for row in rows[:ROWS]]
            print_table(f"{title}: {len(rows)}", ("row", "text"), shown)
            if len(rows) > ROWS:
                console().print(f"… and {len(rows) - ROWS} more; all of them with --json")


@lists.command()
@import_id
@note_option
@acting
def release(place: Place, import_id: int, editor: str, note: str | None) -> None:
    """Apply a held import: its rows count, and rows it no longer has lose their claims."""
    saved = _decide(decide, place, import_id, release=True, by=editor, note=note)
    console().print(
        f"released: {saved.new} rows new, {saved.changed} changed, {saved.gone} gone; "
        "`rollcall resolve` counts them"
    )


@lists.command()
@import_id
@note_option
@acting
def refuse(place: Place, import_id: int, editor: str, note: str | None) -> None:
    """Drop a held import; the same content is not asked about again."""
    _decide(decide, place, import_id, release=False, by=editor, note=note)
    console().print("refused: the list stays as it was")


@click.group()
def weeks() -> None:
    """Weeks in which a source told far more than it ever does.

    What it told then counts as reported, but corroborates nobody until an editor releases it.
    """


@weeks.command("list")
@click.option("--all", "every", is_flag=True, help="Every such week, not only those that wait.")
@as_json
@click.pass_obj
def list_weeks(place: Place, every: bool, as_json: bool) -> None:
    """The weeks that wait, and why."""
    with Store.open(place.db, read_only=True) as store:
        found = holds.listing(store.connection, every=every)
    columns = {
        "number": "hold_id", "source": "source", "week of": "week", "state": "state", "why": "why",
    }  # fmt: skip
    _print_waiting("week", found, columns, as_json=as_json)


@weeks.command("release")
@hold_id
@note_option
@acting
def release_week(place: Place, hold_id: int, editor: str, note: str | None) -> None:
    """Let what was told in that week count in full."""
    _decide(holds.decide, place, hold_id, release=True, by=editor, note=note)
    console().print("released; `rollcall resolve` counts it")


@weeks.command("refuse")
@hold_id
@note_option
@acting
def refuse_week(place: Place, hold_id: int, editor: str, note: str | None) -> None:
    """Never let what was told in that week corroborate anyone."""
    _decide(holds.decide, place, hold_id, release=False, by=editor, note=note)
    console().print("refused: it corroborates nobody")


def _decide(word: Callable[..., Done], place: Place, number: int, **said: Any) -> Done:
    """An editor's word on what is held, kept with its time."""
    with Store.open(place.db) as store:
        return word(store, number, now=datetime.now(UTC), **said)


def _print_waiting(
    what: str, found: Sequence[Mapping[str, Any]], columns: Mapping[str, str], *, as_json: bool
) -> None:
    """What waits for an editor; `columns`: heading → key."""
    if as_json:
        print_json(found)
    elif not found:
        console().print(f"no {what} waits for an editor")
    else:
        rows = [[_cell(key, one[key]) for key in columns.values()] for one in found]
        print_table(f"{what.capitalize()}s for an editor", tuple(columns), rows)


def _cell(key: str, value: Any) -> object:
    """A time to the minute, alarms one after the other."""
    if key == "alarms":
        return "; ".join(value) or "—"
    return value[:16] if key == "seen_at" else value
