"""Records as the store's plain values → the table that `columns` reads, without objects."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from .columns import CATEGORIES, CLAIMS, SCHEMA, SEXES

# The values of a row, as the store has them: text but for the age and whether it is of a list.
PLAIN = (
    "record_id", "surname", "given", "patronymic", "birth_date", "age", "sex", "region", "place",
    "unit", "category", "contact", "call_sign", "claim", "public", "listed", "source", "owner",
    "external_id", "copied", "thread", "reply_to",
)  # fmt: skip
_TEXTS = {
    "sex": {key.value: code for key, code in SEXES.items()},
    "category": {key.value: code for key, code in CATEGORIES.items()},
    "claim": {key.value: code for key, code in CLAIMS.items()},
}
_AS_TEXT = {name: pl.String if name in (*_TEXTS, "unit") else kind for name, kind in SCHEMA.items()}


def plain_frame(rows: Sequence[tuple[object, ...]]) -> pl.DataFrame:
    """A table of `columns.SCHEMA`, by record id, as `columns.frame` gives it; rows are of PLAIN."""
    table = pl.DataFrame(rows, schema={name: _AS_TEXT[name] for name in PLAIN}, orient="row")
    coded = [
        pl.col(name).replace_strict(codes, return_dtype=pl.Int32) for name, codes in _TEXTS.items()
    ]
    return table.sort("record_id").with_columns(
        *coded, pl.col("unit").cast(pl.Int32), pl.col("listed").cast(pl.Boolean)
    )
