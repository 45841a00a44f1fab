"""Pages that answer from sums say what counting would."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import httpx
import pytest
from small import Get, Small

from store import Store
from store.datasette.counted import rewritten
from store.datasette.queries import ROWS
from store.datasette.room import Room
from store.serving import application
from store.tally import latest_knowledge


@pytest.mark.parametrize(
    ("asked", "answered"),
    [
        ("select count(*) from post ", True),
        ('select count(*) from person where "closed_at" is null and "status" = :p0', True),
        ('select count(*) from person where "status" = :p0', False),
        ('select count(*) from person where "closed_at" is null and "name" = :p0', False),
        ("select count(*) from person_version ", False),
        ('select count(*) from post where "source" = :p0', True),
        ("select count(*) from post where posted_on > 1", False),
    ],
)
def test_what_the_sums_answer(asked: str, answered: bool) -> None:
    assert (rewritten(asked) is not None) is answered


@pytest.mark.parametrize(
    "path",
    [
        "/rollcall/person?closed_at__isnull=1", "/rollcall/post", "/rollcall/record",
        "/rollcall/person?closed_at__isnull=1&sought_from__notblank=1&status=missing",
        "/rollcall/person?closed_at__isnull=1&home_region=RU-KLU",
        "/rollcall/record?claim=deceased", "/rollcall/post?source=channel",
    ],
)  # fmt: skip
def test_pages_of_a_day_count_nothing(get: Get, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Datasette's own questions, as it words them now, are all ones the sums can answer."""
    left: list[str] = []

    def spied(sql: str) -> str | None:
        found = rewritten(sql)
        if found is None and ("count(*)" in sql or "group by" in sql):
            left.append(sql)
        return found

    monkeypatch.setattr("store.datasette.counted.rewritten", spied)
    assert get(path).status_code == 200
    assert left == []


@pytest.mark.parametrize(
    "path",
    [
        "/rollcall/person?closed_at__isnull=1", "/rollcall/post", "/rollcall/record",
        "/rollcall/person?closed_at__isnull=1&status=captured", "/rollcall/post?source=channel",
        "/rollcall/person?closed_at__isnull=1&status=captured&sought_from__notblank=1",
        "/rollcall/person?closed_at__isnull=1&home_region=RU-KLU&category=conscript",
        "/rollcall/record?claim=deceased", "/rollcall/record?claim=sought&source=channel",
        "/rollcall/person?closed_at__isnull=1&_search=Крутицын", "/rollcall/person?status=missing",
    ],
)  # fmt: skip
def test_sums_say_what_counting_would(get: Get, path: str, monkeypatch: pytest.MonkeyPatch) -> None:
    url = f"{path}{'&' if '?' in path else '?'}_extra=x"
    ask = url.replace("?", ".json?", 1)
    quick = get(ask).json()
    monkeypatch.setattr("store.datasette.counted.rewritten", lambda _: None)
    counted = get(ask).json()
    assert quick["filtered_table_rows_count"] == counted["filtered_table_rows_count"] > 0
    told = [
        {
            name: [(value["value"], value["count"]) for value in facet["results"]]
            for name, facet in answer["facet_results"].items()
        }
        for answer in (quick, counted)
    ]
    assert told[0] == told[1]
    assert any(told[0].values())


def test_sums_follow_every_change(own: Small) -> None:
    """Persons that are closed, opened, moved; records that change their claim; rows that go."""
    with Store.open(own.db) as store:
        connection = store.connection
        connection.execute("PRAGMA foreign_keys = OFF")
        for statement in (
            "UPDATE person SET status = 'deceased', category = NULL WHERE surname = 'Крутицын'",
            "UPDATE person SET closed_at = '2024' WHERE surname = 'Сухоруков'",
            "UPDATE person SET sought_from = '2024-01-01' WHERE surname = 'Запольский'",
            "UPDATE record SET claim = 'released' WHERE claim = 'captured'",
            "UPDATE list_row SET gone_at = '2024' WHERE source = 'deceased'",
            "DELETE FROM post WHERE external_id = 's5'",
            "UPDATE person SET closed_at = NULL WHERE surname = 'Сухоруков'",
        ):
            connection.execute(statement)
            for of, select in {
                "person": "status, category, home_region, sought_from IS NOT NULL, count(*) "
                "FROM person WHERE closed_at IS NULL GROUP BY 1, 2, 3, 4",
                "record": "claim, source, '', '', count(*) FROM record GROUP BY 1, 2",
                "post": "source, '', '', '', count(*) FROM post GROUP BY 1",
                "list_row": "source, '', '', '', count(*) FROM list_row WHERE gone_at IS NULL "
                "GROUP BY 1",
            }.items():
                held = connection.execute(
                    "SELECT a, b, c, d, rows FROM facet_count WHERE of = ? AND rows <> 0", (of,)
                )
                there = connection.execute(f"SELECT {select}")
                assert sorted(tuple(map(str, row)) for row in held) == sorted(
                    tuple("" if cell is None else str(cell) for cell in row) for row in there
                ), (statement, of)


def test_questions_of_the_past_are_counted_the_long_way(get: Get, counted: Small) -> None:
    with Store.open(counted.db, read_only=True) as store:
        known = latest_knowledge(store.connection)
        for path in ("tally", "tally_by_region", "tally_by_unit", "overlaps"):
            now, then, none = (
                get(f"/rollcall/{path}.json?_shape=array&as_of=2024-08-23{more}").json()
                for more in ("", f"&known_at={known}", "&known_at=2020-01-01T00:00:00.000000Z")
            )
            assert now == then
            assert sum(row.get("total") or row.get("persons") or 0 for row in none) == 0
            assert now


def test_long_answers_come_in_pages(get: Get, monkeypatch: pytest.MonkeyPatch) -> None:
    everything = get("/rollcall/newly_missing.json?from_day=2024-01-01&to_day=2025-01-01&page=all")
    first = get("/rollcall/newly_missing.json?from_day=2024-01-01&to_day=2025-01-01")
    second = get("/rollcall/newly_missing.json?from_day=2024-01-01&to_day=2025-01-01&page=2")
    assert everything.json()["rows"] == first.json()["rows"] != []
    assert second.json()["rows"] == []
    page = get("/rollcall/newly_missing?from_day=2024-01-01&to_day=2025-01-01").text
    assert "page=all" in page


def test_a_full_page_leads_to_the_next(own: Small) -> None:
    """More rows than a page holds: here of one man, found alive every day."""
    with Store.open(own.db) as store:
        connection = store.connection
        row = connection.execute("SELECT * FROM status_event LIMIT 1").fetchone()
        for n in range(ROWS + 5):
            connection.execute(
                "INSERT INTO status_event (person_id, status, public_on, learned_at, record_id, "
                "evidence, retracts, retracted, known_from) VALUES (?, 'found_alive', ?, ?, ?, "
                "'reported', '[]', 0, ?)",
                (row["person_id"], f"2023-{1 + n // 28:02d}-{1 + n % 28:02d}", row["learned_at"],
                 row["record_id"], row["known_from"]),
            )  # fmt: skip
    app = application(Room(db=own.db, open_as="editor"))

    async def ask() -> None:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as client:
            days = "/rollcall/status_changes?from_day=2023-01-01&to_day=2023-12-31"
            first, second = (await client.get(days)), (await client.get(f"{days}&page=2"))
            assert first.text.count("<tr>") == ROWS + 1
            assert "page=2" in first.text
            assert second.text.count("<tr>") == 5 + 1
            assert "page=1" in second.text
            whole = await client.get("/rollcall/status_changes.csv?from_day=2023-01-01&page=all")
            assert whole.text.count("found_alive") >= ROWS + 5

    asyncio.run(ask())


def test_only_the_plugins_we_name_are_loaded() -> None:
    """Whoever imports Datasette first: a map plugin would fetch tiles from another host."""
    script = (
        "import cli.serving\n"
        "from datasette.plugins import pm\n"
        "from store import serving\n"
        "from store.datasette import loaded\n"
        "loaded.only(serving.PLUGINS)\n"
        "print(*[name for name, _ in pm.list_name_plugin()])"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    loaded = set(done.stdout.split())
    assert "block_robots" in loaded
    assert not loaded & {"dashboards", "leaflet", "template-sql", "render_markdown"}
