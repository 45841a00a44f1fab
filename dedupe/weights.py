"""weights.json → the tables the scorer reads. Numbers live there, never in code."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from model import UnusableInput

from .classes import NameModel, from_content

Floats = NDArray[np.float64]

FILE = Path(__file__).with_name("weights.json")

# The comparisons and their levels, in the order comparisons.py numbers them.
LEVELS: Mapping[str, tuple[str, ...]] = {
    "surname": ("exact", "sound", "half", "edit", "edit_known", "edit_two", "differ"),
    "given": ("exact", "form", "initial", "fuzzy", "near", "differ"),
    "patronymic": ("exact", "initial", "fuzzy", "differ"),
    "birth": (
        *("day", "slip", "month", "year", "age", "age_at_death"),
        *("near", "digit", "other_day", "differ"),
    ),
    "sex": ("same", "differ"),
    "region": ("same", "differ"),
    "place": ("same", "kin", "differ", "alone"),
    "unit": ("same", "digit", "differ"),
    "category": ("same", "differ"),
    "contact": ("same", "days", "month", "differ"),
    "call_sign": ("same", "differ"),
    "course": (
        *("none", "captives", "captured_released", "dead_before_contact", "dead", "return"),
    ),
    "copy": ("same",),
    "thread": ("same",),
    "follow": ("days", "month", "taken_back"),
}
LATER = {"follow": ("taken_back",)}  # levels that files of older versions lack
MEN_A_RECORD = 0.4  # of a store of posts and lists
RELATIONS = ("same_owner", "other_owner", "post_list", "list_list", "same_list")
NAMES = tuple(LEVELS)
WIDEST = max(len(levels) for levels in LEVELS.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Weights:
    """A Fellegi–Sunter model. Weights are in bits: log2(m/u), frequency-adjusted where `tf`."""

    version: str
    bits: NDArray[np.float32]  # [comparison, level] what a level adds, the frequency apart
    m: NDArray[np.float64]  # [comparison, level] its probability among records of one man
    u: NDArray[np.float64]  # [comparison, level] its probability among records of two men
    base: NDArray[np.float64]  # [comparison, level] the mean share u stands for, where `tf`
    tf: NDArray[np.uint8]  # [comparison, level] 1: the value's own share in place of `base`
    veto: NDArray[np.uint8]  # [comparison, level]
    universe: NDArray[np.float32]  # [relation] log2 of how many men the two may be about
    floors: tuple[float, float, float]  # log2 shares: surname, given, patronymic
    smoothing: Mapping[str, float]
    thresholds: Mapping[str, float]
    crowd: float  # bits more for a link, for each doubling of the men who bear the name
    classes: NameModel | None  # which names go together; None: fitted on the records at hand
    # [comparison, level] 1: no rarer than the share itself, where shares are given the names
    given: NDArray[np.uint8]
    company: float  # bits: a given name alone, beside a man in whose company he was named before


def _table(model: Mapping[str, Any], path: Path) -> dict[tuple[str, str], dict[str, float]]:
    table: dict[tuple[str, str], dict[str, float]] = {}
    for comparison in model["comparisons"]:
        for level in comparison["levels"]:
            table[comparison["name"], level["level"]] = level
    for name, levels in LEVELS.items():
        for level in levels:
            if level in LATER.get(name, ()) and (name, levels[0]) in table:
                table.setdefault((name, level), _shipped_level(name, level))
            if (name, level) not in table:
                raise UnusableInput(f"{path.name}: no weights for {name}: {level}")
    return table


@cache
def _shipped_level(name: str, level: str) -> dict[str, float]:
    """What an operator's own weights, written before there was this level, do not name."""
    model = json.loads(FILE.read_text(encoding="utf-8"))
    levels = next(one["levels"] for one in model["comparisons"] if one["name"] == name)
    found: dict[str, float] = next(one for one in levels if one["level"] == level)
    return found


OWN = "weights.json"  # beside the sources: an operator's own weights


def in_force(folder: Path | None) -> Path:
    """The weights file that counts: the one in the folder of sources, else ours."""
    own = folder / OWN if folder else FILE
    return own if own.is_file() else FILE


@cache
def load(path: Path = FILE) -> Weights:
    """Our own weights, or another file that will not change."""
    return read(path)


def read(path: Path) -> Weights:
    """Read a weights file; UnusableInput names the file and what it lacks."""
    try:
        model = json.loads(path.read_text(encoding="utf-8"))
        return _weights(model, path)
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise UnusableInput(f"{path.name}: not a weights file: {error}") from error


def _weights(model: Mapping[str, Any], path: Path) -> Weights:
    table = _table(model, path)
    shape = (len(NAMES), WIDEST)
    m, u, base = np.ones(shape), np.ones(shape), np.ones(shape)
    tf, veto, given = (np.zeros(shape, np.uint8) for _ in range(3))
    for row, (name, levels) in enumerate(LEVELS.items()):
        for column, level in enumerate(levels):
            entry = table[name, level]
            m[row, column], u[row, column] = entry["m"], entry["u"]
            base[row, column] = entry.get("base", 1.0)
            tf[row, column] = "base" in entry
            veto[row, column] = level in model["vetoes"].get(name, ())
            given[row, column] = level in model["given_names"].get(name, ())
    return Weights(
        version=str(model["version"]),
        bits=_bits(m, u, base),
        m=m,
        u=u,
        base=base,
        tf=tf,
        veto=veto,
        universe=np.array([model["universe"][name] for name in RELATIONS], np.float32),
        floors=tuple(math.log2(model["floors"][name]) for name in NAMES[:3]),  # type: ignore[arg-type]
        smoothing=dict(model["smoothing"]),
        thresholds=_shipped_thresholds() | model["thresholds"],
        given=given,
        crowd=0.0,
        company=float(model["company"]),
        classes=from_content(model["classes"]) if "classes" in model else None,
    )


@cache
def _shipped_thresholds() -> dict[str, float]:
    """What an operator's own weights, written by an older version, do not name."""
    thresholds: dict[str, float] = json.loads(FILE.read_text(encoding="utf-8"))["thresholds"]
    return thresholds


def _bits(m: Floats, u: Floats, base: Floats) -> NDArray[np.float32]:
    return np.asarray(np.log2(m) - np.log2(u) + np.log2(base), np.float32)


def among_many(weights: Weights) -> Weights:
    """The weights for a store so large that the shares of names and regions are *given* the names.

    A region's share among all men stands for how rare it is that two of them come from there; its
    share among men of that name is all that can be said for it. A place in a region both records
    state says no more than its share of that region. And how many men bear a name is known there:
    the more of them, the surer a link must be.
    """
    base = np.where(weights.given == 1, weights.u, weights.base)
    bits = _bits(weights.m, weights.u, base)
    return replace(weights, base=base, bits=bits, crowd=weights.thresholds["crowd"])


def scaled(weights: Weights, records: int, of_owner: float) -> Weights:
    """The prior scaled to a store: as many men as its records can speak of.

    `of_owner` is how many posts stand beside one in the channels of its owner, on the average.
    Rows of one list are held against more men than there are: a man stands on a list once.
    """
    men, beside = (math.log2(max(n * MEN_A_RECORD, 2)) for n in (records, of_owner))
    universe = np.array([min(beside, men), men, men, men, men + 4], np.float32)
    return replace(weights, universe=universe)
