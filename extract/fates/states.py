"""A phrase of `russian/claims.tsv` → the claim it makes, and how strongly."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

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

TOLD = 2.0  # the weight of words that claim a state
_FREED = frozenset(("strong", "home"))


PROOFS = frozenset(("burial", "dna", "court_dead"))


def of_captivity(hits: Sequence[Hit]) -> bool:
    """Does any phrase speak of captivity or of a return from it?"""
    return any(
        hit.value != "stays"
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


def freed(weights: Mapping[Claim, tuple[float, Hit]]) -> bool:
    """«Вернулся из …, где год провёл в плену»: who is freed was captive before."""
    return RELEASED in weights and weights[RELEASED][1].note in _FREED


def found(hit: Hit) -> bool:
    """«Найден поисковой группой. Опознан по жетону»: found, alive or dead."""
    return hit.phrase.startswith("=найден")


def enough(state: Claim, least: float) -> float:
    """A death is never taken from a hint."""
    return max(least, TOLD) if state is DECEASED else least
