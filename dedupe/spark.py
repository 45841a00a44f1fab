"""Columns → candidate pairs worth a thought, blocked and weighed by Splink on Spark.

The same model as everywhere (`splink_model.py`), the same blocks (`block_keys.py`). What comes back
are the pairs that reach the review by Splink's weight; the local scorer weighs these few once
more, to the last bit, and applies the rules, so that the persons are those of one machine.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from model import UnusableInput

from . import splink_model
from .block_keys import STANDING, Longs
from .candidates import record_keys
from .columns import Columns, Floats, Ints
from .weights import LEVELS, NAMES, Weights

if TYPE_CHECKING:
    from pyspark.sql import SparkSession

PRIOR = 1e-4
SLACK = 0.05  # bits: Spark's sums are in another order
MASTER = "ROLLCALL_SPARK_MASTER"


def session() -> SparkSession:
    """A session on the master named in ROLLCALL_SPARK_MASTER, or on this machine's cores."""
    try:
        from pyspark.sql import SparkSession  # noqa: PLC0415  an extra
        from splink.internals.spark.jar_location import similarity_jar_location  # noqa: PLC0415
    except ImportError as error:
        raise UnusableInput("Spark is not installed: `make install-spark` (Java 17)") from error
    builder: Any = SparkSession.builder
    builder = builder.master(os.environ.get(MASTER, "local[*]"))
    partitions = os.environ.get("ROLLCALL_SPARK_PARTITIONS", "8")
    options = {
        "spark.app.name": "rollcall",
        "spark.jars": similarity_jar_location(),
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": partitions,
    }
    found: SparkSession = builder.config(map=options).getOrCreate()
    return found


def spark_pairs(
    columns: Columns, shares: Floats, common: Longs, weights: Weights
) -> tuple[Ints, Ints]:
    """Pairs (left < right) that share a key not in `common` and may reach the review."""
    from splink import Linker, SparkAPI  # noqa: PLC0415  an extra

    spark = session()
    api: Any = SparkAPI(spark_session=spark, break_lineage_method="persist")  # type: ignore[no-untyped-call]
    table = splink_model.table(columns, shares, weights)
    adjusted = [name.removeprefix("tf_") for name in table.columns if name.startswith("tf_")]
    # Spark takes no tf_ column that Splink joins too: the share itself is the value looked up.
    plain = table.with_columns(pl.col(f"tf_{name}").alias(name) for name in adjusted)
    plain = plain.drop([f"tf_{name}" for name in adjusted])
    records = api.register(spark.createDataFrame(plain.to_arrow()), table_name="records")
    model = splink_model.settings(weights, PRIOR, splink_model.spark_sql)
    linker = Linker(records, model, log_level="ERROR")
    for name in adjusted:
        lookup = plain.select(name).unique().with_columns(pl.col(name).alias(f"tf_{name}"))
        shown = api.register(spark.createDataFrame(lookup.to_arrow()), table_name=f"of_{name}")
        linker.table_management.register_term_frequency_lookup(shown, name)
    blocked = api.register(_blocked(spark, columns, common), table_name="candidates")
    linker.table_management.register_blocked_pairs_for_predict(blocked)
    found = linker.inference.predict(threshold_match_weight=_least(weights))
    told = _pairs(found.as_spark_dataframe().select("row_l", "row_r"))
    untold = _standing_together(spark, columns, common)
    pairs = np.unique(np.sort(np.concatenate([told, untold]), axis=1), axis=0)
    return pairs[:, 0].copy(), pairs[:, 1].copy()


def _pairs(frame: Any) -> Ints:
    """Two columns of rows of the cluster's, as an array."""
    return np.column_stack([of.to_numpy().astype(np.int32) for of in frame.toArrow().columns])


def _standing_together(spark: SparkSession, columns: Columns, common: Longs) -> Ints:
    """Pairs of one discussion, or half a name beside the whole one: Splink is not told of these."""
    _bearing(spark, *record_keys(columns, STANDING), common)
    return _pairs(
        spark.sql(
            "SELECT DISTINCT l.row, r.row FROM borne AS l JOIN borne AS r "
            "ON l.key = r.key AND l.row < r.row"
        )
    )


def _bearing(spark: SparkSession, keys: Longs, rows: Ints, common: Longs) -> None:
    """A view `borne`: which rows bear which keys."""
    kept = ~np.isin(keys, common)
    borne = pl.DataFrame({"key": keys[kept], "row": rows[kept]}).to_arrow()
    spark.createDataFrame(borne).createOrReplaceTempView("borne")


def _blocked(spark: SparkSession, columns: Columns, common: Longs) -> Any:
    """Pairs of rows that share a key: one join, on the cluster."""
    _bearing(spark, *record_keys(columns), common)
    return spark.sql(
        "SELECT DISTINCT '0' AS match_key, l.row AS join_key_l, r.row AS join_key_r "
        "FROM borne AS l JOIN borne AS r ON l.key = r.key AND l.row < r.row"
    )


def _least(weights: Weights) -> float:
    """The least weight, by Splink's count, of a pair that may reach the review."""
    men = float(weights.universe.min())
    copies = float(weights.bits[NAMES.index("copy"), LEVELS["copy"].index("same")])
    odds = float(np.log2(PRIOR / (1 - PRIOR)))
    return weights.thresholds["unsure"] + men - max(copies, 0.0) + odds - SLACK
