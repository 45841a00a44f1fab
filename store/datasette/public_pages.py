"""The public file's rows → its home page, with hidden counts shown as hidden."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import Response
from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from store.datasette.language import language

NAME = "public"
HERE = Path(__file__).parent
STATUSES = ("missing", "captured", "released", "found_alive", "deceased")
Groups = list[tuple[str, dict[str, Mapping[str, Any]]]]


@hookimpl
def prepare_jinja2_environment(env: Environment) -> None:
    """Our public templates, then those of the analysts' room, then Datasette's."""
    ours = FileSystemLoader([str(HERE / "public"), str(HERE / "templates")])
    env.loader = ours if env.loader is None else ChoiceLoader([ours, env.loader])


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Home in place of Datasette's own."""
    return [(r"^/$", home)]


async def home(request: Any, datasette: Any) -> Response:
    """The counts of the release, its method, and where to take the file."""
    database = datasette.get_database(NAME)

    async def rows(sql: str) -> list[dict[str, Any]]:
        return [dict(row) for row in (await database.execute(sql)).rows]

    release = {row["key"]: row["value"] for row in await rows("SELECT key, value FROM release")}
    values = {
        "release": release,
        "statuses": STATUSES,
        "totals": {row["status"]: row for row in await rows("SELECT * FROM by_status")},
        "categories": grouped(await rows("SELECT * FROM by_category"), "category"),
        "regions": grouped(await rows("SELECT * FROM by_region"), "region"),
        "method": [
            row["russian" if language() == "ru" else "english"]
            for row in await rows("SELECT * FROM method ORDER BY paragraph")
        ],
        "digest": digests[datasette],
    }
    page = await datasette.render_template("public.html", values, request=request)
    return Response.html(page)


def grouped(rows: Iterable[Mapping[str, Any]], key: str) -> Groups:
    """(group, status → row), the largest shown first, hidden ones after, "unknown" last."""
    found: dict[str, dict[str, Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[key], {})[row["status"]] = row
    return sorted(
        found.items(),
        key=lambda item: (item[0] == "unknown", -(item[1]["all"]["persons"] or 0), item[0]),
    )


digests: dict[Any, str] = {}  # Datasette → the SHA-256 of the file it serves
