"""Pairs found and weighed on Spark: the same persons as on one machine."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from dedupe import load
from dedupe.candidates import kept_pairs
from dedupe.columns import columns
from dedupe.linking import grouped, weighed
from dedupe.scorer import scorer
from dedupe.splink_model import spark_sql
from dedupe.statistics import fit_statistics, shares_of

PEOPLE = Path(__file__).parents[1] / "benchmarks" / "people.py"
NOBODY = np.empty((0, 2), np.int32)
ABSENT = importlib.util.find_spec("pyspark") is None or shutil.which("java") is None


@pytest.mark.parametrize(
    ("duck", "spark"),
    [
        ("list_contains(a_l, b_r)", "array_contains(a_l, b_r)"),
        ("list_has_any(a_l, a_r)", "arrays_overlap(a_l, a_r)"),
        ("x = 1", "x = 1"),
    ],
)
def test_conditions_in_sparks_words(duck: str, spark: str) -> None:
    assert spark_sql(duck) == spark


def halved(people: pl.DataFrame) -> pl.DataFrame:
    """The same people; some posts give half a name, some stand in threads, some answer others."""
    number = pl.int_range(pl.len())
    thread = pl.when(number % 7 == 0).then(pl.format("t{}", number % 500))
    answered = pl.col("external_id").shift(3)
    return people.with_columns(
        surname=pl.when(number % 20 > 0).then("surname"),
        thread=thread,
        reply_to=pl.when(number % 11 == 0).then(answered),
    )


@pytest.mark.slow
@pytest.mark.skipif(ABSENT, reason="needs Java 17 and `make install-spark`")
@pytest.mark.filterwarnings("ignore")  # PySpark and py4j warn of pandas 3 and of sockets
@pytest.mark.parametrize("requests", [10_000])
def test_spark_gives_the_same_persons(requests: int) -> None:
    from dedupe.spark import session, spark_pairs  # noqa: PLC0415

    spec = importlib.util.spec_from_file_location("people", PEOPLE)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["people"] = module
    spec.loader.exec_module(module)
    weights = load()
    table = columns(halved(module.people(requests, requests * 3 // 10, 5)), weights.floors)
    statistics = fit_statistics(table, weights)
    shares = shares_of(statistics, table, weights)
    scoring = scorer(table, weights, shares)
    pairs = [
        kept_pairs(table, statistics.common),
        spark_pairs(table, shares, statistics.common, weights),
    ]
    session().stop()
    here, there = (
        grouped(scoring, weighed(table, scoring, found, weights), (NOBODY, NOBODY), weights)
        for found in pairs
    )
    assert len(here.left) > requests
    assert np.array_equal(here.left, there.left)
    assert np.array_equal(here.roots, there.roots)
