"""`serve`, `doctor`: the store → a Datasette, a list of what is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import click

from cli import Place
from cli.output import as_json, print_json, print_table
from cli.review import editor
from cli.users import users_of, users_option
from model import RollcallError, UnusableInput
from scraper import sources as folder
from store import Store, audit_chain, holds, quarantine


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="The address to listen on.")
@click.option("--port", default=8001, show_default=True, type=click.IntRange(0, 65535))
@click.option(
    "--open", "is_open", is_flag=True,
    help="No passwords: whoever uses this machine is an editor. Only on 127.0.0.1.",
)  # fmt: skip
@click.option(
    "--public", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path),
    help="Serve this file of `publish` instead, to anybody: read-only, cached, no login.",
)  # fmt: skip
@editor
@users_option
@click.pass_obj
def serve(  # noqa: PLR0913  an option each
    place: Place,
    *,
    host: str,
    port: int,
    is_open: bool,
    public: Path | None,
    editor: str,
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

    held = None if is_open else users_of(place, users)
    open_room(place.db, host, port, users=held, open_as=editor if is_open else None)


@click.command()
@click.option("--audit", is_flag=True, help="Check the audit log's chain, and nothing else.")
@click.option(
    "--head", metavar="LINES:LINK",
    help="A head of the log written down elsewhere, which it must still agree with.",
)  # fmt: skip
@as_json
@click.pass_obj
def doctor(place: Place, *, audit: bool, head: str | None, as_json: bool) -> None:
    """Check the sources' files, the database's integrity, and how each source fares."""
    if audit or head:
        findings = list(_audit(place, head))
    else:
        findings = list(chain(_sources(place), _database(place)))
    if as_json:
        print_json([{"where": w, "finding": f, "ok": ok} for w, f, ok in findings])
    else:
        rows = [(where, finding, "ok" if ok else "FAILS") for where, finding, ok in findings]
        print_table("Doctor", ("where", "finding", ""), rows)
    if not all(ok for _, _, ok in findings):
        raise click.exceptions.Exit(1)


def _sources(place: Place) -> Iterator[tuple[str, str, bool]]:
    for path in sorted(place.sources.glob("*.toml")):
        try:
            source = folder.load_one(path)
        except RollcallError as error:
            yield str(path), str(error), False
        else:
            yield str(path), f"{source.kind}, every {source.every}", True


def _database(place: Place) -> Iterator[tuple[str, str, bool]]:
    with Store.open(place.db, read_only=True) as store:
        (verdict,) = store.connection.execute("PRAGMA quick_check(1)").fetchone()
        yield str(place.db), f"integrity: {verdict}", verdict == "ok"
        orphans = len(store.connection.execute("PRAGMA foreign_key_check").fetchall())
        yield str(place.db), f"rows that point nowhere: {orphans}", not orphans
        yield str(place.db), f"schema {store.schema_version}", True
        for name, alarm in quarantine.alarmed(store.connection):
            yield f"list {name}", alarm, False
        for week in holds.listing(store.connection):
            yield f"source {week['source']}", f"week of {week['week']} held: {week['why']}", False
        for line in store.health():
            told = line["last_error"] or f"last success {line['last_ok_at'] or 'never'}"
            yield f"source {line['name']}", str(told), not line["failures"]


def _audit(place: Place, noted: str | None) -> Iterator[tuple[str, str, bool]]:
    """Every fault of the log; where there is none, its head, to be written down elsewhere."""
    with Store.open(place.db, read_only=True) as store:
        found = list(audit_chain.faults(store.connection, place.db, noted))
        lines, link = audit_chain.head(store.connection)
    yield from ((str(place.db), fault, False) for fault in found)
    if not found:
        yield str(place.db), f"audit log whole; its head is {lines}:{link}", True
