"""Invented people → every candidate pair weighed by our scorer and by Splink, held side by side.

    python -m benchmarks.parity [24000] [--seed 11]

Splink 5 on DuckDB gets the model of `dedupe.splink_model`: the same m and u, the same shares. The
report counts the pairs, the largest difference, and every pair that differs by more than 0.01
bits, by the comparisons that weigh otherwise in the two.
"""

from __future__ import annotations

import argparse
from collections import Counter

import numpy as np
import polars as pl
from splink import DuckDBAPI, Linker

from benchmarks.people import people
from dedupe import load, splink_model
from dedupe.candidates import kept_pairs
from dedupe.columns import columns
from dedupe.comparisons import relation
from dedupe.scorer import score_pairs, scorer
from dedupe.splink_model import SQL
from dedupe.statistics import fit_statistics, shares_of
from dedupe.weights import NAMES, among_many

TOLERANCE = 0.01  # bits
PRIOR = 1e-4


def compared(requests: int, seed: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Our weights, Splink's, and for each pair the comparisons that weigh otherwise."""
    weights = load()
    normal = columns(people(requests, requests * 3 // 10, seed), weights.floors)
    statistics = fit_statistics(normal, weights)
    weights = weights if statistics.names is None else among_many(weights)
    shares = shares_of(statistics, normal, weights)
    left, right = kept_pairs(normal, statistics.common)
    ours = scorer(normal, weights, shares)
    scores, levels, _ = score_pairs(ours, left, right, -np.inf)
    facts = ours.fields.facts
    kinds = [relation(facts, i, j) for i, j in zip(left, right, strict=True)]
    untold = splink_model.untold(levels, left, right, shares, weights)
    mine = scores + weights.universe[kinds] - untold
    found = _splink(splink_model.table(normal, shares, weights), left, right)
    theirs = found["match_weight"].to_numpy() - np.log2(PRIOR / (1 - PRIOR))
    causes = [""] * len(left)
    rarer = np.maximum(shares[left], shares[right])
    for name in SQL:
        row = NAMES.index(name)
        level = levels[:, row]
        said = weights.bits[row, level] - np.where(weights.tf[row, level] == 1, rarer[:, row], 0)
        also = found[f"mw_{name}"].to_numpy()
        if f"mw_tf_adj_{name}" in found.columns:
            also = also + found[f"mw_tf_adj_{name}"].to_numpy()
        for pair in np.flatnonzero(np.abs(np.where(level >= 0, said, 0) - also) > TOLERANCE):
            causes[pair] += f" {name}"
    return mine, theirs, causes


def _splink(table: pl.DataFrame, left: np.ndarray, right: np.ndarray) -> pl.DataFrame:
    database = DuckDBAPI()
    records = database.register(table.to_arrow(), table_name="records")
    linker = Linker(records, splink_model.settings(load(), PRIOR), log_level="ERROR")
    blocked = {"match_key": ["0"] * len(left), "join_key_l": left, "join_key_r": right}
    linker.table_management.register_blocked_pairs_for_predict(
        database.register(pl.DataFrame(blocked).to_arrow(), table_name="candidates")
    )
    found = linker.inference.predict().as_duckdbpyrelation().pl()
    order = pl.DataFrame({"row_l": left, "row_r": right})
    return order.join(found, on=["row_l", "row_r"], how="left", maintain_order="left")


def report(requests: int, seed: int) -> tuple[str, int]:
    """The report, and how many pairs differ."""
    mine, theirs, causes = compared(requests, seed)
    apart = np.abs(mine - theirs)
    odd = np.flatnonzero(~(apart <= TOLERANCE))
    lines = [
        f"pairs                      {len(mine)}",
        f"largest difference         {apart.max():.6f} bits",
        f"differ by more than {TOLERANCE}   {len(odd)}",
        f"comparisons that differ    {sum(map(bool, causes))} pairs",
    ]
    by_cause = Counter(causes[pair].strip() or "unexplained" for pair in odd)
    lines += [f"  {cause}: {count}" for cause, count in by_cause.most_common()]
    return "\n".join(lines), len(odd)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("requests", type=int, nargs="?", default=24_000)
    parser.add_argument("--seed", type=int, default=11)
    arguments = parser.parse_args()
    text, odd = report(arguments.requests, arguments.seed)
    print(text)
    raise SystemExit(bool(odd))


if __name__ == "__main__":
    main()
