"""`resolve`, `train`: records → persons, and the weights by which that is decided."""

from __future__ import annotations

import click

import pipeline
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
@as_json
@click.pass_obj
def resolve(place: Place, full: bool, refit: bool, as_json: bool) -> None:
    """Decide which records speak of one man, match them to the lists, describe the persons.

    Looks at what is new since the last time and at what it touches.
    """
    done = (
        pipeline.resolve(place.db, now(), full=True, refit=refit)
        if full or refit
        else pipeline.resolve_if_needed(place.db, now())
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
