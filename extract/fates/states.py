"""A phrase of `russian/claims.tsv` → the claim it makes, and how strongly."""

from __future__ import annotations

from collections.abc import Sequence

from model import Claim
from russian.phrases import Hit

DECEASED, CAPTURED, RELEASED = Claim.DECEASED, Claim.CAPTURED, Claim.RELEASED
FOUND_ALIVE, SOUGHT, RETRACTED = Claim.FOUND_ALIVE, Claim.SOUGHT, Claim.RETRACTED
STATES = {
    "dead": DECEASED,
    "burial": DECEASED,
    "dna": DECEASED,
    "court_dead": DECEASED,
    "released": RELEASED,
    "captured": CAPTURED,
    "stays": CAPTURED,
    "alive": FOUND_ALIVE,
}
RANK = (DECEASED, RELEASED, CAPTURED, FOUND_ALIVE)
STRENGTH = {
    "strong": 3.0, "": 3.0, "home": 2.0, "video": 2.5, "hospital": 2.5, "identified": 2.0,
    "event": 3.0, "gone": 2.0, "call": 1.5, "number": 2.0, "context": 1.5, "struck": 1.0,
    "weak": 1.0, "plain": 2.0, "mourning": 3.0, "named": 2.5, "cell": 2.5,
}  # fmt: skip


PROOFS = frozenset(("burial", "dna", "court_dead"))


def of_captivity(hits: Sequence[Hit]) -> bool:
    """Does any phrase speak of captivity or of a return from it?"""
    return any(
        (hit.value != "stays" or "обмен" in hit.phrase)
        and STATES.get(hit.value) in (CAPTURED, RELEASED)
        and hit.note not in ("home", "weak")
        for hit in hits
    )


def state_of(hit: Hit, *, captivity: bool) -> Claim | None:
    """«Дома», «вернулся», «не дождались»: of captivity only where the text speaks of it."""
    if hit.value == "stays" and not captivity:
        return None
    state = STATES.get(hit.value)
    if state is RELEASED and hit.note == "home" and not captivity:
        return FOUND_ALIVE
    return state
