"""Figures → CSV files, their cells safe to open in a spreadsheet."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from report.figures import Figures
from store.durable import put
from store.formulas import harmless

_STATUSES = ("missing", "captured", "released", "found_alive", "deceased")

Rows = tuple[Sequence[str], Iterable[Sequence[object]]]


def write_tables(found: Figures, folder: Path) -> list[str]:
    """Write every table of the report; return the files' names."""
    tables: dict[str, Rows] = {
        "tally.csv": _tally(found), "curve.csv": _curve(found), "regions.csv": _regions(found),
        "flows.csv": _flows(found), "estimates.csv": _estimates(found),
        "coverage.csv": _coverage(found), "sources.csv": _sources(found),
    }  # fmt: skip
    for name, (heads, rows) in tables.items():
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(heads)
        writer.writerows([harmless(value) for value in row] for row in rows)
        put(folder / name, text.getvalue().encode("utf-8-sig"), mode=0o644)
    return list(tables)


def _tally(found: Figures) -> Rows:
    heads = (
        "as_of", "known_at", "evidence", "dimension", "value", "status", "persons", "low", "high",
    )  # fmt: skip
    rows = []
    for level, tally in found.by_evidence.items():
        head = (tally["as_of"], tally["known_at"], level)
        everyone = {"total": tally["total"], **tally["by_status"]}
        groups = [("all", "all", everyone)]
        for dimension in ("category", "region"):
            groups += [
                (dimension, value, counts) for value, counts in tally[f"by_{dimension}"].items()
            ]
        for dimension, value, counts in groups:
            for status in ("total", *_STATUSES):
                bounds = tally["range"].get(status, ("", "")) if dimension == "all" else ("", "")
                rows.append((*head, dimension, value, status, counts[status], *bounds))
    return heads, rows


def _curve(found: Figures) -> Rows:
    heads = ("day", "total", "missing", "captured", "total_then", "missing_then")
    return heads, [[point[name] for name in heads] for point in found.curve]


def _regions(found: Figures) -> Rows:
    measures = ("persons", "per_100k", "low", "high")
    heads = ["region", "men", *(f"{name}_{m}" for name in ("sought", "missing") for m in measures)]
    rows = [
        [row["region"], row["men"], *(row[n][m] for n in ("sought", "missing") for m in measures)]
        for row in found.estimates["rates"]
    ]
    return heads, rows


def _flows(found: Figures) -> Rows:
    return ("from", "to", "persons"), [
        (move["from"], move["to"], move["persons"]) for move in found.flows
    ]


def _estimates(found: Figures) -> Rows:
    heads = ("about", "lists", "method", "persons", "low", "high", "refused")
    rows: list[tuple[object, ...]] = [
        _line(name, "", each) for name, each in found.estimates["nowcast"].items()
    ]
    for name, unseen in found.estimates["unseen"].items():
        about = f"unseen_{name}"
        lists = " × ".join(each["name"] for each in unseen["lists"])
        if "chao" in unseen:
            rows.append(_line(about, "", unseen["chao"]))
        rows += [_line(about, " × ".join(pair["lists"]), pair) for pair in unseen["chapman"]]
        rows.append(_line(about, lists, unseen["loglinear"]))
    return heads, rows


def _line(about: str, lists: str, each: Mapping[str, Any]) -> tuple[object, ...]:
    figures = (each.get(name, "") for name in ("persons", "low", "high"))
    return (about, lists, each["method"], *figures, each.get("refused", ""))


def _coverage(found: Figures) -> Rows:
    measures = ("sought", "captives", "either")
    parts = ("persons", "share", "low", "high")
    heads = ["list", "returned", *(f"{name}_{part}" for name in measures for part in parts)]
    rows = [
        [row["list"], row["returned"], *(row[name][part] for name in measures for part in parts)]
        for row in found.estimates["coverage"]
    ]
    return heads, rows


def _sources(found: Figures) -> Rows:
    heads = tuple(found.sources[0]) if found.sources else ("name",)
    return heads, [tuple(row.values()) for row in found.sources]
