"""An editor's word on a doubtful row of a list → kept once, and the next row."""

from __future__ import annotations

from datetime import UTC, datetime
from functools import partial
from typing import Any

from datasette import Response, hookimpl

from store import settling
from store.datasette.editing import Line, editors_only, note, number, show_next, to, with_store
from store.datasette.labels import label
from store.datasette.language import language
from store.datasette.room import room_of
from store.doubts import UNSURE
from store.facade import Store


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The editors' addresses."""
    return [
        (r"^/-/review/rows$", next_row),
        (r"^/-/review/rows/settle$", settle),
        (r"^/-/review/rows/undo$", undo),
    ]


ROWS = Line(
    key="row_id", take=settling.take_next, page=lambda row: f"/rollcall/doubtful_row/{row}",
    nothing="row.nothing_left", listed="/rollcall/doubtful_rows",
)  # fmt: skip


@editors_only
async def next_row(request: Any, datasette: Any) -> Response:
    """The row that matters most and nobody else has; the list of rows where none is left."""
    return await show_next(request, datasette, ROWS, request.args.get("passed"))


@editors_only
async def settle(request: Any, datasette: Any) -> Response:
    """What the row claims, that it is nobody's, or not sure: keep it, show the next row."""
    posted = await request.post_vars()
    word = settling.Word(
        row_id=posted.get("row") or "", verdict=posted.get("verdict") or "",
        editor=request.actor["id"], version=number(posted.get("version")),
        seen=number(posted.get("seen")), note=note(posted),
    )  # fmt: skip
    room = room_of(datasette)

    def keep(store: Store) -> Any:
        settling.settle(store, word, datetime.now(UTC))
        return settling.place_of(store.connection, word.row_id)

    place = await with_store(room, keep)
    if word.verdict != UNSURE:
        room.applier.ask()
    said = label(f"verdict.{word.verdict}", language())
    told = label("row.decided", language(), row=place["row"], source=place["source"], said=said)
    datasette.add_message(request, told)
    return to("/-/review/rows")


@editors_only
async def undo(request: Any, datasette: Any) -> Response:
    """Take a word on a row back and show the row again."""
    posted = await request.post_vars()
    act = partial(
        settling.undo, word_id=number(posted.get("word")), editor=request.actor["id"],
        now=datetime.now(UTC), note=note(posted),
    )  # fmt: skip
    room = room_of(datasette)
    _, row_id = await with_store(room, act)
    room.applier.ask()
    datasette.add_message(request, label("row.undone", language()))
    return to(f"/rollcall/doubtful_row/{row_id}")
