"""What is claimed of one man, and where he is spoken of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from model import Claim, Sex


@dataclass(frozen=True, slots=True)
class Verdict:
    """What is claimed of one man, how strongly the post asks for him, facts beside the claim."""

    claim: Claim
    plea: float  # 0 not at all, 3 calls him missing, 4 asks for him
    facts: tuple[str, ...]
    at: tuple[int, int] | None = None  # tokens that said it
    rule: str = ""
    updated: bool = False  # an addition to a search told it


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Where a man is spoken of, in token ranges."""

    own: Sequence[tuple[int, int]]  # parts that are his alone
    shared: Sequence[tuple[int, int]]  # headers and what is said of all
    names: Sequence[tuple[int, int]]  # his name's mentions
    listed: bool  # one line of a list
    sex: Sex | None = None
    kin: frozenset[str] = frozenset()  # words of kinship that mean him («брат» in «ищу брата»)
