"""A scored pair → its findings: one reason for or against each, in bits, with what was compared."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np

from model import Finding, Record, StoredRecord

from .comparisons import relation, workspace
from .scorer import Scorer, weigh
from .weights import LEVELS, NAMES, RELATIONS

_FIELDS: Mapping[str, Callable[[Record], object]] = {
    "surname": lambda record: record.surname,
    "given": lambda record: record.given,
    "patronymic": lambda record: record.patronymic,
    "birth": lambda record: record.birth_date or (record.age and f"age {record.age}"),
    "sex": lambda record: record.sex,
    "region": lambda record: record.home_region,
    "place": lambda record: record.home_place,
    "unit": lambda record: record.unit,
    "category": lambda record: record.category,
    "contact": lambda record: record.last_contact,
    "call_sign": lambda record: record.call_sign,
    "course": lambda record: record.claim,
    "copy": lambda record: record.claim,
    "thread": lambda record: record.claim,
    "follow": lambda record: record.claim,
}


def findings(s: Scorer, i: int, j: int, left: StoredRecord, right: StoredRecord) -> list[Finding]:
    """Findings of one pair, the heaviest first, and last the universe it is held against."""
    out = np.empty(len(NAMES), np.int8)
    weigh(s, i, j, out, workspace())
    found = []
    for index, name in enumerate(NAMES):
        level = int(out[index])
        if level < 0 or (name == "course" and level == 0):
            continue
        weight = float(s.bits[index, level])
        if s.tf[index, level]:
            weight -= float(max(s.shares[i, index], s.shares[j, index]))
        found.append(
            Finding(
                comparison=name,
                level=LEVELS[name][level],
                weight=round(weight, 2),
                left=_said(left.record, name),
                right=_said(right.record, name),
            )
        )
    found.sort(key=lambda finding: -abs(finding.weight))
    kind = int(relation(s.fields.facts, i, j))
    return [
        *found,
        Finding(
            comparison="universe",
            level=RELATIONS[kind],
            weight=round(-float(s.universe[kind]), 2),
            left=left.source,
            right=right.source,
        ),
    ]


def _said(record: Record, name: str) -> str | None:
    value = _FIELDS[name](record)
    return None if value is None else str(value)
