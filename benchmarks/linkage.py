"""Invented people of several sizes → speed, memory and truth of the linkage, Splink beside it.

    python -m benchmarks.linkage [10000 100000 1000000] [--splink] [--seed N]

Sizes are post records; three list rows for ten of them. The classes of names are fitted before,
on the records without the held-out fifth of all surnames, and kept as a weights file keeps them.
Splink gets the same model, the same columns and the same candidate pairs, and its best threshold
of several. Times are of one run after the compiled code is warm, from the table of records to
their clusters, with the seconds of the processors beside them; each size runs in its own process
on a table made before, so that its peak memory is its own. Where Splink runs, ours runs once more
after it, and the ratio is of Splink's seconds to the mean of both, neither with the columns.
Beside F1 stands the highest any decision could reach (`benchmarks.bound`).
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from benchmarks.bound import judged
from benchmarks.people import drawn
from dedupe import load, splink_model
from dedupe.blocking import pairs
from dedupe.classes import NameModel, content, fit, from_content
from dedupe.columns import Columns, columns
from dedupe.linking import link
from dedupe.scorer import is_large, value_shares
from dedupe.weights import Weights, among_many, scaled

# Even odds, and the better of two rivals: pairs count alike here and nobody is called dead.
LEAST_BITS = 0.0
CLOSE_BITS = 0.0
ROOT = Path(__file__).parent.parent
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
        found[name] = round(float(wrong[of].mean()), 4) if of.any() else 0.0
    return found


def closed_world(table: pl.DataFrame, classes: NameModel | None = None) -> Weights:
    """The shipped weights, held against the men there are here instead of against an army."""
    posts = table.filter(~pl.col("listed")).group_by("owner").len()["len"].to_numpy()
    weights = scaled(load(), len(table), float((posts**2).sum() / max(posts.sum(), 1)))
    thresholds = {**weights.thresholds, "same": LEAST_BITS, "close": CLOSE_BITS}
    known = replace(weights, thresholds=thresholds, classes=classes)
    return among_many(known) if is_large(len(table), known) else known


def trained(table: pl.DataFrame) -> NameModel:
    """Classes of the names that training may see, as they come back from a weights file."""
    seen = table.filter(~pl.col("held_out"))
    kept = content(fit(columns(seen, load().floors)))
    return from_content(json.loads(json.dumps(kept)))


def one(path: Path, with_splink: bool) -> dict[str, object]:
    """All figures of one size."""
    table = pl.read_parquet(path)
    start = time.perf_counter()
    weights = closed_world(table, trained(table))
    training = time.perf_counter() - start
    link(columns(table.head(2000), weights.floors), NOBODY, NOBODY, weights)  # warm
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start, processors = time.perf_counter(), time.process_time()
    normal = columns(table, weights.floors)
    normalised, spent = time.perf_counter(), time.process_time()
    links = link(normal, NOBODY, NOBODY, weights)
    seconds = time.perf_counter() - start
    linked, processors = time.process_time() - spent, time.process_time() - processors
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    truth, listed = table["truth"].to_numpy(), table["listed"].to_numpy()
    counted = _without_strangers(truth, listed)
    held, joined = table["held_out"].to_numpy(), links.fates == 1
    left, right = pairs(normal)
    report: dict[str, object] = {
        "records": len(table),
        "candidates": len(left),
        "candidates_true": round(_share_found(counted, left, right), 4),
        "edges": len(links.left),
        "seconds": round(seconds, 2),
        "processor_seconds": round(processors, 2),
        "normalise": round(normalised - start, 2),
        "link": round(start + seconds - normalised, 2),
        "link_processor": round(linked, 2),
        "train_seconds": round(training, 2),
        "peak_mb": peak // 1024,
        "peak_before_mb": before // 1024,
        "pairs_p_r_f1": _rounded(pair_figures(counted, links.roots)),
        "pairs_held_out": _rounded(pair_figures(counted[held], links.roots[held])),
        "request_list_p_r_f1": _rounded(list_figures(truth, links.roots, listed)),
        "false_links_by_people": false_shares(
            table, np.stack([links.left[joined], links.right[joined]], axis=1)
        ),
    }
    if with_splink:
        other = beside(table, normal, weights, counted, (left, right))
        start, spent = time.perf_counter(), time.process_time()
        link(normal, NOBODY, NOBODY, weights)
        again = time.perf_counter() - start, time.process_time() - spent
        ours = (float(str(report["link"])), linked)
        theirs = (float(str(other["seconds"])), float(str(other["processor"])))
        report["splink"] = other | {
            "ratio": round(2 * theirs[0] / (ours[0] + again[0]), 1),
            "ratio_processor": round(2 * theirs[1] / (ours[1] + again[1]), 1),
        }
    return report


def _rounded(figures: tuple[float, ...]) -> list[float]:
    return [round(figure, 4) for figure in figures]


def _share_found(truth: np.ndarray, left: np.ndarray, right: np.ndarray) -> float:
    """The share of true pairs that are candidates."""
    counts = np.unique(truth, return_counts=True)[1].astype(np.int64)
    return float((truth[left] == truth[right]).sum() / (counts * (counts - 1) // 2).sum())


def _without_strangers(truth: np.ndarray, listed: np.ndarray) -> np.ndarray:
    """The truth that counts: rows of men no post speaks of are each their own."""
    posted = np.zeros(int(truth.max()) + 1, bool)
    posted[truth[~listed]] = True
    return np.where(posted[truth], truth, int(truth.max()) + 1 + np.arange(len(truth)))


def beside(
    table: pl.DataFrame,
    normal: Columns,
    weights: Weights,
    truth: np.ndarray,
    candidates_of: tuple[np.ndarray, np.ndarray],
) -> dict[str, object]:
    """Splink on DuckDB: same model, same candidates, connected components, best threshold."""
    from splink import DuckDBAPI, Linker  # noqa: PLC0415 - only where asked for

    listed = table["listed"].to_numpy()
    shares = value_shares(normal, weights)
    left, right = candidates_of
    prior = 2.8 / len(table)
    start, processors = time.perf_counter(), time.process_time()
    database = DuckDBAPI()
    nodes = database.register(
        splink_model.table(normal, shares, weights).to_arrow(),
        table_name="records",
    )
    linker = Linker(nodes, splink_model.settings(weights, prior), log_level="ERROR")
    blocked = {"match_key": ["0"] * len(left), "join_key_l": left, "join_key_r": right}
    candidates = database.register(pl.DataFrame(blocked).to_arrow(), table_name="candidates")
    linker.table_management.register_blocked_pairs_for_predict(candidates)
    predicted = linker.inference.predict(threshold_match_weight=0)
    scored, busy = time.perf_counter() - start, time.process_time() - processors
    best: dict[str, object] = {"f1": 0.0}
    for threshold in (2, 5, 8, 11, 14, 17, 20):
        start, processors = time.perf_counter(), time.process_time()
        found = linker.clustering.cluster_pairwise_predictions_at_threshold(
            predicted, threshold_match_weight=threshold
        )
        clusters = found.as_duckdbpyrelation().pl().sort("row")
        seconds = scored + time.perf_counter() - start
        processor = busy + time.process_time() - processors
        said = clusters["cluster_id"].to_numpy().astype(np.int64)
        figures = pair_figures(truth, said)
        if figures[2] > float(str(best["f1"])):
            best = {
                "f1": round(figures[2], 4),
                "threshold": threshold,
                "seconds": round(seconds, 1),
                "processor": round(processor, 1),
                "request_list_f1": round(list_figures(truth, said, listed)[2], 4),
            }
    return best


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--splink", action="store_true")
    parser.add_argument("--seed", type=int, default=5)
    parser.add_argument("--one", type=Path, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.one:
        print(json.dumps(one(arguments.one, arguments.splink)))
        return
    reports = []
    with tempfile.TemporaryDirectory() as folder:
        for size in arguments.sizes:
            path = Path(folder) / f"{size}.parquet"
            table, men = drawn(size, size * 3 // 10, arguments.seed)
            table.write_parquet(path)
            command = [sys.executable, "-m", "benchmarks.linkage", "--one", str(path)]
            command += ["--splink"] * arguments.splink
            done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
            bound = dict(zip(("pairs", "lists"), judged(table, men), strict=True))
            reports.append(json.loads(done.stdout.splitlines()[-1]) | {"bound": bound})
            for key, value in reports[-1].items():
                print(f"{key:24} {value}")
            print(flush=True)
    print("\n".join(growth(reports)))


def growth(reports: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """The sizes side by side, as a Markdown table."""
    heads = ["records", "candidates", "a record", "seconds", "processor", "peak MB", "F1 (bound)"]
    heads += ["held out", "list F1 (bound)", "worst people", "Splink: F1, s, processor"]
    heads += ["times faster: clock, processor", "F1 more"]
    yield "| " + " | ".join(heads) + " |"
    yield "|---" * len(heads) + "|"
    for report in reports:
        name, worst = max(report["false_links_by_people"].items(), key=lambda of: of[1])
        other = report.get("splink")
        cells = [
            f"{report['records']:,}",
            f"{report['candidates']:,}",
            f"{report['candidates'] / report['records']:.1f}",
            report["seconds"],
            report["processor_seconds"],
            report["peak_mb"],
            f"{report['pairs_p_r_f1'][2]:.3f} ({report['bound']['pairs']:.3f})",
            report["pairs_held_out"][2],
            f"{report['request_list_p_r_f1'][2]:.3f} ({report['bound']['lists']:.3f})",
            f"{name} {worst:.1%}",
            f"{other['f1']}, {other['seconds']}, {other['processor']}" if other else "not run",
            f"{other['ratio']}, {other['ratio_processor']}" if other else "",
            f"{report['pairs_p_r_f1'][2] - other['f1']:+.3f}" if other else "",
        ]
        yield "| " + " | ".join(str(cell) for cell in cells) + " |"


if __name__ == "__main__":
    main()
