"""`collect`, `run`: the folder of sources → records → persons, once or on schedule."""

from __future__ import annotations

import asyncio
import ctypes
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import click

import pipeline
from cli import Place, history
from cli.output import as_json, print_json, print_table, progress
from model import Source, UnusableInput
from scraper import sources as folder
from scraper.client import Client, ClientSettings

_ARENA_MAX = -8  # M_ARENA_MAX of malloc.h
DOUBTS = 10  # rows of a list named in a round; `doctor` names all
loopback = click.option(
    "--allow-loopback", is_flag=True, envvar="ROLLCALL_ALLOW_LOOPBACK",
    help="Also fetch from 127.0.0.1: for a practice server on this machine.",
)  # fmt: skip


def now() -> datetime:
    """The present moment, aware."""
    return datetime.now(UTC)


def chosen(sources: Sequence[Source], names: Sequence[str], directory: Path) -> list[Source]:
    """The enabled sources, or those named. Raises UnusableInput for a name there is none of."""
    known = {source.name: source for source in sources}
    unknown = [name for name in names if name not in known]
    if unknown:
        raise UnusableInput(
            f"{directory}: no source called {unknown[0]!r}; there are {', '.join(known) or 'none'}"
        )
    found = [known[name] for name in names] or [s for s in known.values() if s.enabled]
    if not found:
        raise UnusableInput(
            f"{directory}: no source is enabled; docs/sources.md says how to add one"
        )
    return found


def _sparing() -> None:
    """One heap for all threads of this process, where the C library is glibc.

    Otherwise each thread has one of its own, and keeps in it what it needed for a moment: a tenth
    of all memory, for threads that wait for one another anyway.
    """
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).mallopt(_ARENA_MAX, 1)


@click.command()
@click.argument("names", nargs=-1, metavar="[SOURCE]...")
@click.option("--backfill", metavar="SOURCE", help="Read this source's history instead, newest "
              "first; killed, it goes on where it stopped.")  # fmt: skip
@click.option("--since", metavar="DAY", help="With --backfill: down to this day (YYYY-MM-DD).")
@loopback
@as_json
@click.pass_obj
def collect(  # noqa: PLR0913  click hands over each option
    place: Place,
    *,
    names: tuple[str, ...],
    backfill: str | None,
    since: str | None,
    allow_loopback: bool,
    as_json: bool,
) -> None:
    """One collection round over all enabled sources, or those named.

    A source that fails is named and leaves the others done; the exit status is then 1. A round
    that was killed resumes where it stopped; a round with nothing new changes nothing.
    """
    if (backfill is None) != (since is None) or (backfill and names):
        raise UnusableInput("--backfill SOURCE and --since DAY go together, and without others")
    asked = (backfill,) if backfill else names
    sources = chosen(known := folder.load(place.sources), asked, place.sources)
    settings = ClientSettings.from_environment(allow_loopback=allow_loopback)
    _sparing()
    pipeline.register(place.db, known)
    if since is not None:
        found = history.read(sources[0], place.db, settings, since, now)
        print_json(found) if as_json else history.tell(found)
        return
    results = asyncio.run(_round(sources, place.db, settings, names))
    if as_json:
        print_json([{**asdict(r), "seconds": round(r.seconds, 3)} for r in results])
    else:
        _print_round(results)
    _print_doubts(results)
    failures = [result.error for result in results if result.error]
    for failure in failures:
        click.echo(f"rollcall: {failure}", err=True)
    if failures:
        raise click.exceptions.Exit(1)


async def _round(
    sources: list[Source], db: Path, settings: ClientSettings, forced: Sequence[str]
) -> list[pipeline.Collected]:
    with progress("collecting", len(sources)) as bar:
        async with Client(settings) as client:
            return await pipeline.collect_round(
                sources,
                db,
                client,
                now,
                forced=forced,
                done=lambda _: bar.advance(),
            )


def _print_round(results: list[pipeline.Collected]) -> None:
    rows = [
        (r.source, r.saved.new, r.saved.changed, r.saved.gone, r.saved.records,
         f"{r.seconds:.1f} s", _ending(r))
        for r in results
    ]  # fmt: skip
    heads = ("source", "new", "changed", "gone", "records", "time", "")
    print_table("Collection round", heads, rows, numbers=True)


def _print_doubts(results: list[pipeline.Collected]) -> None:
    for result in results:
        for doubt in result.doubts[:DOUBTS]:
            click.echo(f"rollcall: {result.source}: {doubt}; it counts for nobody", err=True)
        if (more := len(result.doubts) - DOUBTS) > 0:
            click.echo(
                f"rollcall: {result.source}: {more} more rows: `rollcall review rows`", err=True
            )


def _ending(done: pipeline.Collected) -> str:
    if done.error:
        return "failed"
    return "held: see `rollcall lists`" if done.saved.held else "done"


@click.command()
@loopback
@click.option(
    "--tick",
    default=60.0,
    show_default=True,
    metavar="SECONDS",
    help="How often to look which sources are due.",
)
@click.option(
    "--metrics-port",
    type=click.IntRange(1, 65535),
    help="/metrics, /healthz and /readyz on this port of 127.0.0.1.",
)
@click.option(
    "--keep-texts",
    envvar="ROLLCALL_KEEP_TEXT_DAYS",
    type=click.IntRange(1),
    metavar="DAYS",
    help="Once a day cut older posts' texts; or ROLLCALL_KEEP_TEXT_DAYS. Else they are kept.",
)
@click.pass_obj
def run(
    place: Place,
    *,
    allow_loopback: bool,
    tick: float,
    metrics_port: int | None,
    keep_texts: int | None,
) -> None:
    """The scheduled service: collects what is due, resolves, keeps the day's tally.

    Stops within ten seconds of SIGTERM or Ctrl-C. A second service on one database is refused.
    """
    import scheduler  # noqa: PLC0415  the service's parts are of no use to `collect`

    settings = ClientSettings.from_environment(allow_loopback=allow_loopback)
    _sparing()
    service = scheduler.Settings(
        db=place.db, sources=place.sources, client=settings, tick=tick, metrics_port=metrics_port,
        keep_text_days=keep_texts,
    )  # fmt: skip
    asyncio.run(scheduler.serve(service))
