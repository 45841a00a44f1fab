"""Small worlds of invented people for the tests of the store: posts, rows, persons."""

from __future__ import annotations

import hashlib
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from dedupe.describe import describe
from model import (
    Batch,
    Claim,
    Decision,
    ListRow,
    Person,
    Post,
    Reading,
    Record,
    Source,
    StoredRecord,
)
from store import Store
from store.connection import Connection

NOW = datetime(2025, 1, 1, 12, tzinfo=UTC)
# What a run noted of itself (of a killed one nobody makes it up); audit_link: its salts are random.
VOLATILE = {
    *("fetch", "run", "linkage_turn", "fill_rate", "audit_link"),
    *("_sqlite_migrations", "sqlite_sequence"),
}


@dataclass(frozen=True, kw_only=True)
class Resolution:
    """What `dedupe.resolve` would return."""

    clusters: Mapping[str, Sequence[str]]
    aliases: Sequence[tuple[str, str]] = ()
    decisions: Sequence[Decision] = ()
    review: Sequence[Decision] = ()


def at(day: str, hour: int = 12) -> datetime:
    """That hour, UTC, of YYYY-MM-DD."""
    return datetime.fromisoformat(f"{day}T{hour:02}:00:00+00:00")


def source(name: str, owner: str = "") -> Source:
    return Source(name=name, kind="posts", url="x.jsonl", path=f"{name}.toml", owner=owner)


def new_store(path: Path, *names: str) -> Store:
    """A store with sources of these names (chat and list if none)."""
    store = Store.open(path, create=True)
    store.save_sources([source(name) for name in names or ("chat", "news", "list")])
    return store


def man(claim: Claim = Claim.SOUGHT, **fields: object) -> Record:
    """Петров Семён, asked for where he is sought, unless told otherwise."""
    said: dict[str, object] = {"surname": "Петров", "given": "Семён", "asks": claim is Claim.SOUGHT}
    return Record(claim=claim, **{**said, **fields})  # type: ignore[arg-type]


def post(
    number: int | str, day: str, *, name: str = "chat", hour: int = 12, **rest: object
) -> Post:
    return Post(
        source=name,
        external_id=str(number),
        posted_at=at(day, hour),
        text="RAW",
        **rest,  # type: ignore[arg-type]
    )


def reading(text: str, *records: Record, extractor: str = "1") -> Reading:
    return Reading(text=text, records=records, extractor=extractor)


def save(
    store: Store, one: Post, text: str, *records: Record, now: datetime = NOW, extractor: str = "1"
) -> None:
    """One post as a batch of its own."""
    batch = Batch(source=one.source, posts=(one,), cursor={"last": one.external_id})
    store.save_batch(batch, [reading(text, *records, extractor=extractor)], now)


def save_list(
    store: Store,
    rows: Iterable[tuple[str, Record]],
    *,
    name: str = "list",
    now: datetime = NOW,
    ids: Sequence[str] | None = None,
) -> None:
    """A whole import of a list; each row as (redacted line, record)."""
    said = list(rows)
    batch = Batch(
        source=name,
        rows=tuple(
            ListRow(source=name, row=n, cells={}, external_id=ids[n - 1] if ids else None)
            for n in range(1, len(said) + 1)
        ),
        whole_list=True,
    )
    store.save_batch(batch, [reading(text, record) for text, record in said], now)


def resolve(
    store: Store,
    clusters: Mapping[str, Sequence[str]],
    *,
    now: datetime = NOW,
    aliases: Sequence[tuple[str, str]] = (),
    **rest: Sequence[Decision],
) -> object:
    """Describe the clusters by the real rules and save them."""
    by_id = {stored.record_id: stored for stored in store.stored_records()}
    persons = [
        describe(person_id, [by_id[one] for one in members], store.approvals())
        for person_id, members in clusters.items()
    ]
    return store.save_resolution(
        Resolution(clusters=clusters, aliases=aliases, **rest), persons, now
    )


def content(store: Store) -> str:
    """A hash of every table that holds knowledge, row by row in a fixed order."""
    return digest(store.connection)


def digest(
    connection: Connection, without: Mapping[str, Container[str]] = MappingProxyType({})
) -> str:
    """The same of an open database; `without`: table → columns that are random."""
    found = hashlib.sha256()
    tables = connection.execute(
        "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE '%\\_fts%' "
        "ESCAPE '\\' ORDER BY name"
    )
    for table in [row[0] for row in tables.fetchall() if row[0] not in VOLATILE]:
        rows = connection.execute(f'SELECT * FROM "{table}"')  # noqa: S608
        names = [column[0] for column in rows.description]
        kept = [n for n, name in enumerate(names) if name not in without.get(table, ())]
        for line in sorted(repr([row[n] for n in kept]) for row in rows.fetchall()):
            found.update(f"{table} {line}\n".encode())
    return found.hexdigest()


@dataclass
class Tale:
    """Records of one man, told in order, without a store."""

    records: list[StoredRecord] = field(default_factory=list)

    def says(
        self,
        day: str,
        claim: Claim,
        *,
        owner: str = "chat",
        row: int | None = None,
        hour: int = 12,
        copy_of: int | None = None,
        asked_on: str | None = None,
        **fields: object,
    ) -> Tale:
        """Add a record; its id is its number in the tale, from 1."""
        number = len(self.records) + 1
        asks = bool(fields.pop("asks", claim is Claim.SOUGHT and row is None))
        when = at(day, hour)
        asked = at(asked_on) if asked_on else when if asks else None
        self.records.append(
            StoredRecord(
                record_id=str(number),
                record=man(claim, asks=asks, **fields),
                source=owner,
                owner=owner,
                external_id=str(number),
                row=row,
                public_at=when,
                learned_at=NOW + timedelta(hours=number),
                copy_of=None if copy_of is None else str(copy_of),
                asked_at=asked,
            )
        )
        return self

    def person(self) -> Person:
        return describe("p", self.records)


def rows(store: Store, query: str) -> list[tuple[object, ...]]:
    """What a query finds, as plain tuples."""
    return [tuple(row) for row in store.connection.execute(query).fetchall()]
