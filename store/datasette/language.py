"""A request → its language, and the words of a page."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import Any

from datasette import hookimpl
from datasette.utils import path_with_replaced_args, to_css_class
from datasette.utils.asgi import Response
from jinja2 import Environment

from store.datasette.doubt_words import why_in_words
from store.datasette.figures import choices, path_of_men
from store.datasette.labels import LANGUAGES, counted, day_in_words, has, label, preferred
from store.datasette.metadata import ORDERED, SHOWN
from store.datasette.queries import ROWS
from store.datasette.regions import region_name
from store.datasette.room import is_editor, room_of
from store.dictionary import EVERYWHERE, meanings

Scope = MutableMapping[str, Any]
App = Callable[[Scope, Any, Any], Awaitable[None]]

COOKIE = "rollcall_language"
_language: ContextVar[str] = ContextVar("language", default=LANGUAGES[0])
_meanings = meanings()


def language() -> str:
    """The language of the request being answered."""
    return _language.get()


def meaning(table: str | None, column: str) -> str:
    """What a column holds, from the data dictionary; "" where it doesn't say."""
    found = _meanings.get((table or "", column)) or _meanings.get((EVERYWHERE, column))
    return (found or ("", ""))[LANGUAGES.index(language())]


def region(code: str | None) -> str:
    """The name of a region by its ISO 3166-2 code, in the request's language."""
    return region_name(code or "unknown", language())


def heading(column: str) -> str:
    """The short heading of a column."""
    return label(f"column.{column}", language())


def picked(
    chosen: Sequence[str], columns: Sequence[dict[str, Any]]
) -> list[tuple[int, dict[str, Any], str, str]]:
    """The columns chosen, all where none are: place in the row, column, class, heading."""
    places = {column["name"]: at for at, column in enumerate(columns)}
    return [
        (
            places[name],
            columns[places[name]],
            to_css_class(name),
            "" if name == "Link" else heading(name),
        )
        for name in (chosen or places)
        if name in places
    ]


@hookimpl
def prepare_jinja2_environment(env: Environment, datasette: Any) -> None:
    """The words that templates use."""
    env.globals.update(
        t=lambda key, **values: label(key, language(), **values),
        has_label=has,
        counted=lambda key, number: counted(key, number, language()),
        day=lambda text: day_in_words(text[:10], language()),
        language=language,
        languages=LANGUAGES,
        meaning=meaning,
        region=region,
        men=path_of_men,
        choices=lambda parameter: choices(parameter, language()),
        why=lambda text: why_in_words(text, language()),
        heading=heading,
        shown=lambda table: SHOWN.get(table, ()),
        ordered=lambda table, column: ORDERED.get((table, column), column),
        is_editor=is_editor,
        rows_of_a_page=ROWS,
        picked=picked,
        path_with_replaced_args=path_with_replaced_args,  # not every view brings it
        is_open=lambda: room_of(datasette).users is None,
    )
    env.filters["number"] = lambda number: f"{number:,}".replace(",", "\u202f")


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """The switch of language."""
    return [(r"^/-/language/(?P<language>en|ru)$", choose_language)]


async def choose_language(request: Any) -> Response:
    """Remember the language for this browser and go back to the page it came from."""
    back = request.args.get("back") or "/"
    if not back.startswith("/") or back.startswith(("//", "/\\")):
        back = "/"  # never off this host
    response = Response.redirect(back)
    response.set_cookie(COOKIE, request.url_vars["language"], httponly=True, samesite="lax")
    return response


@hookimpl
def asgi_wrapper() -> Callable[[App], App]:
    """Set the language of each request before it is answered."""

    def wrap(app: App) -> App:
        async def speaking(scope: Scope, receive: Any, send: Any) -> None:
            if scope["type"] == "http":
                _language.set(asked(dict(scope["headers"])))
            await app(scope, receive, send)

        return speaking

    return wrap


def asked(headers: dict[bytes, bytes]) -> str:
    """The language a request asks for: by its cookie, else by its Accept-Language header."""
    try:
        chosen = SimpleCookie(headers.get(b"cookie", b"").decode("latin-1")).get(COOKIE)
    except CookieError:
        chosen = None
    if chosen is not None and chosen.value in LANGUAGES:
        return chosen.value
    return preferred(headers.get(b"accept-language", b"").decode("latin-1"))
