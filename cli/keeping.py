"""`backup`, `restore`, `erase`: what an operator does to the whole file, or to one man in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

import pipeline
from cli import Place
from cli.acting import acting
from cli.output import as_json, console, print_json
from model import UnusableInput
from store import Store, erasure, retention, watch
from store import backup as backups
from store.erasure import Erased


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--key", envvar="ROLLCALL_BACKUP_KEY", required=True, metavar="age1…",
    help="The age public key to seal it to; or ROLLCALL_BACKUP_KEY.",
)  # fmt: skip
@as_json
@click.pass_obj
def backup(place: Place, path: Path, key: str, as_json: bool) -> None:
    """A sealed copy of the database, while everything runs; read back before it counts.

    Killed at any point, the previous FILE stands. The vault's folder is copied by any other tool.
    """
    with Store.open(place.db, read_only=True) as store:
        head = backups.backup(store.connection, path, key, datetime.now(UTC))
    watch.note_backup(place.db, datetime.now(UTC))
    print_json(asdict(head)) if as_json else console().print(
        f"{path}: {head.size} bytes, schema {head.schema}, sha256 {head.sha256}", markup=False
    )


@click.command()
@click.argument("path", metavar="FILE", type=click.Path(dir_okay=False, path_type=Path))
@click.option(
    "--identity", "-i", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The age identity file of the key it was sealed to.",
)  # fmt: skip
@click.option("--replace", is_flag=True, help="Put it in the place of the present database.")
@as_json
@acting
def restore(  # noqa: PLR0913  an option each
    place: Place, *, path: Path, identity: Path, replace: bool, editor: str, as_json: bool
) -> None:
    """Open a backup, check all of it, put it in place, and erase again what was erased since.

    The old database stands until the last step. A service on it must be stopped first.
    """
    from scheduler import exclusive  # noqa: PLC0415  only the lock is needed, and only here

    if place.db.exists() and not replace:
        raise UnusableInput(f"{place.db}: there is a database; --replace puts this in its place")
    with exclusive(place.db):
        head, again = put_back(
            path, place.db, identity.read_text(encoding="utf-8"), editor, datetime.now(UTC)
        )
    if as_json:
        print_json(asdict(head) | {"erased_again": asdict(again)})
    else:
        console().print(
            f"{place.db}: as of {head.made_at}; "
            f"{again.records} records erased since were erased again",
            markup=False,
        )


@click.group()
def erase() -> None:
    """Take a person, a post or a source out of everything, for good.

    What was printed, exported or backed up elsewhere is yours to recall; a backup that is restored
    here meets the tokens beside the database (FILE.erased) and is erased again.
    """


@erase.command()
@click.argument("person_id")
@as_json
@acting
def person(place: Place, *, person_id: str, editor: str, as_json: bool) -> None:
    """Erase a man and the text of every post that speaks of him; he is not collected again."""
    _erase(place, lambda store, now: erasure.erase_person(store, person_id, editor, now), as_json)


@erase.command()
@click.argument("source")
@click.argument("external_id", metavar="ID")
@as_json
@acting
def post(place: Place, *, source: str, external_id: str, editor: str, as_json: bool) -> None:
    """Erase one post, or one row of a list that numbers its rows; it is not collected again."""
    _erase(
        place,
        lambda store, now: erasure.erase_post(store, source, external_id, editor, now),
        as_json,
    )


@erase.command()
@click.argument("name")
@as_json
@acting
def source(place: Place, *, name: str, editor: str, as_json: bool) -> None:
    """Erase all that came from a source. Remove its TOML file, or it is collected again."""
    _erase(place, lambda store, now: erasure.erase_source(store, name, editor, now), as_json)


@erase.command()
@click.option("--older-than", "days", required=True, type=click.IntRange(1), metavar="DAYS")
@as_json
@acting
def texts(place: Place, *, days: int, editor: str, as_json: bool) -> None:
    """Cut the text of posts seen so many days ago or more; records and counts stay.

    `run` does it each night where ROLLCALL_KEEP_TEXT_DAYS is set.
    """
    with Store.open(place.db) as store:
        done = retention.expire_texts(store, days, editor, datetime.now(UTC))
    print_json({"posts": done}) if as_json else console().print(f"{done} posts lost their text")


def put_back(
    path: Path, db: Path, identity: str, by: str, now: datetime
) -> tuple[backups.Head, Erased]:
    """Restore a backup; whoever was erased since is out of it before it takes its place."""
    again: list[Erased] = []

    def prepare(half: Path) -> None:
        with Store.open(half) as store:
            again.append(erasure.erase_again(store, by, now))

    head = backups.restore(path, db, identity, prepare)
    with Store.open(db) as store:
        erasure.finish(store)
        store.audit(by, "restore", now, detail={"made_at": head.made_at})
    if again[0].records:
        pipeline.resolve(db, now)
    return head, again[0]


def erased(db: Path, work: Callable[[Store, datetime], Erased], now: datetime) -> Erased:
    """Erase, resolve anew who stays, and leave no byte; what a killed run left is done first."""
    with Store.open(db) as store:
        erasure.finish(store)
        done = work(store, now)
    pipeline.resolve(db, now)
    with Store.open(db) as store:
        erasure.scrub(store.connection)
    return done


def _erase(place: Place, work: Callable[[Store, datetime], Erased], as_json: bool) -> None:
    done = erased(place.db, work, datetime.now(UTC))
    if as_json:
        print_json(asdict(done))
    else:
        console().print(
            f"erased: {done.persons} persons, {done.records} records, {done.posts} posts, "
            f"{done.list_rows} list rows, {done.captures} sealed captures"
        )
