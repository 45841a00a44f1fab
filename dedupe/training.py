"""Columns of many records → weights learned by Splink's expectation maximisation, as JSON.

Only the levels' m, u and base are learned. The rest of the file (universe, floors, thresholds,
vetoes) is policy and is carried over, and so are the comparisons of `KEPT`: how claims follow
one another and which post copies which is not to be learned from invented records.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from splink import DuckDBAPI, Linker, block_on
from splink.internals.exceptions import EMTrainingException

from model import UnusableInput

from . import splink_model
from .columns import Columns, Floats
from .scorer import value_shares
from .weights import FILE, LEVELS, NAMES, Weights, load

KEPT = ("course", "copy", "sex", "call_sign", "thread", "follow")
# Each pass sees pairs that agree on its columns and learns every comparison that uses others.
PASSES = (
    ("surname_sound", "given_sound", "patronymic_sound", "region"),
    ("birth_date", "region"),
    ("surname_sound", "birth_date"),
    ("surname_sound", "given_sound", "birth_low", "birth_high"),
)
RANDOM_PAIRS = 5_000_000
LEAST_M, LEAST_U = 1e-4, 1e-6
MOST_PAIRS = 2_000_000  # of one pass


def train(columns: Columns, version: str, template: Path = FILE, seed: int = 1) -> dict[str, Any]:
    """A weights file's content, trained on these records (about 100,000 do; more absorb namesakes).

    Levels no pair reached keep the template's values. Raises UnusableInput where no pass succeeds.
    """
    old = load(template)
    shares = value_shares(columns, old)
    linker = _linker(columns, shares)
    linker.training.estimate_u_using_random_sampling(RANDOM_PAIRS, seed=seed)
    if not sum(_learns(linker, keys) for keys in PASSES):
        raise UnusableInput(f"{len(columns)} records teach nothing: too few pairs of one man")
    content: dict[str, Any] = json.loads(template.read_text("utf-8"))
    content["version"] = version
    content["trained_on"] = f"{len(columns)} records"
    learned = dict(_learned(linker))
    for comparison in content["comparisons"]:
        name = comparison["name"]
        for level in comparison["levels"] if name not in KEPT else ():
            level.update(learned.get((name, level["level"]), {}))
            if "base" in level:
                # Shares of names are of all men, whatever the sample: they replace u as they are.
                by_name = name in NAMES[:3]
                base = level["u"] if by_name else _base(shares, columns, name)
                level["base"] = _rounded(base)
    return content


def _learns(linker: Linker, keys: tuple[str, ...]) -> bool:
    """One pass; False where a level dies out on the way, as it does in few records."""
    try:
        linker.training.estimate_parameters_using_expectation_maximisation(
            block_on(*keys),
            estimate_without_term_frequencies=True,
            max_pairs=MOST_PAIRS,
            record_sample_proportion=1.0,
        )
    except (ValueError, EMTrainingException):  # Splink's words for a probability of nothing
        return False
    return True


def _linker(columns: Columns, shares: Floats) -> Linker:
    database = DuckDBAPI()
    frame = splink_model.table(columns, shares, None).to_arrow()
    records = database.register(frame, table_name="records")
    return Linker(records, splink_model.settings(None), log_level=logging.ERROR)


def _learned(linker: Linker) -> Iterator[tuple[tuple[str, str], dict[str, float]]]:
    for comparison in linker.misc.save_model_to_json()["comparisons"]:
        name = comparison["output_column_name"]
        for level in comparison["comparison_levels"]:
            found = {}
            if level.get("m_probability") is not None:
                found["m"] = _rounded(max(level["m_probability"], LEAST_M))
            if level.get("u_probability") is not None:
                found["u"] = _rounded(max(level["u_probability"], LEAST_U))
            if len(found) == 2:
                yield (name, level["label_for_charts"]), found


def _base(shares: Floats, columns: Columns, name: str) -> float:
    """The chance that another record has the same value: the mean share of those that have one."""
    said = {"birth": shares[:, NAMES.index("birth")] < 0}.get(name)
    said = getattr(columns, name) >= 0 if said is None else said
    return float(np.exp2(shares[said, NAMES.index(name)].astype(np.float64)).mean())


def _rounded(value: float) -> float:
    return float(f"{value:.4g}")


def write(content: Mapping[str, Any], path: Path) -> None:
    """Write a weights file, one level a line, so that a change of weights can be reviewed."""
    parts = []
    for key, value in content.items():
        if key != "comparisons":
            parts.append(f' "{key}": {json.dumps(value, ensure_ascii=False)}')
            continue
        blocks = [
            f'  {{"name": "{comparison["name"]}", "levels": [\n'
            + ",\n".join(f"   {json.dumps(level)}" for level in comparison["levels"])
            + "\n  ]}"
            for comparison in value
        ]
        parts.append(' "comparisons": [\n' + ",\n".join(blocks) + "\n ]")
    path.write_text("{\n" + ",\n".join(parts) + "\n}\n", "utf-8")


def explained(weights: Weights) -> str:
    """The model as a table to read: each level, m, u, and its weight in bits."""
    lines = [f"{'comparison':12} {'level':20} {'m':>9} {'u':>9}  bits", "-" * 62]
    for row, (name, levels) in enumerate(LEVELS.items()):
        for column, level in enumerate(levels):
            m, u = weights.m[row, column], weights.u[row, column]
            bits = f"{np.log2(m / u):+6.2f}"
            if weights.tf[row, column]:
                bits += "  more for rare values, less for common ones"
            if weights.veto[row, column]:
                bits += "  never the same man"
            lines.append(f"{name:12} {level:20} {m:9.4g} {u:9.4g}  {bits}")
    return "\n".join(lines)
