"""Our comparisons and weights → Splink 5 settings and its input table: one model, two engines."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import polars as pl
from numpy.typing import NDArray
from splink import SettingsCreator
from splink.comparison_level_library import CustomLevel
from splink.comparison_library import CustomComparison
from splink.internals.comparison_level_creator import ComparisonLevelCreator

from model import Claim

from .columns import (
    BIRTH_AGE,
    BIRTH_DAY,
    BIRTH_LOOSE_AGE,
    BIRTH_MONTH,
    BIRTH_SERVICE,
    CLAIMS,
    NONE,
    Columns,
    Floats,
    Ints,
    Tokens,
)
from .comparisons import NEWS_DAYS, YEAR_DAYS
from .weights import LEVELS, NAMES, Weights

Dialect = Callable[[str], str]

_DEAD, _CAPTURED, _RELEASED, _ALIVE = (
    CLAIMS[claim] for claim in (Claim.DECEASED, Claim.CAPTURED, Claim.RELEASED, Claim.FOUND_ALIVE)
)


def _edit(name: str, distance: int) -> str:
    text = f"damerau_levenshtein({name}_text_l, {name}_text_r) = {distance}"
    return f"least(length({name}_text_l), length({name}_text_r)) >= 4 and {text}"


def _known(name: str) -> str:
    return f"{name}_known_l = 1 and {name}_known_r = 1"


_GAP = "(greatest(birth_low_l, birth_low_r) - least(birth_high_l, birth_high_r))"
_KIND = "greatest(birth_kind_l, birth_kind_r)"
_FULL = f"{_KIND} = {BIRTH_DAY}"
_MEET = f"{_GAP} <= 0 and {_KIND} ="
_YEARS = "abs(birth_year_l - birth_year_r)"
_SWAPPED = "substr(birth_md_l, 1, 2) = substr(birth_md_r, 3, 2) and substr(birth_md_l, 3, 2) ="
_DIGITS_SWAPPED = " or ".join(
    f"(substr(birth_md_l, {same}, 2) = substr(birth_md_r, {same}, 2)"
    f" and substr(birth_md_l, {at}, 1) = substr(birth_md_r, {at + 1}, 1)"
    f" and substr(birth_md_l, {at + 1}, 1) = substr(birth_md_r, {at}, 1))"
    for at, same in ((1, 3), (3, 1))
)
_TENS = "birth_year_l % 10 = birth_year_r % 10"
_DECADE = "floor(birth_year_l / 10) = floor(birth_year_r / 10)"
_DAYS = "abs(contact_l - contact_r)"
_SHORT = "(given_short_l = 1 or given_short_r = 1)"
_FATHER_SHORT = "(patronymic_short_l = 1 or patronymic_short_r = 1)"
_NEWS = f"abs(public_l - public_r) <= {NEWS_DAYS}"

# The condition of every level in the order Splink tries them; the last one is ELSE. The levels
# and their meaning are those of comparisons.py: a parity test holds the two together.
SQL: Mapping[str, Mapping[str, str]] = {
    "surname": {
        "exact": "surname_l = surname_r",
        "sound": "surname_sound_l = surname_sound_r",
        "half": "list_contains(surname_halves_l, surname_sound_r)"
        " or list_contains(surname_halves_r, surname_sound_l)",
        "edit_known": f"{_edit('surname', 1)} and {_known('surname')}",
        "edit": _edit("surname", 1),
        "edit_two": f"{_edit('surname', 2)} and not ({_known('surname')})"
        " and least(length(surname_text_l), length(surname_text_r)) >= 8",
    },
    "given": {
        "exact": "given_l = given_r or (given_sound_l = given_sound_r and given_short_l = 0)",
        "initial": f"{_SHORT} and given_initial_l = given_initial_r",
        "form": f"not {_SHORT} and list_has_any(given_forms_l, given_forms_r)",
        "near": f"not {_SHORT} and {_edit('given', 1)} and {_known('given')}",
        "fuzzy": f"not {_SHORT} and {_edit('given', 1)}",
    },
    "patronymic": {
        "exact": "patronymic_l = patronymic_r"
        f" or (not {_FATHER_SHORT} and patronymic_sound_l = patronymic_sound_r)",
        "initial": f"{_FATHER_SHORT} and patronymic_initial_l = patronymic_initial_r",
        "fuzzy": f"not {_FATHER_SHORT} and {_edit('patronymic', 1)}"
        f" and not ({_known('patronymic')})",
    },
    "birth": {
        "day": f"{_FULL} and birth_date_l = birth_date_r",
        "digit": f"{_FULL} and birth_md_l = birth_md_r and ({_TENS} or {_DECADE})",
        "slip": f"{_FULL} and {_YEARS} = 0 and (({_SWAPPED} substr(birth_md_r, 1, 2))"
        f" or {_DIGITS_SWAPPED} or hamming(birth_md_l, birth_md_r) = 1)",
        "other_day": f"{_FULL} and {_YEARS} = 0",
        "near": f"({_FULL} and {_YEARS} = 1 and birth_md_l = birth_md_r)"
        f" or ({_KIND} > {BIRTH_DAY} and {_GAP} > 0 and {_GAP} <= {YEAR_DAYS})",
        "month": f"{_MEET} {BIRTH_MONTH}",
        "age": f"{_MEET} {BIRTH_AGE}",
        "age_at_death": f"{_MEET} {BIRTH_LOOSE_AGE}",
        "year": f"{_GAP} <= 0 and {_KIND} > {BIRTH_DAY}",
    },
    "sex": {"same": "sex_l = sex_r"},
    "region": {"same": "region_l = region_r"},
    "place": {
        "alone": "place_l = place_r and (region_l is null or region_r is null)",
        "same": "place_l = place_r",
        "kin": "place_head_l = place_head_r",
    },
    "unit": {"same": "unit_l = unit_r", "digit": "hamming(unit_l, unit_r) = 1"},
    "category": {"same": "category_l = category_r"},
    "contact": {"same": f"{_DAYS} = 0", "days": f"{_DAYS} <= 5", "month": f"{_DAYS} <= 30"},
    "call_sign": {"same": "call_sign_l = call_sign_r"},
    "course": {
        "dead_before_contact": f"(claim_l = {_DEAD} and public_l < coalesce(contact_r, -1))"
        f" or (claim_r = {_DEAD} and public_r < coalesce(contact_l, -1))",
        "captives": f"claim_l = {_CAPTURED} and claim_r = {_CAPTURED}",
        "dead": f"claim_l = {_DEAD} and claim_r = {_DEAD}",
        "return": f"claim_l = claim_r and claim_l in ({_RELEASED}, {_ALIVE}) and {_NEWS}",
        "captured_released": f"(claim_l = {_CAPTURED} and claim_r = {_RELEASED}"
        f" and public_l <= public_r) or (claim_r = {_CAPTURED} and claim_l = {_RELEASED}"
        " and public_r <= public_l)",
    },
}
_SILENT = {
    "birth": f"birth_kind_l = 0 or birth_kind_r = 0 or ({_KIND} = {BIRTH_SERVICE} and {_GAP} <= 0)",
    "place": "place_l is null or place_r is null"
    " or (region_l is not null and region_r is not null and region_l <> region_r)"
    " or (place_wide_l <> place_wide_r and place_head_l <> place_head_r)",
    "course": "claim_l is null or claim_r is null",
}


_HAMMING = re.compile(r"hamming\((\w+), (\w+)\)")
_SAME_IN_SPARK = {"list_contains(": "array_contains(", "list_has_any(": "arrays_overlap("}


def spark_sql(condition: str) -> str:
    """A condition in DuckDB's words → in Spark's."""
    for duck, spark in _SAME_IN_SPARK.items():
        condition = condition.replace(duck, spark)
    differing = r"size(filter(sequence(1, length(\1)), i -> substr(\1, i, 1) <> substr(\2, i, 1)))"
    return _HAMMING.sub(differing, condition)


def settings(
    weights: Weights | None, prior: float = 1e-4, dialect: Dialect = str
) -> SettingsCreator:
    """Splink settings of all comparisons; without `weights` m and u are left to be trained.

    `dialect` puts a condition into the words of another engine than DuckDB.
    """
    return SettingsCreator(
        link_type="dedupe_only",
        unique_id_column_name="row",
        probability_two_random_records_match=prior,
        comparisons=[_comparison(name, weights, dialect) for name in SQL],
        blocking_rules_to_generate_predictions=[],
        retain_matching_columns=False,
        retain_intermediate_calculation_columns=True,
    )


def _comparison(name: str, weights: Weights | None, dialect: Dialect) -> CustomComparison:
    nothing = _SILENT.get(name, f"{name}_l is null or {name}_r is null")
    silent = CustomLevel(dialect(nothing), "silent").configure(is_null_level=True)
    levels: list[ComparisonLevelCreator | dict[str, Any]] = [silent]
    rest = next(level for level in LEVELS[name] if level not in SQL[name])
    for level in (*SQL[name], rest):
        creator = CustomLevel(dialect(SQL[name].get(level, "ELSE")), level)
        if weights is not None:
            row, column = NAMES.index(name), LEVELS[name].index(level)
            creator.configure(
                m_probability=float(weights.m[row, column]),
                u_probability=float(weights.u[row, column]),
            )
            if weights.tf[row, column]:
                creator.configure(
                    tf_adjustment_column=f"share_{name}_{level}",
                    disable_tf_exact_match_detection=True,
                )
        levels.append(creator)
    return CustomComparison(levels, output_column_name=name)


def untold(
    levels: NDArray[np.int8], left: Ints, right: Ints, shares: Floats, weights: Weights
) -> NDArray[np.float64]:
    """Bits of each pair by the comparisons that Splink is not told of: `SQL` has none for them."""
    found = np.zeros(len(left))
    for row, name in enumerate(NAMES):
        if name not in SQL:
            level = levels[:, row]
            rarer = np.maximum(shares[left, row], shares[right, row])
            said = weights.bits[row, level] - np.where(weights.tf[row, level] == 1, rarer, 0)
            found += np.where(level >= 0, said, 0)
    return found


def table(columns: Columns, shares: Floats, weights: Weights | None) -> pl.DataFrame:
    """The columns as Splink reads them: nulls for silence, text in one byte a letter."""
    data: dict[str, pl.Series] = {"row": pl.Series(np.arange(len(columns), dtype=np.int32))}
    for name in ("sex", "region", "place", "place_head", "category", "contact", "call_sign"):
        data[name] = _nullable(getattr(columns, name))
    data["birth_date"] = _nullable(columns.birth_date)
    for name in ("birth_low", "birth_high", "birth_kind", "claim", "public", "place_wide"):
        data[name] = pl.Series(getattr(columns, name))
    data["unit"] = _nullable(columns.unit).cast(pl.String).str.zfill(5)
    full = _nullable(columns.birth_date)
    data["birth_year"] = full // 10000
    data["birth_md"] = (full % 10000).cast(pl.String).str.zfill(4)
    for name, tokens in (
        ("surname", columns.surnames),
        ("given", columns.givens),
        ("patronymic", columns.patronymics),
    ):
        data |= _names(name, getattr(columns, name), tokens)
    if weights is not None:
        data |= _shares(shares, weights)
    return pl.DataFrame(data)


def _nullable(values: Ints) -> pl.Series:
    codes = pl.Series(values)
    return codes.to_frame("v").select(pl.when(pl.col("v") != NONE).then(pl.col("v")))["v"]


def _names(name: str, ids: Ints, tokens: Tokens) -> dict[str, pl.Series]:
    lists = [sorted({form for form in row if form != NONE}) for row in tokens.others.tolist()]
    rows = [row[:length] for row, length in zip(tokens.letters, tokens.length, strict=True)]
    texts = ["".join(chr(code) if code > 1 else "~" for code in row) for row in rows]
    by_token = {
        "sound": pl.Series([*tokens.sound.tolist(), None], dtype=pl.Int32),
        "initial": pl.Series([*tokens.initial.tolist(), None], dtype=pl.Int32),
        "short": pl.Series([*tokens.is_initial.tolist(), None], dtype=pl.Int32),
        "known": pl.Series([*tokens.known.tolist(), None], dtype=pl.Int32),
        "text": pl.Series([*texts, None], dtype=pl.String),
        "halves" if name == "surname" else "forms": pl.Series(
            [*lists, []], dtype=pl.List(pl.Int32)
        ),
    }
    at = np.where(ids == NONE, len(tokens.length), ids)
    return {name: _nullable(ids)} | {
        f"{name}_{key}": values.gather(at) for key, values in by_token.items()
    }


def _shares(shares: Floats, weights: Weights) -> dict[str, pl.Series]:
    """A tf_ column for each adjusted level, scaled so that Splink's u falls out of the weight."""
    out = {}
    for row, column in zip(*np.nonzero(weights.tf), strict=True):
        name = NAMES[row]
        if name not in SQL:
            continue
        scale = float(weights.u[row, column] / weights.base[row, column])
        tf = np.exp2(shares[:, row].astype(np.float64)) * scale
        level = f"share_{name}_{LEVELS[name][column]}"
        out[f"tf_{level}"] = pl.Series(tf)
        out[level] = pl.repeat(0, len(tf), eager=True)  # Splink counts it, then takes tf_ as it is
    return out
