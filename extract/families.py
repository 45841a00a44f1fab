"""Records of one post → the same, where one man's record says something of another's."""

from __future__ import annotations

from dataclasses import replace

from extract.assemble import Found, dossier
from model import Claim, Record


def in_passing(made: list[tuple[Record, list[Found]]]) -> list[tuple[Record, list[Found]]]:
    """Beside news of one man, a word that another is still sought is no new search."""
    if all(one.claim is Claim.SOUGHT for one, _ in made):
        return made
    return [
        (replace(one, asks=False), fields)
        if one.asks and dossier(one) == 0 and one.last_seen_place is None
        else (one, fields)
        for one, fields in made
    ]


def of_one_family(
    made: list[tuple[Record, list[Found]]],
) -> list[tuple[Record, list[Found]]]:
    """Brothers of one post share the home that is named once."""
    homes = {one.surname: one for one, _ in reversed(made) if one.surname and one.home_region}
    return [
        (
            replace(
                one,
                home_region=homes[one.surname].home_region,
                home_place=homes[one.surname].home_place,
            )
            if one.surname in homes and not one.home_region and one.given
            else one,
            fields,
        )
        for one, fields in made
    ]
