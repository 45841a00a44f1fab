"""Two tallies → the movements of persons between them, which sum up to the difference."""

# ruff: noqa: S608 (only constants are put into the text, every value is bound)

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from model import Evidence, RollcallError
from store import reasons
from store.connection import Connection, Row
from store.counted import COUNTED_AMONG, NAMES, NEVER, STATUSES
from store.reasons import Mover, Sides
from store.standings import is_current
from store.tally import kept, latest_knowledge, tally

# Whoever may stand otherwise: something of him is dated between the days, or became known between
# the times.
_CANDIDATES = """
CREATE TEMP TABLE candidate AS
SELECT person_id FROM status_event WHERE public_on > :day_one AND public_on <= :day_two
UNION
SELECT person_id FROM status_event WHERE corroborated_on > :day_one AND corroborated_on <= :day_two
UNION SELECT person_id FROM person_version WHERE sought_from > :day_one AND sought_from <= :day_two
UNION SELECT person_id FROM status_event WHERE known_from > :known_one AND known_from <= :known_two
UNION
SELECT person_id FROM status_event WHERE known_until > :known_one AND known_until <= :known_two
UNION
SELECT person_id FROM person_version WHERE known_from > :known_one AND known_from <= :known_two
UNION
SELECT person_id FROM person_version WHERE known_until > :known_one AND known_until <= :known_two
"""
# Each candidate who was sought: from the spans of standing where they hold, else by definition.
_SPAN = (
    "SELECT spans.person_id, sought, withdrawn, from_day, until_day, {level} AS rank, category, "
    "region FROM candidate CROSS JOIN {spans} AS spans USING (person_id) "
    "WHERE spans.known_from <= :known_at"
)
_SIDE = f"""
INSERT INTO {{table}} SELECT person_id, rank, withdrawn, category, region FROM (
  {_SPAN.format(level="{level}", spans="standing")}
  UNION ALL {_SPAN.format(level="{level}", spans="stood")} AND spans.known_until > :known_at
) WHERE sought AND from_day <= :as_of AND until_day > :as_of
"""
_DEFINED = f"""{COUNTED_AMONG}
INSERT INTO {{table}} SELECT person_id, CASE WHEN stands THEN rank END, withdrawn, category, region
FROM counted
"""
_MOVERS = """
SELECT coalesce(a.person_id, b.person_id) AS person_id, person.name,
  a.rank AS rank_one, b.rank AS rank_two, a.person_id IS NOT NULL AS in_one,
  b.person_id IS NOT NULL AS in_two, coalesce(a.withdrawn, 0) AS withdrawn_one,
  coalesce(b.withdrawn, 0) AS withdrawn_two, a.category AS category_one, b.category AS category_two,
  a.region AS region_one, b.region AS region_two
FROM side_one AS a FULL JOIN side_two AS b ON b.person_id = a.person_id
LEFT JOIN person ON person.person_id = coalesce(a.person_id, b.person_id)
WHERE (a.rank, a.withdrawn, a.category, a.region)
  IS NOT (b.rank, b.withdrawn, b.category, b.region)
"""
DESCRIBED = ("category", "region")


class At(NamedTuple):
    """A tally's two times: the Moscow day, and when it was known (None: now)."""

    as_of: str
    known_at: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Movement:
    """One person counted otherwise: `source` and `target` are statuses, None is not counted."""

    mover: Mover
    reason: str
    source: str | None
    target: str | None
    other: str | None = None  # the person merged into, or split from


def diff(connection: Connection, first: At, second: At, evidence: Evidence) -> dict[str, object]:
    """Movements grouped by reason and status, each with its persons; they sum up exactly.

    So do the changes of category and region of men counted in both. Where a figure was kept when
    it was printed and men were erased since, the movement "erased" stands for them.
    """
    now = latest_knowledge(connection) or NEVER
    sides = Sides(
        day_one=first.as_of, day_two=second.as_of,
        known_one=first.known_at or now, known_two=second.known_at or now,
    )  # fmt: skip
    printed: list[dict[str, Any]] = [
        tally(connection, as_of=at.as_of, known_at=at.known_at, evidence=evidence)
        for at in (first, second)
    ]
    movers = _movers(connection, sides, evidence)
    movements = sorted(
        _movements(connection, movers, sides),
        key=lambda move: (move.reason, move.source or "", move.target or "", move.mover.person_id),
    )
    anew = _described_anew(movers)
    held = [kept(connection, at.as_of, at.known_at, evidence) for at in (first, second)]
    erased = _erased(printed, movers, kept=any(held))
    change = {s: printed[1]["by_status"][s] - printed[0]["by_status"][s] for s in STATUSES}
    return {
        "from": _head(printed[0]),
        "to": _head(printed[1]),
        "evidence": evidence.value,
        "difference": {"total": sum(change.values()), **change},
        "withdrawn": printed[1]["withdrawn"] - printed[0]["withdrawn"],
        "movements": [*_grouped(movements), *erased],
        "described_anew": {column: sum(_sizes(anew[column])) for column in DESCRIBED},
        "descriptions": anew,
    }


def _sizes(groups: Iterable[Mapping[str, Any]]) -> Iterator[int]:
    return (int(group["persons"]) for group in groups)


def _head(found: Mapping[str, Any]) -> dict[str, object]:
    return {key: found[key] for key in ("as_of", "known_at", "total", "withdrawn", "by_status")}


def _movers(connection: Connection, sides: Sides, evidence: Evidence) -> list[Mover]:
    """Every person whose cell is another one, with both his cells."""
    for table in ("candidate", "side_one", "side_two"):
        connection.execute(f"DROP TABLE IF EXISTS temp.{table}")
    connection.execute(_CANDIDATES, sides.ordered())
    side = _SIDE if is_current(connection) else _DEFINED
    for table, day, known in (
        ("side_one", sides.day_one, sides.known_one),
        ("side_two", sides.day_two, sides.known_two),
    ):
        connection.execute(
            f"CREATE TEMP TABLE {table} "
            "(person_id TEXT PRIMARY KEY, rank INTEGER, withdrawn INTEGER, category TEXT, "
            "region TEXT) WITHOUT ROWID"
        )
        arguments = {"as_of": day, "known_at": known, "evidence": evidence.value}
        connection.execute(side.format(table=table, level=evidence.value), arguments)
    return [_mover(row) for row in connection.execute(_MOVERS)]


def _mover(row: Row) -> Mover:
    ranks = row["rank_one"], row["rank_two"]
    source, target = (None if rank is None else NAMES[rank] for rank in ranks)
    return Mover(
        person_id=row["person_id"], name=row["name"] or "", source=source, target=target,
        in_one=bool(row["in_one"]), in_two=bool(row["in_two"]),
        withdrawn_one=bool(row["withdrawn_one"]), withdrawn_two=bool(row["withdrawn_two"]),
        category=(row["category_one"], row["category_two"]),
        region=(row["region_one"], row["region_two"]),
    )  # fmt: skip


def _movements(connection: Connection, movers: Sequence[Mover], sides: Sides) -> Iterator[Movement]:
    moved = [m for m in movers if m.source != m.target or m.withdrawn_one != m.withdrawn_two]
    why = reasons.reasons(connection, moved, sides)
    for mover, (reason, other) in zip(moved, why, strict=True):
        yield Movement(
            mover=mover, reason=reason, source=mover.source, target=mover.target, other=other
        )


def _described_anew(movers: Sequence[Mover]) -> dict[str, list[dict[str, object]]]:
    """Men counted in both whose category or region is another: from which to which, and who."""
    found: dict[str, list[dict[str, object]]] = {}
    for column in DESCRIBED:
        groups: defaultdict[tuple[str, str], list[str]] = defaultdict(list)
        for mover in movers:
            before, after = getattr(mover, column)
            if mover.source and mover.target and before != after:
                groups[before, after].append(mover.person_id)
        found[column] = [
            {"from": before, "to": after, "persons": len(who), "who": who}
            for (before, after), who in sorted(groups.items())
        ]
    return found


def _grouped(movements: Iterable[Movement]) -> list[dict[str, object]]:
    groups: defaultdict[tuple[str, str | None, str | None], list[Movement]] = defaultdict(list)
    for move in movements:
        groups[move.reason, move.source, move.target].append(move)
    return [
        _group(
            key, len(group), sum(m.mover.withdrawn_two - m.mover.withdrawn_one for m in group),
            [{"person_id": m.mover.person_id, "name": m.mover.name, "other": m.other}
             for m in group],
        )
        for key, group in groups.items()
    ]  # fmt: skip


def _group(
    key: tuple[str, str | None, str | None], persons: int, withdrawn: int, who: Sequence[object]
) -> dict[str, object]:
    reason, source, target = key
    return {
        "reason": reason,
        "from": source,
        "to": target,
        "persons": persons,
        "change": (target is not None) - (source is not None),
        "withdrawn": withdrawn,
        "who": who,
    }


Cells = Counter[tuple[str, str, str]]  # (dimension, value, status)


def _cells(found: Mapping[str, Any]) -> Cells:
    """Every cell of a tally that a movement can change."""
    cells: Cells = Counter({("all", "", s): n for s, n in found["by_status"].items()})
    cells["all", "", "withdrawn"] = found["withdrawn"]
    for dimension, part in (("category", "by_category"), ("region", "by_region")):
        for value, counts in found[part].items():
            cells.update({(dimension, value, s): counts[s] for s in STATUSES})
    return cells


def _change(movers: Sequence[Mover]) -> Cells:
    """What the movers change in every cell."""
    cells: Cells = Counter()
    for mover in movers:
        for sign, side in ((-1, 0), (1, 1)):
            status = (mover.source, mover.target)[side]
            cells["all", "", "withdrawn"] += sign * (mover.withdrawn_one, mover.withdrawn_two)[side]
            if status is not None:
                cells["all", "", status] += sign
                cells["category", mover.category[side] or "", status] += sign
                cells["region", mover.region[side] or "", status] += sign
    return cells


def _erased(
    printed: Sequence[Mapping[str, Any]], movers: Sequence[Mover], *, kept: bool
) -> list[dict[str, object]]:
    """What the movers leave of the difference: men erased since a figure was kept.

    Raises RollcallError where neither figure is one that was kept: then a movement is missing.
    """
    left = _cells(printed[1])
    left.subtract(_cells(printed[0]))
    left.subtract(_change(movers))
    if not any(left.values()):
        return []
    if not kept:
        raise RollcallError("diff: the movements do not sum up to the difference")
    return [
        _group(("erased", *((s, None) if left["all", "", s] < 0 else (None, s))),
               abs(left["all", "", s]), 0, [])
        for s in STATUSES
        if left["all", "", s]
    ]  # fmt: skip
