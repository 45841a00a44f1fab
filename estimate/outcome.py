"""What every method gives back: an estimate with its 95 % interval, or a refusal and its reason."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

LEVEL = 0.95
Z = 1.959963984540054  # the normal quantile of LEVEL, two-sided


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number of persons with its 95 % interval; `high` is None where nothing bounds it."""

    method: str
    value: float
    low: float
    high: float | None
    # what it rests on: JSON values, such as the sizes of lists and the weights of models
    basis: Mapping[str, object] = field(default_factory=dict)
    cautions: tuple[str, ...] = ()  # keys of sentences that must stand beside it


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """The data are below what a method needs; `reason` is the key of a sentence, with `values`."""

    method: str
    reason: str
    values: Mapping[str, object] = field(default_factory=dict)
