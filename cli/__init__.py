"""The command `rollcall`: words on a command line → one function of `cli/`, and its exit status."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import click

from model import AlreadyRunning, RollcallError, UnusableInput

# Command → where its function stands, and its line of help. Only the one called is imported.
COMMANDS = {
    "demo": ("cli.demo:demo", "Collect a practice world over HTTP and show its tally."),
    "collect": ("cli.collecting:collect", "One collection round over all sources or those named."),
    "extract": ("cli.reading:extract", "Posts (JSON lines) in, redacted records out."),
    "resolve": ("cli.resolving:resolve", "Decide which records speak of one man."),
    "train": ("cli.resolving:train", "Make the linkage weights anew; say what they would change."),
    "tally": ("cli.counting:tally", "The count of persons on a day."),
    "diff": ("cli.counting:diff", "Why the tallies of two days differ."),
    "estimate": ("cli.estimating:estimate", "Who is likely not in the count; rates by region."),
    "report": ("cli.estimating:report", "A self-contained page of the count, and its figures."),
    "person": ("cli.persons:person", "Everything known of one person, and why."),
    "review": ("cli.review:review", "Pairs and claims that wait for a human."),
    "lists": ("cli.lists:lists", "Imports of lists held for an editor: show, release, refuse."),
    "weeks": ("cli.lists:weeks", "Floods of a source, held for an editor: release, refuse."),
    "export": ("cli.exporting:export", "Persons, records, events, posts or the tally as a file."),
    "validate": ("cli.validating:validate", "Check PFIF files against the specification."),
    "publish": ("cli.publishing:publish", "The public file: aggregates, no small cell."),
    "backup": ("cli.keeping:backup", "A sealed copy of the database, verified."),
    "restore": ("cli.keeping:restore", "Put a backup in place; what was erased stays erased."),
    "erase": ("cli.keeping:erase", "Take a person, a post or a source out for good."),
    "vault": ("cli.vault:vault", "The sealed raw pages: make a key, verify, open."),
    "serve": ("cli.files:serve", "Datasette on the database, configured."),
    "user": ("cli.users:user", "Who may enter the analysts' room: add, list, remove."),
    "run": ("cli.collecting:run", "The scheduled service, until it is told to stop."),
    "doctor": ("cli.doctor:doctor", "Check the database and the sources."),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the database and the sources' TOML files are."""

    db: Path
    sources: Path


class Commands(click.Group):
    """The commands of the table above; our own errors end in one line and a status."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Every command, in the order of the table."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command's function; None for a word that is no command."""
        if cmd_name not in COMMANDS:
            return None
        module, _, name = COMMANDS[cmd_name][0].partition(":")
        command: click.Command = getattr(importlib.import_module(module), name)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table's lines of help, without importing anything."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; exit 2 for unusable input, 1 for any other failure of ours."""
        try:
            return super().invoke(ctx)
        except (UnusableInput, AlreadyRunning) as error:
            click.echo(f"rollcall: {error}", err=True)
            ctx.exit(2)
        except RollcallError as error:
            click.echo(f"rollcall: {error}", err=True)
            ctx.exit(1)


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "--db",
    default="rollcall.db",
    envvar="ROLLCALL_DB",
    show_default=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="The database; or ROLLCALL_DB.",
)
@click.option(
    "--sources",
    default="sources",
    envvar="ROLLCALL_SOURCES",
    show_default=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder of TOML files.",
)
@click.version_option(package_name="rollcall")
@click.pass_context
def main(ctx: click.Context, db: Path, sources: Path) -> None:
    """Count missing soldiers by name from what their relatives post in public.

    Exit status: 0 done, 1 done with failures it names, 2 unusable input.
    """
    ctx.obj = Place(db=db, sources=sources)
