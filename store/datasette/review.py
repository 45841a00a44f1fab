"""An editor's keys and forms → decisions and approvals, kept once each, and the next item."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from datetime import UTC, datetime
from functools import partial, wraps
from typing import Any
from urllib.parse import urlencode, urlsplit

from datasette import Response, hookimpl
from datasette.utils.asgi import Forbidden

from model import Evidence, Judgement, RollcallError, UnusableInput
from store import claims, reviewing
from store.connection import Connection
from store.datasette.labels import label
from store.datasette.language import language
from store.datasette.room import Room, is_editor, room_of
from store.facade import Store
from store.reviewing import Overtaken
from store.tally import tally
from store.times import moscow_day

LONGEST_NOTE = 2000


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The editors' addresses."""
    return [
        (r"^/-/review$", next_pair),
        (r"^/-/review/decide$", decide),
        (r"^/-/review/undo$", undo),
        (r"^/-/review/claims$", next_claim),
        (r"^/-/review/approve$", approve),
        (r"^/-/review/state\.json$", state),
    ]


def editors_only(view: Callable[..., Any]) -> Callable[..., Any]:
    """Refuse everyone else; tell a fault of ours as a message instead of a broken page."""

    @wraps(view)
    async def guarded(request: Any, datasette: Any) -> Response:
        if not is_editor(request.actor):
            raise Forbidden(label("review.editors_only", language()))
        try:
            answer: Response = await view(request, datasette)
        except Overtaken as error:
            datasette.add_message(request, _overtaken(error), datasette.WARNING)
            return _to("/-/review")
        except UnusableInput as error:
            datasette.add_message(request, str(error), datasette.ERROR)
            return _to(_before(request))
        return answer

    return guarded


def _before(request: Any) -> str:
    """The page the editor came from; never one that would try the same again by itself."""
    came = urlsplit(request.headers.get("referer") or "")
    mine = came.netloc == request.headers.get("host") and came.path.startswith("/rollcall/")
    return came.path if mine else "/rollcall/review_queue"


def _overtaken(error: RollcallError) -> str:
    return label("review.overtaken", language(), why=str(error))


def _to(path: str) -> Response:
    """On to a page after a form: 303, so that a reload sends nothing again."""
    return Response.redirect(path, status=303)


async def _with_store(room: Room, act: Callable[[Store], Any]) -> Any:
    """In a thread, with a connection of its own that may write."""

    def run() -> Any:
        with room.store() as store:
            return act(store)

    return await asyncio.to_thread(run)


def _number(text: str | None) -> int:
    if not text or not text.isdecimal() or len(text) > 18:
        raise UnusableInput(f"{text!r} is no number")
    return int(text)


def _note(posted: Any) -> str | None:
    return (posted.get("note") or "").strip()[:LONGEST_NOTE] or None


@editors_only
async def next_pair(request: Any, datasette: Any) -> Response:
    """The pair that matters most and nobody else has; the queue's page where none is left."""
    passed = _number(request.args.get("passed") or "0")
    room, editor, now = room_of(datasette), request.actor["id"], datetime.now(UTC)

    def take(reader: Connection) -> int | None:
        with room.store() as store:
            return reviewing.take_next(store, editor, now, passed, reader)

    number = await datasette.get_database("rollcall").execute_fn(take)
    if number is None:
        datasette.add_message(request, label("review.nothing_left", language()))
        return _to("/rollcall/review_queue")
    return _to(f"/rollcall/review/{number}")


@editors_only
async def decide(request: Any, datasette: Any) -> Response:
    """Same, different or not sure: keep it, have it applied, show the next pair."""
    posted = await request.post_vars()
    try:
        judgement = Judgement(posted.get("judgement") or "")
    except ValueError as error:
        raise UnusableInput(f"{posted.get('judgement')!r} is no judgement") from error
    word = reviewing.Word(
        review_id=_number(posted.get("pair")), judgement=judgement, editor=request.actor["id"],
        seen=_number(posted.get("seen")), note=_note(posted),
    )  # fmt: skip
    room = room_of(datasette)
    await _with_store(room, partial(reviewing.decide, word=word, now=datetime.now(UTC)))
    if judgement is not Judgement.UNSURE:
        room.applier.ask()
    said = label(f"judgement.{judgement.value}", language())
    told = label("review.decided", language(), pair=word.review_id, said=said)
    datasette.add_message(request, told)
    return _to("/-/review")


@editors_only
async def undo(request: Any, datasette: Any) -> Response:
    """Take a decision back and show its pair again."""
    posted = await request.post_vars()
    room, number = room_of(datasette), _number(posted.get("decision"))
    act = partial(
        reviewing.undo, decision_id=number, editor=request.actor["id"], now=datetime.now(UTC),
        note=_note(posted),
    )  # fmt: skip
    _, pair = await _with_store(room, act)
    room.applier.ask()
    datasette.add_message(request, label("review.undone", language(), number=number))
    return _to(f"/rollcall/review/{pair}")


@editors_only
async def next_claim(request: Any, datasette: Any) -> Response:
    """The claim that most needs an editor's word, on its person's page."""
    editor = request.actor["id"]
    passed = set(request.args.getlist("passed"))

    def find(reader: Connection) -> Any:
        found = claims.waiting(reader, editor, len(passed) + 1)
        return next((row for row in found if row["record_id"] not in passed), None)

    row = await datasette.get_database("rollcall").execute_fn(find)
    if row is None:
        datasette.add_message(request, label("review.no_claims", language()))
        return _to("/rollcall/review_queue")
    query = urlencode({"claim": row["record_id"], "passed": sorted(passed)}, doseq=True)
    return _to(f"/rollcall/person/{row['person_id']}?{query}")


@editors_only
async def approve(request: Any, datasette: Any) -> Response:
    """Stand behind a claim, or not; two different editors make it confirmed."""
    posted = await request.post_vars()
    record_id, approved = posted.get("record") or "", posted.get("approved") == "1"
    room, editor = room_of(datasette), request.actor["id"]

    def speak(store: Store) -> bool:
        return claims.speak(
            store, record_id, editor, datetime.now(UTC), approved=approved, note=_note(posted)
        )

    if await _with_store(room, speak):
        room.applier.ask()
    key = "review.approved" if approved else "review.not_approved"
    datasette.add_message(request, label(key, language()))
    back = posted.get("back") or ""
    return _to(back if back.startswith("/rollcall/person/") else "/-/review/claims")


@editors_only
async def state(request: Any, datasette: Any) -> Response:
    """What the strip over a pair shows: is every word applied, how many wait, today's count."""
    progress = room_of(datasette).applier.progress()
    today = moscow_day(datetime.now(UTC))

    def read(connection: Any) -> dict[str, Any]:
        counted: Any = tally(connection, as_of=today, known_at=None, evidence=Evidence.REPORTED)
        (waiting,) = connection.execute(
            "SELECT count(*) FROM review WHERE closed_at IS NULL"
        ).fetchone()
        return {"waiting": waiting, "total": counted["total"], **counted["by_status"]}

    counted = await datasette.get_database("rollcall").execute_fn(read)
    return Response.json({"applying": progress.waiting, "fault": progress.fault, "counts": counted})
