"""An editor's keys and forms → decisions and approvals, kept once each, and the next item."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from datasette import Response, hookimpl

from model import Evidence, Judgement, UnusableInput
from store import claims, reviewing, settling
from store.datasette.editing import Line, editors_only, note, number, show_next, to, with_store
from store.datasette.labels import label
from store.datasette.language import language
from store.datasette.room import room_of
from store.facade import Store
from store.tally import tally
from store.times import moscow_day


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


PAIRS = Line(
    key="review_id", take=reviewing.take_next, page=lambda number: f"/rollcall/review/{number}",
    nothing="review.nothing_left", listed="/rollcall/review_queue",
)  # fmt: skip
CLAIMS = Line(
    key="record_id", take=claims.take_next, nothing="review.no_claims",
    page=lambda row: f"/rollcall/person/{row['person_id']}?claim={row['record_id']}",
    listed="/rollcall/review_queue",
)  # fmt: skip


@editors_only
async def next_pair(request: Any, datasette: Any) -> Response:
    """The pair that matters most and nobody else has; the queue's page where none is left."""
    passed = number(request.args.get("passed") or "0") or None
    return await show_next(request, datasette, PAIRS, passed)


@editors_only
async def decide(request: Any, datasette: Any) -> Response:
    """Same, different or not sure: keep it, have it applied, show the next pair."""
    posted = await request.post_vars()
    try:
        judgement = Judgement(posted.get("judgement") or "")
    except ValueError as error:
        raise UnusableInput(f"{posted.get('judgement')!r} is no judgement") from error
    word = reviewing.Word(
        review_id=number(posted.get("pair")), judgement=judgement, editor=request.actor["id"],
        seen=number(posted.get("seen")), note=note(posted),
    )  # fmt: skip
    room = room_of(datasette)
    await with_store(room, partial(reviewing.decide, word=word, now=datetime.now(UTC)))
    if judgement is not Judgement.UNSURE:
        room.applier.ask()
    said = label(f"judgement.{judgement.value}", language())
    told = label("review.decided", language(), pair=word.review_id, said=said)
    datasette.add_message(request, told)
    return to("/-/review")


@editors_only
async def undo(request: Any, datasette: Any) -> Response:
    """Take a decision back and show its pair again."""
    posted = await request.post_vars()
    room, decision = room_of(datasette), number(posted.get("decision"))
    act = partial(
        reviewing.undo, decision_id=decision, editor=request.actor["id"], now=datetime.now(UTC),
        note=note(posted),
    )  # fmt: skip
    _, pair = await with_store(room, act)
    room.applier.ask()
    datasette.add_message(request, label("review.undone", language(), number=decision))
    return to(f"/rollcall/review/{pair}")


@editors_only
async def next_claim(request: Any, datasette: Any) -> Response:
    """The claim that most needs an editor's word, on its person's page."""
    return await show_next(request, datasette, CLAIMS, request.args.get("passed"))


@editors_only
async def approve(request: Any, datasette: Any) -> Response:
    """Stand behind a claim, or not; two different editors make it confirmed."""
    posted = await request.post_vars()
    record_id, approved = posted.get("record") or "", posted.get("approved") == "1"
    room, editor = room_of(datasette), request.actor["id"]

    def speak(store: Store) -> bool:
        return claims.speak(
            store, record_id, editor, datetime.now(UTC), approved=approved, note=note(posted)
        )

    if await with_store(room, speak):
        room.applier.ask()
    key = "review.approved" if approved else "review.not_approved"
    datasette.add_message(request, label(key, language()))
    back = posted.get("back") or ""
    return to(back if back.startswith("/rollcall/person/") else "/-/review/claims")


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
        counts = {"waiting": waiting, "rows": settling.waiting(connection)}
        return {**counts, "total": counted["total"], **counted["by_status"]}

    counted = await datasette.get_database("rollcall").execute_fn(read)
    return Response.json({"applying": progress.waiting, "fault": progress.fault, "counts": counted})
