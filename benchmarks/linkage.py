"""Invented people of several sizes → speed, memory and truth of the linkage, Splink beside it.

    python -m benchmarks.linkage [10000 100000 1000000] [--splink] [--seed N]

Sizes are post records; three list rows for ten of them. Splink gets the same model, the same
columns and the same candidate pairs, and its best threshold of several. Times are of one run
after the compiled code is warm; each size runs in its own process, so that its peak memory is
its own.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.people import people
from dedupe import load, splink_model
from dedupe.blocking import pairs
from dedupe.columns import columns
from dedupe.linking import link
from dedupe.scorer import value_shares
from dedupe.weights import Weights

LEAST_BITS = 1.0  # of a link: two to one, where pairs count alike and nobody is called dead
NOBODY = np.empty((0, 2), np.int32)


def pair_figures(truth: np.ndarray, said: np.ndarray) -> tuple[float, float, float]:
    """Pairwise precision, recall and F1 of one grouping held against another."""

    def pairs_in(groups: np.ndarray) -> int:
        counts = np.unique(groups, return_counts=True)[1].astype(np.int64)
        return int((counts * (counts - 1) // 2).sum())

    hit = pairs_in(said.astype(np.int64) * (int(truth.max()) + 1) + truth)
    precision, recall = hit / max(pairs_in(said), 1), hit / max(pairs_in(truth), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def list_figures(
    truth: np.ndarray, said: np.ndarray, listed: np.ndarray
) -> tuple[float, float, float]:
    """The same for pairs of a post and a list row."""

    def across(groups: np.ndarray) -> int:
        posts, rows = Counter(groups[~listed].tolist()), Counter(groups[listed].tolist())
        return sum(count * rows[group] for group, count in posts.items())

    hit = across(said.astype(np.int64) * (int(truth.max()) + 1) + truth)
    precision, recall = hit / max(across(said), 1), hit / max(across(truth), 1)
    return precision, recall, 2 * precision * recall / max(precision + recall, 1e-9)


def false_shares(table: pl.DataFrame, links: np.ndarray) -> dict[str, float]:
    """Share of false links among the links of each people."""
    truth, kind = table["truth"].to_numpy(), table["people"].to_numpy()
    wrong = truth[links[:, 0]] != truth[links[:, 1]]
    found = {}
    for name in sorted(set(kind.tolist())):
        of = kind[links[:, 0]] == name
        found[name] = float(wrong[of].mean()) if of.any() else 0.0
    return found


def closed_world(records: int) -> Weights:
    """The shipped weights, held against the men there are here instead of against an army."""
    men = np.log2(records * 0.4)
    universe = np.array([men - 3, men, men, men, men + 4], np.float32)
    weights = load()
    return replace(
        weights, universe=universe, thresholds={**weights.thresholds, "same": LEAST_BITS}
    )


def one(size: int, seed: int, with_splink: bool) -> dict[str, object]:
    """All figures of one size."""
    table = people(size, size * 3 // 10, seed)
    weights = closed_world(len(table))
    link(columns(table.head(2000), weights.floors), NOBODY, NOBODY, weights)  # warm
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    normal = columns(table, weights.floors)
    normalised = time.perf_counter()
    links = link(normal, NOBODY, NOBODY, weights)
    end = time.perf_counter()
    truth, listed = table["truth"].to_numpy(), table["listed"].to_numpy()
    counted = _without_strangers(truth, listed)
    joined = links.fates == 1
    worst = false_shares(table, np.stack([links.left[joined], links.right[joined]], axis=1))
    report: dict[str, object] = {
        "records": len(table),
        "seconds": round(end - start, 2),
        "normalise": round(normalised - start, 2),
        "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
        "peak_before_mb": before // 1024,
        "edges": len(links.left),
        "pairs_p_r_f1": [round(x, 4) for x in pair_figures(counted, links.roots)],
        "request_list_p_r_f1": [round(x, 4) for x in list_figures(truth, links.roots, listed)],
        "false_links_by_people": {name: round(share, 4) for name, share in worst.items()},
    }
    held = table["held_out"].to_numpy()
    report["pairs_held_out"] = [round(x, 4) for x in pair_figures(counted[held], links.roots[held])]
    if with_splink:
        report["splink"] = beside(table, normal, counted, listed)
    return report


def _without_strangers(truth: np.ndarray, listed: np.ndarray) -> np.ndarray:
    """The truth that counts: rows of men no post speaks of are each their own."""
    posted = np.zeros(int(truth.max()) + 1, bool)
    posted[truth[~listed]] = True
    return np.where(posted[truth], truth, int(truth.max()) + 1 + np.arange(len(truth)))


def beside(
    table: pl.DataFrame, normal: object, truth: np.ndarray, listed: np.ndarray
) -> dict[str, object]:
    """Splink on DuckDB: same model, same candidates, connected components, best threshold."""
    from splink import DuckDBAPI, Linker  # noqa: PLC0415 - only where asked for

    weights = load()
    shares = value_shares(normal, weights)  # type: ignore[arg-type]
    left, right = pairs(normal)  # type: ignore[arg-type]
    prior = 2.8 / len(table)
    start = time.perf_counter()
    database = DuckDBAPI()
    nodes = database.register(
        splink_model.table(normal, shares, weights).to_arrow(),  # type: ignore[arg-type]
        table_name="records",
    )
    linker = Linker(nodes, splink_model.settings(weights, prior), log_level="ERROR")
    blocked = {"match_key": ["0"] * len(left), "join_key_l": left, "join_key_r": right}
    candidates = database.register(pl.DataFrame(blocked).to_arrow(), table_name="candidates")
    linker.table_management.register_blocked_pairs_for_predict(candidates)
    predicted = linker.inference.predict(threshold_match_weight=0)
    scored = time.perf_counter() - start
    best: dict[str, object] = {"f1": 0.0}
    for threshold in (2, 5, 8, 11, 14, 17, 20):
        start = time.perf_counter()
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_weight=threshold
        )
        clusters = found.as_duckdbpyrelation().pl().sort("row")
        seconds = scored + time.perf_counter() - start
        said = clusters["cluster_id"].to_numpy().astype(np.int64)
        figures = pair_figures(truth, said)
        if figures[2] > float(str(best["f1"])):
            best = {
                "f1": round(figures[2], 4),
                "threshold": threshold,
                "seconds": round(seconds, 1),
                "request_list_f1": round(list_figures(truth, said, listed)[2], 4),
            }
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(arguments.sizes[0], arguments.seed, arguments.splink)))
        return
    for size in arguments.sizes:
        command = [sys.executable, "-m", "benchmarks.linkage", "--one", str(size)]
        command += ["--seed", str(arguments.seed)] + ["--splink"] * arguments.splink
        done = subprocess.run(
            command, check=True, capture_output=True, text=True, cwd=Path(__file__).parent.parent
        )
        for key, value in json.loads(done.stdout.splitlines()[-1]).items():
            print(f"{key:24} {value}")
        print()


if __name__ == "__main__":
    main()
