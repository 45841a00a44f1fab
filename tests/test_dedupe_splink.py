"""Our scorer and Splink give every pair the same weight; training learns what was put in."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest
from splink import DuckDBAPI, Linker

from dedupe import load, splink_model
from dedupe.blocking import pairs
from dedupe.classes import conditional_shares
from dedupe.columns import columns
from dedupe.comparisons import relation
from dedupe.scorer import score_pairs, scorer, value_shares
from dedupe.training import explained, train, write
from dedupe.weights import NAMES

PEOPLE = Path(__file__).parents[1] / "benchmarks" / "people.py"


def people(requests: int, seed: int) -> pl.DataFrame:
    spec = importlib.util.spec_from_file_location("people", PEOPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["people"] = module
    spec.loader.exec_module(module)
    return module.people(requests, requests * 3 // 10, seed)


@pytest.mark.parametrize(
    "requests", [1_000, pytest.param(24_000, marks=pytest.mark.slow, id="100,000 pairs")]
)
def test_every_pair_weighs_the_same_in_splink(requests: int) -> None:
    weights = load()
    normal = columns(people(requests, seed=11), weights.floors)
    left, right = pairs(normal)
    ours = scorer(normal, weights)
    scores, levels, _ = score_pairs(ours, left, right, -np.inf)
    facts = ours.fields.facts
    kinds = [relation(facts, i, j) for i, j in zip(left, right, strict=True)]
    untold = splink_model.untold(levels, left, right, ours.shares, weights)
    mine = scores + weights.universe[kinds] - untold
    theirs = splink_weights(normal, left, right)
    assert len(mine) > requests
    assert np.abs(mine - theirs).max() < 0.01


def splink_weights(normal, left: np.ndarray, right: np.ndarray) -> np.ndarray:
    weights, prior = load(), 1e-4
    database = DuckDBAPI()
    shares = value_shares(normal, weights)
    table = splink_model.table(normal, shares, weights).to_arrow()
    records = database.register(table, table_name="records")
    linker = Linker(records, splink_model.settings(weights, prior), log_level="ERROR")
    blocked = {"match_key": ["0"] * len(left), "join_key_l": left, "join_key_r": right}
    linker.table_management.register_blocked_pairs_for_predict(
        database.register(pl.DataFrame(blocked).to_arrow(), table_name="candidates")
    )
    found = linker.inference.predict().as_duckdbpyrelation().pl()
    order = pl.DataFrame({"row_l": left, "row_r": right})
    joined = order.join(found, on=["row_l", "row_r"], how="left", maintain_order="left")
    return joined["match_weight"].to_numpy() - np.log2(prior / (1 - prior))


@pytest.mark.slow
def test_training_learns_the_slips_of_the_generator(tmp_path: Path) -> None:
    table = people(30_000, seed=12)
    content = train(columns(table, load().floors), "test")
    path = tmp_path / "weights.json"
    write(content, path)
    learned = load(path)
    at = {name: learned.m[NAMES.index(name)] for name in NAMES}
    assert at["surname"][0] > 0.9
    assert at["region"][0] == pytest.approx(0.94, abs=0.03)
    assert at["birth"][9] < 0.03
    assert "never the same man" in explained(learned)
    assert learned.thresholds == load().thresholds


def test_a_rare_name_is_common_among_its_own_people() -> None:
    table = people(8_000, seed=13)
    normal = columns(table, load().floors)
    given = conditional_shares(normal)[:, 1]
    alone = normal.name_tf[:, 1]
    tuvan = (table["people"] == "tuvan").to_numpy() & (normal.given >= 0)
    slavic = (table["people"] == "slavic").to_numpy() & (normal.given >= 0)
    assert np.median(given[tuvan]) > np.median(alone[tuvan]) + 3
    assert abs(np.median(given[slavic]) - np.median(alone[slavic])) < 1.5
