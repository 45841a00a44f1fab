"""A token's text, key or number at a place; empty beyond the ends."""

from __future__ import annotations

from collections.abc import Sequence

from extract.tokens import Token


def text_at(tokens: Sequence[Token], at: int) -> str:
    """The text of token `at`, "" where there is none."""
    return tokens[at].text if 0 <= at < len(tokens) else ""


def key_at(tokens: Sequence[Token], at: int) -> str:
    """The key of token `at` (lower case, ё as е), "" where there is none."""
    return tokens[at].key if 0 <= at < len(tokens) else ""


def value_at(tokens: Sequence[Token], at: int) -> int | None:
    """The number of one to four digits at `at`, or None."""
    text = tokens[at].text if 0 <= at < len(tokens) else ""
    return int(text) if text.isdecimal() and len(text) <= 4 else None


def touches(tokens: Sequence[Token], at: int) -> bool:
    """Does token `at` follow the one before it without a space?"""
    return 0 < at < len(tokens) and tokens[at - 1].end == tokens[at].start
