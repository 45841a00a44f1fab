"""An editor's request → let in, what he sent read, what came in between told, the next page."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from datasette import Response
from datasette.utils.asgi import Forbidden

from model import UnusableInput
from store import turns
from store.connection import Connection, Row
from store.datasette.labels import label
from store.datasette.language import language
from store.datasette.room import Room, is_editor, room_of
from store.facade import Store
from store.turns import Overtaken

LONGEST_NOTE = 2000

View = Callable[[Any, Any], Awaitable[Response]]


def editors_only(view: View) -> View:
    """Refuse everyone else; tell a fault of ours as a message instead of a broken page.

    Whoever was overtaken goes on to the next thing, of which the address is the path's beginning.
    """

    @wraps(view)
    async def guarded(request: Any, datasette: Any) -> Response:
        if not is_editor(request.actor):
            raise Forbidden(label("review.editors_only", language()))
        try:
            return await view(request, datasette)
        except Overtaken as error:
            told = label("review.overtaken", language(), why=error.told(language()))
            datasette.add_message(request, told, datasette.WARNING)
            return to(next_of(request.path))
        except UnusableInput as error:
            datasette.add_message(request, str(error), datasette.ERROR)
            return to(_before(request))

    return guarded


def next_of(path: str) -> str:
    """The address that gives the next thing of the queue an address belongs to."""
    return "/-/review/rows" if path.startswith("/-/review/rows") else "/-/review"


def _before(request: Any) -> str:
    """The page the editor came from; never one that would try the same again by itself."""
    came = urlsplit(request.headers.get("referer") or "")
    mine = came.netloc == request.headers.get("host") and came.path.startswith("/rollcall/")
    return came.path if mine else "/rollcall/review_queue"


def to(path: str) -> Response:
    """On to a page after a form: 303, so that a reload sends nothing again."""
    return Response.redirect(path, status=303)


async def with_store(room: Room, act: Callable[[Store], Any]) -> Any:
    """In a thread, with a connection of its own that may write."""

    def run() -> Any:
        with room.store() as store:
            return act(store)

    return await asyncio.to_thread(run)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A queue as the room shows it: what comes next, on which page, where all of it is listed."""

    key: str  # a column of `put_off`
    take: Callable[..., Any]  # of a store, an editor, now and a reader: the next thing
    page: Callable[[Any], str]
    nothing: str  # label: none is left
    listed: str


async def show_next(request: Any, datasette: Any, line: Line, passed: Any) -> Response:
    """On to what this editor gets next; `passed`: what he puts off for later."""
    room, editor, now = room_of(datasette), request.actor["id"], datetime.now(UTC)

    def run(reader: Connection) -> Any:
        with room.store() as store:
            if passed is not None:
                turns.put_off(store, line.key, passed, editor, now)
            return line.take(store, editor, now, reader)

    taken = await datasette.get_database("rollcall").execute_fn(run)
    if taken is None:
        datasette.add_message(request, label(line.nothing, language()))
        return to(line.listed)
    shown = taken[line.key] if isinstance(taken, Row) else taken  # a claim comes as a row
    if passed is not None and shown == passed:
        datasette.add_message(request, label("review.last_one", language()))
    return to(line.page(taken))


def number(text: str | None) -> int:
    """A number that was sent. Raises UnusableInput."""
    if not text or not text.isdecimal() or len(text) > 18:
        raise UnusableInput(f"{text!r} is no number")
    return int(text)


def note(posted: Any) -> str | None:
    """The note that was sent along."""
    return (posted.get("note") or "").strip()[:LONGEST_NOTE] or None
