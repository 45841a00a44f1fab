"""Names → the share of men who bear them, from the name counts of `russiannames`."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib import resources

import numpy as np
import polars as pl
from numpy.typing import NDArray


@cache
def _counts(dataset: str) -> pl.DataFrame:
    """Folded spelling or initial → count. About 0.1 s on first use."""
    path = resources.files("russiannames").joinpath("data", f"{dataset}.parquet")
    with resources.as_file(path) as file:
        table = pl.read_parquet(file, columns=["text", "count"])
    folded = pl.col("text").str.to_lowercase().str.replace_all("ё", "е")
    names = table.with_columns(folded).filter(pl.col("text").str.len_chars() > 1)
    initials = names.with_columns(pl.col("text").str.head(1))
    return pl.concat([names, initials]).group_by("text").agg(pl.col("count").sum())


def log_shares(dataset: str, names: Iterable[str]) -> NDArray[np.float64]:
    """log2 of the share of men who bear each folded name; an initial has that of all its names.

    `dataset` is surnames, names or midnames. Half of all counted people are taken for men; a
    name nobody counted has about -50.
    """
    asked = pl.DataFrame({"text": list(names)}, schema={"text": pl.String})
    found = asked.join(_counts(dataset), on="text", how="left", maintain_order="left")
    counts = found["count"].fill_null(0).to_numpy().astype(np.float64)
    men = float(_counts(dataset)["count"].sum()) / 4  # initials repeat the sum
    return np.asarray(np.log2((counts + 1e-9) / men), np.float64)
