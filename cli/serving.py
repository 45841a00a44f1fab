"""A database and who may enter → Datasette on it; decisions are applied as they are made."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import click

import pipeline
from model import UnusableInput
from store import Store, serving
from store.applying import Applier
from store.datasette.room import Room
from store.users import Users


def applier(db: Path) -> Applier:
    """Resolves what editors said, in this process, as the service would."""
    return Applier(partial(_resolve, db))


def _resolve(db: Path) -> None:
    pipeline.resolve_if_needed(db, datetime.now(UTC))


def open_room(db: Path, host: str, port: int, *, users: Users | None, open_as: str | None) -> None:
    """Serve until interrupted; without users, only where nobody else can reach it."""
    with Store.open(db) as store, store.writing():
        pass  # names what is wrong with the file before a server starts; brings it up to date
    if users is not None and not users.all():
        raise UnusableInput(
            f"{users.path}: no users yet; `rollcall user add NAME --role editor`, or "
            "`rollcall serve --open` for yourself alone on this machine"
        )
    room = Room(db=db, users=users, open_as=open_as, applier=applier(db))
    click.echo(f"http://{host}:{port}/", err=True)
    if open_as is not None:
        click.echo(f"open: everyone on this machine is the editor {open_as}", err=True)
    serving.serve(room, host, port)
