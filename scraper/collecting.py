"""A source and its cursor → batches, each fit for one transaction, by the module of its kind."""

from __future__ import annotations

import re
import traceback
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Mapping
from contextlib import aclosing
from dataclasses import replace
from datetime import datetime
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from model import (
    Batch,
    CollectFailed,
    RollcallError,
    Source,
    SourceInvalid,
    UnusableInput,
)
from scraper.client import Client
from scraper.fetcher import Fetcher

Kind = Callable[[Source, Fetcher, Mapping[str, object]], AsyncGenerator[Batch, None]]
VALIDATORS = "validators"  # the cursor's key for ETags and dates, by address


async def collect(
    source: Source, client: Client, cursor: Mapping[str, object], *, probe: bool = False
) -> AsyncIterator[Batch]:
    """The batches of one round of one source, oldest knowledge first, each with its fetches.

    The validators of a page move into the cursor with the last batch only: after a crash in
    between, an "unchanged" must not hide what was never committed. A round without news still
    ends in one empty batch, for its fetch rows. `probe`: the source was in trouble, so nothing is
    asked twice before it has answered. Raises CollectFailed with `.fetches`.
    """
    fetcher = client.fetcher(source, _validators(cursor))
    fetcher.probe = probe
    old = cursor.get(VALIDATORS, {})
    last: Batch | None = None
    told = 0  # fetches already handed over
    try:
        read = kind(source)(source, fetcher, cursor)
        async with aclosing(_told(source, fetcher, read)) as batches:
            async for batch in batches:
                completed = _completed(batch, old, fetcher, told)
                told = len(fetcher.fetches)
                if last is not None and _empty(batch):
                    last = replace(
                        last,
                        cursor=completed.cursor,
                        fetches=last.fetches + completed.fetches,
                        captures=last.captures + completed.captures,
                    )
                    continue
                if last is not None:
                    yield last
                last = completed
    except CollectFailed as failed:
        if last is not None:
            yield last
        failed.fetches = tuple(fetcher.fetches[told:])
        raise
    if last is None:
        last = Batch(source=source.name, cursor=dict(cursor))
    rest = tuple(fetcher.fetches[told:])
    yield replace(
        last,
        cursor=_with_validators(last.cursor, fetcher.validators),
        fetches=last.fetches + rest,
    )


async def backfill(
    source: Source,
    client: Client,
    cursor: Mapping[str, object],
    ordinary: Mapping[str, object],
    since: datetime,
) -> AsyncIterator[Batch]:
    """The history of one source, newest first, down to `since`; cursors are the backfill's own.

    `ordinary` is the cursor of `collect`: what it has read is not asked for again. Raises
    UnusableInput for a kind without a history, CollectFailed with `.fetches`.
    """
    read = getattr(import_module(f"scraper.kinds.{source.kind}"), "backfill", None)
    if read is None:
        raise UnusableInput(f"{source.name}: a source of kind {source.kind} keeps no history")
    fetcher, told = client.fetcher(source), 0
    try:
        async for batch in _told(source, fetcher, read(source, fetcher, cursor, ordinary, since)):
            yield _completed(batch, {}, fetcher, told)
            told = len(fetcher.fetches)
    except CollectFailed as failed:
        failed.fetches = tuple(fetcher.fetches[told:])
        raise


async def _told(
    source: Source, fetcher: Fetcher, read: AsyncGenerator[Batch, None]
) -> AsyncGenerator[Batch, None]:
    """What the kind yields; anything it did not foresee becomes a CollectFailed of ours."""
    try:
        async with aclosing(read) as batches:
            async for batch in batches:
                yield batch
    except RollcallError:
        raise
    except Exception as error:
        # The one place where a bug in a parser ends: only this source fails. The text of the
        # error is left out, for it may quote a post.
        where = traceback.extract_tb(error.__traceback__)[-1]
        cause = f"{type(error).__name__} at {Path(where.filename).name}:{where.lineno}"
        raise fetcher.failed(source.url, f"could not be read ({cause})") from None


def kind(source: Source) -> Kind:
    """The `collect` of the module named by the source's kind. Raises SourceInvalid."""
    name = f"scraper.kinds.{source.kind}"
    if not re.fullmatch(r"[a-z][a-z0-9_]*", source.kind) or find_spec(name) is None:
        raise SourceInvalid(f"{source.path}: kind: there is no kind {source.kind!r}")
    found: Kind = import_module(name).collect
    return found


def _empty(batch: Batch) -> bool:
    return not (batch.posts or batch.rows or batch.deleted or batch.whole_list)


def _completed(batch: Batch, validators: object, fetcher: Fetcher, told: int) -> Batch:
    return replace(
        batch,
        cursor=_with_validators(batch.cursor, validators),
        fetches=batch.fetches + tuple(fetcher.fetches[told:]),
        captures=batch.captures + fetcher.captures(),
    )


def _with_validators(cursor: Mapping[str, object], validators: object) -> dict[str, object]:
    kept = {key: value for key, value in cursor.items() if key != VALIDATORS}
    return kept | {VALIDATORS: validators} if validators else kept


def _validators(cursor: Mapping[str, object]) -> dict[str, dict[str, str]]:
    """The validators of a cursor, whatever a damaged cursor holds."""
    given = cursor.get(VALIDATORS)
    if not isinstance(given, Mapping):
        return {}
    return {
        str(url): {str(key): str(value) for key, value in entry.items()}
        for url, entry in given.items()
        if isinstance(entry, Mapping)
    }
