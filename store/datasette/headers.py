"""Every answer → the headers that keep a page to its own host."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from datasette import hookimpl

App = Callable[[MutableMapping[str, Any], Any, Any], Awaitable[None]]

HEADERS = {
    # Scripts and styles only from our files: text of a post can run nothing, nothing leaves.
    b"content-security-policy": (
        b"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        b"font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        b"frame-ancestors 'none'"
    ),
    b"referrer-policy": b"same-origin",
    b"x-content-type-options": b"nosniff",
    b"x-robots-tag": b"noindex, nofollow",
    b"cache-control": b"no-store",
    b"cross-origin-opener-policy": b"same-origin",
}


@hookimpl(trylast=True)  # the outermost wrapper: no answer goes without
def asgi_wrapper() -> Callable[[App], App]:
    """Add the headers to every answer, in place of others of the same name; harden its cookies."""

    def wrap(app: App) -> App:
        async def guarded(scope: MutableMapping[str, Any], receive: Any, send: Any) -> None:
            async def sending(event: MutableMapping[str, Any]) -> None:
                if event["type"] == "http.response.start":
                    secure = scope.get("scheme") == "https"
                    kept = [
                        (name, _hardened(value, secure=secure) if name == b"set-cookie" else value)
                        for name, value in event.get("headers", [])
                        if name not in HEADERS
                    ]
                    event = {**event, "headers": [*kept, *HEADERS.items()]}
                await send(event)

            await app(scope, receive, sending)

        return guarded

    return wrap


def _hardened(cookie: bytes, *, secure: bool) -> bytes:
    """A cookie no script reads and no other site sends; over https alone where the page came so."""
    present = cookie.lower()
    wanted = [b"HttpOnly", b"SameSite=Lax", *([b"Secure"] if secure else [])]
    missing = [word for word in wanted if b"; " + word.lower().split(b"=")[0] not in present]
    return b"; ".join([cookie, *missing])
