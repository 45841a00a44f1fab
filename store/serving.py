"""The store's path → Datasette on it, read-only, with our pages, on an address of this machine."""

from __future__ import annotations

import secrets
from collections.abc import MutableMapping, Set
from ipaddress import ip_address
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from datasette.app import Datasette
from datasette.utils.asgi import Response

from model import UnusableInput
from store import Store, listening
from store.datasette import (
    cells,
    doors,
    faults,
    formats,
    guarded,
    headers,
    language,
    loaded,
    pages,
    review,
    row_review,
    search,
)
from store.datasette.counted import CountedDatabase
from store.datasette.metadata import metadata
from store.datasette.room import Room, furnish
from store.listening import App

Scope = MutableMapping[str, Any]
HERE = Path(__file__).parent / "datasette"
PLUGINS = (
    language, cells, pages, search, review, row_review, formats, guarded, faults, doors, headers,
)  # fmt: skip
SETTINGS = {
    "suggest_facets": False,  # on a large file it costs a second a page
    "allow_download": False,  # the file holds names of living people
    "allow_signed_tokens": False,
    "default_page_size": 50,
    "default_facet_size": 12,
    "facet_time_limit_ms": 1000,
    "sql_time_limit_ms": 5000,
    "max_returned_rows": 5000,
    "truncate_cells_html": 240,
    "default_cache_ttl": 0,
    "num_sql_threads": 4,
}


class _Quick(Datasette):  # type: ignore[misc]  # Datasette has no types
    """Datasette without table permissions in metadata: `doors.py` alone says who may see what."""

    def _table_permission_allows(self, database: str, table: str) -> list[object]:
        """None. Datasette would copy all metadata for each table of a page to find that out."""
        return []


def application(room: Room) -> App:
    """The ASGI application. The file stays live: read-only, never as immutable."""
    loaded.only(PLUGINS)
    with Store.open(room.db, read_only=True) as store:
        rows = store.connection.execute(
            "SELECT table_name, column_name, english FROM data_dictionary"
        )
        dictionary = [(row[0], row[1], row[2]) for row in rows]
    datasette = _Quick(
        metadata=metadata(dictionary),
        template_dir=str(HERE / "templates"),
        static_mounts=[("assets", str(HERE / "static"))],
        settings=SETTINGS,
        cache_headers=False,
        secret=(room.users.secret if room.users else "") or secrets.token_hex(32),
    )
    furnish(datasette, room)
    # `immutable=1` on a live file sees none of its write-ahead log; is_mutable opens it mode=ro.
    datasette.remove_database("_memory")
    database = CountedDatabase(datasette, path=str(room.db.absolute()), is_mutable=True)
    datasette.add_database(database, name=pages.NAME)
    app: App = datasette.app()
    return app


def only_hosts(app: App, hosts: Set[str]) -> App:
    """Answer requests for these hosts alone.

    A page elsewhere may let its own name point to 127.0.0.1 and then read what it likes (DNS
    rebinding); the Host header tells such a request from ours.
    """

    async def guarded(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            asked = dict(scope["headers"]).get(b"host", b"").decode("latin-1")
            if urlsplit(f"//{asked}").hostname not in hosts:
                await Response.text("Misdirected request", status=421).asgi_send(send)
                return
        await app(scope, receive, send)

    return guarded


def serve(room: Room, host: str, port: int) -> None:
    """Serve until interrupted. Raises UnusableInput for an address that cannot be listened on."""
    if room.users is None and not is_loopback(host):
        raise UnusableInput(f"{host} is not this machine alone: without passwords it stays closed")
    app = application(room)
    if is_loopback(host):
        app = only_hosts(app, {"127.0.0.1", "localhost", "::1", host})
    with room.applier:
        listening.run(app, host, port)


def is_loopback(host: str) -> bool:
    """Can nobody but this machine reach it?"""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
