"""An exception of a page → a page that says so, and a line in the log that quotes nothing.

Datasette's own handler prints the whole trace with every variable: names, rows, cookies.
"""

from __future__ import annotations

import sys
import traceback
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import datasette.handle_exception
from datasette import hookimpl
from datasette.plugins import pm
from datasette.utils.asgi import Base400, Response
from datasette.views.base import DatasetteError

from store.datasette.labels import label
from store.datasette.language import language

if pm.is_registered(datasette.handle_exception):
    pm.unregister(datasette.handle_exception)


@hookimpl
def handle_exception(
    datasette: Any, request: Any, exception: BaseException
) -> Callable[[], Awaitable[Response]]:
    """The error as JSON for a program, as a page for a person."""

    async def answer() -> Response:
        status, message = 500, label("error.ours", language())
        if isinstance(exception, Base400):
            status, message = exception.status, str(exception.args[0])
        elif isinstance(exception, DatasetteError):
            status, message = exception.status, str(exception.message)
        else:
            print(f"rollcall: a page failed: {_place(exception)}", file=sys.stderr, flush=True)
        told = {"ok": False, "error": message, "status": status, "title": None}
        if request.path.partition("?")[0].endswith(".json"):
            return Response.json(told, status=status)
        page = await datasette.render_template("error.html", told, request=request)
        return Response.html(page, status=status)

    return answer


def _place(error: BaseException) -> str:
    """The kind of an error and where it was raised, without its text."""
    frame = traceback.extract_tb(error.__traceback__)[-1]
    return f"{type(error).__name__} at {Path(frame.filename).name}:{frame.lineno}"
