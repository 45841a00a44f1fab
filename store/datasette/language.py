"""A request → its language, the words of a page, and cells that a person can read."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, MutableMapping, Sequence
from contextvars import ContextVar
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import quote

from datasette import hookimpl
from datasette.utils import path_with_replaced_args, to_css_class
from datasette.utils.asgi import Response
from jinja2 import Environment
from markupsafe import Markup, escape

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
WORDS = frozenset(
    {
        "status",
        "claim",
        "category",
        "evidence",
        "judgement",
        "outcome",
        "sex",
        "kind",
        "state",
        "verdict",
    }
)  # columns whose values labels.tsv translates
_TIMES = ("_at", "known_from", "known_until", "open_until", "since", "first_known")
FLAGS = frozenset(
    {"retracted", "asks", "conflicting", "is_human", "enabled", "approved", "in_count"}
)
PERSON_LINKS = frozenset({"person_id", "old_id", "new_id"})
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


def path_of_person(person_id: str) -> str:
    """The permanent address of a person's page."""
    return f"/rollcall/person/{quote(person_id)}"


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
def render_cell(row: Any, value: Any, column: str, table: str | None) -> Markup | str | None:
    """A status, region, time or list as a person reads it; None leaves the cell as it is."""
    if value is None:
        return Markup('<span class="none">—</span>')
    if not isinstance(value, str):
        return _figure(value, column)
    if (link := _link(row, value, column, table)) is not None:
        return link
    if column in WORDS and has(f"{column}.{value}"):
        word = label(f"{column}.{value}", language())
        return Markup('<span class="value-{} {}">{}</span>').format(column, value, word)
    if column.endswith(_TIMES) and value.endswith("Z"):
        shown = value[:16].replace("T", " ")
        return Markup('<time datetime="{0}" title="{0}">{1} UTC</time>').format(value, shown)
    shape = SHAPES.get(column)
    return None if shape is None else shape(value)


def _figure(value: Any, column: str) -> Markup | None:
    """A yes or no, or the number of a pair; other figures stay."""
    if column in FLAGS:
        return Markup('<span class="flag">{}</span>').format("✓" if value else "·")
    if column == "review_id":
        return Markup('<a href="/rollcall/review/{0}">{0}</a>').format(value)
    return None


def _link(row: Any, value: str, column: str, table: str | None) -> Markup | None:
    """A name or an id that leads to a person's page."""
    if column == "name" and "person_id" in row.keys():  # noqa: SIM118  a sqlite3.Row
        return Markup('<a href="{}">{}</a>').format(path_of_person(row["person_id"]), value)
    if column.endswith("source") and table is None:
        return Markup('<a href="/rollcall/source/{}">{}</a>').format(quote(value), value)
    if column in PERSON_LINKS and table != "person":
        return Markup('<a href="{}">{}</a>').format(path_of_person(value), value[:8])
    return None


def _listed(text: str) -> str:
    """A JSON list as its items."""
    return ", ".join(str(item) for item in json.loads(text)) if text.startswith("[") else text


def _said(note: str) -> str:
    """The model's own notes in the request's language; an editor's as it is."""
    return label(f"note.{note}", language()) if has(f"note.{note}") else note


def _folded(text: str) -> Markup:
    """A JSON value behind a click, Cyrillic readable."""
    return Markup("<details><summary>{{…}}</summary><pre>{}</pre></details>").format(_pretty(text))


def _pretty(text: str) -> str:
    try:
        return json.dumps(json.loads(text), ensure_ascii=False, indent=1)
    except ValueError:
        return text


def _stated(value: str) -> str:
    """In words what stands for what nobody stated."""
    return label("word.unknown", language()) if value == "unknown" else value


def _to_settle(row_id: str) -> Markup:
    """The way to a doubtful row's page."""
    return Markup('<a href="/rollcall/doubtful_row/{}">{}</a>').format(
        quote(row_id), label("row.next_action", language())
    )


# How a text cell of a column is shown. `url` is never a link by itself: it may be hostile.
SHAPES: dict[str, Callable[[str], Markup | str]] = {
    "home_region": region, "region": region, "facts": _listed, "retracts": _listed,
    "findings": _folded, "spans": _folded, "detail": _folded, "value": _folded,
    "result": _folded, "record": _folded, "url": escape, "note": _said, "unit": _stated,
    "why": lambda why: why_in_words(why, language()), "doubt": _to_settle,
}  # fmt: skip


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
