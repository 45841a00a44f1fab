"""A page's name and request → what its template shows beyond what Datasette gives it."""

from __future__ import annotations

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextvars import copy_context
from datetime import UTC, date, datetime, timedelta
from typing import Any

from datasette import hookimpl
from datasette.utils.asgi import NotFound, Response

from model import Evidence, RollcallError
from store import settling
from store.claims import words
from store.connection import Connection
from store.counted import NAMES, STATUSES
from store.datasette import pair_page, row_page
from store.datasette.chart import chart
from store.datasette.labels import label
from store.datasette.language import language
from store.datasette.pieces import pieces
from store.datasette.queries import ORDER
from store.datasette.regions import regions
from store.dossier import dossier, resolve_id
from store.facade import day, known
from store.headline import sentences
from store.tally import known_time, tally
from store.times import make_id, moscow_day

Vars = dict[str, Any]
DAYS = ("as_of", "from_day", "to_day")
NAME = "rollcall"  # of the database in every address, whatever the file is called
FACTS = (
    "birth_date", "age", "category", "unit", "home_region", "home_place", "sought_from",
)  # fmt: skip
FIELDS = (
    "birth_date", "age", "category", "unit", "rank", "call_sign", "home_region", "home_place",
    "last_contact", "last_seen_place", "event_date",
)  # fmt: skip


@hookimpl
def extra_template_vars(
    view_name: str, table: str | None, request: Any, datasette: Any
) -> Callable[[], Awaitable[Vars]] | None:
    """A person, a post, a list row, a pair read what they show in one go."""
    readers: dict[tuple[str, str | None], Callable[[Connection, Any], Vars]] = {
        ("row", "person"): person,
        ("row", "post"): post,
        ("row", "list_row"): list_row,
        ("row", "review"): pair_page.pair,
        ("row", "doubtful_row"): row_page.row,
    }
    if request is not None and request.path.rpartition("/")[2] in ORDER:
        return lambda: _read(question, request, datasette)
    reader = readers.get((view_name, table))
    if reader is None:
        return None

    return lambda: _read(reader, request, datasette)


async def _read(reader: Callable[[Connection, Any], Vars], request: Any, datasette: Any) -> Vars:
    """Run a reader in one of Datasette's threads, on a connection that only reads."""
    spoken = copy_context()  # the request's language, for the thread that reads
    found: Vars = await datasette.get_database(NAME).execute_fn(
        lambda connection: spoken.run(reader, connection, request)
    )
    return found


def question(connection: Connection, request: Any) -> Vars:
    """What a day and a time left empty stand for, to cite the answer for good; what is neither."""
    today = moscow_day(datetime.now(UTC))
    return {
        "fixed": {"as_of": today, "known_at": known_time(connection) or ""},
        "fault": next(filter(None, map(_misread(request), (*DAYS, "known_at"))), None),
    }


def _misread(request: Any) -> Callable[[str], str | None]:
    """Parameter → what is told of it where it is no day or time."""

    def told(name: str) -> str | None:
        asked = request.args.get(name) or ""
        try:
            if asked:
                (day if name in DAYS else known)(asked)
        except RollcallError:
            return label("query.misread", language(), asked=asked)
        return None

    return told


@hookimpl
def register_routes() -> list[tuple[str, Any]]:
    """Home in place of Datasette's own, which asks the columns and keys of every table."""
    return [(r"^/$", home_page)]


async def home_page(request: Any, datasette: Any) -> Response:
    """The count of a day."""
    found = await _read(home, request, datasette)
    page = await datasette.render_template("index.html", found, request=request, view_name="home")
    return Response.html(page)


def home(connection: Connection, request: Any) -> Vars:
    """The headline, counts with the change since a week before, chart, map, what stands aside."""
    misread, as_of, known_at = _misread(request), moscow_day(datetime.now(UTC)), None
    fault = misread("as_of") or misread("known_at")
    if fault is None:
        as_of = day(request.args.get("as_of") or as_of)
        known_at = known(request.args.get("known_at") or None)
    week = (date.fromisoformat(as_of) - timedelta(days=7)).isoformat()
    now, before = (_tally(connection, day, known_at) for day in (as_of, week))
    return {
        "fault": fault,
        "tally": now,
        "asked_known_at": request.args.get("known_at") or "",
        "sentences": sentences(now, language()),
        "change": _change(now, before),
        "week": week,
        "statuses": STATUSES,
        "chart": chart(by_day(connection), as_of, language()),
        "tiles": _tiles(now),
        "outside": _outside(now),
        "top": sorted(now["by_region"].items(), key=lambda item: -item[1]["total"])[:12],
        "questions": ORDER,
        "waiting": connection.execute(
            "SELECT count(*) FROM review WHERE closed_at IS NULL"
        ).fetchone()[0],
        "rows_waiting": settling.waiting(connection),
        "sources": connection.execute(
            "SELECT name, kind, claim, last_ok_at, failures FROM source WHERE enabled = 1 "
            "ORDER BY claim IS NOT NULL, name"
        ).fetchall(),
    }


def _tally(connection: Connection, as_of: str, known_at: str | None) -> Mapping[str, Any]:
    return tally(connection, as_of=as_of, known_at=known_at, evidence=Evidence.REPORTED)


def by_day(connection: Connection) -> list[tuple[object, ...]]:
    """Every day on which the count changed, the first first: day, total, then each status."""
    sums = ", ".join(
        f"sum(sum(persons * (rank = {NAMES.index(status)}))) OVER upto" for status in STATUSES
    )
    rows = connection.execute(
        f"SELECT day, sum(sum(persons)) OVER upto, {sums} FROM tally_curve "  # noqa: S608
        "GROUP BY day WINDOW upto AS (ORDER BY day) ORDER BY day"
    )
    return [tuple(row) for row in rows]


def _change(now: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, int]:
    by_status = {s: now["by_status"][s] - before["by_status"][s] for s in STATUSES}
    return {**by_status, "total": now["total"] - before["total"]}


def _tiles(counted: Mapping[str, Any]) -> list[Vars]:
    """The map: each region's tile with its count and a shade from 0 (none) to 6 (most)."""
    most = max((row["total"] for row in counted["by_region"].values()), default=0)
    tiles = []
    for code, region in regions().items():
        total = counted["by_region"].get(code, {}).get("total", 0)
        shade = 0 if not total else 1 + round(5 * (total / most) ** 0.5) if most else 0
        tiles.append({"region": region, "total": total, "shade": shade})
    return tiles


def _outside(counted: Mapping[str, Any]) -> list[tuple[str, int]]:
    """Regions that have no tile: other countries, and men whose region nobody stated."""
    return [
        (code, row["total"]) for code, row in counted["by_region"].items() if code not in regions()
    ]


def person(connection: Connection, request: Any) -> Vars:
    """Everything known of one person; of a merged one, where he went."""
    (asked,) = request.url_vars["pks"].split(",")
    now = resolve_id(connection, asked)
    found = dossier(connection, now)
    records: list[Any] = found["records"]  # type: ignore[assignment]
    for record in records:
        record["pieces"] = pieces(record["text"] or "", record["spans"])
        record["place_id"] = make_id("post", record["source"], record["external_id"])
    return {
        "person": found,
        "moved_to": None if now == asked else now,
        "sources_of": {fact: _stated(records, fact, found[fact]) for fact in FACTS},
        "facts": FACTS,
        "number": {record["record_id"]: n for n, record in enumerate(records, 1)},
        "earlier": found["history"][:-1],  # type: ignore[index]
        "words": {
            record["record_id"]: words(connection, record["record_id"]) for record in records
        },
        "asked_claim": request.args.get("claim"),
    }


def _stated(records: Sequence[Mapping[str, Any]], fact: str, value: object) -> list[int]:
    """Numbers of the records that state a fact as the person has it."""
    field = "asked_on" if fact == "sought_from" else fact
    return [n for n, record in enumerate(records, 1) if value and record[field] == value]


def post(connection: Connection, request: Any) -> Vars:
    """One post: its redacted text with what was read marked, its records, its earlier texts."""
    return _text_page(connection, request, "post", "post_version", "post_id")


def list_row(connection: Connection, request: Any) -> Vars:
    """One list row, as a post's page."""
    found = _text_page(connection, request, "list_row", "row_version", "row_id")
    doubt = connection.execute(
        "SELECT why FROM row_waiting WHERE row_id = ?", (found["item"]["row_id"],)
    ).fetchone()
    return {**found, "doubt": doubt}


def _text_page(connection: Connection, request: Any, table: str, versions: str, key: str) -> Vars:
    (identity,) = request.url_vars["pks"].split(",")
    row = connection.execute(f"SELECT * FROM {table} WHERE {key} = ?", (identity,)).fetchone()  # noqa: S608
    if row is None:
        raise NotFound(f"no {table} {identity}")
    records = connection.execute(
        "SELECT record.*, link.person_id, person.name FROM record "  # noqa: S608
        "LEFT JOIN person_record AS link ON link.record_id = record.record_id "
        "AND link.known_until IS NULL "
        "LEFT JOIN person ON person.person_id = link.person_id "
        f"WHERE record.{key} = ? AND record.closed_at IS NULL ORDER BY ordinal",
        (identity,),
    ).fetchall()
    spans = [span for record in records for span in _json(record["spans"])]
    return {
        "item": dict(row),
        "records": [dict(record) for record in records],
        "fields": FIELDS,
        "pieces": pieces(row["text"], spans),
        "versions": connection.execute(
            f"SELECT * FROM {versions} WHERE {key} = ? ORDER BY version DESC LIMIT -1 OFFSET 1",  # noqa: S608
            (identity,),
        ).fetchall(),
    }


def _json(text: str) -> list[Mapping[str, Any]]:
    found: list[Mapping[str, Any]] = json.loads(text)
    return found
