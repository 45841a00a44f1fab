"""An import of a whole list and the imports before it → what is alarming about it.

The limits are those of the house's facts on protecting people: a list that shrinks, grows, loses
or rewrites rows beyond them, or comes in another shape, is not applied but shown to an editor.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import NamedTuple

from model import Batch, Expect, Reading, Record

# Shares of the rows before.
MOST_REMOVED = 0.02
MOST_REWRITTEN = 0.01  # birth dates that became others
MOST_REPEATED = 0.01  # rows that repeat another, beyond those that always did
FILL_DROP = 0.10  # of a field's fill rate
LEAST = 3  # rows: of fewer, no share is alarming
DRIFT_DAYS = 30  # over which small steps are added up
DRIFT_SHRINK, DRIFT_REMOVED, DRIFT_REWRITTEN = 0.05, 0.05, 0.03
FIELDS = (
    "surname", "given", "patronymic", "birth_date", "age", "category", "unit", "home_region",
    "home_place", "event_date",
)  # fmt: skip


class Unread(NamedTuple):
    """In how many rows a column holds what could not be read, and the number of the first."""

    rows: int
    first: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What an import looks like, without a word of what it says."""

    rows: int
    content: str  # a hash of all its rows
    header: tuple[str, ...] = ()
    encoding: str | None = None
    fills: Mapping[str, float] = field(default_factory=dict)  # field → share of rows that have it
    repeated: int = 0  # rows that repeat another
    removed: int = 0  # rows of the import before that are not in it
    rewritten: int = 0  # rows whose birth date became another
    # column → rows in which no date could be read, and the first of them; None: not looked at
    unread: Mapping[str, Unread] | None = None

    def kept(self) -> dict[str, object]:
        """As JSON values, without what has a column of its own."""
        return {key: value for key, value in asdict(self).items() if key not in ("content",)}


def facts(batch: Batch, readings: Sequence[Reading], *, removed: int, rewritten: int) -> Facts:
    """The facts of a batch that holds a whole list."""
    records = [reading.records[0] if reading.records else Record() for reading in readings]
    digest = hashlib.sha256()
    for row, reading in zip(batch.rows, readings, strict=True):
        digest.update(f"{row.external_id}\x1f{reading.text}\x1e".encode())
    men = Counter((r.surname, r.given, r.patronymic, r.birth_date) for r in records if r.surname)
    return Facts(
        rows=len(records),
        content=digest.hexdigest(),
        header=batch.header,
        encoding=batch.encoding,
        fills={
            name: round(sum(getattr(r, name) is not None for r in records) / len(records), 4)
            for name in FIELDS
            if records
        },
        repeated=sum(n - 1 for n in men.values()),
        removed=removed,
        rewritten=rewritten,
        unread=_unread(batch, readings),
    )


def _unread(batch: Batch, readings: Sequence[Reading]) -> dict[str, Unread]:
    """What could not be read, by column."""
    rows: dict[str, list[int]] = {}
    for row, reading in zip(batch.rows, readings, strict=True):
        for name in reading.unread:
            rows.setdefault(name, []).append(row.row)
    return {name: Unread(len(found), found[0]) for name, found in rows.items()}


def alarms(
    now: Facts, last: Facts, since: Sequence[Facts], start: Facts, expect: Expect
) -> list[str]:
    """What is alarming about an import, in words with its figures; nothing: it may be taken.

    `last` is the import taken before; `since` those taken in the last days, `start` the one
    before them, from which slow drift is measured.
    """
    return [
        *_counts(now, last, expect),
        *_shape(now, last),
        *_drift(now, since, start),
    ]


def _counts(now: Facts, last: Facts, expect: Expect) -> Iterator[str]:
    size = max(last.rows, 1)
    change = now.rows - last.rows
    if -change > expect.max_shrink * size and -change >= LEAST:
        yield f"{last.rows} rows became {now.rows} ({change / size:+.0%})"
    if change > expect.max_growth * size and change >= LEAST:
        yield f"{last.rows} rows became {now.rows} ({change / size:+.0%})"
    if now.removed > MOST_REMOVED * size and now.removed >= LEAST:
        yield f"{now.removed} of {last.rows} rows are gone ({now.removed / size:.0%})"
    if now.rewritten > MOST_REWRITTEN * size and now.rewritten >= LEAST:
        yield f"{now.rewritten} birth dates became others ({now.rewritten / size:.0%})"
    more = now.repeated - last.repeated
    if more > MOST_REPEATED * max(now.rows, 1) and more >= LEAST:
        yield f"{now.repeated} rows repeat another, {last.repeated} did before"


def _shape(now: Facts, last: Facts) -> Iterator[str]:
    for name in FIELDS:
        before, after = last.fills.get(name, 0.0), now.fills.get(name, 0.0)
        if before - after > FILL_DROP and round((before - after) * now.rows) >= LEAST:
            yield f"{name} stands in {after:.0%} of the rows, {before:.0%} before"
    yield from _worse_read(now, last)
    if last.header and now.header and last.header != now.header:
        yield f"the header changed: {_difference(last.header, now.header)}"
    if last.encoding and now.encoding and last.encoding != now.encoding:
        yield f"the encoding changed from {last.encoding} to {now.encoding}"


def _worse_read(now: Facts, last: Facts) -> Iterator[str]:
    """Columns that could be read before and cannot be now, whatever stood in them."""
    if last.unread is None:
        return
    for name, (rows, first) in (now.unread or {}).items():
        before = last.unread[name].rows / max(last.rows, 1) if name in last.unread else 0.0
        share = rows / now.rows
        if share - before > FILL_DROP and round((share - before) * now.rows) >= LEAST:
            of = f"in {share:.0%} of the rows (as row {first})"
            yield f"{name} cannot be read {of}, {before:.0%} before"


def _difference(before: Sequence[str], after: Sequence[str]) -> str:
    lost, new = set(before) - set(after), set(after) - set(before)
    parts = [f"without {', '.join(sorted(lost))}"] if lost else []
    parts += [f"with {', '.join(sorted(new))}"] if new else []
    return "; ".join(parts) or "another order"


def _drift(now: Facts, since: Sequence[Facts], start: Facts) -> Iterator[str]:
    """Small steps of many imports, added up."""
    if not since:
        return
    size = max(start.rows, 1)
    over = f"over {len(since) + 1} imports of the last {DRIFT_DAYS} days"
    shrunk = start.rows - now.rows
    removed = now.removed + sum(one.removed for one in since)
    rewritten = now.rewritten + sum(one.rewritten for one in since)
    if shrunk > DRIFT_SHRINK * size and shrunk >= LEAST:
        yield f"{start.rows} rows became {now.rows} {over}"
    if removed > DRIFT_REMOVED * size and removed >= LEAST:
        yield f"{removed} rows went {over} ({removed / size:.0%})"
    if rewritten > DRIFT_REWRITTEN * size and rewritten >= LEAST:
        yield f"{rewritten} birth dates became others {over} ({rewritten / size:.0%})"
