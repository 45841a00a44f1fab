"""`user`: who may enter the analysts' room → the users' file, with hashed passwords."""

from __future__ import annotations

import secrets
import sys
from datetime import UTC, datetime
from pathlib import Path

import click

from cli import Place
from cli.output import as_json, console, print_json, print_table
from store.users import Role, Users, users_file

users_option = click.option(
    "--users", "users", envvar="ROLLCALL_USERS", metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The users' file; or ROLLCALL_USERS; else DATABASE.users.json.",
)  # fmt: skip


def users_of(place: Place, named: Path | None) -> Users:
    """The users' file named, or the one beside the database."""
    return Users(named or users_file(place.db))


@click.group()
def user() -> None:
    """Who may enter the analysts' room: analysts read, editors also decide and approve."""


@user.command()
@click.argument("name")
@click.option("--role", type=click.Choice([role.value for role in Role]), required=True)
@click.option("--generate", is_flag=True, help="Make a password and print it once.")
@users_option
@click.pass_obj
def add(place: Place, *, name: str, role: str, generate: bool, users: Path | None) -> None:
    """Add NAME, or give him a new role and password; asks for it, or reads a line of stdin."""
    password = secrets.token_urlsafe(15) if generate else _asked()
    users_of(place, users).add(name, Role(role), password, datetime.now(UTC))
    console().print(f"{role} {name} may enter")
    if generate:
        click.echo(password)


def _asked() -> str:
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@user.command("list")
@users_option
@as_json
@click.pass_obj
def list_users(place: Place, *, users: Path | None, as_json: bool) -> None:
    """Every user with his role."""
    found = users_of(place, users).all()
    if as_json:
        print_json([{"name": u.name, "role": u.role.value, "since": u.since} for u in found])
        return
    rows = [(u.name, u.role.value, u.since[:10]) for u in found]
    print_table(f"{len(rows)} users", ("name", "role", "since"), rows)


@user.command()
@click.argument("name")
@users_option
@click.pass_obj
def remove(place: Place, *, name: str, users: Path | None) -> None:
    """Take NAME out; his sessions end at once."""
    users_of(place, users).remove(name)
    console().print(f"{name} is out")
