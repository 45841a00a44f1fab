"""`resolve`, `train`: records → persons, and the weights by which that is decided."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

import dedupe
import pipeline
import retraining
from cli import Place
from cli.collecting import now
from cli.output import as_json, console, print_json


@click.command()
@click.option(
    "--full", is_flag=True, help="Look at all records anew; the persons come out the same."
)
@click.option(
    "--refit", is_flag=True, help="As --full, and count anew how common each name and place is."
)
@click.option(
    "--engine",
    type=click.Choice(["local", "spark"]),
    default="local",
    show_default=True,
    help="Where pairs are found and weighed; spark looks at all records (docs/scale.md).",
)
@click.option("--explain-model", is_flag=True, help="Print the weights as a table and stop.")
@as_json
@click.pass_obj
def resolve(  # noqa: PLR0913, PLR0917  one argument an option
    place: Place, full: bool, refit: bool, engine: str, explain_model: bool, as_json: bool
) -> None:
    """Decide which records speak of one man, match them to the lists, describe the persons.

    Looks at what is new since the last time and at what it touches.
    """
    if explain_model:
        _explain(dedupe.in_force(place.sources), as_json)
        return
    done = (
        pipeline.resolve(
            place.db,
            now(),
            full=True,
            refit=refit,
            sources=place.sources,
            spark=engine == "spark",
        )
        if full or refit or engine == "spark"
        else pipeline.resolve_if_needed(place.db, now(), place.sources)
    )
    if done is None:
        print_json({"unchanged": True}) if as_json else console().print("nothing new to resolve")
    elif as_json:
        print_json(
            {
                "records": done.records,
                "persons": done.persons,
                "review": done.review,
                "full": done.full,
            }
        )
    else:
        console().print(
            f"{done.records} records, {done.persons} persons, {done.review} pairs for review "
            f"({'all records' if done.full else 'what is new'}, {done.seconds:.1f} s)"
        )


def _explain(path: Path, as_json: bool) -> None:
    if as_json:
        print_json(json.loads(path.read_text("utf-8")))
        return
    from dedupe.training import explained  # noqa: PLC0415  Splink takes a second to import

    click.echo(f"{path}\n\n{explained(dedupe.read(path))}")


@click.command()
@click.option("--write", is_flag=True, help="Keep the weights: weights.json beside the sources.")
@click.option(
    "--to",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep them in this file instead; the weights in force stay.",
)
@as_json
@click.pass_obj
def train(place: Place, write: bool, to: Path | None, as_json: bool) -> None:
    """Make the weights anew from this database, and say what they would change.

    About 100,000 records are enough; below a few thousand the weights are guesses. Nothing is
    changed without --write or --to; after --write, `rollcall resolve` applies them to everything.
    """
    trained = retraining.train(place.db, place.sources, now())
    target = to or (place.sources / dedupe.OWN if write else None)
    if target is not None:
        retraining.keep(trained, target)
    if as_json:
        print_json({**asdict(trained.change), "kept": target and str(target)})
        return
    for line in trained.change.lines():
        console().print(line)
    console().print(f"kept in {target}" if target else "nothing is kept; --write keeps the weights")
