"""Phrases of one man's part → how strongly it asks for him, and which claims outweigh that."""

from __future__ import annotations

from collections.abc import Sequence

from extract.fates.states import PROOFS
from model import Claim
from russian.phrases import Hit

ASKS = 4.0
_WEIGHT = {"seek": ASKS, "missing": 3.0, "again": 5.0}
PLEAS = frozenset(_WEIGHT)


def plea_of(hits: Sequence[Hit]) -> float:
    """How strongly a man's part of the text asks for him or calls him missing."""
    return max(
        (1.0 if hit.note == "weak" else _WEIGHT[hit.value] for hit in hits if hit.value in PLEAS),
        default=0.0,
    )


def under_plea(
    weights: dict[Claim, tuple[float, Hit]], hits: Sequence[Hit], plea: float
) -> dict[Claim, tuple[float, Hit]]:
    """What outweighs the search. Captivity need not: the families of captives seek on."""
    missing = [hit.start for hit in hits if hit.value in ("missing", "again")]
    over = Claim.RELEASED in weights or any(hit.value == "again" for hit in hits)
    kept: dict[Claim, tuple[float, Hit]] = {}
    for state, (weight, hit) in weights.items():
        if state is Claim.CAPTURED:
            later = any(at > hit.start for at in missing)
            if not (over and later) and weight >= (2.5 if plea else 2.0):
                kept[state] = (weight, hit)
        elif weight > plea or (state is Claim.DECEASED and (weight == plea or _proved(hit))):
            kept[state] = (weight, hit)
    return kept


def _proved(hit: Hit) -> bool:
    """A burial, a DNA match, a court's word: he is sought no longer, whatever else is asked."""
    return hit.value in PROOFS and hit.note == "strong"
