"""`--by NAME` and his password → the name that a decision and the audit log carry, proved.

One way for every command that says who acted.
"""

from __future__ import annotations

import os
import pwd
import sys
from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import Any

import click

from cli import Place
from cli.users import users_of, users_option
from model import UnusableInput
from store.users import Role, Users, fits

LOGIN = "login:"  # before an account of this machine; no user's name holds a colon
LONGEST = 1000  # letters of a password that are looked at

by_option = click.option(
    "--by", envvar="ROLLCALL_EDITOR", metavar="NAME",
    help="Which editor you are; or ROLLCALL_EDITOR; else the login name. Asks for the password, or "
    "takes it from ROLLCALL_PASSWORD or the open file numbered ROLLCALL_PASSWORD_FD.",
)  # fmt: skip


def acting(command: Callable[..., Any]) -> Callable[..., Any]:
    """Give a command the option --by; it gets `editor`, the name proved.

    Stands last, in the place of `click.pass_obj`.
    """

    @wraps(command)
    def proved(
        place: Place, /, *words: Any, by: str | None, users: Path | None, **options: Any
    ) -> Any:
        return command(place, *words, editor=actor(users_of(place, users), by), **options)

    return by_option(users_option(click.pass_obj(proved)))


def actor(users: Users, by: str | None) -> str:
    """The editor who proved to be `by`; while a database has no users, this machine's account.

    Raises UnusableInput for a wrong name or password, and for an analyst.
    """
    if not users.all():
        if by is not None:
            raise UnusableInput(
                f"{users.path}: no users yet, so nobody can prove to be {by!r}; "
                "`rollcall user add NAME --role editor`, or leave --by out"
            )
        return LOGIN + account()
    name = by or account()
    user = users.get(name)
    if not fits(_password(name)[:LONGEST], user) or user is None:
        raise UnusableInput(f"wrong name or password for {name!r}")
    if user.role is not Role.EDITOR:
        raise UnusableInput(f"{name} is an analyst; editors decide")
    return user.name


def account() -> str:
    """Who runs this process, by the machine; not by an environment that anyone can set."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # an account without a name, as in a container
        return str(number)


def _password(name: str) -> str:
    """From the environment, an open file, or the keyboard; never an argument others could see."""
    held = os.environ.pop("ROLLCALL_PASSWORD", None)  # not handed on to any child
    if held is not None:
        return held
    number = os.environ.get("ROLLCALL_PASSWORD_FD")
    if number is not None:
        return _line_of(number)
    if not sys.stdin.isatty():
        raise UnusableInput(
            f"no terminal to ask {name!r} for a password: "
            "set ROLLCALL_PASSWORD or ROLLCALL_PASSWORD_FD"
        )
    return str(click.prompt(f"Password of {name}", hide_input=True, err=True))


def _line_of(number: str) -> str:
    """The first line of an open file. Raises UnusableInput where it is none."""
    try:
        with os.fdopen(int(number), encoding="utf-8", closefd=False) as file:
            return file.readline().rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise UnusableInput(f"ROLLCALL_PASSWORD_FD: {number!r} is no open file") from error
