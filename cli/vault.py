"""`vault`: the sealed evidence beside the database: make a key, verify it, open it offline."""

from __future__ import annotations

import json
import os
from dataclasses import asdict
from pathlib import Path

import click

from cli import Place
from cli.output import as_json, console, print_json
from model import UnusableInput
from store import Store
from store import vault as sealed


@click.group()
def vault() -> None:
    """The sealed raw pages: kept where ROLLCALL_VAULT_KEY names an age public key."""


@vault.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
def keygen(path: Path) -> None:
    """Write a new age identity to PATH and print its public key, for ROLLCALL_VAULT_KEY.

    Keep PATH offline: whoever has it can open the vault, and without it nobody can.
    """
    import pyrage  # noqa: PLC0415  only this command makes keys

    identity = pyrage.x25519.Identity.generate()
    public = identity.to_public()
    _write(path, f"# public key: {public}\n{identity}\n".encode())
    click.echo(public)


@vault.command()
@as_json
@click.pass_obj
def verify(place: Place, as_json: bool) -> None:
    """Check every sealed file and the chain of captures; needs no key. Exit 1 for damage.

    Note the head elsewhere: a later chain that does not pass through it was rewritten.
    """
    with Store.open(place.db, read_only=True) as store:
        found = sealed.verify(store.connection, sealed.folder(place.db))
    if as_json:
        print_json(asdict(found) | {"sound": found.sound})
    else:
        console().print(
            f"{found.captures} captures, {found.sealed} sealed, {found.erased} erased, "
            f"{found.strays} stray files\nhead {found.head}"
        )
    for what, numbers in (("missing", found.missing), ("changed", found.damaged)):
        for number in numbers:
            click.echo(f"rollcall: vault: capture {number}: its sealed file is {what}", err=True)
    if found.broken is not None:
        click.echo(f"rollcall: vault: the chain breaks at capture {found.broken}", err=True)
    if not found.sound:
        raise click.exceptions.Exit(1)


@vault.command(name="open")
@click.argument("folder", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--identity", "-i", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The age identity file, kept offline until now.",
)  # fmt: skip
@click.option("--post", nargs=2, metavar="SOURCE ID", help="Only what this post was read from.")
@click.option("--capture", type=int, multiple=True, help="Only captures of these numbers.")
@as_json
@click.pass_obj
def open_(  # noqa: PLR0913  an option each
    place: Place,
    *,
    folder: Path,
    identity: Path,
    post: tuple[str, str] | None,
    capture: tuple[int, ...],
    as_json: bool,
) -> None:
    """Write the raw bytes of captures into FOLDER, each checked against its hash.

    They hold relatives' names and numbers: open the vault on the offline machine only.
    """
    made = []
    with Store.open(place.db, read_only=True) as store:
        chosen: list[int] | None = list(capture) or None
        if post is not None:
            chosen = (chosen or []) + sealed.of_post(store.connection, *post)
        text = identity.read_text(encoding="utf-8")
        found = sealed.opened(store.connection, sealed.folder(place.db), text, chosen)
        for row, raw in found:
            name = f"capture-{row['capture_id']:06}.raw"
            _write(folder / name, raw)
            keys = ("capture_id", "source", "url", "captured_at", "client", "sha256", "size")
            made.append({key: row[key] for key in keys} | {"file": name})
    _write(folder / "captures.json", json.dumps(made, indent=1).encode())
    print_json(made) if as_json else console().print(
        f"{len(made)} captures opened into {folder}, every one as it was captured", markup=False
    )


def _write(path: Path, content: bytes) -> None:
    """A new file that only its owner may read. Raises UnusableInput where it cannot be made."""
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except OSError as error:
        raise UnusableInput(f"{path}: {error.strerror}") from error
    with open(descriptor, "wb") as file:
        file.write(content)
