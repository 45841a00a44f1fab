"""A cell of a table → what a person reads: words, times, links, lists, reasons."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from datasette import hookimpl
from markupsafe import Markup, escape

from store.datasette.doubt_words import why_in_words
from store.datasette.labels import counted, has, label
from store.datasette.language import heading, language, region

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
    {"retracted", "asks", "conflicting", "is_human", "enabled", "approved", "in_count", "hidden"}
)
PERSON_LINKS = frozenset({"person_id", "old_id", "new_id"})
PRIVATE = "rollcall"  # pages of persons and sources stand beside no public file
WHILES = frozenset({"every_seconds", "every_min", "every_max", "interval_seconds"})


def path_of_person(person_id: str) -> str:
    """The permanent address of a person's page."""
    return f"/rollcall/person/{quote(person_id)}"


@hookimpl
def render_cell(
    row: Any, value: Any, column: str, table: str | None, database: str
) -> Markup | str | None:
    """A status, region, time or list as a person reads it; None leaves the cell as it is."""
    if value is None:
        return Markup('<span class="none">—</span>')
    if not isinstance(value, str):
        return _figure(value, column)
    link = _link(row, value, column, table) if database == PRIVATE else None
    if link is not None:
        return link
    if column in WORDS and has(f"{column}.{value}"):
        word = label(f"{column}.{value}", language())
        return Markup('<span class="value-{} {}">{}</span>').format(column, value, word)
    if column.endswith(_TIMES) and value.endswith("Z"):
        shown = value[:16].replace("T", " ")
        return Markup('<time datetime="{0}" title="{0}">{1} UTC</time>').format(value, shown)
    shape = SHAPES.get(column)
    return None if shape is None else shape(value)


def _figure(value: Any, column: str) -> Markup | str | None:
    """A yes or no, the number of a pair, how long a while is; other figures stay."""
    if column in WHILES:
        return _while(int(value))
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


def _while(seconds: int) -> str:
    """21600 → 6 h: in the largest unit that divides it."""
    for unit, length in (("days", 86_400), ("hours", 3_600), ("minutes", 60)):
        if seconds >= length and seconds % length == 0:
            return label(f"unit.{unit}", language(), n=seconds // length)
    return label("unit.seconds", language(), n=seconds)


def _folded(text: str, what: str = "") -> Markup:
    """A JSON value behind a click, Cyrillic readable."""
    what = what or label("cell.details", language())
    folded = Markup("<details><summary>{}</summary><pre>{}</pre></details>")
    return folded.format(what, _pretty(text))


def _reasons(text: str) -> Markup | str:
    """Findings behind a click, one a line: what was compared, how it stood, its bits."""
    try:
        lines = [_reason(finding) for finding in json.loads(text)]
    except (ValueError, KeyError, TypeError):
        return _folded(text)
    if not lines:
        return Markup('<span class="none">—</span>')
    what = f"{len(lines)} {counted('word.reasons', len(lines), language())}"
    folded = Markup("<details><summary>{}</summary><pre>{}</pre></details>")
    return folded.format(what, "\n".join(lines))


def _reason(finding: Mapping[str, Any]) -> str:
    weight = f"{finding['weight']:+.1f}".replace("-", "−")
    compared, level = heading(finding["comparison"]), label(f"level.{finding['level']}", language())
    sides = " / ".join(str(finding[side]) for side in ("left", "right") if finding[side])
    return f"{weight}  {compared}: {level}" + (f" ({sides})" if sides else "")


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
    "findings": _reasons, "spans": _folded, "detail": _folded, "value": _folded,
    "result": _folded, "record": _folded, "url": escape, "note": _said, "unit": _stated,
    "why": lambda why: why_in_words(why, language()), "doubt": _to_settle,
}  # fmt: skip
