"""Records of one post or row → rows that keep their ids through edits, and back as StoredRecord."""

# ruff: noqa: S608 (the names of columns are constants, every value is bound)

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from model import Category, Claim, Record, Sex, Span, StoredRecord
from russian.moscow import moscow_day
from store.connection import Connection, Row
from store.holds import HELD
from store.times import make_id, moment, stamp, stamp_or_none

FIELDS = (
    "surname", "given", "patronymic", "birth_date", "age", "sex", "category", "unit", "rank",
    "call_sign", "home_region", "home_place", "last_contact", "last_seen_place", "claim", "asks",
    "event_date", "facts",
)  # fmt: skip
HISTORY = (
    *FIELDS, "spans", "extractor", "public_at", "public_on", "asked_at", "asked_on",
)  # fmt: skip
ALIKE = 60.0  # per cent: below this, two names in one edited post are two men

_INSERT = (
    "INSERT INTO record (record_id, source, post_id, row_id, ordinal, learned_at, known_from, "
    f"{', '.join(HISTORY)}) VALUES ({', '.join('?' * (7 + len(HISTORY)))})"
)
_KEEP_OLD = (
    f"INSERT INTO record_version (record_id, known_from, known_until, {', '.join(HISTORY)}) "
    f"SELECT record_id, known_from, ?, {', '.join(HISTORY)} FROM record WHERE record_id = ?"
)
_REPLACE = (
    f"UPDATE record SET {', '.join(f'{name} = ?' for name in HISTORY)}, known_from = ?, "
    "closed_at = NULL WHERE record_id = ?"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a set of records stands: a post or a list row, and when its text became public."""

    source: str
    parent_id: str
    row: bool
    posted: datetime  # of a row: when its claim became public
    edited: datetime | None  # of this version; None: the text as first published
    learned_at: str
    first: bool  # no earlier version of this text was seen

    def public_at(self, record: Record, old: Row | None) -> datetime:
        """When the claim became public: the edit's time only where the edit brought the claim."""
        if self.edited is None:
            return self.posted
        if self.first:  # only the final text is known: the extractor saw an appended part or not
            return self.edited if "edited_part" in record.facts else self.posted
        if old is not None and old["claim"] == record.claim.value:
            return moment(old["public_at"])
        return self.edited

    def asked_at(self, record: Record, old: Row | None) -> datetime | None:
        """When the post first asked for him; an edit that stops asking doesn't undo that.

        A post that says of a named man only that he is missing presents him as sought; half a
        name («по Ёжикову ничего нет») may be no more than a mention of one who was asked for.
        """
        if old is not None and old["asked_at"]:
            return moment(old["asked_at"])
        presented = record.claim is Claim.SOUGHT and record.surname and record.given
        if self.row or not (record.asks or presented):
            return None
        return self.posted if self.edited is None or self.first else self.edited


def values(
    record: Record, extractor: str, public_at: datetime, asked_at: datetime | None
) -> tuple[object, ...]:
    """The record's columns in the order of HISTORY."""
    plain = [getattr(record, name) for name in FIELDS[:-1]]
    return (
        *(int(value) if isinstance(value, bool) else value for value in plain),
        json.dumps(sorted(set(record.facts))),
        json.dumps([asdict(span) for span in record.spans]),
        extractor,
        stamp(public_at),
        moscow_day(public_at),
        stamp_or_none(asked_at),
        None if asked_at is None else moscow_day(asked_at),
    )


def save_records(
    connection: Connection, origin: Origin, records: Sequence[Record], extractor: str, now: str
) -> int:
    """Write what the text says now; return how many records were added, changed or closed."""
    key = "row_id" if origin.row else "post_id"
    old = connection.execute(
        f"SELECT * FROM record WHERE {key} = ? ORDER BY closed_at IS NOT NULL, ordinal",
        (origin.parent_id,),
    ).fetchall()
    partner = pair_up([name_of(record) for record in records], [_stored_name(row) for row in old])
    ordinal = max((row["ordinal"] for row in old), default=0)
    changed = 0
    for index, record in enumerate(records):
        before = old[partner[index]] if index in partner else None
        times = origin.public_at(record, before), origin.asked_at(record, before)
        if before is None:
            ordinal += 1
            _insert(connection, origin, ordinal, values(record, extractor, *times), now)
            changed += 1
        else:
            changed += _update(connection, before, values(record, extractor, *times), now)
    kept = set(partner.values())
    for index, row in enumerate(old):
        if index not in kept and row["closed_at"] is None:
            connection.execute(
                "UPDATE record SET closed_at = ? WHERE record_id = ?", (now, row["record_id"])
            )
            changed += 1
    return changed


def _insert(
    connection: Connection, origin: Origin, ordinal: int, row: tuple[object, ...], now: str
) -> None:
    record_id = make_id("record", origin.parent_id, ordinal)
    post_id, row_id = (None, origin.parent_id) if origin.row else (origin.parent_id, None)
    head = (record_id, origin.source, post_id, row_id, ordinal, origin.learned_at, now)
    connection.execute(_INSERT, head + row)


def _update(connection: Connection, old: Row, new: tuple[object, ...], now: str) -> bool:
    """Supersede a record if it says something else now; the old state stays in record_version."""
    held = tuple(old[name] for name in HISTORY)
    said = len(FIELDS)
    same = held[:said] == new[:said] and held[said + 2 :] == new[said + 2 :]
    if same and old["closed_at"] is None:
        if held != new:  # another extractor read the same: no new statement, only its origin
            connection.execute(
                "UPDATE record SET spans = ?, extractor = ? WHERE record_id = ?",
                (new[said], new[said + 1], old["record_id"]),
            )
        return False
    connection.execute(_KEEP_OLD, (old["closed_at"] or now, old["record_id"]))
    connection.execute(_REPLACE, (*new, now, old["record_id"]))
    return True


def name_of(record: Record) -> str:
    """Surname, given name and patronymic in one folded line."""
    parts = (record.surname, record.given, record.patronymic)
    return " ".join(part for part in parts if part).lower().replace("ё", "е")


def _stored_name(row: Row) -> str:
    parts = (row["surname"], row["given"], row["patronymic"])
    return " ".join(part for part in parts if part).lower().replace("ё", "е")


def pair_up(new: Sequence[str], old: Sequence[str]) -> dict[int, int]:
    """Index in `new` → index in `old` of the same man: equal names first, then the most alike."""
    partner: dict[int, int] = {}
    free = list(range(len(old)))
    for index, name in enumerate(new):
        equal = next((other for other in free if old[other] == name), None)
        if equal is not None:
            partner[index] = equal
            free.remove(equal)
    left = [index for index in range(len(new)) if index not in partner]
    if not left or not free:
        return partner
    from rapidfuzz import fuzz, process  # noqa: PLC0415  4 MB, for what is seldom asked

    scores = process.cdist(
        [new[i] for i in left], [old[j] for j in free], scorer=fuzz.token_sort_ratio
    )
    ranked = sorted(
        (-scores[a][b], left[a], free[b]) for a in range(len(left)) for b in range(len(free))
    )
    taken: set[int] = set()
    for score, index, other in ranked:
        if -score >= ALIKE and index not in partner and other not in taken:
            partner[index] = other
            taken.add(other)
    return partner


_STORED = f"""
SELECT record.*, post.forwarded_from, post.thread, post.reply_to, {HELD} AS held, source.owner,
       coalesce(post.external_id, list_row.external_id,
       cast(list_row.row AS TEXT)) AS external_id, list_row.row AS row
FROM record
JOIN source ON source.name = record.source
LEFT JOIN post ON post.post_id = record.post_id
LEFT JOIN list_row ON list_row.row_id = record.row_id
"""


def stored_records(
    connection: Connection,
    *,
    since: datetime | None = None,
    ids: Sequence[str] | None = None,
    closed: bool = False,
) -> list[StoredRecord]:
    """Records as `dedupe` reads them, oldest claim first."""
    conditions, arguments = ["1"], list[object]()
    if not closed:
        conditions.append("record.closed_at IS NULL")
    if since is not None:
        conditions.append("record.known_from > ?")
        arguments.append(stamp(since))
    if ids is not None:
        conditions.append("record.record_id IN (SELECT value FROM json_each(?))")
        arguments.append(json.dumps(list(ids)))
    query = f"{_STORED} WHERE {' AND '.join(conditions)} ORDER BY public_at, record.record_id"
    return [stored_record(row) for row in connection.execute(query, arguments)]


def stored_record(row: Row) -> StoredRecord:
    """A row of the query above as the type the other rooms know."""
    return StoredRecord(
        record_id=row["record_id"],
        record=record_of(row),
        source=row["source"],
        owner=row["owner"],
        external_id=row["external_id"],
        row=row["row"],
        public_at=moment(row["public_at"]),
        learned_at=moment(row["learned_at"]),
        copy_of=row["copy_of"],
        asked_at=moment(row["asked_at"]) if row["asked_at"] else None,
        forwarded_from=row["forwarded_from"],
        held=bool(row["held"]),
        thread=row["thread"],
        reply_to=row["reply_to"],
    )


def record_of(row: Row) -> Record:
    """The columns of `record` as a Record."""
    return Record(
        surname=row["surname"],
        given=row["given"],
        patronymic=row["patronymic"],
        birth_date=row["birth_date"],
        age=row["age"],
        sex=Sex(row["sex"]) if row["sex"] else None,
        category=Category(row["category"]) if row["category"] else None,
        unit=row["unit"],
        rank=row["rank"],
        call_sign=row["call_sign"],
        home_region=row["home_region"],
        home_place=row["home_place"],
        last_contact=row["last_contact"],
        last_seen_place=row["last_seen_place"],
        claim=Claim(row["claim"]),
        asks=bool(row["asks"]),
        event_date=row["event_date"],
        facts=tuple(json.loads(row["facts"])),
        spans=tuple(_spans(row["spans"])),
    )


def _spans(text: str) -> Iterator[Span]:
    for span in json.loads(text):
        yield Span(**span)
