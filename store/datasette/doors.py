"""A request → who asks, and whether he may; the page to log in, with a limit on tries."""

from __future__ import annotations

import asyncio
import time
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote, urlsplit

from datasette import hookimpl
from datasette.utils.asgi import Response
from itsdangerous import BadSignature

from store.datasette.labels import label
from store.datasette.language import language
from store.datasette.room import Room, room_of
from store.users import User, fits

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

SESSION = "rollcall_session"
LASTS = 12 * 3600  # seconds of a session
FREE = ("/-/login", "/-/language/", "/assets/", "/robots.txt", "/favicon.ico")
WINDOW = 15 * 60.0  # seconds in which tries are counted
# Failed tries within the window: of one name from one address, of an address, of a name.
MOST = {"both": 5, "address": 20, "name": 50}


class Tries:
    """Failed logins of the last quarter of an hour; kept in memory, gone with the process."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failed: defaultdict[tuple[str, str], deque[float]] = defaultdict(deque)

    def _keys(self, address: str, name: str) -> dict[str, tuple[str, str]]:
        return {"both": (address, name), "address": (address, ""), "name": ("", name)}

    def wait(self, address: str, name: str) -> float:
        """Seconds until this address may try this name again; 0: now."""
        now, longest = self._clock(), 0.0
        for kind, key in self._keys(address, name).items():
            failed = self._failed.get(key)
            while failed and failed[0] <= now - WINDOW:
                failed.popleft()
            if failed and len(failed) >= MOST[kind]:
                longest = max(longest, failed[-MOST[kind]] + WINDOW - now)
        return longest

    def failed(self, address: str, name: str) -> None:
        """Count a failed try."""
        for key in self._keys(address, name).values():
            self._failed[key].append(self._clock())
        if len(self._failed) > 10_000:  # names made up by the thousand
            self._failed.pop(next(iter(self._failed)))

    def forgive(self, address: str, name: str) -> None:
        """He got in: forget the tries of this name from this address."""
        self._failed.pop((address, name), None)


@hookimpl(tryfirst=True)  # the innermost wrapper: language and headers are set around it
def asgi_wrapper(datasette: Any) -> Callable[[App], App]:
    """Let in those who may; send the others to the login, whatever they ask for."""

    def wrap(app: App) -> App:
        async def guarded(scope: Scope, receive: Any, send: Any) -> None:
            if scope["type"] != "http":
                await app(scope, receive, send)
                return
            headers = dict(scope["headers"])
            cookies = _cookies(headers)
            actor = _actor(datasette, room_of(datasette), cookies)
            if scope["method"] not in ("GET", "HEAD"):
                fault = _foreign(scope, headers, cookies)
                if fault:
                    await Response.text(fault, status=403).asgi_send(send)
                    return
            if actor is None and not scope["path"].startswith(FREE):
                await _outside(scope).asgi_send(send)
                return
            await app({**scope, "actor": actor}, receive, send)

        return guarded

    return wrap


def _cookies(headers: dict[bytes, bytes]) -> dict[str, str]:
    try:
        jar = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1"))
    except CookieError:
        return {}
    return {name: morsel.value for name, morsel in jar.items()}


def _actor(datasette: Any, room: Room, cookies: dict[str, str]) -> dict[str, str] | None:
    if room.users is None:
        return {"id": room.open_as or "", "role": "editor"}
    try:
        told = datasette.unsign(cookies.get(SESSION, ""), "session")
        user = room.users.get(str(told["id"]))
        until = float(told["until"])
    except (BadSignature, KeyError, TypeError, ValueError):
        return None
    if user is None or user.proof != told.get("proof") or time.time() > until:
        return None
    return {"id": user.name, "role": user.role.value}


def _foreign(scope: Scope, headers: dict[bytes, bytes], cookies: dict[str, str]) -> str | None:
    """Why a request that would change something is not one of our own pages' forms.

    Datasette checks the token of a form only where the browser sent a cookie; here it must.
    """
    if scope["method"] != "POST":
        return "Only GET and POST"
    origin = headers.get(b"origin", b"").decode("latin-1")
    asked = headers.get(b"host", b"").decode("latin-1")
    if origin and urlsplit(origin).netloc != asked:
        return "The form is not from this page"
    if headers.get(b"sec-fetch-site", b"same-origin") not in (b"same-origin", b"none"):
        return "The form is not from this page"
    return None if cookies.get("ds_csrftoken") else "The form has no token"


def _outside(scope: Scope) -> Response:
    """Nothing of the file: the login page for a browser, 401 for a program."""
    path = scope["path"]
    if path.endswith((".json", ".csv", ".xlsx", ".blob", ".db")) or scope["method"] == "POST":
        return Response.text("Log in first", status=401)
    query = scope.get("query_string", b"").decode("latin-1")
    wanted = quote(path + (f"?{query}" if query else ""), safe="")
    return Response.redirect("/-/login" + (f"?next={wanted}" if wanted != "%2F" else ""))


@hookimpl
def permission_allowed(actor: Any, action: str) -> bool:
    """Whoever has a role reads everything; nobody debugs. What editors may, their routes ask."""
    return actor is not None and action not in ("permissions-debug", "debug-menu")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """In and out."""
    return [(r"^/-/login$", login), (r"^/-/logout$", logout)]


async def login(request: Any, datasette: Any) -> Response:
    """The form, or a try: right leads on, wrong is counted, too many are refused for a while."""
    room = room_of(datasette)
    after = _own_page(request.args.get("next"))
    if request.method != "POST" or room.users is None:
        return await _form(datasette, request, after)
    posted = await request.post_vars()
    after = _own_page(posted.get("next"))
    name, password = posted.get("username") or "", posted.get("password") or ""
    address, tries = (request.scope.get("client") or ("",))[0], _tries(datasette)
    left = tries.wait(address, name)
    if left:
        fault = label("login.too_many", language(), minutes=int(left // 60) + 1)
        return await _form(datasette, request, after, fault, status=429)
    tries.failed(address, name)  # counted before the hash is worked out: no burst slips through
    user = room.users.get(name)
    if not await asyncio.to_thread(fits, password[:1000], user) or user is None:
        return await _form(datasette, request, after, label("login.wrong", language()), status=403)
    tries.forgive(address, name)
    response = Response.redirect(after)
    response.set_cookie(SESSION, datasette.sign(_session(user), "session"), max_age=LASTS)
    return response


async def logout(request: Any) -> Response:
    """End the session of this browser."""
    if request.method != "POST":
        return Response.redirect("/")
    response = Response.redirect("/-/login")
    response.set_cookie(SESSION, "", expires=0, max_age=0)
    return response


def _session(user: User) -> dict[str, object]:
    return {"id": user.name, "proof": user.proof, "until": time.time() + LASTS}


def _tries(datasette: Any) -> Tries:
    if not hasattr(datasette, "rollcall_tries"):
        datasette.rollcall_tries = Tries()
    tries: Tries = datasette.rollcall_tries
    return tries


def _own_page(path: str | None) -> str:
    """A path of this host, never another's."""
    if not path or not path.startswith("/") or path.startswith(("//", "/\\")) or "\n" in path:
        return "/"
    return path


async def _form(
    datasette: Any, request: Any, after: str, fault: str | None = None, *, status: int = 200
) -> Response:
    page = await datasette.render_template(
        "login.html", {"fault": fault, "after": after, "alone": True}, request=request
    )
    return Response.html(page, status=status)
