"""A public file's path → Datasette on it: immutable, cached, open to all."""

from __future__ import annotations

import hashlib
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pysqlite3
from datasette.app import Datasette
from datasette.database import Database
from datasette.utils.asgi import Response

from model import UnusableInput
from store import listening
from store.datasette import cells, faults, formats, guarded, language, loaded, public_pages
from store.datasette.labels import LANGUAGES
from store.datasette.public_pages import HERE, NAME, digests
from store.listening import App

Scope = MutableMapping[str, Any]
TABLES = {"release", "by_status", "by_category", "by_region", "method", "data_dictionary"}
PLUGINS = (language, cells, public_pages, formats, guarded, faults)
SECONDS = 3600  # how long a cache may answer for us; a new release is a new start of this service
SETTINGS = {
    "suggest_facets": False, "allow_download": True, "allow_signed_tokens": False,
    "allow_facet": False, "default_page_size": 100, "max_returned_rows": 5000,
    "sql_time_limit_ms": 1000, "default_cache_ttl": SECONDS, "num_sql_threads": 2,
    "max_csv_mb": 10,
}  # fmt: skip
_DOORS = ("/-/language/", "/-/static/")
_POLICY = (
    b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'"
)


def checked(path: Path) -> str:
    """The SHA-256 of a public file. UnusableInput for any other file, or one that was changed."""
    try:
        with path.open("rb") as file:
            digest = hashlib.file_digest(file, "sha256").hexdigest()
        beside = path.with_name(f"{path.name}.sha256")
        noted = beside.read_text(encoding="ascii").split()[:1] if beside.exists() else [digest]
    except (OSError, UnicodeDecodeError) as error:
        raise UnusableInput(f"{path}: cannot be read: {type(error).__name__}") from error
    if noted != [digest]:
        raise UnusableInput(f"{path}: is not what its .sha256 says; publish it again")
    try:
        connection = pysqlite3.connect(f"{path.absolute().as_uri()}?immutable=1", uri=True)
        try:
            there = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema")}
        finally:
            connection.close()
    except pysqlite3.Error as error:
        raise UnusableInput(f"{path}: not a public file: {error}") from error
    if strange := sorted(name for name in there ^ TABLES if not name.startswith("sqlite_")):
        raise UnusableInput(f"{path}: not a file of `rollcall publish`: {', '.join(strange[:3])}")
    return digest


def application(path: Path) -> App:
    """The ASGI application. Raises UnusableInput unless the file is one of `publish`."""
    digest = checked(path)
    loaded.only(PLUGINS)
    datasette = Datasette(
        metadata={"title": "rollcall", "databases": {NAME: {}}},
        static_mounts=[("assets", str(HERE / "static"))],
        settings=SETTINGS,
        cors=True,
    )
    datasette.remove_database("_memory")
    database = Database(datasette, path=str(path.absolute()), is_mutable=False)
    datasette.add_database(database, name=NAME)
    digests[datasette] = digest
    return cached(datasette.app(), digest)


def cached(app: App, digest: str) -> App:
    """Let caches keep every answer, by language; answer 304 to who has it already."""

    async def answer(scope: Scope, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await app(scope, receive, send)
            return
        if scope["path"].startswith("/-/") and not scope["path"].startswith(_DOORS):
            await Response.text("Not found", status=404).asgi_send(send)  # paths, versions, debug
            return
        asked = dict(scope["headers"])
        tag = _tag(asked, digest)
        if asked.get(b"if-none-match") == tag:
            headers = [(b"etag", tag), (b"vary", b"Accept-Language, Cookie")]
            await send({"type": "http.response.start", "status": 304, "headers": headers})
            await send({"type": "http.response.body", "body": b""})
            return

        async def sending(event: MutableMapping[str, Any]) -> None:
            if event["type"] == "http.response.start":
                keep = event["status"] == 200 and scope["method"] in ("GET", "HEAD")
                event = {**event, "headers": _headers(event["headers"], tag, keep=keep)}
            await send(event)

        await app(scope, receive, sending)

    return answer


def _tag(asked: dict[bytes, bytes], digest: str) -> bytes:
    """An entity tag of the file and the language; the path is the cache's own key."""
    spoken = language.asked(asked)
    return f'"{digest[:24]}-{LANGUAGES.index(spoken)}"'.encode()


def _headers(
    headers: list[tuple[bytes, bytes]], tag: bytes, *, keep: bool
) -> list[tuple[bytes, bytes]]:
    ours = {
        b"content-security-policy": _POLICY,
        b"x-content-type-options": b"nosniff",
        b"referrer-policy": b"same-origin",
        b"vary": b"Accept-Language, Cookie",
        b"cache-control": f"public, max-age={SECONDS}".encode() if keep else b"no-store",
    }
    if keep:
        ours[b"etag"] = tag
    return [*((name, value) for name, value in headers if name.lower() not in ours), *ours.items()]


def serve(path: Path, host: str, port: int) -> None:
    """Serve until interrupted. Raises UnusableInput for a file or an address that cannot be."""
    listening.run(application(path), host, port)
