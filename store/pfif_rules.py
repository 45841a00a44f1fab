"""pfif_fields.tsv → the fields of a person and of a note in one version of PFIF."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

VERSIONS = ("1.4", "1.3", "1.2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """What a field must look like, and whether it must be there."""

    format: str
    required: str  # "always", "outside" of a person, or ""


@cache
def _table() -> tuple[tuple[str, str, str, str, str, str], ...]:
    with Path(__file__).with_name("pfif_fields.tsv").open(encoding="utf-8", newline="") as lines:
        rows = csv.reader((line for line in lines if not line.startswith("#")), delimiter="\t")
        return tuple((a, b, c, d, e, f) for a, b, c, d, e, f in rows)


@cache
def rules(version: str, record: str) -> dict[str, Rule]:
    """Field → rule, for "person" or "note"."""
    return {
        name: Rule(format=form, required=required)
        for kind, name, form, first, last, required in _table()
        if kind == record and first <= version <= last
    }


def elsewhere(version: str, record: str, name: str) -> str:
    """Why a name is no field here: it is of another version or record, or of none.

    >>> elsewhere("1.3", "person", "given_name")
    'is a field of PFIF 1.4, not of 1.3'
    """
    found = [v for v in sorted(VERSIONS) if name in rules(v, record)] if record != "pfif" else []
    if found:
        return f"is a field of PFIF {' and '.join(found)}, not of {version}"
    return f"is no {record} element of PFIF {version}"
