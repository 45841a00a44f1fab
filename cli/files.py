"""`serve`: the store, or a public file → a Datasette."""

from __future__ import annotations

from pathlib import Path

import click

from cli import Place
from cli.acting import actor, by_option
from cli.users import users_of, users_option
from model import UnusableInput


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--open", "is_open", is_flag=True,
    help="No login: whoever uses this machine decides as you. Only on 127.0.0.1.",
)  # fmt: skip
@click.option(
    "--public", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Serve this file of `publish` instead, to anybody: read-only, cached, no login.",
)  # fmt: skip
@by_option
@users_option
@click.pass_obj
def serve(  # noqa: PLR0913  an option each
    place: Place,
    *,
    host: str,
    port: int,
    is_open: bool,
    public: Path | None,
    by: str | None,
    users: Path | None,
) -> None:
    """Datasette on the database with our pages, in English and Russian, for users with passwords.

    Analysts read; editors also decide pairs and approve claims. It listens on this machine alone
    unless told otherwise: the file holds names of living people.
    """
    if public is not None:
        if is_open:
            raise UnusableInput("--public is open to all by itself; leave --open out")
        from store import public_serving  # noqa: PLC0415  a second that no other command needs

        public_serving.checked(public)
        click.echo(f"http://{host}:{port}/", err=True)
        public_serving.serve(public, host, port)
        return
    from cli.serving import open_room  # noqa: PLC0415  a second that no other command needs

    held = users_of(place, users)
    if is_open:
        open_room(place.db, host, port, users=None, open_as=actor(held, by))
    else:
        open_room(place.db, host, port, users=held, open_as=None)
