"""The files that decide how a pair is weighed → one name for all of them together."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from .weights import Weights

_ROOMS = (Path(__file__).parent, Path(__file__).parents[1] / "russian")


def engine(weights: Weights) -> str:
    """Another name after any change in code, words or weights: what was kept is then void."""
    digest = hashlib.sha256(_code().encode())
    for part in (weights.bits, weights.tf, weights.veto, weights.given, weights.universe):
        digest.update(part.tobytes())
    if weights.classes is not None:
        for array in (*weights.classes.marks, *weights.classes.counts, weights.classes.sizes):
            digest.update(array.tobytes())
    policy = (weights.floors, weights.smoothing, weights.thresholds, weights.company)
    digest.update(repr(policy).encode())
    return digest.hexdigest()[:16]


@cache
def _code() -> str:
    digest = hashlib.sha256()
    for room in _ROOMS:
        for path in sorted(room.iterdir()):
            if path.suffix in (".py", ".tsv"):
                digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()
