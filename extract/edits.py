"""The records of an edited post → the same, those marked whose news the edit brought.

A collector that comes after the edit sees only the last text. Where that text itself shows the
edit («UPD 24.08: обмен!»), its news became public with the edit, not with the first posting.
"""

from __future__ import annotations

from dataclasses import replace

from extract.assemble import Found
from extract.tokens import Token
from model import Claim, Post, Record
from russian.phrases import phrases

FACT = "edited_part"


def marked(
    made: list[tuple[Record, list[Found]]], post: Post, tokens: list[Token]
) -> list[tuple[Record, list[Found]]]:
    """`made` with the fact `edited_part` on every claim but a search, in an edited post."""
    if post.edited_at is None or not phrases("edits").find(tokens):
        return made
    return [
        (replace(one, facts=(*one.facts, FACT)) if one.claim is not Claim.SOUGHT else one, spans)
        for one, spans in made
    ]
