"""`extract`: posts as JSON lines on stdin → redacted text and records as JSON lines on stdout."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

import click
from rich.text import Text

import extract as room
from cli import Place
from cli.explaining import explained
from cli.output import as_json, console, print_json, progress
from model import Claim, Post, Reading, Record, UnusableInput
from store import Store

FIELDS = (
    "surname", "given", "patronymic", "birth_date", "age", "category", "unit", "rank",
    "home_region", "home_place", "last_contact", "last_seen_place",
)  # fmt: skip


@click.command()
@click.option(
    "--explain", is_flag=True, help="Show in colour what was read where, and by which rule."
)
@click.option(
    "--replay", is_flag=True, help="Instead: read the posts of the database anew, and resolve."
)
@as_json
@click.pass_obj
def extract(place: Place, *, explain: bool, replay: bool, as_json: bool) -> None:
    """Read posts (JSON lines) on stdin; write one line of records for each on stdout.

    Nothing is stored. A line that is no post is named on stderr and the rest is done. With
    --replay the posts in the database that older rules read are read anew, from their redacted
    text; editors' decisions hold, and `rollcall diff` says what moved.
    """
    if replay:
        _replay(place, as_json=as_json)
        return
    good = bad = 0
    for number, line in _lines(sys.stdin.buffer):
        try:
            post = post_of(line)
        except UnusableInput as error:
            click.echo(f"rollcall: line {number}: {error}", err=True)
            bad += 1
            continue
        reading = room.read(post)
        _explain(post, reading) if explain else click.echo(answer(post, reading))
        good += 1
    if bad:
        raise click.exceptions.Exit(1 if good else 2)


def _replay(place: Place, *, as_json: bool) -> None:
    """Read anew, then say what it did and how to see what moved; exit 1 for posts left out."""
    import pipeline  # noqa: PLC0415  its parts are of no use to reading one's stdin

    with Store.open(place.db) as store:
        stale = store.stale_posts(room.VERSION)
    with progress("reading", stale) as bar:
        done = pipeline.replay(
            place.db,
            lambda: datetime.now(UTC),
            done=bar.advance,
        )
    before = done.before.isoformat(timespec="microseconds").replace("+00:00", "Z")
    if as_json:
        print_json({"posts": done.posts, "records": done.records, "known_at_before": before,
                    "extractor": room.VERSION})  # fmt: skip
    else:
        console().print(
            f"{done.posts} posts read anew by {room.VERSION}, {done.records} records changed "
            f"({done.seconds:.1f} s)\nwhat moved: rollcall diff DAY DAY --first-known-at {before}",
            soft_wrap=True,
        )
    for name in done.unread:
        click.echo(f"rollcall: {name}", err=True)
    if done.unread:
        raise click.exceptions.Exit(1)


def _lines(stream: Iterable[bytes]) -> Iterator[tuple[int, bytes]]:
    for number, line in enumerate(stream, 1):
        if line.strip(b" \t\r\n\xef\xbb\xbf"):
            yield number, line


def post_of(line: bytes) -> Post:
    """One line as a post. Raises UnusableInput with the cause, never with the text."""
    try:
        value = json.loads(line.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise UnusableInput("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise UnusableInput(f"not JSON (column {error.colno})") from None
    if not isinstance(value, dict):
        raise UnusableInput("not a JSON object")
    identity, text = value.get("post_id"), value.get("text")
    if not isinstance(identity, str | int) or identity == "":
        raise UnusableInput("no post_id")
    if not isinstance(text, str):
        raise UnusableInput("text is missing or no string")
    return Post(
        source=str(value.get("source_id") or "stdin"),
        external_id=str(identity),
        posted_at=_moment(value, "posted_at") or datetime.now(UTC),
        edited_at=_moment(value, "edited_at"),
        text=text,
        forwarded_from=str(value["forwarded_from"]) if value.get("forwarded_from") else None,
    )


def _moment(value: dict[str, object], key: str) -> datetime | None:
    said = value.get(key)
    if said is None:
        return None
    try:
        moment = datetime.fromisoformat(str(said))
    except ValueError:
        raise UnusableInput(f"{key} is no time like 2024-08-23T12:00:00+03:00") from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def answer(post: Post, reading: Reading) -> str:
    """The line of DESIGN section 8: redacted text, records with their spans."""
    found = {
        "post_id": post.external_id,
        "text": reading.text,
        "records": [_record(record) for record in reading.records],
    }
    return json.dumps(found, ensure_ascii=False)


def _record(record: Record) -> dict[str, object]:
    sought = record.claim is Claim.SOUGHT
    return {
        **{field: getattr(record, field) for field in FIELDS},
        "status": "missing" if sought else record.claim.value,
        "spans": [
            {"field": span.field, "start": span.start, "end": span.end, "rule": span.rule}
            for span in record.spans
        ],
    }


def _explain(post: Post, reading: Reading) -> None:
    screen = console()
    screen.print(Text(f"── {post.external_id} ", style="dim"))
    screen.print(explained(reading))
    screen.print()
