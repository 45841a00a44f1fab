"""`demo`: the practice world → four tallies, a report, then Datasette on what was collected."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from cli.counting import print_tally
from model import UnusableInput
from practice import DATA, World
from practice.demo import DAYS, collect_world
from report import write_report
from store import Store


@click.command()
@click.option("--no-serve", is_flag=True, help="Stop after the tallies; don't open Datasette.")
@click.option(
    "--directory",
    default=Path("demo"),
    show_default=True,
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where its database and sources go; made anew each time.",
)
@click.option(
    "--world",
    "world_folder",
    default=DATA,
    show_default="the one inside the project",
    type=click.Path(file_okay=False, path_type=Path),
    metavar="DIR",
    help="Another world of the same shape.",
)
@click.option("--port", default=8001, show_default=True, help="Datasette's port.")
def demo(no_serve: bool, directory: Path, world_folder: Path, port: int) -> None:
    """Collect a practice world over HTTP and show its tally.

    All people in it are invented. The world is served on 127.0.0.1 as genuine Telegram, VK, RSS,
    web and list pages; the collectors that read them are those of `rollcall collect`.
    """
    began = time.monotonic()
    try:
        world = World(world_folder)
    except (OSError, ValueError, KeyError) as error:
        raise UnusableInput(f"{world_folder}: no practice world: {error}") from error
    failures: list[str] = []
    db = asyncio.run(collect_world(directory, world, click.echo, failures.append))
    with Store.open(db, read_only=True) as store:
        for day in DAYS:
            click.echo()
            print_tally(store.tally(day))
        page = write_report(
            store, directory / "report", as_of=DAYS[-1], known_at=None, language="en",
            made_at=datetime.now(UTC),
        )  # fmt: skip
    click.echo(f"\n{db}: collected and counted in {time.monotonic() - began:.0f} s")
    for failure in dict.fromkeys(failures):
        click.echo(f"rollcall: {failure}", err=True)
    click.echo(f"Report: {page}")
    if failures:
        raise click.exceptions.Exit(1)
    if not no_serve:
        _open(db, port)


def _open(db: Path, port: int) -> None:
    """Without passwords: all people in it are invented, and only this machine can reach it."""
    from cli.serving import open_room  # noqa: PLC0415  a second that --no-serve does not need

    click.echo(f"Datasette: http://127.0.0.1:{port}/?as_of={DAYS[-1]}   (Ctrl-C ends it)")
    open_room(db, "127.0.0.1", port, users=None, open_as="demo")
