"""The end of each collection → how the source fares, when it may be asked again, what emptied."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from model import (
    CollectFailed,
    Post,
    Reading,
    SourceChanged,
    SourceGone,
    SourceRefused,
)
from store.connection import Connection
from store.times import moment, stamp

OPENS_AFTER = 5  # failures in a row: then the source is asked by single probes
BUSY, QUIET = 0.5, 1.5  # what news, and none, make of the time between two collections

LEAST_POSTS = 10  # in a collection and before it: of fewer, no share is alarming
FILL_DROP = 0.10  # of a field's share, as for lists
SIGMAS = 4.0  # and beyond what chance does to so few posts
LATELY = timedelta(days=7)
MEMORY = 60  # days a field's past counts
_READ = ("surname", "given", "birth_date", "home_region", "unit")


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """How one collection of a source ended. `error` None: it went well."""

    error: str | None = None
    state: str = "healthy"
    hold: timedelta | None = None  # the server's wish
    news: int = 0  # posts and rows that are new or changed
    posts: int = 0  # posts read, new or not
    fields: Mapping[str, int] = field(default_factory=dict)  # field → posts that had it


def state_of(failure: CollectFailed) -> str:
    """What a failure says of its source."""
    if isinstance(failure, SourceGone):
        return "gone"
    if isinstance(failure, SourceChanged):
        return "suspect"
    asked_to_wait = failure.hold is not None and failure.hold < timedelta(days=1)
    if asked_to_wait or (failure.fetches and failure.fetches[-1].status == 429):
        return "throttled"
    return "refused" if isinstance(failure, SourceRefused) else "failing"


def filled(posts: Iterable[Post], readings: Iterable[Reading]) -> Counter[str]:
    """How many posts have a text, a link, a record, and each field read from them."""
    counts: Counter[str] = Counter()
    for post, reading in zip(posts, readings, strict=False):
        counts["text"] += bool(post.text.strip())
        counts["url"] += post.url is not None
        counts["record"] += bool(reading.records)
        for name in _READ:
            counts[name] += any(getattr(one, name) is not None for one in reading.records)
    return counts


def note_fields(connection: Connection, source: str, ended: Ended, now: datetime) -> str | None:
    """Keep the fill rates of a collection; the alarm where a field emptied."""
    if not ended.posts:
        return None
    alarm = "; ".join(_emptied(ended, *_before(connection, source, now))) or None
    connection.execute(
        "INSERT OR REPLACE INTO fill_rate VALUES (?, ?, ?, ?, ?)",
        (source, stamp(now), ended.posts, json.dumps(dict(ended.fields)), alarm),
    )
    connection.execute(
        "DELETE FROM fill_rate WHERE source = ? AND at < ?",
        (source, stamp(now - timedelta(days=MEMORY))),
    )
    return alarm


def _before(connection: Connection, source: str, now: datetime) -> tuple[int, Counter[str]]:
    posts, fields = 0, Counter[str]()
    for row in connection.execute(
        "SELECT posts, fields FROM fill_rate WHERE source = ? AND at >= ? AND alarm IS NULL",
        (source, stamp(now - timedelta(days=MEMORY))),
    ):
        posts += row["posts"]
        fields.update(json.loads(row["fields"]))
    return posts, fields


def _emptied(ended: Ended, posts: int, fields: Counter[str]) -> Iterator[str]:
    """A drop beyond `FILL_DROP` and beyond the binomial error of the two shares."""
    if min(ended.posts, posts) < LEAST_POSTS:
        return
    for name, count in fields.items():
        was, now = count / posts, ended.fields.get(name, 0) / ended.posts
        error = math.sqrt(was * (1 - was) / ended.posts + was * (1 - was) / posts)
        if was - now > max(FILL_DROP, SIGMAS * error):
            yield f"{name} stands in {now:.0%} of the posts, {was:.0%} before"


def note_state(
    connection: Connection, source: str, ended: Ended, failures: int, now: datetime
) -> timedelta:
    """Keep how the source fares; return the time until it is to be collected again.

    After OPENS_AFTER failures in a row, or where the server named a time, it is not asked before
    then at all, and then by one request.
    """
    alarm = note_fields(connection, source, ended, now)
    state = "suspect" if alarm and ended.error is None else ended.state
    interval = _interval(connection, source, ended)
    wait = (
        interval
        if failures < 2
        else max(interval, min(interval * 2 ** min(failures - 1, 20), _DAY))
    )
    wait = max(wait, ended.hold or wait)
    shut = ended.error is not None and (failures >= OPENS_AFTER or ended.hold is not None)
    until = now + (wait if failures >= OPENS_AFTER or not ended.hold else ended.hold)
    connection.execute(
        "INSERT INTO source_state VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT (source) DO UPDATE "
        "SET since = CASE state WHEN ?2 THEN since ELSE ?3 END, state = ?2, cause = ?4, "
        "open_until = ?5, interval_seconds = ?6",
        (source, state, stamp(now), ended.error or alarm, stamp(until) if shut else None,
         int(interval.total_seconds())),
    )  # fmt: skip
    return wait


_DAY = timedelta(days=1)


def _interval(connection: Connection, source: str, ended: Ended) -> timedelta:
    """Shorter after news, longer after none, within the source's own bounds."""
    row = connection.execute(
        "SELECT every_seconds, every_min, every_max, interval_seconds FROM source "
        "LEFT JOIN source_state ON source_state.source = source.name WHERE name = ?",
        (source,),
    ).fetchone()
    every = row["every_seconds"]
    least, most = row["every_min"] or every, row["every_max"] or every
    present = row["interval_seconds"] or every
    if ended.error is None:
        present *= BUSY if ended.news else QUIET
    return timedelta(seconds=round(min(max(present, least), most)))


def shut(connection: Connection, source: str, now: datetime) -> tuple[str, datetime] | None:
    """Why a source is not to be asked yet, and until when; None if it may be."""
    row = connection.execute(
        "SELECT state, open_until FROM source_state WHERE source = ? AND open_until > ?",
        (source, stamp(now)),
    ).fetchone()
    return None if row is None else (str(row["state"]), moment(row["open_until"]))


def probing(connection: Connection, source: str) -> bool:
    """Is the next collection the single probe of a source that was not to be asked?"""
    row = connection.execute(
        "SELECT 1 FROM source_state WHERE source = ? AND open_until IS NOT NULL", (source,)
    ).fetchone()
    return row is not None


def states(connection: Connection) -> dict[str, str]:
    """How each enabled source fares; one never collected is healthy."""
    rows = connection.execute(
        "SELECT name, coalesce(state, 'healthy') AS state FROM source "
        "LEFT JOIN source_state ON source_state.source = source.name WHERE enabled = 1"
    )
    return {str(row["name"]): str(row["state"]) for row in rows}


def noticed(connection: Connection, now: datetime) -> list[tuple[str, str, str]]:
    """What looked odd lately at sources that are well: source, when last, and what."""
    rows = connection.execute(
        "SELECT fetch.source, max(started_at) AS at, error FROM fetch "
        "LEFT JOIN source_state USING (source) WHERE outcome = 'suspect' AND error IS NOT NULL "
        "AND started_at >= ? AND coalesce(state, 'healthy') = 'healthy' "
        "GROUP BY fetch.source ORDER BY fetch.source",
        (stamp(now - LATELY),),
    )
    return [(row["source"], row["at"], row["error"]) for row in rows]


def odd(connection: Connection, now: datetime) -> dict[str, bool]:
    """Of each enabled source: was anything odd noticed lately?"""
    told = {source for source, _, _ in noticed(connection, now)}
    return {name: name in told for name in states(connection)}


def asked_today(connection: Connection, kind: str, now: datetime) -> list[str]:
    """The addresses that sources of a kind asked for since midnight UTC, one a request."""
    rows = connection.execute(
        "SELECT fetch.url FROM source JOIN fetch ON fetch.source = source.name "
        "WHERE source.kind = ? AND fetch.started_at >= ?",
        (kind, stamp(now)[:10]),
    )
    return [str(row["url"]) for row in rows]
